//! Which of several servers is taken, and what happens with servers that are not there, say nothing or are not ready.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use crmdb::db::connect::{ConnectError, Environment, Failure, Options, connect};

use super::world::{Server, World};
use super::{apart, at, check, run, same, surroundings, try_connect};
use crate::support::postgres;

/// Starts a thread that treats each client with `act`, and returns the port.
fn listen(act: impl Fn(std::net::TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || listener.incoming().for_each(|client| act(client.unwrap())));
    port
}

/// Returns a port where nothing listens.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn host_of(conninfo: &str, environment: &Environment) -> Result<String, String> {
    try_connect(conninfo, environment).map(|connected| connected.host)
}

#[test]
fn the_first_host_of_the_wanted_kind_is_taken() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let environment = surroundings(home.path(), &[]);
    let (primary, standby, read_only) = (&world.secure, &world.standby, &world.plain);
    let closed = closed_port();
    let at = |server: &Server| format!("localhost:{}", server.port);
    for (servers, attrs, expected) in [
        ([primary, standby, read_only], "any", Some(primary)),
        ([standby, read_only, primary], "any", Some(standby)),
        ([standby, read_only, primary], "read-write", Some(primary)),
        ([primary, read_only, standby], "read-only", Some(read_only)),
        ([primary, standby, read_only], "read-only", Some(standby)),
        ([standby, read_only, primary], "primary", Some(read_only)),
        ([primary, read_only, standby], "standby", Some(standby)),
        ([primary, read_only, standby], "prefer-standby", Some(standby)),
        ([primary, read_only, primary], "prefer-standby", Some(primary)),
        ([primary, read_only, primary], "standby", None),
        ([standby, read_only, standby], "read-write", None),
    ] {
        let ports: Vec<_> = servers.iter().map(|server| server.port.to_string()).collect();
        let conninfo = format!(
            "host=localhost,localhost,localhost,localhost port={closed},{} dbname=postgres \
             target_session_attrs={attrs} connect_timeout=10",
            ports.join(",")
        );
        let found = host_of(&conninfo, &environment);
        match expected {
            Some(server) => assert_eq!(found, Ok(at(server)), "{conninfo}"),
            None => {
                let error = found.unwrap_err();
                assert!(error.contains(&format!("not `{attrs}`, which")), "{error}");
                assert!(error.contains(&format!("localhost:{closed}")), "{error}");
                check(&[same(conninfo, "cannot connect to any of the hosts")], &environment);
            }
        }
    }
}

#[test]
fn a_random_order_reaches_every_host() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let environment = surroundings(home.path(), &[]);
    let ports = (world.secure.port, world.plain.port);
    let conninfo = format!(
        "host=localhost,localhost port={},{} dbname=postgres load_balance_hosts=random",
        ports.0, ports.1
    );
    let mut seen: Vec<_> = (0..40).map(|_| host_of(&conninfo, &environment).unwrap()).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 2, "{seen:?}");
}

#[test]
fn a_server_that_turns_the_user_away_ends_the_search_and_one_that_is_not_there_does_not() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let environment = surroundings(home.path(), &[]);
    let (first, second) = (world.secure.port, world.plain.port);
    let two = |user: &str, first: u16| {
        format!("host=localhost,localhost port={first},{second} dbname=postgres user={user} password=wrong")
    };
    let error = host_of(&two("scram_user", first), &environment).unwrap_err();
    assert!(error.contains("28P01") && !error.contains(&second.to_string()), "{error}");
    assert_eq!(host_of(&two("trusted", closed_port()), &environment), Ok(format!("localhost:{second}")));
    let unknown = format!("host=nowhere.invalid,localhost port={second} dbname=postgres");
    assert_eq!(host_of(&unknown, &environment), Ok(format!("localhost:{second}")));
}

#[test]
fn each_host_that_fails_is_named_with_its_reason() {
    let home = tempfile::tempdir().unwrap();
    let environment = surroundings(home.path(), &[]);
    let (one, two) = (closed_port(), closed_port());
    let conninfo = format!("host=127.0.0.1,/nowhere,nowhere.invalid port={one},7,{two}");
    let options = Options::resolve(Some(&conninfo), &environment).unwrap().options;
    let error = run(connect(&options, None)).unwrap_err();
    assert!(!error.is_configuration() && error.is_transient() && error.sqlstate().is_none());
    let text = error.to_string();
    let start = format!(
        "cannot connect to any of the hosts:\n  127.0.0.1:{one}: connection refused\n  \
         /nowhere/.s.PGSQL.7: no such file or directory\n  nowhere.invalid:{two}: the host name cannot be resolved: "
    );
    assert!(text.starts_with(&start), "{text}");
}

