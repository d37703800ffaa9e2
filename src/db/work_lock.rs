//! The lock of the session that runs statements outside a transaction.
//!
//! It ends with the session, so who has it knows that no statement of a killed run is still at work.

use super::error::DbError;
use super::lock::{RunLock, own_error};
use super::run::pause;
use super::session::Session;
use crate::model::progress::{Listener, Progress};
use crate::model::{Route, Step};

const WORK: &str = include_str!("queries/work_lock.sql");
const HELD: &str = include_str!("queries/work_lock_held.sql");

/// Fails where a pooler gave the session to another server process than the one that holds the lock.
pub(super) async fn check(session: &Session, step: &Step) -> Result<(), DbError> {
    if session.route() == Route::Direct {
        return Ok(());
    }
    let rows = session.client.query_typed(HELD, &[]).await;
    let rows = rows.map_err(|error| own_error(session.target(), "looking for the session's lock", &error))?;
    if rows.first().is_some_and(|row| row.get(0)) {
        return Ok(());
    }
    Err(DbError::Moved { target: session.target().to_owned(), migration: step.label() })
}

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
