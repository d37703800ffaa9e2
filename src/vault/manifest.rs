//! `manifest.json`: what is in a rescue's folder, for people and for programs that have no ledger.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{HALF, Home, MANIFEST, VaultError, sync};
use crate::model::rehearsal::Relation;

/// What the reader of a folder has to know.
const NOTE: &str = "Each file is the output of COPY ... TO STDOUT in text format and UTF-8, compressed with gzip. Rows were \
                    destroyed where the ledger of the database names their file (crmdb.rescue_item); of other files the \
                    transaction was not committed. `crmdb rescue list --rescue-dir` compares the two.";

/// What is in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The version of the layout; 1.
    pub(super) format: u32,
    /// The name that the folder was made under.
    pub(super) name: String,
    note: String,
    tool_version: String,
    /// When the run began, in UTC.
    pub(super) made_at: String,
    /// The machine on which crmdb ran.
    host: String,
    /// Host and port of the server.
    pub(super) target: String,
    pub(super) database: String,
    /// The number of the rescue.
    rescue: i64,
    pub(super) files: Vec<Entry>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The number of what it keeps, within the rescue.
    pub ordinal: usize,
    /// Its name.
    pub file: String,
    /// How many rows.
    pub rows: u64,
    /// Its size in bytes.
    pub bytes: u64,
    /// The SHA-256 of the file as it is, in hexadecimal digits.
    pub sha256: String,
    /// What it keeps.
    #[serde(flatten)]
    pub about: About,
}

/// What a file keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// In words: `table crm.leads`.
    pub what: String,
    /// The module of the migration that destroyed it.
    pub module: String,
    /// The migration.
    pub migration: String,
    /// The table.
    pub table: Relation,
    /// The columns in the order of the file: name and type.
    pub columns: Vec<(String, String)>,
}

impl Manifest {
    pub(super) fn new(home: &Home, id: i64) -> Self {
        Self {
            format: 1,
            name: home.name(id),
            note: NOTE.to_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: home.made_at.clone(),
            host: home.host.clone(),
            target: home.target.clone(),
            database: home.database.clone(),
            rescue: id,
            files: Vec::new(),
        }
    }

    /// Reads the manifest of a folder.
    pub(super) fn read(folder: &Path) -> Result<Self, VaultError> {
        let path = folder.join(MANIFEST);
        let text = std::fs::read_to_string(&path).map_err(|error| VaultError::new(&path, error))?;
        let manifest: Self = serde_json::from_str(&text).map_err(|error| VaultError::new(&path, error))?;
        match manifest.format {
            1 => Ok(manifest),
            other => Err(VaultError::new(&path, format!("its format is {other}, and this crmdb knows 1"))),
        }
    }

    /// Writes it into its folder: whole or not at all, and on the disk when this returns.
    pub(super) fn write(&self, folder: &Path) -> Result<(), VaultError> {
        let path = folder.join(MANIFEST);
        let half = folder.join(format!("{MANIFEST}{HALF}"));
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        let written = || {
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&half, &path)?;
            sync(folder)
        };
        written().map_err(|error| VaultError::new(&path, error))
    }
}
