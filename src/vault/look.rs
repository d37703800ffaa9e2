//! Compares what is in folders with what the ledger knows, and removes a rescue's files.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::manifest::Manifest;
use super::reader::file;
use super::{HALF, MANIFEST, VaultError};
use crate::model::rescue::{Item, Rescue, SCHEMA_PREFIX};

/// A file or folder that the ledger does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stray {
    /// Where it is.
    pub path: String,
    /// What it is.
    pub what: String,
}

/// Returns what is wrong with a rescue's files at a glance: missing, or of another size. Checksums are checked when rows
/// are put back.
pub fn trouble(folder: &Path, items: &[Item]) -> Option<String> {
    let wrong = |item: &Item| {
        let path = match file(folder, &item.place) {
            Ok(path) => path,
            Err(reason) => return Some(reason),
        };
        match std::fs::metadata(&path) {
            Ok(there) if i64::try_from(there.len()) == Ok(item.bytes) => None,
            Ok(there) => {
                Some(format!("`{}` has {} bytes, and {} were written", item.place, there.len(), item.bytes))
            }
            Err(error) => Some(format!("`{}` can't be read: {error}", item.place)),
        }
    };
    let mut all = items.iter().filter_map(wrong);
    let first = all.next()?;
    match all.count() {
        0 => Some(first),
        more => Some(format!("{first}, and so for {more} more")),
    }
}

/// Returns what runs of this database have left in `parent` that its ledger does not count.
pub fn strays(parent: &Path, (database, rescues): (&str, &[Rescue])) -> Result<Vec<Stray>, VaultError> {
    let mut found = Vec::new();
    for folder in names(parent)? {
        let path = parent.join(&folder);
        let is_folder = std::fs::symlink_metadata(&path).is_ok_and(|there| there.is_dir());
        if !folder.starts_with(SCHEMA_PREFIX) || !is_folder {
            continue;
        }
        let stray = |what: String| Stray { path: path.display().to_string(), what };
        let known = rescues.iter().find(|rescue| rescue.folder.is_some() && rescue.place == folder);
        match known {
            Some(rescue) if rescue.is_there() => found.extend(beside(&path, rescue)?),
            Some(_) => found.push(stray("its rescue was dropped; it may be removed".to_owned())),
            None => match Manifest::read(&path) {
                Ok(manifest) if manifest.database != database => {}
                Ok(manifest) => found.push(stray(format!(
                    "the ledger does not know it: a run of {} on {} that was not committed, or of another database of this name",
                    manifest.made_at, manifest.target
                ))),
                Err(error) => found.push(stray(format!("it has no manifest that can be read ({}): a run was killed when it had just begun, or it is not crmdb's", error.reason))),
            },
        }
    }
    Ok(found)
}

/// Returns the files in a known folder of which the ledger tells nothing.
fn beside(folder: &Path, rescue: &Rescue) -> Result<Vec<Stray>, VaultError> {
    let mut found = Vec::new();
    for name in names(folder)? {
        if name == MANIFEST || rescue.items.iter().any(|item| item.place == name) {
            continue;
        }
        let what = if name.ends_with(HALF) {
            "not written to its end: a run was killed, and nothing of what it holds was destroyed by that"
        } else {
            "not counted by the ledger: its step was not committed, and nothing of what it holds was destroyed by that"
        };
        found.push(Stray { path: folder.join(name).display().to_string(), what: what.to_owned() });
    }
    Ok(found)
}

/// Removes the files of a rescue and its folder, where nothing else is in it. The error says what stays.
pub fn remove(folder: &Path, items: &[Item]) -> Result<(), String> {
    let mut all: Vec<PathBuf> = items.iter().filter_map(|item| file(folder, &item.place).ok()).collect();
    all.extend([folder.join(MANIFEST), folder.join(format!("{MANIFEST}{HALF}"))]);
    let failed = |path: &Path, error: &std::io::Error| format!("`{}` stays: {error}", path.display());
    for path in all {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(&path, &error)),
            _ => {}
        }
    }
    std::fs::remove_dir(folder).map_err(|error| failed(folder, &error))
}

/// Returns the names in a folder, in order; none of those that are not UTF-8, which crmdb never gives.
fn names(folder: &Path) -> Result<Vec<String>, VaultError> {
    let failed = |error: std::io::Error| VaultError::new(folder, error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        names.extend(entry.map_err(failed)?.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}
