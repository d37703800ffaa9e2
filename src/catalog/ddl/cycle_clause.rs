//! The marks of `CYCLE … SET mark TO 'Y' DEFAULT 'N'`: PostgreSQL prints them with a cast, and its grammar takes a constant
//! alone there. Pure.

use std::borrow::Cow;

use crate::catalog::settle::quoted;

/// Returns the SQL with `text 'Y'` in the place of `'Y'::text` in each `CYCLE` clause.
pub(super) fn written(sql: &str) -> Cow<'_, str> {
    if !sql.contains(" CYCLE ") {
        return Cow::Borrowed(sql);
    }
    let mut text = String::with_capacity(sql.len());
    let (mut done, mut at, mut within) = (0, 0, false);
    while let Some(byte) = sql.as_bytes().get(at) {
        let rest = &sql[at..];
        if matches!(byte, b'\'' | b'"' | b'$') {
            at += quoted(sql, at);
            continue;
        }
        within |= rest.starts_with(" CYCLE ");
        let ends = if rest.starts_with(" TO ") { " DEFAULT " } else { " USING " };
        let word = [" TO ", " DEFAULT "].into_iter().find(|word| within && rest.starts_with(word));
        if let Some((length, constant)) = word.and_then(|word| constant(&rest[word.len()..], ends)) {
            let start = at + word.map_or(0, str::len);
            text.push_str(&sql[done..start]);
            text.push_str(&constant);
            at = start + length;
            done = at;
            continue;
        }
        within &= !rest.starts_with(" USING ");
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    text.push_str(&sql[done..]);
    Cow::Owned(text)
}

/// Returns the length of the string with its cast before `ends`, and the string with its type before it. An array's type
/// can't be written so.
fn constant(text: &str, ends: &str) -> Option<(usize, String)> {
    let mut length = usize::from(text.starts_with('E'));
    text[length..].strip_prefix('\'')?;
    while text[length..].starts_with('\'') {
        length += quoted(text, length);
    }
    let type_name = text[length..].strip_prefix("::")?;
    let type_name = &type_name[..type_name.find(ends)?];
    let named = format!("{type_name} {}", &text[..length]);
    (!type_name.ends_with("[]")).then_some((length + "::".len() + type_name.len(), named))
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn the_marks_of_a_cycle_are_constants() {
        for (printed, sql) in [
            (
                "r) CYCLE f, t SET c TO 'Y'::text DEFAULT E'N''\\\\'::character varying USING path SELECT 'Y'::text",
                "r) CYCLE f, t SET c TO text 'Y' DEFAULT character varying E'N''\\\\' USING path SELECT 'Y'::text",
            ),
            (
                "r) CYCLE f SET c TO '-1'::integer DEFAULT 0 USING p), s) CYCLE \" TO 'é'\" SET d TO 1 DEFAULT '2'::bigint USING q",
                "r) CYCLE f SET c TO integer '-1' DEFAULT 0 USING p), s) CYCLE \" TO 'é'\" SET d TO 1 DEFAULT bigint '2' USING q",
            ),
        ] {
            assert_eq!(written(printed), sql);
        }
        for kept in [
            "r) CYCLE f SET c USING p",
            "r) CYCLE f SET c TO true DEFAULT false USING p",
            "r) CYCLE f SET c TO '{}'::text[] DEFAULT '{1}'::text[] USING p",
            "' CYCLE a TO ''Y''::text DEFAULT ''N''::text USING'",
            "SELECT a TO 'Y'::text DEFAULT 'N'::text USING p",
        ] {
            assert_eq!(written(kept), kept);
        }
    }
}
