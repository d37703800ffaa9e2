//! `crmdb seed` through the binary against a real server.

mod fill;
mod generate;
mod json;
mod project;
mod status;

use project::{Project, repository};

#[test]
fn every_shipped_seed_is_loaded_and_a_second_time_changes_no_row() {
    let project = repository();
    project.ok("migrate up");
    let first = project.ok("seed");
    assert!(first.contains("loaded 42 seeds"), "{first}");
    let counts = project.row_counts();
    assert!(counts.len() > 100 && counts.iter().filter(|(_, rows)| **rows > 0).count() > 90, "{counts:?}");
    assert!(project.ok("seed").starts_with("nothing to load"));
    // Forgotten by the ledger, every file runs again.
    project.sql("DELETE FROM crmdb.seed");
    assert!(project.ok("seed").contains("loaded 42 seeds"));
    assert_eq!(project.row_counts(), counts);
}

#[test]
fn a_migration_that_makes_a_table_again_lets_its_seeds_run_again() {
    let project = Project::new();
    project.ok("migrate up");
    project.ok("seed");
    project.ok("migrate down --all --accept-data-loss");
    project.ok("migrate up");
    assert!(project.ok("seed").contains("loaded 2 seeds"));
    assert_eq!(project.value("SELECT string_agg(name, ',' ORDER BY id) FROM people"), "Ann,Bob");
}

