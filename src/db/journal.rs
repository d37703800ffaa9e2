//! Runs a migration outside a transaction: statement by statement, each in the journal before and after it runs.
//!
//! A statement that PostgreSQL allows in a transaction shares one with its journal entry, so it is done exactly once.
//! The others are entered as begun, run, and entered as finished; after an interruption the catalog tells how far the
//! one that was begun has come.

use tokio_postgres::types::{ToSql, Type};

use super::copy::copy_rows;
use super::deferred::release;
use super::error::{DbError, Refusal, StatementError, ends_session, refusal};
use super::lock::own_error;
use super::reconcile::{Remains, remains, tidy};
use super::record::{Scope, claim, close_schema, open_schema, record, settings};
use super::run::{Runner, pause};
use crate::model::ledger::JournalEntry;
use crate::model::progress::{Listener, Progress};
use crate::model::{Direction, Mode, Step};
use crate::sql::meaning::{self, Effect, effect};
use crate::sql::{self, Statement};

const WORK: &str = include_str!("queries/work_lock.sql");
const WORK_DONE: &str = include_str!("queries/work_unlock.sql");
const BEGIN_STEP: &str = include_str!("queries/begin_unfinished.sql");
const END_STEP: &str = include_str!("queries/end_unfinished.sql");
const BEGIN_ENTRY: &str = include_str!("queries/begin_entry.sql");
const FINISH_ENTRY: &str = include_str!("queries/finish_entry.sql");

/// The SQLSTATE of a procedure or `DO` block that commits while a transaction is open around it.
const INVALID_TRANSACTION_TERMINATION: &str = "2D000";

/// Runs `step`, going on with what an earlier run began.
pub(super) async fn run(
    runner: &mut Runner<'_>,
    step: &Step,
    listener: &mut Listener<'_>,
) -> Result<(), DbError> {
    let mut journal = Journal { runner, step };
    journal.open(listener).await?;
    for (index, statement) in sql::statements(&step.script.text).map_while(Result::ok).enumerate() {
        let ordinal = i32::try_from(index + 1).unwrap_or(i32::MAX);
        journal.statement(ordinal, &statement, listener).await?;
    }
    journal.close().await
}

struct Journal<'r, 'a> {
    runner: &'r mut Runner<'a>,
    step: &'r Step,
}

/// How a statement of the file ended that did not end well.
enum Trouble {
    /// The server refused it.
    Refused(Refusal),
    /// The connection is gone, or crmdb's own SQL failed.
    Fatal(DbError),
}

impl Journal<'_, '_> {
    /// Takes the session's own lock, so that no statement of a killed run is still at work, and enters the step.
    async fn open(&mut self, listener: &mut Listener<'_>) -> Result<(), DbError> {
        let session = settings(self.step, &self.runner.execution.limits, Scope::Session);
        self.own("setting up the session", &session).await?;
        self.wait_for_work_lock(listener).await?;
        if self.step.resumes() {
            return Ok(());
        }
        self.own("entering the migration in the journal", "BEGIN").await?;
        if self.step.boundary && self.step.direction == Direction::Up {
            self.own("making the module's schema", &open_schema(self.step)).await?;
        }
        for key in &self.step.releases {
            for statement in release(key, &self.runner.execution.author) {
                self.own("taking a foreign key back to waiting", &statement).await?;
            }
        }
        let (direction, checksum) = (self.step.direction.as_str(), self.step.script.checksum.to_string());
        let parameters: [(&(dyn ToSql + Sync), Type); 6] = [
            (&self.step.module, Type::TEXT),
            (&self.step.schema, Type::TEXT),
            (&self.step.version.0, Type::INT8),
            (&direction, Type::TEXT),
            (&self.step.file, Type::TEXT),
            (&checksum, Type::TEXT),
        ];
        self.own_typed("entering the migration in the journal", BEGIN_STEP, &parameters).await?;
        self.own("entering the migration in the journal", "COMMIT").await
    }

