//! A join without a condition: `NATURAL` without a column in common. PostgreSQL prints it as `ON TRUE` and reads that back
//! as a condition. Pure.

use std::borrow::Cow;

use super::quoted;

const NO_CONDITION: &str = " ON TRUE";
const JOINS: [&str; 3] = [" LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN "];

/// Returns the SQL with `NATURAL` before each join that is printed with `ON TRUE`; a condition that is true is printed as
/// `ON true`.
pub(super) fn natural(sql: &str) -> Cow<'_, str> {
    if !sql.contains(NO_CONDITION) {
        return Cow::Borrowed(sql);
    }
    let mut edits: Vec<(usize, usize, &str)> = Vec::new();
    // Where the last join within each open pair of parentheses begins.
    let mut joins: Vec<Option<usize>> = vec![None];
    let mut at = 0;
    while let Some(byte) = sql.as_bytes().get(at) {
        match byte {
            b'(' => joins.push(None),
            b')' if joins.len() > 1 => drop(joins.pop()),
            b' ' => {
                let rest = &sql[at..];
                if JOINS.iter().any(|join| rest.starts_with(join)) {
                    *joins.last_mut().unwrap_or(&mut None) = Some(at + 1);
                } else if let Some(after) = rest.strip_prefix(NO_CONDITION)
                    && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
                    && let Some(join) = joins.last_mut().and_then(Option::take)
                {
                    edits.extend([(join, join, "NATURAL "), (at, at + NO_CONDITION.len(), "")]);
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
    edits.sort_unstable();
    let mut text = String::with_capacity(sql.len());
    let mut done = 0;
    for (from, to, word) in edits {
        text.push_str(&sql[done..from]);
        text.push_str(word);
        done = to;
    }
    text.push_str(&sql[done..]);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn a_join_without_a_condition_is_natural() {
        for (printed, written) in [
            ("FROM (t\n     LEFT JOIN u ON TRUE)", "FROM (t\n     NATURAL LEFT JOIN u)"),
            (
                "FROM (t FULL JOIN ( SELECT 1 FROM (u LEFT JOIN t t_1 ON (true))) s ON TRUE)",
                "FROM (t NATURAL FULL JOIN ( SELECT 1 FROM (u LEFT JOIN t t_1 ON (true))) s)",
            ),
            (
                "FROM ((t LEFT JOIN u ON TRUE) RIGHT JOIN v ON TRUE)",
                "FROM ((t NATURAL LEFT JOIN u) NATURAL RIGHT JOIN v)",
            ),
        ] {
            assert_eq!(natural(printed), written);
        }
        for kept in
            ["' LEFT JOIN u ON TRUE'", "LEFT JOIN u ON (true)", "x ON TRUE", "( LEFT JOIN u) ON TRUE_"]
        {
            assert_eq!(natural(kept), kept);
        }
    }
}
