CREATE SCHEMA kinds;
CREATE TYPE kinds.ticket_state AS ENUM ('open', 'closed');
CREATE DOMAIN kinds.mail AS text COLLATE "C" CONSTRAINT shape CHECK (VALUE ~ '@') DEFAULT 'a@b';
CREATE TYPE kinds.pair AS (state kinds.ticket_state, mail kinds.mail);
CREATE TABLE public.ticket (
    id integer PRIMARY KEY,
    state kinds.ticket_state DEFAULT 'open' NOT NULL,
    states kinds.ticket_state[] DEFAULT '{open}',
    mail kinds.mail,
    both_of kinds.pair,
    CHECK (state <> 'closed' OR mail IS NOT NULL)
);
CREATE INDEX open_tickets ON public.ticket (id) WHERE state = 'open';
CREATE VIEW public.open_tickets_view AS SELECT id, state FROM public.ticket WHERE state = 'open';
CREATE FUNCTION public.is_open(s kinds.ticket_state) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT $1::text = 'open'$$;
CREATE FUNCTION public.first_state() RETURNS kinds.ticket_state LANGUAGE sql BEGIN ATOMIC SELECT 'open'::kinds.ticket_state; END;
COMMENT ON TYPE kinds.ticket_state IS 'how it stands';
GRANT USAGE ON TYPE kinds.ticket_state TO reader;
