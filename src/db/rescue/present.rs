//! Reads the tables that rows are put back into.

use serde::Deserialize;
use tokio_postgres::types::{ToSql, Type};

use super::hooks::qualified;
use crate::db::error::DbError;
use crate::db::lock::own_error;
use crate::db::session::Session;
use crate::model::rehearsal::Relation;
use crate::model::rescue::{Keep, Sequence};

const PRESENT: &str = include_str!("../queries/rescue/present.sql");

/// A table as it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Present {
    pub(super) oid: u32,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) partitioned: bool,
    pub(super) columns: Vec<PresentColumn>,
    pub(super) key: Vec<String>,
    pub(super) sequences: Vec<Sequence>,
    pub(super) references: Vec<u32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PresentColumn {
    pub(super) name: String,
    pub(super) type_name: String,
    /// The type without its modifier.
    pub(super) base: String,
    pub(super) generated: bool,
    /// Whether it is an identity that is always generated.
    pub(super) always: bool,
}

impl Present {
    /// Returns its name as SQL.
    pub(super) fn table(&self) -> String {
        qualified(&self.schema, &self.name)
    }

    /// Returns it as what a query reads from: its own rows, or those of its partitions.
    pub(super) fn source(&self) -> String {
        let only = if self.partitioned { "" } else { "ONLY " };
        format!("{only}{}", self.table())
    }

    pub(super) fn column(&self, name: &str) -> Option<&PresentColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Returns for each keep the table that its rows belong to, where it is there: under the name that the target knew it by,
/// or the one that it had when it was kept. Rows of a partition belong to the partitioned table.
pub(super) async fn read(session: &Session, keeps: &[&Keep]) -> Result<Vec<Option<Present>>, DbError> {
    let candidates = |keep: &Keep| -> Vec<Relation> {
        let root = keep.shape.root.iter().cloned();
        root.chain([keep.relation.clone(), keep.at.clone()]).collect()
    };
    let mut wanted: Vec<Relation> = keeps.iter().flat_map(|keep| candidates(keep)).collect();
    wanted.sort();
    wanted.dedup();
    let schemas: Vec<&str> = wanted.iter().map(|relation| relation.schema.as_str()).collect();
    let names: Vec<&str> = wanted.iter().map(|relation| relation.name.as_str()).collect();
    let parameters: &[(&(dyn ToSql + Sync), Type)] =
        &[(&schemas, Type::TEXT_ARRAY), (&names, Type::TEXT_ARRAY)];
    let doing = "looking for the tables of a rescue";
    let rows = session.client.query_typed(PRESENT, parameters).await;
    let rows = rows.map_err(|error| own_error(session.target(), doing, &error))?;
    let read = |value: serde_json::Value| serde_json::from_value::<Present>(value);
    let present: Result<Vec<Present>, _> = rows.iter().map(|row| read(row.get(0))).collect();
    let present = present
        .map_err(|error| DbError::Catalog { target: session.target().to_owned(), what: error.to_string() })?;
    let find = |relation: &Relation| {
        present.iter().find(|table| table.schema == relation.schema && table.name == relation.name).cloned()
    };
    Ok(keeps.iter().map(|keep| candidates(keep).iter().find_map(find)).collect())
}
