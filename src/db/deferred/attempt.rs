//! One transaction of a key: what it changes, the ledger's row and the event, together.

use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::types::{ToSql, Type};

use super::orphans;
use crate::db::error::{DbError, Refusal, ends_session, refusal};
use crate::db::footing::{Footing, TAKEN_OVER};
use crate::db::record::{Limits, TOOL_VERSION};
use crate::db::run::{Runner, pause};
use crate::model::deferred::{Key, Progress, Seen};
use crate::model::progress::{Listener, Progress as Told, Waiting};

const RECORD: &str = include_str!("../queries/record_foreign_key.sql");

/// What one transaction does to a key.
pub(super) struct Change<'a> {
    pub(super) key: &'a Key,
    pub(super) seen: &'a Seen,
    /// The constraint's name.
    pub(super) constraint: &'a str,
    /// What changes the table, and whether it may take its time; `None` where only the ledger learns something.
    pub(super) statement: Option<(String, Pace)>,
    /// What the ledger's row says after it.
    pub(super) progress: Progress,
    /// What the event says.
    pub(super) detail: String,
}

/// How long a statement may hold up others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// It takes locks that writers wait for and is done at once: all of it within the lock timeout.
    Brief,
    /// It takes as long as there are rows.
    Thorough,
}

/// How a transaction ended.
pub(super) enum Ending {
    Committed,
    /// Rows stand in the way.
    Orphans,
    /// The server would not, and will not.
    Refused(Refusal),
}

impl Change<'_> {
    /// Runs the transaction, again where a lock was not to be had.
    pub(super) async fn run(
        &self,
        runner: &mut Runner<'_>,
        listener: &mut Listener<'_>,
    ) -> Result<Ending, DbError> {
        let mut attempt = 1;
        loop {
            runner.lock.check()?;
            runner.in_time()?;
            let limits = runner.limits();
            let began = Instant::now();
            let label = self.key.label();
            // The lock is waited for half as long, and who is in the way is named before that is over.
            let brief = Limits { lock_timeout: limits.lock_timeout / 2, ..limits };
            let beside = runner.beside(Waiting::Key(&label), &brief);
            let once = beside.watch(self.once(runner), listener).await;
            let Err(error) = once else { return Ok(Ending::Committed) };
            let refusal = judge(runner, self.key, &error)?;
            let pause = pause(attempt);
            if runner.is_late(&refusal, pause) {
                return Err(runner.too_late(Some(&refusal)));
            }
            if refusal.sqlstate == TAKEN_OVER {
                return Err(DbError::TakenOver { target: runner.session.target().to_owned() });
            }
            if orphans::are_in_the_way(&refusal) {
                return Ok(Ending::Orphans);
            }
            // The bound of a brief statement looks like a statement timeout.
            let bounded = self.statement.as_ref().is_some_and(|(_, pace)| *pace == Pace::Brief);
            let ran_out = bounded && refusal.sqlstate == "57014" && began.elapsed() >= limits.lock_timeout;
            if !(runner.may_retry(&refusal, attempt) || ran_out && attempt <= limits.lock_retries) {
                return Ok(Ending::Refused(refusal));
            }
            listener(Told::KeyRetry { key: &self.key.label(), attempt, pause, reason: &refusal.message });
            runner.execution.haste.interrupt.sleep(pause).await;
            attempt += 1;
        }
    }

    /// Everything is sent at once, so that the locks are held for no round trip: after an error the server skips the rest
    /// and turns COMMIT into ROLLBACK.
    async fn once(&self, runner: &Runner<'_>) -> Result<(), tokio_postgres::Error> {
        let client = &runner.session.client;
        let pace = self.statement.as_ref().map_or(Pace::Brief, |(_, pace)| *pace);
        let begin = begin(&runner.session.footing, &runner.limits(), pace);
        let statement = self.statement.as_ref().map_or("", |(sql, _)| sql);
        let (key, author) = (self.key, &runner.execution.author);
        let definition = key.definition(&self.seen.target_columns).to_string();
        let oid = |table: Option<crate::model::deferred::Table>| table.map_or(0, |table| table.oid);
        let outcome = if self.progress.orphans().is_some() { "failed" } else { "done" };
        let parameters: [(&(dyn ToSql + Sync), Type); 14] = [
            (&key.module, Type::TEXT),
            (&key.schema, Type::TEXT),
            (&key.table, Type::TEXT),
            (&key.name, Type::TEXT),
            (&self.constraint, Type::TEXT),
            (&definition, Type::TEXT),
            (&self.progress.as_str(), Type::TEXT),
            (&self.progress.orphans(), Type::INT8),
            (&oid(self.seen.source), Type::INT8),
            (&oid(self.seen.target), Type::INT8),
            (&outcome, Type::TEXT),
            (&author.client, Type::TEXT),
            (&TOOL_VERSION, Type::TEXT),
            (&self.detail, Type::TEXT),
        ];
        // Joined futures are polled in this order, and each sends its message on its first poll.
        let (began, changed, recorded, ended) = tokio::join!(
            biased;
            client.batch_execute(&begin),
            client.batch_execute(statement),
            client.query_typed(RECORD, &parameters),
            client.batch_execute("COMMIT"),
        );
        began.and(changed).and(recorded.map(drop)).and(ended)
    }
}

/// A key takes locks on two tables, one after the other, and the first is held while the second is waited for: half the
/// lock timeout for each keeps the whole of it. More than two are taken where tables are partitioned; the bound on the
/// statement is for them.
fn begin(footing: &Footing, limits: &Limits, pace: Pace) -> String {
    let milliseconds = |time: Duration| time.as_millis();
    let lock = limits.lock_timeout;
    let half = if lock.is_zero() { 0 } else { milliseconds(lock / 2).max(1) };
    let statement = match pace {
        Pace::Brief if limits.statement_timeout.is_zero() => milliseconds(lock),
        Pace::Brief if lock.is_zero() => milliseconds(limits.statement_timeout),
        Pace::Brief => milliseconds(lock.min(limits.statement_timeout)),
        Pace::Thorough => milliseconds(limits.statement_timeout),
    };
    format!(
        "{}; SET LOCAL lock_timeout = {half}; SET LOCAL statement_timeout = {statement}; SET LOCAL client_connection_check_interval = '1s'",
        footing.begin_alone()
    )
}

/// Tells a refusal from a lost connection.
pub(super) fn judge(
    runner: &Runner<'_>,
    key: &Key,
    error: &tokio_postgres::Error,
) -> Result<Refusal, DbError> {
    let lost = || DbError::Lost {
        target: runner.session.target().to_owned(),
        doing: format!("working on the foreign key `{}`", key.label()),
    };
    refusal(error).filter(|refusal| !ends_session(&refusal.sqlstate)).ok_or_else(lost)
}
