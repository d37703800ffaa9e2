//! The JSON documents, mirrored strictly: a field that comes, goes or changes its type breaks a test here.

mod authoring;
mod every;
mod schema;
mod server;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::support::postgres::Server;
use crate::support::project::{Output, Project};

pub(crate) fn read<T: DeserializeOwned>(output: &Output) -> T {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output}"))
}

/// What every command prints that could not do its work.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Failed {
    format: u8,
    error: FailedError,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FailedError {
    code: String,
    exit: u8,
    message: String,
    hints: Vec<String>,
    statement: Option<FailedStatement>,
    findings: Option<Vec<serde_json::Value>>,
    stopped: Option<String>,
    done: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FailedStatement {
    migration: String,
    path: String,
    line: usize,
    column: usize,
    sqlstate: String,
    message: String,
    detail: Option<String>,
    hint: Option<String>,
    context: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ran {
    format: u8,
    command: String,
    target: String,
    pub(crate) migrations: Vec<RanMigration>,
    foreign_keys: Vec<Key>,
    left: usize,
    notes: Vec<String>,
    verified: Option<Verified>,
    pub(crate) rescue: Option<crate::rescue::Rescue>,
    duration_ms: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verified {
    modules: Vec<serde_json::Value>,
    findings: Vec<serde_json::Value>,
}

/// A deferred foreign key, in every report that has them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) module: String,
    pub(crate) schema: String,
    pub(crate) table: String,
    pub(crate) name: String,
    pub(crate) definition: String,
    pub(crate) state: String,
    pub(crate) message: String,
    pub(crate) finding: bool,
    pub(crate) hint: Option<String>,
    pub(crate) orphans: Option<i64>,
    pub(crate) samples: Vec<OrphanSample>,
    pub(crate) query: Option<String>,
    pub(crate) done: Vec<String>,
    pub(crate) error: Option<KeyError>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrphanSample {
    pub(crate) values: Vec<Option<String>>,
    pub(crate) rows: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyError {
    pub(crate) sqlstate: String,
    pub(crate) message: String,
    pub(crate) detail: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RanMigration {
    direction: String,
    module: String,
    schema: String,
    version: i64,
    file: String,
    duration_ms: f64,
    pub(crate) batch: Option<Batched>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batched {
    pub(crate) batches: u64,
    pub(crate) rows: u64,
    pub(crate) changed: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Planned {
    format: u8,
    command: String,
    target: String,
    direction: String,
    pub(crate) steps: Vec<PlannedStep>,
    foreign_keys: Vec<Key>,
    notes: Vec<String>,
    /// Its fields are those of `tests/it/blast.rs`.
    blast: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedStep {
    module: String,
    schema: String,
    version: i64,
    file: String,
    path: String,
    transactional: bool,
    pub(crate) batch: Option<PlannedBatch>,
    resumes: bool,
    releases: Vec<String>,
    sql: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedBatch {
    pub(crate) rows: u64,
    pub(crate) pause_ms: u64,
    pub(crate) lag_ms: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    format: u8,
    command: String,
    target: String,
    ledger: bool,
    modules: Vec<Module>,
    foreign_keys: Vec<Key>,
    findings: Vec<serde_json::Value>,
    rescues: Vec<crate::rescue::Rescue>,
    lock: Option<Holder>,
    pending: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holder {
    #[serde(rename = "pid")]
    _pid: i32,
    #[serde(rename = "role")]
    _role: String,
    #[serde(rename = "host")]
    _host: String,
    #[serde(rename = "seconds")]
    _seconds: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Module {
    module: String,
    schema: String,
    applied: Vec<Applied>,
    pending: Vec<String>,
    unfinished: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Applied {
    version: i64,
    file: String,
    applied_at: String,
    applied_by: String,
    duration_ms: Option<i64>,
    origin: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    format: u8,
    command: String,
    target: String,
    events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    id: i64,
    at: String,
    kind: String,
    outcome: String,
    module: Option<String>,
    schema: Option<String>,
    version: Option<i64>,
    file: Option<String>,
    duration_ms: Option<i64>,
    role: String,
    client: String,
    address: Option<String>,
    tool_version: String,
    detail: Option<String>,
}

#[test]
fn runs_plans_status_and_history_are_one_document_each() {
    let database = Server::shared().database();
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a ();\n")
        .rollback("V1__a.sql", "DROP TABLE a;\n")
        .migration("V2__b.sql", "CREATE TABLE b ();\n");
    let planned: Planned = read(&project.run(&database, "migrate up --dry-run --format json").expect(0));
    assert_eq!(
        (planned.format, planned.command.as_str(), planned.direction.as_str()),
        (1, "migrate up", "up")
    );
    assert!(planned.foreign_keys.is_empty() && planned.steps[0].releases.is_empty());
    assert!(planned.blast.is_some_and(|blast| blast["losses"] == serde_json::json!([])));
    assert!(planned.notes.is_empty() && planned.target.contains(" on "));
    let step = &planned.steps[1];
    assert_eq!((step.module.as_str(), step.schema.as_str(), step.version), ("public", "public", 2));
    assert_eq!((step.file.as_str(), step.path.as_str()), ("V2__b.sql", "migrations/V2__b.sql"));
    assert!(
        step.transactional && step.batch.is_none() && !step.resumes && step.sql == "CREATE TABLE b ();\n"
    );

    let ran: Ran = read(&project.run(&database, "migrate up --steps 1 --format json").expect(0));
    assert_eq!((ran.format, ran.command.as_str(), ran.left, ran.migrations.len()), (1, "migrate up", 1, 1));
    assert!(ran.verified.is_none_or(|verified| verified.modules.is_empty() && verified.findings.is_empty()));
    assert!(ran.foreign_keys.is_empty());
    assert!(ran.notes.is_empty() && ran.duration_ms < 600_000 && ran.target.contains(" on "));
    let row = &ran.migrations[0];
    assert_eq!(
        (row.direction.as_str(), row.module.as_str(), row.schema.as_str()),
        ("up", "public", "public")
    );
    assert_eq!((row.version, row.file.as_str()), (1, "V1__a.sql"));
    assert!(row.duration_ms > 0.0 && row.batch.is_none());

    let status: Status = read(&project.run(&database, "status --exit-code --format json").expect(1));
    assert!(status.foreign_keys.is_empty() && status.rescues.is_empty());
    assert_eq!(
        (status.format, status.command.as_str(), status.ledger, status.pending),
        (1, "status", true, 1)
    );
    assert!(status.findings.is_empty() && status.lock.is_none() && status.target.contains(" on "));
    let module = &status.modules[0];
    assert_eq!((module.module.as_str(), module.schema.as_str()), ("public", "public"));
    assert_eq!(module.pending, ["V2__b.sql"]);
    assert!(module.unfinished.is_none());
    let applied = &module.applied[0];
    assert_eq!((applied.version, applied.file.as_str(), applied.origin.as_str()), (1, "V1__a.sql", "up"));
    assert!(
        applied.duration_ms.is_some()
            && applied.applied_by == "postgres"
            && applied.applied_at.ends_with('Z')
    );

    let history: History = read(&project.run(&database, "history --format json").expect(0));
    assert_eq!((history.format, history.command.as_str()), (1, "history"));
    assert!(history.target.contains(" on "));
    let event = &history.events[0];
    assert_eq!((event.kind.as_str(), event.outcome.as_str(), event.version), ("up", "done", Some(1)));
    assert_eq!((event.module.as_deref(), event.schema.as_deref()), (Some("public"), Some("public")));
    assert_eq!(event.file.as_deref(), Some("V1__a.sql"));
    assert!(event.id > 0 && event.at.ends_with('Z') && event.duration_ms.is_some() && event.detail.is_none());
    assert!(event.role == "postgres" && event.client.contains('@') && event.address.is_none());
    assert_eq!(event.tool_version, env!("CARGO_PKG_VERSION"));
}

#[test]
fn an_error_is_one_document_with_what_stopped_and_what_was_done() {
    let database = Server::shared().database();
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a ();\n")
        .migration("V2__b.sql", "CREATE TABLE b ();\nCREATE TABLE c (d nosuchtype);\n");
    let failed: Failed = read(&project.run(&database, "migrate up --format json").expect(5));
    let error = failed.error;
    assert_eq!((failed.format, error.exit, error.code.as_str()), (1, 5, "sql-failed"));
    assert_eq!(
        (error.stopped.as_deref(), error.done),
        (Some("V2__b.sql"), Some(vec!["V1__a.sql".to_owned()]))
    );
    assert!(error.message.contains("nosuchtype") && !error.hints.is_empty() && error.findings.is_none());
    let statement = error.statement.unwrap();
    assert_eq!(
        (statement.migration.as_str(), statement.path.as_str()),
        ("V2__b.sql", "migrations/V2__b.sql")
    );
    assert_eq!((statement.line, statement.column, statement.sqlstate.as_str()), (2, 19, "42704"));
    assert_eq!(statement.message, "type \"nosuchtype\" does not exist");
    assert!(statement.detail.is_none() && statement.hint.is_none() && statement.context.is_none());
    std::fs::remove_file(project.path().join("migrations/V1__a.sql")).unwrap();
    let refused: Failed = read(&project.run(&database, "migrate up --format json").expect(4));
    assert_eq!(refused.error.findings.unwrap().len(), 1);
    assert!(refused.error.statement.is_none() && refused.error.stopped.is_none());
}
