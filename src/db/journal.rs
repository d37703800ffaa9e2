//! Runs a migration outside a transaction: statement by statement, each in the journal before and after it runs.
//!
//! A statement that PostgreSQL allows in a transaction shares one with its journal entry, so it is done exactly once.
//! The others are entered as begun, run, and entered as finished; after an interruption the catalog tells how far the
//! one that was begun has come.

mod haste;

use tokio::time::Instant;
use tokio_postgres::types::{ToSql, Type};

use super::batch;
use super::begun::{self, Begun};
use super::copy::copy_rows;
use super::deferred::release;
use super::error::{DbError, StatementError, ends_session, refusal};
use super::lock::own_error;
use super::reconcile::{Cleanup, Remains, Wait, remains};
use super::record::{Scope, began, close_schema, open_schema, path_and_limits, record};
use super::run::{Runner, pause};
use super::trouble::Trouble;
use super::work_lock;
use crate::model::ledger::JournalEntry;
use crate::model::progress::{Listener, Progress};
use crate::model::step::Batched;
use crate::model::{Direction, Mode, Step};
use crate::sql::meaning::{self, Change, Effect, Parameter, Reach, change, effect};
use crate::sql::{self, Statement};

const WORK_DONE: &str = include_str!("queries/work_unlock.sql");
const BEGIN_STEP: &str = include_str!("queries/begin_unfinished.sql");
const END_STEP: &str = include_str!("queries/end_unfinished.sql");
const BEGIN_ENTRY: &str = include_str!("queries/begin_entry.sql");
pub(super) const FINISH_ENTRY: &str = include_str!("queries/finish_entry.sql");

/// The SQLSTATE of a procedure or `DO` block that commits while a transaction is open around it.
const INVALID_TRANSACTION_TERMINATION: &str = "2D000";

/// Runs `step`, going on with what an earlier run began; returns what a data change in batches did.
pub(super) async fn run(
    runner: &mut Runner<'_>,
    step: &Step,
    listener: &mut Listener<'_>,
) -> Result<Option<Batched>, DbError> {
    let began = Instant::now();
    let mut journal = Journal { runner, step, began, entries: Vec::new(), role: Vec::new() };
    let result = journal.whole(listener).await;
    if result.is_err() && !journal.runner.session.is_closed() {
        // What failed may have left a transaction open, and the event of the failure is to be written yet.
        let _ = journal.own("rolling back", "ROLLBACK").await;
        let _ = journal.own("resetting the session", WORK_DONE).await;
    }
    result
}

pub(super) struct Journal<'r, 'a> {
    pub(super) runner: &'r mut Runner<'a>,
    pub(super) step: &'r Step,
    began: Instant,
    /// What an earlier run wrote.
    entries: Vec<JournalEntry>,
    /// The statements of the file so far that changed the role: in force for the statements of the file, never for those
    /// that write the journal.
    role: Vec<String>,
}

impl Journal<'_, '_> {
    async fn whole(&mut self, listener: &mut Listener<'_>) -> Result<Option<Batched>, DbError> {
        if self.open(listener).await? == Begun::Whole {
            return self.own("freeing the session's lock", WORK_DONE).await.map(|()| None);
        }
        let step = self.step;
        if let Mode::Batch { chunk, .. } = step.mode {
            let done = batch::run(self, chunk, listener).await?;
            return self.close().await.map(|()| Some(done));
        }
        for (index, statement) in sql::statements(&step.script.text).map_while(Result::ok).enumerate() {
            let ordinal = i32::try_from(index + 1).unwrap_or(i32::MAX);
            self.statement(ordinal, &statement, listener).await?;
            self.heed(&statement, listener).await?;
        }
        self.close().await.map(|()| None)
    }

    /// Takes the session's own lock, so that no statement of a killed run is still at work, and enters the step.
    async fn open(&mut self, listener: &mut Listener<'_>) -> Result<Begun, DbError> {
        self.set_up().await?;
        work_lock::wait(self.runner.session, self.runner.lock, listener).await?;
        let begun = begun::read(self.runner.session, self.step).await?;
        match &begun {
            Begun::Not => self.enter_step().await?,
            Begun::Partly(entries) => {
                self.entries.clone_from(entries);
                // The file may have been corrected where it had failed.
                self.enter_text().await?;
            }
            Begun::Whole => {}
        }
        Ok(begun)
    }

