//! Runs a plan against a target: step by step or in one transaction, again where a lock was not to be had.

use std::time::Duration;

use tokio::time::Instant;

use super::blockers::{Beside, Blockers};
use super::error::{DbError, Refusal};
use super::footing::Durability;
use super::interrupt::Interrupt;
use super::journal;
use super::lock::{RunLock, own_error};
use super::record::{Author, Limits, Occurrence, insert_event};
use super::rescue;
use super::session::Session;
use super::transaction::{Ending, Heard, Transaction};
use crate::model::progress::{Listener, Progress, Waiting};
use crate::model::step::Batched;
use crate::model::{Direction, EventKind, Mode, Outcome, Plan, Step};

/// How a plan is run.
#[derive(Clone, Debug)]
pub struct Execution {
    /// Who runs it.
    pub author: Author,
    /// The time limits of its statements.
    pub limits: Limits,
    /// Whether each step has a transaction of its own.
    pub grouping: Grouping,
    /// How much of a hurry it is in.
    pub haste: Haste,
    /// What is kept of the data that it destroys; `None` where nothing is.
    pub rescue: Option<rescue::Order>,
}

/// How much of a hurry a run is in.
#[derive(Clone, Debug, Default)]
pub struct Haste {
    /// When it ends at the latest: no migration begins after it, and no statement runs longer than was left when its
    /// migration began. `None` where it may take its time.
    pub until: Option<Instant>,
    /// What is done about sessions in the way.
    pub blockers: Blockers,
    /// Hears that somebody wants it to end before it is done: then nothing is left of its time.
    pub interrupt: Interrupt,
}

impl Haste {
    /// Returns what is left; `None` where there is no end.
    pub fn left(&self) -> Option<Duration> {
        if self.interrupt.come().is_some() {
            return Some(Duration::ZERO);
        }
        self.until.map(|until| until.saturating_duration_since(Instant::now()))
    }

    /// Waits for all of a command's `work` until the deadline, and a moment longer: what the server answers tells more
    /// than that it does not.
    pub async fn answered<T>(&self, work: impl Future<Output = T>) -> Result<T, DbError> {
        const GRACE: Duration = Duration::from_secs(2);
        match self.until {
            Some(until) => {
                tokio::time::timeout_at(until + GRACE, work).await.map_err(|_| DbError::Unanswered)
            }
            None => Ok(work.await),
        }
    }

    /// Returns `wait`, or what is left where that is less.
    pub fn at_most(&self, wait: Duration) -> Duration {
        self.left().map_or(wait, |left| wait.min(left))
    }

    /// Returns the limits that hold for what begins now: no statement may outlast what is left.
    fn within(&self, limits: &Limits) -> Limits {
        let Some(left) = self.left() else { return *limits };
        let left = left.max(Duration::from_millis(1));
        let shorter = |limit: Duration| if limit.is_zero() { left } else { limit.min(left) };
        Limits {
            statement_timeout: shorter(limits.statement_timeout),
            lock_timeout: shorter(limits.lock_timeout),
            ..*limits
        }
    }
}

/// How long a failure may wait to be entered in the event log.
const LOG_WAIT: Duration = Duration::from_secs(2);

/// The SQLSTATE of a statement that was cancelled, by whomever.
const QUERY_CANCELED: &str = "57014";

/// Which steps share a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Each has its own.
    Each,
    /// All have one: all of them or none.
    Single,
}

/// A step that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its index in the plan.
    pub index: usize,
    /// Wall time as this side saw it.
    pub took: Duration,
    /// What a data change in batches did; `None` for other steps.
    pub batched: Option<Batched>,
}

/// A run that stopped: what is done all the same, and why it stopped.
#[derive(Debug)]
pub struct RunError {
    /// The steps that are committed.
    pub done: Vec<Done>,
    /// The index of the step that failed.
    pub failed: usize,
    /// What happened.
    pub error: DbError,
}

/// A session that holds the right to change the target.
#[derive(Debug)]
pub struct Runner<'a> {
    /// The connection that runs the statements.
    pub session: &'a mut Session,
    /// The lock, on a connection of its own.
    pub lock: &'a RunLock,
    /// How to run.
    pub execution: &'a Execution,
}

