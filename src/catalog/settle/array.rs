//! An array of columns that is cast to another type as a whole: `(ARRAY[b, c])::text[]`, which `a IN (b, c)` makes of
//! `varchar` columns. PostgreSQL moves the cast to the elements when it reads that back. Pure.

use std::borrow::Cow;

use super::{literal, quoted};

const OPEN: &str = "(ARRAY[";

/// Returns the SQL with a cast of each such array to the type that it has anyway: `(ARRAY[b, c]::character varying[])::text[]`.
/// `type_of` knows the types of columns by their quoted names.
pub(in crate::catalog) fn held<'a>(sql: &'a str, type_of: impl Fn(&str) -> Option<String>) -> Cow<'a, str> {
    let mut text = String::new();
    let (mut done, mut at) = (0, 0);
    while let Some(byte) = sql.as_bytes().get(at) {
        if matches!(byte, b'\'' | b'"' | b'$') {
            at += quoted(sql, at);
            continue;
        }
        if sql[at..].starts_with(OPEN)
            && let Some((length, type_name)) = elements(&sql[at + OPEN.len()..], &type_of)
        {
            let end = at + OPEN.len() + length;
            text.push_str(&sql[done..end]);
            text.push_str(&format!("::{type_name}[]"));
            done = end;
        }
        at += sql[at..].chars().next().map_or(1, char::len_utf8);
    }
    if done == 0 {
        return Cow::Borrowed(sql);
    }
    text.push_str(&sql[done..]);
    Cow::Owned(text)
}

/// Returns the length of the elements with the `]` that ends them and their type, where it is the same for all, a cast of
/// the array follows and not all of them are constants.
fn elements(text: &str, type_of: &impl Fn(&str) -> Option<String>) -> Option<(usize, String)> {
    let (mut rest, mut found, mut columns) = (text, None, false);
    loop {
        let type_name;
        if let Some(length) = literal(rest) {
            let after = rest[length..].strip_prefix("::")?;
            let end = after.find([',', ']', '('])?;
            type_name = after[..end].to_owned();
            rest = &after[end..];
        } else {
            let length = name(rest)?;
            type_name = type_of(&rest[..length])?;
            rest = &rest[length..];
            columns = true;
        }
        if *found.get_or_insert_with(|| type_name.clone()) != type_name {
            return None;
        }
        if rest.starts_with("])::") {
            return found.filter(|_| columns).map(|found| (text.len() - rest.len() + 1, found));
        }
        rest = rest.strip_prefix(", ")?;
    }
}

/// Returns the length of the column's name that the text begins with, with the names before it.
fn name(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let length = match rest.strip_prefix('"') {
            Some(inner) => inner.find('"')? + 2,
            None => rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len()),
        };
        if length == 0 {
            return None;
        }
        at += length;
        if !text[at..].starts_with('.') {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::held;

    #[test]
    fn arrays_of_columns_are_cast_to_the_type_that_they_have() {
        let type_of = |name: &str| match name.rsplit('.').next()? {
            "b" | "\"C c\"" => Some("character varying".to_owned()),
            "i" => Some("integer".to_owned()),
            _ => None,
        };
        for (printed, written) in [
            (
                "CHECK (((a)::text = ANY ((ARRAY[b, \"C c\"])::text[])))",
                "CHECK (((a)::text = ANY ((ARRAY[b, \"C c\"]::character varying[])::text[])))",
            ),
            (
                "(x.a)::text = ANY ((ARRAY[y.b, 'x'::character varying])::text[])",
                "(x.a)::text = ANY ((ARRAY[y.b, 'x'::character varying]::character varying[])::text[])",
            ),
            ("é (n = ANY ((ARRAY[i, i])::numeric[]))", "é (n = ANY ((ARRAY[i, i]::integer[])::numeric[]))"),
        ] {
            assert_eq!(held(printed, type_of), written);
        }
        for kept in [
            "(ARRAY[b, i])::text[]",
            "(ARRAY['x'::character varying])::text[]",
            "(ARRAY[z])::text[]",
            "'(ARRAY[b])::text[]'",
            "ARRAY[b]",
            "(ARRAY[(b + 1)])::text[]",
        ] {
            assert_eq!(held(kept, type_of), kept);
        }
    }
}
