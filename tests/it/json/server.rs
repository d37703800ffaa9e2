//! Mirrors of what the commands on the private server say to programs.

use serde::Deserialize;

use super::{Failed, read};
use crate::support::project::{Output, Project};
use crate::support::site::Site;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: u8,
    command: String,
    folder: Option<String>,
    server: Option<Server>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    pid: i32,
    version: String,
    url: String,
    started: String,
    stops_after: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stopped {
    format: u8,
    command: String,
    was_running: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Url {
    format: u8,
    command: String,
    url: String,
}

#[test]
fn the_private_server_is_described_by_one_document_in_every_state() {
    let (site, project) = (Site::new(), Project::new());
    let run = |line: &str| {
        let mut command = project.command("postgresql://nowhere", line);
        command.env("CRMDB_SERVER_HOME", site.folder.join("servers"));
        Output::new(line, command.output().unwrap())
    };
    let state = |line: &str| read::<State>(&run(line).expect(0));
    let before = state("server status --format json");
    assert_eq!((before.format, before.command.as_str()), (1, "server status"));
    assert!(before.folder.is_none() && before.server.is_none(), "{before:?}");
    let started = state("server start --format json");
    assert_eq!(started.command, "server start");
    let server = started.server.unwrap();
    assert!(server.pid > 1 && server.version.contains('.') && server.started.ends_with('Z'));
    assert!(server.stops_after.is_none() && started.folder.is_some());
    let url: Url = read(&run("server url --format json").expect(0));
    assert_eq!((url.format, url.command.as_str(), url.url), (1, "server url", server.url));
    let refused: Failed = read(&run("server psql --format json").expect(2));
    assert_eq!(refused.error.code, "usage");
    for was_running in [true, false] {
        let stopped: Stopped = read(&run("server stop --format json").expect(0));
        assert_eq!((stopped.format, stopped.command.as_str()), (1, "server stop"));
        assert_eq!(stopped.was_running, was_running);
    }
    let after = state("server status --format json");
    assert!(after.folder.is_some() && after.server.is_none(), "{after:?}");
}
