CREATE SEQUENCE a_x_seq AS int;
