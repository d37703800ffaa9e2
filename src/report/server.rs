//! The reports of the private server.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::text::{duration, time};
use super::{Report, Style, to_json};

/// The state of the private server after a command.
#[derive(Debug, Serialize)]
pub struct ServerReport {
    /// The command's path.
    #[serde(skip)]
    pub command: &'static str,
    /// The cluster's folder; `None` when it has not been made.
    pub folder: Option<PathBuf>,
    /// The running server.
    pub server: Option<RunningServer>,
}

/// A running private server.
#[derive(Debug, Serialize)]
pub struct RunningServer {
    /// The process id of the postmaster.
    pub pid: i32,
    /// The full version, such as `15.20`.
    pub version: String,
    /// The URL of the project's database.
    pub url: String,
    /// When it was started.
    pub started: Timestamp,
    /// Seconds without use after which it stops; `None` when it runs until stopped.
    pub stops_after: Option<u64>,
}

impl Report for ServerReport {
    fn command(&self) -> &'static str {
        self.command
    }

    fn human(&self, _: Style) -> String {
        let Some(server) = &self.server else {
            return match &self.folder {
                Some(folder) => {
                    format!("the private server is not running; its data is in {}\n", folder.display())
                }
                None => "the private server has not been made: the first command that needs it makes it\n"
                    .to_owned(),
            };
        };
        let ends = match server.stops_after {
            Some(seconds) => format!("stops after {} without use", duration(Duration::from_secs(seconds))),
            None => "runs until `crmdb server stop`".to_owned(),
        };
        let folder = self.folder.as_ref().map(|folder| folder.display().to_string()).unwrap_or_default();
        format!(
            "the private server runs: PostgreSQL {}, pid {}, since {}; {ends}\n  url   {}\n  data  {folder}\n",
            server.version,
            server.pid,
            time(server.started),
            server.url
        )
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}

/// What stopping found to do.
#[derive(Debug, Serialize)]
pub struct StopReport {
    /// Whether there was a server to stop.
    pub was_running: bool,
}

impl Report for StopReport {
    fn command(&self) -> &'static str {
        "server stop"
    }

    fn human(&self, _: Style) -> String {
        let state = if self.was_running { "is stopped" } else { "was not running" };
        format!("the private server {state}\n")
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}

/// Where the private server is.
#[derive(Debug, Serialize)]
pub struct UrlReport {
    /// The URL of the project's database.
    pub url: String,
}

impl Report for UrlReport {
    fn command(&self) -> &'static str {
        "server url"
    }

    fn human(&self, _: Style) -> String {
        format!("{}\n", self.url)
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}
