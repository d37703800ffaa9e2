//! Whether a statement keeps to the schema that it is run in, so that it can be tried beside what people work with, in a
//! transaction that is taken back.

use std::collections::BTreeSet;

use crate::sql::identifier::decode;
use crate::sql::token::{Kind, Token, significant};

/// What becomes of a statement that keeps to its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confined {
    /// It is run as it is.
    Run,
    /// It changes rows alone, of which a schema knows nothing: it is left out.
    Rows,
    /// It is run in this form, which runs no query: `WITH NO DATA`.
    Unfilled(String),
}

/// Why a statement may reach beyond its schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Escape {
    /// It is about something that is in no schema, or about a whole one.
    #[error("it is about more than objects of its own schema")]
    Wide,
    /// It runs what can't be foreseen.
    #[error("it runs code, which can do anything")]
    Code,
    /// It has an effect that stays when the transaction is taken back, or needs to be in none.
    #[error("it can't be taken back with a transaction")]
    Lasting,
    /// It names another schema.
    #[error("it names the schema `{0}`")]
    Foreign(String),
    /// It calls a function that acts on the server at once.
    #[error("it calls `{0}`, which acts at once")]
    Acts(String),
}

const KINDS: [&str; 19] = [
    "table",
    "index",
    "view",
    "materialized",
    "function",
    "procedure",
    "routine",
    "aggregate",
    "trigger",
    "rule",
    "policy",
    "type",
    "domain",
    "sequence",
    "statistics",
    "operator",
    "collation",
    "text",
    "constraint",
];

const ROWS: [&str; 6] = ["insert", "update", "delete", "merge", "copy", "truncate"];

const CODE: [&str; 7] = ["do", "call", "select", "execute", "prepare", "values", "with"];

/// Functions whose effects no transaction takes back.
const ACTS: [&str; 15] = [
    "dblink",
    "lo_import",
    "lo_export",
    "set_config",
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_switch_wal",
    "pg_promote",
    "pg_create_",
    "pg_drop_",
    "pg_logical_",
    "pg_sleep",
    "pg_advisory_lock",
];

/// Judges a statement; `others` are the schemas that it must not name.
///
/// # Errors
///
/// Why it may reach beyond its schema. In doubt it may.
pub fn confined(statement: &str, others: &BTreeSet<String>) -> Result<Confined, Escape> {
    let tokens: Vec<Token<'_>> = significant(statement).collect();
    let words: Vec<String> = tokens
        .iter()
        .map(|token| if token.kind == Kind::Word { token.text.to_ascii_lowercase() } else { String::new() })
        .collect();
    let first = words.first().map_or("", String::as_str);
    if ROWS.contains(&first) {
        return Ok(Confined::Rows);
    }
    let has = |word: &str| words.iter().any(|other| other == word);
    match first {
        "with" if ROWS.iter().any(|word| has(word)) => return Ok(Confined::Rows),
        _ if CODE.contains(&first) => return Err(Escape::Code),
        "create" | "alter" | "drop" | "comment" | "grant" | "revoke" => {}
        "begin" | "commit" | "rollback" | "set" | "reset" | "vacuum" | "reindex" | "notify" | "listen" => {
            return Err(Escape::Lasting);
        }
        _ => return Err(Escape::Wide),
    }
    if has("concurrently") {
        return Err(Escape::Lasting);
    }
    let kind = subject(&words).ok_or(Escape::Wide)?;
    if has("schema") {
        return Err(Escape::Wide);
    }
    let routine = matches!(kind, "function" | "procedure");
    names_others(&tokens, others, routine)?;
    acts(statement)?;
    match (first, kind) {
        ("create", "table") if at_top(&tokens, "as") => Err(Escape::Code),
        ("create", "materialized") => Ok(Confined::Unfilled(unfilled(statement, &tokens))),
        _ => Ok(Confined::Run),
    }
}

/// Returns the kind of object that the statement is about; none for what is in no schema.
fn subject(words: &[String]) -> Option<&str> {
    const BETWEEN: [&str; 7] = ["or", "replace", "unique", "unlogged", "recursive", "constraint", "on"];
    let first = words.first()?;
    let mut rest = words[1..].iter().map(String::as_str);
    if matches!(first.as_str(), "grant" | "revoke") {
        // `GRANT role TO role` has no ON; what follows it may be the name of a table.
        let on = words.iter().position(|word| word == "on")?;
        let wide = ["database", "language", "tablespace", "foreign", "large", "parameter"];
        let next = words.get(on + 1).map_or("", String::as_str);
        return (!wide.contains(&next)).then_some("table");
    }
    let kind = rest.find(|word| !BETWEEN.contains(word))?;
    match kind {
        "column" if first == "comment" => Some("table"),
        // `COMMENT ON CONSTRAINT name`: the name is what was found.
        _ if first == "comment" && words.get(2).is_some_and(|word| word == "constraint") => Some("table"),
        _ => KINDS.iter().find(|known| **known == kind).copied(),
    }
}

