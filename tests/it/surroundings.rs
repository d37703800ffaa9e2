//! Servers, roles and settings that stand in the way of a run, and what a person reads then.

use std::process::Stdio;
use std::time::Duration;

use crate::faults::{one, value};
use crate::support::postgres::{Database, Server};
use crate::support::project::{Output, Project};

/// A role of the test's own that may log in, and the URL with which it does.
fn role(database: &Database<'_>) -> (String, String) {
    let role = format!("{}_role", database.name());
    database.client().batch_execute(&format!("create role \"{role}\" login")).unwrap();
    let url = database.url().replace("postgres@", &format!("{role}@"));
    (role, url)
}

#[test]
fn a_database_that_is_read_only_is_told_as_such() {
    let database = Database::create();
    let sql = format!("alter database \"{}\" set default_transaction_read_only = on", database.name());
    database.client().batch_execute(&sql).unwrap();
    insta::assert_snapshot!(one("create table a (i int);").run(&database, "migrate up").expect(4), @r#"
    crmdb migrate up: exit code 4
    --- stderr
    error: `default_transaction_read_only` is on for this role or for <database> on <host>; nothing was changed
    hint: connect to the primary, or as a role that may write; `PGOPTIONS='-c default_transaction_read_only=off'` overrides the setting
    "#);
    let project = one("create table a (i int);");
    let mut command = project.command(&database.url(), "migrate up");
    let output = command.env("PGOPTIONS", "-c default_transaction_read_only=off").output().unwrap();
    Output::new("migrate up", output).expect(0);
}

#[test]
fn a_role_that_may_not_make_the_ledger_is_told_what_it_lacks() {
    let database = Database::create();
    let (_, url) = role(&database);
    let output = one("create table a (i int);").run_at(&url, "migrate up").expect(5);
    insta::assert_snapshot!(output, @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: making the ledger failed in <database> on <host>: permission denied for database <database>
    hint: run it as the database's owner, or let the owner grant USAGE on the schema `crmdb` and SELECT on its tables to look, and all of that and CREATE on the database to change something
    "#);
    one("create table a (i int);").run(&database, "migrate up").expect(0);
    insta::assert_snapshot!(one("create table a (i int);").run_at(&url, "status").expect(5), @r#"
    crmdb status: exit code 5
    --- stderr
    error: reading the ledger failed in <database> on <host>: permission denied for schema crmdb
    hint: run it as the database's owner, or let the owner grant USAGE on the schema `crmdb` and SELECT on its tables to look, and all of that and CREATE on the database to change something
    "#);
}

#[test]
fn a_table_that_is_not_the_roles_own_stops_the_run_in_the_middle_and_the_rest_stays() {
    let database = Database::create();
    let (role, url) = role(&database);
    let grants = format!(
        "create table theirs (i int); grant create on database \"{}\" to \"{role}\";
         grant create on schema public to \"{role}\"",
        database.name()
    );
    database.client().batch_execute(&grants).unwrap();
    let project = one("create table a (i int);\n")
        .migration("V2__two.sql", "create table b (i int);\nalter table theirs add j int;\n")
        .migration("V3__three.sql", "create table c (i int);\n");
    insta::assert_snapshot!(project.run_at(&url, "migrate up").expect(5), @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: migration `V2__two.sql` failed: must be owner of table theirs
     --> migrations/V2__two.sql:2:1
      |
    2 | alter table theirs add j int;
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      sqlstate 42501; `V2__two.sql` was rolled back; `V1__one.sql` stays applied
    hint: let the owner of the object grant the right to this role, or run as a role that has it
    hint: run `crmdb migrate up` again: it goes on from here by itself
    "#);
    database.client().batch_execute(&format!("alter table theirs owner to \"{role}\"")).unwrap();
    insta::assert_snapshot!(project.run_at(&url, "migrate up").expect(0), @r#"
    crmdb migrate up: exit code 0
    --- stdout
    applied   V2__two.sql  <time>
    applied   V3__three.sql  <time>
    applied 2 migrations on <database> on <host> in <time>
    "#);
}

#[test]
fn time_limits_and_a_search_path_of_role_and_database_do_not_reach_into_a_run() {
    let database = Database::create();
    let (role, url) = role(&database);
    let name = database.name();
    let settings = [
        format!("alter role \"{role}\" superuser"),
        format!("alter role \"{role}\" set statement_timeout = '200ms'"),
        format!("alter role \"{role}\" set lock_timeout = '50ms'"),
        format!("alter role \"{role}\" set search_path = elsewhere, pg_catalog"),
        format!("alter database \"{name}\" set idle_in_transaction_session_timeout = '100ms'"),
        format!("alter database \"{name}\" set idle_session_timeout = '300ms'"),
    ];
    database.client().batch_execute("create schema elsewhere").unwrap();
    database.client().batch_execute(&settings.join(";")).unwrap();
    // PostgreSQL 17 and later can end a transaction that takes too long.
    let known = "select count(*)::text from pg_settings where name = 'transaction_timeout'";
    if value(&database, known) == "1" {
        let sql = format!("alter database \"{name}\" set transaction_timeout = '300ms'");
        database.client().batch_execute(&sql).unwrap();
    }
    let project = one("create table a (i int);\nselect pg_sleep(0.5);\n")
        .migration(
            "V2__two.sql",
            "-- crmdb: no-transaction\nselect pg_sleep(0.5);\ncreate table b (i int);\n",
        )
        .migration("V3__three.sql", "create table c (i int);\n");
    let mut lock = database.client();
    let mine = "select set_config(name, '0', false) from pg_settings
                where name in ('idle_session_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')";
    lock.batch_execute(mine).unwrap();
    lock.batch_execute("begin; select pg_advisory_xact_lock(1668443492, 1)").unwrap();
    let mut command = project.command(&url, "migrate up");
    let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1000));
    lock.batch_execute("rollback").unwrap();
    Output::new("migrate up", run.wait_with_output().unwrap()).expect(0);
    let tables = "select string_agg(relnamespace::regnamespace || '.' || relname, ' ' order by relname)
                  from pg_class where relname in ('a', 'b', 'c')";
    assert_eq!(value(&database, tables), "public.a public.b public.c");
}

#[test]
fn a_statement_that_runs_longer_than_it_may_is_cancelled_with_nothing_half_done() {
    let database = Database::create();
    let project = one("create table a (i int);\n")
        .rollback("V1__one.sql", "drop table a;\nselect pg_sleep(60);\n")
        .migration("V2__two.sql", "create table b (i int);\nselect pg_sleep(60);\n");
    insta::assert_snapshot!(project.run(&database, "migrate up --statement-timeout 200ms").expect(5));
    insta::assert_snapshot!(project.run(&database, "migrate down --statement-timeout 200ms").expect(5));
    let there = "select string_agg(relname, ' ' order by relname) from pg_class where relname in ('a', 'b')";
    assert_eq!(value(&database, there), "a");
    assert_eq!(value(&database, "select string_agg(version::text, ' ') from crmdb.migration"), "1");
    // Statement by statement, what is done stays, and the next run goes on behind it.
    let project = project.migration(
        "V2__two.sql",
        "-- crmdb: no-transaction\ncreate table b (i int);\nselect pg_sleep((select count(*) from a));\n",
    );
    database.client().batch_execute("insert into a select generate_series(1, 60)").unwrap();
    project.run(&database, "migrate up --statement-timeout 200ms").expect(5);
    database.client().batch_execute("truncate a").unwrap();
    project.run(&database, "migrate up --statement-timeout 5s").expect(0);
    assert_eq!(value(&database, there), "a b");
}

#[test]
fn what_a_migration_sets_for_its_session_ends_with_it() {
    let database = Database::create();
    let (role, _) = role(&database);
    database.client().batch_execute(&format!("grant all on schema public to \"{role}\"")).unwrap();
    let who = "create table %s as select current_user::text, session_user::text,
               current_setting('search_path') as path, current_setting('work_mem') as memory;\n";
    let project = Project::new()
        .migration(
            "V1__path.sql",
            "select pg_catalog.set_config('search_path', '', false);\nset work_mem = '77MB';\n",
        )
        .migration("V2__role.sql", &format!("set role \"{role}\";\ncreate table r (i int);\n"))
        .migration(
            "V3__user.sql",
            &format!("set session authorization \"{role}\";\ncreate table s (i int);\n"),
        )
        .migration(
            "V4__hidden.sql",
            &format!(
                "do $$ begin perform set_config('role', '{role}', false); end $$;\ncreate table h (i int);\n"
            ),
        )
        .migration("V5__all.sql", &format!("reset all;\n{}", who.replace("%s", "after_reset")))
        .migration("V6__who.sql", &who.replace("%s", "who"))
        .migration(
            "V7__outside.sql",
            &format!(
                "-- crmdb: no-transaction\nset role \"{role}\";\ncreate table o (i int);\ndiscard all;\n{}",
                who.replace("%s", "outside")
            ),
        )
        .migration("V8__who.sql", &who.replace("%s", "last"));
    project.run(&database, "migrate up").expect(0);
    let owners = "select string_agg(relname || ' ' || (relowner::regrole::text = $1), ', ' order by relname)
                  from pg_class where relname in ('r', 's', 'h', 'o')";
    let owners: String = database.client().query_one(owners, &[&role]).unwrap().get(0);
    assert_eq!(owners, "h true, o true, r true, s true");
    for table in ["after_reset", "who", "outside", "last"] {
        let row = format!("select concat_ws(' ', current_user, session_user, path, memory) from {table}");
        assert_eq!(value(&database, &row), "postgres postgres public 4MB", "{table}");
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let database = Server::shared().url("postgres").replace("5432", "5433");
    insta::assert_snapshot!(one("select 1;").run_at(&database, "migrate up").expect(3), @r#"
    crmdb migrate up: exit code 3
    --- stderr
    error: cannot connect to <host>: no such file or directory
    "#);
}
