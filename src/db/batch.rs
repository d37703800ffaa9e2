//! Runs one data change range by range of its table's key, each range in a transaction that also says how far it has come.
//!
//! A range is (last key, next key]; the highest key there is when the change begins bounds them all. Each row that is
//! there all the while lies in exactly one range, and each range is committed together with its end, so no row is dealt
//! with twice and none is left out, whenever the run is killed. Keys are compared by the server alone, under the columns'
//! own collations; they travel as texts.

mod lag;

use std::time::Duration;

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Row, SimpleQueryMessage};

use super::error::{DbError, Refusal, StatementError};
use super::journal::{FINISH_ENTRY, Journal};
use super::lock::own_error;
use super::run::pause;
use super::trouble::Trouble;
use crate::model::Step;
use crate::model::ledger::JournalEntry;
use crate::model::progress::{Listener, Progress};
use crate::model::step::Batched;
use crate::sql::directive::Chunk;
use crate::sql::meaning::{Batch, batch};
use crate::sql::{self, Statement, quote};
use lag::Trail;

const KEY: &str = include_str!("queries/batch_key.sql");
const AGGREGATES: &str = include_str!("queries/batch_aggregates.sql");
const READ: &str = include_str!("queries/batch_read.sql");
const BEGIN: &str = include_str!("queries/batch_begin.sql");
const ADVANCE: &str = include_str!("queries/batch_advance.sql");

/// Texts of keys read back as the same keys under any settings.
const KEYS_AS_TEXT: &str = "SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; \
                            SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'";

const EXPLAIN: &str = "EXPLAIN ";

/// Runs the step that `journal` is open for, going on behind the last range that was committed.
pub(super) async fn run(
    journal: &mut Journal<'_, '_>,
    chunk: Chunk,
    listener: &mut Listener<'_>,
) -> Result<Batched, DbError> {
    let step = journal.step;
    let unbatched = |reason: String| DbError::Unbatched { migration: step.label(), reason };
    let statement = sql::statements(&step.script.text).find_map(Result::ok);
    let statement = statement.ok_or_else(|| unbatched("the file holds no statement".to_owned()))?;
    let batch = batch(statement.text).map_err(|reason| unbatched(reason.to_string()))?;
    let trail = Trail::default();
    let mut work = Batches { journal, statement, batch, key: Vec::new(), rows: None, trail, blind: false };
    work.retried(listener, Task::Check).await?;
    let mut state = match work.read().await? {
        Some(state) => state,
        None => work.begin().await?,
    };
    if state.done.batches > 0 {
        let found = "goes on behind the batches of an earlier run";
        listener(Progress::Resumed { step, ordinal: 1, found });
    }
    while state.last != state.bound {
        let Some(next) = work.retried(listener, Task::Range(&state, chunk)).await? else { break };
        state = next;
        listener(Progress::Batch { step, done: state.done.rows, of: work.rows });
        if state.last != state.bound {
            work.wait(chunk, listener).await?;
        }
    }
    Ok(state.done)
}

/// A column of the primary key.
struct KeyColumn {
    name: String,
    kind: String,
}

/// How far the change has come.
#[derive(Clone)]
struct State {
    last: Option<Vec<String>>,
    /// The highest key; `None` where there were no rows.
    bound: Option<Vec<String>>,
    done: Batched,
}

struct Batches<'j, 'r, 'a> {
    journal: &'j mut Journal<'r, 'a>,
    statement: Statement<'r>,
    batch: Batch,
    key: Vec<KeyColumn>,
    /// How many rows the table has, as far as the server knows.
    rows: Option<u64>,
    trail: Trail,
    /// It was told that this role is not shown how far the standbys are behind.
    blind: bool,
}

/// What is tried again when a lock was not to be had.
#[derive(Clone, Copy)]
enum Task<'s> {
    Check,
    Range(&'s State, Chunk),
}