fn names_others(tokens: &[Token<'_>], others: &BTreeSet<String>, routine: bool) -> Result<(), Escape> {
    let symbol = |at: usize, wanted| {
        tokens.get(at).is_some_and(|token: &Token<'_>| token.kind == Kind::Symbol(wanted))
    };
    for (at, token) in tokens.iter().enumerate() {
        let qualifies = symbol(at + 1, b'.') && !at.checked_sub(1).is_some_and(|before| symbol(before, b'.'));
        if let Some(name) = decode(token).filter(|name| qualifies && others.contains(name)) {
            return Err(Escape::Foreign(name));
        }
        let text = matches!(token.kind, Kind::String | Kind::DollarString);
        if text && (routine || symbol(at + 1, b':')) {
            // The inside of the text is SQL, or a name.
            let inside = token.text.trim_start_matches(['\'', '$']).trim_end_matches(['\'', '$']);
            names_others(&significant(inside).collect::<Vec<_>>(), others, true)?;
        }
    }
    Ok(())
}

fn acts(statement: &str) -> Result<(), Escape> {
    let lower = statement.to_ascii_lowercase();
    let words = lower.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
    let mut acting = words.filter(|word| ACTS.iter().any(|act| word.starts_with(act)));
    acting.next().map_or(Ok(()), |word| Err(Escape::Acts(word.to_owned())))
}

/// Returns whether the word stands outside all parentheses.
fn at_top(tokens: &[Token<'_>], word: &str) -> bool {
    let mut depth = 0;
    tokens.iter().any(|token| {
        match token.kind {
            Kind::Symbol(b'(') => depth += 1,
            Kind::Symbol(b')') => depth -= 1,
            _ => {}
        }
        depth == 0 && token.is_word(word)
    })
}

fn unfilled(statement: &str, tokens: &[Token<'_>]) -> String {
    let tokens: Vec<&Token<'_>> = tokens.iter().filter(|token| token.kind != Kind::Symbol(b';')).collect();
    let ends_in = |words: &[&str]| {
        let tail = tokens.len().checked_sub(words.len()).map(|start| &tokens[start..]);
        tail.filter(|tail| tail.iter().zip(words).all(|(token, word)| token.is_word(word)))
            .map(|tail| tail[0].start)
    };
    let end = tokens.last().map_or(0, |token| token.end());
    let cut = ends_in(&["with", "no", "data"]).or_else(|| ends_in(&["with", "data"])).unwrap_or(end);
    format!("{} WITH NO DATA", statement[..cut].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_keeps_to_its_schema_is_run() {
        let others = BTreeSet::from(["billing".to_owned(), "Odd".to_owned()]);
        let foreign = |name: &str| Err(Escape::Foreign(name.to_owned()));
        for (sql, wanted) in [
            ("CREATE TABLE t (a int, b text DEFAULT 'billing.x')", Ok(Confined::Run)),
            ("CREATE UNIQUE INDEX i ON t (a)", Ok(Confined::Run)),
            ("create or replace function f() returns int language sql as 'select 1'", Ok(Confined::Run)),
            (
                "CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
                Ok(Confined::Run),
            ),
            ("COMMENT ON COLUMN t.a IS 'billing.x'", Ok(Confined::Run)),
            ("COMMENT ON CONSTRAINT c ON t IS 'x'", Ok(Confined::Run)),
            ("GRANT SELECT ON t TO app", Ok(Confined::Run)),
            ("INSERT INTO billing.t VALUES (1)", Ok(Confined::Rows)),
            ("WITH x AS (DELETE FROM t RETURNING 1) SELECT 1", Ok(Confined::Rows)),
            (
                "CREATE MATERIALIZED VIEW m AS SELECT 1 WITH DATA;",
                Ok(Confined::Unfilled("CREATE MATERIALIZED VIEW m AS SELECT 1 WITH NO DATA".to_owned())),
            ),
            ("ALTER TABLE billing.t ADD a int", foreign("billing")),
            ("CREATE VIEW v AS SELECT * FROM \"Odd\".t", foreign("Odd")),
            ("CREATE TABLE t (a int DEFAULT nextval('billing.s'::regclass))", foreign("billing")),
            (
                "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$BEGIN DELETE FROM billing.t; END$$",
                foreign("billing"),
            ),
            (
                "CREATE VIEW v AS SELECT pg_terminate_backend(1)",
                Err(Escape::Acts("pg_terminate_backend".to_owned())),
            ),
            ("CREATE TABLE t AS SELECT 1", Err(Escape::Code)),
            ("DO $$BEGIN END$$", Err(Escape::Code)),
            ("SELECT f()", Err(Escape::Code)),
            ("CREATE INDEX CONCURRENTLY i ON t (a)", Err(Escape::Lasting)),
            ("SET search_path = public", Err(Escape::Lasting)),
            ("VACUUM t", Err(Escape::Lasting)),
            ("CREATE EXTENSION citext", Err(Escape::Wide)),
            ("CREATE ROLE app", Err(Escape::Wide)),
            ("CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()", Err(Escape::Wide)),
            ("CREATE PUBLICATION p FOR ALL TABLES", Err(Escape::Wide)),
            ("CREATE TEMP TABLE t (a int)", Err(Escape::Wide)),
            ("ALTER TABLE t SET SCHEMA other", Err(Escape::Wide)),
            ("GRANT app TO admin", Err(Escape::Wide)),
            ("GRANT ALL ON ALL TABLES IN SCHEMA billing TO app", Err(Escape::Wide)),
            ("ALTER DATABASE d SET a = 1", Err(Escape::Wide)),
            ("COMMENT ON EXTENSION citext IS 'x'", Err(Escape::Wide)),
            ("DROP OWNED BY app", Err(Escape::Wide)),
            ("LOCK TABLE t", Err(Escape::Wide)),
        ] {
            assert_eq!(confined(sql, &others), wanted, "{sql}");
        }
    }
}
