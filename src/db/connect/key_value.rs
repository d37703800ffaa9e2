//! Connection strings of the form `host=db.example dbname=crm`, by libpq's rules.

use super::error::OptionsError;
use super::settings::{Settings, Source};

/// Reads `keyword=value` pairs separated by white space.
///
/// A value may stand in single quotes; a backslash takes the next character as it is, inside and outside quotes.
/// Errors give positions (characters from 1) instead of text, since any of the text may be part of a password.
pub(super) fn parse(text: &str) -> Result<Settings, OptionsError> {
    let mut settings = Settings::default();
    let mut reader = Reader { text, at: 0 };
    let mut previous = "";
    loop {
        reader.skip_space();
        let start = reader.at;
        if reader.at == text.len() {
            return Ok(settings);
        }
        let keyword = reader.take_while(|c| c != '=' && !is_space(c));
        reader.skip_space();
        if reader.next() != Some('=') {
            return Err(
                reader.syntax("expected `keyword=value`; a value with spaces needs single quotes", start)
            );
        }
        reader.skip_space();
        let value = reader.value()?;
        if previous == "password" && super::keyword::find(keyword).is_none() {
            return Err(reader.syntax(
                "no keyword follows the password; a password with spaces needs single quotes",
                start,
            ));
        }
        settings.set(keyword, &value, Source::ConnectionString)?;
        previous = keyword;
    }
}

/// The white space of C's `isspace`.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let taken = &rest[..rest.find(|c| !accept(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    fn skip_space(&mut self) {
        self.take_while(is_space);
    }

    fn value(&mut self) -> Result<String, OptionsError> {
        let start = self.at;
        let quoted = self.peek() == Some('\'');
        if quoted {
            self.next();
        }
        let mut value = String::new();
        while let Some(c) = self.peek() {
            if !quoted && is_space(c) {
                break;
            }
            self.next();
            match c {
                '\'' if quoted => return Ok(value),
                '\\' => value.extend(self.next()),
                _ => value.push(c),
            }
        }
        if quoted { Err(self.syntax("the single quote is never closed", start)) } else { Ok(value) }
    }

    fn syntax(&self, problem: &'static str, byte: usize) -> OptionsError {
        OptionsError::Syntax { problem, at: self.text[..byte].chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&'static str, String)> {
        let settings = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        settings.iter().map(|(name, value)| (name, value.to_owned())).collect()
    }

    #[test]
    fn pairs_are_read_as_libpq_reads_them() {
        for (text, expected) in [
            ("", vec![]),
            (" \t\n", vec![]),
            ("host = h  dbname=a\\ b", vec![("dbname", "a b"), ("host", "h")]),
            ("password='it\\'s' host=''", vec![("host", ""), ("password", "it's")]),
            ("host=a'b'", vec![("host", "a'b'")]),
            ("host=", vec![("host", "")]),
            ("host= port=3", vec![("host", "port=3")]),
            ("password=a\\", vec![("password", "a")]),
            ("password='a\\\\b\\c'", vec![("password", "a\\bc")]),
            ("host='x'user=y", vec![("host", "x"), ("user", "y")]),
            ("host=h\nport=4\tuser=x", vec![("host", "h"), ("port", "4"), ("user", "x")]),
            ("user=a user=b", vec![("user", "b")]),
            ("requiressl=1", vec![("sslmode", "require")]),
            ("requiressl=0", vec![("sslmode", "prefer")]),
            ("dbname=größe", vec![("dbname", "größe")]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(n, v)| (n, v.to_owned())).collect();
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_libpq_refuses_is_refused_with_its_position() {
        for (text, at) in [
            ("host", 1),
            ("host=a b", 8),
            ("host='x'y", 9),
            ("host='a", 6),
            ("dbname=ü user", 10),
            ("password=open sesame", 15),
            ("password=open sesame=1", 15),
        ] {
            match parse(text) {
                Err(OptionsError::Syntax { at: found, .. }) => assert_eq!(found, at, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_unknown_keyword_is_named_with_the_nearest_known_one() {
        let error = parse("host=h sslmod=require").expect_err("unknown keyword").to_string();
        assert!(error.contains("`sslmod`") && error.contains("`sslmode`"), "{error}");
        assert!(matches!(parse("HOST=h"), Err(OptionsError::UnknownKeyword { nearest: Some("host"), .. })));
    }
}
