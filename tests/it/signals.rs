//! Ctrl-C and SIGTERM: a run ends in order, says what stands and how to go on; everything else ends at once.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use insta::assert_snapshot;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::postgres::{Database, wait_until};
use crate::support::project::{Output, Project};

const LIMIT: Duration = Duration::from_secs(60);

/// A process of crmdb's whose end is still to come.
struct Run(Child);

impl Run {
    fn begin(mut command: Command) -> Self {
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Begins one that hears SIGINT, also where the tests themselves were told not to, as behind `nohup … &`.
    fn attended(command: &Command) -> Self {
        Self::begin(through(command, ("env", &["--default-signal=INT"])))
    }

    fn tell(&self, signal: Signal) {
        kill(Pid::from_raw(self.0.id().cast_signed()), signal).unwrap();
    }

    /// Returns what it wrote and the signal that ended it.
    fn end(self, line: &str) -> (Output, Option<i32>) {
        let output = self.0.wait_with_output().unwrap();
        let signal = output.status.signal();
        (Output::new(line, output), signal)
    }
}

/// Returns the command as another program runs it.
fn through(command: &Command, (program, head): (&str, &[&str])) -> Command {
    let mut other = Command::new(program);
    other.args(head).arg(command.get_program()).args(command.get_args());
    other.current_dir(command.get_current_dir().unwrap()).env_clear();
    for (name, value) in command.get_envs() {
        other.envs(value.map(|value| (name, value)));
    }
    other
}

/// Waits until crmdb's sessions on the database do what `condition` says of `pg_stat_activity`, or none does any more.
fn wait_for(database: &Database<'_>, condition: &str, there: bool) {
    let sql = format!(
        "select from pg_stat_activity where datname = current_database() and application_name = 'crmdb' and {condition}"
    );
    let mut client = database.client();
    wait_until(condition, LIMIT, || client.query(&sql, &[]).unwrap().is_empty() != there);
}

/// Begins `line` and sends the signal when a statement sleeps.
fn told_asleep(project: &Project, database: &Database<'_>, (line, signal): (&str, Signal)) -> Output {
    let run = Run::attended(&project.command(&database.url(), line));
    wait_for(database, "wait_event = 'PgSleep'", true);
    run.tell(signal);
    let (output, ended_by) = run.end(line);
    assert_eq!(ended_by, Some(signal as i32), "{output}");
    wait_for(database, "true", false);
    output
}

fn applied(database: &Database<'_>) -> String {
    let sql = "select coalesce(string_agg(version::text, ' ' order by position), '') || ' | '
                 || (select count(*) from crmdb.unfinished) || ' | '
                 || (select count(*) from pg_tables where schemaname = 'public') from crmdb.migration";
    database.client().query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn a_migration_is_rolled_back_and_the_next_run_goes_on() {
    let slow = "create table t2 ();\nselect pg_sleep(600);\n";
    let project = Project::new()
        .migration("V1__t1.sql", "create table t1 ();\n")
        .migration("V2__t2.sql", slow)
        .rollback("V1__t1.sql", "drop table t1;\nselect pg_sleep(600);\n");
    let database = Database::create();
    let output = told_asleep(&project, &database, ("migrate up", Signal::SIGINT));
    assert_snapshot!(output, @r#"
    crmdb migrate up: killed
    --- stderr
    error: the run in <database> on <host> was ended by SIGINT
      `V2__t2.sql` is left for the next run; `V1__t1.sql` stays applied
    hint: run `crmdb migrate up` again: it goes on from here by itself
    "#);
    assert_eq!(applied(&database), "1 | 0 | 1");
    let output = told_asleep(&project, &database, ("--format json migrate up", Signal::SIGTERM));
    assert_snapshot!(output, @r#"
    crmdb --format json migrate up: killed
    --- stdout
    {
      "format": 1,
      "error": {
        "code": "interrupted",
        "exit": 143,
        "message": "the run in <database> on <host> was ended by SIGTERM",
        "hints": [
          "run `crmdb migrate up` again: it goes on from here by itself"
        ],
        "stopped": "V2__t2.sql",
        "done": []
      }
    }
    --- stderr
    error: the run in <database> on <host> was ended by SIGTERM
      `V2__t2.sql` is left for the next run; nothing else was changed
    hint: run `crmdb migrate up` again: it goes on from here by itself
    "#);
    let output = told_asleep(&project, &database, ("migrate down", Signal::SIGTERM));
    assert_snapshot!(output, @r#"
    crmdb migrate down: killed
    --- stderr
    taking back from <database> on <host>:
      V1__t1.sql
    error: the run in <database> on <host> was ended by SIGTERM
      `V1__t1.sql` is left for the next run; nothing else was changed
    hint: run `crmdb migrate down` again: it goes on from here by itself
    "#);
    let events = "select outcome from crmdb.event order by id desc limit 3";
    let events = database.client().query(events, &[]).unwrap();
    assert!(events.iter().all(|event| event.get::<_, &str>(0) == "failed"));
    let project = project.migration("V2__t2.sql", "create table t2 ();\n");
    project.run(&database, "migrate up").expect(0);
    assert_eq!(applied(&database), "1 2 | 0 | 2");
}

#[test]
fn outside_a_transaction_the_journal_knows_where_it_stands() {
    let slow =
        "-- crmdb: no-transaction\ncreate table t1 (i int);\ncreate index concurrently t1_i on t1 (i);\n";
    let project = Project::new().migration("V1__t1.sql", slow);
    let database = Database::create();
    let mut reader = database.client();
    // The index waits for every snapshot that is older than its own.
    reader.batch_execute("begin isolation level repeatable read; select 1").unwrap();
    let run = Run::attended(&project.command(&database.url(), "migrate up"));
    wait_for(&database, "query like 'create index%' and wait_event_type = 'Lock'", true);
    run.tell(Signal::SIGINT);
    let (output, ended_by) = run.end("migrate up");
    assert_eq!(ended_by, Some(2), "{output}");
    assert_snapshot!(output, @r#"
    crmdb migrate up: killed
    --- stderr
    error: the run in <database> on <host> was ended by SIGINT
      `V1__t1.sql` is left for the next run, which goes on where it stands in the journal; nothing else was changed
    hint: run `crmdb migrate up` again: it goes on from here by itself
    "#);
    reader.batch_execute("commit").unwrap();
    let output = project.run(&database, "migrate up").expect(0);
    assert!(output.stderr.contains("found half done in the catalog and brought in order"), "{output}");
    assert_eq!(applied(&database), "1 | 0 | 1");
}

#[test]
fn a_change_in_batches_goes_on_behind_the_last_one() {
    let rows = "create table item (id int primary key, n int not null default 0);
        insert into item select generate_series(1, 30);
        create function slow() returns trigger language plpgsql as $$
        begin if new.id = 25 then perform pg_sleep(600); end if; new.n := old.n + 1; return new; end $$;
        create trigger slow before update on item for each row execute function slow();\n";
    let batch = "-- crmdb: batch 10\nupdate item set n = n;\n";
    let project = Project::new().migration("V1__item.sql", rows).migration("V2__count.sql", batch);
    let database = Database::create();
    let output = told_asleep(&project, &database, ("migrate up", Signal::SIGINT));
    assert_snapshot!(output, @r#"
    crmdb migrate up: killed
    --- stderr
    error: the run in <database> on <host> was ended by SIGINT
      `V2__count.sql` is left for the next run, which goes on where it stands in the journal; `V1__item.sql` stays applied
    hint: run `crmdb migrate up` again: it goes on from here by itself
    "#);
    let changed = "select count(*) from item where n = 1";
    assert_eq!(database.client().query_one(changed, &[]).unwrap().get::<_, i64>(0), 20);
    let free = "create or replace function slow() returns trigger language plpgsql as $$
        begin new.n := old.n + 1; return new; end $$";
    database.client().batch_execute(free).unwrap();
    project.run(&database, "migrate up").expect(0);
    assert_eq!(database.client().query_one(changed, &[]).unwrap().get::<_, i64>(0), 30);
}

#[test]
fn a_foreign_key_that_is_being_added_waits_for_the_next_run() {
    let manifest = "[modules.shop]\ndeferred_foreign_keys = [\"item.shop_id -> shop(id)\"]\n";
    let project = Project::new()
        .file("schema.toml", manifest)
        .migration(
            "shop/V1__t.sql",
            "create table shop (id int primary key); create table item (shop_id int);\n",
        )
        .migration("shop/V2__u.sql", "create table u ();\n");
    let database = Database::create();
    project.run(&database, "migrate up --to 1 --quiet").expect(0);
    database.client().batch_execute("alter table shop.item drop constraint item_shop_id_fkey").unwrap();
    let mut holder = database.client();
    holder.batch_execute("begin; lock table shop.shop in row exclusive mode").unwrap();
    let line = "migrate repair --foreign-keys --lock-timeout 600s";
    let run = Run::attended(&project.command(&database.url(), line));
    wait_for(&database, "wait_event_type = 'Lock'", true);
    run.tell(Signal::SIGINT);
    let (output, ended_by) = run.end(line);
    assert_eq!(ended_by, Some(2), "{output}");
    assert_snapshot!(output, @r#"
    crmdb migrate repair --foreign-keys --lock-timeout 600s: killed
    --- stderr
    error: the run in <database> on <host> was ended by SIGINT
    hint: run the command again: it goes on from whatever is done by itself
    "#);
    holder.batch_execute("commit").unwrap();
    let output = project.run(&database, "migrate repair --foreign-keys").expect(0);
    assert!(output.stdout.contains("added"), "{output}");
}

#[test]
fn a_second_signal_does_not_wait_for_a_statement_that_lets_nobody_cancel_it() {
    let deaf = "do $$ begin loop begin perform pg_sleep(600); exception when query_canceled then null; end; end loop; end $$;\n";
    let project = Project::new().migration("V1__deaf.sql", deaf);
    let database = Database::create();
    let run = Run::attended(&project.command(&database.url(), "migrate up"));
    wait_for(&database, "wait_event = 'PgSleep'", true);
    run.tell(Signal::SIGINT);
    // It has been told, and was cancelled in vain.
    let mut client = database.client();
    let cancelled = "select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep' and query like 'do%'";
    wait_until("the statement sleeps again", LIMIT, || !client.query(cancelled, &[]).unwrap().is_empty());
    run.tell(Signal::SIGINT);
    let (output, ended_by) = run.end("migrate up");
    assert_eq!((output.stdout.as_str(), ended_by), ("", Some(2)), "{output}");
    // The server sees that nobody is there any more.
    wait_for(&database, "true", false);
    assert_eq!(applied(&database), " | 0 | 0");
}

#[test]
fn who_only_waits_or_looks_ends_at_once() {
    let project = Project::new().migration("V1__t1.sql", "create table t1 ();\n");
    let database = Database::create();
    project.run(&database, "migrate up").expect(0);
    let project = project.migration("V2__t2.sql", "select pg_sleep(600);\n");
    let first = Run::attended(&project.command(&database.url(), "migrate up"));
    wait_for(&database, "wait_event = 'PgSleep'", true);
    let second = Run::attended(&project.command(&database.url(), "migrate up --lock-wait 600s"));
    // It asks who holds the lock, and waits.
    wait_for(&database, "query like '%pg_locks%' and state = 'idle'", true);
    second.tell(Signal::SIGINT);
    let (output, ended_by) = second.end("migrate up");
    assert_eq!((output.stdout.as_str(), ended_by), ("", Some(2)), "{output}");
    first.tell(Signal::SIGTERM);
    assert_eq!(first.end("migrate up").1, Some(15));
}

#[test]
fn what_a_shell_runs_in_the_background_does_not_hear_ctrl_c() {
    let project = Project::new().migration("V1__t1.sql", "select pg_sleep(1);\n");
    let database = Database::create();
    let command = project.command(&database.url(), "migrate up");
    let run = Run::begin(through(&command, ("sh", &["-c", "trap '' INT; exec \"$0\" \"$@\""])));
    wait_for(&database, "wait_event = 'PgSleep'", true);
    run.tell(Signal::SIGINT);
    let (output, _) = run.end("migrate up");
    output.expect(0);
}
