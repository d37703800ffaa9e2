//! The tests' server and its databases are there when they are asked for, and gone when they are no longer.

use std::io::{BufRead, BufReader};

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use super::{Client, Command, Database, Duration, NoTls, Path, Server, Stdio, Stop, wait_until};

#[test]
fn each_test_has_a_database_of_its_own() {
    let (one, other) = (Database::create(), Database::create());
    one.client().batch_execute("CREATE TABLE t (i int)").unwrap();
    assert_eq!(one.client().query("SELECT FROM pg_tables WHERE tablename = 't'", &[]).unwrap().len(), 1);
    assert_eq!(other.client().query("SELECT FROM pg_tables WHERE tablename = 't'", &[]).unwrap().len(), 0);
}

#[test]
fn a_database_is_dropped_with_the_sessions_in_it() {
    let database = Database::create();
    let (name, url, mut session) = (database.name().to_owned(), database.url(), database.client());
    drop(database);
    assert!(session.batch_execute("SELECT 1").is_err());
    assert!(Client::connect(&url, NoTls).is_err());
    let left =
        Server::shared().client("postgres").query("SELECT FROM pg_database WHERE datname = $1", &[&name]);
    assert_eq!(left.unwrap().len(), 0);
}

#[test]
fn a_private_server_survives_a_crash_and_is_removed_in_the_end() {
    let server = Server::private();
    let folder = server.cluster().folder.clone();
    let database = server.database();
    database.client().batch_execute("CREATE TABLE t (i int)").unwrap();
    server.stop(Stop::Immediate);
    server.start();
    database.client().batch_execute("TABLE t").unwrap();
    server.stop(Stop::Fast);
    drop(database);
    drop(server);
    assert!(!folder.exists());
}

#[test]
fn a_killed_test_process_leaves_nothing_behind() {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "support::postgres::tests::holds_a_server_until_it_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    let held = lines.filter_map(|line| Some(line.split_once("holding ")?.1.to_owned())).next().unwrap();
    let (folder, pid) = held.split_once(' ').unwrap();
    process.kill().unwrap();
    process.wait().unwrap();
    wait_until("the server and its folder are gone", Duration::from_secs(10), || {
        !Path::new(folder).exists() && kill(Pid::from_raw(pid.parse().unwrap()), None) == Err(Errno::ESRCH)
    });
}

#[test]
#[ignore = "never ends: it is what `a_killed_test_process_leaves_nothing_behind` kills"]
fn holds_a_server_until_it_is_killed() {
    let server = Server::private();
    let folder = &server.cluster().folder;
    let pid = std::fs::read_to_string(folder.join("data/postmaster.pid"));
    let said = pid.map(|file| format!("holding {} {}\n", folder.display(), file.lines().next().unwrap()));
    std::io::Write::write_all(&mut std::io::stdout(), said.unwrap().as_bytes()).unwrap();
    loop {
        std::thread::park();
    }
}
