//! Migrations that need a table which others are at work on: nobody waits long because of crmdb.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use postgres::Client;

use crate::support::postgres::{Database, wait_until};
use crate::support::project::{Output, Project};

const LIMITS: &str = "migrate up --lock-timeout 100ms";

/// A table, and a transaction that has read it.
fn long_reader(database: &Database<'_>) -> Client {
    let mut reader = database.client();
    reader.batch_execute("create table item (id int primary key)").unwrap();
    reader.batch_execute("begin; table item").unwrap();
    reader
}

/// Two statements, of which the second has to wait for every reader.
fn project(directive: &str) -> Project {
    Project::new().migration(
        "V1__price.sql",
        &format!("{directive}create table price (i int);\n\nalter table item add price int;\n"),
    )
}

/// Reads the table over and over, while `work` goes on; returns how often it could. Fails when one read waits for much
/// longer than crmdb waits for its lock.
fn read_while(database: &Database<'_>, work: impl FnOnce(&AtomicUsize)) -> usize {
    let (over, reads) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let mut client = database.client();
            client.batch_execute("set statement_timeout = '5s'").unwrap();
            while !over.load(Ordering::Relaxed) {
                client.batch_execute("table item").expect("no reader waits for more than 5 s");
                reads.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let worked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&reads)));
        over.store(true, Ordering::Relaxed);
        reading.join().unwrap();
        worked.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    reads.into_inner()
}

fn succeeds_when_the_reader_ends(directive: &str) {
    let database = Database::create();
    let (mut reader, project) = (long_reader(&database), project(directive));
    read_while(&database, |reads| {
        let mut command = project.command(&database.url(), &format!("{LIMITS} --lock-retries 1000"));
        let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut watcher = database.client();
        let (mut waits, mut waited) = (0, false);
        wait_until("the run has given up the lock twice", Duration::from_secs(60), || {
            let sql = "select from pg_locks where not granted and relation = 'item'::regclass
                       and mode = 'AccessExclusiveLock'";
            let waiting = !watcher.query(sql, &[]).unwrap().is_empty();
            waits += usize::from(waited && !waiting);
            waited = waiting;
            waits >= 2 && reads.load(Ordering::Relaxed) > 20
        });
        reader.batch_execute("commit").unwrap();
        let output = Output::new(LIMITS, run.wait_with_output().unwrap()).expect(0);
        assert!(output.stderr.contains("retry: "), "{output}");
        assert!(output.stderr.contains("canceling statement due to lock timeout"), "{output}");
    });
    database.client().batch_execute("select price from item; table price").unwrap();
}

#[test]
fn readers_pass_while_a_migration_waits_and_it_is_applied_when_the_long_reader_ends() {
    succeeds_when_the_reader_ends("");
}

#[test]
fn readers_pass_while_a_migration_without_a_transaction_waits() {
    succeeds_when_the_reader_ends("-- crmdb: no-transaction\n");
}

