//! What a migration's text may hold: read before anything runs.

use std::fmt;

use serde::Serialize;

use super::Finding;
use crate::model::{Mode, Script};
use crate::sql::directive::{self, Directives};
use crate::sql::meaning::{self, Effect, Unbatched, control, effect, refusal, sends_rows};
use crate::sql::{self, Position, ScanError, Statement};

/// Why a statement can't stand in a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "problem", content = "detail", rename_all = "kebab-case")]
pub enum Refused {
    /// The text can't be split into statements, or its directive can't be read.
    Text(String),
    /// It begins or ends a transaction, and the migration is one.
    TransactionControl(String),
    /// PostgreSQL refuses it in a transaction, and the migration is one.
    NotInTransaction(String),
    /// A concurrent index without a name can't be found again after an interruption.
    UnnamedConcurrentIndex,
    /// It sends rows to the client, and there is nobody to take them.
    SendsRows,
    /// It can't be run in batches.
    Batch(String),
}

impl Refused {
    pub(super) fn hint(&self) -> &'static str {
        match self {
            Self::Text(_) => "correct the file",
            Self::TransactionControl(_) => {
                "remove the statement: crmdb runs the migration and its ledger row in one transaction; \
                 a file that starts with `-- crmdb: no-transaction` runs statement by statement"
            }
            Self::NotInTransaction(_) => {
                "put it in a file of its own that starts with `-- crmdb: no-transaction`"
            }
            Self::UnnamedConcurrentIndex => "name the index",
            Self::SendsRows => "remove the statement, or copy to a file of the server or into a table",
            Self::Batch(_) => "write it without the directive, as plain statements",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::NotInTransaction(text) => f.write_str(text),
            Self::TransactionControl(word) => {
                write!(f, "`{word}` can't stand in a migration, which is one transaction")
            }
            Self::UnnamedConcurrentIndex => f.write_str(
                "a concurrent index without a name can't be found again when its build is interrupted",
            ),
            Self::SendsRows => {
                f.write_str("`COPY … TO STDOUT` sends rows, and a migration has nobody to take them")
            }
            Self::Batch(reason) => f.write_str(reason),
        }
    }
}

/// Reads the whole script and returns how it runs, or everything that can't stand in it.
pub fn screen(script: &Script) -> Result<Mode, Vec<Finding>> {
    let text: &str = &script.text;
    let at = |position: Position, problem| Finding::Statement {
        path: script.path.clone(),
        line: position.line,
        column: position.column,
        problem,
    };
    let unreadable = |error: ScanError| vec![at(error.position(), Refused::Text(error.to_string()))];
    let mode = match Directives::read(text).map_err(unreadable)?.mode {
        directive::Mode::Transaction => Mode::Transaction,
        directive::Mode::NoTransaction => Mode::Journal(Vec::new()),
        directive::Mode::Batch(chunk) => {
            let mut statements = sql::statements(text).filter_map(Result::ok);
            let (first, second) = (statements.next(), statements.next());
            let place = second.as_ref().or(first.as_ref()).map(|statement| statement.position);
            let reason = match (&first, &second) {
                (Some(only), None) => meaning::batch(only.text).err(),
                _ => Some(Unbatched::NotAChange),
            };
            if let Some(reason) = reason {
                let place = place.unwrap_or(Position { line: 1, column: 1 });
                return Err(vec![at(place, Refused::Batch(reason.to_string()))]);
            }
            Mode::Batch { chunk, begun: false }
        }
    };
    let mut findings = Vec::new();
    for statement in sql::statements(text) {
        let statement = statement.map_err(unreadable)?;
        let problem = match mode {
            _ if sends_rows(statement.text) => Some(Refused::SendsRows),
            Mode::Transaction => in_transaction(&statement),
            Mode::Journal(_) => outside_transaction(&statement),
            Mode::Batch { .. } => None,
        };
        findings.extend(problem.map(|problem| at(statement.position, problem)));
    }
    if findings.is_empty() { Ok(mode) } else { Err(findings) }
}

