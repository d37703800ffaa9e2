//! Quoting for names and texts that a server holds: it has them, so nothing can be wrong with them.

use super::{enclosed, is_plain};

/// Returns the name as SQL: as it is where PostgreSQL reads it back unchanged, else in double quotes.
#[must_use]
pub(crate) fn identifier(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { enclosed('"', name) }
}

/// Returns `schema.name`, or the bare name when there is no schema.
#[must_use]
pub(crate) fn qualified(schema: &str, name: &str) -> String {
    if schema.is_empty() { identifier(name) } else { format!("{}.{}", identifier(schema), identifier(name)) }
}

/// Returns the text as a string constant, which means the same whatever `standard_conforming_strings` is.
#[must_use]
pub(crate) fn literal(text: &str) -> String {
    if text.contains('\\') {
        format!("E{}", enclosed('\'', &text.replace('\\', r"\\")))
    } else {
        enclosed('\'', text)
    }
}

/// Returns the text as a string constant as PostgreSQL prints it in what it has parsed (`simple_quote_literal` in
/// src/backend/utils/adt/ruleutils.c).
#[must_use]
pub(crate) fn printed(text: &str) -> String {
    enclosed('\'', text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_schema_is_a_bare_name() {
        assert_eq!(qualified("", "order"), "\"order\"");
        assert_eq!(qualified("Sales", "leads"), "\"Sales\".leads");
    }

    #[test]
    fn a_part_that_has_no_name_is_never_written_bare() {
        assert_eq!(identifier(""), "\"\"");
    }
}
