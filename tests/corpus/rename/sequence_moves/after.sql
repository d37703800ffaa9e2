CREATE SCHEMA app;
CREATE SEQUENCE app.numbers START 100;
CREATE TABLE public.bill (number bigint DEFAULT nextval('app.numbers'));
COMMENT ON SEQUENCE app.numbers IS 'of bills';