#[test]
fn a_csv_seed_is_brought_in_line_with_its_changed_file() {
    let project = Project::new();
    project.ok("migrate up");
    insta::assert_snapshot!(project.run("seed"), @r"
    loaded seeds/dev/01_people.csv  2 rows  TIME
    loaded seeds/dev/02_notes.sql  TIME
    loaded 2 seeds on DATABASE on HOST in TIME
    --- stderr
    --- exit 0
    ");
    project.write(
        "seeds/dev/01_people.csv",
        "id,name,Note\r\n2,Bea,\r\n3,Cid,\"\"\r\n1,Ann,\"x, \"\"y\"\"\"\r\n",
    );
    insta::assert_snapshot!(project.run("seed"), @r"
    loaded seeds/dev/01_people.csv  3 rows  TIME
    loaded 1 seed on DATABASE on HOST in TIME; 1 unchanged
    --- stderr
    --- exit 0
    ");
    let rows = "SELECT string_agg(concat_ws(':', id, name, coalesce(\"Note\", 'NULL')), ' ' ORDER BY id) FROM people";
    assert_eq!(project.value(rows), "1:Ann:x, \"y\" 2:Bea:NULL 3:Cid:");
    // The sequence goes on behind the numbers that the file gave.
    assert_eq!(project.value("INSERT INTO people (name) VALUES ('Dan') RETURNING id::text"), "4");
}

#[test]
fn a_seed_that_fails_leaves_nothing() {
    let project = Project::new();
    project.ok("migrate up");
    project.write(
        "seeds/dev/02_notes.sql",
        "INSERT INTO notes (person) VALUES (1);\nINSERT INTO nots VALUES (1);\n",
    );
    insta::assert_snapshot!(project.run("seed"), @r#"
    --- stderr
    error: seed `seeds/dev/02_notes.sql` failed: relation "nots" does not exist
     --> seeds/dev/02_notes.sql:2:13
      |
    2 | INSERT INTO nots VALUES (1);
      |             ^
      sqlstate 42P01; the run was rolled back; nothing was changed
    hint: correct the file and run `crmdb seed` again
    --- exit 5
    "#);
    assert_eq!(project.value("SELECT count(*)::text FROM people"), "0");
    assert_eq!(project.value("SELECT count(*)::text FROM crmdb.seed"), "0");
    let events = "SELECT string_agg(concat_ws(' ', kind, outcome, module, file), ',') FROM crmdb.event WHERE kind = 'seed'";
    assert_eq!(project.value(events), "seed failed public 02_notes.sql");
}

#[test]
fn wrong_rows_of_a_csv_file_are_told_with_their_line() {
    let project = Project::new();
    project.ok("migrate up");
    project.write("seeds/dev/01_people.csv", "id,name,Note\n1,Ann,\n2,\"two\nlines\",\nx,Bob,\n");
    insta::assert_snapshot!(project.run("seed"), @r#"
    --- stderr
    error: seed `seeds/dev/01_people.csv` failed: invalid input syntax for type integer: "x"
     --> seeds/dev/01_people.csv:5:1
      |
    5 | x,Bob,
      | ^^^^^^
      context: COPY people, line 5, column id: "x"
      sqlstate 22P02; the run was rolled back; nothing was changed
    hint: correct the file and run `crmdb seed` again
    --- exit 5
    "#);
    project.write("seeds/dev/01_people.csv", "id,name,Note\n1,Ann\n");
    assert!(project.run("seed").contains("--> seeds/dev/01_people.csv:2"));
    project.write("seeds/dev/01_people.csv", "id,nome\n1,Ann\n");
    insta::assert_snapshot!(project.run("seed"), @r"
    --- stderr
    error: seeds/dev/01_people.csv:1: table `public.people` has no column `nome`; nothing was changed
    hint: correct the header
    --- exit 4
    ");
    project.write("seeds/dev/01_people.csv", "id,name\n1,Ann\n1,Bob\n");
    assert!(project.run("seed").contains("duplicate key value"));
    project.write("seeds/dev/01_people.csv", "id,name\n1,Ann\n");
    project.ok("seed");
    project.write("seeds/dev/01_people.csv", "id,name\n1,Ann\n1,Bob\n");
    insta::assert_snapshot!(project.run("seed"), @r"
    --- stderr
    error: `seeds/dev/01_people.csv` failed: two of its rows have the same primary key: (id) = (1)
      the run was rolled back; nothing was changed
    hint: correct the file and run `crmdb seed` again
    --- exit 5
    ");
}

#[test]
fn a_table_without_a_key_is_filled_only_while_it_is_empty() {
    let project = Project::new();
    project.write("seeds/dev/03_log.csv", "line\na\na\n");
    project.ok("migrate up");
    project.ok("seed");
    project.write("seeds/dev/03_log.csv", "line\na\nb\n");
    insta::assert_snapshot!(project.run("seed"), @r"
    --- stderr
    error: `seeds/dev/03_log.csv` can't be loaded again: `public.log` has rows and no primary key
      the run was rolled back; nothing was changed
    hint: empty the table first with `crmdb seed --reset`
    hint: or give the table a primary key that the header names
    --- exit 4
    ");
    project.ok("seed --reset --accept-data-loss");
    assert_eq!(project.value("SELECT string_agg(line, ',' ORDER BY line) FROM log"), "a,b");
}

#[test]
fn a_dry_run_shows_the_plan_and_loads_nothing() {
    let project = Project::new();
    project.ok("migrate up");
    insta::assert_snapshot!(project.run("migrate seed --dry-run"), @r"
    -- seeds/dev/01_people.csv (schema public, new)
    -- rows for public.people

    -- seeds/dev/02_notes.sql (schema public, new)
    INSERT INTO notes (person) SELECT 1 WHERE NOT EXISTS (SELECT FROM notes);

    -- would load 2 seeds on DATABASE on HOST, 0 unchanged; nothing was run
    --- stderr
    --- exit 0
    ");
    assert_eq!(project.value("SELECT count(*)::text FROM people"), "0");
}

#[test]
fn what_is_missing_is_refused_with_the_way_out() {
    let project = Project::new();
    insta::assert_snapshot!(project.run("seed"), @r"
    --- stderr
    error: module `public` is not installed in schema `public`; nothing was changed
    hint: install it with `crmdb migrate up`
    --- exit 4
    ");
    insta::assert_snapshot!(project.run("seed --profile demo"), @r"
    --- stderr
    error: there are no seeds of the profile `demo`; the profiles are `dev`; nothing was changed
    hint: name one with `--profile`
    --- exit 4
    ");
}

#[test]
fn a_reset_shows_what_dies_asks_and_empties_the_tables_of_the_seeds() {
    let project = Project::new();
    project.ok("migrate up");
    project.ok("seed");
    project.sql("INSERT INTO people (name) VALUES ('by hand'); INSERT INTO tags SELECT id FROM people");
    insta::assert_snapshot!(project.run("seed --reset"), @r"
    --- stderr
    error: 7 rows would be deleted; nothing was changed
    DATABASE on HOST loses
      public.people: 3 rows
      public.notes: 1 row
      public.tags: 3 rows, because they refer to rows that die
    hint: accept the loss with `--accept-data-loss`
    --- exit 4
    ");
    insta::assert_snapshot!(project.run("seed --reset --accept-data-loss"), @r"
    emptied public.people: 3 rows deleted
    emptied public.notes: 1 row deleted
    emptied public.tags: 3 rows deleted
    loaded seeds/dev/01_people.csv  2 rows  TIME
    loaded seeds/dev/02_notes.sql  TIME
    loaded 2 seeds on DATABASE on HOST in TIME
    --- stderr
    DATABASE on HOST loses
      public.people: 3 rows
      public.notes: 1 row
      public.tags: 3 rows, because they refer to rows that die
    --- exit 0
    ");
    assert_eq!(project.value("SELECT string_agg(name, ',' ORDER BY id) FROM people"), "Ann,Bob");
    assert_eq!(project.value("SELECT count(*)::text FROM tags"), "0");
    let detail = "SELECT detail FROM crmdb.event WHERE detail LIKE 'reset%'";
    assert_eq!(project.value(detail), "reset: 4 rows of 2 tables deleted");
    project.sql("CREATE TABLE kept (person integer REFERENCES people); INSERT INTO kept VALUES (1)");
    insta::assert_snapshot!(project.run("seed --reset --accept-data-loss"), @r"
    --- stderr
    error: `public.people` can't be emptied: in `public.kept` 1 row refers to it; nothing was changed
    hint: delete the rows of `public.kept` first, or let its seeds be reset too
    --- exit 4
    ");
}

#[test]
fn a_protected_target_is_never_reset_nor_filled_with_made_up_rows() {
    let project = Project::new();
    project.write("schema.toml", "[database]\nprotected = true\n");
    project.ok("migrate up");
    project.ok("seed");
    insta::assert_snapshot!(project.run("seed --reset --accept-data-loss"), @r"
    --- stderr
    error: the target is protected, so `seed --reset` is refused; nothing was changed
    hint: use another database, or take `protected` out of `[database]` in `schema.toml`
    --- exit 4
    ");
    assert!(project.run("seed --generate 5 --yes").contains("so `seed --generate` is refused"));
    project.write("schema.toml", "");
    project.sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET crmdb.protected = on', current_database()); END $$");
    insta::assert_snapshot!(project.run("seed --reset --accept-data-loss"), @r"
    --- stderr
    error: the target is protected, so `seed --reset` is refused; nothing was changed
    hint: use another database, or take the mark off: `ALTER DATABASE … RESET crmdb.protected`
    --- exit 4
    ");
    assert!(project.run("seed --generate 5 --yes").contains("so `seed --generate` is refused"));
    assert_eq!(project.value("SELECT count(*)::text FROM people"), "2");
}

#[test]
fn rows_come_after_those_they_refer_to_whatever_the_numbers_say() {
    let project = Project::new();
    project.ok("migrate up");
    project.sql("CREATE TABLE pets (id integer PRIMARY KEY, owner integer REFERENCES people)");
    project.write("seeds/dev/00_pets.csv", "id,owner\n1,2\n");
    let order = project.ok("seed");
    let place = |file: &str| order.find(file).unwrap_or_else(|| panic!("{order}"));
    assert!(place("01_people.csv") < place("00_pets.csv"), "{order}");
}

#[test]
fn keys_that_are_checked_last_name_the_rows_that_break_them() {
    let project = Project::new();
    project.ok("migrate up");
    project.sql("CREATE TABLE pets (id integer PRIMARY KEY, owner integer REFERENCES people DEFERRABLE)");
    project.write("seeds/dev/04_pets.csv", "id,owner\n1,77\n");
    insta::assert_snapshot!(project.run("seed"), @r#"
    --- stderr
    error: the rows of the seeds do not fit together: insert or update on table "pets" violates foreign key constraint "pets_owner_fkey" (Key (owner)=(77) is not present in table "people")
      the run was rolled back; nothing was changed
    hint: correct the files and run `crmdb seed` again
    --- exit 5
    "#);
    assert_eq!(project.value("SELECT count(*)::text FROM people"), "0");
}

#[test]
fn the_shipped_seeds_are_reset_to_what_they_were() {
    let project = repository();
    project.ok("migrate up");
    project.ok("seed");
    let counts = |project: &Project| {
        let mut counts = project.row_counts();
        // Its rows tell what was done to the others.
        counts.remove("sales.audit_logs");
        counts
    };
    let before = counts(&project);
    project.ok("seed --reset --accept-data-loss");
    assert_eq!(counts(&project), before);
}

/// Puts a ledger as its first version was made in the place of the present one.
fn first_ledger() -> String {
    let migration = "position, module, schema, version, name, file, checksum, rollback_checksum, up_sql, rollback_sql, \
        origin, applied_at, applied_by, duration_ms, tool_version";
    format!(
        "ALTER SCHEMA crmdb RENAME TO later; CREATE SCHEMA crmdb; {};
         CREATE TABLE crmdb.ledger_version (LIKE later.ledger_version INCLUDING ALL);
         INSERT INTO crmdb.ledger_version SELECT * FROM later.ledger_version WHERE version = 1;
         INSERT INTO crmdb.module SELECT module, schema, created_schema, installed_at FROM later.module;
         INSERT INTO crmdb.migration ({migration}) OVERRIDING SYSTEM VALUE SELECT {migration} FROM later.migration;
         DROP SCHEMA later CASCADE",
        include_str!("../../../src/db/ledger/versions/V1__ledger.sql")
    )
}

#[test]
fn a_ledger_from_before_seeds_is_upgraded_in_place() {
    let project = Project::new();
    project.ok("migrate up");
    let versions = "SELECT string_agg(version::text, ',' ORDER BY version) FROM crmdb.ledger_version";
    let known = project.value(versions);
    project.sql(&first_ledger());
    assert_eq!(project.value(versions), "1");
    assert!(project.run("seed --dry-run").contains("would load 2 seeds"));
    project.ok("seed");
    assert_eq!(project.value(versions), known);
    assert_eq!(project.value("SELECT count(*)::text FROM crmdb.seed"), "2");
    assert_eq!(project.value("SELECT count(*)::text FROM crmdb.migration"), "1");
}

#[test]
fn a_lock_that_is_not_to_be_had_is_waited_for_in_retries() {
    let project = Project::new();
    project.ok("migrate up");
    let mut other = project.client();
    other.batch_execute("BEGIN; LOCK TABLE people").unwrap();
    let holder = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(1500));
        other.batch_execute("COMMIT").unwrap();
    });
    let text = project.run("seed --lock-timeout 100ms --lock-retries 100");
    holder.join().unwrap();
    assert!(
        text.contains("retry: the seeds were rolled back (canceling statement due to lock timeout)"),
        "{text}"
    );
    assert!(text.contains("loaded 2 seeds"), "{text}");
    assert_eq!(project.value("SELECT count(*)::text FROM notes"), "1");
}

#[test]
fn keys_that_can_be_deferred_are_checked_at_the_end() {
    let project = Project::new();
    project.write(
        "migrations/V2__defer.sql",
        "ALTER TABLE notes ALTER CONSTRAINT notes_person_fkey DEFERRABLE INITIALLY IMMEDIATE;",
    );
    project.ok("migrate up");
    project.write("seeds/dev/00_notes.csv", "id,person\n5,2\n");
    assert!(project.ok("seed").contains("loaded 3 seeds"));
    project.write("seeds/dev/00_notes.csv", "id,person\n5,77\n");
    let text = project.run("seed");
    assert!(text.contains("violates foreign key constraint \"notes_person_fkey\""), "{text}");
    assert_eq!(project.value("SELECT person::text FROM notes WHERE id = 5"), "2");
}

#[test]
fn runs_at_once_load_each_seed_once() {
    let project = Project::new();
    project.write("seeds/dev/03_log.csv", "line\na\nb\n");
    project.ok("migrate up");
    let texts: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| project.run("seed --quiet"))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(texts.iter().all(|text| text.ends_with("--- exit 0\n")), "{texts:?}");
    assert_eq!(project.value("SELECT count(*)::text FROM log"), "2");
    assert_eq!(project.value("SELECT count(*)::text FROM crmdb.event WHERE kind = 'seed'"), "3");
}
