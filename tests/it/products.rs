//! Servers that speak PostgreSQL's protocol and are something else: told by what `version()` answers.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};

use crate::faults::{one, value};
use crate::support::ground;
use crate::support::postgres::{Database, Server};

/// Lets the server answer with another version of the same length; returns the folder of the socket.
fn in_disguise(version: &'static str) -> tempfile::TempDir {
    const OWN: &[u8] = b"PostgreSQL 1";
    assert_eq!(version.len(), OWN.len());
    let folder = ground::folder("crmdb-it-proxy-");
    let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = UnixStream::connect(Server::shared().socket()).unwrap();
            let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut from_client, &mut to_server);
                let _ = to_server.shutdown(Shutdown::Both);
            });
            std::thread::spawn(move || {
                let (mut server, mut client) = (server, client);
                let mut buffer = vec![0; 1 << 16];
                while let Ok(length @ 1..) = server.read(&mut buffer) {
                    let answer = &mut buffer[..length];
                    if let Some(at) = answer.windows(OWN.len()).position(|window| window == OWN) {
                        answer[at..at + OWN.len()].copy_from_slice(version.as_bytes());
                    }
                    if client.write_all(answer).is_err() {
                        break;
                    }
                }
                let _ = client.shutdown(Shutdown::Both);
            });
        }
    });
    folder
}

#[test]
fn a_server_that_can_not_keep_the_promises_is_refused_before_anything_and_still_read() {
    for (version, said) in [
        ("CockroachDB ", "where crmdb can't keep what it promises:\n  DDL commits by itself"),
        ("11.2-YB-2.20", "where crmdb can't keep what it promises:\n  each DDL statement commits by itself"),
    ] {
        let database = Database::create();
        let folder = in_disguise(version);
        let url =
            format!("postgresql://postgres@/{}?host={}&port=5432", database.name(), folder.path().display());
        let project = one("create table a (i int);\n");
        let output = project.run_at(&url, "migrate up").expect(4);
        assert!(output.stderr.contains(said), "{output}");
        assert!(
            output.stderr.contains("two runs") && output.stderr.contains("nothing was changed"),
            "{output}"
        );
        assert_eq!(value(&database, "select coalesce(to_regnamespace('crmdb')::text, 'none')"), "none");
        project.run_at(&url, "status").expect(0);
        project.run_at(&url, "migrate up --dry-run").expect(0);
    }
}
