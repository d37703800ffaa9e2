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
use super::peer;
use super::session::Session;
use crate::model::{Holder, Route};

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
    /// The server process that holds it.
    pid: i32,
    /// For a session beside the two.
    options: Options,
}

impl RunLock {
    /// Looks at the server that `at_work` is connected to and takes the lock, trying for `wait` at most. `waiting` is
    /// told the holder each time it changes. Leaves `at_work` knowing what stands between it and its server process.
    pub async fn acquire(
        (at_work, options): (&mut Session, &Options),
        wait: Duration,
        waiting: &mut dyn FnMut(Option<&Holder>),
    ) -> Result<Self, DbError> {
        let peer = peer::examine(at_work).await?;
        at_work.footing.product = peer.product;
        at_work.behind_pool = Some(peer.pid);
        let session = Session::open(options).await?;
        let run = |sql| simple(&session, "taking the lock", sql);
        let started = tokio::time::Instant::now();
        let mut told: Option<Option<i32>> = None;
        loop {
            let attempt = run(TRY_LOCK).await?;
            if last_value(&attempt, "taken") == Some("t") {
                let held = last_value(&attempt, "pid").and_then(|pid| pid.parse().ok());
                at_work.footing.route = route(at_work, peer.pid, held).await?;
                return Ok(Self { session, pid: held.unwrap_or_default(), options: options.clone() });
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

    /// Returns the server process that holds the lock.
    pub(super) fn pid(&self) -> i32 {
        self.pid
    }

    pub(super) fn options(&self) -> &Options {
        &self.options
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

/// How long a pooler may take to find a second server process.
const SECOND_PROCESS: Duration = Duration::from_secs(15);

/// Asks who works behind a pooler until its mode shows, a few times at most.
///
/// The pooler gives out the process that was used last, or the next in turn; either way one that it shares shows within
/// these questions, unless others keep the pool busy: then it shows by chance, and a run outside a transaction looks again
/// before each statement.
async fn route(session: &Session, first: i32, held: Option<i32>) -> Result<Route, DbError> {
    const QUESTIONS: usize = 4;
    let mut at_work = vec![first];
    if Route::of(session.backend_pid, &at_work, held) == Route::Direct {
        return Ok(Route::Direct);
    }
    loop {
        let pid = tokio::time::timeout(SECOND_PROCESS, peer::backend_pid(session)).await;
        at_work.push(pid.map_err(|_| DbError::PoolTooSmall { target: session.target().to_owned() })??);
        let route = Route::of(session.backend_pid, &at_work, held);
        if route != Route::SessionPool || at_work.len() > QUESTIONS {
            return Ok(route);
        }
    }
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
        Some(refusal) if refusal.message.contains("statement pooling mode") => {
            DbError::StatementPool { target }
        }
        Some(refusal) if ends_session(&refusal.sqlstate) => {
            DbError::Lost { target, doing: format!("{doing} ({})", refusal.message) }
        }
        Some(refusal) => DbError::Own { target, doing, refusal: Box::new(refusal) },
        None => DbError::Lost { target, doing: doing.to_owned() },
    }
}

fn last_value<'m>(messages: &'m [SimpleQueryMessage], column: &str) -> Option<&'m str> {
    messages.iter().rev().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(column).ok().flatten(),
        _ => None,
    })
}
