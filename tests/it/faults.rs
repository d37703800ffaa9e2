//! Migrations that fail or hold what is hard to run, and what a person reads then.

use crate::support::postgres::Database;
use crate::support::project::{Output, Project};

/// Applies one migration to an empty database.
fn up(sql: &str) -> (Database<'static>, Output) {
    let database = Database::create();
    let output = one(sql).run(&database, "migrate up");
    (database, output)
}

/// A project of one migration.
pub(crate) fn one(sql: &str) -> Project {
    Project::new().migration("V1__one.sql", sql)
}

/// What `select` gives as one text.
pub(crate) fn value(database: &Database<'_>, select: &str) -> String {
    database.client().query_one(select, &[]).unwrap().get(0)
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
      | ^^^^^^^^^^^
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
      | ^^^^^^^^^^^^^^^^^^
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
      | ^^^^^^^^^^^^^^^^^^
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
      | ^^^^^^^^^^^
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
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      context: PL/pgSQL function inline_code_block line 1 at COMMIT
      sqlstate 2D000; `V1__one.sql` was rolled back; nothing else was changed
    hint: a block that commits by itself belongs in a file that starts with `-- crmdb: no-transaction`
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
fn a_migration_outside_a_transaction_that_failed_goes_on_when_it_is_corrected() {
    let database = Database::create();
    let text = "-- crmdb: no-transaction\ncreate table a (i int);\ncreate index concurrently a_i on a (j);\n";
    one(text).run(&database, "migrate up").expect(5);
    let changed = one(&text.replace("i int", "i bigint")).run(&database, "migrate up").expect(4);
    insta::assert_snapshot!(changed, @r#"
    crmdb migrate up: exit code 4
    --- stderr
    error: `V1__one.sql` stopped after 1 statement and what is done was edited since; nothing was changed
    hint: restore the statements that are done as they were, finish the migration, and put the change in a new one
    "#);
    one(&text.replace("(j)", "(i)")).run(&database, "migrate up").expect(0);
    database.client().batch_execute("drop index a_i").unwrap();
}
