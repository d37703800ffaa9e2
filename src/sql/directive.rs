//! Directives: `-- crmdb: …` lines before the first statement, which say how a migration is run.

use std::num::NonZeroU64;
use std::time::Duration;

use super::error::ScanError;
use super::position::Position;
use super::token::{Kind, Token, Tokens};

/// The directives as an error lists them.
pub(crate) const KNOWN: &str = "`no-transaction` and `batch <rows>`";

/// What the directives of a file ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Directives {
    /// How the statements become transactions.
    pub mode: Mode,
}

/// How the statements of a file become transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// All of them in one.
    #[default]
    Transaction,
    /// `-- crmdb: no-transaction`: each on its own, as the server runs a statement outside a transaction block.
    NoTransaction,
    /// `-- crmdb: batch 10000`: its only statement in chunks of so many rows, each in a transaction.
    Batch(Chunk),
}

/// How a data change is cut, as in `batch 10000 pause 200ms lag 5s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// The most rows of a chunk.
    pub rows: NonZeroU64,
    /// How long to wait after each.
    pub pause: Duration,
    /// How far a standby may be behind when the next one begins.
    pub lag: Duration,
}

/// How far a standby may be behind where the directive does not say.
const LAG: Duration = Duration::from_secs(10);

impl Directives {
    /// Reads the directives of a text.
    ///
    /// They are `--` comments before the first statement, one on a line. A directive is case-sensitive; its prefix
    /// `crmdb:` is recognised in any case so that none is overlooked.
    ///
    /// # Errors
    ///
    /// An unknown directive, a wrong value, two of them, and a directive anywhere else than before the first statement.
    /// Text that can't be split is not an error here: that is [`Splitter`](super::Splitter)'s to say.
    pub fn read(text: &str) -> Result<Self, ScanError> {
        let mut found: Option<Found<'_>> = None;
        if !mentions_prefix(text) {
            return Ok(Self::default());
        }
        let mut before_statements = true;
        let mut squashes = 0;
        for token in Tokens::new(text, 0).map_while(Result::ok) {
            if !token.kind.is_blank() {
                before_statements = false;
            }
            let Some(directive) = directive_in(&token) else { continue };
            let at = Position::of_offset(text, token.start);
            if !before_statements || token.kind != Kind::LineComment {
                return Err(ScanError::MisplacedDirective { at });
            }
            if directive.split_whitespace().next() == Some(SQUASH) {
                squashes += 1;
                check_squash(directive, (squashes, at))?;
                continue;
            }
            let mode = parse(directive, at)?;
            if let Some(earlier) = found {
                return Err(ScanError::DirectiveConflict {
                    directive: directive.to_owned(),
                    other: earlier.directive.to_owned(),
                    earlier: earlier.line,
                    at,
                });
            }
            found = Some(Found { directive, line: at.line, mode });
        }
        Ok(found.map_or_else(Self::default, |found| Self { mode: found.mode }))
    }
}

/// The first word of the directive by which a migration names one that it stands for.
const SQUASH: &str = "squash";

/// Returns the versions that the migration stands for with their checksums, as `-- crmdb: squash V1 <checksum>` names them:
/// the first lines of the text, one for each.
pub fn squashed(text: &str) -> impl Iterator<Item = (i64, &str)> {
    text.lines().map_while(|line| read_squash(line.strip_prefix("-- crmdb: ")?))
}

fn read_squash(directive: &str) -> Option<(i64, &str)> {
    let words: Vec<&str> = directive.split(' ').collect();
    let [SQUASH, version, checksum] = words.as_slice() else { return None };
    let version = version.strip_prefix('V')?.parse().ok()?;
    let is_checksum = checksum.len() == 64 && checksum.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_checksum.then_some((version, *checksum))
}

fn check_squash(directive: &str, (number, at): (usize, Position)) -> Result<(), ScanError> {
    let expected = match read_squash(directive) {
        Some(_) if at.line == number => return Ok(()),
        Some(_) => "such lines must be the first ones of the file",
        None => "its values must be a version and a checksum, as `crmdb migrate squash` writes them",
    };
    Err(ScanError::DirectiveValue { directive: directive.to_owned(), expected, at })
}

