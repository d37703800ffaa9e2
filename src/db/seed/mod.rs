//! Puts seeds into a target: all files of a run in one transaction with the ledger's rows.

mod compare;
mod copy;
mod csv;
mod generate;
mod meter;
mod record;
mod reset;
mod script;
mod tables;

use tokio::time::Instant;

use super::error::{DbError, refusal};
use super::footing::{Bounds, Durability};
use super::lock::{RunLock, own_error};
use super::record::{Author, Limits, Scope, path_and_limits};
use super::run::pause;
use super::session::Session;
use crate::model::Outcome;
use crate::model::seed::progress::Unit;
use crate::model::seed::{Rows, SeedDone, SeedFile, SeedPlan, SeedProgress, SeedStep, SeedWork};
use meter::Meter;

pub use compare::compare;
pub(super) use copy::{CopyError, copy_whole};
pub use generate::{Filler, Request};
pub use record::read_loaded;
pub use reset::count_rows;
pub use tables::read_tables;

/// Opens a seed's file for reading.
pub type Opener<'a> = dyn Fn(&SeedFile) -> std::io::Result<Box<dyn std::io::Read>> + 'a;

/// Hears of the progress of a run.
pub type SeedListener<'a> = dyn FnMut(SeedProgress<'_>) + 'a;

/// How seeds are loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedExecution {
    /// Who loads them.
    pub author: Author,
    /// The time limits of the statements.
    pub limits: Limits,
}

/// A run that stopped; nothing of it is in the target.
#[derive(Debug)]
pub struct SeedRunError {
    /// The index of the step that failed; `None` where it was none of them.
    pub failed: Option<usize>,
    /// What happened.
    pub error: DbError,
}

impl From<DbError> for SeedRunError {
    fn from(error: DbError) -> Self {
        Self { failed: None, error }
    }
}

/// A session that holds the right to change the target.
pub struct SeedRunner<'a> {
    /// The connection that runs the statements.
    pub session: &'a mut Session,
    /// The lock, on a connection of its own.
    pub lock: &'a RunLock,
    /// How to run.
    pub execution: &'a SeedExecution,
    /// Where the rows of CSV files come from.
    pub open: &'a Opener<'a>,
}

impl SeedRunner<'_> {
    /// Loads everything that the plan says, or nothing.
    pub async fn run(
        &mut self,
        plan: &SeedPlan,
        listener: &mut SeedListener<'_>,
    ) -> Result<Vec<SeedDone>, SeedRunError> {
        self.lock.check()?;
        let mut attempt = 1;
        loop {
            let ending = self.attempt(plan, listener).await;
            let stopped = match ending {
                Ok(done) => return Ok(done),
                Err(stopped) => stopped,
            };
            // The server rolls back by itself where this can't reach it.
            let _ = self.session.client.batch_execute("ROLLBACK").await;
            let reason = stopped.error.refusal().filter(|refusal| refusal.passes_with_time());
            match reason {
                Some(reason) if attempt <= self.execution.limits.lock_retries => {
                    let pause = pause(attempt);
                    listener(SeedProgress::Retry { attempt, pause, reason: &reason.message });
                    tokio::time::sleep(pause).await;
                    attempt += 1;
                }
                _ => {
                    self.record_failure(plan, &stopped).await;
                    return Err(stopped);
                }
            }
        }
    }

    async fn attempt(
        &mut self,
        plan: &SeedPlan,
        listener: &mut SeedListener<'_>,
    ) -> Result<Vec<SeedDone>, SeedRunError> {
        let bounds = self.session.bounds(Durability::Now).await?;
        self.session.begin("beginning", &format!("{}; SET CONSTRAINTS ALL DEFERRED", bounds.begin)).await?;
        self.empty(plan).await?;
        let bytes = plan.steps.iter().map(|step| step.file.bytes()).sum();
        let mut meter = Meter::new(bytes, Unit::Bytes, listener);
        let mut done = Vec::with_capacity(plan.steps.len());
        for (index, step) in plan.steps.iter().enumerate() {
            meter.tell(SeedProgress::Started { label: &step.file.path });
            let began = Instant::now();
            let loaded = self.load(step, &bounds, &mut meter).await;
            let rows = loaded.map_err(|error| SeedRunError { failed: Some(index), error })?;
            let took = began.elapsed();
            let entry = record::Entry { profile: &plan.profile, step, rows, took };
            record::insert(self.session, &self.execution.author, &entry).await?;
            done.push(SeedDone { index, took, rows });
        }
        for row in &plan.gone {
            record::forget(self.session, row).await?;
        }
        self.check().await?;
        self.own("committing the seeds", &bounds.leave).await?;
        self.own("committing the seeds", "COMMIT").await?;
        Ok(done)
    }

    /// Checks the keys that were put off, so that a broken one is the error of a seed and not of a COMMIT.
    async fn check(&self) -> Result<(), DbError> {
        let checked = self.session.client.batch_execute("SET CONSTRAINTS ALL IMMEDIATE").await;
        checked.map_err(|error| match refusal(&error) {
            Some(refusal) if refusal.sqlstate.starts_with("23") => {
                DbError::SeedKeys { refusal: Box::new(refusal) }
            }
            _ => own_error(self.session.target(), "checking the seeds", &error),
        })
    }

    /// Deletes what a reset takes, unless other rows came since they were counted.
    async fn empty(&self, plan: &SeedPlan) -> Result<(), DbError> {
        let first = plan.empties.first().map_or("public", |table| table.schema.as_str());
        let settings = path_and_limits(first, &self.execution.limits, Scope::Transaction);
        self.own("preparing a reset", &settings).await?;
        let deleted = reset::empty(self.session, &plan.empties, &plan.forgotten).await?;
        if deleted.is_empty() {
            return Ok(());
        }
        let detail =
            format!("reset: {} rows of {} tables deleted", deleted.values().sum::<u64>(), deleted.len());
        let event =
            record::SeedEvent { outcome: Outcome::Done, step: None, took: None, detail: Some(&detail) };
        record::insert_event(self.session, &self.execution.author, &event).await
    }

    async fn load(
        &mut self,
        step: &SeedStep,
        bounds: &Bounds,
        meter: &mut Meter<'_, '_>,
    ) -> Result<Option<Rows>, DbError> {
        let settings = path_and_limits(&step.schema, &self.execution.limits, Scope::Transaction);
        self.own("preparing a seed", &settings).await?;
        match &step.work {
            SeedWork::Sql(sql) => {
                let seed = script::Seed { path: &step.file.path, script: sql };
                seed.run(self.session, bounds, meter).await?;
                meter.advance(step.file.bytes());
                Ok(None)
            }
            SeedWork::Csv(work) => {
                let mut load = csv::Load { session: self.session, file: &step.file, work, open: self.open };
                Ok(Some(load.run(&mut |bytes| meter.advance(bytes)).await?))
            }
        }
    }

    async fn own(&self, doing: &'static str, sql: &str) -> Result<(), DbError> {
        let done = self.session.client.batch_execute(sql).await;
        done.map_err(|error| own_error(self.session.target(), doing, &error))
    }

    /// Adds the failure to the event log. Where the server can't take it, the run's own error says what there is to say.
    async fn record_failure(&self, plan: &SeedPlan, stopped: &SeedRunError) {
        if self.session.is_closed() {
            return;
        }
        let step = stopped.failed.map(|index| &plan.steps[index]);
        let detail = stopped.error.to_string();
        let event = record::SeedEvent { outcome: Outcome::Failed, step, took: None, detail: Some(&detail) };
        let _ = record::insert_event(self.session, &self.execution.author, &event).await;
    }
}
