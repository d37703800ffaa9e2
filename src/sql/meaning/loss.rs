//! Whether a statement makes rows or values go, as far as its text tells.

use crate::sql::lexemes::{Lexeme, lexemes};

/// Whether a statement takes rows from tables that stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsLost {
    /// It does not.
    None,
    /// It runs code that may.
    Perhaps,
    /// It does.
    Some,
}

/// Tells whether a statement takes rows from tables that stay: `DELETE`, `TRUNCATE`, `MERGE`, and code that is called.
pub fn rows_lost(statement: &str) -> RowsLost {
    let words = Words::of(statement);
    match words.first() {
        "delete" | "truncate" | "merge" => RowsLost::Some,
        "with" | "explain" | "copy" if words.has(&["delete", "merge"]) => RowsLost::Some,
        "do" if words.code_has(&["delete", "truncate", "merge", "execute", "perform", "call", "select"]) => {
            RowsLost::Perhaps
        }
        "select" | "call" | "execute" | "with" => RowsLost::Perhaps,
        _ => RowsLost::None,
    }
}

/// Tells whether a statement may overwrite values of rows that stay: `UPDATE`, an `INSERT` that does on conflict, and code
/// that is called.
pub fn may_overwrite(statement: &str) -> bool {
    let words = Words::of(statement);
    match words.first() {
        "update" | "merge" | "do" | "select" | "call" | "execute" | "copy" => true,
        "with" | "explain" | "insert" => words.has(&["update", "merge", "select"]),
        _ => false,
    }
}

/// Tells whether a statement drops tables, or what they are in, and does nothing else.
pub fn drops_tables(statement: &str) -> bool {
    let words = Words::of(statement);
    words.first() == "drop" && matches!(words.0.get(1).map(String::as_str), Some("table" | "schema"))
}

/// Tells whether a statement may destroy rows or values, so that it is worth a rehearsal.
///
/// It errs on the side of yes for what is written in the statement; what a function does that it calls is not in its text.
pub fn may_destroy(statement: &str) -> bool {
    let words = Words::of(statement);
    let second = words.0.get(1).map_or("", |word| word.as_str());
    match words.first() {
        "delete" | "truncate" | "merge" => true,
        "with" => words.has(&["delete", "merge"]),
        "drop" => match second {
            "table" | "schema" | "extension" | "owned" | "database" => true,
            "view" | "materialized" | "index" | "trigger" | "policy" | "rule" => false,
            _ => words.has(&["cascade"]),
        },
        "alter" => match second {
            "table" | "foreign" => words.changes_type() || words.drops_column(),
            "type" => words.has(&["drop", "type"]) && words.has(&["attribute"]),
            _ => false,
        },
        "do" => words.code_has(&["delete", "truncate", "merge", "drop", "execute"]),
        _ => false,
    }
}

/// The words of a statement in lower case. Names in quotes, numbers and symbols are empty; strings are kept apart.
struct Words(Vec<String>, String);

impl Words {
    fn of(statement: &str) -> Self {
        let mut code = String::new();
        let words = lexemes(statement).into_iter().map(|lexeme| match lexeme {
            Lexeme::Word(word) => word,
            Lexeme::String(text) => {
                code += &text.to_lowercase();
                code.push(' ');
                String::new()
            }
            _ => String::new(),
        });
        let words = words.collect();
        Self(words, code)
    }

    fn first(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    fn has(&self, words: &[&str]) -> bool {
        self.0.iter().any(|word| words.contains(&word.as_str()))
    }

    fn code_has(&self, words: &[&str]) -> bool {
        self.1.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| words.contains(&word))
    }

    /// Tells whether an ALTER TABLE gives a column another type: `ALTER c TYPE`, `ALTER COLUMN c SET DATA TYPE`.
    fn changes_type(&self) -> bool {
        let at = |index: usize| self.0.get(index).map_or("", String::as_str);
        (4..self.0.len()).any(|index| {
            at(index) == "type"
                && (at(index - 1) == "data" || ["alter", "column"].contains(&at(index - 2)))
                && at(index - 2) != "add"
                && at(index - 3) != "add"
        })
    }

