create schema "S 1";
create table "S 1"."T" (a int, "B" text, c int, constraint "U one" unique (a, "B"), unique (c));
