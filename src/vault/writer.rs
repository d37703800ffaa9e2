//! Writes the files of a step's rescue.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use super::manifest::{About, Entry, Manifest};
use super::{HALF, Home, MANIFEST, VaultError, plain, sync};

/// The folder of a rescue while a step adds to it.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    manifest: Manifest,
    /// How many files earlier steps have left.
    before: usize,
    /// What this step has begun.
    begun: Vec<PathBuf>,
}

/// A file that is being written.
#[derive(Debug)]
pub struct Part {
    ordinal: usize,
    /// Where it is until it is whole.
    half: PathBuf,
    name: String,
    encoder: GzEncoder<Tally>,
    rows: u64,
}

impl Writer {
    /// Makes the folder of the rescue `id`, or goes on in it where an earlier step of the same run has made it.
    pub fn open(home: &Home, id: i64) -> Result<Self, VaultError> {
        let folder = home.folder(id);
        let manifest = match home.make(&folder) {
            Ok(()) => {
                let manifest = Manifest::new(home, id);
                manifest.write(&folder)?;
                manifest
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Manifest::read(&folder)?,
            Err(error) => return Err(VaultError::new(&folder, error)),
        };
        let before = manifest.files.len();
        Ok(Self { folder, manifest, before, begun: Vec::new() })
    }

    /// Begins a file for what is kept under the number `ordinal`; `place` names it for people.
    pub fn begin(&mut self, ordinal: usize, place: &str) -> Result<Part, VaultError> {
        let name = format!("{:03}_{}.copy.gz", ordinal + 1, plain(place));
        let half = self.folder.join(format!("{name}{HALF}"));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&half);
        let file = file.map_err(|error| VaultError::new(&half, error))?;
        self.begun.push(half.clone());
        let tally = Tally { file: BufWriter::with_capacity(1 << 16, file), hasher: Sha256::new(), bytes: 0 };
        Ok(Part { ordinal, half, name, encoder: GzEncoder::new(tally, Compression::fast()), rows: 0 })
    }

    /// Ends a file: it is on the disk when this returns. One without rows is no file.
    pub fn end(&mut self, part: Part, about: About) -> Result<(), VaultError> {
        let Part { ordinal, half, name, encoder, rows } = part;
        let whole = self.folder.join(&name);
        let ended = || -> io::Result<(String, u64)> {
            let mut tally = encoder.finish()?;
            tally.file.flush()?;
            tally.file.get_ref().sync_all()?;
            Ok((hexadecimal(tally.hasher), tally.bytes))
        };
        let (sha256, bytes) = ended().map_err(|error| VaultError::new(&half, error))?;
        let moved = if rows == 0 { std::fs::remove_file(&half) } else { put(&half, &whole) };
        moved.map_err(|error| VaultError::new(&whole, error))?;
        if rows > 0 {
            self.begun.push(whole);
            self.manifest.files.push(Entry { ordinal, file: name, rows, bytes, sha256, about });
        }
        Ok(())
    }

    /// Writes the manifest; after this the step may be committed. Returns what the step has written.
    pub fn seal(&self) -> Result<&[Entry], VaultError> {
        self.manifest.write(&self.folder)?;
        Ok(self.written())
    }

    /// Returns the files that this step has written.
    pub fn written(&self) -> &[Entry] {
        &self.manifest.files[self.before..]
    }

    /// Tells whether the folder holds no file.
    pub fn is_empty(&self) -> bool {
        self.manifest.files.is_empty()
    }

    /// Takes away what the step wrote, because it was rolled back; and the folder where nothing else is in it. What can't
    /// be taken away is recognised as not committed.
    pub fn undo(mut self) {
        self.manifest.files.truncate(self.before);
        for path in &self.begun {
            let _ = std::fs::remove_file(path);
        }
        if !self.manifest.files.is_empty() {
            let _ = self.manifest.write(&self.folder);
            return;
        }
        let _ = std::fs::remove_file(self.folder.join(MANIFEST));
        let _ = std::fs::remove_file(self.folder.join(format!("{MANIFEST}{HALF}")));
        let _ = std::fs::remove_dir(&self.folder);
        if let Some(parent) = self.folder.parent() {
            let _ = sync(parent);
        }
    }
}

/// Gives a file its name, never that of another one.
fn put(half: &Path, whole: &Path) -> io::Result<()> {
    if std::fs::symlink_metadata(whole).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    std::fs::rename(half, whole)
}

impl Part {
    /// Adds rows as `COPY` gives them: a line feed ends a row, and is nowhere else.
    pub fn write(&mut self, rows: &[u8]) -> Result<(), VaultError> {
        self.rows += memchr::memchr_iter(b'\n', rows).count() as u64;
        self.encoder.write_all(rows).map_err(|error| VaultError::new(&self.half, error))
    }
}

/// A file with the checksum and the size of what was written to it.
#[derive(Debug)]
struct Tally {
    file: BufWriter<File>,
    hasher: Sha256,
    bytes: u64,
}

impl Write for Tally {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

pub(super) fn hexadecimal(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
