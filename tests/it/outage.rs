//! Servers that come back as something else, and servers that lack what a migration needs.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::faults::{one, value};
use crate::support::ground;
use crate::support::postgres::{Server, Stop, wait_until};
use crate::support::project::{Output, Project};
use crate::support::proxy::{HowFar, Proxy, StopAt};

fn tables(names: &[&str]) -> Project {
    names.iter().enumerate().fold(Project::new(), |project, (index, name)| {
        let file = format!("V{}__{name}.sql", index + 1);
        let project = project.migration(&file, &format!("create table {name} (i int);\n"));
        project.rollback(&file, &format!("drop table {name};\n"))
    })
}

#[test]
fn a_server_that_comes_back_as_a_standby_is_told_before_anything_and_a_promoted_one_completes_the_run() {
    let server = Server::private();
    let (database, project) = (server.database(), tables(&["a", "b", "c"]));
    project.run(&database, "migrate up --to 1").expect(0);
    let proxy = Proxy::stopping(&server, StopAt { message: 25, how_far: HowFar::Forwarded });
    let mut command = project.command(&proxy.url(&database), "migrate up");
    let mut run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    proxy.wait_for_stop(|| run.try_wait().unwrap().is_some()).expect("the run has so many messages");
    server.stop(Stop::Immediate);
    let lost = Output::new("migrate up", run.wait_with_output().unwrap()).expect(3);
    let hint = "hint: run the command again: it goes on from whatever is done by itself";
    assert!(lost.stderr.contains(hint), "{lost}");
    // It ends its recovery first: a standby has no rest of its own to recover.
    server.start();
    server.stop(Stop::Fast);
    server.start_as_standby();
    insta::assert_snapshot!(project.run(&database, "migrate up").expect(4), @r#"
    crmdb migrate up: exit code 4
    --- stderr
    error: <database> on <host> is a standby: nothing can be changed there; nothing was changed
    hint: connect to the primary, or name all hosts and `target_session_attrs=read-write`
    "#);
    project.run(&database, "status").expect(0);
    project.run(&database, "history").expect(0);
    let down = project.run(&database, "migrate down").expect(4);
    assert!(down.stderr.contains("is a standby"), "{down}");
    let applied = value(&database, "select count(*)::text from crmdb.migration");
    if applied == "3" {
        project.run(&database, "migrate up").expect(0);
    }
    server.promote();
    project.run(&database, "migrate up").expect(0);
    assert_eq!(value(&database, "select count(*)::text from crmdb.migration"), "3");
}

#[test]
fn a_server_that_becomes_read_only_in_the_middle_stops_the_run_where_it_is() {
    let server = Server::private();
    let database = server.database();
    let project = Project::new()
        .migration("V1__wait.sql", "create table a (i int);\nselect pg_advisory_xact_lock_shared(77);\n")
        .migration("V2__b.sql", "create table b (i int);\n");
    let mut gate = database.client();
    gate.batch_execute("select pg_advisory_lock(77)").unwrap();
    let mut command = project.command(&database.url(), "migrate up --lock-timeout 30s");
    let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("the run waits", Duration::from_secs(20), || {
        let sql =
            "select from pg_stat_activity where application_name = 'crmdb' and wait_event_type = 'Lock'";
        !gate.query(sql, &[]).unwrap().is_empty()
    });
    gate.batch_execute("alter system set default_transaction_read_only = on").unwrap();
    gate.batch_execute("select pg_reload_conf(), pg_sleep(0.3)").unwrap();
    gate.batch_execute("select pg_advisory_unlock_all()").unwrap();
    let output = Output::new("migrate up", run.wait_with_output().unwrap()).expect(5);
    for said in [
        "in a read-only transaction",
        "`V1__wait.sql` stays applied",
        "hint: the server became read-only: connect to the primary",
        "again: it goes on from here by itself",
    ] {
        assert!(output.stderr.contains(said), "{output}");
    }
    gate.batch_execute("set default_transaction_read_only = off").unwrap();
    gate.batch_execute("alter system reset default_transaction_read_only").unwrap();
    gate.batch_execute("select pg_reload_conf(), pg_sleep(0.3)").unwrap();
    project.run(&database, "migrate up").expect(0);
}

/// A tablespace on a disk of a few megabytes, unmounted with the value.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// Only root may mount one.
    fn new() -> Option<Self> {
        let folder = ground::folder("crmdb-disk-");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m,mode=0777", "tmpfs"]).arg(folder.path());
        let mounted =
            nix::unistd::Uid::effective().is_root() && mount.status().is_ok_and(|status| status.success());
        mounted.then_some(Self { folder })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, because the server may still be about to close its files.
        let _ = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}

#[test]
fn a_full_disk_is_told_and_the_run_goes_on_when_there_is_room() {
    let disk = SmallDisk::new();
    let server = Server::private();
    let database = server.database();
    let fill = match &disk {
        Some(disk) => {
            let place = disk.folder.path().join("space");
            server.make_folder(&place);
            let sql = format!("create tablespace small location '{}'", place.display());
            database.client().batch_execute(&sql).unwrap();
            "create table full_up (t text) tablespace small;\n\
             insert into full_up select repeat(md5(i::text), 30) from generate_series(1, (select rows from how_many)) i;\n"
        }
        None => {
            "do $$ begin if (select rows from how_many) > 10 then \
             raise 'could not extend file' using errcode = 'disk_full'; end if; end $$;\n"
        }
    };
    database.client().batch_execute("create table how_many as select 100000 as rows").unwrap();
    let project = one("create table a (i int);\n").migration("V2__fill.sql", fill);
    let output = project.run(&database, "migrate up").expect(5);
    for said in [
        "sqlstate 53100; `V2__fill.sql` was rolled back; `V1__one.sql` stays applied",
        "hint: the server's disk is full: make room there",
        "again: it goes on from here by itself",
    ] {
        assert!(output.stderr.contains(said), "{output}");
    }
    assert!(!output.stderr.contains("correct the file"), "{output}");
    database.client().batch_execute("update how_many set rows = 10").unwrap();
    project.run(&database, "migrate up").expect(0);
    database.client().batch_execute("drop table if exists full_up").unwrap();
}

#[test]
fn a_transaction_of_a_thousand_tables_names_the_setting_that_is_too_small_and_the_way_out() {
    let server = Server::private();
    server.client("postgres").batch_execute("alter system set max_locks_per_transaction = 10").unwrap();
    server.client("postgres").batch_execute("alter system set max_connections = 20").unwrap();
    server.stop(Stop::Fast);
    server.start();
    let database = server.database();
    let project = (1..=20).fold(Project::new(), |project, version| {
        let sql: String =
            (1..=50).map(|n| format!("create table t{version}_{n} (i int primary key);\n")).collect();
        project.migration(&format!("V{version}__tables.sql"), &sql)
    });
    let output = project.run(&database, "migrate up --single-transaction").expect(5);
    for said in ["out of shared memory", "`max_locks_per_transaction`", "`--single-transaction=false`"] {
        assert!(output.stderr.contains(said), "{output}");
    }
    assert_eq!(value(&database, "select count(*)::text from crmdb.migration"), "0");
    project.run(&database, "migrate up --single-transaction=false").expect(0);
}
