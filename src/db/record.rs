//! The statements that crmdb puts around a migration's own: settings, the ledger's rows, the event.

use std::time::Duration;

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};

use super::error::DbError;
use super::lock::own_error;
use super::session::Session;
use crate::model::{Direction, EventKind, Outcome, Step};
use crate::sql::quote;

const INSERT_BASELINE: &str = include_str!("queries/insert_baseline.sql");
const RECORD_UP: &str = include_str!("queries/record_up.sql");
const RECORD_DOWN: &str = include_str!("queries/record_down.sql");
const BEGAN: &str = include_str!("queries/began.sql");
const INSERT_EVENT: &str = include_str!("queries/insert_event.sql");
const OPEN_SCHEMA: &str = include_str!("queries/open_schema.sql");
const CLOSE_SCHEMA: &str = include_str!("queries/close_schema.sql");

/// What every row says about who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The operating system's user and host, `user@host`.
    pub client: String,
    /// Whether the ledger keeps the SQL.
    pub store_sql: bool,
    /// Why it is done, where somebody said so: the detail of the events.
    pub reason: Option<String>,
}

/// The version of crmdb, as the ledger records it.
pub const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The time limits of a migration's statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a statement waits for a lock before the migration is rolled back and tried again.
    pub lock_timeout: Duration,
    /// How long a statement runs; zero for ever.
    pub statement_timeout: Duration,
    /// How often a migration is tried again when a lock was not to be had.
    pub lock_retries: u32,
}

/// Returns the settings under which SQL of a module's own runs.
///
/// `client_connection_check_interval` lets the server notice within a second that crmdb was killed, so that what it was
/// doing ends and its locks are free (PostgreSQL manual, 20.3 Connections and Authentication). Statements are split with
/// `standard_conforming_strings` on, so it must be.
pub(super) fn path_and_limits(schema: &str, limits: &Limits, scope: Scope) -> String {
    let set = match scope {
        Scope::Transaction => "SET LOCAL",
        Scope::Session => "SET",
    };
    let path = identifier(schema);
    let path = if schema == "public" { path } else { format!("{path}, public") };
    format!(
        "{set} search_path = {path}; {set} lock_timeout = {}; {set} statement_timeout = {}; \
         {set} standard_conforming_strings = on; {set} client_connection_check_interval = '1s'; \
         {set} idle_in_transaction_session_timeout = 0",
        limits.lock_timeout.as_millis(),
        limits.statement_timeout.as_millis(),
    )
}

/// Schema names are checked where they are read: from files, flags and the ledger.
fn identifier(name: &str) -> String {
    quote::identifier(name).expect("a schema's name has no NUL and is not empty")
}

fn literal(text: &str) -> String {
    quote::literal(text).expect("no text that comes from a file or a flag has a NUL")
}

/// How long a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Until the transaction ends.
    Transaction,
    /// Until the connection ends.
    Session,
}

/// Returns the statement that makes the step's schema where it is missing, and notes whether it did.
pub(super) fn open_schema(step: &Step) -> String {
    on_schema(OPEN_SCHEMA, step)
}

/// Returns the statement that drops the step's schema when crmdb made it and nothing else is in it.
pub(super) fn close_schema(step: &Step) -> String {
    on_schema(CLOSE_SCHEMA, step)
}

fn on_schema(template: &str, step: &Step) -> String {
    let body = template
        .replace("{schema}", &identifier(&step.schema))
        .replace("{schema_literal}", &literal(&step.schema))
        .replace("{module_literal}", &literal(&step.module));
    format!("DO {}", literal(&body))
}

/// Returns the statement which says that a step began `ago`, where its transaction began at another time.
pub(super) fn began(ago: Duration) -> String {
    BEGAN.trim_end().replace("{seconds}", &ago.as_secs_f64().to_string())
}