    async fn set_up(&self) -> Result<(), DbError> {
        let session = path_and_limits(&self.step.schema, &self.runner.execution.limits, Scope::Session);
        self.own("setting up the session", &session).await
    }

    async fn enter_step(&self) -> Result<(), DbError> {
        self.begin("entering the migration in the journal").await?;
        if self.step.boundary && self.step.direction == Direction::Up {
            self.own("making the module's schema", &open_schema(self.step)).await?;
        }
        for key in &self.step.releases {
            for statement in release(key, &self.runner.execution.author) {
                self.own("taking a foreign key back to waiting", &statement).await?;
            }
        }
        self.enter_text().await?;
        self.own("entering the migration in the journal", "COMMIT").await
    }

    async fn enter_text(&self) -> Result<(), DbError> {
        let (direction, checksum) = (self.step.direction.as_str(), self.step.script.checksum.to_string());
        let parameters: [(&(dyn ToSql + Sync), Type); 6] = [
            (&self.step.module, Type::TEXT),
            (&self.step.schema, Type::TEXT),
            (&self.step.version.0, Type::INT8),
            (&direction, Type::TEXT),
            (&self.step.file, Type::TEXT),
            (&checksum, Type::TEXT),
        ];
        self.own_typed("entering the migration in the journal", BEGIN_STEP, &parameters).await
    }

    /// Keeps what a statement changed of the session for the statements behind it, and crmdb's own settings in force.
    ///
    /// A run that goes on in another session makes the changes again that an earlier one had made.
    async fn heed(&mut self, statement: &Statement<'_>, listener: &mut Listener<'_>) -> Result<(), DbError> {
        let Some(change) = change(statement.text).filter(|change| change.reach == Reach::Session) else {
            return Ok(());
        };
        match change.parameter {
            Parameter::Role | Parameter::SessionAuthorization => self.role.push(statement.text.to_owned()),
            // DISCARD ALL frees the lock as well.
            Parameter::All => {
                self.role.clear();
                self.set_up().await?;
                work_lock::wait(self.runner.session, self.runner.lock, listener).await?;
            }
            _ => {}
        }
        Ok(())
    }

    async fn statement(
        &mut self,
        ordinal: i32,
        statement: &Statement<'_>,
        listener: &mut Listener<'_>,
    ) -> Result<(), DbError> {
        if self.entry(ordinal, statement).is_some_and(|entry| entry.finished) {
            let found = "done by an earlier run";
            listener(Progress::Resumed { step: self.step, ordinal, found });
            return self.repeat_setting(statement).await;
        }
        let mut attempt = 1;
        loop {
            self.runner.lock.check()?;
            work_lock::check(self.runner.session, self.step).await?;
            self.hurry().await?;
            let result = if meaning::refusal(statement.text).is_some() {
                self.alone(ordinal, statement, listener).await
            } else {
                self.in_transaction(ordinal, statement, listener).await
            };
            self.hear(statement, listener);
            let refusal = match result {
                Ok(()) => return Ok(()),
                Err(Trouble::Fatal(error)) => return Err(error),
                Err(Trouble::Refused(refusal)) => refusal,
            };
            let wait = pause(attempt);
            if self.runner.is_late(&refusal, wait) {
                return Err(self.runner.too_late(Some(&refusal)));
            }
            if !self.runner.may_retry(&refusal, attempt) {
                return Err(DbError::Statement(Box::new(StatementError::new(
                    self.step,
                    statement.start,
                    refusal,
                ))));
            }
            listener(Progress::Retry { step: self.step, attempt, pause: wait, reason: &refusal.message });
            self.runner.session.stay_awake().await?;
            self.runner.execution.haste.interrupt.sleep(wait).await;
            attempt += 1;
        }
    }

    /// An entry of another text under the same number is that of a statement which failed and was corrected.
    fn entry(&self, ordinal: i32, statement: &Statement<'_>) -> Option<&JournalEntry> {
        let entry = self.entries.iter().find(|entry| entry.ordinal == ordinal)?;
        (entry.checksum == JournalEntry::fingerprint(statement)).then_some(entry)
    }

