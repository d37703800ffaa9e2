//! The private server, from the processes that share it to the ways in which they die.

use std::io::Read;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crmdb::server::{
    Client, Cluster, Environment, Installation, ServerError, StartFailure, Stopped, ensure, start, status,
    stop,
};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid};
use postgres::NoTls;

use crate::support::postgres::wait_until;
use crate::support::site::{ClientProcess, PATIENCE, Site};

fn connect(url: &str) -> postgres::Client {
    postgres::Client::connect(url, NoTls).unwrap_or_else(|error| panic!("no connection to {url}: {error:?}"))
}

fn setting(client: &Client, name: &str) -> String {
    let mut session = connect(&client.url("postgres"));
    session.query_one("SELECT current_setting($1)", &[&name]).unwrap().get(0)
}

fn signal(pid: i32, signal: Signal) {
    kill(Pid::from_raw(pid), signal).unwrap();
}

#[test]
fn eight_processes_that_race_make_one_cluster() {
    let site = Site::new();
    let mut clients: Vec<ClientProcess> = (0..8).map(|_| site.client()).collect();
    let urls: Vec<String> = clients.iter_mut().map(ClientProcess::url).collect();
    assert!(urls.iter().all(|url| *url == urls[0]), "{urls:?}");
    assert_eq!(site.processes("__supervise").len(), 1);
    let mut session = connect(&urls[0]);
    assert_eq!(session.query_one("SELECT current_database()::text", &[]).unwrap().get::<_, String>(0), "crm");
    clients.into_iter().for_each(ClientProcess::kill);
}

#[test]
fn the_server_lives_while_a_client_does_and_ends_after_it_was_killed() {
    let site = Site::new().idle(1);
    let mut client = site.client();
    let url = client.url();
    std::thread::sleep(Duration::from_millis(2500));
    drop(connect(&url));
    let sockets = status(&site.dev(), &site.environment()).unwrap().server.unwrap().sockets;
    client.kill();
    wait_until("the idle server is gone", PATIENCE, || site.is_deserted());
    assert!(!sockets.exists());
    assert_eq!(status(&site.dev(), &site.environment()).unwrap().server, None);
}

#[test]
fn a_session_of_another_tool_keeps_the_server() {
    let site = Site::new().idle(1);
    let client = site.ensure();
    let mut session = connect(&client.url(client.database()));
    drop(client);
    std::thread::sleep(Duration::from_millis(3500));
    session.batch_execute("SELECT 1").unwrap();
    drop(session);
    wait_until("the idle server is gone", PATIENCE, || site.is_deserted());
}

