//! The rehearsed rollbacks that the ledger keeps beside the applied migrations.

use tokio_postgres::types::{ToSql, Type};

use super::{checksum, has};
use crate::db::error::DbError;
use crate::db::lock::{RunLock, own_error};
use crate::db::record::TOOL_VERSION;
use crate::db::session::Session;
use crate::model::Step;
use crate::model::blast::Recorded;

const RECORD: &str = include_str!("../queries/record_rehearsal.sql");
const REHEARSAL: &str = include_str!("../queries/rehearsal.sql");

/// Records what taking back `newest` and what was rehearsed with it destroys, where it is still applied.
pub async fn write_rehearsal(
    session: &Session,
    _lock: &RunLock,
    (newest, recorded): (&Step, &Recorded),
) -> Result<(), DbError> {
    let json = |value: serde_json::Result<String>| value.expect("names and numbers are JSON");
    let steps = json(serde_json::to_string(&recorded.steps));
    let blast = json(serde_json::to_string(&recorded.blast));
    let server = i32::try_from(recorded.server).unwrap_or(i32::MAX);
    let (catalog, checksum) = (recorded.catalog.to_string(), newest.checksum.to_string());
    let parameters: [(&(dyn ToSql + Sync), Type); 10] = [
        (&newest.module, Type::TEXT),
        (&newest.schema, Type::TEXT),
        (&newest.version.0, Type::INT8),
        (&steps, Type::TEXT),
        (&catalog, Type::TEXT),
        (&server, Type::INT4),
        (&recorded.made_at, Type::TEXT),
        (&blast, Type::TEXT),
        (&TOOL_VERSION, Type::TEXT),
        (&checksum, Type::TEXT),
    ];
    let written = session.client.query_typed(RECORD, &parameters).await;
    written.map(drop).map_err(|error| own_error(session.target(), "recording a rehearsal", &error))
}

/// Reads what was rehearsed from `newest` on; `None` where nothing was, the ledger is too old to know, or the record is
/// one of another crmdb that this one can't read.
pub async fn read_rehearsal(session: &Session, newest: &Step) -> Result<Option<Recorded>, DbError> {
    let parameters: [(&(dyn ToSql + Sync), Type); 3] =
        [(&newest.module, Type::TEXT), (&newest.schema, Type::TEXT), (&newest.version.0, Type::INT8)];
    if !has(session, "rehearsal").await? {
        return Ok(None);
    }
    let rows = session.client.query_typed(REHEARSAL, &parameters).await;
    let rows = rows.map_err(|error| own_error(session.target(), "reading the rehearsal", &error))?;
    let Some(row) = rows.first() else { return Ok(None) };
    let steps = serde_json::from_str(row.get("steps"));
    let blast = serde_json::from_str(row.get("blast"));
    let (Ok(steps), Ok(blast), Ok(catalog)) = (steps, blast, checksum(row.get("catalog"))) else {
        return Ok(None);
    };
    let server = u32::try_from(row.get::<_, i32>("server")).unwrap_or_default();
    Ok(Some(Recorded { steps, catalog, server, made_at: row.get("made_at"), blast }))
}
