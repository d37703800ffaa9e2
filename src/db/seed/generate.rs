//! Fills tables with made-up rows by COPY, all in one transaction.

use bytes::Bytes;
use futures_util::SinkExt as _;
use tokio::time::Instant;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};

use super::meter::Meter;
use super::{SeedExecution, SeedListener, record};
use crate::db::error::{DbError, ends_session, refusal};
use crate::db::lock::{RunLock, own_error};
use crate::db::record::{Scope, path_and_limits};
use crate::db::run::pause;
use crate::db::session::Session;
use crate::model::Outcome;
use crate::model::seed::done::Filled;
use crate::model::seed::generate::{Generator, Layout, Reference, Start, Stopped, Value, write_field};
use crate::model::seed::progress::Unit;
use crate::model::seed::{SeedProgress, Tables};
use crate::sql::quote::{self, literal};

/// How many bytes of rows go into one message.
const CHUNK: usize = 256 << 10;

/// How many rows that may be referred to are held in memory, where a row may be referred to more than once.
const POOL: u64 = 100_000;

/// What is made up.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The tables, in the order of their references.
    pub layouts: &'a [Layout],
    /// All tables.
    pub tables: &'a Tables,
    /// How many rows each table gets.
    pub rows: u64,
    /// The number that they come from.
    pub seed: u64,
}

/// A session that holds the right to change the target.
#[derive(Debug)]
pub struct Filler<'a> {
    /// The connection that runs the statements.
    pub session: &'a mut Session,
    /// The lock, on a connection of its own.
    pub lock: &'a RunLock,
    /// How to run.
    pub execution: &'a SeedExecution,
}

