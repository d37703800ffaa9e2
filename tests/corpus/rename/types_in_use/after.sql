CREATE TYPE public."State" AS ENUM ('open', 'closed');
CREATE DOMAIN public.mail_address AS text COLLATE "C" CONSTRAINT shape CHECK (VALUE ~ '@') DEFAULT 'a@b';
CREATE TYPE public.state_and_mail AS (state public."State", mail public.mail_address);
CREATE TABLE public.ticket (
    id integer PRIMARY KEY,
    state public."State" DEFAULT 'open' NOT NULL,
    states public."State"[] DEFAULT '{open}',
    mail public.mail_address,
    both_of public.state_and_mail,
    CHECK (state <> 'closed' OR mail IS NOT NULL)
);
CREATE INDEX open_tickets ON public.ticket (id) WHERE state = 'open';
CREATE VIEW public.open_tickets_view AS SELECT id, state FROM public.ticket WHERE state = 'open';
CREATE FUNCTION public.is_open(s public."State") RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT $1::text = 'open'$$;
CREATE FUNCTION public.first_state() RETURNS public."State" LANGUAGE sql BEGIN ATOMIC SELECT 'open'::public."State"; END;
COMMENT ON TYPE public."State" IS 'how it stands';
GRANT USAGE ON TYPE public."State" TO reader;
