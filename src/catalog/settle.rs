//! Expressions that PostgreSQL reads back from its own print in another form than it printed: of `(a AND b) AND c`, which
//! `BETWEEN` makes, it keeps no inner pair, and the cast of an array is moved to its elements. Statements are written so
//! that it keeps them; a comparison takes both forms for the same. Pure.

mod array;
mod natural;

use std::borrow::Cow;

pub(super) use array::{Typed, held as arrays};

const OPEN: &str = "(ARRAY['";
const CAST: &str = "'::character varying";
const CLOSE: &str = "])::text[]";

/// Returns the SQL with casts to the type that a value has anyway, where PostgreSQL would read something else than it
/// printed: `((a AND b) AND c)` becomes `((a AND b)::boolean AND c)`, and `(ARRAY['x'::citext])::text[]` becomes
/// `(ARRAY['x'::citext]::citext[])::text[]`.
pub(super) fn faithful(sql: &str) -> Cow<'_, str> {
    match natural::natural(sql) {
        Cow::Borrowed(sql) => cast(sql),
        Cow::Owned(sql) => Cow::Owned(cast(&sql).into_owned()),
    }
}

fn cast(sql: &str) -> Cow<'_, str> {
    let found = Unfaithful::of(sql);
    let casts = found.chains.into_iter().map(|(_, close)| (close + 1, "::boolean".to_owned()));
    let mut casts: Vec<(usize, String)> = casts.chain(found.arrays).collect();
    if casts.is_empty() {
        return Cow::Borrowed(sql);
    }
    casts.sort_unstable();
    let mut text = String::with_capacity(sql.len() + 16 * casts.len());
    let mut done = 0;
    for (at, cast) in casts {
        text.push_str(&sql[done..at]);
        text.push_str(&cast);
        done = at;
    }
    text.push_str(&sql[done..]);
    Cow::Owned(text)
}

/// Returns the form of an expression that PostgreSQL prints once it has read its own print.
pub(super) fn canonical(text: &str) -> Cow<'_, str> {
    let chains = Unfaithful::of(text).chains;
    if chains.is_empty() {
        return array_casts(text);
    }
    let mut parentheses: Vec<usize> = chains.into_iter().flat_map(|(open, close)| [open, close]).collect();
    parentheses.sort_unstable();
    let mut flat = String::with_capacity(text.len());
    let mut done = 0;
    for at in parentheses {
        flat.push_str(&text[done..at]);
        done = at + 1;
    }
    flat.push_str(&text[done..]);
    Cow::Owned(array_casts(&flat).into_owned())
}

/// A pair of parentheses that is open.
#[derive(Default)]
struct Pair {
    open: usize,
    /// Whether it begins another pair.
    leads: bool,
    /// The connectives between what is in it.
    has_and: bool,
    has_or: bool,
}

/// What PostgreSQL reads back otherwise.
#[derive(Default)]
struct Unfaithful {
    /// The parentheses around a chain of `AND` or `OR` that begins a longer chain of the same.
    chains: Vec<(usize, usize)>,
    /// Where arrays of constants of one type end that are cast to another, and the cast to their own.
    arrays: Vec<(usize, String)>,
}

