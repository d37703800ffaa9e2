//! Data changes in batches: what they do, exactly once, however often they are killed, and what is refused.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use insta::assert_snapshot;

use crate::faults::value;
use crate::json::{Planned, Ran, read};
use crate::support::postgres::{Database, Server, wait_until};
use crate::support::project::{Output, Project};
use crate::support::proxy::{HowFar, Proxy, StopAt};

/// A table under a key of two columns, one of them a text under a collation of its own; the change is not idempotent.
const TABLE: &str = "\
create table item (kind text collate \"C\", id int, n int not null default 0, old text, primary key (kind, id));
insert into item (kind, id, old) select chr(60 + i % 7) || case i % 3 when 0 then 'ä''\\' else 'B' end, i, 'x' from generate_series(1, 50) i;
create table copied (kind text, id int);
create function audit() returns trigger language plpgsql as $$ begin new.n := old.n + 1; return new; end $$;
";

const UPDATE: &str =
    "-- crmdb: batch 10\nupdate item set old = old || 'y' -- once each\n  where id % 2 = 1 or id > 45;\n";
const INSERT: &str =
    "-- crmdb: batch 7\ninsert into copied select i.kind, i.id from item i where i.id <= 30;\n";

fn project() -> Project {
    Project::new()
        .migration("V1__table.sql", TABLE)
        .migration("V2__copy.sql", INSERT)
        .migration("V3__fill.sql", UPDATE)
        .rollback("V3__fill.sql", "-- crmdb: batch 30\nupdate item set old = left(old, 1);\n")
}

/// What the tables hold, and what is left in the ledger of changes that did not end.
fn state(database: &Database<'_>) -> String {
    let sql = "select (select string_agg(i::text, ' ' order by i) from item i) || ' | '
                 || (select string_agg(c::text, ' ' order by c) from copied c) || ' | '
                 || (select string_agg(version::text, ' ' order by version) from crmdb.migration) || ' | '
                 || (select count(*) from crmdb.unfinished) || (select count(*) from crmdb.batch)";
    database.client().query_one(sql, &[]).unwrap().get(0)
}

/// What the same statements do whole.
fn whole() -> String {
    let database = Database::create();
    let plain = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    let project =
        project().migration("V2__copy.sql", &plain(INSERT)).migration("V3__fill.sql", &plain(UPDATE));
    project.run(&database, "migrate up").expect(0);
    state(&database)
}

#[test]
fn batches_do_what_the_statement_does_whole_and_are_taken_back() {
    let (database, project) = (Database::create(), project());
    project.run(&database, "migrate up --to 1").expect(0);
    let dry = project.run(&database, "migrate up --dry-run --steps 1").expect(0);
    assert!(
        dry.stdout.contains("-- migrations/V2__copy.sql (schema public, in batches of 7 rows)\n"),
        "{dry}"
    );
    let planned: Planned = read(&project.run(&database, "migrate up --dry-run --format json").expect(0));
    let batch = planned.steps[1].batch.as_ref().unwrap();
    assert_eq!((batch.rows, batch.pause_ms, batch.lag_ms), (10, 0, 10_000));
    assert_snapshot!(project.run(&database, "migrate up --steps 1").expect(0));
    let ran: Ran = read(&project.run(&database, "migrate up --format json").expect(0));
    let done = ran.migrations[0].batch.as_ref().unwrap();
    assert_eq!((done.batches, done.rows, done.changed), (5, 50, 28));
    assert_eq!(state(&database), whole());
    let down = project.run(&database, "migrate down").expect(0);
    assert!(down.stdout.contains("50 rows changed in 2 batches"), "{down}");
    let old = "select string_agg(distinct old, ',') from item";
    assert_eq!(database.client().query_one(old, &[]).unwrap().get::<_, &str>(0), "x");
}

