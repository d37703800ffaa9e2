//! The contract's edge: one flight to the database for what the contracts of all modules speak of, and for the author's
//! own validation queries.

mod objects;
mod queries;

use std::collections::BTreeSet;
use std::pin::Pin;
use std::time::Duration;

use futures_util::future::maybe_done;
use futures_util::poll;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Error, Row};

use super::error::DbError;
use super::lock::own_error;
use super::session::Session;
use crate::catalog::citus::{Source, WHO};
use crate::model::Script;
use crate::model::contract::{Found, Kind};
use crate::sql::quote;

pub use queries::{Answer, MOST_ROWS};

/// What is to be read of one module.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The schema that the module is installed under.
    pub schema: &'a str,
    /// The kinds of objects; tables are read always.
    pub wanted: BTreeSet<Kind>,
    /// The validation queries, of one statement each.
    pub queries: Vec<&'a Script>,
}

/// What one module's schema holds, and what its validation queries returned.
#[derive(Debug, Default)]
pub struct Reading {
    /// The objects of the kinds that were wanted.
    pub found: Found,
    /// In the order of the queries.
    pub answers: Vec<Answer>,
}

/// How long the author's queries may run and wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a lock.
    pub lock_timeout: Duration,
    /// For a statement.
    pub statement_timeout: Duration,
}

/// A statement under way.
type UnderWay<'a> = Pin<Box<dyn Future<Output = Result<Said, Error>> + 'a>>;

/// What a statement said.
enum Said {
    Nothing,
    Rows(Vec<Row>),
    Text(queries::Rows),
}

/// Reads everything in one round trip. All objects are of one snapshot; each query has a read-only transaction of its
/// own, so that one which fails does not stop the others.
pub async fn read(
    session: &Session,
    requests: &[Request<'_>],
    patience: Patience,
) -> Result<Vec<Reading>, DbError> {
    let distribution = distribution(session, requests).await?;
    let frames: Vec<Frame> = requests.iter().map(|request| Frame::new(request.schema, patience)).collect();
    let mut sent = vec![command(session, BEGIN)];
    for (request, frame) in requests.iter().zip(&frames) {
        sent.push(command(session, &frame.settings));
        for sql in objects::statements(&request.wanted) {
            sent.push(rows(session, sql, &request.schema));
        }
        if let Some(sql) = distribution.as_deref().filter(|_| request.wants_distribution()) {
            sent.push(rows(session, sql, &request.schema));
        }
    }
    sent.push(command(session, "COMMIT"));
    for (request, frame) in requests.iter().zip(&frames) {
        for query in &request.queries {
            sent.push(command(session, &frame.begin));
            sent.push(Box::pin(async { queries::run(&session.client, query).await.map(Said::Text) }));
            sent.push(command(session, "ROLLBACK"));
        }
    }
    receive(session, (requests, distribution.is_some()), settle(sent).await)
}

impl Request<'_> {
    fn wants_distribution(&self) -> bool {
        self.wanted.contains(&Kind::Distribution)
    }
}

/// Returns the query for how schemas and tables are distributed, where that is wanted and there is somebody to ask: one
/// round trip more, because the tables of Citus can't be named where there are none.
async fn distribution(session: &Session, requests: &[Request<'_>]) -> Result<Option<String>, DbError> {
    if !requests.iter().any(Request::wants_distribution) {
        return Ok(None);
    }
    let who = session.values("looking for Citus", &format!("SELECT {WHO}")).await?;
    Ok(who.first().and_then(|word| Source::read(word).query_of_schema()))
}

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The statements around what is read of one module.
struct Frame {
    settings: String,
    begin: String,
}

impl Frame {
    /// Names inside definitions are printed without the module's schema, so that they are the same under any.
    fn new(schema: &str, patience: Patience) -> Self {
        let quoted = quote::identifier(schema).expect("a schema's name is checked where it is read");
        let path = if schema == "public" { quoted } else { format!("{quoted}, public") };
        let settings = format!(
            "SET LOCAL search_path = {path}; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}; \
             SET LOCAL quote_all_identifiers = off; SET LOCAL client_connection_check_interval = '1s'",
            patience.lock_timeout.as_millis(),
            patience.statement_timeout.as_millis()
        );
        Self { begin: format!("BEGIN READ ONLY; {settings}"), settings }
    }
}

fn command<'a>(session: &'a Session, sql: &'a str) -> UnderWay<'a> {
    Box::pin(async move { session.client.batch_execute(sql).await.map(|()| Said::Nothing) })
}

fn rows<'a>(session: &'a Session, sql: &'a str, schema: &'a &'a str) -> UnderWay<'a> {
    Box::pin(async move {
        let of_schema: [(&(dyn ToSql + Sync), Type); 1] = [(schema, Type::TEXT)];
        let parameters = if sql.contains("$1") { &of_schema[..] } else { &[] };
        session.client.query_typed(sql, parameters).await.map(Said::Rows)
    })
}

/// Sends all statements in order, then waits for each.
async fn settle(sent: Vec<UnderWay<'_>>) -> impl Iterator<Item = Result<Said, Error>> {
    let mut sent: Vec<_> = sent.into_iter().map(|one| Box::pin(maybe_done(one))).collect();
    // A future sends its statement when it is polled first.
    for one in &mut sent {
        let _ = poll!(one);
    }
    let mut said = Vec::with_capacity(sent.len());
    for mut one in sent {
        one.as_mut().await;
        said.extend(one.as_mut().take_output());
    }
    said.into_iter()
}

fn receive(
    session: &Session,
    (requests, distributed): (&[Request<'_>], bool),
    mut said: impl Iterator<Item = Result<Said, Error>>,
) -> Result<Vec<Reading>, DbError> {
    let failed = |error: Error| own_error(session.target(), "reading what the contract speaks of", &error);
    let mut next = || said.next().unwrap_or(Ok(Said::Nothing));
    next().map_err(failed)?;
    let mut readings = Vec::with_capacity(requests.len());
    for request in requests {
        next().map_err(failed)?;
        let mut reading = Reading::default();
        for sql in objects::statements(&request.wanted) {
            if let Said::Rows(rows) = next().map_err(failed)? {
                objects::take(sql, &rows, &request.wanted, &mut reading.found);
            }
        }
        if distributed
            && request.wants_distribution()
            && let Said::Rows(rows) = next().map_err(failed)?
        {
            objects::distribution(&rows, &mut reading.found);
        }
        readings.push(reading);
    }
    next().map_err(failed)?;
    for (request, reading) in requests.iter().zip(&mut readings) {
        for query in &request.queries {
            let began = next();
            let ran = next();
            let ended = next();
            // Without its settings a query must not count.
            let ran = began.and(ran);
            reading.answers.push(queries::answer(query, ran.map(Said::text)).map_err(failed)?);
            ended.map_err(failed)?;
        }
    }
    Ok(readings)
}

impl Said {
    fn text(self) -> queries::Rows {
        match self {
            Self::Text(rows) => rows,
            Self::Nothing | Self::Rows(_) => queries::Rows::default(),
        }
    }
}
