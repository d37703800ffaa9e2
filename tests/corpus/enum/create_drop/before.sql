CREATE TYPE a AS ENUM ('x', 'y');
