CREATE TABLE crmdb.run (
  one boolean NOT NULL DEFAULT true,
  token bigint NOT NULL,
  CONSTRAINT run_pkey PRIMARY KEY (one),
  CONSTRAINT run_one_check CHECK (one)
);
INSERT INTO crmdb.run (token) VALUES (0);

COMMENT ON TABLE crmdb.run IS 'Shuts out what is left of a run that ended: its transactions hold the row, the next run waits for it and changes the token.';
COMMENT ON COLUMN crmdb.run.token IS 'The number of the run that is at work, or was last.';
