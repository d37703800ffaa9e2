CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  email text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT customers_pkey PRIMARY KEY (id),
  CONSTRAINT customers_email_key UNIQUE (email)
);

COMMENT ON TABLE customers IS 'The people and companies we sell to.';