type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// What the ledger's row says about a step.
struct Row<'a> {
    step: &'a Step,
    name: String,
    checksum: String,
    rollback_checksum: Option<String>,
    up_sql: Option<&'a str>,
    rollback_sql: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn of(step: &'a Step, author: &Author) -> Self {
        let rollback = step.rollback.as_ref();
        Self {
            step,
            name: crate::model::FileName::parse(&step.file)
                .map_or_else(|_| step.file.clone(), |file| file.name().to_owned()),
            checksum: step.checksum.to_string(),
            rollback_checksum: rollback.map(|script| script.checksum.to_string()),
            up_sql: author.store_sql.then_some(&*step.script.text),
            rollback_sql: rollback.map(|script| &*script.text).filter(|_| author.store_sql),
        }
    }

    /// Returns the first parameters of the statements that write a row, in their order.
    fn parameters(&self) -> [Parameter<'_>; 10] {
        [
            (&self.step.module, Type::TEXT),
            (&self.step.schema, Type::TEXT),
            (&self.step.version.0, Type::INT8),
            (&self.name, Type::TEXT),
            (&self.step.file, Type::TEXT),
            (&self.checksum, Type::TEXT),
            (&self.rollback_checksum, Type::TEXT),
            (&self.up_sql, Type::TEXT),
            (&self.rollback_sql, Type::TEXT),
            (&TOOL_VERSION, Type::TEXT),
        ]
    }
}

/// Sends the ledger's row of a migration that is applied already.
pub(super) async fn insert_baseline(client: &Client, step: &Step, author: &Author) -> Result<(), Error> {
    client.query_typed(INSERT_BASELINE, &Row::of(step, author).parameters()).await.map(drop)
}

/// Sends the ledger's change and the event of a step: its last statement. It fails with a taken key, or on the way down
/// with a division by zero, where another run was faster.
pub(super) async fn record(client: &Client, step: &Step, author: &Author) -> Result<(), Error> {
    match step.direction {
        Direction::Up => record_up(client, step, author).await,
        Direction::Down => record_down(client, step, author).await,
    }
}

async fn record_up(client: &Client, step: &Step, author: &Author) -> Result<(), Error> {
    let row = Row::of(step, author);
    let mut parameters = row.parameters().to_vec();
    parameters.extend([(&author.client as _, Type::TEXT), (&author.reason as _, Type::TEXT)]);
    client.query_typed(RECORD_UP, &parameters).await.map(drop)
}

async fn record_down(client: &Client, step: &Step, author: &Author) -> Result<(), Error> {
    let checksum = step.checksum.to_string();
    let parameters: [Parameter<'_>; 8] = [
        (&step.module, Type::TEXT),
        (&step.schema, Type::TEXT),
        (&step.version.0, Type::INT8),
        (&step.file, Type::TEXT),
        (&checksum, Type::TEXT),
        (&author.client, Type::TEXT),
        (&TOOL_VERSION, Type::TEXT),
        (&author.reason, Type::TEXT),
    ];
    client.query_typed(RECORD_DOWN, &parameters).await.map(drop)
}

/// An event that does not belong to a migration's own transaction.
#[derive(Clone, Debug)]
pub struct Occurrence<'a> {
    /// What was done.
    pub kind: EventKind,
    /// How it ended.
    pub outcome: Outcome,
    /// The step it was about.
    pub step: Option<&'a Step>,
    /// What went wrong, or the reason that was given.
    pub detail: Option<&'a str>,
}

/// Adds an event in a transaction of its own.
pub async fn write_event(session: &Session, author: &Author, event: &Occurrence<'_>) -> Result<(), DbError> {
    let written = insert_event(&session.client, author, event).await;
    written.map_err(|error| own_error(session.target(), "writing the event log", &error))
}

pub(super) async fn insert_event(
    client: &Client,
    author: &Author,
    event: &Occurrence<'_>,
) -> Result<(), Error> {
    let step = event.step;
    let checksum = step.map(|step| step.checksum.to_string());
    let parameters: [Parameter<'_>; 10] = [
        (&event.kind.as_str(), Type::TEXT),
        (&event.outcome.as_str(), Type::TEXT),
        (&step.map(|step| step.module.as_str()), Type::TEXT),
        (&step.map(|step| step.schema.as_str()), Type::TEXT),
        (&step.map(|step| step.version.0), Type::INT8),
        (&step.map(|step| step.file.as_str()), Type::TEXT),
        (&checksum, Type::TEXT),
        (&author.client, Type::TEXT),
        (&TOOL_VERSION, Type::TEXT),
        (&event.detail, Type::TEXT),
    ];
    client.query_typed(INSERT_EVENT, &parameters).await.map(drop)
}
