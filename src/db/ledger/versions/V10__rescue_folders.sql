ALTER TABLE crmdb.rescue ADD COLUMN folder text, ADD COLUMN host text;

COMMENT ON COLUMN crmdb.rescue.place IS 'The schema it is in, or the name of its folder.';
COMMENT ON COLUMN crmdb.rescue.folder IS 'Where the folder was written; NULL where it is in a schema.';
COMMENT ON COLUMN crmdb.rescue.host IS 'The machine on which the folder is.';

ALTER TABLE crmdb.rescue_item ADD COLUMN checksum text;

COMMENT ON COLUMN crmdb.rescue_item.place IS 'The table or file that holds the rows.';
COMMENT ON COLUMN crmdb.rescue_item.checksum IS 'The SHA-256 of the file; NULL of a table.';