#[test]
fn a_server_that_says_nothing_is_left_when_the_time_is_over() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let environment = surroundings(home.path(), &[]);
    let silent = listen(std::mem::forget);
    for mode in ["disable", "require"] {
        let conninfo = format!("host=127.0.0.1 port={silent} dbname=x connect_timeout=1 sslmode={mode}");
        let begun = Instant::now();
        let options = Options::resolve(Some(&conninfo), &environment).unwrap().options;
        let error = run(connect(&options, None)).unwrap_err();
        let ConnectError::Hosts(failures) = &error else { panic!("{error}") };
        assert_eq!(failures[0].cause, Failure::Timeout(Duration::from_secs(1)));
        assert_eq!(
            error.to_string(),
            format!("cannot connect to 127.0.0.1:{silent}: no session after 1 s (`connect_timeout`)")
        );
        assert!((900..5000).contains(&begun.elapsed().as_millis()));
    }
    let port = world.secure.port;
    let then = format!("host=127.0.0.1,localhost port={silent},{port} dbname=postgres connect_timeout=1");
    assert_eq!(host_of(&then, &environment), Ok(format!("localhost:{port}")));
}

#[test]
fn servers_of_another_protocol_are_told_apart() {
    let home = tempfile::tempdir().unwrap();
    let hangs_up = listen(drop);
    let web = listen(|mut client| {
        let _ = client.read(&mut [0; 100]);
        let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let at = |port: u16, mode: &str| format!("host=127.0.0.1 port={port} dbname=x sslmode={mode}");
    let rows = [
        same(at(hangs_up, "require"), "closed the connection"),
        same(at(web, "require"), "it is no PostgreSQL server"),
        same(at(web, "prefer"), "it is no PostgreSQL server"),
    ];
    check(&rows, &surroundings(home.path(), &[]));
}

/// The message of a server that is starting up, as it goes over the wire.
const STARTING_UP: &[u8] = b"E\0\0\0\x3eSFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0";

#[test]
fn a_server_that_is_starting_up_is_tried_again_only_when_asked() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let environment = surroundings(home.path(), &[]);
    assert_eq!(usize::from(STARTING_UP[4]) + 1, STARTING_UP.len());
    let starting = listen(|mut client| {
        let _ = client.read(&mut [0; 300]);
        let _ = client.write_all(STARTING_UP);
    });
    let conninfo = format!("host=127.0.0.1 port={starting} dbname=postgres sslmode=disable");
    let options = Options::resolve(Some(&conninfo), &environment).unwrap().options;
    let error = run(connect(&options, None)).unwrap_err();
    assert_eq!((error.sqlstate(), error.is_transient()), (Some("57P03"), true));
    let begun = Instant::now();
    run(connect(&options, Some(Duration::from_millis(700)))).unwrap_err();
    assert!((100..5000).contains(&begun.elapsed().as_millis()));
    let port = world.secure.port;
    let then = format!("host=127.0.0.1,localhost port={starting},{port} dbname=postgres sslmode=disable");
    assert_eq!(host_of(&then, &environment), Ok(format!("localhost:{port}")));
}

#[test]
fn waiting_ends_as_soon_as_the_server_is_there() {
    let home = tempfile::tempdir().unwrap();
    let environment = surroundings(home.path(), &[]);
    let world = World::shared();
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let (link, port) = (folder.path().join("s"), world.secure.port);
    let conninfo = format!("host={} port={port} dbname=postgres", link.display());
    let options = Options::resolve(Some(&conninfo), &environment).unwrap().options;
    let socket = world.secure.socket.clone();
    let later = thread::spawn(move || {
        thread::sleep(Duration::from_millis(400));
        std::os::unix::fs::symlink(socket, link).unwrap();
    });
    let connected = run(connect(&options, Some(Duration::from_secs(20))));
    later.join().unwrap();
    assert!(connected.is_ok(), "{connected:?}");
}

#[test]
fn tls_without_asking_starts_at_once_and_names_its_protocol() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let (sender, hellos) = std::sync::mpsc::channel();
    let port = listen(move |mut client| {
        let mut hello = vec![0; 2000];
        let length = client.read(&mut hello).unwrap();
        hello.truncate(length);
        sender.send(hello).unwrap();
    });
    let conninfo = format!("host=127.0.0.1 port={port} dbname=x sslmode=require sslnegotiation=direct");
    check(&[apart(conninfo, "closed the connection")], &surroundings(home.path(), &[]));
    let hello = hellos.recv().unwrap();
    assert_eq!(hello[..2], [0x16, 0x03], "a TLS handshake record");
    assert!(hello.windows(11).any(|window| window == b"\x0apostgresql"), "ALPN");
    // A server before 17 is asked first and knows no other way, so it must not be mistaken for one that does.
    let direct = at(&world.secure, "sslmode=require sslnegotiation=direct");
    let asked = "select current_setting('server_version_num')::int >= 170000";
    let knows: bool = postgres::Server::shared().client("postgres").query_one(asked, &[]).unwrap().get(0);
    assert_eq!(try_connect(&direct, &surroundings(home.path(), &[])).is_ok(), knows);
}
