//! An array of columns that is cast to another type as a whole: `(ARRAY[b, c])::text[]`, which `a IN (b, c)` makes of
//! `varchar` columns. PostgreSQL moves the cast to the elements when it reads that back. Pure.

use std::borrow::Cow;

use super::{literal, quoted};

const OPEN: &str = "(ARRAY[";

const CAST: &str = ")::text[])";

/// A type's name without and with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::catalog) struct Typed<'a> {
    pub(in crate::catalog) base: &'a str,
    pub(in crate::catalog) full: &'a str,
}

/// Returns the SQL with a cast of each such array to the type that it has anyway: `(ARRAY[b, c]::character varying[])::text[]`.
/// Where that would change elements with other modifiers it is without the cast, if that comes by itself:
/// `(a)::text = ANY (ARRAY[b, c])`. `type_of` knows the types of columns by their quoted names.
pub(in crate::catalog) fn held<'a, 't>(
    sql: &'a str,
    type_of: impl Fn(&str) -> Option<Typed<'t>>,
) -> Cow<'a, str> {
    let mut text = String::new();
    let (mut done, mut at) = (0, 0);
    while let Some(byte) = sql.as_bytes().get(at) {
        if matches!(byte, b'\'' | b'"' | b'$') {
            at += quoted(sql, at);
            continue;
        }
        if sql[at..].starts_with(OPEN)
            && let Some(Elements { length, base, modifiers }) = elements(&sql[at + OPEN.len()..], &type_of)
        {
            let end = at + OPEN.len() + length;
            let bare = modifiers == Modifiers::Several && is_cast_anyway(&sql[..at], &base, &sql[end..]);
            text.push_str(&sql[done..if bare { at } else { end }]);
            done = end;
            if bare {
                text.push_str(&sql[at + 1..end]);
                done += CAST.len() - 1;
            } else {
                let type_name = if let Modifiers::Same(full) = modifiers { full } else { base };
                text.push_str(&format!("::{type_name}[]"));
            }
        }
        at += sql[at..].chars().next().map_or(1, char::len_utf8);
    }
    if done == 0 {
        return Cow::Borrowed(sql);
    }
    text.push_str(&sql[done..]);
    Cow::Owned(text)
}

/// Returns whether PostgreSQL casts an array between these texts to `text[]` by itself, to compare it with a `text`.
fn is_cast_anyway(before: &str, base: &str, after: &str) -> bool {
    let left = before.strip_suffix(" ANY (").or_else(|| before.strip_suffix(" ALL ("));
    let compared =
        left.and_then(|left| left.rsplit_once(' ')).is_some_and(|(left, _)| left.ends_with(")::text"));
    compared && base == "character varying" && after.starts_with(CAST)
}

/// The elements of an array.
struct Elements {
    /// The length of their text with the `]` that ends them.
    length: usize,
    /// The type that all have, without modifiers.
    base: String,
    modifiers: Modifiers,
}

/// The modifiers of the elements' types.
#[derive(PartialEq, Eq)]
enum Modifiers {
    /// All have this type.
    Same(String),
    Several,
}

/// Returns the elements that the text begins with, where they have one type, a cast of the array follows and not all of
/// them are constants.
fn elements<'t>(text: &str, type_of: &impl Fn(&str) -> Option<Typed<'t>>) -> Option<Elements> {
    let mut rest = text;
    let (mut columns, mut found) = (false, None::<Elements>);
    loop {
        let cast = literal(rest).or_else(|| parenthesised(rest));
        columns |= literal(rest).is_none();
        let type_name = if let Some(length) = cast {
            let after = rest[length..].strip_prefix("::")?;
            let length = after.find([',', ']', '('])?;
            let end = if after[length..].starts_with('(') { after.find(')')? + 1 } else { length };
            rest = &after[end..];
            Typed { base: &after[..length], full: &after[..end] }
        } else {
            let length = name(rest)?;
            let type_name = type_of(&rest[..length])?;
            rest = &rest[length..];
            type_name
        };
        let first = || Elements {
            length: 0,
            base: type_name.base.to_owned(),
            modifiers: Modifiers::Same(type_name.full.to_owned()),
        };
        let all = found.get_or_insert_with(first);
        if all.base != type_name.base {
            return None;
        }
        if !matches!(&all.modifiers, Modifiers::Same(full) if full == type_name.full) {
            all.modifiers = Modifiers::Several;
        }
        if rest.starts_with("])::") {
            all.length = text.len() - rest.len() + 1;
            return found.filter(|_| columns);
        }
        rest = rest.strip_prefix(", ")?;
    }
}

/// Returns the length of the parentheses that the text begins with.
fn parenthesised(text: &str) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match text.as_bytes().get(at)? {
            b'\'' | b'"' | b'$' => {
                at += quoted(text, at);
                continue;
            }
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return text.starts_with('(').then_some(at);
        }
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
    use super::{Typed, held};

    #[test]
    fn arrays_of_columns_are_cast_to_the_type_that_they_have() {
        let of = |base, full| Some(Typed { base, full });
        let type_of = |name: &str| match name.rsplit('.').next()? {
            "b" | "\"C c\"" => of("character varying", "character varying"),
            "v" | "w" => of("character varying", "character varying(20)"),
            "n" => of("numeric", "numeric(9,2)"),
            "i" => of("integer", "integer"),
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
            (
                "(ARRAY[b, ((')'::text || c))::character varying])::text[]",
                "(ARRAY[b, ((')'::text || c))::character varying]::character varying[])::text[]",
            ),
            (
                "((x.a)::text = ANY ((ARRAY[y.v, w])::text[]))",
                "((x.a)::text = ANY ((ARRAY[y.v, w]::character varying(20)[])::text[]))",
            ),
            (
                "(((a)::text <> ALL ((ARRAY[v, (c)::character varying(7), b])::text[])) AND true)",
                "(((a)::text <> ALL (ARRAY[v, (c)::character varying(7), b])) AND true)",
            ),
            (
                "f((ARRAY[n, (2)::numeric(9,2)])::double precision[])",
                "f((ARRAY[n, (2)::numeric(9,2)]::numeric(9,2)[])::double precision[])",
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
