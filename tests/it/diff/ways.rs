//! `crmdb diff`: without blocking, with what moved or became a child, and listed for other programs.

use insta::assert_snapshot;

use super::{diff, run};
use crate::support::postgres::Server;
use crate::support::project::Project;

const SHOP: &str = "CREATE TABLE shop (id integer PRIMARY KEY, name text);\n\
                    CREATE TABLE orders (id integer PRIMARY KEY, shop_id integer, total numeric);\n\
                    CREATE INDEX orders_old_idx ON orders (total);\n";
const STRICTER: &str = "CREATE TABLE shop (id integer PRIMARY KEY, name text);\n\
                        CREATE TABLE orders (id integer PRIMARY KEY, shop_id integer NOT NULL REFERENCES shop,\n\
                        total numeric CHECK (total > 0));\n\
                        CREATE INDEX orders_shop_idx ON orders (shop_id);\n";

#[test]
fn online_nothing_waits_for_a_scan_or_a_build() {
    let project = Project::new().file("before.sql", SHOP).file("after.sql", STRICTER);
    assert_snapshot!(diff(&project, "diff --from before.sql --to after.sql --online --format sql").expect(1));
    let database = Server::shared().database();
    let mut client = database.client();
    client.batch_execute(SHOP).unwrap();
    client.batch_execute("INSERT INTO shop VALUES (1); INSERT INTO orders VALUES (1, 1, 5)").unwrap();
    let line = format!("diff --from {} --to after.sql --online --format sql", database.url());
    let script = run(&project, &database.url(), &line).expect(1).stdout;
    for statement in crmdb::sql::statements(&script) {
        client.batch_execute(statement.unwrap().text).unwrap();
    }
    run(&project, &database.url(), &line).expect(0);
}

