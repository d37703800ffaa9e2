//! Statements that make the server send rows in the COPY protocol.

use super::reader::Reader;
use crate::sql::token::Kind;

/// Whether a statement is `COPY … TO stdout`, whose rows the server sends to the client.
///
/// A migration has no use for them, and a client that does not expect them loses its connection.
pub fn sends_rows(statement: &str) -> bool {
    let mut reader = Reader::new(statement);
    if !reader.take(&["copy"]) {
        return false;
    }
    let mut depth = 0usize;
    while let Some(token) = reader.tokens().next() {
        match token.kind {
            Kind::Symbol(b'(') => depth += 1,
            Kind::Symbol(b')') => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ if token.is_word("from") => return false,
            // The grammar takes `TO stdin` for the same.
            _ if token.is_word("to") => return reader.next_is("stdout") || reader.next_is("stdin"),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_copy_to_the_client_sends_rows() {
        for (statement, expected) in [
            ("copy t to stdout;", true),
            ("COPY s.t (a, b) TO STDOUT (FORMAT csv);", true),
            ("copy (select a from t) to stdin;", true),
            ("copy t to '/tmp/x';", false),
            ("copy t to program 'cat';", false),
            ("copy t from stdin;", false),
            ("copy \"to\" from stdout;", false),
            ("copy (select 1 as to, stdout from t", false),
            ("select 'copy t to stdout';", false),
            ("", false),
        ] {
            assert_eq!(sends_rows(statement), expected, "{statement}");
        }
    }
}
