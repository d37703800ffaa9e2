CREATE SCHEMA app;
CREATE SEQUENCE public.numbers START 100;
CREATE TABLE public.bill (number bigint DEFAULT nextval('public.numbers'));
COMMENT ON SEQUENCE public.numbers IS 'of bills';