    /// Tells whether an ALTER TABLE drops a column: what follows DROP is none of the words for something else.
    fn drops_column(&self) -> bool {
        const ELSE: [&str; 6] = ["constraint", "default", "not", "identity", "expression", "trigger"];
        let pairs = self.0.iter().zip(self.0.iter().skip(1).map(String::as_str).chain([""]));
        pairs.filter(|(word, _)| *word == "drop").any(|(_, next)| !ELSE.contains(&next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_may_destroy_are_found() {
        for statement in [
            "DROP TABLE a",
            "drop schema s cascade",
            "DROP TYPE mood CASCADE",
            "ALTER TABLE a DROP b",
            "ALTER TABLE a ALTER c DROP DEFAULT, DROP COLUMN \"b\"",
            "ALTER TABLE a DROP COLUMN IF EXISTS b",
            "ALTER TABLE a DROP \"b\"",
            "alter table a alter column b set data type int using b::int",
            "alter table s.a alter \"b\" type int",
            "TRUNCATE a",
            "DELETE FROM a",
            "WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone",
            "DO $$ BEGIN EXECUTE 'drop table a'; END $$",
            "DO 'begin delete from a; end'",
            "DROP OWNED BY role",
        ] {
            assert!(may_destroy(statement), "{statement}");
        }
    }

    #[test]
    fn statements_that_only_make_are_not() {
        for statement in [
            "CREATE TABLE a (b int REFERENCES c ON DELETE CASCADE ON UPDATE CASCADE)",
            "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c ON DELETE CASCADE",
            "ALTER TABLE a ADD COLUMN type text, ADD type text",
            "ALTER TABLE a DROP CONSTRAINT c, ALTER d DROP NOT NULL, ALTER d DROP DEFAULT",
            "CREATE TRIGGER t BEFORE DELETE OR TRUNCATE ON a EXECUTE FUNCTION f()",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ DELETE FROM a RETURNING 1 $$",
            "GRANT DELETE ON a TO b",
            "DROP VIEW v CASCADE",
            "DROP FUNCTION f()",
            "DROP INDEX a_idx",
            "UPDATE a SET b = 'drop table a'",
            "COMMENT ON TABLE a IS 'DROP TABLE'",
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN CREATE TYPE t AS ENUM ('deleted'); END IF; END $$",
            "",
        ] {
            assert!(!may_destroy(statement), "{statement}");
        }
    }

    #[test]
    fn what_may_overwrite_values_is_told_from_what_only_adds_rows() {
        for statement in [
            "UPDATE a SET b = 1",
            "INSERT INTO a VALUES (1) ON CONFLICT (b) DO UPDATE SET b = 2",
            "WITH x AS (UPDATE a SET b = 1) SELECT",
            "DO 'begin update a set b = 1; end'",
            "SELECT f()",
        ] {
            assert!(may_overwrite(statement), "{statement}");
        }
        for statement in ["INSERT INTO a VALUES ('update')", "DELETE FROM a", "ALTER TABLE a ADD b int"] {
            assert!(!may_overwrite(statement), "{statement}");
        }
        assert!(drops_tables("drop table a") && drops_tables("DROP SCHEMA s CASCADE"));
        assert!(!drops_tables("DROP OWNED BY a") && !drops_tables("DO 'begin drop table a; end'"));
    }

    #[test]
    fn code_that_is_called_may_take_rows() {
        assert_eq!(rows_lost("/* x */ delete from a"), RowsLost::Some);
        assert_eq!(rows_lost("WITH x AS (DELETE FROM a) SELECT"), RowsLost::Some);
        assert_eq!(rows_lost("SELECT f()"), RowsLost::Perhaps);
        assert_eq!(rows_lost("DO 'begin perform f(); end'"), RowsLost::Perhaps);
        assert_eq!(rows_lost("DO 'begin insert into a values (1); end'"), RowsLost::None);
        assert_eq!(rows_lost("ALTER TABLE a CLUSTER ON b"), RowsLost::None);
        assert_eq!(rows_lost("INSERT INTO a VALUES ('delete')"), RowsLost::None);
    }
}
