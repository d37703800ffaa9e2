//! Expressions that PostgreSQL prints in one way when it has read them from people and in another when it has read them
//! from itself: both are brought into the second form, so that a schema equals what its own statements make. Pure.

use std::borrow::Cow;

const OPEN: &str = "(ARRAY['";
const CAST: &str = "'::character varying";
const CLOSE: &str = "])::text[]";

/// Returns the text with the cast of an array of `varchar` constants, as `column IN ('a', 'b')` has it, at its elements:
/// `(ARRAY['a'::character varying])::text[]` becomes `ARRAY[('a'::character varying)::text]`.
///
/// In JSON text too: no quote is escaped there.
pub(super) fn array_casts(text: &str) -> Cow<'_, str> {
    if !text.contains(CLOSE) {
        return Cow::Borrowed(text);
    }
    let mut settled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        let (before, array) = rest.split_at(at);
        settled.push_str(before);
        if let Some((elements, after)) = elements(&array[OPEN.len() - 1..]) {
            let cast: Vec<String> = elements.iter().map(|element| format!("({element})::text")).collect();
            settled.push_str(&format!("ARRAY[{}]", cast.join(", ")));
            rest = after;
        } else {
            settled.push_str(OPEN);
            rest = &array[OPEN.len()..];
        }
    }
    settled.push_str(rest);
    Cow::Owned(settled)
}

/// Splits the constants of an array off, up to the cast behind it; none where something else is among them.
fn elements(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut elements = Vec::new();
    let mut rest = text;
    loop {
        let end = literal(rest)?;
        let after = rest[end - 1..].strip_prefix(CAST)?;
        elements.push(&rest[..rest.len() - after.len()]);
        if let Some(after) = after.strip_prefix(CLOSE) {
            return Some((elements, after));
        }
        rest = after.strip_prefix(", ")?;
    }
}

/// Returns the length of the string literal that the text begins with.
fn literal(text: &str) -> Option<usize> {
    let mut at = text.strip_prefix('\'').map(|_| 1)?;
    loop {
        at += text[at..].find('\'')? + 1;
        if !text[at..].starts_with('\'') {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::array_casts;

    #[test]
    fn arrays_of_constants_are_cast_at_their_elements() {
        for (printed, settled) in [
            (
                "(a)::text = ANY ((ARRAY['x'::character varying, 'y''s]'::character varying])::text[])",
                "(a)::text = ANY (ARRAY[('x'::character varying)::text, ('y''s]'::character varying)::text])",
            ),
            (
                "((ARRAY['x'::character varying])::text[]) || ((ARRAY['é'::character varying])::text[])",
                "(ARRAY[('x'::character varying)::text]) || (ARRAY[('é'::character varying)::text])",
            ),
        ] {
            assert_eq!(array_casts(printed), settled);
            assert_eq!(array_casts(settled), settled);
        }
        for kept in [
            "(ARRAY['x'::text])::text[]",
            "(ARRAY['x'::character varying, b])::text[]",
            "'(ARRAY[''x''::character varying])::text[]'",
            "(ARRAY['x'::character varying])::text[",
            "(ARRAY['])::text[]",
        ] {
            assert_eq!(array_casts(kept), kept);
        }
    }
}
