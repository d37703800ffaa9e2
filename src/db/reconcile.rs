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
    /// It is there in part; these statements make room for running it again.
    HalfDone(Vec<String>),
    /// It is done.
    Done,
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
                // DROP INDEX CONCURRENTLY IF EXISTS also clears away what Citus left on some shards only.
                Some(Index { name, .. }) => {
                    Remains::HalfDone(vec![format!("DROP INDEX CONCURRENTLY IF EXISTS {name}")])
                }
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

/// Runs the statements that make room, without a time limit for locks: they are concurrent ones.
pub(super) async fn tidy(session: &Session, statements: &[String]) -> Result<(), DbError> {
    for statement in statements {
        let done = session.client.batch_execute(statement).await;
        done.map_err(|error| own_error(session.target(), "clearing away an interrupted statement", &error))?;
    }
    Ok(())
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
    let drops = rows.iter().map(|row| format!("DROP INDEX CONCURRENTLY IF EXISTS {}", row.get::<_, &str>(0)));
    let drops: Vec<String> = drops.collect();
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
    // Finalizing completes the statement: the caller looks again and finds it done.
    let finalize = format!("ALTER TABLE {table} DETACH PARTITION {partition} FINALIZE");
    tidy(session, &[finalize]).await?;
    Ok(Remains::Done)
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
