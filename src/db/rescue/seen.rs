//! Reads what the tables of a shadow look like when a step begins.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::db::session::Session;
use crate::model::rehearsal::Relation;
use crate::model::rescue::{Column, Seen, Sequence, Shape};

const SHAPES: &str = include_str!("../queries/rescue/shapes.sql");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    oid: u32,
    schema: String,
    name: String,
    columns: Vec<Column>,
    key: Vec<String>,
    root: Option<Relation>,
    sequences: Vec<Sequence>,
    family: bool,
    immovable: Option<String>,
    followers: Vec<u32>,
}

/// Reads all tables but those of the ledger and of rescues. Types are named with their schemas.
pub(in crate::db) async fn read_seen(session: &Session) -> Result<Vec<Seen>, DbError> {
    let doing = "reading what the tables of the shadow look like";
    session.run(doing, "BEGIN READ ONLY; SET LOCAL search_path = ''").await?;
    let rows = session.values(doing, SHAPES).await?;
    session.run(doing, "COMMIT").await?;
    let malformed = |error: serde_json::Error| DbError::Catalog {
        target: session.target().to_owned(),
        what: error.to_string(),
    };
    rows.iter().map(|text| serde_json::from_str(text).map(seen).map_err(malformed)).collect()
}

fn seen(row: Row) -> Seen {
    let Row { oid, schema, name, columns, key, root, sequences, family, immovable, followers } = row;
    let shape = Shape { columns, key, root, sequences, family, immovable };
    Seen { oid, at: Relation { schema, name }, shape, followers }
}
