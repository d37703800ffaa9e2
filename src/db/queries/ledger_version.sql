SELECT pg_catalog.max(version) FROM crmdb.ledger_version
