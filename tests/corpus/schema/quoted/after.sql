CREATE SCHEMA "My Schema"; CREATE TABLE "My Schema"."T able" ("Col" int PRIMARY KEY, "sel""ect" text); CREATE INDEX "i x" ON "My Schema"."T able" ("sel""ect");