#[test]
fn rows_are_deleted_in_batches_where_their_loss_is_accepted() {
    let database = Database::create();
    let project = Project::new()
        .migration("V1__t.sql", "create table t (id uuid primary key);\ninsert into t select gen_random_uuid() from generate_series(1, 50);\n")
        .migration("V2__thin.sql", "-- crmdb: batch 20\ndelete from only t as x where x.id is not null;\n");
    project.run(&database, "migrate up --to 1").expect(0);
    let refused = project.run(&database, "migrate up").expect(4);
    assert!(refused.stderr.contains("50 rows"), "{refused}");
    let up = project.run(&database, "migrate up --accept-data-loss").expect(0);
    assert!(up.stdout.contains("50 rows changed in 3 batches"), "{up}");
}

#[test]
fn a_change_that_is_killed_at_any_message_goes_on_and_deals_with_each_row_once() {
    let (template, project, expected) = (Database::create(), project(), whole());
    project.run(&template, "migrate up --to 1").expect(0);
    let mut messages = 0;
    for how_far in [HowFar::Forwarded, HowFar::Held] {
        for message in (1..).step_by(if how_far == HowFar::Held { 13 } else { 4 }) {
            let database = Server::shared().database_like(template.name());
            let proxy = Proxy::stopping(Server::shared(), StopAt { message, how_far });
            let mut command = project.command(&proxy.url(&database), "migrate up");
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let stopped = proxy.wait_for_stop(|| child.try_wait().unwrap().is_some());
            let Some(stopped) = stopped else {
                child.wait().unwrap();
                assert_eq!(state(&database), expected);
                break;
            };
            child.kill().unwrap();
            child.wait().unwrap();
            proxy.cut();
            let output = project.run(&database, "migrate up").expect(0);
            assert_eq!(state(&database), expected, "killed at {stopped:?}\n{output}");
            messages = messages.max(message);
        }
    }
    assert!(messages > 60, "the run had {messages} messages only");
}

#[test]
fn rows_that_come_and_go_meanwhile_are_left_to_those_who_bring_them() {
    let database = Database::create();
    let project = Project::new()
        .migration(
            "V1__t.sql",
            "create table t (id int primary key, n int not null default 0);\n\
                    insert into t select generate_series(1, 200);\n",
        )
        .migration("V2__fill.sql", "-- crmdb: batch 20 pause 100ms\nupdate t set n = n + 1;\n");
    project.run(&database, "migrate up --to 1").expect(0);
    let mut child = project.command(&database.url(), "migrate up").stdout(Stdio::null()).spawn().unwrap();
    let mut client = database.client();
    wait_until("a batch is done", std::time::Duration::from_secs(20), || {
        !client.query("select 1 from t where n > 0", &[]).unwrap().is_empty()
    });
    client
        .batch_execute("insert into t values (0), (1000), (2000); delete from t where id between 190 and 195")
        .unwrap();
    assert!(child.wait().unwrap().success());
    let counts =
        "select string_agg(n || ':' || c, ' ' order by n) from (select n, count(*) c from t group by n) s";
    assert_eq!(client.query_one(counts, &[]).unwrap().get::<_, &str>(0), "0:3 1:194");
}

