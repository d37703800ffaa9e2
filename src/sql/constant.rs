//! String constants in SQL text to the text they mean.

use std::iter::Peekable;

use squawk_syntax::decoded_text::DecodedText;
use squawk_syntax::unescape::decode_esc_string;

use super::identifier::{take_escape, unicode_unescaped};
use super::token::{Kind, Significant, Token};

/// Reads a string constant from the start of `tokens`, with its continuations on later lines and its `UESCAPE`.
///
/// `None` when there is none, or one that means no text: a bit string, a wrong escape.
pub(crate) fn take(tokens: &mut Peekable<Significant<'_>>) -> Option<String> {
    let first = tokens.next()?;
    if first.kind == Kind::DollarString {
        let tag = first.text[1..].find('$')? + 2;
        return Some(first.text[tag..first.text.len() - tag].to_owned());
    }
    let (prefix, inside) = parts(&first)?;
    match prefix {
        "" | "n" | "N" => {
            let mut text = inside.replace("''", "'");
            while let Some(next) = tokens.next_if(|next| next.kind == Kind::String) {
                text.push_str(&parts(&next)?.1.replace("''", "'"));
            }
            Some(text)
        }
        "e" | "E" => Some(unescaped(inside)),
        "u&" | "U&" => {
            let escape = take_escape(tokens)?;
            unicode_unescaped(&inside.replace("''", "'"), escape)
        }
        _ => None,
    }
}

/// Returns the prefix of a string constant and what is between its first and last quote.
fn parts<'a>(token: &Token<'a>) -> Option<(&'a str, &'a str)> {
    let open = token.text.find('\'').filter(|_| token.kind == Kind::String)?;
    Some((&token.text[..open], &token.text[open + 1..token.text.len() - 1]))
}

/// Returns the text of an `E` string, each of its continued parts without the quotes and line ends between them.
fn unescaped(inside: &str) -> String {
    let mut text = DecodedText::new(0.into());
    let mut part = 0;
    let mut at = 0;
    let bytes = inside.as_bytes();
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'\\', _) | (b'\'', Some(b'\'')) => at += 2,
            (b'\'', _) => {
                decode_esc_string(&inside[part..at], 0.into(), &mut text);
                part = inside[at + 1..].find('\'').map_or(inside.len(), |gap| at + gap + 2);
                at = part;
            }
            _ => at += 1,
        }
    }
    decode_esc_string(&inside[part..], 0.into(), &mut text);
    text.into_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::quote::literal;
    use crate::sql::token::significant;
    use proptest::prelude::*;

    fn meant(sql: &str) -> Option<String> {
        take(&mut significant(sql).peekable())
    }

    #[test]
    fn constants_mean_what_postgresql_reads() {
        for (sql, expected) in [
            ("'it''s \\n'", Some("it's \\n")),
            ("'a'\n  'b'", Some("ab")),
            (r"E'a\'\\\n\x41\101\u00e9'''", Some("a'\\\nAA\u{e9}'")),
            ("e'a\\''\n  '\\tb'\n'c'", Some("a'\tbc")),
            ("N'x'", Some("x")),
            (r"U&'d\0061t\\'", Some("dat\\")),
            (r"u&'d!0061' UESCAPE '!'", Some("da")),
            ("$$it's$$", Some("it's")),
            ("$a$ $$ $a$", Some(" $$ ")),
            ("B'01'", None),
            ("name", None),
            ("", None),
        ] {
            assert_eq!(meant(sql).as_deref(), expected, "{sql}");
        }
    }

    proptest! {
        #[test]
        fn a_quoted_text_is_read_back(text in r#"[a'"\\n\n$ä]{0,12}"#) {
            prop_assert_eq!(meant(&literal(&text).unwrap()), Some(text));
        }

        #[test]
        fn any_constant_is_read_without_panic(inside in r#"[xuUä0-7'\\\n -]{0,16}"#, prefix in "(e|u&|)") {
            meant(&format!("{prefix}'{inside}' uescape '!'"));
        }
    }
}