    /// A setting that an earlier run made ended with that run's session.
    async fn repeat_setting(&self, statement: &Statement<'_>) -> Result<(), DbError> {
        match change(statement.text) {
            Some(Change { parameter: Parameter::Role | Parameter::SessionAuthorization, .. }) | None => {
                Ok(())
            }
            Some(_) => self.own("repeating a setting of the migration", statement.text).await,
        }
    }

    /// Runs a statement that PostgreSQL refuses in a transaction.
    ///
    /// What the statement would do may be there already, or half there: from an interrupted run, or, under
    /// `IF NOT EXISTS`, from anyone. A dead index is dropped and built again, never taken for the wanted one.
    ///
    /// A statement that was not begun and is there all the same is the server's to judge: it is not entered as begun, or
    /// the next run would take another's work for its own.
    async fn alone(
        &mut self,
        ordinal: i32,
        statement: &Statement<'_>,
        listener: &mut Listener<'_>,
    ) -> Result<(), Trouble> {
        let begun = self.entry(ordinal, statement).is_some();
        let effect = effect(statement.text);
        let mut found = remains(self.runner.session, &self.step.schema, &effect).await?;
        let ours = begun || matches!(effect, Effect::CreateIndex { if_not_exists: true, .. });
        if let (Remains::HalfDone(cleanup), true) = (&found, ours) {
            let half = "found half done in the catalog and brought in order";
            listener(Progress::Resumed { step: self.step, ordinal, found: half });
            for Cleanup { sql, wait } in cleanup {
                self.waiting(*wait, self.send(sql, None), listener).await?;
            }
            found = remains(self.runner.session, &self.step.schema, &effect).await?;
        }
        if begun && found == Remains::Done {
            listener(Progress::Resumed { step: self.step, ordinal, found: "found done in the catalog" });
            return Ok(self.enter(FINISH_ENTRY, (ordinal, statement)).await?);
        }
        let anothers = match found {
            Remains::Nothing => false,
            Remains::HalfDone(_) => matches!(effect, Effect::CreateIndex { .. }),
            Remains::Done => true,
        };
        if !begun && !anothers {
            self.enter(BEGIN_ENTRY, (ordinal, statement)).await?;
            let checksum = JournalEntry::fingerprint(statement);
            self.entries.retain(|entry| entry.ordinal != ordinal);
            self.entries.push(JournalEntry { ordinal, checksum, finished: false });
        }
        self.waiting(Wait::of(&effect), self.as_the_file_says(statement), listener).await?;
        Ok(self.enter(FINISH_ENTRY, (ordinal, statement)).await?)
    }

    /// Runs a statement and its journal entry in one transaction.
    async fn in_transaction(
        &mut self,
        ordinal: i32,
        statement: &Statement<'_>,
        listener: &mut Listener<'_>,
    ) -> Result<(), Trouble> {
        self.begin("beginning a statement").await?;
        match self.watched(self.as_the_file_says(statement), listener).await {
            Ok(()) => {
                self.enter(FINISH_ENTRY, (ordinal, statement)).await?;
                self.commit().await
            }
            Err(Trouble::Refused(refusal)) => {
                self.own("rolling back a statement", "ROLLBACK").await?;
                if refusal.sqlstate != INVALID_TRANSACTION_TERMINATION {
                    return Err(Trouble::Refused(refusal));
                }
                // A procedure that commits by itself: it runs on its own, and again whole when it is interrupted.
                self.enter(BEGIN_ENTRY, (ordinal, statement)).await?;
                self.watched(self.as_the_file_says(statement), listener).await?;
                Ok(self.enter(FINISH_ENTRY, (ordinal, statement)).await?)
            }
            Err(fatal) => Err(fatal),
        }
    }

    /// Runs a statement under the role that the file has set, and leaves the session under its own.
    async fn as_the_file_says(&self, statement: &Statement<'_>) -> Result<(), Trouble> {
        for role in &self.role {
            self.own("setting the migration's role", role).await?;
        }
        let result = self.send(statement.text, statement.rows).await;
        // In a transaction that has failed the rollback does the same.
        if result.is_ok() || !self.role.is_empty() {
            let reset = self.own("resetting the role", "RESET SESSION AUTHORIZATION; RESET ROLE").await;
            if result.is_ok() {
                reset?;
            }
        }
        result
    }

