//! Several runs at once, and the lock that lets one of them work.

use std::process::{Child, Stdio};
use std::time::Duration;

use postgres::Client;

use crate::support::postgres::{Database, Server, wait_until};
use crate::support::project::{Output, Project};

fn spawn(project: &Project, database: &Database<'_>, line: &str) -> Child {
    let mut command = project.command(&database.url(), line);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn project() -> Project {
    Project::new()
        .migration("V1__item.sql", "create table item (id int primary key, name text);\n")
        .migration("V2__rows.sql", "insert into item select i, 'n' || i from generate_series(1, 1000) i;\n")
        .migration(
            "V3__indexes.sql",
            "-- crmdb: no-transaction
create index concurrently item_name on item (name);
create unique index concurrently if not exists item_id_name on item (id, name);
insert into item values (0, 'zero');
",
        )
        .migration("V4__more.sql", "alter table item add price int;\nupdate item set price = id;\n")
        .migration("V5__again.sql", "-- crmdb: no-transaction\nreindex table concurrently item;\n")
}

fn done(client: &mut Client) -> Vec<String> {
    let sql = "select file from crmdb.event where kind = 'up' and outcome = 'done' order by at, id";
    client.query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn eight_runs_at_once_apply_each_migration_once() {
    let project = project();
    let alone = Database::create();
    project.run(&alone, "migrate up").expect(0);
    let expected = (alone.dump(), done(&mut alone.client()));
    for _ in 0..3 {
        let database = Database::create();
        let runs: Vec<Child> = (0..8).map(|_| spawn(&project, &database, "migrate up")).collect();
        for run in runs {
            Output::new("migrate up", run.wait_with_output().unwrap()).expect(0);
        }
        assert_eq!((database.dump(), done(&mut database.client())), expected);
    }
}

/// A run that goes on until `gate` lets the advisory lock 77 go.
struct AtWork<'a> {
    project: Project,
    database: &'a Database<'static>,
    run: Child,
    gate: Client,
    /// The server process of the lock's connection.
    holder: i32,
}

impl<'a> AtWork<'a> {
    fn begin(database: &'a Database<'static>) -> Self {
        let mut gate = database.client();
        gate.batch_execute("select pg_advisory_lock(77)").unwrap();
        let project = Project::new().migration(
            "V1__slow.sql",
            "do $$ begin
  while exists (select from pg_locks where locktype = 'advisory' and objid = 77) loop
    perform pg_sleep(0.02);
  end loop;
end $$;
",
        );
        let run = spawn(&project, database, "migrate up");
        let mut holder = None;
        wait_until("the run is at work", Duration::from_secs(20), || {
            let at_work = gate.query_opt(
                "select l.pid from pg_locks l join pg_stat_activity w on w.datname = current_database()
                 where l.locktype = 'advisory' and l.classid = 1668443492 and l.objid = 1 and w.query like 'do %'
                   and l.database = (select oid from pg_database where datname = current_database())",
                &[],
            );
            holder = at_work.unwrap().map(|row| row.get(0));
            holder.is_some()
        });
        Self { project, database, run, gate, holder: holder.unwrap() }
    }

    fn run(&self, line: &str) -> Output {
        self.project.run(self.database, line)
    }
}

#[test]
fn a_run_that_may_not_wait_names_the_one_that_holds_the_lock() {
    let database = Database::create();
    let mut at_work = AtWork::begin(&database);
    let refused = at_work.run("migrate up --lock-wait 0").expect(3);
    assert!(refused.stderr.contains(&format!("pid {}", at_work.holder)), "{refused}");
    assert!(refused.stderr.contains("--lock-wait"), "{refused}");
    at_work.gate.batch_execute("select pg_advisory_unlock_all()").unwrap();
    Output::new("migrate up", at_work.run.wait_with_output().unwrap()).expect(0);
}

#[test]
fn status_and_history_need_no_lock_and_status_shows_who_has_it() {
    let database = Database::create();
    let mut at_work = AtWork::begin(&database);
    let status = at_work.run("status").expect(0);
    assert!(status.stdout.contains(&format!("pid {}", at_work.holder)), "{status}");
    at_work.run("history").expect(0);
    at_work.gate.batch_execute("select pg_advisory_unlock_all()").unwrap();
    Output::new("migrate up", at_work.run.wait_with_output().unwrap()).expect(0);
    let status = at_work.project.run(&database, "status").expect(0);
    assert!(!status.stdout.contains("pid "), "{status}");
}

#[test]
fn the_lock_of_a_killed_run_is_free_and_a_waiting_run_takes_it() {
    let database = Database::create();
    let mut at_work = AtWork::begin(&database);
    let waiting = spawn(&at_work.project, &database, "migrate up");
    at_work.run.kill().unwrap();
    at_work.run.wait().unwrap();
    // The killed run's statement goes on until the server looks after its client.
    at_work.gate.batch_execute("select pg_advisory_unlock_all()").unwrap();
    Output::new("migrate up", waiting.wait_with_output().unwrap()).expect(0);
    assert_eq!(done(&mut database.client()), ["V1__slow.sql"]);
}

#[test]
fn the_holder_of_the_lock_holds_no_snapshot_that_a_concurrent_index_would_wait_for() {
    let database = Database::create();
    let mut at_work = AtWork::begin(&database);
    let sql = "select backend_xmin is null and backend_xid is null from pg_stat_activity where pid = $1";
    let free: bool = at_work.gate.query_one(sql, &[&at_work.holder]).unwrap().get(0);
    assert!(free, "the lock's connection has a snapshot or a transaction id");
    at_work.gate.batch_execute("select pg_advisory_unlock_all()").unwrap();
    Output::new("migrate up", at_work.run.wait_with_output().unwrap()).expect(0);
}

#[test]
fn the_server_ends_the_statement_of_a_killed_run_by_itself() {
    let database = Database::create();
    let mut at_work = AtWork::begin(&database);
    at_work.run.kill().unwrap();
    at_work.run.wait().unwrap();
    let mut watcher = Server::shared().client("postgres");
    wait_until("no session of the killed run is left", Duration::from_secs(20), || {
        let sql = "select from pg_stat_activity where datname = $1 and application_name = 'crmdb'";
        watcher.query(sql, &[&database.name()]).unwrap().is_empty()
    });
}