struct Found<'a> {
    directive: &'a str,
    line: usize,
    mode: Mode,
}

const PREFIX: &str = "crmdb:";

/// Whether the prefix is anywhere in the text, so that most texts need not be read as tokens.
fn mentions_prefix(text: &str) -> bool {
    memchr::memchr_iter(b':', text.as_bytes()).any(|colon| ends_with_prefix(&text.as_bytes()[..=colon]))
}

fn ends_with_prefix(bytes: &[u8]) -> bool {
    bytes.len() >= PREFIX.len() && bytes[bytes.len() - PREFIX.len()..].eq_ignore_ascii_case(PREFIX.as_bytes())
}

/// Returns what follows the prefix when the token is a comment that starts with it.
fn directive_in<'a>(token: &Token<'a>) -> Option<&'a str> {
    let body = match token.kind {
        Kind::LineComment => &token.text[2..],
        Kind::BlockComment => &token.text[2..token.text.len() - 2],
        _ => return None,
    };
    let body = body.trim_start_matches(['*', '-']).trim();
    let prefix = body.get(..PREFIX.len())?;
    prefix.eq_ignore_ascii_case(PREFIX).then(|| body[PREFIX.len()..].trim())
}

fn parse(directive: &str, at: Position) -> Result<Mode, ScanError> {
    let wrong_value = |expected| ScanError::DirectiveValue { directive: directive.to_owned(), expected, at };
    let mut words = directive.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some("no-transaction"), None, None) => Ok(Mode::NoTransaction),
        (Some("no-transaction"), ..) => Err(wrong_value("it takes no value")),
        (Some("batch"), Some(rows), next) => {
            let rows =
                rows.parse().map_err(|_| wrong_value("its value must be a number of rows, 1 or more"))?;
            let mut chunk = Chunk { rows, pause: Duration::ZERO, lag: LAG };
            let mut rest = next.into_iter().chain(words);
            while let Some(word) = rest.next() {
                let time = rest.next().and_then(time).ok_or_else(|| wrong_value(BATCH_VALUES))?;
                match word {
                    "pause" => chunk.pause = time,
                    "lag" => chunk.lag = time,
                    _ => return Err(wrong_value(BATCH_VALUES)),
                }
            }
            Ok(Mode::Batch(chunk))
        }
        (Some("batch"), ..) => Err(wrong_value("it takes the number of rows of a batch")),
        _ => Err(ScanError::UnknownDirective { directive: directive.to_owned(), at }),
    }
}

const BATCH_VALUES: &str =
    "behind the number of rows may stand `pause` and `lag`, each with a time such as `200ms`, `5s` or `1min`";

