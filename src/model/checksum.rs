//! The fingerprint of a migration's text, the same on every system that checks the file out.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::sql::normalise;

/// SHA-256 over UTF-8 text whose byte order mark is removed and whose line ends are `\n`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// Returns the fingerprint of `text`; `"a\r\nb"` and `"a\nb"` have the same one.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(normalise(text).as_bytes()).into())
    }

    /// Returns the first twelve hexadecimal digits, for people.
    pub fn short(&self) -> String {
        format!("{self}")[..12].to_owned()
    }
}

/// Makes the checksum of a text that comes line by line, so that it need not be in memory.
#[derive(Clone, Debug, Default)]
pub struct LineChecksum {
    hasher: Sha256,
    begun: bool,
}

impl LineChecksum {
    /// Takes the next line as it stands in the file, with its line end; the last one may have none.
    pub fn line(&mut self, line: &[u8]) {
        let mut line = line;
        while let (false, Some(rest)) = (self.begun, line.strip_prefix("\u{feff}".as_bytes())) {
            line = rest;
        }
        self.begun = true;
        let (text, end) = match line {
            [text @ .., b'\r', b'\n'] => (text, "\n".as_bytes()),
            _ => (line, [].as_slice()),
        };
        let mut parts = text.split(|&byte| byte == b'\r').peekable();
        while let Some(part) = parts.next() {
            self.hasher.update(part);
            if parts.peek().is_some() {
                self.hasher.update(b"\n");
            }
        }
        self.hasher.update(end);
    }

    /// Returns what [`Checksum::of`] makes of the whole text, where that is UTF-8.
    pub fn finish(self) -> Checksum {
        Checksum(self.hasher.finalize().into())
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({self})")
    }
}

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a SHA-256 checksum")]
pub struct ChecksumError(String);

impl FromStr for Checksum {
    type Err = ChecksumError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || ChecksumError(text.to_owned());
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(malformed());
        }
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| malformed())?;
        }
        Ok(Self(bytes))
    }
}

impl serde::Serialize for Checksum {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_a_byte_order_mark_do_not_change_the_checksum() {
        let plain = Checksum::of("select 1;\nselect 2;\n");
        assert_eq!(plain, Checksum::of("\u{feff}select 1;\r\nselect 2;\r\n"));
        assert_ne!(plain, Checksum::of("select 1;\nselect 2;"));
    }

    #[test]
    fn line_by_line_a_text_has_the_same_checksum() {
        for text in [
            "",
            "a",
            "a\nb\n",
            "\u{feff}a\r\nb\r\n",
            "\u{feff}\u{feff}a",
            "a\rb\r\r\nc\r",
            "\n\n",
            "\r\n\u{feff}",
        ] {
            let mut lines = LineChecksum::default();
            text.as_bytes().split_inclusive(|&byte| byte == b'\n').for_each(|line| lines.line(line));
            assert_eq!(lines.finish(), Checksum::of(text), "{text:?}");
        }
    }

    #[test]
    fn a_checksum_is_read_back_from_its_text() {
        let sum = Checksum::of("select 1");
        assert_eq!(sum.to_string().parse(), Ok(sum));
        assert_eq!(sum.to_string(), "822ae07d4783158bc1912bb623e5107cc9002d519e1143a9c200ed6ee18b6d0f");
        for bad in ["", "00", "zz2ae07d4783158bc1912bb623e5107cc9002d519e1143a9c200ed6ee18b6d0f", "é"] {
            assert!(bad.parse::<Checksum>().is_err(), "{bad}");
        }
    }
}