    /// An earlier run that was killed may have left a statement at work on the server; the lock is its session's.
    async fn wait_for_work_lock(&mut self, listener: &mut Listener<'_>) -> Result<(), DbError> {
        let mut told = false;
        loop {
            let rows = self.runner.session.client.query_typed(WORK, &[]).await;
            let rows = rows.map_err(|error| {
                own_error(self.runner.session.target(), "taking the session's lock", &error)
            })?;
            if rows.first().is_some_and(|row| row.get(0)) {
                return Ok(());
            }
            if !told {
                listener(Progress::Waiting(Some("a statement of an interrupted run is still at work")));
                told = true;
            }
            self.runner.lock.check()?;
            tokio::time::sleep(pause(2)).await;
        }
    }

    async fn statement(
        &mut self,
        ordinal: i32,
        statement: &Statement<'_>,
        listener: &mut Listener<'_>,
    ) -> Result<(), DbError> {
        let mut begun = match self.entry(ordinal) {
            Some(entry) if entry.finished => {
                let found = "done by an earlier run";
                listener(Progress::Resumed { step: self.step, ordinal, found });
                return Ok(());
            }
            entry => entry.is_some(),
        };
        let mut attempt = 1;
        loop {
            self.runner.lock.check()?;
            let result = if meaning::refusal(statement.text).is_some() {
                self.alone(ordinal, statement, (begun, &mut *listener)).await
            } else {
                self.in_transaction(ordinal, statement).await
            };
            self.hear(statement, listener);
            let refusal = match result {
                Ok(()) => return Ok(()),
                Err(Trouble::Fatal(error)) => return Err(error),
                Err(Trouble::Refused(refusal)) => refusal,
            };
            if !self.runner.may_retry(&refusal, attempt) {
                return Err(DbError::Statement(Box::new(StatementError::new(
                    self.step,
                    statement.start,
                    refusal,
                ))));
            }
            let wait = pause(attempt);
            listener(Progress::Retry { step: self.step, attempt, pause: wait, reason: &refusal.message });
            tokio::time::sleep(wait).await;
            attempt += 1;
            begun = true;
        }
    }

    fn entry(&self, ordinal: i32) -> Option<JournalEntry> {
        match &self.step.mode {
            Mode::Journal(entries) => entries.iter().find(|entry| entry.ordinal == ordinal).cloned(),
            Mode::Transaction => None,
        }
    }