impl Filler<'_> {
    /// Fills all tables, or none.
    pub async fn run(
        &mut self,
        request: &Request<'_>,
        listener: &mut SeedListener<'_>,
    ) -> Result<Vec<Filled>, DbError> {
        self.lock.check()?;
        let mut attempt = 1;
        loop {
            let error = match self.transaction(request, listener).await {
                Ok(filled) => return Ok(filled),
                Err(error) => error,
            };
            // The server rolls back by itself where this can't reach it.
            let _ = self.session.client.batch_execute("ROLLBACK").await;
            match error.refusal().filter(|refusal| refusal.passes_with_time()) {
                Some(reason) if attempt <= self.execution.limits.lock_retries => {
                    let pause = pause(attempt);
                    listener(SeedProgress::Retry { attempt, pause, reason: &reason.message });
                    tokio::time::sleep(pause).await;
                    attempt += 1;
                }
                _ => {
                    if !self.session.is_closed() {
                        self.event(Outcome::Failed, &error.to_string()).await?;
                    }
                    return Err(error);
                }
            }
        }
    }

    async fn transaction(
        &mut self,
        request: &Request<'_>,
        listener: &mut SeedListener<'_>,
    ) -> Result<Vec<Filled>, DbError> {
        let begin = self.session.footing.begin_alone();
        self.session.begin("making up rows", &format!("{begin}; SET CONSTRAINTS ALL DEFERRED")).await?;
        // Keys that exist are compared with made-up ones by their text.
        self.own("SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'").await?;
        let of = request.rows * request.layouts.len() as u64;
        let mut meter = Meter::new(of, Unit::Rows, listener);
        let mut filled = Vec::with_capacity(request.layouts.len());
        for layout in request.layouts {
            let label = layout.table.label();
            meter.tell(SeedProgress::Started { label: &label });
            let began = Instant::now();
            let (rows, stopped) = self.fill(request, layout, &mut meter).await?;
            let reason = stopped.map(|stopped| stopped.reason);
            filled.push(Filled { table: label, rows, stopped: reason, took: began.elapsed() });
        }
        let rows: u64 = filled.iter().map(|table| table.rows).sum();
        let detail = format!("generated {rows} rows in {} tables, seed {}", filled.len(), request.seed);
        self.event(Outcome::Done, &detail).await?;
        self.own("COMMIT").await?;
        Ok(filled)
    }

    /// Fills one table. Where it refers to itself a tenth of its rows go first, for the others to refer to.
    async fn fill(
        &mut self,
        request: &Request<'_>,
        layout: &Layout,
        meter: &mut Meter<'_, '_>,
    ) -> Result<(u64, Option<Stopped>), DbError> {
        let settings = path_and_limits(&layout.table.schema, &self.execution.limits, Scope::Transaction);
        self.own(&settings).await?;
        let count =
            self.rows(&format!("SELECT count(*) FROM {}", layout.table.sql()), &layout.table.label()).await?;
        let existing = count.first().map_or(0, |row| u64::try_from(row.get::<_, i64>(0)).unwrap_or_default());
        let mut generator = Generator::new(layout, Start { seed: request.seed, rows: existing });
        self.remember(layout, &mut generator).await?;
        let to_itself = layout.references.iter().any(|reference| reference.to_itself);
        let first = if to_itself { request.rows.div_ceil(10) } else { request.rows };
        let (mut written, mut stopped) = (0, None);
        for share in [first, request.rows - first] {
            if share == 0 || stopped.is_some() {
                continue;
            }
            let wanted = layout.references.iter().enumerate();
            let wanted = wanted.filter(|(_, reference)| written == 0 || reference.to_itself);
            for (index, reference) in wanted {
                let rows = self.referred(request.tables, reference).await?;
                rows.into_iter().for_each(|rows| generator.offer(index, rows));
            }
            let batch = Batch { layout, rows: share };
            let ending = batch.copy(&self.session.client, &mut generator, meter).await;
            let (rows, reason) = ending.map_err(|error| self.refused(&error, &layout.table.label()))?;
            written += rows;
            stopped = reason;
        }
        meter.advance(request.rows - written);
        Ok((written, stopped))
    }

    async fn remember(&self, layout: &Layout, generator: &mut Generator<'_>) -> Result<(), DbError> {
        for (index, key) in layout.keys().enumerate() {
            let text = |part: &String| match key.null {
                Some(null) => {
                    format!("coalesce(({part})::text, {})", literal(null).expect("no NUL stands for NULL"))
                }
                None => format!("({part})::text"),
            };
            let parts: Vec<_> = key.parts.iter().map(text).collect();
            let mut wanted: Vec<_> = key.predicate.iter().map(|sql| format!("({sql})")).collect();
            if key.null.is_none() {
                wanted.extend(key.parts.iter().map(|part| format!("({part}) IS NOT NULL")));
            }
            wanted.push("true".to_owned());
            let sql = format!(
                "SELECT {} FROM {} WHERE {}",
                parts.join(", "),
                layout.table.sql(),
                wanted.join(" AND ")
            );
            for row in self.rows(&sql, &layout.table.label()).await? {
                let texts: Vec<String> = (0..key.parts.len()).map(|at| row.get(at)).collect();
                generator.remember(index, texts.iter().map(String::as_str));
            }
        }
        Ok(())
    }

    /// Reads the rows that may be referred to, as the texts of their keys; none where the table is not among `tables`.
    async fn referred(
        &self,
        tables: &Tables,
        reference: &Reference,
    ) -> Result<Option<Vec<Vec<String>>>, DbError> {
        let Some(target) = tables.by_oid(reference.target) else { return Ok(None) };
        let quoted = |name: &String| quote::identifier(name).expect("the catalog's names can be quoted");
        let columns: Vec<String> = reference.target_columns.iter().map(quoted).collect();
        let texts: Vec<_> = columns.iter().map(|column| format!("{column}::text")).collect();
        let present: Vec<_> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
        let most = if reference.exclusive { i64::MAX as u64 } else { POOL };
        let sql = format!(
            "SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {most}",
            texts.join(", "),
            target.sql(),
            present.join(" AND "),
            columns.join(", "),
        );
        let rows = self.rows(&sql, &target.label()).await?;
        let texts = |row: &Row| (0..columns.len()).map(|at| row.get(at)).collect();
        Ok(Some(rows.iter().map(texts).collect()))
    }

    async fn rows(&self, sql: &str, table: &str) -> Result<Vec<Row>, DbError> {
        let parameters: &[(&(dyn ToSql + Sync), Type)] = &[];
        let rows = self.session.client.query_typed(sql, parameters).await;
        rows.map_err(|error| self.refused(&error, table))
    }

    async fn own(&self, sql: &str) -> Result<(), DbError> {
        let done = self.session.client.batch_execute(sql).await;
        done.map_err(|error| own_error(self.session.target(), "filling tables", &error))
    }

    async fn event(&self, outcome: Outcome, detail: &str) -> Result<(), DbError> {
        let event = record::SeedEvent { outcome, step: None, took: None, detail: Some(detail) };
        record::insert_event(self.session, &self.execution.author, &event).await
    }

    fn refused(&self, error: &tokio_postgres::Error, table: &str) -> DbError {
        match refusal(error).filter(|refusal| !ends_session(&refusal.sqlstate)) {
            Some(refusal) => DbError::MadeUpRows { table: table.to_owned(), refusal: Box::new(refusal) },
            None => {
                let target = self.session.target().to_owned();
                DbError::Lost { target, doing: format!("filling `{table}`") }
            }
        }
    }
}

