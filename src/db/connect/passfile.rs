//! The password file, `~/.pgpass`: which password belongs to which host, port, database and user.
#![expect(clippy::disallowed_methods, reason = "the password file is read here")]

use std::fmt;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::error::Warning;
use super::secret::Secret;

/// A password file's lines; `Debug` shows none of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Passfile(Vec<String>);

/// What a line of the file must match.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Host name, address or socket folder; `localhost` for the default socket folder.
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

impl Passfile {
    /// Reads the file. One that is missing is empty; one that others can read, or that is no plain file, is empty
    /// with a warning.
    pub(super) fn read(path: &Path) -> (Self, Option<Warning>) {
        let ignored = |warning| (Self::default(), Some(warning));
        let unreadable = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => (Self::default(), None),
            _ => ignored(Warning::PassfileUnreadable { path: path.to_owned(), problem: error.to_string() }),
        };
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return unreadable(error),
        };
        if !metadata.is_file() {
            return ignored(Warning::PassfileNotAFile { path: path.to_owned() });
        }
        let mode = metadata.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return ignored(Warning::PassfileOpenToOthers { path: path.to_owned(), mode });
        }
        match std::fs::read_to_string(path) {
            Ok(text) => (Self::parse(&text), None),
            Err(error) => unreadable(error),
        }
    }

    fn parse(text: &str) -> Self {
        Self(
            text.lines()
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Returns the password of the first line that matches.
    pub(super) fn find(&self, wanted: Wanted<'_>) -> Option<Secret> {
        let port = wanted.port.to_string();
        self.0.iter().find_map(|line| {
            let rest = matched(line, wanted.host)?;
            let rest = matched(rest, &port)?;
            let rest = matched(rest, wanted.database)?;
            let rest = matched(rest, wanted.user)?;
            let (password, _) = field(rest);
            Some(Secret::new(password))
        })
    }
}

/// Returns what follows the line's first field and its colon, if the field is `*` or equal to `wanted`.
fn matched<'a>(line: &'a str, wanted: &str) -> Option<&'a str> {
    if let Some(rest) = line.strip_prefix("*:") {
        return Some(rest);
    }
    let (text, rest) = field(line);
    (text == wanted).then_some(rest?)
}

/// Splits at the first colon without a backslash before it, and takes the backslashes away.
fn field(line: &str) -> (String, Option<&str>) {
    let mut text = String::new();
    let mut characters = line.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            ':' => return (text, Some(&line[at + 1..])),
            '\\' => text.push(characters.next().map_or('\\', |(_, escaped)| escaped)),
            _ => text.push(c),
        }
    }
    (text, None)
}

impl fmt::Debug for Passfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passfile({} lines)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Wanted<'static> = Wanted { host: "db.example", port: 5432, database: "crm", user: "app" };

    fn found(text: &str) -> Option<String> {
        Passfile::parse(text).find(WANTED).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn the_first_matching_line_gives_the_password() {
        for (text, expected) in [
            ("", None),
            ("db.example:5432:crm:app:s3cret", Some("s3cret")),
            ("# db.example:5432:crm:app:no\n*:*:*:*:yes", Some("yes")),
            ("db.example:5433:crm:app:no\ndb.example:*:crm:app:yes\n*:*:*:*:late", Some("yes")),
            ("db.example:5432:crm:app:a\\:b\\\\c", Some("a:b\\c")),
            ("db.example:5432:crm:app:a:b", Some("a")),
            ("db\\.example:5432:crm:app:x", Some("x")),
            ("db.example:5432:crm:app", None),
            ("db.example:5432:crm:app:", Some("")),
            ("db.example:5432:*x:app:no", None),
            ("DB.example:5432:crm:app:no", None),
            ("db.example:5432:crm:app:x\r\n", Some("x")),
            ("db.example:5432:crm:app: spaced ", Some(" spaced ")),
        ] {
            assert_eq!(found(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_file_that_others_can_read_is_ignored_with_a_warning() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("pgpass");
        assert_eq!(Passfile::read(&path), (Passfile::default(), None), "missing");
        std::fs::write(&path, "*:*:*:*:x").expect("written");
        for (mode, open) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("mode set");
            let (passfile, warning) = Passfile::read(&path);
            assert_eq!(passfile.find(WANTED).is_none(), open, "{mode:o}");
            let expected = Warning::PassfileOpenToOthers { path: path.clone(), mode };
            assert_eq!(warning, open.then_some(expected), "{mode:o}");
        }
        let (_, warning) = Passfile::read(folder.path());
        assert_eq!(warning, Some(Warning::PassfileNotAFile { path: folder.path().to_owned() }));
    }

    #[test]
    fn debug_shows_no_line() {
        assert_eq!(format!("{:?}", Passfile::parse("*:*:*:*:hunter2")), "Passfile(1 lines)");
    }
}
