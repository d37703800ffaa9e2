CREATE SCHEMA app AUTHORIZATION app;
CREATE TABLE app.customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number serial UNIQUE,
    mail text NOT NULL CHECK (mail <> ''),
    invited_by bigint REFERENCES app.customer
);
CREATE INDEX customer_mail_idx ON app.customer (lower(mail));
CREATE TABLE public.visit (customer_id bigint REFERENCES app.customer ON DELETE CASCADE);
CREATE VIEW public.mails AS SELECT mail FROM app.customer;
CREATE FUNCTION public.touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON app.customer FOR EACH ROW EXECUTE FUNCTION public.touched();
ALTER TABLE app.customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.customer USING (id > 0);
CREATE STATISTICS public.customer_stats ON mail, id FROM app.customer;
CREATE PUBLICATION shared FOR TABLE app.customer;
COMMENT ON TABLE app.customer IS 'who buys';
GRANT SELECT ON app.customer TO reader;
GRANT USAGE ON SEQUENCE app.customer_number_seq TO reader;
