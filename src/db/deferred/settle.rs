//! Brings deferred keys as far as they can come: one short transaction to add each, another one to validate it.

use tokio_postgres::types::{ToSql, Type};

use super::attempt::{Change, Ending, Pace, judge};
use super::observe::observe;
use super::orphans::{self, Orphans};
use super::release::forget;
use crate::db::error::{DbError, Refusal};
use crate::db::lock::own_error;
use crate::db::record::TOOL_VERSION;
use crate::db::run::Runner;
use crate::model::deferred::{Action, Aim, Manner, Progress, Situation, State};
use crate::model::progress::{Listener, Progress as Told};

const FAILED: &str = include_str!("../queries/foreign_key_event.sql");

/// What was done about one key, and where it stands then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Its state at the end.
    pub state: State,
    /// What was done, in order: `added`, `validated`, `adopted`, `taken back`; empty where nothing was.
    pub done: Vec<&'static str>,
    /// The rows in the way, where this run counted them.
    pub orphans: Option<Orphans>,
    /// Why the server would not go on.
    pub refusal: Option<Refusal>,
}

/// Does what is to be done about each key, in order. One that the server refuses does not stop the others.
pub async fn settle(
    runner: &mut Runner<'_>,
    situations: &[Situation<'_>],
    aim: Aim,
    listener: &mut Listener<'_>,
) -> Result<Vec<Settled>, DbError> {
    let mut settled = Vec::with_capacity(situations.len());
    for situation in situations {
        let mut one = Settled { state: situation.state(), done: Vec::new(), orphans: None, refusal: None };
        if let Some(action) = situation.action(aim) {
            let cancel = runner.session.cancel.clone();
            let interrupt = runner.execution.haste.interrupt.clone();
            let mut work = Work { runner: &mut *runner, situation, settled: &mut one };
            let acted = interrupt.obeyed(&cancel, work.act(action, listener)).await;
            acted.map_err(|error| runner.or_too_late(error))?;
        }
        settled.push(one);
    }
    Ok(settled)
}

struct Work<'w, 'r> {
    runner: &'w mut Runner<'r>,
    situation: &'w Situation<'w>,
    settled: &'w mut Settled,
}

impl Work<'_, '_> {
    async fn act(&mut self, action: Action, listener: &mut Listener<'_>) -> Result<(), DbError> {
        match action {
            Action::Forget => self.forget().await,
            Action::Adopt(constraint) => {
                let change = self.change((&constraint, None), Progress::Valid, "adopted");
                match change.run(self.runner, listener).await? {
                    Ending::Committed => self.reached(State::Valid, "adopted"),
                    Ending::Orphans => {}
                    Ending::Refused(refusal) => self.failed(refusal).await?,
                }
                Ok(())
            }
            Action::Validate(constraint) => self.validate(&constraint, listener).await,
            Action::Add(manner) => self.add(manner, listener).await,
        }
    }

    async fn add(&mut self, manner: Manner, listener: &mut Listener<'_>) -> Result<(), DbError> {
        let key = self.situation.key;
        let add = format!(
            "ALTER TABLE {} ADD CONSTRAINT {} {}",
            key.table_sql(),
            crate::sql::quote::identifier(&key.name).expect("a key's name is one of PostgreSQL"),
            key.constraint_sql()
        );
        let (statement, progress, word) = match manner {
            Manner::NotValid => ((format!("{add} NOT VALID"), Pace::Brief), Progress::Added, "added"),
            Manner::Whole => ((add, Pace::Thorough), Progress::Valid, "added and validated in one step"),
        };
        let label = key.label();
        if manner == Manner::Whole {
            let what =
                "is added to a partitioned table: writers of both tables wait while its rows are checked";
            listener(Told::Key { key: &label, what });
        }
        let change = self.change((&key.name, Some(statement)), progress, word);
        match change.run(self.runner, listener).await? {
            Ending::Committed if manner == Manner::Whole => self.reached(State::Valid, word),
            Ending::Committed => {
                self.reached(State::NotValid(None), word);
                listener(Told::Key { key: &label, what: word });
                self.validate(&key.name, listener).await?;
            }
            Ending::Orphans => self.count(&key.name, listener).await?,
            Ending::Refused(refusal) => self.failed(refusal).await?,
        }
        Ok(())
    }

    async fn validate(&mut self, constraint: &str, listener: &mut Listener<'_>) -> Result<(), DbError> {
        let key = self.situation.key;
        let name =
            crate::sql::quote::identifier(constraint).expect("a constraint's name is one of a catalog");
        let validate = format!("ALTER TABLE {} VALIDATE CONSTRAINT {name}", key.table_sql());
        let change =
            self.change((constraint, Some((validate, Pace::Thorough))), Progress::Valid, "validated");
        match change.run(self.runner, listener).await? {
            Ending::Committed => self.reached(State::Valid, "validated"),
            Ending::Orphans => self.count(constraint, listener).await?,
            Ending::Refused(refusal) => self.failed(refusal).await?,
        }
        Ok(())
    }

    /// Counts the rows in the way and records their number.
    async fn count(&mut self, constraint: &str, listener: &mut Listener<'_>) -> Result<(), DbError> {
        let Situation { key, seen, .. } = *self.situation;
        // The constraint tells by which operators it compares; the one that this run added was not there before.
        let now = observe(self.runner.session, std::slice::from_ref(key)).await?;
        let known = now.iter().flat_map(|seen| &seen.constraints).find(|one| one.name == constraint);
        let limits = self.runner.execution.limits;
        let counted = orphans::count(self.runner.session, (key, seen), known, &limits).await;
        let orphans = match counted {
            Ok(orphans) => orphans,
            Err(error) => {
                let refusal = judge(self.runner, key, &error)?;
                return self.failed(refusal).await;
            }
        };
        // Somebody may have removed them meanwhile: one more look is up to the next run.
        if orphans.count == 0 {
            return Ok(());
        }
        let detail = format!("{} orphans stand in the way of", orphans.count);
        let change = self.change((constraint, None), Progress::Orphaned(orphans.count), &detail);
        if let Ending::Refused(refusal) = change.run(self.runner, listener).await? {
            self.settled.refusal = Some(refusal);
        }
        self.settled.state = match self.settled.state {
            State::NotValid(_) => State::NotValid(Some(orphans.count)),
            _ => State::Blocked(orphans.count),
        };
        self.settled.orphans = Some(orphans);
        Ok(())
    }

    /// Takes a key whose table went out of the ledger.
    async fn forget(&mut self) -> Result<(), DbError> {
        let Some(recorded) = self.situation.recorded else { return Ok(()) };
        let session = &*self.runner.session;
        let done = session.client.batch_execute(&forget(recorded, &self.runner.execution.author)).await;
        done.map_err(|error| own_error(session.target(), "recording that a foreign key waits", &error))?;
        self.settled.done.push("taken back");
        Ok(())
    }

    fn change<'c>(
        &self,
        (constraint, statement): (&'c str, Option<(String, Pace)>),
        progress: Progress,
        word: &str,
    ) -> Change<'c>
    where
        Self: 'c,
    {
        let Situation { key, seen, .. } = *self.situation;
        let detail = format!("{word} `{constraint}` on `{}`", key.table);
        Change { key, seen, constraint, statement, progress, detail }
    }

    fn reached(&mut self, state: State, word: &'static str) {
        self.settled.state = state;
        self.settled.done.push(word);
    }

    /// Keeps the server's words for the report and the event log.
    async fn failed(&mut self, refusal: Refusal) -> Result<(), DbError> {
        let Situation { key, .. } = *self.situation;
        let detail = format!("`{}` on `{}`: {}", key.name, key.table, refusal.message);
        let parameters: [(&(dyn ToSql + Sync), Type); 5] = [
            (&key.module, Type::TEXT),
            (&key.schema, Type::TEXT),
            (&self.runner.execution.author.client, Type::TEXT),
            (&TOOL_VERSION, Type::TEXT),
            (&detail, Type::TEXT),
        ];
        // The refusal itself is told in any case.
        let _ = self.runner.session.client.query_typed(FAILED, &parameters).await;
        self.settled.refusal = Some(refusal);
        Ok(())
    }
}
