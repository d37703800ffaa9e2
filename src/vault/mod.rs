//! The disk edge of rescues that are kept in folders: written so that they outlive a crash, found again, checked, removed.
//!
//! What of a folder counts is what the ledger's rows of its rescue name, by file and checksum: they are committed together
//! with the step that destroyed the rows, and the files were on the disk before that. Everything else in the folder is of a
//! step that was not committed, or was not written to its end.
#![expect(clippy::disallowed_methods, reason = "this is a disk edge")]

mod look;
mod manifest;
mod reader;
mod writer;

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access};

pub use look::{Stray, remove, strays, trouble};
pub use manifest::{About, Entry};
pub use reader::{Source, find, open};
pub use writer::{Part, Writer};

use crate::model::rescue::SCHEMA_PREFIX;

/// The name of the file that tells what is in a folder.
const MANIFEST: &str = "manifest.json";
/// The end of the name of a file that is not written to its end.
const HALF: &str = ".part";

/// The disk would not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {reason}")]
pub struct VaultError {
    /// The file or folder.
    pub path: String,
    /// The system's words.
    pub reason: String,
}

impl VaultError {
    fn new(path: &Path, reason: impl std::fmt::Display) -> Self {
        Self { path: path.display().to_string(), reason: reason.to_string() }
    }
}

/// Where a run keeps what it destroys: a folder of its own for each rescue, within one that the user named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    parent: PathBuf,
    /// The name of this machine.
    pub host: String,
    /// Host and port of the server, for people.
    target: String,
    database: String,
    /// When the run began, in UTC.
    made_at: String,
    /// Makes the names of this run's folders differ from all others'.
    token: String,
}

/// What a run is about.
#[derive(Clone, Debug)]
pub struct Run {
    /// The name of this machine.
    pub host: String,
    /// Host and port of the server.
    pub target: String,
    /// The database.
    pub database: String,
    /// When it began, in UTC.
    pub made_at: String,
}

impl Home {
    /// Looks whether folders can be made in `parent`, which must be there: one that is made by a slip of the pen would be on
    /// the wrong disk.
    pub fn new(parent: &Path, run: Run) -> Result<Self, VaultError> {
        let failed = |error: io::Error| VaultError::new(parent, error);
        let parent = parent.canonicalize().map_err(failed)?;
        if !parent.is_dir() {
            return Err(VaultError::new(&parent, "it is not a folder"));
        }
        if parent.to_str().is_none() {
            return Err(VaultError::new(&parent, "its name is not UTF-8, and the ledger could not name it"));
        }
        access(&parent, AccessFlags::W_OK | AccessFlags::X_OK)
            .map_err(|error| VaultError::new(&parent, error.desc()))?;
        let Run { host, target, database, made_at } = run;
        let token = format!("{:08x}", fastrand::u32(..));
        Ok(Self { parent, host, target, database, made_at, token })
    }

    /// Returns the name of the folder of a rescue.
    pub fn name(&self, id: i64) -> String {
        format!("{SCHEMA_PREFIX}{id}_{}_{}", plain(&self.database), self.token)
    }

    /// Returns the folder of a rescue.
    pub fn folder(&self, id: i64) -> PathBuf {
        self.parent.join(self.name(id))
    }

    /// Returns the folder in which it is.
    pub fn parent(&self) -> &Path {
        &self.parent
    }

    fn make(&self, folder: &Path) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(folder)?;
        sync(&self.parent)
    }
}

/// Returns what of a name can be in a file's name on every system.
fn plain(name: &str) -> String {
    const MOST: usize = 40;
    let kept = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    name.chars().take(MOST).map(kept).collect()
}

/// Waits until the names in a folder are on the disk.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (name, expected) in [("../../etc/passwd", "______etc_passwd"), ("a b\0é", "a_b__"), ("", "")] {
            assert_eq!(plain(name), expected);
        }
        assert_eq!(plain(&"x".repeat(63)).len(), 40);
    }
}
