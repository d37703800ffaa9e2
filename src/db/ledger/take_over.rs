//! Shuts out what is left of an earlier run.
//!
//! The server works on with what a killed run had sent, also with its COMMIT. Each transaction of a run holds the row of
//! `crmdb.run`, and each session that works outside a transaction the work lock. The next run waits until it has both for
//! a moment, and changes the token that the transactions ask for: what reaches the server later fails.

use tokio_postgres::SimpleQueryMessage;

use super::has;
use crate::db::error::DbError;
use crate::db::lock::{RunLock, own_error};
use crate::db::run::pause;
use crate::db::session::Session;
use crate::model::progress::{Listener, Progress};

/// Polled, never waited for: a waiting statement has a snapshot, and a concurrent index of the earlier run would wait for
/// that. Its commit needs no flush: a server that crashes ends the sessions that it is to shut out.
const TAKE_OVER: &str = include_str!("../queries/take_over.sql");

const AT_WORK: &str = include_str!("../queries/at_work.sql");

/// Waits until nothing that a killed run left is at work on the target, where that can be told. A run that is alive is not
/// waited for: who wants to change the target waits for its lock.
pub(super) async fn wait_for_left_overs(
    session: &Session,
    listener: &mut Listener<'_>,
) -> Result<(), DbError> {
    if !has(session, "run").await? {
        return Ok(());
    }
    let mut told = false;
    loop {
        let at_work = match session.values("looking for what an earlier run left", AT_WORK).await {
            Ok(values) => values.first().is_some_and(|value| value == "t"),
            Err(error) => match error.refusal().map(|refusal| refusal.sqlstate.as_str()) {
                // A server or a role that only reads.
                Some("25006" | "42501") => false,
                _ => return Err(error),
            },
        };
        if !at_work {
            return Ok(());
        }
        tell_once(&mut told, listener);
        tokio::time::sleep(pause(2)).await;
    }
}

fn tell_once(told: &mut bool, listener: &mut Listener<'_>) {
    if !std::mem::replace(told, true) {
        listener(Progress::Waiting(Some("a statement of an interrupted run is still at work")));
    }
}

/// Waits for the end of what an earlier run left on the server, and gives the session this run's token.
/// The ledger has the table.
pub(super) async fn take_over(
    session: &mut Session,
    lock: &RunLock,
    listener: &mut Listener<'_>,
) -> Result<(), DbError> {
    let mut told = false;
    loop {
        let messages = session.client.simple_query(TAKE_OVER).await;
        let messages =
            messages.map_err(|error| own_error(session.target(), "taking over from the last run", &error))?;
        let token = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
            _ => None,
        });
        if token.is_some() {
            session.footing.token = token;
            return Ok(());
        }
        tell_once(&mut told, listener);
        lock.check()?;
        tokio::time::sleep(pause(2)).await;
    }
}