/// Rows that go into one COPY.
struct Batch<'a> {
    layout: &'a Layout,
    rows: u64,
}

impl Batch<'_> {
    /// Writes the rows. Returns how many there are, and why there are no more.
    async fn copy(
        &self,
        client: &Client,
        generator: &mut Generator<'_>,
        meter: &mut Meter<'_, '_>,
    ) -> Result<(u64, Option<Stopped>), tokio_postgres::Error> {
        let filled: Vec<usize> = self.layout.filled().collect();
        if filled.is_empty() {
            let rows = self.default_rows(client).await?;
            meter.advance(rows);
            return Ok((rows, None));
        }
        let names: Vec<String> = filled.iter().map(|&at| self.layout.table.columns[at].sql()).collect();
        let statement =
            format!("COPY {} ({}) FROM STDIN (ENCODING 'UTF8')", self.layout.table.sql(), names.join(", "));
        let sink = client.copy_in(&statement).await?;
        let mut sink = std::pin::pin!(sink);
        let (mut chunk, mut written, mut told, mut stopped) = (Vec::with_capacity(CHUNK + 4096), 0, 0, None);
        while written < self.rows {
            match generator.next_row() {
                Ok(row) => {
                    for (place, &column) in filled.iter().enumerate() {
                        if place > 0 {
                            chunk.push(b'\t');
                        }
                        write_field(row[column].as_ref().unwrap_or(&Value::Null), &mut chunk);
                    }
                    chunk.push(b'\n');
                    written += 1;
                }
                Err(reason) => {
                    stopped = Some(reason);
                    break;
                }
            }
            if chunk.len() >= CHUNK {
                sink.send(Bytes::from(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK + 4096))))
                    .await?;
                meter.advance(written - told);
                told = written;
            }
        }
        if !chunk.is_empty() {
            sink.send(Bytes::from(chunk)).await?;
        }
        sink.finish().await?;
        meter.advance(written - told);
        Ok((written, stopped))
    }

    /// Adds rows of which the server makes every column: COPY has no line for such a row.
    async fn default_rows(&self, client: &Client) -> Result<u64, tokio_postgres::Error> {
        let table = self.layout.table.sql();
        let statement =
            format!("INSERT INTO {table} SELECT FROM pg_catalog.generate_series(1, {})", self.rows);
        client.execute_typed(&statement, &[]).await
    }
}
