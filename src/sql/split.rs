//! SQL text to statements: where each begins and ends, byte for byte.

use std::iter::FusedIterator;
use std::ops::Range;

use memchr::{memchr, memmem};

use super::error::ScanError;
use super::position::{Cursor, Position};
use super::scope::{Head, Scope, Step};
use super::token::{Kind, Token, Tokens, Unclosed, significant};

/// A part of a text. The pieces of a text, joined, are the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// What is between statements: white space, comments, a lone `;`, and the lines `\restrict` and `\unrestrict` that
    /// pg_dump writes for psql.
    Blank(&'a str),
    /// One statement.
    Statement(Statement<'a>),
    /// The rows of the COPY statement before it, with the line `\.` that ends them.
    Rows(&'a str),
}

impl<'a> Piece<'a> {
    /// Returns the text of the piece.
    pub fn text(&self) -> &'a str {
        match self {
            Self::Blank(text) | Self::Rows(text) => text,
            Self::Statement(statement) => statement.text,
        }
    }
}

/// One statement of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    /// From its first token to its `;`, or to its last token when the text ends without one.
    pub text: &'a str,
    /// The byte offset in the whole text of its first token.
    pub start: usize,
    /// Where its first token is in the whole text.
    pub position: Position,
    /// For `COPY … FROM stdin`: the rows as they stand in the text, each with its line end, without the line `\.`.
    pub rows: Option<&'a str>,
}

impl Statement<'_> {
    /// Returns the bytes of the whole text that the statement takes, its rows not among them.
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Returns its first words on one line, for people.
    pub fn beginning(&self) -> String {
        const LENGTH: usize = 72;
        let words: Vec<&str> = self.text.split_whitespace().collect();
        let line = words.join(" ");
        match line.char_indices().nth(LENGTH) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }
}

/// Returns the statements of a text in order; ends after the first error.
///
/// Strings are read with `standard_conforming_strings` on, so the session that runs them must have it on.
pub fn statements(text: &str) -> impl Iterator<Item = Result<Statement<'_>, ScanError>> {
    Splitter::new(text).filter_map(|piece| match piece {
        Ok(Piece::Statement(statement)) => Some(Ok(statement)),
        Ok(Piece::Blank(_) | Piece::Rows(_)) => None,
        Err(error) => Some(Err(error)),
    })
}

/// Splits a text into pieces, one at a time and without copying; ends after the first error.
///
/// The text should be as [`normalise`](super::normalise) returns it: COPY rows are found by LF.
#[derive(Debug, Clone)]
pub struct Splitter<'a> {
    text: &'a str,
    at: usize,
    cursor: Cursor,
    /// The first NUL of the text.
    nul: Option<usize>,
    /// The rows, with their end line, of the COPY statement that was returned last.
    rows: Option<Range<usize>>,
}