impl Runner<'_> {
    /// Runs the plan. Steps that another run completed meanwhile are passed over.
    pub async fn run(&mut self, plan: &Plan, listener: &mut Listener<'_>) -> Result<Vec<Done>, RunError> {
        let mut done = Vec::with_capacity(plan.steps.len());
        let groups: Vec<std::ops::Range<usize>> = match self.execution.grouping {
            Grouping::Single if !plan.steps.is_empty() => std::iter::once(0..plan.steps.len()).collect(),
            _ => (0..plan.steps.len()).map(|index| index..index + 1).collect(),
        };
        for (number, range) in groups.iter().enumerate() {
            let durability = if number + 1 == groups.len() { Durability::Now } else { Durability::Later };
            let group = Group { plan, range: range.clone(), durability };
            let cancel = self.session.cancel.clone();
            let interrupt = self.execution.haste.interrupt.clone();
            let work = self.group(&group, listener, &mut done);
            if let Err((failed, error)) = interrupt.obeyed(&cancel, work).await {
                let error = self.or_too_late(error);
                self.record_failure(&plan.steps[failed], &error).await;
                return Err(RunError { done, failed, error });
            }
        }
        Ok(done)
    }

    async fn group(
        &mut self,
        group: &Group<'_>,
        listener: &mut Listener<'_>,
        done: &mut Vec<Done>,
    ) -> Result<(), (usize, DbError)> {
        let first = group.range.start;
        self.lock.check().map_err(|error| (first, error))?;
        self.in_time().map_err(|error| (first, error))?;
        let of = group.plan.steps.len();
        let began = Instant::now();
        for index in group.range.clone() {
            listener(Progress::Started { step: &group.plan.steps[index], index: index + 1, of });
        }
        let step = &group.plan.steps[first];
        let batched = match &step.mode {
            Mode::Journal(_) | Mode::Batch { .. } => {
                journal::run(self, step, listener).await.map_err(|error| (first, error))?
            }
            Mode::Transaction => self.transaction(group, listener).await.map(|()| None)?,
        };
        for index in group.range.clone() {
            let took = began.elapsed();
            done.push(Done { index, took, batched });
            listener(Progress::Finished { step: &group.plan.steps[index], took });
        }
        Ok(())
    }

    async fn transaction(
        &mut self,
        group: &Group<'_>,
        listener: &mut Listener<'_>,
    ) -> Result<(), (usize, DbError)> {
        let steps = &group.plan.steps[group.range.clone()];
        let mut attempt = 1;
        loop {
            let limits = self.limits();
            let author = &self.execution.author;
            let rescue = self.execution.rescue.as_ref();
            let transaction =
                Transaction { steps, author, limits: &limits, durability: group.durability, rescue };
            let mut heard = Vec::new();
            let beside = self.beside(Waiting::Step(&steps[0]), &limits);
            let ending = beside.watch(transaction.run(self.session, &mut heard), listener).await;
            tell(steps, &heard, listener);
            match ending.map_err(|error| (group.range.start, error))? {
                Ending::Committed => return Ok(()),
                Ending::Overtaken if steps.len() == 1 => {
                    return self.flush().await.map_err(|error| (group.range.start, error));
                }
                Ending::Overtaken => {
                    let migration = steps[0].label();
                    let target = self.session.target().to_owned();
                    return Err((group.range.start, DbError::Overtaken { target, migration }));
                }
                Ending::RolledBack(index, error, refusal) => {
                    let pause = pause(attempt);
                    let failed = group.range.start + index;
                    if self.is_late(&refusal, pause) {
                        return Err((failed, self.too_late(Some(&refusal))));
                    }
                    if !self.may_retry(&refusal, attempt) {
                        return Err((failed, *error));
                    }
                    let reason = refusal.message.as_str();
                    listener(Progress::Retry { step: &steps[index], attempt, pause, reason });
                    self.session.stay_awake().await.map_err(|error| (group.range.start + index, error))?;
                    self.execution.haste.interrupt.sleep(pause).await;
                    attempt += 1;
                }
            }
        }
    }

    /// Returns the limits that hold for what begins now.
    pub(super) fn limits(&self) -> Limits {
        self.execution.haste.within(&self.execution.limits)
    }

    /// Returns what names those who block a statement of what is `waiting`.
    pub(super) fn beside<'s>(&self, waiting: Waiting<'s>, limits: &Limits) -> Beside<'s>
    where
        Self: 's,
    {
        Beside {
            options: self.lock.options(),
            pid: self.session.server_process(),
            own: self.lock.pid(),
            blockers: self.execution.haste.blockers,
            lock_timeout: limits.lock_timeout,
            waiting,
        }
    }

    /// Fails where the run has to have ended.
    pub(super) fn in_time(&self) -> Result<(), DbError> {
        match self.execution.haste.left() {
            Some(left) if left.is_zero() => Err(self.too_late(None)),
            _ => Ok(()),
        }
    }

    /// Tells whether a statement failed because of the deadline, or can't be tried again before it.
    pub(super) fn is_late(&self, refusal: &Refusal, pause: Duration) -> bool {
        let Some(left) = self.execution.haste.left() else { return false };
        (left.is_zero() && refusal.sqlstate == QUERY_CANCELED)
            || (left <= pause && refusal.passes_with_time())
    }

    /// Makes the error of a run whose time is over; `refusal` is what the last statement met.
    pub(super) fn too_late(&self, refusal: Option<&Refusal>) -> DbError {
        let target = self.session.target().to_owned();
        if let Some(signal) = self.execution.haste.interrupt.come() {
            return DbError::Interrupted { target, signal };
        }
        let wants_lock = refusal.is_some_and(Refusal::passes_with_time);
        DbError::Deadline { target, wants_lock }
    }

    /// Returns `error`, or what it comes from where it is that of a statement which was cancelled because somebody wants the
    /// run to end: of the migration or of crmdb's own.
    pub(super) fn or_too_late(&self, error: DbError) -> DbError {
        let cancelled = error.refusal().is_some_and(|refusal| refusal.sqlstate == QUERY_CANCELED);
        match self.execution.haste.interrupt.come() {
            Some(_) if cancelled => self.too_late(None),
            _ => error,
        }
    }

    /// Commits synchronously without changing anything, so that every earlier commit is on disk.
    async fn flush(&self) -> Result<(), DbError> {
        let flushed = self.session.client.batch_execute("SELECT pg_catalog.pg_current_xact_id()").await;
        flushed.map_err(|error| own_error(self.session.target(), "flushing the commits", &error))
    }

    pub(super) fn may_retry(&self, refusal: &Refusal, attempt: u32) -> bool {
        refusal.passes_with_time() && attempt <= self.execution.limits.lock_retries
    }

    /// Adds the failure to the event log. It commits synchronously, so every step before it is on disk too.
    ///
    /// Where the server can't take it any more, or somebody holds the log, the run's own error says what there is to say.
    async fn record_failure(&self, step: &Step, error: &DbError) {
        let detail = error.to_string();
        let kind = match step.direction {
            Direction::Up => EventKind::Up,
            Direction::Down => EventKind::Down,
        };
        let event = Occurrence { kind, outcome: Outcome::Failed, step: Some(step), detail: Some(&detail) };
        if self.session.is_closed() {
            return;
        }
        let told = insert_event(&self.session.client, &self.execution.author, &event);
        if tokio::time::timeout(LOG_WAIT, told).await.is_err() {
            let _ = self.session.cancel.send().await;
        }
    }
}