    /// A deferred constraint fails here.
    pub(super) async fn commit(&mut self) -> Result<(), Trouble> {
        let committed = self.runner.session.client.batch_execute("COMMIT").await;
        committed.map_err(|error| self.trouble(&error))
    }

    async fn send(&self, sql: &str, rows: Option<&str>) -> Result<(), Trouble> {
        let client = &self.runner.session.client;
        let result = match rows {
            Some(rows) => copy_rows(client, sql, rows).await,
            None => client.batch_execute(sql).await,
        };
        result.map_err(|error| self.trouble(&error))
    }

    pub(super) fn trouble(&self, error: &tokio_postgres::Error) -> Trouble {
        let target = self.runner.session.target().to_owned();
        match refusal(error) {
            Some(refusal) if ends_session(&refusal.sqlstate) => {
                let doing = format!("running `{}` ({})", self.step.label(), refusal.message);
                Trouble::Fatal(DbError::Lost { target, doing })
            }
            Some(refusal) => Trouble::Refused(refusal),
            None => {
                Trouble::Fatal(DbError::Lost { target, doing: format!("running `{}`", self.step.label()) })
            }
        }
    }

    /// Writes the ledger's row and the event, and takes the step out of the journal, in one transaction.
    async fn close(&mut self) -> Result<(), DbError> {
        self.begin("recording the migration").await?;
        let (client, author) = (&self.runner.session.client, &self.runner.execution.author);
        let failed = |error: &tokio_postgres::Error| {
            own_error(self.runner.session.target(), "recording the migration", error)
        };
        self.own("recording the migration", &began(self.began.elapsed())).await?;
        if self.step.boundary && self.step.direction == Direction::Down {
            self.own("dropping the module's schema", &close_schema(self.step)).await?;
        }
        record(client, self.step, author).await.map_err(|error| failed(&error))?;
        let parameters: [(&(dyn ToSql + Sync), Type); 2] =
            [(&self.step.module, Type::TEXT), (&self.step.schema, Type::TEXT)];
        self.own_typed("recording the migration", END_STEP, &parameters).await?;
        self.own("recording the migration", "COMMIT").await?;
        self.own("freeing the session's lock", WORK_DONE).await
    }

    async fn enter(&self, sql: &str, (ordinal, statement): (i32, &Statement<'_>)) -> Result<(), DbError> {
        let checksum = JournalEntry::fingerprint(statement).to_string();
        let parameters: [(&(dyn ToSql + Sync), Type); 4] = [
            (&self.step.module, Type::TEXT),
            (&self.step.schema, Type::TEXT),
            (&ordinal, Type::INT4),
            (&checksum, Type::TEXT),
        ];
        self.own_typed("writing the journal", sql, &parameters).await
    }

    /// Begins a transaction, unless another run has taken over.
    pub(super) async fn begin(&self, doing: &'static str) -> Result<(), DbError> {
        let session = &*self.runner.session;
        let local = || path_and_limits(&self.step.schema, &self.runner.limits(), Scope::Transaction);
        let begin = session.footing.begin_among(local);
        session.begin(doing, &begin).await
    }

    pub(super) async fn own(&self, doing: &'static str, sql: &str) -> Result<(), DbError> {
        let done = self.runner.session.client.batch_execute(sql).await;
        done.map_err(|error| own_error(self.runner.session.target(), doing, &error))
    }

    async fn own_typed(
        &self,
        doing: &'static str,
        sql: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<(), DbError> {
        let done = self.runner.session.client.query_typed(sql, parameters).await;
        done.map(drop).map_err(|error| own_error(self.runner.session.target(), doing, &error))
    }

    pub(super) fn hear(&mut self, statement: &Statement<'_>, listener: &mut Listener<'_>) {
        while let Ok(notice) = self.runner.session.notices.try_recv() {
            let (severity, message) = (notice.severity(), notice.message());
            let line = Some(statement.position.line);
            listener(Progress::Notice { step: self.step, line, severity, message });
        }
    }
}
