//! `crmdb migrate squash`: one migration in the place of several, for databases before, behind and between.

use insta::assert_snapshot;

use crate::support::postgres::{Database, Server};
use crate::support::project::Project;

const NOWHERE: &str = "postgresql://127.0.0.1:1/nowhere";

fn text(project: &Project, path: &str) -> String {
    std::fs::read_to_string(project.path().join(path)).unwrap()
}

/// Five migrations of which the second writes a row and the third copies some.
fn five() -> Project {
    Project::new()
        .migration(
            "V01__customers.sql",
            "CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL);\n",
        )
        .rollback("V01__customers.sql", "DROP TABLE customers;\n")
        .migration("V02__first.sql", "INSERT INTO customers VALUES (1, 'one; two');\n")
        .rollback("V02__first.sql", "DELETE FROM customers;\n")
        .migration(
            "V03__kinds.sql",
            "CREATE TYPE kind AS ENUM ('a', 'b');\nALTER TABLE customers ADD COLUMN kind kind DEFAULT 'b';\n\
             COPY customers (id, name) FROM stdin;\n2\ttwo\n3\tthree\n\\.\n",
        )
        .rollback("V03__kinds.sql", "ALTER TABLE customers DROP COLUMN kind;\nDROP TYPE kind;\n")
        .migration(
            "V04__index.sql",
            "-- crmdb: no-transaction\nCREATE INDEX CONCURRENTLY customers_name ON customers (name);\n",
        )
        .rollback("V04__index.sql", "DROP INDEX customers_name;\n")
        .migration("V05__view.sql", "CREATE VIEW names AS SELECT name FROM customers;\n")
        .rollback("V05__view.sql", "DROP VIEW names;\n")
}

/// Returns the schema and the rows, by a dump.
fn dump(database: &Database<'_>) -> String {
    database.dump()
}

#[test]
fn databases_before_and_behind_a_squash_go_on_and_those_between_are_told() {
    let project = five();
    let [old, behind, between] = [(); 3].map(|()| Server::shared().database());
    project.run_at(&old.url(), "migrate up").expect(0);
    project.run_at(&behind.url(), "migrate up --to 4").expect(0);
    project.run_at(&between.url(), "migrate up --to 2").expect(0);
    let before = dump(&old);
    assert_snapshot!(project.run_at(NOWHERE, "migrate squash --to 4").expect(4));
    assert_snapshot!(project.run_at(NOWHERE, "migrate squash --to 4 --yes").expect(0));
    assert_snapshot!(text(&project, "migrations/V04__squash.sql"));
    assert_snapshot!(text(&project, "rollbacks/V04__squash.sql"));

    let new = Server::shared().database();
    project.run_at(&new.url(), "migrate up").expect(0);
    assert_eq!(dump(&new), before);
    assert_snapshot!(project.run_at(&old.url(), "migrate up").expect(0));
    project.run_at(&behind.url(), "migrate up").expect(0);
    assert_eq!(dump(&behind), before);
    assert_snapshot!(project.run_at(&behind.url(), "migrate status").expect(0));
    assert_snapshot!(project.run_at(&between.url(), "migrate up").expect(4));
    project.run_at(&between.url(), "migrate status").expect(1);
    assert_snapshot!(project.run_at(&old.url(), "migrate down --to 3 --yes").expect(4));
    project.run_at(&old.url(), "migrate repair --yes").expect(0);
    project.run_at(&old.url(), "migrate up").expect(0);
    project.run_at(NOWHERE, "prove").expect(0);
    project.run_at(&new.url(), "migrate down --all --yes --accept-data-loss").expect(0);
}

#[test]
fn rows_that_a_squash_would_change_are_named() {
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (i integer, gone integer);\nINSERT INTO a VALUES (1, 2);\n")
        .migration("V2__b.sql", "ALTER TABLE a ADD COLUMN j integer;\nUPDATE a SET j = gone;\n")
        .migration("V3__c.sql", "ALTER TABLE a DROP COLUMN gone;\n")
        .migration(
            "V4__d.sql",
            "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'INSERT INTO a VALUES (5)';\nSELECT f();\n",
        );
    assert_snapshot!(project.run_at(NOWHERE, "migrate squash --to 3 --yes").expect(1));
    assert_snapshot!(project.run_at(NOWHERE, "migrate squash --to 1").expect(2));
    assert_snapshot!(project.run_at(NOWHERE, "migrate squash --to 9").expect(4));
    let called = Project::new().migration("V1__a.sql", "CREATE TABLE a (i integer);\n").migration(
        "V2__d.sql",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'INSERT INTO a VALUES (5)';\nSELECT f();\n",
    );
    assert_snapshot!(called.run_at(NOWHERE, "migrate squash --to 2 --yes").expect(1));
    called.run_at(NOWHERE, "migrate squash --to 2 --yes --accept-row-changes --format json").expect(0);
}