#[test]
fn a_batch_that_meets_a_lock_is_tried_again_and_one_that_fails_stays_where_it_is() {
    let database = Database::create();
    let project = Project::new()
        .migration("V1__t.sql", "create table t (id int primary key, n int);\ninsert into t select i, i - 45 from generate_series(1, 90) i;\n")
        .migration("V2__fill.sql", "-- crmdb: batch 20\nupdate t\nset n = 1000 / n\nwhere id > 0;\n");
    project.run(&database, "migrate up --to 1").expect(0);
    let mut other = database.client();
    other.batch_execute("begin; update t set n = n where id = 15").unwrap();
    let holder = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(1200));
        other.batch_execute("commit").unwrap();
    });
    let failed = project.run(&database, "migrate up --lock-timeout 100ms --lock-retries 100").expect(5);
    holder.join().unwrap();
    assert!(failed.stderr.contains("retry: a batch of `V2__fill.sql` was rolled back"), "{failed}");
    assert!(failed.stderr.contains("`V2__fill.sql` failed: division by zero"), "{failed}");
    let hint = "hint: put right what it met in the table, and run `crmdb migrate up` again: it goes on behind the 40 rows \
                that are done, so the statement stays as it is";
    assert!(failed.stderr.contains(hint), "{failed}");
    let changed = "select count(*) from t where id <= 40 and n <> id - 45";
    assert_eq!(database.client().query_one(changed, &[]).unwrap().get::<_, i64>(0), 40);
    let status = project.run(&database, "status").expect(0);
    assert!(status.stdout.contains("unfinished V2__fill.sql (up): stopped after 40 rows"), "{status}");
    // The text stands as it ran; what it met is put right.
    let edited = project.migration("V2__fill.sql", "-- crmdb: batch 20\nupdate t set n = 7;\n");
    let refused = edited.run(&database, "migrate up").expect(4);
    assert!(refused.stderr.contains("V2__fill.sql"), "{refused}");
    let whole = edited.migration("V2__fill.sql", "update t\nset n = 1000 / n\nwhere id > 0;\n");
    whole.run(&database, "migrate up").expect(4);
    let smaller =
        whole.migration("V2__fill.sql", "-- crmdb: batch 3\nupdate t\nset n = 1000 / n\nwhere id > 0;\n");
    database.client().batch_execute("update t set n = 1 where id = 45").unwrap();
    let resumed = smaller.run(&database, "migrate up").expect(0);
    assert!(resumed.stderr.contains("goes on behind the batches of an earlier run"), "{resumed}");
    assert!(resumed.stdout.contains("90 rows changed in 19 batches"), "{resumed}");
}

#[test]
fn what_can_not_be_cut_is_refused_with_the_reason() {
    let database = Database::create();
    let project = Project::new().migration(
        "V1__t.sql",
        "create table t (id int primary key, n int);\ncreate table keyless (n int);\ninsert into t values (1, 1);\n\
         create table counted (c bigint);\n",
    );
    project.run(&database, "migrate up").expect(0);
    let run = |sql: &str| -> Output {
        let project = Project::new()
            .migration(
                "V1__t.sql",
                &std::fs::read_to_string(project.path().join("migrations/V1__t.sql")).unwrap(),
            )
            .migration("V2__change.sql", &format!("-- crmdb: batch 10\n{sql};\n"));
        project.run(&database, "migrate up")
    };
    assert_snapshot!(run("update t set n = b.n from t b where b.id = t.id + 1").expect(4));
    assert_snapshot!(run("update t set n = 1;\nselect 2").expect(4));
    assert_snapshot!(run("update t set\n  nn = 1").expect(5));
    assert_snapshot!(run("update keyless set n = 1").expect(4));
    assert_snapshot!(run("update t set id = id + 1").expect(4));
    assert_snapshot!(run("insert into counted select count(*) from t").expect(4));
    // Corrected, it goes on by itself.
    run("update t set n = n + 1").expect(0);
    assert_eq!(database.client().query_one("select n from t", &[]).unwrap().get::<_, i32>(0), 2);
}

#[test]
fn an_empty_table_takes_no_batch_and_the_statement_is_judged_all_the_same() {
    let database = Database::create();
    let project = Project::new()
        .migration("V1__t.sql", "create table t (id int primary key, n int);\n")
        .migration("V2__change.sql", "-- crmdb: batch 10\nupdate t set nosuch = 1;\n");
    let failed = project.run(&database, "migrate up").expect(5);
    assert!(failed.stderr.contains("--> migrations/V2__change.sql:2:14"), "{failed}");
    let corrected = project.migration("V2__change.sql", "-- crmdb: batch 10\nupdate t set n = 1;\n");
    let up = corrected.run(&database, "migrate up").expect(0);
    assert!(up.stdout.contains("0 rows changed in 0 batches"), "{up}");
}

