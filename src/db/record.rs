//! The statements that crmdb puts around a migration's own: settings, the ledger's rows, the event.

use std::time::Duration;

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};

use super::error::DbError;
use super::lock::own_error;
use super::session::Session;
use crate::model::{Direction, EventKind, Outcome, Step};
use crate::sql::quote;

const INSERT_MIGRATION: &str = include_str!("queries/insert_migration.sql");
const DELETE_MIGRATION: &str = include_str!("queries/delete_migration.sql");
const RECORD_UP: &str = include_str!("queries/record_up.sql");
const RECORD_DOWN: &str = include_str!("queries/record_down.sql");
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

/// Returns the settings of a migration. `local` ends with the transaction; otherwise they are the session's.
///
/// `client_connection_check_interval` lets the server notice within a second that crmdb was killed, so that what it was
/// doing ends and its locks are free (PostgreSQL manual, 20.3 Connections and Authentication). Statements are split with
/// `standard_conforming_strings` on, so it must be.
pub(super) fn settings(step: &Step, limits: &Limits, scope: Scope) -> String {
    format!(
        "{}; SELECT pg_catalog.set_config('crmdb.started', \
         extract(epoch FROM pg_catalog.clock_timestamp())::text, {})",
        path_and_limits(&step.schema, limits, scope),
        scope == Scope::Transaction,
    )
}

/// Returns the settings under which SQL of a module's own runs.
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

/// Sends the ledger's row of a step: its first statement, so that its key shuts out whoever runs the same step.
///
/// On the way down it fails with a division by zero where there is no row to take.
pub(super) async fn claim(client: &Client, step: &Step, author: &Author) -> Result<(), Error> {
    let (module, schema, version) = (&step.module, &step.schema, &step.version.0);
    match step.direction {
        Direction::Down => {
            let parameters: [Parameter<'_>; 3] =
                [(module, Type::TEXT), (schema, Type::TEXT), (version, Type::INT8)];
            client.query_typed(DELETE_MIGRATION, &parameters).await.map(drop)
        }
        Direction::Up => insert_migration(client, step, author, "up").await,
    }
}

type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// Sends the ledger's row of an applied migration.
pub(super) async fn insert_migration(
    client: &Client,
    step: &Step,
    author: &Author,
    origin: &str,
) -> Result<(), Error> {
    let name = crate::model::FileName::parse(&step.file)
        .map_or_else(|_| step.file.clone(), |file| file.name().to_owned());
    let kept = |text: &std::sync::Arc<str>| author.store_sql.then(|| text.to_string());
    let checksum = step.checksum.to_string();
    let rollback_checksum = step.rollback.as_ref().map(|script| script.checksum.to_string());
    let up_sql = kept(&step.script.text);
    let rollback_sql = step.rollback.as_ref().and_then(|script| kept(&script.text));
    let parameters: [Parameter<'_>; 11] = [
        (&step.module, Type::TEXT),
        (&step.schema, Type::TEXT),
        (&step.version.0, Type::INT8),
        (&name, Type::TEXT),
        (&step.file, Type::TEXT),
        (&checksum, Type::TEXT),
        (&rollback_checksum, Type::TEXT),
        (&up_sql, Type::TEXT),
        (&rollback_sql, Type::TEXT),
        (&origin, Type::TEXT),
        (&TOOL_VERSION, Type::TEXT),
    ];
    client.query_typed(INSERT_MIGRATION, &parameters).await.map(drop)
}

/// Sends the step's duration and its event: its last statement.
pub(super) async fn record(client: &Client, step: &Step, author: &Author) -> Result<(), Error> {
    let sql = match step.direction {
        Direction::Up => RECORD_UP,
        Direction::Down => RECORD_DOWN,
    };
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
    client.query_typed(sql, &parameters).await.map(drop)
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
