-- Takes the industry of every customer away again.

DROP INDEX idx_customers_industry;

ALTER TABLE customers
  DROP CONSTRAINT chk_customers_industry,
  DROP COLUMN industry;
