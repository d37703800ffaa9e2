//! A migration: its file name, its text and the text that takes it back.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::Checksum;
use crate::sql::normalise;

/// The number that orders the migrations of one module: 0 to `i64::MAX`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Version(pub i64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V{}", self.0)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A migration's file name in refinery's grammar, `V<digits>__<word characters>.sql`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileName {
    text: String,
    version: Version,
    name: String,
}

/// Why a file name is not a migration's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileNameError {
    /// The name has another shape.
    #[error(
        "is not named `V<version>__<name>.sql` (digits, two underscores, then letters, digits or underscores)"
    )]
    Shape,
    /// The name begins with refinery's `U` for unversioned migrations.
    #[error("begins with `U`: crmdb has no unversioned migrations; begin it with `V`")]
    Unversioned,
    /// The version is larger than `i64::MAX` or has a fraction.
    #[error("has a version that is not a whole number up to 9223372036854775807")]
    Version,
}

impl FileName {
    /// Reads a file name such as `V0042__add_owner.sql`.
    ///
    /// refinery's own pattern is not anchored at the end of the name and takes `|` for a prefix, so the parts that it
    /// found must spell the whole name again.
    pub fn parse(text: &str) -> Result<Self, FileNameError> {
        let stem = text.strip_suffix(".sql").ok_or(FileNameError::Shape)?;
        match stem.chars().next() {
            Some('V') => {}
            Some('U') => return Err(FileNameError::Unversioned),
            _ => return Err(FileNameError::Shape),
        }
        let (_, version, name) =
            refinery_core::parse_migration_name(stem).map_err(|error| match error.kind() {
                refinery_core::error::Kind::InvalidVersion => FileNameError::Version,
                _ => FileNameError::Shape,
            })?;
        let digits = stem[1..].split_once("__").map_or("", |(digits, _)| digits);
        if stem.len() != 1 + digits.len() + 2 + name.len() {
            return Err(FileNameError::Shape);
        }
        Ok(Self { text: text.to_owned(), version: Version(version), name })
    }

    /// Returns the version, `V0042` and `V42` being the same.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the words between the version and `.sql`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the name as it is spelled on disk.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the name without `.sql`: `V0042__add_owner`.
    pub fn stem(&self) -> &str {
        self.text.strip_suffix(".sql").unwrap_or(&self.text)
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// SQL text with the place that it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The path as the user would type it, from the project's folder on.
    pub path: String,
    /// The text without byte order mark and with `\n` for every line end; lines and columns are those of the file.
    pub text: Arc<str>,
    /// The fingerprint of `text`.
    pub checksum: Checksum,
}

impl Script {
    /// Makes a script of `text` that came from `path`.
    pub fn new(path: impl Into<String>, text: &str) -> Self {
        let text = normalise(text);
        Self { path: path.into(), checksum: Checksum::of(&text), text: text.into() }
    }
}

/// A migration file and, where there is one, the rollback of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The name that both files share.
    pub file: FileName,
    /// What `up` runs.
    pub up: Script,
    /// What `down` runs.
    pub rollback: Option<Script>,
}

impl Migration {
    /// Returns the version in the file's name.
    pub fn version(&self) -> Version {
        self.file.version()
    }
}

impl PartialOrd for Migration {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Migration {
    fn cmp(&self, other: &Self) -> Ordering {
        self.version().cmp(&other.version()).then_with(|| self.file.as_str().cmp(other.file.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_give_version_and_name() {
        for (text, version, name) in [
            ("V1__a.sql", 1, "a"),
            ("V0042__add_owner.sql", 42, "add_owner"),
            ("V20241227060000__init.sql", 20_241_227_060_000, "init"),
            ("V9223372036854775807__last.sql", i64::MAX, "last"),
            ("V3____odd_but_refinerys.sql", 3, "__odd_but_refinerys"),
            ("V7__ลูกค้า_é.sql", 7, "ลูกค้า_é"),
        ] {
            let file = FileName::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!((file.version().0, file.name(), file.as_str()), (version, name, text));
        }
    }

    #[test]
    fn other_names_are_refused_with_the_reason() {
        use FileNameError::*;
        for (text, reason) in [
            ("V2__a-b.sql", Shape),
            ("V4__a.down.sql", Shape),
            ("V5__a.SQL", Shape),
            ("V5_a.sql", Shape),
            ("V__a.sql", Shape),
            ("V5__.sql", Shape),
            ("v5__a.sql", Shape),
            ("|1__a.sql", Shape),
            ("a.sql", Shape),
            ("", Shape),
            (".sql", Shape),
            ("V1__a.sql ", Shape),
            ("U1__a.sql", Unversioned),
            ("V1.2__a.sql", Version),
            ("V9223372036854775808__a.sql", Version),
        ] {
            assert_eq!(FileName::parse(text), Err(reason), "{text}");
        }
    }
}
