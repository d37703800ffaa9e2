//! What `crmdb server` does, as functions that return data.
#![expect(clippy::disallowed_methods, reason = "the state of a server is in files")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Serialize;

use super::client::{ensure, newest, url};
use super::environment::Environment;
use super::error::ServerError;
use super::place::{Cluster, Home};
use super::record::{Foreign, Running, State};

/// A fast shutdown writes a checkpoint, and is cut short by the supervisor after a minute.
const STOP_LIMIT: Duration = Duration::from_secs(75);

/// What there is of a cluster and its server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The cluster's folder; `None` when it has not been made.
    pub folder: Option<PathBuf>,
    /// The running server.
    pub server: Option<ServerStatus>,
}

/// A running server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerStatus {
    /// The process id of the postmaster.
    pub pid: i32,
    /// The full version, such as `15.20`.
    pub version: String,
    /// The folder of the binaries.
    pub bin: PathBuf,
    /// The folder of the unix socket.
    pub sockets: PathBuf,
    /// The URL of the cluster's database.
    pub url: String,
    /// When it was started.
    pub started: jiff::Timestamp,
    /// When a crmdb last came for it.
    pub last_used: jiff::Timestamp,
    /// Seconds without use after which it stops; `None` when it was started by name, and runs until stopped.
    pub stops_after: Option<u64>,
}

/// What [`stop`] found to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// A server ran, and has ended.
    Stopped,
    /// None ran.
    WasNotRunning,
}

/// Starts the server of a cluster by name: it runs until [`stop`], used or not.
///
/// # Errors
/// As [`ensure`].
pub fn start(cluster: &Cluster, environment: &Environment) -> Result<Status, ServerError> {
    let client = ensure(cluster, environment)?;
    let folder = cluster.folder(environment)?.join(client.installation().major.to_string());
    let keep = Home { folder: folder.clone() }.keep();
    std::fs::write(&keep, "").map_err(ServerError::disk("write", &keep))?;
    let server = server_status(cluster, &Home { folder: folder.clone() }, client.running());
    Ok(Status { folder: Some(folder), server: Some(server) })
}

/// Looks at a cluster and its server, and changes nothing.
///
/// # Errors
/// [`ServerError::Disk`], [`ServerError::NoHome`].
pub fn status(cluster: &Cluster, environment: &Environment) -> Result<Status, ServerError> {
    let Some(home) = existing(cluster, environment)? else {
        return Ok(Status { folder: None, server: None });
    };
    let server = match State::of(&home)? {
        State::Running(running) => Some(server_status(cluster, &home, &running)),
        State::Changing | State::Foreign(_) | State::Stopped => None,
    };
    Ok(Status { folder: Some(home.folder), server })
}

/// Stops the server of a cluster, cutting off whoever uses it, and waits until it has ended.
///
/// # Errors
/// [`ServerError::StillRunning`] when it does not end; [`ServerError::Disk`], [`ServerError::NoHome`].
pub fn stop(cluster: &Cluster, environment: &Environment) -> Result<Stopped, ServerError> {
    let Some(home) = existing(cluster, environment)? else {
        return Ok(Stopped::WasNotRunning);
    };
    let begun = Instant::now();
    let mut told = None;
    loop {
        match State::of(&home)? {
            State::Stopped if told.is_some() => return Ok(Stopped::Stopped),
            State::Stopped => return Ok(Stopped::WasNotRunning),
            // Somebody has started it again; that server was not meant.
            State::Running(Running { supervisor, .. }) | State::Foreign(Foreign { supervisor })
                if told.is_some_and(|told| told != supervisor) =>
            {
                return Ok(Stopped::Stopped);
            }
            State::Running(Running { supervisor, .. }) | State::Foreign(Foreign { supervisor })
                if told.is_none() =>
            {
                // The supervisor has just been seen to hold its lock, so the number is its own.
                let _ = kill(Pid::from_raw(supervisor), Signal::SIGTERM);
                told = Some(supervisor);
            }
            State::Running(_) | State::Foreign(_) | State::Changing if begun.elapsed() > STOP_LIMIT => {
                return Err(ServerError::StillRunning {
                    folder: home.folder,
                    supervisor: told.unwrap_or_default(),
                });
            }
            State::Running(_) | State::Foreign(_) | State::Changing => {
                std::thread::sleep(Duration::from_millis(10))
            }
        }
    }
}

/// Returns the newest cluster there is, without looking for binaries: it may run though they were removed.
fn existing(cluster: &Cluster, environment: &Environment) -> Result<Option<Home>, ServerError> {
    let folder = cluster.folder(environment)?;
    let major = match cluster {
        Cluster::Shadow { major: Some(major) } => Some(*major),
        Cluster::Dev { .. } | Cluster::Shadow { major: None } => newest(&folder),
    };
    Ok(major.map(|major| Home { folder: folder.join(major.to_string()) }).filter(|home| home.folder.is_dir()))
}

fn server_status(cluster: &Cluster, home: &Home, running: &Running) -> ServerStatus {
    let used = std::fs::metadata(home.clients_lock()).and_then(|found| found.modified());
    ServerStatus {
        pid: running.pid,
        version: running.installation.version.clone(),
        bin: running.installation.bin.clone(),
        sockets: running.sockets.clone(),
        url: url(&running.sockets, &cluster.database()),
        started: running.started,
        last_used: used.ok().and_then(|time| time.try_into().ok()).unwrap_or(running.started),
        stops_after: (!home.keep().exists()).then_some(running.idle),
    }
}
