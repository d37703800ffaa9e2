//! Finds a rescue's folder and reads its files, checked before a row of them is used.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::manifest::Manifest;
use super::writer::hexadecimal;
use crate::model::rescue::{Folder, Item, Rescue};

/// Returns the folder of a rescue: where the ledger says, or in `asked`, or `asked` itself where it was moved and renamed.
/// The error says that it is not there; `host` is this machine.
pub fn find(
    (rescue, folder): (&Rescue, &Folder),
    (asked, host): (Option<&Path>, &str),
) -> Result<PathBuf, String> {
    if let Some(asked) = asked {
        let within = asked.join(&rescue.place);
        if within.is_dir() {
            return Ok(within);
        }
        if Manifest::read(asked).is_ok_and(|manifest| manifest.name == rescue.place) {
            return Ok(asked.to_owned());
        }
        return Err(format!("there is no folder `{}` in `{}`", rescue.place, asked.display()));
    }
    let path = PathBuf::from(&folder.path);
    if path.is_dir() {
        return Ok(path);
    }
    let written = if folder.host == host {
        "though it was written on this machine".to_owned()
    } else {
        format!("and was written on `{}`, not on this machine", folder.host)
    };
    Err(format!(
        "its folder `{}` is not here, {written}; name the folder that it is in with `--rescue-dir`",
        folder.path
    ))
}

/// The rows of a file.
#[derive(Debug)]
pub struct Source {
    decoder: MultiGzDecoder<Checked>,
    path: PathBuf,
    checksum: String,
}

#[derive(Debug)]
struct Checked {
    file: File,
    hasher: Sha256,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}

/// Opens the file of an item, after the whole of it was read and found to be what was written. The error says why not.
pub fn open(folder: &Path, item: &Item) -> Result<Source, String> {
    let path = file(folder, &item.place)?;
    let failed = |error: io::Error| format!("its file `{}` can't be read: {error}", path.display());
    // A pipe in the file's place would be waited for.
    let flags = nix::fcntl::OFlag::O_NONBLOCK.bits();
    let mut opened = OpenOptions::new().read(true).custom_flags(flags).open(&path).map_err(failed)?;
    if !opened.metadata().map_err(failed)?.is_file() {
        return Err(format!("`{}` is not a file", path.display()));
    }
    let mut checked = Checked { file: opened.try_clone().map_err(failed)?, hasher: Sha256::new() };
    io::copy(&mut checked, &mut io::sink()).map_err(failed)?;
    let checksum = item.checksum.clone().unwrap_or_default();
    let found = hexadecimal(checked.hasher);
    if found != checksum {
        return Err(format!(
            "its file `{}` is damaged: its SHA-256 is {}…, and {}… was written",
            path.display(),
            &found[..12],
            checksum.get(..12).unwrap_or_default()
        ));
    }
    opened.rewind().map_err(failed)?;
    let decoder = MultiGzDecoder::new(Checked { file: opened, hasher: Sha256::new() });
    Ok(Source { decoder, path, checksum })
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.decoder.read(buffer)
    }
}

impl Source {
    /// Looks whether what was read is what was checked before; called at the end of the rows.
    pub fn finish(self) -> Result<(), String> {
        let Self { decoder, path, checksum } = self;
        let mut checked = decoder.into_inner();
        io::copy(&mut checked, &mut io::sink())
            .map_err(|error| format!("`{}` can't be read: {error}", path.display()))?;
        if hexadecimal(checked.hasher) == checksum {
            return Ok(());
        }
        Err(format!("`{}` was changed while it was read", path.display()))
    }
}

/// Returns the path of a file by the name that the ledger has of it.
pub(super) fn file(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let mut parts = Path::new(name).components();
    match (parts.next(), parts.next()) {
        (Some(std::path::Component::Normal(_)), None) => Ok(folder.join(name)),
        _ => Err(format!("the ledger names a file `{name}`, which is no name that crmdb gives")),
    }
}
