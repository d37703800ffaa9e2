//! The lock that lets one run at a time work on a target.
//!
//! It is a transaction-level advisory lock that a second connection holds open. Taken through the simple protocol the
//! open transaction has no snapshot, so `CREATE INDEX CONCURRENTLY` on the first connection does not wait for it (the
//! extended protocol leaves a portal with one). A transaction-mode pooler keeps the server connection for as long as the
//! transaction is open, so the lock holds there too. When the process ends, however it ends, the server frees it.

use std::time::Duration;

use tokio_postgres::SimpleQueryMessage;

use super::connect::Options;
use super::error::{DbError, ends_session, refusal};
use super::session::Session;
use crate::model::Holder;

/// Polled, never waited for: a waiting statement holds a snapshot, and two runs would deadlock over a concurrent index.
/// Each attempt is a transaction of its own, because CREATE INDEX CONCURRENTLY that finds the snapshot of an attempt waits
/// for the whole transaction around it (PostgreSQL's `WaitForOlderSnapshots` waits for the virtual transaction).
const TRY_LOCK: &str =
    concat!(include_str!("queries/hold_lock.sql"), ";\n", include_str!("queries/try_lock.sql"));
const HOLDER: &str = include_str!("queries/lock_holder.sql");

/// The right to change the target, for as long as it lives.
#[derive(Debug)]
pub struct RunLock {
    session: Session,
}

impl RunLock {
    /// Takes the lock, trying for `wait` at most. `waiting` is told the holder each time it changes.
    pub async fn acquire(
        options: &Options,
        wait: Duration,
        waiting: &mut dyn FnMut(Option<&Holder>),
    ) -> Result<Self, DbError> {
        let session = Session::open(options).await?;
        let run = |sql| simple(&session, "taking the lock", sql);
        let started = tokio::time::Instant::now();
        let mut told: Option<Option<i32>> = None;
        loop {
            if last_value(&run(TRY_LOCK).await?).as_deref() == Some("t") {
                return Ok(Self { session });
            }
            run("ROLLBACK").await?;
            let holder = read_holder(&session).await?;
            let waited = started.elapsed();
            if waited >= wait {
                return Err(DbError::Locked { target: session.target().to_owned(), holder, waited });
            }
            let pid = holder.as_ref().map(|holder| holder.pid);
            if told != Some(pid) {
                waiting(holder.as_ref());
                told = Some(pid);
            }
            let pause = Duration::from_millis(fastrand::u64(50..150));
            tokio::time::sleep(pause.min(wait.saturating_sub(waited))).await;
        }
    }

    /// Fails where the lock's connection has ended, and with it the right to go on.
    pub fn check(&self) -> Result<(), DbError> {
        if self.session.is_closed() {
            let target = self.session.target.clone();
            return Err(DbError::Lost { target, doing: "holding the lock".to_owned() });
        }
        Ok(())
    }
}

/// Returns who holds the target's lock; `None` where nobody does.
pub async fn read_holder(session: &Session) -> Result<Option<Holder>, DbError> {
    let messages = simple(session, "looking for the lock's holder", HOLDER).await?;
    Ok(messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(Holder {
            pid: row.get("pid")?.parse().ok()?,
            role: row.get("role").unwrap_or_default().to_owned(),
            host: row.get("host").unwrap_or("local").to_owned(),
            seconds: row.get("seconds").and_then(|text| text.parse().ok()).unwrap_or_default(),
        }),
        _ => None,
    }))
}

async fn simple(
    session: &Session,
    doing: &'static str,
    sql: &str,
) -> Result<Vec<SimpleQueryMessage>, DbError> {
    session.client.simple_query(sql).await.map_err(|error| own_error(session.target(), doing, &error))
}

/// Makes the error of a statement of crmdb's own.
pub(super) fn own_error(target: &str, doing: &'static str, error: &tokio_postgres::Error) -> DbError {
    let target = target.to_owned();
    match refusal(error) {
        Some(refusal) if ends_session(&refusal.sqlstate) => {
            DbError::Lost { target, doing: format!("{doing} ({})", refusal.message) }
        }
        Some(refusal) => DbError::Own { target, doing, refusal: Box::new(refusal) },
        None => DbError::Lost { target, doing: doing.to_owned() },
    }
}

fn last_value(messages: &[SimpleQueryMessage]) -> Option<String> {
    messages.iter().rev().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    })
}
