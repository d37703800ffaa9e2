CREATE TYPE public.ticket_state AS ENUM ('open', 'closed');
CREATE DOMAIN public.mail AS text COLLATE "C" CONSTRAINT shape CHECK (VALUE ~ '@') DEFAULT 'a@b';
CREATE TYPE public.pair AS (state public.ticket_state, mail public.mail);
CREATE TABLE public.ticket (
    id integer PRIMARY KEY,
    state public.ticket_state DEFAULT 'open' NOT NULL,
    states public.ticket_state[] DEFAULT '{open}',
    mail public.mail,
    both_of public.pair,
    CHECK (state <> 'closed' OR mail IS NOT NULL)
);
CREATE INDEX open_tickets ON public.ticket (id) WHERE state = 'open';
CREATE VIEW public.open_tickets_view AS SELECT id, state FROM public.ticket WHERE state = 'open';
CREATE FUNCTION public.is_open(s public.ticket_state) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT $1::text = 'open'$$;
CREATE FUNCTION public.first_state() RETURNS public.ticket_state LANGUAGE sql BEGIN ATOMIC SELECT 'open'::public.ticket_state; END;
COMMENT ON TYPE public.ticket_state IS 'how it stands';
GRANT USAGE ON TYPE public.ticket_state TO reader;
