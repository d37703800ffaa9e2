//! The proofs that the ledger keeps beside the applied migrations.

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::{checksum, each, has};
use crate::db::error::DbError;
use crate::db::lock::{RunLock, own_error};
use crate::db::record::TOOL_VERSION;
use crate::db::session::Session;
use crate::model::Version;
use crate::model::proof::{Label, Proof};

const RECORD: &str = include_str!("../queries/record_proof.sql");
const PROOFS: &str = include_str!("../queries/proofs.sql");

/// Records the proofs of migrations that are applied with the texts that were proved; passes over the others.
pub async fn write_proofs(session: &Session, _lock: &RunLock, proofs: &[Proof]) -> Result<(), DbError> {
    for proof in proofs {
        let written = write(session, proof).await;
        written.map_err(|error| own_error(session.target(), "recording a proof", &error))?;
    }
    Ok(())
}

async fn write(session: &Session, proof: &Proof) -> Result<(), tokio_postgres::Error> {
    let checksum = proof.checksum.to_string();
    let rollback = proof.rollback_checksum.map(|checksum| checksum.to_string());
    let (before, after) = (proof.before.to_string(), proof.after.to_string());
    let rows = i64::try_from(proof.rows).unwrap_or(i64::MAX);
    let server = i32::try_from(proof.server).unwrap_or(i32::MAX);
    let parameters: [(&(dyn ToSql + Sync), Type); 12] = [
        (&proof.module, Type::TEXT),
        (&proof.schema, Type::TEXT),
        (&proof.version.0, Type::INT8),
        (&checksum, Type::TEXT),
        (&rollback, Type::TEXT),
        (&proof.label.as_str(), Type::TEXT),
        (&proof.lost, Type::TEXT_ARRAY),
        (&rows, Type::INT8),
        (&before, Type::TEXT),
        (&after, Type::TEXT),
        (&server, Type::INT4),
        (&TOOL_VERSION, Type::TEXT),
    ];
    session.client.query_typed(RECORD, &parameters).await.map(drop)
}

/// Reads the proofs of what is applied; none where the ledger is too old to know them, or there is no ledger.
pub async fn read_proofs(session: &Session) -> Result<Vec<Proof>, DbError> {
    if !has(session, "proof").await? {
        return Ok(Vec::new());
    }
    let rows = session.client.query_typed(PROOFS, &[]).await;
    let rows = rows.map_err(|error| own_error(session.target(), "reading the proofs", &error))?;
    each(&rows, proof).map_err(|what| DbError::LedgerMalformed { target: session.target().to_owned(), what })
}

fn proof(row: &Row) -> Result<Proof, String> {
    let label: &str = row.get("label");
    let rollback: Option<&str> = row.get("rollback_checksum");
    Ok(Proof {
        module: row.get("module"),
        schema: row.get("schema"),
        version: Version(row.get("version")),
        checksum: checksum(row.get("checksum"))?,
        rollback_checksum: rollback.map(checksum).transpose()?,
        label: Label::read(label).ok_or_else(|| format!("the label `{label}`"))?,
        lost: row.get("lost"),
        rows: u64::try_from(row.get::<_, i64>("rows")).unwrap_or_default(),
        before: checksum(row.get("catalog_before"))?,
        after: checksum(row.get("catalog_after"))?,
        server: u32::try_from(row.get::<_, i32>("server")).unwrap_or_default(),
    })
}
