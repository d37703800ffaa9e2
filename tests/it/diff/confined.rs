//! `crmdb diff --shadow schema`: migrations tried in throw-away schemas of the target, of which nothing stays.

use crate::support::postgres::{Database, Server};
use crate::support::project::{Output, Project};

const FIRST: &str = "CREATE TYPE state AS ENUM ('open', 'shut');\n\
                     CREATE TABLE orders (id serial PRIMARY KEY, state state DEFAULT 'open', at timestamptz);\n\
                     CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\n\
                     CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();\n\
                     INSERT INTO orders (at) VALUES (now());\n\
                     CREATE MATERIALIZED VIEW days AS SELECT date_trunc('day', at) AS day FROM orders;\n\
                     COMMENT ON TABLE orders IS 'what is sold';\n";

fn diff(project: &Project, database: &Database<'_>, flags: &str) -> Output {
    project.run(database, &format!("diff --shadow schema {flags}"))
}

/// Returns how many schemas, relations, types and functions of anybody's there are.
fn things(database: &Database<'_>) -> i64 {
    let sql = "SELECT (SELECT count(*) FROM pg_namespace) + (SELECT count(*) FROM pg_class) + \
               (SELECT count(*) FROM pg_type) + (SELECT count(*) FROM pg_proc)";
    database.client().query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn migrations_are_tried_in_schemas_of_the_target_and_nothing_stays() {
    let database = Server::shared().database();
    let project = Project::new().migration("V1__first.sql", FIRST);
    project.run(&database, "migrate up").expect(0);
    let before = things(&database);
    diff(&project, &database, "").expect(0);
    database
        .client()
        .batch_execute("ALTER TABLE orders DROP COLUMN at CASCADE; CREATE TABLE by_hand (a int)")
        .unwrap();
    let output = diff(&project, &database, "--format sql").expect(1);
    assert!(
        output.stdout.contains("ALTER TABLE public.orders ADD COLUMN at timestamp with time zone;")
            && output.stdout.contains("DROP TABLE public.by_hand;")
            && output.stdout.contains("CREATE MATERIALIZED VIEW public.days")
            && !output.stdout.contains("crmdb_shadow"),
        "{output}"
    );
    database
        .client()
        .batch_execute("DROP TABLE by_hand; CREATE TABLE other (a int); DROP TABLE other")
        .unwrap();
    assert!(things(&database) < before, "what was dropped by hand is gone, and nothing else is there");
    let schemas = database.client().query("SELECT FROM pg_namespace WHERE nspname ~ 'shadow'", &[]).unwrap();
    assert!(schemas.is_empty());
}

#[test]
fn what_may_reach_beyond_the_schema_is_refused_before_anything_runs() {
    let database = Server::shared().database();
    database.client().batch_execute("CREATE SCHEMA billing; CREATE TABLE billing.invoice (id int)").unwrap();
    let refused = |sql: &str| {
        let project =
            Project::new().migration("V1__first.sql", &format!("CREATE TABLE a (b int);\n{sql};\n"));
        let output = diff(&project, &database, "").expect(4);
        output.stderr.lines().next().unwrap_or_default().to_owned()
    };
    let told = [
        "CREATE EXTENSION citext",
        "DO $$BEGIN DROP TABLE billing.invoice; END$$",
        "ALTER TABLE billing.invoice ADD COLUMN x int",
        "CREATE PUBLICATION p FOR ALL TABLES",
        "CREATE INDEX CONCURRENTLY i ON a (b)",
    ]
    .map(refused);
    insta::assert_snapshot!(told.join("\n"));
    let project = Project::new().migration("V1__first.sql", FIRST);
    let name = database.name();
    database.client().batch_execute(&format!("ALTER DATABASE {name} SET crmdb.protected = on")).unwrap();
    let output = diff(&project, &database, "").expect(4);
    insta::assert_snapshot!(output.stderr);
    insta::assert_snapshot!(project.run(&database, "prove --shadow schema").expect(4).stderr);
}
