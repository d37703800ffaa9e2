CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid()); CREATE TABLE b (id int PRIMARY KEY, a_id uuid REFERENCES a);
