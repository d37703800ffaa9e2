-- Drops customer accounts and contacts; their policies and indexes go with them. All their rows are lost.

DROP TABLE customer_contacts;
DROP TABLE customer_accounts;
