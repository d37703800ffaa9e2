//! What an interrupted statement left in the catalog, and how it is brought in order.

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::error::DbError;
use super::lock::own_error;
use super::session::Session;
use crate::sql::QualifiedName;
use crate::sql::meaning::{Detach, Effect, Global, Reindexed};

const INDEX: &str = include_str!("queries/index_state.sql");
const LEFTOVERS: &str = include_str!("queries/reindex_leftovers.sql");
const PARTITION: &str = include_str!("queries/partition_state.sql");
const GLOBAL: &str = include_str!("queries/global_state.sql");

/// How far a statement has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Remains {
    /// Nothing of it is there.
    Nothing,
    /// It is there in part; these statements complete it, or make room for running it again.
    HalfDone(Vec<Cleanup>),
    /// It is done.
    Done,
}

/// A statement that brings in order what an interrupted one left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cleanup {
    pub(super) sql: String,
    pub(super) wait: Wait,
}

/// How long a statement may wait for a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// As long as the limits say.
    Limited,
    /// For ever, because it keeps nobody waiting meanwhile.
    ForEver,
}

impl Wait {
    /// Statements that ask for SHARE UPDATE EXCLUSIVE at most, which lets reads and writes pass (manual, 13.3 Explicit
    /// Locking), may wait for ever. DETACH PARTITION CONCURRENTLY is not among them: in the end it locks the partition
    /// against readers.
    pub(super) fn of(effect: &Effect) -> Self {
        match effect {
            Effect::CreateIndex { concurrently: true, .. }
            | Effect::DropIndex { concurrently: true, .. }
            | Effect::Reindex { concurrently: true, .. } => Self::ForEver,
            _ => Self::Limited,
        }
    }
}

impl Cleanup {
    /// DROP INDEX CONCURRENTLY IF EXISTS also clears away what Citus left on some shards only.
    fn drop_index(name: &str) -> Self {
        Self { sql: format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"), wait: Wait::ForEver }
    }
}

/// Looks in the catalog for what `effect` would have done. Unqualified names are those of `schema`, else of the search
/// path.
pub(super) async fn remains(session: &Session, schema: &str, effect: &Effect) -> Result<Remains, DbError> {
    match effect {
        Effect::CreateIndex { name: Some(name), table, concurrently: true, .. } => {
            let state = index(session, &[table.schema.as_deref(), Some(&table.name), Some(name)]).await?;
            Ok(match state {
                None => Remains::Nothing,
                Some(Index { valid: true, .. }) => Remains::Done,
                Some(Index { name, .. }) => Remains::HalfDone(vec![Cleanup::drop_index(&name)]),
            })
        }
        Effect::DropIndex { names, concurrently: true, .. } => {
            for name in names {
                if dropped_index(session, name).await?.is_some() {
                    return Ok(Remains::Nothing);
                }
            }
            Ok(Remains::Done)
        }
        Effect::Reindex { target, concurrently: true } => leftovers(session, schema, target).await,
        Effect::DetachPartition { table, partition, detach: Detach::Concurrently | Detach::Finalize } => {
            detached(session, table, partition).await
        }
        Effect::CreateGlobal { kind, name } => {
            Ok(if global(session, *kind, name).await? { Remains::Done } else { Remains::Nothing })
        }
        Effect::DropGlobal { kind, name, .. } => {
            Ok(if global(session, *kind, name).await? { Remains::Nothing } else { Remains::Done })
        }
        _ => Ok(Remains::Nothing),
    }
}

struct Index {
    /// Qualified and quoted.
    name: String,
    /// `indisvalid` and `indisready`: used by queries and kept up by writes.
    valid: bool,
}

/// Looks for an index by the schema and name of its table and its own name.
async fn index(session: &Session, names: &[Option<&str>; 3]) -> Result<Option<Index>, DbError> {
    let parameters: [(&(dyn ToSql + Sync), Type); 3] =
        [(&names[0], Type::TEXT), (&names[1], Type::TEXT), (&names[2], Type::TEXT)];
    let row = first(session, INDEX, &parameters).await?;
    Ok(row.map(|row| Index { name: row.get("name"), valid: row.get("valid") }))
}

async fn dropped_index(session: &Session, name: &QualifiedName) -> Result<Option<Index>, DbError> {
    index(session, &[name.schema.as_deref(), None, Some(&name.name)]).await
}

/// An interrupted REINDEX CONCURRENTLY leaves invalid indexes named `…_ccnew` (manual, REINDEX, Rebuilding Indexes
/// Concurrently); `…_ccold` when it was about to drop the old ones.
async fn leftovers(session: &Session, schema: &str, target: &Reindexed) -> Result<Remains, DbError> {
    let (kind, within, name) = match target {
        Reindexed::Index(name) => ("index", name.schema.as_deref(), Some(name.name.as_str())),
        Reindexed::Table(name) => ("table", name.schema.as_deref(), Some(name.name.as_str())),
        Reindexed::Schema(name) => ("schema", Some(name.as_str()), None),
        Reindexed::Database => ("schema", Some(schema), None),
    };
    let parameters: [(&(dyn ToSql + Sync), Type); 3] =
        [(&kind, Type::TEXT), (&within, Type::TEXT), (&name, Type::TEXT)];
    let rows = rows(session, LEFTOVERS, &parameters).await?;
    let drops: Vec<Cleanup> = rows.iter().map(|row| Cleanup::drop_index(row.get(0))).collect();
    Ok(if drops.is_empty() { Remains::Nothing } else { Remains::HalfDone(drops) })
}

/// An interrupted DETACH CONCURRENTLY leaves `pg_inherits.inhdetachpending`; FINALIZE is then the way on.
async fn detached(
    session: &Session,
    table: &QualifiedName,
    partition: &QualifiedName,
) -> Result<Remains, DbError> {
    let parameters: [(&(dyn ToSql + Sync), Type); 4] = [
        (&table.schema, Type::TEXT),
        (&table.name, Type::TEXT),
        (&partition.schema, Type::TEXT),
        (&partition.name, Type::TEXT),
    ];
    let Some(row) = first(session, PARTITION, &parameters).await? else { return Ok(Remains::Done) };
    if !row.get::<_, bool>("pending") {
        return Ok(Remains::Nothing);
    }
    let (table, partition): (&str, &str) = (row.get("parent"), row.get("partition"));
    let sql = format!("ALTER TABLE {table} DETACH PARTITION {partition} FINALIZE");
    Ok(Remains::HalfDone(vec![Cleanup { sql, wait: Wait::Limited }]))
}

async fn global(session: &Session, kind: Global, name: &str) -> Result<bool, DbError> {
    let kind = match kind {
        Global::Database => "database",
        Global::Tablespace => "tablespace",
        Global::Subscription => "subscription",
    };
    let parameters: [(&(dyn ToSql + Sync), Type); 2] = [(&kind, Type::TEXT), (&name, Type::TEXT)];
    Ok(first(session, GLOBAL, &parameters).await?.is_some_and(|row| row.get(0)))
}

type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

async fn rows(session: &Session, sql: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, DbError> {
    let rows = session.client.query_typed(sql, parameters).await;
    rows.map_err(|error| own_error(session.target(), "looking for an interrupted statement", &error))
}

async fn first(session: &Session, sql: &str, parameters: &[Parameter<'_>]) -> Result<Option<Row>, DbError> {
    Ok(rows(session, sql, parameters).await?.into_iter().next())
}
