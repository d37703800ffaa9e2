CREATE TABLE "T" ("A" int, "b c" text DEFAULT 'x'); CREATE VIEW "V" AS SELECT "A" FROM "T"; CREATE INDEX "I" ON "T" ("A");