fn time(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        _ => return None,
    };
    number.parse::<u32>().ok().map(|number| Duration::from_millis(u64::from(number) * unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn directives_are_read_before_the_first_statement() {
        let chunk = |rows: u64, pause, lag| {
            let (pause, lag) = (Duration::from_millis(pause), Duration::from_millis(lag));
            Mode::Batch(Chunk { rows: NonZeroU64::new(rows).unwrap(), pause, lag })
        };
        let batch = |rows: u64| chunk(rows, 0, 10_000);
        for (text, mode) in [
            ("", Mode::Transaction),
            ("select 1; -- plain", Mode::Transaction),
            ("-- crmdb: no-transaction\nselect 1;", Mode::NoTransaction),
            ("--crmdb:no-transaction", Mode::NoTransaction),
            ("\u{feff}-- crmdb: no-transaction\r\nselect 1;", Mode::NoTransaction),
            ("-- Adds an index.\n\n/* why */\n--  CRMDB:  no-transaction \nselect 1;", Mode::NoTransaction),
            ("-- crmdb: batch 10000\nupdate t set a = 1;", batch(10_000)),
            ("-- crmdb:batch\t1", batch(1)),
            ("-- crmdb: batch 5 pause 200ms", chunk(5, 200, 10_000)),
            ("-- crmdb: batch 5 lag 1min  pause 2s", chunk(5, 2_000, 60_000)),
            ("select '-- crmdb: no-transaction';", Mode::Transaction),
            ("select $$\n-- crmdb: nonsense\n$$;", Mode::Transaction),
            ("-- see crmdb: no-transaction\nselect 1;", Mode::Transaction),
            ("-- crmdb is great\nselect 1;", Mode::Transaction),
            ("-- ä\nselect 1;", Mode::Transaction),
        ] {
            assert_eq!(Directives::read(text), Ok(Directives { mode }), "{text:?}");
        }
    }

    #[test]
    fn a_wrong_directive_is_an_error_that_names_the_line() {
        for (text, expected) in [
            (
                "\n-- crmdb: no-transactions\n",
                "line 2 has the unknown directive `no-transactions`: known are `no-transaction` and `batch <rows>`",
            ),
            (
                "-- crmdb:",
                "line 1 has the unknown directive ``: known are `no-transaction` and `batch <rows>`",
            ),
            (
                "-- crmdb: No-Transaction",
                "line 1 has the unknown directive `No-Transaction`: known are `no-transaction` and `batch <rows>`",
            ),
            (
                "-- crmdb: no-transaction please",
                "line 1 has the directive `no-transaction please`: it takes no value",
            ),
            (
                "-- crmdb: batch 0",
                "line 1 has the directive `batch 0`: its value must be a number of rows, 1 or more",
            ),
            ("-- crmdb: batch", "line 1 has the directive `batch`: it takes the number of rows of a batch"),
            (
                "-- crmdb: batch 5 pause 2",
                "line 1 has the directive `batch 5 pause 2`: behind the number of rows may stand `pause` and `lag`, \
                 each with a time such as `200ms`, `5s` or `1min`",
            ),
            (
                "-- crmdb: batch 5 sleep 2s",
                "line 1 has the directive `batch 5 sleep 2s`: behind the number of rows may stand `pause` and `lag`, \
                 each with a time such as `200ms`, `5s` or `1min`",
            ),
            (
                "-- crmdb: batch 5\n-- crmdb: no-transaction",
                "line 2 has the directive `no-transaction`, but line 1 has `batch 5`: keep one",
            ),
        ] {
            assert_eq!(Directives::read(text).unwrap_err().to_string(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_squash_names_what_it_stands_for_in_the_first_lines() {
        let sum = "0123456789abcdef".repeat(4);
        let text = format!(
            "-- crmdb: squash V1 {sum}\n-- crmdb: squash V20 {sum}\n-- crmdb: no-transaction\nselect 1;"
        );
        assert_eq!(Directives::read(&text).map(|read| read.mode), Ok(Mode::NoTransaction));
        assert_eq!(squashed(&text).collect::<Vec<_>>(), [(1, sum.as_str()), (20, sum.as_str())]);
        for (text, expected) in [
            (format!("-- why\n-- crmdb: squash V1 {sum}"), "such lines must be the first ones of the file"),
            (
                "-- crmdb: squash V1 12".to_owned(),
                "its values must be a version and a checksum, as `crmdb migrate squash` writes them",
            ),
        ] {
            let error = Directives::read(&text).unwrap_err().to_string();
            assert!(error.ends_with(expected), "{error}");
        }
        assert_eq!(squashed("select 1;").count(), 0);
    }

    #[test]
    fn a_directive_without_effect_is_an_error() {
        for (text, line, column) in [
            ("select 1;\n-- crmdb: no-transaction", 2, 1),
            ("select 1; -- crmdb: no-transaction", 1, 11),
            ("select\n  -- crmdb: anything\n1;", 2, 3),
            ("/* crmdb: no-transaction */ select 1;", 1, 1),
            (";\n-- crmdb: no-transaction", 2, 1),
            ("select 'open\n-- crmdb: x';\n--- CRMDB: no-transaction", 3, 1),
        ] {
            let at = Position { line, column };
            assert_eq!(Directives::read(text), Err(ScanError::MisplacedDirective { at }), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[ crmdb:*/'ä\n-]{0,30}") {
            let _ = Directives::read(&text);
        }
    }
}
