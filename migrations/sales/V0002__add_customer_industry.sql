-- The industry of a customer, one of a fixed list.

ALTER TABLE customers
  ADD COLUMN industry varchar(100),
  ADD CONSTRAINT chk_customers_industry CHECK (industry IS NULL OR industry IN (
    'Technology', 'Healthcare', 'Finance', 'Retail', 'Manufacturing',
    'Education', 'Real Estate', 'Consulting', 'Other'
  ));

CREATE INDEX idx_customers_industry ON customers (industry);