impl<'a> Splitter<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, cursor: Cursor::new(text), nul: memchr(0, text.as_bytes()), rows: None }
    }

    fn piece(&mut self) -> Result<Piece<'a>, ScanError> {
        if let Some(rows) = self.rows.take() {
            if self.at < rows.start {
                let between = self.take(rows.start);
                self.rows = Some(rows);
                return Ok(Piece::Blank(between));
            }
            return Ok(Piece::Rows(self.take(rows.end)));
        }
        let start = self.blank_end()?;
        if start > self.at {
            return Ok(Piece::Blank(self.take(start)));
        }
        let (end, head) = self.statement_end(start)?;
        let position = self.cursor.advance(self.text, start);
        let text = self.take(end);
        let rows = match head {
            Head::CopyFromStdin => Some(self.find_rows(position)?),
            Head::Set if turns_standard_strings_off(text) => {
                return Err(ScanError::NonStandardStrings { at: position });
            }
            _ => None,
        };
        Ok(Piece::Statement(Statement { text, start, position, rows }))
    }

    fn take(&mut self, end: usize) -> &'a str {
        let piece = &self.text[self.at..end];
        self.at = end;
        piece
    }

    /// Returns where the next statement starts, or the end of the text.
    fn blank_end(&self) -> Result<usize, ScanError> {
        let mut at = self.at;
        loop {
            let mut tokens = Tokens::new(self.text, at);
            let Some(token) = tokens.find(|token| !token.as_ref().is_ok_and(is_between_statements)) else {
                return Ok(self.text.len());
            };
            let token = token.map_err(|unclosed| self.unclosed(unclosed))?;
            if token.kind != Kind::Symbol(b'\\') {
                return Ok(token.start);
            }
            match psql_command(self.text, token.start) {
                "\\restrict" | "\\unrestrict" => at = next_line(self.text, token.start),
                command => return Err(self.psql_command(token.start, command)),
            }
        }
    }

    /// Returns where the statement that starts at `start` ends, and what kind of statement it is.
    fn statement_end(&self, start: usize) -> Result<(usize, Head), ScanError> {
        let mut scope = Scope::default();
        let mut end = start;
        for token in Tokens::new(self.text, start) {
            let token = token.map_err(|unclosed| self.unclosed(unclosed))?;
            if token.kind.is_blank() {
                continue;
            }
            end = token.end();
            match scope.read(&token) {
                Step::Inside => {}
                Step::End => return Ok((end, scope.head())),
                Step::Backslash => {
                    return Err(self.psql_command(token.start, psql_command(self.text, token.start)));
                }
            }
        }
        match scope.open() {
            Some((construct, opened)) => Err(self.unclosed(Unclosed { construct, start: opened })),
            None => Ok((end, scope.head())),
        }
    }

    /// Finds the rows below the COPY statement that ends where the splitter is, and remembers them as the next piece.
    fn find_rows(&mut self, copy: Position) -> Result<&'a str, ScanError> {
        let without_rows = || ScanError::CopyWithoutRows { at: copy };
        let line = memchr(b'\n', &self.text.as_bytes()[self.at..]).ok_or_else(without_rows)?;
        let rest = &self.text[self.at..self.at + line];
        for token in Tokens::new(rest, 0) {
            let start = match token {
                Ok(token) if token.kind.is_blank() => continue,
                Ok(token) => token.start,
                Err(unclosed) => unclosed.start,
            };
            return Err(ScanError::TextBehindCopy { at: Position::of_offset(self.text, self.at + start) });
        }
        let start = self.at + line + 1;
        let rows = rows_end(self.text, start).ok_or_else(without_rows)?;
        self.rows = Some(start..next_line(self.text, rows));
        Ok(&self.text[start..rows])
    }

    fn unclosed(&self, Unclosed { construct, start }: Unclosed) -> ScanError {
        ScanError::Unclosed { construct, at: Position::of_offset(self.text, start) }
    }

    fn psql_command(&self, start: usize, command: &str) -> ScanError {
        ScanError::PsqlCommand { command: command.to_owned(), at: Position::of_offset(self.text, start) }
    }
}

impl<'a> Iterator for Splitter<'a> {
    type Item = Result<Piece<'a>, ScanError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == self.text.len() && self.rows.is_none() {
            return None;
        }
        let mut piece = self.piece();
        // A NUL also hides in the quotes and rows that a piece steps over, and an open construct reaches to the end.
        let read = match (&piece, &self.rows) {
            (Err(_), _) => self.text.len(),
            (Ok(_), Some(rows)) => rows.end,
            (Ok(_), None) => self.at,
        };
        if let Some(nul) = self.nul.filter(|nul| *nul < read) {
            piece = Err(ScanError::Nul { at: Position::of_offset(self.text, nul) });
        }
        if piece.is_err() {
            self.at = self.text.len();
            self.rows = None;
        }
        Some(piece)
    }
}

impl FusedIterator for Splitter<'_> {}

fn is_between_statements(token: &Token<'_>) -> bool {
    token.kind.is_blank() || token.kind == Kind::Symbol(b';')
}

/// Returns the backslash at `start` with the word behind it.
fn psql_command(text: &str, start: usize) -> &str {
    let command = &text[start..];
    let end = command[1..]
        .find(|c: char| c.is_whitespace() || c == '\\')
        .map_or(command.len(), |length| length + 1);
    &command[..end]
}

fn next_line(text: &str, at: usize) -> usize {
    memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |length| at + length + 1)
}

/// Returns where the line `\.` starts that ends the rows which start at `start`.
fn rows_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let ends = |at: usize| {
        matches!(&bytes[at..], [b'\\', b'.'] | [b'\\', b'.', b'\n', ..] | [b'\\', b'.', b'\r', b'\n', ..])
    };
    if ends(start) {
        return Some(start);
    }
    memmem::find_iter(&bytes[start..], "\n\\.").map(|length| start + length + 1).find(|at| ends(*at))
}

/// Whether a SET statement makes backslashes in plain strings escape what follows them.
fn turns_standard_strings_off(set: &str) -> bool {
    let mut tokens =
        significant(set).skip(1).skip_while(|token| token.is_word("session") || token.is_word("local"));
    if !tokens.next().is_some_and(|token| token.is_word("standard_conforming_strings")) {
        return false;
    }
    tokens.nth(1).is_some_and(|value| {
        let value = value.text.trim_matches('\'').to_ascii_lowercase();
        !["on", "true", "yes", "1", "default", "t", "y"].contains(&value.as_str())
    })
}

#[cfg(test)]
mod tests;
