//! Places in SQL text: byte offsets and PostgreSQL's character positions to line and column.

use memchr::{memchr, memrchr2};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A place in a text as a person counts it.
///
/// Lines end at LF, CRLF or a lone CR. Columns count characters (Unicode scalar values), not bytes; a byte order mark at
/// the start of the text has no width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl Position {
    /// Returns where the byte `offset` of `text` is.
    ///
    /// Reads all text before it. An offset inside a character means that character, one past the end means the end.
    pub fn of_offset(text: &str, offset: usize) -> Self {
        let mut cursor = Cursor::new(text);
        cursor.advance(text, floor_char_boundary(text, offset))
    }

    /// Returns where the character `number` (from 1, as in PostgreSQL's error field `P`) of the statement that starts at
    /// byte `statement_start` of `text` is.
    ///
    /// PostgreSQL names the character behind the last one when it is the end of the statement that surprises it; a number
    /// beyond the text means the end of the text.
    pub fn of_character(text: &str, statement_start: usize, number: usize) -> Self {
        Self::of_offset(text, offset_of_character(text, statement_start, number))
    }
}

/// Returns the byte offset in `text` of the character `number` (from 1) of the statement that starts at byte
/// `statement_start`, or the length of `text` when there is no such character.
pub fn offset_of_character(text: &str, statement_start: usize, number: usize) -> usize {
    let start = floor_char_boundary(text, statement_start);
    let statement = &text[start..];
    let length = statement.char_indices().nth(number.saturating_sub(1)).map_or(statement.len(), |(at, _)| at);
    start + length
}

/// A place that moves forward through one text, so that many places cost one reading of it.
#[derive(Debug, Clone)]
pub(crate) struct Cursor {
    offset: usize,
    position: Position,
}

impl Cursor {
    pub(crate) fn new(text: &str) -> Self {
        Self { offset: leading_mark(text), position: Position { line: 1, column: 1 } }
    }

    /// Moves to the byte `offset`, which is a character boundary of the same text and not before the last one.
    pub(crate) fn advance(&mut self, text: &str, offset: usize) -> Position {
        if offset <= self.offset {
            return self.position;
        }
        let passed = &text.as_bytes()[self.offset..offset];
        match memrchr2(b'\n', b'\r', passed) {
            None => self.position.column += characters(passed),
            Some(last) => {
                self.position.line += line_ends(passed);
                self.position.column = 1 + characters(&passed[last + 1..]);
            }
        }
        self.offset = offset;
        self.position
    }
}

/// Returns the length in bytes of the byte order mark that `text` starts with, 0 when it has none.
pub(crate) fn leading_mark(text: &str) -> usize {
    if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
}

fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !is_continuation(**byte)).count()
}

/// Whether a byte is the second or a later one of a character in UTF-8.
fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

fn line_ends(bytes: &[u8]) -> usize {
    let feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
    if memchr(b'\r', bytes).is_none() {
        return feeds;
    }
    let lone = memchr::memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    feeds + lone
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_become_lines_and_columns_in_characters() {
        for (text, offset, line, column) in [
            ("", 0, 1, 1),
            ("", 9, 1, 1),
            ("ab", 1, 1, 2),
            ("ab", 2, 1, 3),
            ("a\nb", 1, 1, 2),
            ("a\nb", 2, 2, 1),
            ("a\r\nb", 3, 2, 1),
            ("a\rb", 2, 2, 1),
            ("a\r\rb", 3, 3, 1),
            ("äö x", 5, 1, 4),
            ("äö x", 1, 1, 1),
            ("\n\n", 2, 3, 1),
            ("\u{feff}ab", 4, 1, 2),
            ("\u{feff}ab", 0, 1, 1),
            ("🦀\n🦀x", 9, 2, 2),
        ] {
            assert_eq!(Position::of_offset(text, offset), Position { line, column }, "{text:?} at {offset}");
        }
    }

    #[test]
    fn characters_of_a_statement_become_lines_and_columns_of_the_file() {
        let file = "-- é\nselect 1;\nselect 'é',\n  nope;";
        let start = file.find("select 'é'").unwrap();
        let nope = "select 'é',\n  nope;".chars().position(|c| c == 'n').unwrap() + 1;
        assert_eq!(Position::of_character(file, start, 1), Position { line: 3, column: 1 });
        assert_eq!(Position::of_character(file, start, nope), Position { line: 4, column: 3 });
        assert_eq!(Position::of_character(file, start, 999), Position { line: 4, column: 8 });
        assert_eq!(offset_of_character(file, start, nope), file.find("nope").unwrap());
    }

    fn counted_the_slow_way(text: &str, offset: usize) -> Position {
        let mut place = Position { line: 1, column: 1 };
        let mut before = ' ';
        for (at, c) in text.char_indices() {
            if at >= offset {
                break;
            }
            match (before, c) {
                ('\r', '\n') => {}
                (_, '\n' | '\r') => place = Position { line: place.line + 1, column: 1 },
                _ => place.column += 1,
            }
            before = c;
        }
        place
    }

    proptest! {
        #[test]
        fn moving_forward_equals_counting_from_the_start(text in "[a-zä🦀\n\r]{0,60}", cuts in prop::collection::vec(0usize..99, 1..6)) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| floor_char_boundary(&text, *cut)).collect();
            cuts.sort_unstable();
            // A cut between CR and LF is no place where anything starts.
            cuts.retain(|cut| !(text[..*cut].ends_with('\r') && text[*cut..].starts_with('\n')));
            let mut cursor = Cursor::new(&text);
            for cut in cuts {
                let expected = counted_the_slow_way(&text, cut);
                prop_assert_eq!(cursor.advance(&text, cut), expected);
                prop_assert_eq!(Position::of_offset(&text, cut), expected);
            }
        }
    }
}
