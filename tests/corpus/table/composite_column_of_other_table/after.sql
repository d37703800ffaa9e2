CREATE TABLE z (id int); CREATE TABLE a (zz z, za z[]);
