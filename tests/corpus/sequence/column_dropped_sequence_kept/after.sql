CREATE TABLE a (y int); CREATE SEQUENCE a_x_seq AS int;
