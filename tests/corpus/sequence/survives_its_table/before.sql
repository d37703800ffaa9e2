CREATE TABLE a (x serial);