#[test]
fn online_an_index_and_a_key_stay_until_their_successors_are_built() {
    let before = "CREATE TABLE shop (id integer, name text, CONSTRAINT shop_key UNIQUE (id));\n\
                  CREATE INDEX shop_name_idx ON shop (name);\n";
    let after = "CREATE TABLE shop (id integer PRIMARY KEY, name text, CONSTRAINT shop_key UNIQUE (id, name));\n\
                 CREATE INDEX shop_name_idx ON shop (lower(name));\n";
    let project = Project::new().file("before.sql", before).file("after.sql", after);
    assert_snapshot!(diff(&project, "diff --from before.sql --to after.sql --online --format sql").expect(1), @r"
    crmdb diff --from before.sql --to after.sql --online --format sql: exit code 1
    --- stdout
    BEGIN;

    ALTER INDEX public.shop_name_idx RENAME TO shop_name_idx__former;

    ALTER TABLE public.shop ADD CONSTRAINT id__not_null CHECK (id IS NOT NULL) NOT VALID;

    COMMIT;

    BEGIN;

    -- column public.shop.id: long scan, fails on rows that do not fit
    ALTER TABLE public.shop VALIDATE CONSTRAINT id__not_null;

    COMMIT;

    BEGIN;

    ALTER TABLE public.shop ALTER COLUMN id SET NOT NULL;

    ALTER TABLE public.shop DROP CONSTRAINT id__not_null;

    COMMIT;

    -- index public.shop_name_idx: not in a transaction
    CREATE INDEX CONCURRENTLY shop_name_idx ON public.shop USING btree (lower(name));

    -- index public.shop_name_idx: not in a transaction
    DROP INDEX CONCURRENTLY public.shop_name_idx__former;

    -- constraint shop_key ON public.shop: fails on rows that do not fit, not in a transaction
    CREATE UNIQUE INDEX CONCURRENTLY shop_key__coming ON public.shop USING btree (id, name);

    -- constraint shop_pkey ON public.shop: fails on rows that do not fit, not in a transaction
    CREATE UNIQUE INDEX CONCURRENTLY shop_pkey ON public.shop USING btree (id);

    BEGIN;

    -- constraint shop_key ON public.shop: access exclusive lock
    ALTER TABLE public.shop DROP CONSTRAINT shop_key;

    ALTER TABLE public.shop ADD CONSTRAINT shop_key UNIQUE USING INDEX shop_key__coming;

    ALTER TABLE public.shop ADD CONSTRAINT shop_pkey PRIMARY KEY USING INDEX shop_pkey;

    COMMIT;
    ");
}

#[test]
fn a_way_back_that_can_not_be_written_is_refused_with_the_reason_and_leaves_no_file() {
    let far = "CREATE FOREIGN DATA WRAPPER w;\nCREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (token 'x');\n";
    let project = Project::new().file("far.sql", far).file("near.sql", "CREATE FOREIGN DATA WRAPPER w;\n");
    assert_snapshot!(diff(&project, "diff --from far.sql --to near.sql --rollback back.sql").expect(4));
    assert!(!project.path().join("back.sql").exists());
    diff(&project, "diff --from far.sql --to near.sql").expect(1);
}

#[test]
fn a_table_that_moves_or_becomes_a_child_keeps_its_rows() {
    let project = Project::new().file(
        "after.sql",
        "CREATE SCHEMA sales;\n\
         CREATE TABLE sales.lead (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);\n\
         CREATE TABLE thing (id integer GENERATED ALWAYS AS IDENTITY, made date);\n\
         CREATE TABLE box (size text) INHERITS (thing);\n",
    );
    let database = Server::shared().database();
    let mut client = database.client();
    client
        .batch_execute(
            "CREATE TABLE lead (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
             CREATE TABLE thing (id integer GENERATED ALWAYS AS IDENTITY, made date);
             CREATE TABLE box (id integer NOT NULL, made date, size integer);
             INSERT INTO lead (name) VALUES ('a'), ('b');
             INSERT INTO box VALUES (7, '2024-01-01', 12)",
        )
        .unwrap();
    let line = format!("diff --from {} --to after.sql", database.url());
    assert_snapshot!(run(&project, &database.url(), &line).expect(1).stdout);
    let script = run(&project, &database.url(), &format!("{line} --format sql")).expect(1).stdout;
    client.batch_execute(&script).unwrap();
    let row = client.query_one("SELECT max(id), count(*) FROM sales.lead", &[]).unwrap();
    assert_eq!((row.get::<_, i32>(0), row.get::<_, i64>(1)), (2, 2));
    let row = client.query_one("SELECT id, made::text, size FROM box", &[]).unwrap();
    assert_eq!((row.get::<_, i32>(0), row.get::<_, &str>(1), row.get::<_, &str>(2)), (7, "2024-01-01", "12"));
    run(&project, &database.url(), &line).expect(0);
}

#[test]
fn without_renames_a_table_that_moves_is_dropped_and_made() {
    let project = Project::new()
        .file("before.sql", "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (i integer, j text);\n")
        .file("after.sql", "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE b.t (i integer, j text);\n");
    let line = "diff --from before.sql --to after.sql --format sql";
    assert_eq!(diff(&project, line).expect(1).stdout, "ALTER TABLE a.t SET SCHEMA b;\n\n");
    let apart = diff(&project, &format!("{line} --no-renames")).expect(1).stdout;
    assert!(apart.contains("DROP TABLE a.t;") && apart.contains("CREATE TABLE b.t ("), "{apart}");
}

#[test]
fn only_what_is_asked_for_is_compared() {
    let project = Project::new()
        .file("before.sql", "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (i integer);\n")
        .file(
            "after.sql",
            "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (i integer);\n\
             CREATE TABLE b.u (i integer); CREATE TABLE a.tmp_1 (i integer);\n\
             GRANT SELECT ON a.t TO PUBLIC; COMMENT ON TABLE a.t IS 'x';\n",
        );
    let count = |flags: &str| {
        let line = format!("diff --from before.sql --to after.sql --format json {flags}");
        let output = diff(&project, &line);
        let json: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        json["statements"].as_array().unwrap().len()
    };
    let all = count("");
    assert_eq!(count("--schema b"), 1);
    assert_eq!(count("--exclude tmp_*"), all - 1);
    assert_eq!(count("--exclude tmp_* --no-comments"), all - 2);
    assert_eq!(count("--exclude tmp_* --no-comments --no-privileges"), all - 3);
    assert_eq!(count("--exclude tmp_* --exclude b.* --no-comments --no-privileges"), 0);
}

#[test]
fn differences_are_listed_without_a_place() {
    let project = Project::new().file("before.sql", SHOP).file("after.sql", STRICTER);
    for format in ["sarif", "junit", "github"] {
        let line = format!("diff --from before.sql --to after.sql --untried --format {format}");
        let output = diff(&project, &line).expect(1);
        assert!(!output.stdout.contains("schema.toml"), "{output}");
        assert_snapshot!(format, output.to_string());
    }
}

#[test]
fn what_no_statement_makes_is_named_with_the_reason() {
    let project = Project::new()
        .file("old.sql", "CREATE EXTENSION citext VERSION '1.4';\nCREATE TABLE t (a citext);\n")
        .file("new.sql", "CREATE EXTENSION citext VERSION '1.6';\nCREATE TABLE t (a citext);\n");
    assert_snapshot!(diff(&project, "diff --from new.sql --to old.sql").expect(4));
}

#[test]
fn an_index_that_was_given_up_on_the_other_side_is_told() {
    let (database, project) = (Server::shared().database(), Project::new());
    let mut client = database.client();
    client.batch_execute("CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (1)").unwrap();
    client.batch_execute("CREATE UNIQUE INDEX CONCURRENTLY t_a_idx ON t (a)").unwrap_err();
    let project = project.file("before.sql", "CREATE TABLE t (a integer);\n");
    let found = run(&project, &database.url(), "diff --from before.sql --to live").expect(0);
    assert_snapshot!(found.stdout);
}