#[test]
fn a_server_that_was_started_by_name_runs_until_it_is_stopped_by_name() {
    let site = Site::new().idle(1);
    let started = start(&site.dev(), &site.environment()).unwrap();
    assert_eq!(started.server.as_ref().unwrap().stops_after, None);
    std::thread::sleep(Duration::from_millis(2500));
    let found = status(&site.dev(), &site.environment()).unwrap();
    assert_eq!(found.server.as_ref().unwrap().pid, started.server.unwrap().pid);
    assert_eq!(stop(&site.dev(), &site.environment()).unwrap(), Stopped::Stopped);
    assert!(site.is_deserted());
    assert_eq!(stop(&site.dev(), &site.environment()).unwrap(), Stopped::WasNotRunning);

    let client = site.ensure();
    assert_eq!(status(&site.dev(), &site.environment()).unwrap().server.unwrap().stops_after, Some(1));
    drop(client);
    wait_until("the idle server is gone", PATIENCE, || site.is_deserted());
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_supervisor_takes_its_server_along_and_the_data_stays() {
    let site = Site::new();
    let client = site.ensure();
    connect(&client.url("crm")).batch_execute("CREATE TABLE kept (i int)").unwrap();
    signal(site.processes("__supervise")[0], Signal::SIGKILL);
    wait_until("the server is gone", PATIENCE, || site.is_deserted());

    let client = site.ensure();
    connect(&client.url("crm")).batch_execute("TABLE kept").unwrap();
}

#[test]
fn a_killed_server_is_started_again_while_its_backends_still_work() {
    let site = Site::new();
    let client = site.ensure();
    let mut session = connect(&client.url("crm"));
    session.batch_execute("CREATE TABLE kept (i int)").unwrap();
    let busy = std::thread::spawn(move || {
        session.batch_execute("DO $$ BEGIN LOOP END LOOP; END $$").unwrap_err();
    });
    let mut other = connect(&client.url("crm"));
    wait_until("a backend is busy", PATIENCE, || {
        let busy =
            other.query("SELECT FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'", &[]);
        busy.unwrap().len() == 1
    });
    signal(status(&site.dev(), &site.environment()).unwrap().server.unwrap().pid, Signal::SIGKILL);

    let client = site.ensure();
    connect(&client.url("crm")).batch_execute("TABLE kept").unwrap();
    busy.join().unwrap();
}

#[test]
fn a_pid_file_that_names_a_stranger_after_a_reboot_is_no_obstacle() {
    let site = Site::new();
    drop(site.ensure());
    let home = site.home();
    let pid_file = home.join("data/postmaster.pid");
    let left = std::fs::read_to_string(&pid_file).unwrap();
    stop(&site.dev(), &site.environment()).unwrap();

    // PostgreSQL reads the file as its own user, and takes note only of that user's processes.
    let owner = home.join("data").metadata().unwrap();
    let mut stranger = Command::new("sleep");
    stranger.arg("60").current_dir("/").uid(owner.uid()).gid(owner.gid());
    let mut stranger = stranger.spawn().unwrap();
    let (_, rest) = left.split_once('\n').unwrap();
    std::fs::write(&pid_file, format!("{}\n{rest}", stranger.id())).unwrap();
    chown(&pid_file, Some(owner.uid()), None).unwrap();
    drop(site.ensure());
    assert!(stranger.try_wait().unwrap().is_none());
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_cluster_whose_making_was_killed_is_made_again() {
    let site = Site::new();
    let client = site.client();
    wait_until("initdb is at work", PATIENCE, || !site.processes("initdb").is_empty());
    client.kill();
    signal(site.processes("__supervise")[0], Signal::SIGKILL);
    wait_until("initdb is gone too", PATIENCE, || site.is_deserted());
    assert_eq!(status(&site.dev(), &site.environment()).unwrap().folder, None);

    let client = site.ensure();
    drop(connect(&client.url("crm")));
    assert!(!site.home().join("data.unfinished").exists());
}

#[test]
fn a_client_that_is_killed_at_the_start_leaves_a_server_for_the_next() {
    let site = Site::new();
    let client = site.client();
    wait_until("initdb is at work", PATIENCE, || !site.processes("initdb").is_empty());
    let supervisor = site.processes("__supervise");
    client.kill();
    drop(site.ensure());
    assert_eq!(site.processes("__supervise"), supervisor);
}

#[test]
fn who_waits_for_the_end_of_a_clients_pipe_does_not_wait_for_the_server() {
    let site = Site::new().idle(5);
    let mut command = Command::new("sh");
    // The client's output under a second number, which a child inherits.
    command.args(["-c", "exec 9>&1; exec \"$0\" \"$@\""]).arg(std::env::current_exe().unwrap());
    let mut client = site.spawn(command);
    client.url();
    drop(client.child.stdin.take());
    // Ends only when nobody has the pipe open.
    client.said.read_to_string(&mut String::new()).unwrap();
    assert!(client.child.wait().unwrap().success());
    assert_eq!(site.processes("__supervise").len(), 1);
}

#[test]
fn a_server_whose_folder_was_removed_ends_and_a_new_one_can_be_made_at_once() {
    let site = Site::new();
    let client = site.ensure();
    let old = site.processes("__supervise");
    std::fs::remove_dir_all(site.home()).unwrap();
    drop(client);

    let client = site.ensure();
    wait_until("the old server is gone", PATIENCE, || {
        site.processes("__supervise").iter().all(|supervisor| !old.contains(supervisor))
    });
    drop(connect(&client.url("crm")));
    std::fs::remove_dir_all(site.home()).unwrap();
    wait_until("the new server is gone too", PATIENCE, || site.is_deserted());
}

#[test]
fn a_server_whose_socket_was_removed_is_replaced() {
    let site = Site::new();
    let client = site.ensure();
    let sockets = status(&site.dev(), &site.environment()).unwrap().server.unwrap().sockets;
    std::fs::remove_dir_all(sockets).unwrap();
    drop(client);
    drop(connect(&site.ensure().url("crm")));
}

#[test]
fn a_server_of_another_version_of_crmdb_is_replaced() {
    let site = Site::new();
    drop(site.ensure());
    let old = site.processes("__supervise");
    std::fs::write(site.home().join("supervisor.lock"), format!("{{\"supervisor\": {}}}", old[0])).unwrap();
    drop(connect(&site.ensure().url("crm")));
    assert_ne!(site.processes("__supervise"), old);
}

#[test]
fn a_dropped_database_is_made_again_when_the_server_runs() {
    let site = Site::new();
    let client = site.ensure();
    connect(&client.url("postgres")).batch_execute("DROP DATABASE crm").unwrap();
    drop(connect(&site.ensure().url("crm")));
}

#[test]
fn a_dev_cluster_is_durable_and_a_shadow_is_not_and_neither_listens_to_tcp() {
    let site = Site::new();
    let dev = site.ensure();
    let shadow = ensure(&Cluster::Shadow { major: None }, &site.environment()).unwrap();
    assert_ne!(dev.url("postgres"), shadow.url("postgres"));
    let of = |client| {
        ["fsync", "max_locks_per_transaction", "listen_addresses", "server_encoding"]
            .map(|name| setting(client, name))
    };
    assert_eq!(of(&dev), ["on", "64", "", "UTF8"]);
    assert_eq!(of(&shadow), ["off", "1024", "", "UTF8"]);

    let major = Some(shadow.installation().major);
    let again = ensure(&Cluster::Shadow { major }, &site.environment()).unwrap();
    assert_eq!(again.url("postgres"), shadow.url("postgres"));
}

#[test]
fn psql_opens_the_projects_database() {
    let site = Site::new();
    let client = site.ensure();
    let mut psql = client.psql(client.database());
    let output = psql.args(["-XAtc", "SELECT current_database(), current_user"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "crm|postgres\n");
}

#[test]
fn a_server_that_cannot_start_says_why_and_starts_when_that_is_mended() {
    let site = Site::new();
    drop(site.ensure());
    let sockets = status(&site.dev(), &site.environment()).unwrap().server.unwrap().sockets;
    stop(&site.dev(), &site.environment()).unwrap();
    let settings = site.home().join("data/postgresql.auto.conf");
    std::fs::write(&settings, "shared_buffers = lots\n").unwrap();
    let error = site.fails().to_string();
    assert!(error.contains("invalid value for parameter \"shared_buffers\": \"lots\""), "{error}");
    assert!(site.is_deserted());
    assert!(!sockets.exists());
    std::fs::write(&settings, "").unwrap();
    drop(site.ensure());
}

#[test]
fn a_full_disk_is_reported_in_the_words_of_initdb_and_leaves_nothing_half_made() {
    let site = Site::new();
    let bin = site.folder.join("bin");
    std::fs::create_dir(&bin).unwrap();
    for program in ["initdb", "postgres"] {
        // Written by a child: see the tests of `Installation`.
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = --version ] && exec echo '{program} (PostgreSQL) 15.1'\n\
             echo 'initdb: error: could not write: No space left on device' >&2; exit 1\n"
        );
        let write = "printf %s \"$1\" >\"$0\" && chmod 755 \"$0\"";
        assert!(
            Command::new("sh")
                .args(["-c", write])
                .arg(bin.join(program))
                .arg(script)
                .status()
                .unwrap()
                .success()
        );
    }
    let environment = Environment { pg_bin: Some(bin), ..site.environment() };
    let error = ensure(&site.dev(), &environment).unwrap_err().to_string();
    assert!(
        error.ends_with("`initdb` failed:\n  initdb: error: could not write: No space left on device"),
        "{error}"
    );
    assert!(site.is_deserted());
    drop(site.ensure());
}

#[test]
fn data_that_is_no_cluster_is_not_touched() {
    let site = Site::new();
    let precious = site.empty_home().join("data/base");
    std::fs::create_dir_all(&precious).unwrap();
    let error = site.fails();
    let expected = matches!(&error, ServerError::Start { failure: StartFailure::NotACluster { .. }, .. });
    assert!(expected, "{error}");
    assert!(precious.exists());
}

#[test]
fn data_of_a_version_that_is_not_installed_is_named() {
    let site = Site::new();
    std::fs::create_dir_all(site.empty_home().with_file_name("9").join("data")).unwrap();
    // A named folder of programs would have a cluster of its own.
    let environment = Environment { pg_bin: None, ..site.environment() };
    let error = ensure(&site.dev(), &environment).unwrap_err();
    assert!(matches!(error, ServerError::OtherMajor { major: 9, .. }), "{error}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let site = Site::new();
    let environment = Environment { server_home: Some("/proc/crmdb".into()), ..site.environment() };
    let error = ensure(&site.dev(), &environment).unwrap_err().to_string();
    assert!(error.starts_with("cannot make the folder `/proc/crmdb/"), "{error}");
    assert!(error.ends_with("`CRMDB_SERVER_HOME` may name a folder elsewhere"), "{error}");
}

#[test]
fn a_supervisor_that_says_nothing_is_reported() {
    let site = Site::new();
    for (supervisor, expected) in
        [("/bin/true", "ended without a word"), ("/no/crmdb", "cannot run `/no/crmdb`")]
    {
        let environment = Environment { supervisor: supervisor.into(), ..site.environment() };
        let error = ensure(&site.dev(), &environment).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn an_ordinary_user_has_a_server_in_the_usual_folders_and_a_short_socket_path() {
    let site = Site::new();
    let home = site.folder.join("home");
    let runtime = home.join("a-folder-for-runtime-files-whose-name-leaves-no-room".repeat(2));
    std::fs::create_dir_all(&runtime).unwrap();
    // Out of reach of another user they may lie below a private home.
    let (test, crmdb) = (site.folder.join("it"), site.folder.join("crmdb"));
    for (from, to) in
        [(std::env::current_exe().unwrap(), &test), (env!("CARGO_BIN_EXE_crmdb").into(), &crmdb)]
    {
        assert!(Command::new("cp").arg(from).arg(to).status().unwrap().success());
    }
    let mut command = Command::new(&test);
    command.env_remove("CRMDB_SERVER_HOME").env_remove("XDG_DATA_HOME").env("CRMDB_SERVER_IDLE", "1");
    command.env("HOME", &home).env("XDG_RUNTIME_DIR", &runtime).current_dir("/");
    if Uid::effective().is_root() {
        let nobody = nix::unistd::User::from_name("nobody").unwrap().unwrap();
        for folder in [&home, &runtime] {
            chown(folder, Some(nobody.uid.as_raw()), Some(nobody.gid.as_raw())).unwrap();
        }
        command.uid(nobody.uid.as_raw()).gid(nobody.gid.as_raw());
    }
    let mut client = ClientProcess::spawn(command, &site.folder.join("crm"), &crmdb);
    let url = client.url();
    assert!(url.starts_with("postgresql://postgres@/crm?host=/tmp/crmdb-"), "{url}");
    drop(connect(&url));
    let clusters: Vec<_> = std::fs::read_dir(home.join(".local/share/crmdb")).unwrap().collect();
    assert_eq!(clusters.len(), 1);
    client.kill();
    wait_until("the idle server is gone", PATIENCE, || site.is_deserted());
    let (_, host) = url.split_once("host=").unwrap();
    assert!(!Path::new(host.split_once('&').unwrap().0).exists());
}

#[test]
fn an_installation_of_this_machine_is_found() {
    let site = Site::new();
    let found = Installation::find(&site.environment(), None).unwrap();
    assert!(found.version.starts_with(&found.major.to_string()), "{found:?}");
}
