//! What a killed run had sent to the server: the next run waits for it, and what comes later does not count.

use std::process::{Child, Stdio};
use std::time::Duration;

use crate::faults::value;
use crate::support::postgres::{Database, Server, wait_until};
use crate::support::project::{Output, Project};
use crate::support::proxy::{HowFar, Proxy, StopAt};

fn project() -> Project {
    ["V1__a", "V2__b", "V3__c"].iter().fold(Project::new(), |project, name| {
        let table = &name[4..];
        project
            .migration(&format!("{name}.sql"), &format!("create table {table} (i int);\n"))
            .rollback(&format!("{name}.sql"), &format!("drop table {table};\n"))
    })
}

fn spawn(project: &Project, url: &str, line: &str) -> Child {
    let mut command = project.command(url, line);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// A server that answers no COMMIT, because it waits for a standby that does not exist: the WAL is written, and nobody sees
/// what was committed until the wait ends.
fn hold_commits(database: &Database<'_>) {
    let mut client = database.client();
    client.batch_execute("alter system set synchronous_standby_names = 'nobody'").unwrap();
    client.batch_execute("select pg_reload_conf()").unwrap();
    // A backend heeds the file's change between two of its statements.
    wait_until("the setting is in force", Duration::from_secs(20), || {
        let set = client.query_one("show synchronous_standby_names", &[]).unwrap();
        set.get::<_, &str>(0) == "nobody"
    });
}

fn release_commits(database: &Database<'_>) {
    let mut client = database.client();
    client.batch_execute("alter system reset synchronous_standby_names").unwrap();
    client.batch_execute("select pg_reload_conf()").unwrap();
}

/// Kills a run while the server is at its COMMIT, and begins `next` while it still is.
fn killed_at_commit(database: &Database<'_>, (before, killed, next): (&str, &str, &str)) -> Output {
    let project = project();
    project.run(database, before).expect(0);
    hold_commits(database);
    let mut run = spawn(&project, &database.url(), killed);
    let mut watcher = database.client();
    wait_until("the run is at its commit", Duration::from_secs(20), || {
        let sql =
            "select from pg_stat_activity where datname = current_database() and wait_event = 'SyncRep'";
        !watcher.query(sql, &[]).unwrap().is_empty()
    });
    run.kill().unwrap();
    run.wait().unwrap();
    let next_run = spawn(&project, &database.url(), next);
    wait_until("the next run has looked for what is left", Duration::from_secs(20), || {
        let sql = "select from pg_stat_activity where datname = current_database()
                   and query like '%FROM crmdb.run FOR NO KEY UPDATE SKIP LOCKED%' and pid <> pg_backend_pid()";
        !watcher.query(sql, &[]).unwrap().is_empty()
    });
    release_commits(database);
    Output::new(next, next_run.wait_with_output().unwrap())
}

#[test]
fn the_next_run_waits_for_a_commit_that_a_killed_one_had_sent() {
    let server = Server::private();
    for (before, killed, next, left) in [
        ("migrate up --to 2", "migrate up", "migrate down", "V1__a.sql V2__b.sql"),
        ("migrate up --to 2", "migrate up", "migrate up", "V1__a.sql V2__b.sql V3__c.sql"),
        ("migrate up --to 1", "migrate up --single-transaction", "migrate down", "V1__a.sql V2__b.sql"),
        (
            "migrate up --to 1",
            "migrate up --single-transaction",
            "migrate up --single-transaction",
            "V1__a.sql V2__b.sql V3__c.sql",
        ),
        ("migrate up", "migrate down", "migrate down", "V1__a.sql"),
        ("migrate up", "migrate down --all --yes --single-transaction", "migrate down", ""),
        ("migrate up", "migrate down", "migrate redo", "V1__a.sql V2__b.sql"),
    ] {
        let database = server.database();
        let output = killed_at_commit(&database, (before, killed, next)).expect(0);
        let applied = "select coalesce(string_agg(file, ' ' order by position), '') from crmdb.migration";
        assert_eq!(value(&database, applied), left, "`{killed}`, then {output}");
        let tables = "select coalesce(string_agg(relname, ' ' order by relname), '') from pg_class
                      where relnamespace = 'public'::regnamespace and relkind = 'r'";
        let expected: Vec<&str> = left.split(' ').filter_map(|file| file.get(4..5)).collect();
        assert_eq!(value(&database, tables), expected.join(" "), "`{killed}`, then {output}");
    }
}

#[test]
fn a_run_that_lost_its_lock_can_not_go_on_beside_the_one_that_has_it() {
    let (server, project) = (Server::shared(), project());
    for message in 1.. {
        let database = server.database();
        project.run(&database, "migrate up --to 1").expect(0);
        let proxy = Proxy::stopping(server, StopAt { message, how_far: HowFar::Held });
        let mut run = spawn(&project, &proxy.url(&database), "migrate up");
        let stopped = proxy.wait_for_stop(|| run.try_wait().unwrap().is_some());
        let stopped = stopped.expect("the run has a transaction that asks for its token");
        if !stopped.message.contains("crmdb.enter(") {
            proxy.cut();
            run.wait().unwrap();
            continue;
        }
        let sql =
            "select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and objid = 1
                   and database = (select oid from pg_database where datname = current_database())";
        database.client().query_one(sql, &[]).unwrap();
        project.run(&database, "migrate up").expect(0);
        proxy.resume();
        let output = Output::new("migrate up", run.wait_with_output().unwrap());
        insta::assert_snapshot!(output.expect(3), @r#"
        crmdb migrate up: exit code 3
        --- stderr
        error: another run took over <database> on <host> while this one was at work; what is committed stays
          `V2__b.sql` was rolled back; nothing else was changed
        hint: run `crmdb migrate up` again: it goes on from here by itself
        "#);
        let done = "select string_agg(file, ' ' order by id) from crmdb.event where outcome = 'done'";
        assert_eq!(value(&database, done), "V1__a.sql V2__b.sql V3__c.sql");
        return;
    }
}