fn in_transaction(statement: &Statement<'_>) -> Option<Refused> {
    if control(statement.text).is_some_and(|control| !control.stays_inside()) {
        return Some(Refused::TransactionControl(first_words(statement.text)));
    }
    // What is refused only under some circumstances is left to the server, which knows them.
    let refusal = refusal(statement.text).filter(|refusal| refusal.unless.is_none())?;
    Some(Refused::NotInTransaction(refusal.to_string()))
}

fn outside_transaction(statement: &Statement<'_>) -> Option<Refused> {
    if control(statement.text).is_some() {
        return Some(Refused::TransactionControl(first_words(statement.text)));
    }
    match effect(statement.text) {
        Effect::CreateIndex { name: None, concurrently: true, .. } => Some(Refused::UnnamedConcurrentIndex),
        _ => None,
    }
}

fn first_words(text: &str) -> String {
    text.trim_end_matches(';').split_whitespace().take(2).collect::<Vec<_>>().join(" ").to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let script = Script::new("migrations/V1__a.sql", text);
        screen(&script).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_statement_that_would_break_the_transaction_is_named() {
        let text = "create table a();\nbegin;\n  commit;\nsavepoint s; rollback to s;\nvacuum a;\n";
        assert_eq!(
            problems(text),
            [
                "migrations/V1__a.sql:2:1: `BEGIN` can't stand in a migration, which is one transaction",
                "migrations/V1__a.sql:3:3: `COMMIT` can't stand in a migration, which is one transaction",
                "migrations/V1__a.sql:5:1: `VACUUM` can't run inside a transaction block",
            ]
        );
    }

    #[test]
    fn a_file_without_a_transaction_may_hold_what_needs_none() {
        let text = "-- crmdb: no-transaction\ncreate index concurrently i on a (b);\nvacuum a;\n";
        assert_eq!(screen(&Script::new("a", text)), Ok(Mode::Journal(Vec::new())));
        assert_eq!(problems("-- crmdb: no-transaction\ncreate index concurrently on a (b);").len(), 1);
        assert_eq!(problems("-- crmdb: no-transaction\nsavepoint s;").len(), 1);
    }

    #[test]
    fn a_file_of_batches_holds_one_change_that_can_be_cut() {
        let problem = |text: &str| problems(&format!("-- crmdb: batch 100\n{text}"));
        assert!(problem("update a set b = 1;").is_empty());
        let alone =
            "a file with `-- crmdb: batch` holds one UPDATE, DELETE or INSERT … SELECT, and nothing else";
        assert_eq!(
            problem("update a set b = 1;\ndelete from a;"),
            [format!("migrations/V1__a.sql:3:1: {alone}")]
        );
        assert_eq!(problem(""), [format!("migrations/V1__a.sql:1:1: {alone}")]);
        assert_eq!(
            problem("\ndelete from a returning b"),
            [
                "migrations/V1__a.sql:3:1: a statement with `returning` does not do in batches what it does whole"
            ]
        );
    }

    #[test]
    fn rows_for_the_client_are_refused_in_and_outside_a_transaction() {
        for directive in ["", "-- crmdb: no-transaction\n"] {
            assert_eq!(problems(&format!("{directive}copy a to stdout;\ncopy a to '/x';")).len(), 1);
        }
    }

    #[test]
    fn psql_commands_and_open_quotes_are_named_with_their_place() {
        assert!(
            problems("select 1;\n\\d\n")[0]
                .starts_with("migrations/V1__a.sql:2:1: line 2 has the psql command `\\d`")
        );
        assert!(problems("select 'a;\n")[0].contains(":1:8: "));
        assert_eq!(
            screen(&Script::new("a", "\\restrict abc\nselect 1;\n\\unrestrict abc\n")),
            Ok(Mode::Transaction)
        );
    }
}