impl Unfaithful {
    fn of(sql: &str) -> Self {
        let mut found = Self::default();
        if ![") AND ", ") OR ", OPEN].iter().any(|mark| sql.contains(mark)) {
            return found;
        }
        let mut pairs = Vec::<Pair>::new();
        let mut at = 0;
        while let Some(byte) = sql.as_bytes().get(at) {
            let rest = &sql.as_bytes()[at..];
            match byte {
                b'(' => {
                    let leads = at > 0 && sql.as_bytes()[at - 1] == b'(';
                    pairs.push(Pair { open: at, leads, ..Pair::default() });
                    if rest.starts_with(OPEN.as_bytes()) {
                        found.arrays.extend(array(sql, at + OPEN.len() - 1));
                    }
                }
                b')' => {
                    let pair = pairs.pop().unwrap_or_default();
                    let goes_on = |has: bool, mark: &str| has && rest.starts_with(mark.as_bytes());
                    if pair.leads && (goes_on(pair.has_and, ") AND ") || goes_on(pair.has_or, ") OR ")) {
                        found.chains.push((pair.open, at));
                    }
                }
                b' ' => {
                    if let Some(pair) = pairs.last_mut() {
                        pair.has_and |= rest.starts_with(b" AND ");
                        pair.has_or |= rest.starts_with(b" OR ");
                    }
                }
                b'\'' | b'"' | b'$' => {
                    at += quoted(sql, at);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        found
    }
}

/// Returns the length of the string literal, quoted name or body in dollars at the place; 1 where none begins there.
pub(super) fn quoted(sql: &str, at: usize) -> usize {
    let rest = &sql[at..];
    let mark = if let Some(dollar) = rest.strip_prefix('$') {
        let tag = dollar
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|end| dollar[*end..].starts_with('$'));
        match tag {
            Some(end) => &rest[..end + 2],
            None => return 1,
        }
    } else {
        &rest[..1]
    };
    rest[mark.len()..].find(mark).map_or(rest.len(), |end| end + 2 * mark.len())
}

/// Returns where the array ends whose first constant is at the place, and the cast to its own type.
fn array(sql: &str, start: usize) -> Option<(usize, String)> {
    let (length, type_name) = constants(&sql[start..])?;
    Some((start + length, format!("::{type_name}[]")))
}

/// Returns the length of the constants with the `]` that ends them, and their type, when that is the same for all and a
/// cast of the array follows.
fn constants(text: &str) -> Option<(usize, &str)> {
    let mut rest = text;
    let mut found = None;
    loop {
        let after = rest[literal(rest)?..].strip_prefix("::")?;
        let length = after.find([',', ']'])?;
        let type_name = &after[..length];
        if *found.get_or_insert(type_name) != type_name || type_name.contains(['(', ')', '\'']) {
            return None;
        }
        rest = &after[length..];
        if rest.starts_with("])::") {
            return Some((text.len() - rest.len() + 1, type_name));
        }
        rest = rest.strip_prefix(", ")?;
    }
}

/// Returns the text with the cast of an array of `varchar` constants, as `column IN ('a', 'b')` has it, at its elements:
/// `(ARRAY['a'::character varying])::text[]` becomes `ARRAY[('a'::character varying)::text]`.
fn array_casts(text: &str) -> Cow<'_, str> {
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
    use super::{array_casts, canonical, faithful};

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

    #[test]
    fn what_postgresql_would_read_otherwise_is_held_by_a_cast() {
        for (printed, written, read) in [
            (
                "CHECK ((((b >= 1) AND (b <= 10)) AND (b <> 5)))",
                "CHECK ((((b >= 1) AND (b <= 10))::boolean AND (b <> 5)))",
                "CHECK (((b >= 1) AND (b <= 10) AND (b <> 5)))",
            ),
            ("(((a OR b) OR c) OR d)", "(((a OR b)::boolean OR c)::boolean OR d)", "(a OR b OR c OR d)"),
            (
                "((a)::text = ANY ((ARRAY['x'::citext, 'it''s'::citext])::text[]))",
                "((a)::text = ANY ((ARRAY['x'::citext, 'it''s'::citext]::citext[])::text[]))",
                "((a)::text = ANY ((ARRAY['x'::citext, 'it''s'::citext])::text[]))",
            ),
        ] {
            assert_eq!(faithful(printed), written);
            assert_eq!(canonical(printed), read);
        }
        for kept in [
            "((a OR b) AND c)",
            "(c AND (a AND b))",
            "((NOT (a AND b)) AND c)",
            "('((a AND b) AND c)' AND d)",
            "AS $body$ ((a AND b) AND c) (ARRAY['x'::citext])::text[] $body$ AND (d)",
            "((count(*) OVER (ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) > 1) AND c)",
            "((ARRAY['x'::text, 1])::text[])",
            "((a AND b) AND",
        ] {
            assert_eq!(faithful(kept), kept);
        }
    }
}
