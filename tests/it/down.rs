//! `crmdb migrate down`: what it does and what it says.

use insta::assert_snapshot;

use crate::support::postgres::Server;
use crate::support::project::Project;

#[test]
fn down_takes_back_the_last_migration_and_no_more() {
    let database = Server::shared().database();
    let project = Project::of_three();
    project.run(&database, "migrate up").expect(0);
    assert_snapshot!(project.run(&database, "migrate down").expect(0));
    assert_snapshot!(project.run(&database, "migrate down --to 1 --dry-run").expect(0));
    assert_snapshot!(project.run(&database, "migrate down --to 1").expect(0));
}

#[test]
fn more_than_one_step_needs_an_answer() {
    let database = Server::shared().database();
    let project = Project::of_three();
    project.run(&database, "migrate up").expect(0);
    assert_snapshot!(project.run(&database, "migrate down --steps 2").expect(4));
    // Who accepts the loss of data has answered; who names another database means another one, whatever is lost.
    let elsewhere = project.run(&database, "migrate down --accept-data-loss=elsewhere --yes").expect(4);
    assert!(elsewhere.stderr.contains("names `elsewhere`, and the database is `"), "{elsewhere}");
    project.run(&database, "migrate down --steps 2 --accept-data-loss").expect(0);
    project.run(&database, "migrate up").expect(0);
    assert_snapshot!(project.run(&database, "migrate down --all --yes").expect(0));
    let left = database.client().query("select 1 from pg_namespace where nspname = 'crm'", &[]).unwrap();
    assert!(left.is_empty(), "the schema that crmdb made goes with the last migration");
    assert_snapshot!(project.run(&database, "migrate down").expect(0));
}

#[test]
fn the_ledger_alone_is_enough() {
    let database = Server::shared().database();
    Project::of_three().run(&database, "migrate up").expect(0);
    let elsewhere = Project::new();
    std::fs::remove_dir(elsewhere.path().join("migrations")).unwrap();
    assert!(elsewhere.run(&database, "migrate down").expect(2).stderr.contains("there is no project"));
    assert_snapshot!(elsewhere.run(&database, "migrate down --from-ledger --all --yes").expect(0));
}

#[test]
fn several_modules_go_from_the_ledger_alone_in_the_order_of_what_they_need() {
    let database = Server::shared().database();
    let pair =
        |project: Project, path: &str, up: &str, down: &str| project.migration(path, up).rollback(path, down);
    let modules =
        "[modules.auth]\n[modules.erp]\ndepends_on = ['auth']\n[modules.sales]\ndepends_on = ['erp']\n";
    let mut project = Project::new().file("schema.toml", modules);
    for (path, up, down) in [
        ("auth/V1__users.sql", "create table users (id int primary key);\n", "drop table users;\n"),
        (
            "erp/V1__orders.sql",
            "create table orders (id int primary key, u int references auth.users);\n",
            "drop table orders;\n",
        ),
        ("sales/V1__leads.sql", "create table leads (o int references erp.orders);\n", "drop table leads;\n"),
        ("auth/V2__rights.sql", "create table rights (u int references users);\n", "drop table rights;\n"),
        (
            "erp/V2__allowed.sql",
            "create table allowed (r int) inherits (auth.rights);\n",
            "drop table allowed;\n",
        ),
    ] {
        project = pair(project, path, up, down);
    }
    project.run(&database, "migrate up").expect(0);
    let nothing = Project::new();
    std::fs::remove_dir(nothing.path().join("migrations")).unwrap();
    // The ledger does not know who depends on whom, the server does.
    let alone = nothing.run(&database, "migrate down --from-ledger --all --module auth --yes").expect(5);
    assert!(alone.stderr.contains("table erp.allowed depends on table rights"), "{alone}");
    assert_snapshot!(nothing.run(&database, "migrate down --from-ledger --all --yes").expect(0));
    let left = "select count(*) from pg_namespace where nspname in ('auth', 'erp', 'sales')";
    assert_eq!(database.client().query_one(left, &[]).unwrap().get::<_, i64>(0), 0);
}

#[test]
fn a_migration_without_a_rollback_stops_the_plan_before_anything_runs() {
    let database = Server::shared().database();
    let project = Project::of_three();
    project.run(&database, "migrate up").expect(0);
    std::fs::remove_file(project.path().join("rollbacks/crm/V2__t2.sql")).unwrap();
    assert_snapshot!(project.run(&database, "migrate down --all --yes").expect(4));
    assert_snapshot!(project.run(&database, "migrate down").expect(0));
    // Where none was recorded either, it has to be written.
    let never = project.migration("crm/V4__t4.sql", "CREATE TABLE t4 ();\n");
    never.run(&database, "migrate up").expect(0);
    for line in ["migrate down", "migrate down --from-ledger"] {
        let refused = never.run(&database, line).expect(4);
        assert!(refused.stderr.contains("with `crmdb migrate rollback crm:4`"), "{refused}");
    }
}

#[test]
fn a_schema_that_holds_something_else_stays() {
    let database = Server::shared().database();
    let project = Project::of_three();
    project.run(&database, "migrate up").expect(0);
    database.client().batch_execute("CREATE TABLE crm.by_hand ()").unwrap();
    assert_snapshot!(project.run(&database, "migrate down --all --yes").expect(0));
    let left = database.client().query("select 1 from pg_tables where schemaname = 'crm'", &[]).unwrap();
    assert_eq!(left.len(), 1);
}

#[test]
fn a_rollback_that_fails_leaves_the_migration_applied() {
    let database = Server::shared().database();
    let project = Project::of_three().rollback("crm/V3__t3.sql", "DROP TABLE t3;\nDROP TABLE t33;\n");
    project.run(&database, "migrate up").expect(0);
    assert_snapshot!(project.run(&database, "migrate down").expect(5));
    assert_snapshot!(project.run(&database, "status").expect(0));
}

#[test]
fn the_ledger_keeps_no_sql_when_it_is_told_not_to() {
    let database = Server::shared().database();
    let project = Project::of_three().file("schema.toml", "[modules.crm]\n[ledger]\nstore_sql = false\n");
    project.run(&database, "migrate up").expect(0);
    let kept = "select count(*) from crmdb.migration where up_sql is not null or rollback_sql is not null";
    assert_eq!(database.client().query_one(kept, &[]).unwrap().get::<_, i64>(0), 0);
    assert_snapshot!(project.run(&database, "migrate down --from-ledger").expect(4));
}

#[test]
fn a_database_that_crmdb_never_worked_on_is_told_from_one_with_nothing_left() {
    let (database, project) = (Server::shared().database(), Project::of_three());
    for line in ["migrate down --from-ledger", "migrate down --from-ledger --to 2 --dry-run"] {
        let refused = Project::new().run(&database, line).expect(2);
        assert!(refused.stderr.contains("has no ledger: crmdb never applied anything there"), "{refused}");
        assert!(refused.stderr.contains("hint: is it the database that you mean?"), "{refused}");
    }
    for line in ["migrate down", "migrate down --to 2", "migrate down --to crm:2"] {
        let nothing = project.run(&database, line).expect(0);
        assert!(nothing.stdout.starts_with("nothing to take back on "), "{nothing}");
    }
    project.run(&database, "migrate up").expect(0);
    project.run(&database, "migrate down --all --yes").expect(0);
    let nothing = Project::new().run(&database, "migrate down --from-ledger --to 2").expect(0);
    assert!(nothing.stdout.starts_with("nothing to take back on "), "{nothing}");
}
