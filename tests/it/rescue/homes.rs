//! Where it is kept: names, rights, poolers, plans, and the systems that are shipped.

use super::{crm, rows, schemas, value};
use crate::support::pooler::Pooler;
use crate::support::postgres::{Database, Server};
use crate::support::project::Project;

#[test]
fn names_may_be_what_they_like() {
    let database = Server::shared().database();
    let long = "l".repeat(63);
    let table = |schema: &str| {
        format!(
            "CREATE TABLE {schema}.\"a'b \"\"c\"\" é\" (\"k'\" int PRIMARY KEY, \"x \"\"y\"\"\" text, \"{long}\" text);\n\
             CREATE TYPE {schema}.\"mo'od\" AS ENUM ('o''ne', 'two');\n\
             CREATE TABLE {schema}.\"{long}\" (\"{long}\" {schema}.\"mo'od\");\n"
        )
    };
    let drop = |schema: &str| {
        format!(
            "DROP TABLE {schema}.\"a'b \"\"c\"\" é\";\nDROP TABLE {schema}.\"{long}\";\nDROP TYPE {schema}.\"mo'od\";\n"
        )
    };
    let project = Project::new()
        .migration(
            "V1__all.sql",
            &format!("CREATE SCHEMA \"o'ther\";\n{}{}", table("public"), table("\"o'ther\"")),
        )
        .rollback(
            "V1__all.sql",
            &format!("{}{}DROP SCHEMA \"o'ther\";\n", drop("public"), drop("\"o'ther\"")),
        );
    project.run(&database, "migrate up").expect(0);
    let names: Vec<String> = ["public", "\"o'ther\""]
        .iter()
        .flat_map(|schema| [format!("{schema}.\"a'b \"\"c\"\" é\""), format!("{schema}.\"{long}\"")])
        .collect();
    let mut client = database.client();
    for (index, name) in names.iter().enumerate() {
        let values =
            if index % 2 == 0 { "(1, 'a''b', '\\'), (2, NULL, '')" } else { "('o''ne'), ('two'), (NULL)" };
        client.batch_execute(&format!("INSERT INTO {name} VALUES {values}")).unwrap();
    }
    let text = |name: &String| {
        value(&database, &format!("SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM {name} AS t"))
    };
    let before: Vec<String> = names.iter().map(text).collect();
    project.run(&database, "migrate down --rescue --accept-data-loss").expect(0);
    project.run(&database, "rescue list").expect(0);
    project.run(&database, "migrate up").expect(0);
    project.run(&database, "rescue restore").expect(0);
    assert_eq!(names.iter().map(text).collect::<Vec<_>>(), before);
    project.run(&database, "rescue drop --yes").expect(0);
}

#[test]
fn nobody_else_can_read_what_is_kept() {
    let database = Server::shared().database();
    let role = format!("reader_{}", database.name());
    let grants = format!(
        "CREATE ROLE \"{role}\"; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO \"{role}\"; \
         ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO PUBLIC"
    );
    database.client().batch_execute(&grants).unwrap();
    let project = crm();
    project.run(&database, "migrate up").expect(0);
    database.client().batch_execute(super::ROWS).unwrap();
    project.run(&database, "migrate down --all --rescue --accept-data-loss").expect(0);
    let readable = format!(
        "SELECT count(*) || ' of ' || (SELECT count(*) FROM pg_class WHERE relnamespace = 'crmdb_rescue_1'::regnamespace AND relkind = 'r') \
         FROM pg_class WHERE relnamespace = 'crmdb_rescue_1'::regnamespace AND relkind = 'r' AND \
         (has_table_privilege('{role}', oid, 'SELECT') OR has_schema_privilege('{role}', relnamespace, 'USAGE'))"
    );
    assert_eq!(value(&database, &readable), "0 of 17");
    let tied = "SELECT (SELECT count(*) FROM pg_constraint WHERE connamespace = 'crmdb_rescue_1'::regnamespace AND contype <> 'n') \
                + (SELECT count(*) FROM pg_trigger AS g JOIN pg_class AS c ON c.oid = g.tgrelid WHERE c.relnamespace = 'crmdb_rescue_1'::regnamespace) \
                || ' ' || (SELECT count(*) FROM pg_policy) || ' ' || (SELECT count(*) FROM pg_proc WHERE pronamespace = 'crmdb_rescue_1'::regnamespace)";
    assert_eq!(value(&database, tied), "0 0 0");
}

#[test]
fn behind_a_pooler_and_from_a_plan_it_works_the_same() {
    let database = Database::create();
    let (project, empty) = (crm(), Project::new());
    let pooler = Pooler::new(Server::shared(), ("pool_mode = transaction", ""));
    let url = pooler.url(&database);
    project.run_at(&url, "migrate up").expect(0);
    database.client().batch_execute(super::ROWS).unwrap();
    let before = rows(&database, &super::NAMES);
    let plan = project.path().join("back.json");
    project.run(&database, &format!("migrate plan --rollback 0 --out {}", plan.display())).expect(0);
    let line = format!("migrate down --plan {} --rescue --accept-data-loss", plan.display());
    empty.run_at(&url, &line).expect(0);
    project.run_at(&url, "migrate up").expect(0);
    empty.run_at(&url, "rescue restore").expect(0);
    assert_eq!(rows(&database, &super::NAMES), before);
    empty.run_at(&url, "rescue drop --yes").expect(0);
    assert_eq!(schemas(&database), "");
}

#[test]
fn the_shipped_systems_come_back_whole() {
    let database = Database::create();
    let run =
        |line: &str| Project::new().run(&database, &format!("-C {} {line}", env!("CARGO_MANIFEST_DIR")));
    run("migrate up").expect(0);
    run("seed --generate 3").expect(0);
    let sums = "SELECT string_agg(format('%I.%I', n.nspname, c.relname), ' ' ORDER BY n.nspname, c.relname) FROM pg_class c \
                JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition \
                AND n.nspname !~ '^(pg_|information_schema|crmdb)'";
    let names = value(&database, sums);
    let names: Vec<&str> = names.split(' ').collect();
    let before = rows(&database, &names);
    run("migrate down --all --rescue --accept-data-loss").expect(0);
    run("migrate up").expect(0);
    run("rescue restore").expect(0);
    for (now, then) in rows(&database, &names).iter().zip(&before) {
        assert_eq!(now, then);
    }
}
