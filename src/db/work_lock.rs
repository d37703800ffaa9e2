//! The lock of the session that runs statements outside a transaction.
//!
//! It ends with the session, so who has it knows that no statement of a killed run is still at work.

use super::error::DbError;
use super::lock::{RunLock, own_error};
use super::run::pause;
use super::session::Session;
use crate::model::progress::{Listener, Progress};

const WORK: &str = include_str!("queries/work_lock.sql");

/// Takes the lock when the session of an earlier run has ended, telling that it waits.
pub(super) async fn wait(
    session: &Session,
    lock: &RunLock,
    listener: &mut Listener<'_>,
) -> Result<(), DbError> {
    let mut told = false;
    loop {
        let rows = session.client.query_typed(WORK, &[]).await;
        let rows = rows.map_err(|error| own_error(session.target(), "taking the session's lock", &error))?;
        if rows.first().is_some_and(|row| row.get(0)) {
            return Ok(());
        }
        if !told {
            listener(Progress::Waiting(Some("a statement of an interrupted run is still at work")));
            told = true;
        }
        lock.check()?;
        tokio::time::sleep(pause(2)).await;
    }
}
