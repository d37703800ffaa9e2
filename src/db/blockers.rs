//! Who stands in the way of a statement that waits for a lock: told while it waits, and cancelled where that is asked for.

use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;

use tokio_postgres::types::{ToSql, Type};

use super::connect::Options;
use super::session::Session;
use crate::model::progress::{Listener, Progress, Waiting};

const BLOCKERS: &str = include_str!("queries/blockers.sql");
/// A lock that is free soon is not worth a word.
const FIRST_LOOK: Duration = Duration::from_secs(1);
const NEXT_LOOK: Duration = Duration::from_millis(200);
/// Half of the default `lock_timeout`: who stands in the way of a later statement is named before that gives up.
const RAREST_LOOK: Duration = Duration::from_secs(1);

/// What is done about sessions that hold a lock which a migration waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Blockers {
    /// They are named.
    #[default]
    Name,
    /// They are named, then their statement is cancelled, or the session ended where none is running.
    Cancel,
}

/// What is needed to look at a session from beside it.
pub(super) struct Beside<'a> {
    pub(super) options: &'a Options,
    /// The server process that may be waiting; `None` where a pooler hides it.
    pub(super) pid: Option<i32>,
    /// The server process that holds the run's own lock: never in the way for long, and never to be ended.
    pub(super) own: i32,
    pub(super) blockers: Blockers,
    pub(super) lock_timeout: Duration,
    pub(super) waiting: Waiting<'a>,
}

struct Blocker {
    /// 0 for a prepared transaction.
    pid: i32,
    state: String,
    words: String,
    /// The name of a prepared transaction, which no process holds.
    prepared: Option<String>,
}

impl Blocker {
    fn read(row: &tokio_postgres::Row) -> Self {
        let (pid, role, application): (i32, &str, &str) = (row.get(0), row.get(1), row.get(2));
        let (host, state, seconds): (&str, &str, i64) = (row.get(3), row.get(4), row.get(5));
        let prepared: Option<String> = row.get(6);
        let words = if let Some(name) = &prepared {
            format!("the prepared transaction `{name}` of role `{role}`, for {seconds} s")
        } else {
            let application =
                if application.is_empty() { String::new() } else { format!(", `{application}`") };
            let doing = if state.is_empty() { "a background process" } else { state };
            format!("pid {pid} of role `{role}` from {host}{application}: {doing}, for {seconds} s")
        };
        Self { pid, state: state.to_owned(), words, prepared }
    }
}

impl Beside<'_> {
    /// Waits for `work`, and looks at who blocks it while it takes its time. What goes wrong with looking is no reason to
    /// stop working.
    pub(super) async fn watch<T>(&self, work: impl Future<Output = T>, listener: &mut Listener<'_>) -> T {
        let mut work = pin!(work);
        let Some(pid) = self.pid else { return work.await };
        let first =
            if self.lock_timeout.is_zero() { FIRST_LOOK } else { FIRST_LOOK.min(self.lock_timeout / 2) };
        if let Ok(done) = tokio::time::timeout(first, &mut work).await {
            return done;
        }
        let Ok(session) = Session::open(self.options).await else { return work.await };
        let mut told = BTreeSet::new();
        let mut next = NEXT_LOOK;
        loop {
            for blocker in blockers(&session, (pid, self.own)).await {
                if told.insert((blocker.pid, blocker.prepared.clone())) {
                    listener(Progress::Blocked { waiting: self.waiting, by: &blocker.words });
                    if self.blockers == Blockers::Cancel {
                        self.cancel(&session, &blocker, listener).await;
                    }
                }
            }
            if let Ok(done) = tokio::time::timeout(next, &mut work).await {
                return done;
            }
            next = (next * 2).min(RAREST_LOOK);
        }
    }

    /// A session that waits for its client has no statement to cancel, and keeps its locks until it ends.
    /// What a prepared transaction did was promised to somebody, so it is never rolled back from here.
    async fn cancel(&self, session: &Session, blocker: &Blocker, listener: &mut Listener<'_>) {
        if let Some(name) = &blocker.prepared {
            listener(Progress::Prepared { name });
            return;
        }
        let (function, deed) = if blocker.state == "active" || blocker.state.is_empty() {
            ("pg_cancel_backend", "its statement was cancelled")
        } else {
            ("pg_terminate_backend", "its session was ended")
        };
        let sql = format!("SELECT pg_catalog.{function}({})", blocker.pid);
        let what = match session.plain(&sql).await {
            Ok(()) => deed.to_owned(),
            Err(reason) => format!("it could not be cancelled: {reason}"),
        };
        listener(Progress::Cancelled { pid: blocker.pid, what: &what });
    }
}

async fn blockers(session: &Session, (pid, own): (i32, i32)) -> Vec<Blocker> {
    let parameters: &[(&(dyn ToSql + Sync), Type)] = &[(&pid, Type::INT4), (&own, Type::INT4)];
    let rows = session.client.query_typed(BLOCKERS, parameters).await.unwrap_or_default();
    rows.iter().map(Blocker::read).collect()
}
