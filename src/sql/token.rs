//! PostgreSQL's lexical rules: text to tokens, without loss.
//!
//! Follows `src/backend/parser/scan.l` of PostgreSQL 14 to 18 with `standard_conforming_strings` on, as far as the rules
//! decide where a token ends. Two simplifications never move the end of a string, comment or statement: operators are
//! cut into single characters, and a number is its digits alone (what follows them is the next token).

use memchr::{memchr, memchr2, memmem};

use super::error::Construct;
use super::position::leading_mark;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// White space, also a byte order mark at the very start.
    Space,
    /// `-- …`, without its line end.
    LineComment,
    /// `/* … */`.
    BlockComment,
    /// An identifier or keyword without quotes.
    Word,
    /// `"…"`.
    QuotedWord,
    /// `U&"…"`.
    UnicodeWord,
    /// A string in single quotes, whatever its prefix. An `E` string includes its continuations on later lines.
    String,
    /// `$tag$ … $tag$`.
    DollarString,
    /// Digits.
    Number,
    /// `$1`.
    Parameter,
    /// Any other single character; PostgreSQL's grammar knows ASCII ones only.
    Symbol(u8),
}

impl Kind {
    /// Whether the token separates others and has no meaning of its own.
    pub(crate) fn is_blank(self) -> bool {
        matches!(self, Self::Space | Self::LineComment | Self::BlockComment)
    }
}

/// A token and where it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// The byte offset of its first character.
    pub(crate) start: usize,
}

impl Token<'_> {
    /// Whether this is the given keyword: without quotes, in any case.
    pub(crate) fn is_word(&self, keyword: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// A construct that the text ends in, and the byte offset where it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unclosed {
    pub(crate) construct: Construct,
    pub(crate) start: usize,
}

/// The tokens of a text, in order and without gaps; ends after the first error.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// Starts at the byte `at`, which must be the start of a token.
    pub(crate) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// Returns the kind of the token at `start` and its end.
    fn token_at(&self, start: usize) -> Result<(Kind, usize), Unclosed> {
        let bytes = self.text.as_bytes();
        let next = bytes.get(start + 1).copied();
        Ok(match bytes[start] {
            byte if is_space(byte) => (Kind::Space, run(bytes, start, is_space)),
            b'-' if next == Some(b'-') => (Kind::LineComment, line_end(bytes, start)),
            b'/' if next == Some(b'*') => (Kind::BlockComment, block_comment_end(bytes, start)?),
            b'\'' => (Kind::String, quoted_end(bytes, start, start)?),
            b'"' => (Kind::QuotedWord, quoted_end(bytes, start, start)?),
            b'e' | b'E' if next == Some(b'\'') => (Kind::String, escape_string_end(bytes, start)?),
            b'b' | b'B' | b'x' | b'X' | b'n' | b'N' if next == Some(b'\'') => {
                (Kind::String, quoted_end(bytes, start, start + 1)?)
            }
            b'u' | b'U' if next == Some(b'&') => match bytes.get(start + 2) {
                Some(b'\'') => (Kind::String, quoted_end(bytes, start, start + 2)?),
                Some(b'"') => (Kind::UnicodeWord, quoted_end(bytes, start, start + 2)?),
                _ => (Kind::Word, start + 1),
            },
            b'$' => match dollar_tag_end(bytes, start) {
                Some(tag_end) => (Kind::DollarString, dollar_end(bytes, start, tag_end)?),
                None if next.is_some_and(|byte| byte.is_ascii_digit()) => {
                    (Kind::Parameter, run(bytes, start + 1, |byte| byte.is_ascii_digit()))
                }
                None => (Kind::Symbol(b'$'), start + 1),
            },
            _ if start == 0 && leading_mark(self.text) > 0 => (Kind::Space, leading_mark(self.text)),
            byte if is_word_start(byte) => (Kind::Word, run(bytes, start, is_word_part)),
            byte if byte.is_ascii_digit() => (Kind::Number, run(bytes, start, |byte| byte.is_ascii_digit())),
            byte => (Kind::Symbol(byte), start + 1),
        })
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Result<Token<'a>, Unclosed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        Some(match self.token_at(start) {
            Ok((kind, end)) => {
                self.at = end;
                Ok(Token { kind, text: &self.text[start..end], start })
            }
            Err(unclosed) => {
                self.at = self.text.len();
                Err(unclosed)
            }
        })
    }
}

