CREATE SEQUENCE ids; CREATE TABLE a (x bigint DEFAULT nextval('ids')); CREATE TABLE b (x bigint DEFAULT nextval('ids'));
