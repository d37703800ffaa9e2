CREATE TABLE a (x serial, y int);
