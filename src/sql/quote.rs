//! Names and texts as SQL: the one place where crmdb quotes what it writes into a statement.

use super::identifier::MAX_BYTES;
use super::keywords;

pub(crate) mod held;

/// Why a text can't be written into SQL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// PostgreSQL can't hold a NUL character in any name or text.
    #[error("a text with a NUL character can't be written into SQL")]
    Nul,
    /// A name has at least one character.
    #[error("a name in SQL can't be empty")]
    Empty,
    /// PostgreSQL would cut the name off, and then it names something else.
    #[error("the name `{0}` has {len} bytes, but PostgreSQL keeps {MAX_BYTES} of them: shorten it", len = .0.len())]
    TooLong(String),
}

/// Returns a name as SQL: as it is where PostgreSQL reads it back unchanged, else in double quotes.
///
/// # Errors
///
/// A name that no PostgreSQL object can have: empty, longer than 63 bytes, or with a NUL.
pub fn identifier(name: &str) -> Result<String, QuoteError> {
    refuse_nul(name)?;
    if name.is_empty() {
        return Err(QuoteError::Empty);
    }
    if name.len() > MAX_BYTES {
        return Err(QuoteError::TooLong(name.to_owned()));
    }
    Ok(held::identifier(name))
}

/// Returns `schema.name` as SQL, each part quoted where it must be.
///
/// # Errors
///
/// As [`identifier`], for either part.
pub fn qualified(schema: &str, name: &str) -> Result<String, QuoteError> {
    Ok(format!("{}.{}", identifier(schema)?, identifier(name)?))
}

/// Returns a text as a string constant of SQL, which means the same whatever `standard_conforming_strings` is.
///
/// A text with a backslash becomes `E'…'`, so a space or symbol must be before it in the statement.
///
/// # Errors
///
/// A text with a NUL.
pub fn literal(text: &str) -> Result<String, QuoteError> {
    refuse_nul(text)?;
    Ok(held::literal(text))
}

fn refuse_nul(text: &str) -> Result<(), QuoteError> {
    if text.contains('\0') { Err(QuoteError::Nul) } else { Ok(()) }
}

fn is_plain(name: &str) -> bool {
    let starts_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let stays_plain =
        name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    starts_plain && stays_plain && !keywords::needs_quotes(name)
}

fn enclosed(quote: char, text: &str) -> String {
    let mut sql = String::with_capacity(text.len() + 2);
    sql.push(quote);
    for c in text.chars() {
        if c == quote {
            sql.push(quote);
        }
        sql.push(c);
    }
    sql.push(quote);
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::identifier;
    use crate::sql::token::{Kind, significant};
    use proptest::prelude::*;

    #[test]
    fn names_are_quoted_only_where_they_must_be() {
        for (name, expected) in [
            ("leads", "leads"),
            ("_a1", "_a1"),
            ("Leads", "\"Leads\""),
            ("1st", "\"1st\""),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\"\"b\""),
            ("a$", "\"a$\""),
            ("größe", "\"größe\""),
            ("order", "\"order\""),
            ("user", "\"user\""),
            ("status", "status"),
            ("..", "\"..\""),
            ("a\\b", "\"a\\b\""),
            ("'; drop table x; --", "\"'; drop table x; --\""),
        ] {
            assert_eq!(identifier(name).unwrap(), expected, "{name}");
        }
        assert_eq!(qualified("Sales", "order").unwrap(), "\"Sales\".\"order\"");
    }

    #[test]
    fn texts_are_quoted() {
        for (text, expected) in
            [("", "''"), ("it's", "'it''s'"), (r"a\b'c", r"E'a\\b''c'"), ("\n$$", "'\n$$'"), ("ä", "'ä'")]
        {
            assert_eq!(literal(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_postgresql_cannot_hold_is_refused() {
        assert_eq!(identifier("a\0"), Err(QuoteError::Nul));
        assert_eq!(identifier(""), Err(QuoteError::Empty));
        let long = "ä".repeat(32);
        assert_eq!(
            identifier(&long).unwrap_err().to_string(),
            format!("the name `{long}` has 64 bytes, but PostgreSQL keeps 63 of them: shorten it")
        );
        assert!(identifier(&"a".repeat(63)).is_ok());
        assert_eq!(qualified("s", "\0"), Err(QuoteError::Nul));
        assert_eq!(literal("\0"), Err(QuoteError::Nul));
    }

    proptest! {
        #[test]
        fn a_quoted_name_is_one_token_that_means_the_name(name in "[^\u{0}]{1,15}") {
            let sql = identifier(&name).unwrap();
            let tokens: Vec<_> = significant(&sql).collect();
            prop_assert_eq!(tokens.len(), 1);
            prop_assert_eq!(identifier::decode(&tokens[0]), Some(name));
        }

        #[test]
        fn a_quoted_text_is_one_token_whatever_is_behind_it(text in r#"[a'"\\\n$;-]{0,12}"#, behind in "[ ,;)-]") {
            let sql = literal(&text).unwrap();
            let both = format!("{sql}{behind}'x'");
            let first = significant(&both).next().unwrap();
            prop_assert_eq!(first.kind, Kind::String);
            prop_assert_eq!(first.text, &sql);
            let inside = sql.trim_start_matches('E').strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap();
            let read_back = inside.replace("''", "'");
            let read_back = if sql.starts_with('E') { read_back.replace(r"\\", r"\") } else { read_back };
            prop_assert_eq!(read_back, text);
        }
    }
}
