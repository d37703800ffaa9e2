CREATE TABLE p (id int, a text DEFAULT 'x');
