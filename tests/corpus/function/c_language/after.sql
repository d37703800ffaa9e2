CREATE EXTENSION pg_trgm; CREATE FUNCTION sim(text, text) RETURNS real LANGUAGE c STRICT AS '$libdir/pg_trgm', 'similarity';