#[test]
fn a_migration_that_waited_in_vain_fails_with_nothing_half_done() {
    let database = Database::create();
    let (mut reader, project) = (long_reader(&database), project(""));
    let mut output = None;
    let reads = read_while(&database, |_| {
        output = Some(project.run(&database, &format!("{LIMITS} --lock-retries 1")).expect(5));
    });
    assert!(reads > 0);
    let text = output.unwrap().to_string();
    // Who is in the way is looked for while the statement waits; that can take longer than it waits.
    let text: Vec<&str> = text.lines().filter(|line| !line.starts_with("in the way: ")).collect();
    insta::assert_snapshot!(text.join("\n"), @r#"
    crmdb migrate up --lock-timeout 100ms --lock-retries 1: exit code 5
    --- stderr
    retry: `V1__price.sql` was rolled back (canceling statement due to lock timeout); attempt 2 in <time>
    error: migration `V1__price.sql` failed: canceling statement due to lock timeout
     --> migrations/V1__price.sql:3:1
      |
    3 | alter table item add price int;
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      sqlstate 55P03; `V1__price.sql` was rolled back; nothing else was changed
    hint: another session is in the way; try again, or give it more time with `--lock-timeout` and `--lock-retries`
    hint: run `crmdb migrate up` again: it goes on from here by itself
    "#);
    let left = "select from pg_class where relname = 'price'";
    assert!(
        database.client().query(left, &[]).unwrap().is_empty(),
        "the first statement was not rolled back"
    );
    reader.batch_execute("commit").unwrap();
    project.run(&database, LIMITS).expect(0);
}

#[test]
fn a_migration_without_a_transaction_that_waited_in_vain_goes_on_where_it_stopped() {
    let database = Database::create();
    let (mut reader, project) = (long_reader(&database), project("-- crmdb: no-transaction\n"));
    let output = project.run(&database, &format!("{LIMITS} --lock-retries 1")).expect(5);
    // Who is in the way is told where the limit leaves the time to look.
    let told: Vec<String> = output
        .to_string()
        .lines()
        .filter(|line| !line.starts_with("in the way: "))
        .map(str::to_owned)
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    crmdb migrate up --lock-timeout 100ms --lock-retries 1: exit code 5
    --- stderr
    retry: a statement of `V1__price.sql` was rolled back (canceling statement due to lock timeout); attempt 2 in <time>
    error: migration `V1__price.sql` failed: canceling statement due to lock timeout
     --> migrations/V1__price.sql:4:1
      |
    4 | alter table item add price int;
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      sqlstate 55P03; `V1__price.sql` stopped in the middle and is in the journal; nothing else was changed
    hint: another session is in the way; try again, or give it more time with `--lock-timeout` and `--lock-retries`
    hint: run `crmdb migrate up` again: it goes on from here by itself
    "#);
    reader.batch_execute("commit").unwrap();
    insta::assert_snapshot!(project.run(&database, LIMITS).expect(0), @r#"
    crmdb migrate up --lock-timeout 100ms: exit code 0
    --- stdout
    applied   V1__price.sql  <time>
    applied 1 migration on <database> on <host> in <time>
    --- stderr
    resumed: `V1__price.sql` statement 1: done by an earlier run
    "#);
}

#[test]
fn a_migration_that_changes_a_role_together_with_another_session_is_tried_again() {
    let database = Database::create();
    let role = format!("collides_{}", database.name());
    let mut other = database.client();
    other.batch_execute(&format!("create role {role}")).unwrap();
    other.batch_execute(&format!("begin; alter role {role} createdb")).unwrap();
    let project = Project::new().migration("V1__role.sql", &format!("alter role {role} createrole;\n"));
    let mut command = project.command(&database.url(), "migrate up --lock-timeout 30s");
    let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut watcher = database.client();
    wait_until("the run waits for the other session", Duration::from_secs(30), || {
        let sql =
            "select from pg_stat_activity where datname = current_database() and query like 'alter role%'
                   and wait_event_type = 'Lock'";
        !watcher.query(sql, &[]).unwrap().is_empty()
    });
    other.batch_execute("commit").unwrap();
    let output = Output::new("migrate up", run.wait_with_output().unwrap()).expect(0);
    assert!(output.stderr.contains("(tuple concurrently updated); attempt 2"), "{output}");
    other.batch_execute(&format!("drop role {role}")).unwrap();
}

#[test]
fn a_concurrent_index_waits_for_a_long_writer_without_failing() {
    let database = Database::create();
    let mut writer = long_reader(&database);
    writer.batch_execute("insert into item values (1)").unwrap();
    let project = Project::new().migration(
        "V1__index.sql",
        "-- crmdb: no-transaction\ncreate index concurrently item_index on item (id);\n",
    );
    read_while(&database, |_| {
        let mut command = project.command(&database.url(), LIMITS);
        let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(500));
        writer.batch_execute("commit").unwrap();
        let output = Output::new(LIMITS, run.wait_with_output().unwrap()).expect(0);
        assert!(!output.stderr.contains("retry"), "{output}");
    });
}