    /// Runs a statement that PostgreSQL refuses in a transaction.
    ///
    /// What the statement would do may be there already, or half there: from an interrupted run, or, under
    /// `IF NOT EXISTS`, from anyone. A dead index is dropped and built again, never taken for the wanted one.
    async fn alone(
        &mut self,
        ordinal: i32,
        statement: &Statement<'_>,
        (begun, listener): (bool, &mut Listener<'_>),
    ) -> Result<(), Trouble> {
        let effect = effect(statement.text);
        let found = remains(self.runner.session, &self.step.schema, &effect).await.map_err(Trouble::Fatal)?;
        let tells = begun || matches!(effect, Effect::CreateIndex { if_not_exists: true, .. });
        match found {
            Remains::Done if begun => {
                listener(Progress::Resumed { step: self.step, ordinal, found: "found done in the catalog" });
                return self.enter(FINISH_ENTRY, ordinal).await.map_err(Trouble::Fatal);
            }
            Remains::HalfDone(ref cleanup) if tells => {
                let dropped = "found half done in the catalog, brought in order and run again";
                listener(Progress::Resumed { step: self.step, ordinal, found: dropped });
                tidy(self.runner.session, cleanup).await.map_err(Trouble::Fatal)?;
            }
            _ => {}
        }
        if !begun {
            self.enter(BEGIN_ENTRY, ordinal).await.map_err(Trouble::Fatal)?;
        }
        // These wait for other transactions without keeping anyone waiting: the lock they hold meanwhile lets reads and
        // writes pass (manual, 13.3 Explicit Locking, SHARE UPDATE EXCLUSIVE).
        let patient = is_concurrent(&effect);
        if patient {
            self.own("setting up the session", "SET lock_timeout = 0").await.map_err(Trouble::Fatal)?;
        }
        let result = self.send(statement).await;
        if patient {
            let session = settings(self.step, &self.runner.execution.limits, Scope::Session);
            self.own("setting up the session", &session).await.map_err(Trouble::Fatal)?;
        }
        result?;
        self.enter(FINISH_ENTRY, ordinal).await.map_err(Trouble::Fatal)
    }

    /// Runs a statement and its journal entry in one transaction.
    async fn in_transaction(&mut self, ordinal: i32, statement: &Statement<'_>) -> Result<(), Trouble> {
        self.own("beginning a statement", "BEGIN ISOLATION LEVEL READ COMMITTED")
            .await
            .map_err(Trouble::Fatal)?;
        match self.send(statement).await {
            Ok(()) => {
                self.own("running a statement", "RESET SESSION AUTHORIZATION; RESET ROLE")
                    .await
                    .map_err(Trouble::Fatal)?;
                self.enter(BEGIN_ENTRY, ordinal).await.map_err(Trouble::Fatal)?;
                self.enter(FINISH_ENTRY, ordinal).await.map_err(Trouble::Fatal)?;
                self.commit().await
            }
            Err(Trouble::Refused(refusal)) => {
                self.own("rolling back a statement", "ROLLBACK").await.map_err(Trouble::Fatal)?;
                if refusal.sqlstate != INVALID_TRANSACTION_TERMINATION {
                    return Err(Trouble::Refused(refusal));
                }
                // A procedure that commits by itself: it runs on its own, and again whole when it is interrupted.
                self.enter(BEGIN_ENTRY, ordinal).await.map_err(Trouble::Fatal)?;
                self.send(statement).await?;
                self.enter(FINISH_ENTRY, ordinal).await.map_err(Trouble::Fatal)
            }
            Err(fatal) => Err(fatal),
        }
    }

    /// A deferred constraint fails here.
    async fn commit(&mut self) -> Result<(), Trouble> {
        let committed = self.runner.session.client.batch_execute("COMMIT").await;
        committed.map_err(|error| self.trouble(&error))
    }

    async fn send(&mut self, statement: &Statement<'_>) -> Result<(), Trouble> {
        let client = &self.runner.session.client;
        let result = match statement.rows {
            Some(rows) => copy_rows(client, statement.text, rows).await,
            None => client.batch_execute(statement.text).await,
        };
        result.map_err(|error| self.trouble(&error))
    }

    fn trouble(&self, error: &tokio_postgres::Error) -> Trouble {
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
        self.own("recording the migration", "BEGIN ISOLATION LEVEL READ COMMITTED").await?;
        let (client, author) = (&self.runner.session.client, &self.runner.execution.author);
        let failed = |error: &tokio_postgres::Error| {
            own_error(self.runner.session.target(), "recording the migration", error)
        };
        claim(client, self.step, author).await.map_err(|error| failed(&error))?;
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

    async fn enter(&self, sql: &str, ordinal: i32) -> Result<(), DbError> {
        let parameters: [(&(dyn ToSql + Sync), Type); 3] =
            [(&self.step.module, Type::TEXT), (&self.step.schema, Type::TEXT), (&ordinal, Type::INT4)];
        self.own_typed("writing the journal", sql, &parameters).await
    }

    async fn own(&self, doing: &'static str, sql: &str) -> Result<(), DbError> {
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

    fn hear(&mut self, statement: &Statement<'_>, listener: &mut Listener<'_>) {
        while let Ok(notice) = self.runner.session.notices.try_recv() {
            let (severity, message) = (notice.severity(), notice.message());
            let line = Some(statement.position.line);
            listener(Progress::Notice { step: self.step, line, severity, message });
        }
    }
}

fn is_concurrent(effect: &Effect) -> bool {
    match effect {
        Effect::CreateIndex { concurrently, .. }
        | Effect::DropIndex { concurrently, .. }
        | Effect::Reindex { concurrently, .. } => *concurrently,
        Effect::DetachPartition { detach, .. } => *detach == meaning::Detach::Concurrently,
        _ => false,
    }
}
