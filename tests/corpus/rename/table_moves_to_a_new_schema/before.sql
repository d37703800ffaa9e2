CREATE TABLE public.customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number serial UNIQUE,
    mail text NOT NULL CHECK (mail <> ''),
    invited_by bigint REFERENCES public.customer
);
CREATE INDEX customer_mail_idx ON public.customer (lower(mail));
CREATE TABLE public.visit (customer_id bigint REFERENCES public.customer ON DELETE CASCADE);
CREATE VIEW public.mails AS SELECT mail FROM public.customer;
CREATE FUNCTION public.touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON public.customer FOR EACH ROW EXECUTE FUNCTION public.touched();
ALTER TABLE public.customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON public.customer USING (id > 0);
CREATE STATISTICS public.customer_stats ON mail, id FROM public.customer;
CREATE PUBLICATION shared FOR TABLE public.customer;
COMMENT ON TABLE public.customer IS 'who buys';
GRANT SELECT ON public.customer TO reader;
GRANT USAGE ON SEQUENCE public.customer_number_seq TO reader;
