//! The ledger's own versions: made and upgraded in place by refinery, under crmdb's lock.

use crate::db::error::DbError;
use crate::db::footing::TAKEN_OVER;
use crate::db::lock::{RunLock, own_error};
use crate::db::session::Session;

use super::ledger_client::LedgerClient;

mod versions {
    refinery::embed_migrations!("src/db/ledger/versions");
}

/// The latest ledger version that this crmdb knows.
pub(super) const KNOWN: i32 = 10;

const MAKE_SCHEMA: &str = include_str!("../queries/make_crmdb_schema.sql");
/// Waits for what a killed run had sent to make the ledger, and fails with a division by zero in what comes from one that
/// has lost the lock: the row that shuts out such runs later is not there yet.
const GUARD: &str = include_str!("../queries/make_ledger.sql");

/// Makes the ledger where there is none and upgrades an older one.
///
/// The lock makes this the only run that does so.
pub(super) async fn prepare(session: &mut Session, lock: &RunLock) -> Result<(), DbError> {
    let target = session.target().to_owned();
    let failed = |error: &tokio_postgres::Error| match own_error(&target, "making the ledger", error) {
        error if error.refusal().is_some_and(|refusal| refusal.sqlstate == TAKEN_OVER) => {
            DbError::TakenOver { target: target.clone() }
        }
        error => error,
    };
    let guard = GUARD.trim_end().replace("{lock_pid}", &lock.pid().to_string());
    let make_schema = format!("{guard};\n{MAKE_SCHEMA}");
    session.client.batch_execute(&make_schema).await.map_err(|error| failed(&error))?;
    let mut runner = versions::migrations::runner();
    runner.set_migration_table_name("crmdb.ledger_version");
    let mut client = LedgerClient { client: &session.client, guard: &guard };
    runner.run_async(&mut client).await.map_err(|error| match of_the_driver(&error) {
        Some(error) => failed(error),
        None => DbError::LedgerMalformed { target: target.clone(), what: error.to_string() },
    })?;
    Ok(())
}

/// refinery wraps its own error in its own error, and the driver's in that.
fn of_the_driver(error: &refinery::Error) -> Option<&tokio_postgres::Error> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
