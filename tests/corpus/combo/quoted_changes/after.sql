CREATE TABLE "T" ("A" bigint NOT NULL, "b c" varchar(9) DEFAULT 'y', "D" int CHECK ("D" > 0)); CREATE VIEW "V" AS SELECT "A", "D" FROM "T"; CREATE INDEX "I" ON "T" ("A", "D");
