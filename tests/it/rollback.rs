//! `crmdb migrate rollback`, `crmdb migrate new --from-diff` and `crmdb diff --write`: files that crmdb writes.

use insta::assert_snapshot;

use crate::support::postgres::Server;
use crate::support::project::Project;

const NOWHERE: &str = "postgresql://127.0.0.1:1/nowhere";

fn text(project: &Project, path: &str) -> String {
    std::fs::read_to_string(project.path().join(path)).unwrap()
}

fn shop() -> Project {
    Project::new()
        .file("schema.toml", "[modules.base]\n[modules.shop]\ndepends_on = [\"base\"]\n")
        .migration("base/V1__users.sql", "CREATE TABLE users (id integer PRIMARY KEY);\n")
        .rollback("base/V1__users.sql", "DROP TABLE users;\n")
        .migration(
            "shop/V1__orders.sql",
            "CREATE TYPE state AS ENUM ('open', 'paid');\n\
             CREATE TABLE orders (id serial PRIMARY KEY, owner integer REFERENCES base.users, stage state DEFAULT 'open');\n\
             CREATE VIEW paid AS SELECT shop.id FROM orders AS shop WHERE shop.stage = 'paid';\n\
             INSERT INTO orders (stage) VALUES ('paid');\n",
        )
        .migration("shop/V2__view.sql", "DROP VIEW paid;\nALTER TABLE orders DROP COLUMN owner;\n")
        .migration(
            "shop/V3__index.sql",
            "-- crmdb: no-transaction\nCREATE INDEX CONCURRENTLY orders_stage ON orders (stage);\n",
        )
}

#[test]
fn a_missing_rollback_is_written_and_leads_back() {
    let project = shop();
    assert_snapshot!(project.run_at(NOWHERE, "migrate rollback shop:1").expect(0));
    project.run_at(NOWHERE, "migrate rollback shop:2").expect(0);
    project.run_at(NOWHERE, "migrate rollback shop:3").expect(0);
    assert_snapshot!(text(&project, "rollbacks/shop/V1__orders.sql"));
    // Here an alias is called like the schema, so its names can't be left out by their form.
    assert_snapshot!(text(&project, "rollbacks/shop/V2__view.sql"));
    assert_snapshot!(text(&project, "rollbacks/shop/V3__index.sql"));
    project.run_at(NOWHERE, "prove").expect(0);
    assert_snapshot!(project.run_at(NOWHERE, "migrate rollback shop:3").expect(2));
    project.run_at(NOWHERE, "migrate rollback shop:3 --force --format json").expect(0);
    assert_snapshot!(project.run_at(NOWHERE, "migrate rollback shop:9").expect(4));
    assert_snapshot!(project.run_at(NOWHERE, "migrate rollback 1").expect(2));
    // Without the schema's name it runs wherever the module is installed.
    let target = Server::shared().database();
    project.run_at(&target.url(), "migrate up --to shop:1 --schema shop=tenant").expect(0);
    project.run_at(&target.url(), "migrate down --accept-data-loss").expect(0);
}

#[test]
fn a_migration_is_written_from_what_was_done_by_hand() {
    let project = shop();
    let target = Server::shared().database();
    let run = |line: &str| project.run_at(&target.url(), line);
    run("migrate up").expect(0);
    assert_snapshot!(run("migrate new by_hand --from-diff --module shop").expect(0));
    target
        .client()
        .batch_execute(
            "ALTER TABLE shop.orders ADD COLUMN note text NOT NULL DEFAULT 'x';\n\
             CREATE FUNCTION shop.f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM shop.orders';\n\
             CREATE TABLE base.other (i integer);",
        )
        .unwrap();
    assert_snapshot!(run("migrate new by_hand --from-diff --module shop").expect(0));
    assert_snapshot!(text(&project, "migrations/shop/V4__by_hand.sql"));
    assert_snapshot!(text(&project, "rollbacks/shop/V4__by_hand.sql"));
    run("migrate baseline --to shop:4").expect(0);
    // What is in the schema of another module belongs to that one.
    let left = run("diff").expect(1);
    assert!(left.stdout.contains("base.other") && !left.stdout.contains("shop"), "{left}");
    assert_snapshot!(run("diff --write more").expect(2));
    run("diff --from migrations --to live --write more --module base").expect(0);
    run("migrate baseline --to base:2").expect(0);
    run("diff").expect(0);
}

#[test]
fn what_a_migration_does_and_no_statement_undoes_is_named() {
    let project = Project::new()
        .migration(
            "V1__far.sql",
            "CREATE FOREIGN DATA WRAPPER w;\nCREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', token 'x');\n",
        )
        .migration("V2__near.sql", "DROP SERVER s;\n");
    assert_snapshot!(project.run_at(NOWHERE, "migrate rollback 2").expect(1));
    assert!(!project.path().join("rollbacks/V2__near.sql").exists());
}

#[test]
fn edited_schema_files_become_a_migration() {
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (i integer PRIMARY KEY);\n")
        .file("wanted/1.sql", "CREATE TABLE a (i bigint PRIMARY KEY, j text);\n")
        .file("wanted/2.sql", "CREATE INDEX a_j ON a (j);\n");
    assert_snapshot!(project.run_at(NOWHERE, "migrate new wider --from-diff wanted").expect(0));
    assert_snapshot!(text(&project, "migrations/V2__wider.sql"));
    project.run_at(NOWHERE, "prove --from 2").expect(0);
    project.run_at(NOWHERE, "diff --from migrations --to wanted").expect(0);
}
