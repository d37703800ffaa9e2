//! What a failure of the database or of the connection to it means: exit code, stable code and the way out.

use nix::sys::signal::Signal;

use super::Exit;
use crate::db::error::{DbError, Refusal, Subject};
use crate::model::Product;

pub(super) fn exit(error: &DbError) -> Exit {
    match error {
        DbError::Connect(error) if error.is_configuration() => Exit::Usage,
        DbError::Connect(_) | DbError::Lost { .. } | DbError::Locked { .. } | DbError::Overtaken { .. } => {
            Exit::NoConnection
        }
        DbError::TakenOver { .. }
        | DbError::Moved { .. }
        | DbError::PoolTooSmall { .. }
        | DbError::Unanswered => Exit::NoConnection,
        DbError::LedgerTooNew { .. }
        | DbError::Standby { .. }
        | DbError::ReadOnly { .. }
        | DbError::StatementPool { .. }
        | DbError::Unpromised { .. }
        | DbError::LedgerMalformed { .. }
        | DbError::Catalog { .. }
        | DbError::Unbatched { .. }
        | DbError::SeedWithoutKey { .. } => Exit::Refused,
        DbError::Own { .. }
        | DbError::Statement(_)
        | DbError::Reconcile { .. }
        | DbError::Deadline { .. }
        | DbError::SeedRows { .. }
        | DbError::SeedKeys { .. }
        | DbError::SeedTwice { .. }
        | DbError::MadeUpRows { .. }
        | DbError::Unkept { .. }
        | DbError::Kept { .. } => Exit::SqlFailed,
        DbError::SeedFile { .. } => Exit::Usage,
        DbError::Interrupted { signal: Signal::SIGTERM, .. } => Exit::Terminated,
        DbError::Interrupted { .. } => Exit::Interrupted,
    }
}

pub(super) fn code(error: &DbError) -> &'static str {
    match error {
        DbError::Connect(_) => "no-connection",
        DbError::Lost { .. } => "connection-lost",
        DbError::Locked { .. } => "locked",
        DbError::Overtaken { .. } => "overtaken",
        DbError::TakenOver { .. } => "taken-over",
        DbError::Moved { .. } => "moved",
        DbError::Deadline { .. } => "deadline",
        DbError::Interrupted { .. } => "interrupted",
        DbError::Unanswered => "unanswered",
        DbError::PoolTooSmall { .. } => "pool-too-small",
        DbError::Standby { .. } => "standby",
        DbError::ReadOnly { .. } => "read-only",
        DbError::StatementPool { .. } => "statement-pool",
        DbError::Unpromised { .. } => "unpromised",
        DbError::LedgerTooNew { .. } => "ledger-too-new",
        DbError::LedgerMalformed { .. } => "ledger-malformed",
        DbError::Catalog { .. } => "catalog",
        DbError::Unbatched { .. } => "unbatched",
        DbError::Own { .. } => "own-sql-failed",
        DbError::Statement(_)
        | DbError::SeedRows { .. }
        | DbError::SeedKeys { .. }
        | DbError::SeedTwice { .. }
        | DbError::MadeUpRows { .. } => "sql-failed",
        DbError::SeedFile { .. } => "seed-file",
        DbError::SeedWithoutKey { .. } => "seed-without-key",
        DbError::Reconcile { .. } => "reconcile",
        DbError::Unkept { .. } | DbError::Kept { .. } => "unkept",
    }
}

pub(super) fn hint(error: &DbError) -> Option<String> {
    match error {
        DbError::Locked { .. } => Some("wait longer with `--lock-wait`, or see who it is with `crmdb migrate status`".to_owned()),
        DbError::Deadline { wants_lock: true, .. } => {
            Some("another session is in the way: see who above; `--cancel-blockers` cancels those, and those alone".to_owned())
        }
        DbError::Unanswered => Some("look after the server; then run the command again: it goes on from whatever is done by itself".to_owned()),
        DbError::Unkept { .. } => Some("make room there, or name another folder with `--rescue-dir`".to_owned()),
        DbError::LedgerTooNew { .. } => Some("use the crmdb that made it, or a later one".to_owned()),
        DbError::Standby { .. } => Some("connect to the primary, or name all hosts and `target_session_attrs=read-write`".to_owned()),
        DbError::ReadOnly { .. } => Some("connect to the primary, or as a role that may write; `PGOPTIONS='-c default_transaction_read_only=off'` overrides the setting".to_owned()),
        DbError::PoolTooSmall { .. } => Some("raise the pool's size (`default_pool_size` of PgBouncer), or connect to the server itself".to_owned()),
        DbError::Unpromised { product: Product::Citus(_), .. } => Some("connect to the coordinator".to_owned()),
        DbError::Unpromised { .. } => Some("to look there, `status`, `history`, `verify` and `schema show` change nothing".to_owned()),
        DbError::Moved { .. } | DbError::StatementPool { .. } => Some("connect to the server itself, or to a pool in session mode".to_owned()),
        DbError::Own { refusal, .. } if refusal.sqlstate == "42501" => {
            Some("run it as the database's owner, or let the owner grant USAGE on the schema `crmdb` and SELECT on its tables to look, and all of that and CREATE on the database to change something".to_owned())
        }
        DbError::Own { refusal, .. } => lacked(refusal),
        DbError::Statement(error) if error.refusal.sqlstate == "2D000" => {
            Some("a block that commits by itself belongs in a file that starts with `-- crmdb: no-transaction`".to_owned())
        }
        DbError::Statement(error) if error.refusal.passes_with_time() => {
            Some("another session is in the way; try again, or give it more time with `--lock-timeout` and `--lock-retries`".to_owned())
        }
        DbError::Statement(error)
            if error.subject == Subject::Seed && error.refusal.sqlstate == "23505" && error.path.ends_with(".sql") =>
        {
            Some("a seed runs again when its file has changed: let it pass over what is there, with `ON CONFLICT`".to_owned())
        }
        DbError::Statement(error) => lacked(&error.refusal),
        DbError::SeedWithoutKey { .. } => {
            Some("empty the table first with `crmdb seed --reset`".to_owned())
        }
        _ => None,
    }
}

/// Says what the server lacked, where it was not the file's fault.
fn lacked(refusal: &Refusal) -> Option<String> {
    let text = match refusal.sqlstate.as_str() {
        "53200" if refusal.is_out_of_locks() => {
            "a transaction that locks so many objects needs a higher `max_locks_per_transaction` (it takes a restart of the server); or run each migration in its own with `--single-transaction=false`, or make several of this one"
        }
        "53100" => "the server's disk is full: make room there",
        "53200" => "the server is out of memory",
        "53300" => "the server has no connection left",
        "57014" => "it was cancelled: by hand, or because it ran longer than `--statement-timeout`",
        "42501" => "let the owner of the object grant the right to this role, or run as a role that has it",
        "25006" => "the server became read-only: connect to the primary",
        _ => return None,
    };
    Some(text.to_owned())
}