/// What a bar draws, and what erases its line.
const BAR: &str = "rows V2__fill.sql";
const ERASED: &str = "\u{1b}[2K";

#[test]
fn on_a_terminal_a_bar_tells_how_far_it_is_and_is_gone_in_the_end() {
    let database = Database::create();
    let fill = "-- crmdb: batch 20 pause 60ms\nupdate t set n = n + 1;\n";
    let project = Project::new()
        .migration("V1__t.sql", "create table t (id int primary key, n int not null default 0);\ninsert into t select generate_series(1, 100);\nanalyze t;\n")
        .migration("V2__fill.sql", fill)
        .rollback("V2__fill.sql", fill);
    project.run(&database, "migrate up --to 1").expect(0);
    let (code, seen) = project.on_a_terminal(&database, "migrate up", "");
    assert_eq!(code, Some(0), "{seen}");
    let (drawn, after) = seen.rsplit_once(BAR).unwrap_or_else(|| panic!("no bar in {seen:?}"));
    assert!(drawn.contains("/100 rows V2__fill.sql") && after.contains("s left"), "{seen:?}");
    let (erased, report) = after.split_once("applied ").unwrap();
    assert!(erased.contains(ERASED) && !report.contains(ERASED), "{seen:?}");
    for line in ["migrate down --quiet", "migrate up 2>errors"] {
        let (code, seen) = project.on_a_terminal(&database, line, "");
        assert!(code == Some(0) && !seen.contains(BAR) && !seen.contains(ERASED), "{seen:?}");
    }
    assert_eq!(std::fs::read_to_string(project.path().join("errors")).unwrap(), "");
}

#[test]
fn a_change_waits_for_the_standby_that_is_behind_and_names_it() {
    let server = Server::private();
    let (standby, database) = (server.standby(), server.database());
    let project = Project::new()
        .migration("V1__t.sql", "create table t (id int primary key, n int not null default 0);\ninsert into t select generate_series(1, 60);\n")
        .migration("V2__fill.sql", "-- crmdb: batch 10 lag 1ms\nupdate t set n = n + 1;\n");
    project.run(&database, "migrate up --to 1").expect(0);
    standby.client("postgres").batch_execute("select pg_wal_replay_pause()").unwrap();
    let mut command = project.command(&database.url(), "migrate up");
    let mut run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(run.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let words =
        "waiting: `V2__fill.sql`: the next batch waits for the standby `walreceiver` (local), which is ";
    assert!(said.starts_with(words), "{said}");
    let changed = "select count(*)::text from t where n > 0";
    let done = value(&database, changed);
    assert!((1..6).contains(&(done.parse::<u32>().unwrap() / 10)), "{done}");
    assert!(run.try_wait().unwrap().is_none());
    standby.client("postgres").batch_execute("select pg_wal_replay_resume()").unwrap();
    Output::new("migrate up", run.wait_with_output().unwrap()).expect(0);
    assert_eq!(value(&database, changed), "60");
    // Who may not look at the standbys is not to believe that they are waited for.
    let role = format!("{}_role", database.name());
    let grants = format!(
        "create role \"{role}\" login; grant all on all tables in schema crmdb to \"{role}\";
         grant usage on schema crmdb to \"{role}\"; grant create on database \"{0}\" to \"{role}\";
         grant all on t to \"{role}\"",
        database.name()
    );
    database.client().batch_execute(&grants).unwrap();
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let again = project.migration("V3__again.sql", "-- crmdb: batch 20\nupdate t set n = n + 1;\n");
    let blind = again.run_at(&url, "migrate up").expect(0);
    let words = "note: `V3__again.sql`: how far the standbys are behind is not shown to the role";
    assert!(blind.stderr.contains(words), "{blind}");
}