/// The tokens of one statement that mean something; ends where the text can't be read.
#[derive(Debug, Clone)]
pub(crate) struct Significant<'a>(Tokens<'a>);

impl<'a> Iterator for Significant<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.0.by_ref().map_while(Result::ok).find(|token| !token.kind.is_blank())
    }
}

/// Returns the tokens of `sql` that are neither white space nor comments.
pub(crate) fn significant(sql: &str) -> Significant<'_> {
    Significant(Tokens::new(sql, 0))
}

/// The vertical tab is white space from PostgreSQL 16 on; before it is an error wherever it stands outside quotes.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0C | 0x0B)
}

/// All bytes of all non-ASCII characters are part of words, a non-breaking space too.
fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_word_part(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

fn run(bytes: &[u8], start: usize, belongs: impl Fn(u8) -> bool) -> usize {
    bytes[start..].iter().position(|byte| !belongs(*byte)).map_or(bytes.len(), |length| start + length)
}

fn line_end(bytes: &[u8], start: usize) -> usize {
    memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |length| start + length)
}

fn block_comment_end(bytes: &[u8], start: usize) -> Result<usize, Unclosed> {
    let mut depth = 1usize;
    let mut at = start + 2;
    while let Some(length) = memchr2(b'*', b'/', &bytes[at..]) {
        at += length;
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => depth += 1,
            (b'*', Some(b'/')) => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return Ok(at);
        }
    }
    Err(Unclosed { construct: Construct::Comment, start })
}

/// Returns the end of the text in quotes whose opening quote is at `open`; a doubled quote stands for itself.
fn quoted_end(bytes: &[u8], start: usize, open: usize) -> Result<usize, Unclosed> {
    let quote = bytes[open];
    let mut at = open + 1;
    while let Some(length) = memchr(quote, &bytes[at..]) {
        at += length + 1;
        if bytes.get(at) != Some(&quote) {
            return Ok(at);
        }
        at += 1;
    }
    let construct = if quote == b'"' { Construct::Identifier } else { Construct::String };
    Err(Unclosed { construct, start })
}

/// Returns the end of the `E'…'` string at `start`.
///
/// A string goes on in the next string when only white space with a line end is between them, and backslashes keep their
/// meaning there; for other strings it makes no difference to where they end.
fn escape_string_end(bytes: &[u8], start: usize) -> Result<usize, Unclosed> {
    let mut at = start + 2;
    while let Some(length) = memchr2(b'\'', b'\\', &bytes[at..]) {
        at += length + 1;
        match (bytes[at - 1], bytes.get(at)) {
            (b'\\', None) => break,
            (b'\\', Some(_)) | (b'\'', Some(b'\'')) => at += 1,
            _ => match continuation(bytes, at) {
                Some(inside) => at = inside,
                None => return Ok(at),
            },
        }
    }
    Err(Unclosed { construct: Construct::String, start })
}

/// Returns the offset behind the quote that continues a string which closed before `at`.
fn continuation(bytes: &[u8], at: usize) -> Option<usize> {
    let mut next = at;
    let mut line_ends = false;
    loop {
        match bytes.get(next)? {
            b'\n' | b'\r' => line_ends = true,
            byte if is_space(*byte) => {}
            b'-' if bytes.get(next + 1) == Some(&b'-') => {
                next = line_end(bytes, next);
                continue;
            }
            b'\'' if line_ends => return Some(next + 1),
            _ => return None,
        }
        next += 1;
    }
}

/// Returns the offset behind the second `$` of the opening `$tag$` at `start`, `None` when it is not one.
fn dollar_tag_end(bytes: &[u8], start: usize) -> Option<usize> {
    let tag = start + 1;
    let end = run(bytes, tag, |byte| is_word_part(byte) && byte != b'$');
    let is_tag = bytes.get(end) == Some(&b'$') && (end == tag || !bytes[tag].is_ascii_digit());
    is_tag.then_some(end + 1)
}

