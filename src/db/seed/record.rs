//! The ledger's rows and events of seeds.

use std::time::Duration;

use tokio_postgres::types::{ToSql, Type};

use crate::db::error::DbError;
use crate::db::ledger::has;
use crate::db::lock::own_error;
use crate::db::record::{Author, TOOL_VERSION};
use crate::db::session::Session;
use crate::model::Outcome;
use crate::model::seed::{Loaded, Rows, SeedStep};

const SEEDS: &str = include_str!("../queries/seeds.sql");
const RECORD: &str = include_str!("../queries/record_seed.sql");
const EVENT: &str = include_str!("../queries/seed_event.sql");
const FORGET: &str = include_str!("../queries/forget_seed.sql");

type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// Reads what the ledger says about seeds; nothing where the target has no ledger or one from before it knew seeds.
pub async fn read_loaded(session: &Session) -> Result<Vec<Loaded>, DbError> {
    if !has(session, "seed").await? {
        return Ok(Vec::new());
    }
    let rows = session.client.query_typed(SEEDS, &[]).await;
    let rows = rows.map_err(|error| own_error(session.target(), "reading the ledger's seeds", &error))?;
    let read = rows.iter().map(|row| {
        let checksum: &str = row.get("checksum");
        Ok(Loaded {
            module: row.get("module"),
            schema: row.get("schema"),
            profile: row.get("profile"),
            file: row.get("file"),
            checksum: checksum.parse().map_err(|error| DbError::LedgerMalformed {
                target: session.target().to_owned(),
                what: format!("a checksum that is none: {error}"),
            })?,
            tables_stand: row.get("tables_stand"),
            loaded_at: row.get("loaded_at"),
        })
    });
    read.collect()
}

/// A seed that was loaded in the transaction that is open.
pub(super) struct Entry<'a> {
    pub(super) profile: &'a str,
    pub(super) step: &'a SeedStep,
    pub(super) rows: Option<Rows>,
    pub(super) took: Duration,
}

/// Writes the ledger's row of a seed and its event.
pub(super) async fn insert(session: &Session, author: &Author, entry: &Entry<'_>) -> Result<(), DbError> {
    let file = &entry.step.file;
    let checksum = file.checksum.to_string();
    let rows = entry.rows.map(|rows| i64::try_from(rows.read).unwrap_or(i64::MAX));
    let took = milliseconds(entry.took);
    let parameters: [Parameter<'_>; 9] = [
        (&file.module, Type::TEXT),
        (&entry.step.schema, Type::TEXT),
        (&entry.profile, Type::TEXT),
        (&file.name, Type::TEXT),
        (&checksum, Type::TEXT),
        (&entry.step.tables, Type::OID_ARRAY),
        (&rows, Type::INT8),
        (&took, Type::INT8),
        (&TOOL_VERSION, Type::TEXT),
    ];
    let written = session.client.execute_typed(RECORD, &parameters).await;
    written.map_err(|error| own_error(session.target(), "writing the ledger", &error))?;
    let event =
        SeedEvent { outcome: Outcome::Done, step: Some(entry.step), took: Some(entry.took), detail: None };
    insert_event(session, author, &event).await
}

/// Takes a seed whose file is gone out of the ledger.
pub(super) async fn forget(session: &Session, row: &Loaded) -> Result<(), DbError> {
    let parameters: [Parameter<'_>; 4] = [
        (&row.module, Type::TEXT),
        (&row.schema, Type::TEXT),
        (&row.profile, Type::TEXT),
        (&row.file, Type::TEXT),
    ];
    let forgotten = session.client.execute_typed(FORGET, &parameters).await;
    forgotten.map(drop).map_err(|error| own_error(session.target(), "writing the ledger", &error))
}

/// An event about seeds.
pub(super) struct SeedEvent<'a> {
    pub(super) outcome: Outcome,
    pub(super) step: Option<&'a SeedStep>,
    pub(super) took: Option<Duration>,
    pub(super) detail: Option<&'a str>,
}

/// Adds an event, in the transaction that is open or in one of its own.
pub(super) async fn insert_event(
    session: &Session,
    author: &Author,
    event: &SeedEvent<'_>,
) -> Result<(), DbError> {
    let file = event.step.map(|step| &step.file);
    let checksum = file.map(|file| file.checksum.to_string());
    let took = event.took.map(milliseconds);
    let parameters: [Parameter<'_>; 9] = [
        (&event.outcome.as_str(), Type::TEXT),
        (&file.map(|file| file.module.as_str()), Type::TEXT),
        (&event.step.map(|step| step.schema.as_str()), Type::TEXT),
        (&file.map(|file| file.name.as_str()), Type::TEXT),
        (&checksum, Type::TEXT),
        (&author.client, Type::TEXT),
        (&TOOL_VERSION, Type::TEXT),
        (&took, Type::INT8),
        (&event.detail, Type::TEXT),
    ];
    let written = session.client.execute_typed(EVENT, &parameters).await;
    written.map(drop).map_err(|error| own_error(session.target(), "writing the event log", &error))
}

fn milliseconds(took: Duration) -> i64 {
    i64::try_from(took.as_millis()).unwrap_or(i64::MAX)
}
