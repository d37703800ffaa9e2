//! `crmdb migrate up`: what it does and what it says.

use insta::assert_snapshot;

use crate::support::postgres::{Server, Stop};
use crate::support::project::Project;

fn two_migrations() -> Project {
    Project::new()
        .migration("V1__owners.sql", "CREATE TABLE owners (id integer PRIMARY KEY);\n")
        .rollback("V1__owners.sql", "DROP TABLE owners;\n")
        .migration(
            "V2__leads.sql",
            "CREATE TABLE leads (id integer REFERENCES owners);\nCREATE INDEX ON leads (id);\n",
        )
        .rollback("V2__leads.sql", "DROP TABLE leads;\n")
}

#[test]
fn up_applies_what_is_pending_and_a_second_up_does_nothing() {
    let database = Server::shared().database();
    let project = two_migrations();
    assert_snapshot!(project.run(&database, "migrate up").expect(0));
    assert_snapshot!(project.run(&database, "migrate up").expect(0));
    let tables = database
        .client()
        .query_one("select count(*) from pg_tables where schemaname = 'public'", &[])
        .unwrap();
    assert_eq!(tables.get::<_, i64>(0), 2);
}

#[test]
fn a_dry_run_prints_the_plan_with_its_sql_and_changes_nothing() {
    let database = Server::shared().database();
    assert_snapshot!(two_migrations().run(&database, "migrate up --dry-run").expect(0));
    let schemas = database.client().query("select 1 from pg_namespace where nspname = 'crmdb'", &[]).unwrap();
    assert!(schemas.is_empty());
}

#[test]
fn up_stops_where_it_is_told_to() {
    let database = Server::shared().database();
    let project = two_migrations();
    assert_snapshot!(project.run(&database, "migrate up --steps 1").expect(0));
    assert_snapshot!(project.run(&database, "migrate up --to 3").expect(4));
    assert_snapshot!(project.run(&database, "migrate up --to V2").expect(0));
}

#[test]
fn a_failed_migration_is_rolled_back_whole_and_shown_with_its_line() {
    let database = Server::shared().database();
    let project = two_migrations().migration(
        "V3__industry.sql",
        "-- leads by industry\nALTER TABLE leads ADD COLUMN industry text;\n\nCREATE INDEX ON leads (industri);\n",
    );
    assert_snapshot!(project.run(&database, "migrate up").expect(5));
    let columns =
        "select 1 from information_schema.columns where table_name = 'leads' and column_name = 'industry'";
    assert!(database.client().query(columns, &[]).unwrap().is_empty());
    assert!(project.run(&database, "history").expect(0).stdout.contains("failed"));
}

#[test]
fn notices_are_shown_with_the_line_of_their_statement() {
    let database = Server::shared().database();
    let project = Project::new().migration(
        "V1__talk.sql",
        "DO $$ BEGIN RAISE NOTICE 'one'; END $$;\nSELECT 1;\nDO $$ BEGIN RAISE WARNING 'two'; END $$;\n",
    );
    assert_snapshot!(project.run(&database, "migrate up").expect(0));
    assert_snapshot!(project.run(&database, "migrate up --quiet").expect(0));
}

#[test]
fn all_pending_migrations_can_share_one_transaction() {
    let database = Server::shared().database();
    let project = two_migrations().migration("V3__wrong.sql", "SELECT nothing_like_this;\n");
    assert_snapshot!(project.run(&database, "migrate up --single-transaction").expect(5));
    let left = database.client().query("select 1 from pg_tables where schemaname = 'public'", &[]).unwrap();
    assert!(left.is_empty(), "a part of the transaction stayed");
    let outside = two_migrations().migration("V3__vacuum.sql", "-- crmdb: no-transaction\nVACUUM;\n");
    assert_snapshot!(outside.run(&database, "migrate up --single-transaction").expect(4));
    let done = two_migrations();
    assert_snapshot!(done.run(&database, "migrate up --single-transaction").expect(0));
}

#[test]
fn a_module_is_installed_with_what_it_depends_on_also_under_another_schema() {
    let database = Server::shared().database();
    let project = Project::new()
        .file("schema.toml", "[modules.erp]\ndepends_on = ['auth']\n[modules.sales]\n[modules.auth]\n")
        .migration("auth/V1__users.sql", "CREATE TABLE users (id integer PRIMARY KEY);\n")
        .migration("erp/V1__orders.sql", "CREATE TABLE orders (user_id integer REFERENCES auth.users);\n")
        .migration("sales/V1__leads.sql", "CREATE TABLE leads ();\n");
    assert_snapshot!(project.run(&database, "migrate up --module erp").expect(0));
    assert_snapshot!(project.run(&database, "migrate up --module erp --schema erp=tenant_42").expect(0));
    let schemas = "select string_agg(schemaname || '.' || tablename, ' ' order by 1) from
        (select schemaname, tablename from pg_tables where schemaname in ('auth', 'erp', 'tenant_42', 'sales') order by 1, 2) t";
    let found = database.client().query_one(schemas, &[]).unwrap();
    assert_eq!(found.get::<_, String>(0), "auth.users erp.orders tenant_42.orders");
    assert_snapshot!(project.run(&database, "status").expect(0));
    assert_snapshot!(project.run(&database, "migrate up --module hr").expect(2));
}

#[test]
fn a_migration_that_postgresql_refuses_in_a_transaction_is_refused_before_anything_runs() {
    let database = Server::shared().database();
    let project = two_migrations()
        .migration("V3__index.sql", "CREATE INDEX CONCURRENTLY i ON leads (id);\nCOMMIT;\n")
        .migration("V4__psql.sql", "SELECT 1;\n\\d\n");
    assert_snapshot!(project.run(&database, "migrate up").expect(4));
    assert!(
        database
            .client()
            .query("select 1 from pg_tables where schemaname = 'public'", &[])
            .unwrap()
            .is_empty()
    );
}

#[test]
fn late_edited_and_missing_files_are_each_told() {
    let database = Server::shared().database();
    let project = two_migrations().migration("V5__later.sql", "SELECT 1;\n");
    project.run(&database, "migrate up").expect(0);
    let project = project.migration("V4__late.sql", "SELECT 2;\n").migration("V2__leads.sql", "SELECT 3;\n");
    std::fs::remove_file(project.path().join("migrations/V1__owners.sql")).unwrap();
    std::fs::remove_file(project.path().join("rollbacks/V1__owners.sql")).unwrap();
    assert_snapshot!(project.run(&database, "migrate up").expect(4));
    assert_snapshot!(project.run(&database, "status").expect(1));
}

#[test]
fn the_servers_log_shows_no_client_that_was_lost() {
    let server = Server::private();
    let database = server.database();
    two_migrations().run(&database, "migrate up").expect(0);
    server.stop(Stop::Fast);
    let log = server.log();
    assert!(!log.contains("unexpected EOF"), "{log}");
    assert!(!log.contains("connection to client lost"), "{log}");
}