impl Batches<'_, '_, '_> {
    /// Does a task, again where a lock was not to be had; `None` where there was no range left.
    async fn retried(
        &mut self,
        listener: &mut Listener<'_>,
        task: Task<'_>,
    ) -> Result<Option<State>, DbError> {
        let mut attempt = 1;
        loop {
            self.journal.runner.lock.check()?;
            self.journal.hurry().await?;
            let result = match task {
                Task::Check => self.check().await.map(|()| None),
                Task::Range(state, chunk) => self.range((state, chunk), listener).await,
            };
            self.journal.hear(&self.statement, listener);
            let refusal = match result {
                Ok(done) => return Ok(done),
                Err(Trouble::Fatal(error)) => match error.refusal() {
                    Some(refusal) if refusal.passes_with_time() => refusal.clone(),
                    _ => return Err(error),
                },
                Err(Trouble::Refused(refusal)) => refusal,
            };
            let wait = pause(attempt);
            if self.journal.runner.is_late(&refusal, wait) {
                return Err(self.journal.runner.too_late(Some(&refusal)));
            }
            if !self.journal.runner.may_retry(&refusal, attempt) {
                return Err(self.failed(refusal, &task));
            }
            let step = self.journal.step;
            listener(Progress::Retry { step, attempt, pause: wait, reason: &refusal.message });
            self.journal.own("rolling back", "ROLLBACK").await?;
            self.sleep(wait).await?;
            attempt += 1;
        }
    }

    fn failed(&self, refusal: Refusal, task: &Task<'_>) -> DbError {
        let done_rows = match task {
            Task::Check => 0,
            Task::Range(state, _) => state.done.rows,
        };
        let error = StatementError::new(self.journal.step, self.statement.start, refusal);
        DbError::Statement(Box::new(StatementError { done_rows, ..error }))
    }

    fn unbatched(&self, reason: String) -> Trouble {
        Trouble::Fatal(DbError::Unbatched { migration: self.journal.step.label(), reason })
    }

    /// Lets the server judge the statement as it is written, and finds the key to go along.
    async fn check(&mut self) -> Result<(), Trouble> {
        let client = &self.journal.runner.session.client;
        let explained = client.simple_query(&format!("{EXPLAIN}{}", self.statement.text)).await;
        explained.map_err(|error| {
            let mut trouble = self.journal.trouble(&error);
            if let Trouble::Refused(refusal) = &mut trouble {
                let before = u32::try_from(EXPLAIN.len()).unwrap_or_default();
                refusal.character = refusal.character.and_then(|character| character.checked_sub(before));
            }
            trouble
        })?;
        let rows = self.query(KEY, &[(&self.batch.table, Type::TEXT)]).await?;
        if rows.is_empty() {
            let table = &self.batch.table;
            return Err(self.unbatched(format!("`{table}` has no primary key to cut it along")));
        }
        self.key =
            rows.iter().map(|row| KeyColumn { name: row.get("name"), kind: row.get("kind") }).collect();
        let estimate: Option<i64> = rows.first().and_then(|row| row.get("rows"));
        self.rows = estimate.and_then(|rows| u64::try_from(rows).ok());
        if let Some(column) = self.key.iter().find(|column| self.batch.assigned.contains(&column.name)) {
            let name = &column.name;
            return Err(self.unbatched(format!("it changes `{name}`, along which the table is cut")));
        }
        let aggregates = self.query(AGGREGATES, &[(&self.batch.called, Type::TEXT_ARRAY)]).await?;
        match aggregates.first() {
            Some(row) => {
                let name: &str = row.get("name");
                Err(self.unbatched(format!("the aggregate `{name}` would see the rows of one batch alone")))
            }
            None => Ok(()),
        }
    }

    async fn query(
        &self,
        sql: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, DbError> {
        let session = &self.journal.runner.session;
        let rows = session.client.query_typed(sql, parameters).await;
        rows.map_err(|error| own_error(session.target(), "cutting a change into batches", &error))
    }

    async fn read(&self) -> Result<Option<State>, DbError> {
        let Step { module, schema, .. } = self.journal.step;
        let rows = self.query(READ, &[(module, Type::TEXT), (schema, Type::TEXT)]).await?;
        let count = |row: &Row, name| u64::try_from(row.get::<_, i64>(name)).unwrap_or_default();
        Ok(rows.first().map(|row| State {
            last: row.get("last_key"),
            bound: row.get("bound"),
            done: Batched {
                batches: count(row, "batches"),
                rows: count(row, "rows"),
                changed: count(row, "changed"),
            },
        }))
    }

    /// Enters the highest key there is.
    async fn begin(&self) -> Result<State, DbError> {
        let step = self.journal.step;
        self.journal.begin("beginning batches").await?;
        self.journal.own("beginning batches", KEYS_AS_TEXT).await?;
        let descending: Vec<_> = self.columns().map(|column| format!("{column} DESC")).collect();
        let sql = format!(
            "SELECT ARRAY[{}] AS key FROM {} ORDER BY {} LIMIT 1",
            self.texts(),
            self.table(),
            descending.join(", ")
        );
        let bound: Option<Vec<String>> = self.query(&sql, &[]).await?.first().map(|row| row.get("key"));
        let parameters: [(&(dyn ToSql + Sync), Type); 3] =
            [(&step.module, Type::TEXT), (&step.schema, Type::TEXT), (&bound, Type::TEXT_ARRAY)];
        self.query(BEGIN, &parameters).await?;
        self.journal.own("beginning batches", "COMMIT").await?;
        Ok(State { last: None, bound, done: Batched::default() })
    }

    /// Runs the statement for the next range; `None` where no row is left.
    async fn range(
        &mut self,
        (state, chunk): (&State, Chunk),
        listener: &mut Listener<'_>,
    ) -> Result<Option<State>, Trouble> {
        let Some((last, rows)) = self.next(state, chunk).await? else { return Ok(None) };
        let ranged = self.batch.within(self.statement.text, &self.between(state.last.as_ref(), &last));
        self.journal.begin("beginning a batch").await?;
        let work = self.journal.runner.session.client.simple_query(&ranged.sql);
        let answer = self.journal.watched(work, listener).await;
        let answer = answer.map_err(|error| {
            let mut trouble = self.journal.trouble(&error);
            if let Trouble::Refused(refusal) = &mut trouble {
                refusal.character = refusal.character.and_then(|character| ranged.character(character));
            }
            trouble
        })?;
        let changed = answer.iter().filter_map(|message| match message {
            SimpleQueryMessage::CommandComplete(count) => Some(*count),
            _ => None,
        });
        let done = Batched {
            batches: state.done.batches + 1,
            rows: state.done.rows + rows,
            changed: state.done.changed + changed.sum::<u64>(),
        };
        let next = State { last: Some(last), bound: state.bound.clone(), done };
        self.advance(&next).await?;
        self.journal.commit().await?;
        Ok(Some(next))
    }

    /// Returns the end of the next range and how many rows it has.
    async fn next(&self, state: &State, chunk: Chunk) -> Result<Option<(Vec<String>, u64)>, DbError> {
        let Some(bound) = &state.bound else { return Ok(None) };
        let order: Vec<_> = self.columns().collect();
        let order = order.join(", ");
        let sql = format!(
            "SELECT key, number FROM (SELECT ARRAY[{}] AS key, pg_catalog.row_number() OVER (ORDER BY {order}) AS number \
             FROM {} WHERE {} ORDER BY {order} LIMIT {}) AS range ORDER BY number DESC LIMIT 1",
            self.texts(),
            self.table(),
            self.between(state.last.as_ref(), bound),
            chunk.rows,
        );
        let begin = format!("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; {KEYS_AS_TEXT}");
        let client = &self.journal.runner.session.client;
        let (begun, rows, ended) = tokio::join!(
            biased;
            client.batch_execute(&begin),
            client.query_typed(&sql, &[]),
            client.batch_execute("COMMIT"),
        );
        let rows = begun.and(rows).and_then(|rows| ended.map(|()| rows));
        let target = self.journal.runner.session.target();
        let rows = rows.map_err(|error| own_error(target, "looking for the next batch", &error))?;
        Ok(rows
            .first()
            .map(|row| (row.get("key"), u64::try_from(row.get::<_, i64>("number")).unwrap_or_default())))
    }

    /// Enters how far the change has come; with the first range, that the statement as it is has been run.
    async fn advance(&self, state: &State) -> Result<(), DbError> {
        let step = self.journal.step;
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let Batched { batches, rows, changed } = state.done;
        let (batches, rows, changed) = (number(batches), number(rows), number(changed));
        let parameters: [(&(dyn ToSql + Sync), Type); 6] = [
            (&step.module, Type::TEXT),
            (&step.schema, Type::TEXT),
            (&state.last, Type::TEXT_ARRAY),
            (&batches, Type::INT8),
            (&rows, Type::INT8),
            (&changed, Type::INT8),
        ];
        self.query(ADVANCE, &parameters).await?;
        if batches == 1 {
            let checksum = JournalEntry::of_batches(&self.statement).to_string();
            let parameters: [(&(dyn ToSql + Sync), Type); 4] = [
                (&step.module, Type::TEXT),
                (&step.schema, Type::TEXT),
                (&1_i32, Type::INT4),
                (&checksum, Type::TEXT),
            ];
            self.query(FINISH_ENTRY, &parameters).await?;
        }
        Ok(())
    }

    async fn sleep(&self, time: Duration) -> Result<(), DbError> {
        self.journal.runner.session.stay_awake().await?;
        self.journal.runner.execution.haste.interrupt.sleep(time).await;
        Ok(())
    }

    /// Returns the columns of the key as SQL, as the statement can name them.
    fn columns(&self) -> impl Iterator<Item = String> {
        let alias = &self.batch.alias;
        self.key.iter().map(move |column| {
            let name = quote::identifier(&column.name).expect("the catalog's names can be quoted");
            format!("{alias}.{name}")
        })
    }

    fn texts(&self) -> String {
        self.columns().map(|column| format!("{column}::text")).collect::<Vec<_>>().join(", ")
    }

    fn table(&self) -> String {
        format!("{} AS {}", self.batch.table, self.batch.alias)
    }

    /// Returns the condition on the key for a range.
    fn between(&self, last: Option<&Vec<String>>, upto: &[String]) -> String {
        let columns = self.columns().collect::<Vec<_>>().join(", ");
        let key = |texts: &[String]| {
            let literal = |text: &String| quote::literal(text).expect("no text from the server has a NUL");
            let values = texts
                .iter()
                .zip(&self.key)
                .map(|(text, column)| format!("CAST({} AS {})", literal(text), column.kind));
            values.collect::<Vec<_>>().join(", ")
        };
        let end = format!("({columns}) <= ({})", key(upto));
        match last {
            Some(last) => format!("(({columns}) > ({}) AND {end})", key(last)),
            None => format!("({end})"),
        }
    }
}