/// Steps that share a transaction.
struct Group<'a> {
    plan: &'a Plan,
    range: std::ops::Range<usize>,
    durability: Durability,
}

/// Returns how long to wait before the next attempt: 100 ms doubling to 10 s, each between half and the whole of it, so
/// that runs which collided do not collide again.
pub(super) fn pause(attempt: u32) -> Duration {
    let most = 100_u64.saturating_mul(1 << attempt.min(16).saturating_sub(1)).min(10_000);
    Duration::from_millis(fastrand::u64(most / 2..=most))
}

fn tell(steps: &[Step], heard: &[Heard], listener: &mut Listener<'_>) {
    for (index, line, notice) in heard {
        listener(Progress::Notice {
            step: &steps[*index],
            line: *line,
            severity: notice.severity(),
            message: notice.message(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_within_their_bounds_and_are_not_all_the_same() {
        for (attempt, most) in
            [(1, 100), (2, 200), (4, 800), (7, 6_400), (8, 10_000), (17, 10_000), (u32::MAX, 10_000)]
        {
            let pauses: Vec<_> = (0..64).map(|_| pause(attempt)).collect();
            let (half, whole) = (Duration::from_millis(most / 2), Duration::from_millis(most));
            assert!(pauses.iter().all(|pause| (half..=whole).contains(pause)), "{attempt}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{attempt}: {pauses:?}");
        }
    }
}
