//! What the supervisor of a cluster says about it, in the file that it holds locked for its life.
//!
//! The file means something only while it is locked: the kernel frees the lock however the supervisor ends, so no
//! process id in it can have become another process's.
#![expect(clippy::disallowed_methods, reason = "the record is a file")]

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::ServerError;
use super::installation::Installation;
use super::place::Home;

/// A server that takes connections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Running {
    /// The supervisor's process id.
    pub(super) supervisor: i32,
    /// The postmaster's process id.
    pub(super) pid: i32,
    /// When it was ready.
    pub(super) started: jiff::Timestamp,
    /// The folder of its socket.
    pub(super) sockets: PathBuf,
    /// The binaries that run.
    pub(super) installation: Installation,
    /// Seconds after which it stops when nobody uses it.
    pub(super) idle: u64,
}

/// What a cluster's server is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing runs.
    Stopped,
    /// A supervisor is there, but it is starting or stopping its server.
    Changing,
    /// The server takes connections.
    Running(Running),
    /// A supervisor of another version of crmdb is there, whose record says things that this one does not know.
    Foreign(Foreign),
}

/// What every version's record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Foreign {
    /// The supervisor's process id.
    pub(super) supervisor: i32,
}

impl State {
    /// Reads what the server of a cluster is doing.
    pub(super) fn of(home: &Home) -> Result<Self, ServerError> {
        let path = home.supervisor_lock();
        let file = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::Stopped),
            opened => opened.map_err(ServerError::disk("open", &path))?,
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(Self::Stopped),
            Err(TryLockError::Error(error)) => Err(ServerError::disk("lock", &path)(error)),
            Err(TryLockError::WouldBlock) => {
                let text = std::fs::read(&path).map_err(ServerError::disk("read", &path))?;
                Ok(serde_json::from_slice(&text)
                    .map(Self::Running)
                    .or_else(|_| serde_json::from_slice(&text).map(Self::Foreign))
                    .unwrap_or(Self::Changing))
            }
        }
    }
}

/// The supervisor's hold on the record.
pub(super) struct Held {
    file: File,
}

impl Held {
    /// Takes the record, waiting for a supervisor that is on its way out.
    pub(super) fn take(home: &Home) -> Result<Self, ServerError> {
        let path = home.supervisor_lock();
        let file = lock_file(&path)?;
        file.lock().map_err(ServerError::disk("lock", &path))?;
        let mut held = Self { file };
        held.clear().map_err(ServerError::disk("write", &path))?;
        Ok(held)
    }

    /// Tells whether the record is still the one in the cluster's folder.
    pub(super) fn is_in_place(&self, home: &Home) -> bool {
        let (own, there) = (self.file.metadata(), std::fs::metadata(home.supervisor_lock()));
        own.is_ok_and(|own| there.is_ok_and(|there| (own.dev(), own.ino()) == (there.dev(), there.ino())))
    }

    /// Says that the server is no longer, or not yet, to be used.
    pub(super) fn clear(&mut self) -> std::io::Result<()> {
        self.file.set_len(0)
    }

    /// Says that the server takes connections.
    pub(super) fn publish(&mut self, running: &Running) -> std::io::Result<()> {
        self.clear()?;
        self.file.rewind()?;
        // In one write, so that no reader sees a part that could be taken for the whole.
        self.file.write_all(&serde_json::to_vec(running)?)
    }
}

/// Makes an empty log, which others may not read: a server's log quotes statements that failed.
pub(super) fn private_file(path: &Path) -> Result<File, ServerError> {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600);
    let file = options.open(path).map_err(ServerError::disk("open", path))?;
    file.set_len(0).map_err(ServerError::disk("empty", path))?;
    Ok(file)
}

/// Opens a file to be locked, making it if need be.
pub(super) fn lock_file(path: &Path) -> Result<File, ServerError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map_err(ServerError::disk("open", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running() -> Running {
        let installation = Installation { bin: "/bin".into(), major: 15, version: "15.1".to_owned() };
        let started = jiff::Timestamp::UNIX_EPOCH;
        Running { supervisor: 7, pid: 8, started, sockets: "/run/x".into(), installation, idle: 600 }
    }

    #[test]
    fn a_record_counts_only_while_its_supervisor_lives() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home { folder: folder.path().to_owned() };
        assert_eq!(State::of(&home).unwrap(), State::Stopped);
        let mut held = Held::take(&home).unwrap();
        assert_eq!(State::of(&home).unwrap(), State::Changing);
        held.publish(&running()).unwrap();
        assert_eq!(State::of(&home).unwrap(), State::Running(running()));
        held.clear().unwrap();
        assert_eq!(State::of(&home).unwrap(), State::Changing);
        std::fs::write(home.supervisor_lock(), r#"{"supervisor": 9, "later": true}"#).unwrap();
        assert_eq!(State::of(&home).unwrap(), State::Foreign(Foreign { supervisor: 9 }));
        held.publish(&running()).unwrap();
        assert!(held.is_in_place(&home));
        std::fs::rename(home.supervisor_lock(), folder.path().join("moved")).unwrap();
        assert!(!held.is_in_place(&home));
        std::fs::rename(folder.path().join("moved"), home.supervisor_lock()).unwrap();
        drop(held);
        // A process that another test starts meanwhile shares the lock until it runs its own program.
        let freed = (0..500).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            State::of(&home).unwrap() == State::Stopped
        });
        assert!(freed);
    }
}
