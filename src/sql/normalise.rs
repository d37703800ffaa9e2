//! The form of SQL text that does not depend on the editor or the system that wrote it.

use std::borrow::Cow;

use memchr::memchr;

use super::position::leading_mark;

/// Returns the text without a byte order mark at its start and with every CRLF and lone CR as LF.
///
/// Borrows when there is nothing to change but the mark. The result is a fixed point: normalising it again changes
/// nothing. Line ends inside strings, function bodies and COPY rows are line ends too.
pub fn normalise(text: &str) -> Cow<'_, str> {
    let mut rest = &text[leading_mark(text)..];
    // Without this a text that starts with two marks would still start with one.
    while leading_mark(rest) > 0 {
        rest = &rest[leading_mark(rest)..];
    }
    let Some(mut at) = memchr(b'\r', rest.as_bytes()) else { return Cow::Borrowed(rest) };
    let mut clean = String::with_capacity(rest.len());
    loop {
        clean.push_str(&rest[..at]);
        clean.push('\n');
        let after = &rest[at + 1..];
        rest = after.strip_prefix('\n').unwrap_or(after);
        match memchr(b'\r', rest.as_bytes()) {
            Some(next) => at = next,
            None => break,
        }
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn line_ends_and_the_mark_are_normalised() {
        for (text, expected) in [
            ("", ""),
            ("\u{feff}", ""),
            ("\u{feff}\u{feff}a", "a"),
            ("a\u{feff}b", "a\u{feff}b"),
            ("a\r\nb\rc\nd\r", "a\nb\nc\nd\n"),
            ("\r\r\n\n", "\n\n\n"),
            ("ä\r\n", "ä\n"),
        ] {
            assert_eq!(normalise(text), expected, "{text:?}");
        }
    }

    #[test]
    fn clean_text_is_not_copied() {
        assert!(matches!(normalise("\u{feff}select 1;\n"), Cow::Borrowed("select 1;\n")));
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing_more(text in "[\u{feff}a\r\n]{0,20}") {
            let once = normalise(&text);
            prop_assert!(!once.contains('\r'));
            prop_assert_eq!(normalise(&once), once.as_ref());
        }
    }
}
