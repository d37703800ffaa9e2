//! What PostgreSQL and the files of others do to a run, and what a person reads then.

use std::process::Stdio;
use std::time::Duration;

use crate::support::postgres::{Database, Server};
use crate::support::project::{Output, Project};

/// Applies one migration to an empty database.
fn up(sql: &str) -> (Database<'static>, Output) {
    let database = Database::create();
    let output = one(sql).run(&database, "migrate up");
    (database, output)
}

fn one(sql: &str) -> Project {
    Project::new().migration("V1__one.sql", sql)
}

/// What `select` gives as one text.
fn value(database: &Database<'_>, select: &str) -> String {
    database.client().query_one(select, &[]).unwrap().get(0)
}

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
    insta::assert_snapshot!(one("create table a (i int);").run(&database, "migrate up").expect(5), @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: making the ledger failed on <host>: cannot execute CREATE SCHEMA in a read-only transaction
    "#);
}

#[test]
fn a_role_that_may_not_make_the_ledger_is_told_what_it_lacks() {
    let database = Database::create();
    let (_, url) = role(&database);
    let output = one("create table a (i int);").run_at(&url, "migrate up").expect(5);
    insta::assert_snapshot!(output, @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: making the ledger failed on <host>: permission denied for database <database>
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
      | ^
      sqlstate 42501; `V2__two.sql` was rolled back; `V1__one.sql` stays applied
    hint: correct the file and run `crmdb migrate up` again
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
    let project = one("create table a (i int);\nselect pg_sleep(0.5);\n")
        .migration(
            "V2__two.sql",
            "-- crmdb: no-transaction\nselect pg_sleep(0.5);\ncreate table b (i int);\n",
        )
        .migration("V3__three.sql", "create table c (i int);\n");
    let mut lock = database.client();
    lock.batch_execute("set idle_session_timeout = 0; set idle_in_transaction_session_timeout = 0").unwrap();
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
fn what_pg_dump_writes_is_a_migration() {
    let source = Database::create();
    source
        .client()
        .batch_execute(
            "create type mood as enum ('good', 'bad');
             create table item (id int generated always as identity primary key, name text, mood mood);
             create function twice(i int) returns int language sql return i * 2;
             insert into item (name, mood) values (E'a\\tb\\\\', 'bad'), (null, 'good');",
        )
        .unwrap();
    let dump = source.dump();
    let (database, output) = up(&dump);
    output.expect(0);
    assert_eq!(database.dump(), dump);
}

#[test]
fn a_deferred_constraint_that_fails_at_the_commit_is_told_with_its_migration() {
    let (_, output) = up("create table a (id int primary key);
create table b (a int references a deferrable initially deferred);
insert into b values (7);
");
    insta::assert_snapshot!(output.expect(5), @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: migration `V1__one.sql` failed: insert or update on table "b" violates foreign key constraint "b_a_fkey"
     --> migrations/V1__one.sql:3:13
      |
    3 | insert into b values (7);
      |             ^
      detail: Key (a)=(7) is not present in table "a".
      sqlstate 23503; `V1__one.sql` was rolled back; nothing else was changed
    hint: correct the file and run `crmdb migrate up` again
    "#);
}

#[test]
fn errors_point_at_their_place_also_behind_letters_of_several_bytes() {
    let (_, output) = up(
        "-- größer\ncomment on schema public is 'größer';\ncreate table \"größe\" (\"日本\" int, x integr);\n",
    );
    insta::assert_snapshot!(output.expect(5), @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: migration `V1__one.sql` failed: type "integr" does not exist
     --> migrations/V1__one.sql:3:35
      |
    3 | create table "größe" ("日本" int, x integr);
      |                                     ^
      sqlstate 42704; `V1__one.sql` was rolled back; nothing else was changed
    hint: correct the file and run `crmdb migrate up` again
    "#);
    let (_, output) = up("select 'größe' as \"日本\", from;\n");
    insta::assert_snapshot!(output.expect(5), @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: migration `V1__one.sql` failed: syntax error at or near "from"
     --> migrations/V1__one.sql:1:25
      |
    1 | select 'größe' as "日本", from;
      |                           ^
      sqlstate 42601; `V1__one.sql` was rolled back; nothing else was changed
    hint: correct the file and run `crmdb migrate up` again
    "#);
}

#[test]
fn an_error_inside_a_function_shows_where_in_the_function() {
    let (_, output) = up("create function f() returns int language plpgsql as $$
begin
  execute 'select nowhere';
  return 1;
end $$;

select f();
");
    insta::assert_snapshot!(output.expect(5), @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: migration `V1__one.sql` failed: column "nowhere" does not exist
     --> migrations/V1__one.sql:7:1
      |
    7 | select f();
      | ^
      context: PL/pgSQL function f() line 3 at EXECUTE
      sqlstate 42703; `V1__one.sql` was rolled back; nothing else was changed
    hint: correct the file and run `crmdb migrate up` again
    "#);
}

#[test]
fn notices_and_warnings_are_shown_with_their_line() {
    let (_, output) = up("create table if not exists a (i int);
do $$ begin raise notice 'first'; end $$;

create table if not exists a (i int);
do $$ begin raise warning 'second'; end $$;
");
    insta::assert_snapshot!(output.expect(0), @r#"
    crmdb migrate up: exit code 0
    --- stdout
    applied   V1__one.sql  <time>
    applied 1 migration on <database> on <host> in <time>
    --- stderr
    notice: migrations/V1__one.sql:2: first
    notice: migrations/V1__one.sql:4: relation "a" already exists, skipping
    warning: migrations/V1__one.sql:5: second
    "#);
}

#[test]
fn a_bad_row_of_a_copy_is_told_with_its_line() {
    let rows = "create table a (i int, t text);\ncopy a from stdin;\n1\tone\ntwo\ttwo\n\\.\n";
    insta::assert_snapshot!(up(rows).1.expect(5), @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: migration `V1__one.sql` failed: invalid input syntax for type integer: "two"
     --> migrations/V1__one.sql:2:1
      |
    2 | copy a from stdin;
      | ^
      context: COPY a, line 2, column i: "two"
      sqlstate 22P02; `V1__one.sql` was rolled back; nothing else was changed
    hint: correct the file and run `crmdb migrate up` again
    "#);
    let outside = format!("-- crmdb: no-transaction\n{rows}");
    insta::assert_snapshot!(up(&outside).1.expect(5), @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: migration `V1__one.sql` failed: invalid input syntax for type integer: "two"
     --> migrations/V1__one.sql:3:1
      |
    3 | copy a from stdin;
      | ^
      context: COPY a, line 2, column i: "two"
      sqlstate 22P02; `V1__one.sql` stopped in the middle and is in the journal; nothing else was changed
    hint: correct the file and run `crmdb migrate up` again
    "#);
}

#[test]
fn rolling_back_to_a_savepoint_hides_no_failure_before_it() {
    let (database, output) = up("savepoint s;
create table a (i int);
select 1/0;
rollback to s;
create table b (i int);
");
    insta::assert_snapshot!(output.expect(5), @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: migration `V1__one.sql` failed: division by zero
     --> migrations/V1__one.sql:3:1
      |
    3 | select 1/0;
      | ^
      sqlstate 22012; `V1__one.sql` was rolled back; nothing else was changed
    hint: correct the file and run `crmdb migrate up` again
    "#);
    assert_eq!(value(&database, "select count(*)::text from pg_class where relname in ('a', 'b')"), "0");
    let (database, output) =
        up("savepoint s;\ncreate table a (i int);\nrollback to s;\ncreate table b (i int);\n");
    output.expect(0);
    assert_eq!(
        value(&database, "select string_agg(relname, '') from pg_class where relname in ('a', 'b')"),
        "b"
    );
}

#[test]
fn a_block_that_commits_runs_outside_a_transaction_only() {
    let block = "create table a (i int);\ndo $$ begin insert into a values (1); commit; end $$;\n";
    insta::assert_snapshot!(up(block).1.expect(5), @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: migration `V1__one.sql` failed: invalid transaction termination
     --> migrations/V1__one.sql:2:1
      |
    2 | do $$ begin insert into a values (1); commit; end $$;
      | ^
      context: PL/pgSQL function inline_code_block line 1 at COMMIT
      sqlstate 2D000; `V1__one.sql` was rolled back; nothing else was changed
    hint: correct the file and run `crmdb migrate up` again
    "#);
    let (database, output) = up(&format!("-- crmdb: no-transaction\n{block}"));
    output.expect(0);
    assert_eq!(value(&database, "select count(*)::text from a"), "1");
}

#[test]
fn if_not_exists_never_takes_a_dead_index_for_the_wanted_one() {
    let database = Database::create();
    let mut client = database.client();
    client.batch_execute("create table a (i int); insert into a values (1), (1)").unwrap();
    client.batch_execute("create unique index concurrently a_i on a (i)").unwrap_err();
    client.batch_execute("delete from a").unwrap();
    let project =
        one("-- crmdb: no-transaction\ncreate unique index concurrently if not exists a_i on a (i);\n");
    insta::assert_snapshot!(project.run(&database, "migrate up").expect(0), @r#"
    crmdb migrate up: exit code 0
    --- stdout
    applied   V1__one.sql  <time>
    applied 1 migration on <database> on <host> in <time>
    --- stderr
    resumed: `V1__one.sql` statement 1: found half done in the catalog and brought in order
    "#);
    let valid = "select indisvalid::text from pg_index where indexrelid = 'a_i'::regclass";
    assert_eq!(value(&database, valid), "true");
}

#[test]
fn an_index_of_that_name_that_another_made_is_never_taken_for_the_migrations_own() {
    let database = Database::create();
    database.client().batch_execute("create table a (i int, j int); create index a_i on a (j)").unwrap();
    let project = one("-- crmdb: no-transaction\ncreate index concurrently a_i on a (i);\n");
    insta::assert_snapshot!(project.run(&database, "migrate up").expect(5), @r#"
    crmdb migrate up: exit code 5
    --- stderr
    error: migration `V1__one.sql` failed: relation "a_i" already exists
     --> migrations/V1__one.sql:2:27
      |
    2 | create index concurrently a_i on a (i);
      |                           ^
      sqlstate 42P07; `V1__one.sql` stopped in the middle and is in the journal; nothing else was changed
    hint: correct the file and run `crmdb migrate up` again
    "#);
    project.run(&database, "migrate up").expect(5);
}

#[test]
fn names_that_need_care_are_quoted() {
    let long = "n".repeat(63);
    for schema in ["a\"b; drop schema public; --", "größe", "Select", &long] {
        let database = Database::create();
        let manifest = format!("[modules.shop]\nschema = '{schema}'\n");
        let project = Project::new()
            .file("schema.toml", &manifest)
            .migration("shop/V1__a.sql", "create table a (i int);\n")
            .rollback("shop/V1__a.sql", "drop table a;\n")
            .migration("shop/V2__b.sql", "-- crmdb: no-transaction\ncreate index concurrently b on a (i);\n")
            .rollback("shop/V2__b.sql", "-- crmdb: no-transaction\ndrop index concurrently b;\n");
        project.run(&database, "migrate up").expect(0);
        let found = "select n.nspname::text from pg_class c join pg_namespace n on n.oid = relnamespace
                     where relname = 'b'";
        assert_eq!(value(&database, found), schema);
        project.run(&database, "migrate down --all --yes").expect(0);
        let left = "select count(*)::text from pg_namespace where nspname = $1";
        let left: String = database.client().query_one(left, &[&schema]).unwrap().get(0);
        assert_eq!(left, "0", "{schema}");
    }
}

#[test]
fn rows_for_the_client_are_refused_before_anything_runs() {
    insta::assert_snapshot!(up("create table a (i int);\n\ncopy a to stdout;\n").1.expect(4), @r#"
    crmdb migrate up: exit code 4
    --- stderr
    error: migrations/V1__one.sql:3:1: `COPY … TO STDOUT` sends rows, and a migration has nobody to take them; nothing was changed
    hint: remove the statement, or copy to a file of the server or into a table
    "#);
    let outside = "-- crmdb: no-transaction\ncopy (select 1) to stdout;\n";
    insta::assert_snapshot!(up(outside).1.expect(4), @r#"
    crmdb migrate up: exit code 4
    --- stderr
    error: migrations/V1__one.sql:2:1: `COPY … TO STDOUT` sends rows, and a migration has nobody to take them; nothing was changed
    hint: remove the statement, or copy to a file of the server or into a table
    "#);
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