fn dollar_end(bytes: &[u8], start: usize, tag_end: usize) -> Result<usize, Unclosed> {
    memmem::find(&bytes[tag_end..], &bytes[start..tag_end])
        .map(|length| tag_end + length + (tag_end - start))
        .ok_or(Unclosed { construct: Construct::DollarString, start })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(sql: &str) -> Vec<&str> {
        Tokens::new(sql, 0).map(|token| token.unwrap().text).filter(|text| !text.trim().is_empty()).collect()
    }

    #[test]
    fn tokens_end_where_postgresql_ends_them() {
        let cases: &[(&str, &[&str])] = &[
            ("select 1", &["select", "1"]),
            ("a$$b$$", &["a$$b$$"]),
            ("$$a;b$$", &["$$a;b$$"]),
            ("$a$ $b$ $b$a$", &["$a$ $b$ $b$a$"]),
            ("$ä1$;$ä1$", &["$ä1$;$ä1$"]),
            ("$A$ $a$ $A$", &["$A$ $a$ $A$"]),
            ("$1$$x$$", &["$1", "$$x$$"]),
            ("$1a$", &["$1", "a$"]),
            ("$a b", &["$", "a", "b"]),
            ("'it''s;'", &["'it''s;'"]),
            (r"'\'", &[r"'\'"]),
            (r"E'\'' 'x'", &[r"E'\''", "'x'"]),
            (r"e'\\'", &[r"e'\\'"]),
            ("E'a'\n  '\\';' x", &["E'a'\n  '\\';'", "x"]),
            ("E'a' -- c\n -- d\n '\\';' x", &["E'a' -- c\n -- d\n '\\';'", "x"]),
            ("E'a' 'b'", &["E'a'", "'b'"]),
            ("E'a'\n - 'b'", &["E'a'", "-", "'b'"]),
            ("E'a'\n/**/'b'", &["E'a'", "/**/", "'b'"]),
            (r"fe'\'", &["fe", r"'\'"]),
            (r"U&'\0061\' x", &[r"U&'\0061\'", "x"]),
            ("u&\"a;\"\"b\"", &["u&\"a;\"\"b\""]),
            ("u&1", &["u", "&", "1"]),
            ("B'01' x'1f' N'n'", &["B'01'", "x'1f'", "N'n'"]),
            ("\"a;\"\"'\"", &["\"a;\"\"'\""]),
            ("a/*;/*;*/;*/b", &["a", "/*;/*;*/;*/", "b"]),
            ("/*/*/**/*/*/", &["/*/*/**/*/*/"]),
            ("/*/ */", &["/*/ */"]),
            ("/***/x", &["/***/", "x"]),
            ("1+--;\n2", &["1", "+", "--;", "2"]),
            ("1*/*;*/2", &["1", "*", "/*;*/", "2"]),
            ("a--b\rc", &["a", "--b", "c"]),
            ("a\u{a0}b", &["a\u{a0}b"]),
            ("1.5e10", &["1", ".", "5", "e10"]),
            ("\u{feff}select", &["\u{feff}", "select"]),
            ("a\u{b}b\u{c}c", &["a", "b", "c"]),
        ];
        for (sql, expected) in cases {
            assert_eq!(&texts(sql), expected, "{sql}");
        }
    }

    #[test]
    fn an_open_construct_is_named_with_the_place_where_it_opens() {
        for (sql, construct, start) in [
            ("a 'b", Construct::String, 2),
            ("a ''' ", Construct::String, 2),
            (r"a E'\'", Construct::String, 2),
            (r"a E'\", Construct::String, 2),
            ("a E'x'\n'y", Construct::String, 2),
            ("a U&'x", Construct::String, 2),
            ("a \"b\"\"", Construct::Identifier, 2),
            ("a U&\"b", Construct::Identifier, 2),
            ("a $x$ $X$ $$", Construct::DollarString, 2),
            ("a /* /* */", Construct::Comment, 2),
            ("a /*/", Construct::Comment, 2),
        ] {
            let error = Tokens::new(sql, 0).find_map(Result::err);
            assert_eq!(error, Some(Unclosed { construct, start }), "{sql}");
        }
    }

    proptest! {
        #[test]
        fn tokens_have_no_gaps(sql in r#"[a-eBENUXx&'"$1;()/*\-\\ \n\räλ\u{0}-]{0,40}"#) {
            let mut at = 0;
            for token in Tokens::new(&sql, 0) {
                match token {
                    Ok(token) => {
                        prop_assert_eq!(token.start, at);
                        prop_assert!(!token.text.is_empty());
                        at = token.end();
                        prop_assert_eq!(&sql[token.start..at], token.text);
                    }
                    Err(unclosed) => {
                        prop_assert_eq!(unclosed.start, at);
                        at = sql.len();
                    }
                }
            }
            prop_assert_eq!(at, sql.len());
        }
    }
}
