//! What can keep the private server from serving: the data, and its text beside it.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Why there is no private server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// No server is installed, or none of the wanted major version.
    #[error(
        "no PostgreSQL {}server is installed{}; install one with `{install}`, or set `CRMDB_PG_BIN` to the folder that holds `initdb` and `postgres`",
        .wanted.map(|major| format!("{major} ")).unwrap_or_default(),
        listed(.installed)
    )]
    NotInstalled {
        /// The major version that was asked for.
        wanted: Option<u32>,
        /// The major versions that are there.
        installed: Vec<u32>,
        /// The command that installs one on this system.
        install: String,
    },

    /// The folder in `CRMDB_PG_BIN` is of no use.
    #[error("`CRMDB_PG_BIN` is `{}`, but `{program} --version` does not answer there", .folder.display())]
    Binaries {
        /// The folder as it was given.
        folder: PathBuf,
        /// The program that does not answer.
        program: &'static str,
    },

    /// The project's data belongs to a major version that is not installed.
    #[error(
        "the data of this project's private server, in `{}`, is PostgreSQL {major}'s, which is not installed{}; install it with `{install}`, or move that folder away to begin with an empty database",
        .folder.display(),
        listed(.installed)
    )]
    OtherMajor {
        /// The cluster's folder.
        folder: PathBuf,
        /// The major version that made it.
        major: u32,
        /// The major versions that are there.
        installed: Vec<u32>,
        /// The command that installs the missing one.
        install: String,
    },

    /// A variable has a value that means nothing.
    #[error("`{name}` is `{value}`, which is not {expected}")]
    Variable {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it should be.
        expected: &'static str,
    },

    /// The user has no home folder to keep a cluster in.
    #[error(
        "there is no folder for the private server: neither `HOME` nor the user's account names one; set `CRMDB_SERVER_HOME`"
    )]
    NoHome,

    /// crmdb runs as root and there is no user to run the server as.
    #[error(
        "PostgreSQL does not run as root, and there is neither a user `postgres` nor a user `nobody` to run it as; run crmdb as an ordinary user"
    )]
    NoAccount,

    /// A file or folder of the private server cannot be used.
    #[error("cannot {action} `{}`: {source}; `CRMDB_SERVER_HOME` may name a folder elsewhere", .path.display())]
    Disk {
        /// What was tried, as a verb.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },

    /// A folder that must be the user's alone is not.
    #[error("`{}` {reason}, so the private server's socket would not be private there; remove it and run the command again", .path.display())]
    Unsafe {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },

    /// The supervisor cannot be run.
    #[error("cannot run `{}` as the private server's supervisor: {source}", .program.display())]
    Supervisor {
        /// The executable.
        program: PathBuf,
        /// What the system answered.
        source: io::Error,
    },

    /// The supervisor ran but the server does not.
    #[error("the private server in `{}` does not start: {failure}", .folder.display())]
    Start {
        /// The cluster's folder.
        folder: PathBuf,
        /// What went wrong.
        failure: StartFailure,
    },

    /// The server runs but does not do what it was asked.
    #[error("the private server in `{}` runs, but {action} failed: {message}", .folder.display())]
    Session {
        /// The cluster's folder.
        folder: PathBuf,
        /// What was asked.
        action: &'static str,
        /// What the server or the driver answered.
        message: String,
    },

    /// The server was told to stop and still runs.
    #[error("the private server in `{}` was told to stop and still runs, supervised by process {supervisor}", .folder.display())]
    StillRunning {
        /// The cluster's folder.
        folder: PathBuf,
        /// The supervisor's process id.
        supervisor: i32,
    },
}

impl ServerError {
    /// Returns a function that ties an I/O error to what was tried where.
    pub(super) fn disk(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Disk { action, path, source }
    }
}

/// Why a supervisor could not start its server; it crosses from the supervisor to the client as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum StartFailure {
    /// `initdb` failed; nothing is left of what it made.
    #[error("`initdb` failed{}", quoted(.log))]
    Initdb {
        /// The last lines that it wrote.
        log: Vec<String>,
    },
    /// `initdb` refuses to work for a user without an account.
    #[error(
        "`initdb` refuses to work for user id {uid}, which has no entry in `/etc/passwd`; add one, or name a server with `--database-url`"
    )]
    NoPasswdEntry {
        /// The user id.
        uid: u32,
    },
    /// `postgres` ended before it took connections.
    #[error("`postgres` ended at once{}", quoted(.log))]
    Postgres {
        /// The last lines that it wrote.
        log: Vec<String>,
    },
    /// The data folder is there but holds no cluster, and may hold somebody's data.
    #[error("`{}` holds no PostgreSQL cluster; restore it, or move it away to begin with an empty database", .data.display())]
    NotACluster {
        /// The data folder.
        data: PathBuf,
    },
    /// Something that the supervisor needs from the system was refused.
    #[error("{message}")]
    System {
        /// What was tried and what the system answered.
        message: String,
    },
    /// The supervisor ended without a word.
    #[error("its supervisor ended without a word; see `{}`", .log.display())]
    Silent {
        /// The supervisor's log.
        log: PathBuf,
    },
}

fn listed(majors: &[u32]) -> String {
    if majors.is_empty() {
        return String::new();
    }
    format!(" (there is {})", majors.iter().map(u32::to_string).collect::<Vec<_>>().join(", "))
}

fn quoted(log: &[String]) -> String {
    if log.is_empty() {
        return " without a word".to_owned();
    }
    log.iter().fold(":".to_owned(), |text, line| text + "\n  " + line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_server_is_reported_with_the_way_to_get_one() {
        let error = ServerError::NotInstalled {
            wanted: Some(17),
            installed: vec![16, 15],
            install: "apt-get install postgresql-17".to_owned(),
        };
        assert_eq!(
            error.to_string(),
            "no PostgreSQL 17 server is installed (there is 16, 15); install one with `apt-get install \
             postgresql-17`, or set `CRMDB_PG_BIN` to the folder that holds `initdb` and `postgres`"
        );
    }

    #[test]
    fn a_server_that_does_not_start_is_reported_with_the_last_lines_of_its_log() {
        let log = vec!["FATAL:  could not write".to_owned(), "LOG:  shut down".to_owned()];
        let error = ServerError::Start {
            folder: "/var/lib/crmdb/x/15".into(),
            failure: StartFailure::Postgres { log },
        };
        assert_eq!(
            error.to_string(),
            "the private server in `/var/lib/crmdb/x/15` does not start: `postgres` ended at once:\n  \
             FATAL:  could not write\n  LOG:  shut down"
        );
    }
}
