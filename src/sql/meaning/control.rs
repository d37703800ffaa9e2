//! Statements that begin, end or divide a transaction.

use super::reader::Reader;

/// What a statement does to the transaction around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK`, `ABORT`.
    Rollback,
    /// `PREPARE TRANSACTION`, which takes the transaction away from the session.
    PrepareTransaction,
    /// `COMMIT PREPARED`.
    CommitPrepared,
    /// `ROLLBACK PREPARED`.
    RollbackPrepared,
    /// `SAVEPOINT`.
    Savepoint,
    /// `RELEASE [SAVEPOINT]`.
    Release,
    /// `ROLLBACK TO [SAVEPOINT]`.
    RollbackToSavepoint,
}

impl Control {
    /// Whether it only divides the transaction it runs in, so that a transactional migration may hold it.
    pub fn stays_inside(self) -> bool {
        match self {
            Self::Savepoint | Self::Release | Self::RollbackToSavepoint => true,
            Self::Begin
            | Self::Commit
            | Self::Rollback
            | Self::PrepareTransaction
            | Self::CommitPrepared
            | Self::RollbackPrepared => false,
        }
    }
}

/// Returns what a statement does to the transaction around it, `None` when it is no transaction statement.
pub fn control(statement: &str) -> Option<Control> {
    let mut reader = Reader::new(statement);
    let first = reader.take_any(&[
        "begin",
        "start",
        "commit",
        "end",
        "rollback",
        "abort",
        "prepare",
        "savepoint",
        "release",
    ])?;
    let prepared = reader.next_is("prepared");
    Some(match first.to_ascii_lowercase().as_str() {
        "begin" | "start" => Control::Begin,
        "commit" if prepared => Control::CommitPrepared,
        "commit" | "end" => Control::Commit,
        "rollback" if prepared => Control::RollbackPrepared,
        "rollback" => {
            reader.take_any(&["work", "transaction"]);
            if reader.next_is("to") { Control::RollbackToSavepoint } else { Control::Rollback }
        }
        "abort" => Control::Rollback,
        // `PREPARE transaction AS …` is a prepared statement that is named so.
        "prepare" => {
            let transaction = reader.take(&["transaction"]) && reader.text().is_some();
            return transaction.then_some(Control::PrepareTransaction);
        }
        "savepoint" => Control::Savepoint,
        _ => Control::Release,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transaction_statements_are_recognised() {
        for (statement, expected) in [
            ("begin", Control::Begin),
            ("/* x */ BEGIN -- x\n ISOLATION LEVEL SERIALIZABLE;", Control::Begin),
            ("start transaction read only;", Control::Begin),
            ("commit;", Control::Commit),
            ("COMMIT WORK AND CHAIN;", Control::Commit),
            ("end transaction;", Control::Commit),
            ("rollback;", Control::Rollback),
            ("rollback work and no chain;", Control::Rollback),
            ("abort;", Control::Rollback),
            ("prepare transaction 'x';", Control::PrepareTransaction),
            ("commit prepared 'x';", Control::CommitPrepared),
            ("rollback prepared 'x';", Control::RollbackPrepared),
            ("savepoint a;", Control::Savepoint),
            ("release a;", Control::Release),
            ("release savepoint a;", Control::Release),
            ("rollback to a;", Control::RollbackToSavepoint),
            ("rollback transaction to savepoint a;", Control::RollbackToSavepoint),
        ] {
            assert_eq!(control(statement), Some(expected), "{statement}");
        }
    }

    #[test]
    fn other_statements_are_not() {
        for statement in [
            "",
            ";",
            "select 1;",
            "\"begin\";",
            "beginning;",
            "prepare p as select 1;",
            "prepare transaction as select 1;",
            "prepare transaction (int) as select $1;",
            "create function f() begin atomic select 1; end;",
            "do $$ begin commit; end $$;",
        ] {
            assert_eq!(control(statement), None, "{statement}");
        }
    }

    #[test]
    fn only_savepoints_stay_inside_a_transaction() {
        for (statement, inside) in
            [("savepoint a", true), ("rollback to a", true), ("rollback", false), ("end", false)]
        {
            assert_eq!(control(statement).unwrap().stays_inside(), inside, "{statement}");
        }
    }
}
