//! Reads a database's catalog: one snapshot, a fixed number of queries, sent together. The only file here that talks.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt as _;
use futures_util::future::{try_join, try_join_all, try_join4};
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use thiserror::Error;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row, SimpleQueryMessage};

use super::acl::Acl;
use super::assemble::{Alias, Assembly, Dependency, Found, Note};
use super::citus::{self, Source};
use super::id::{Id, Kind};
use super::model::{Catalog, Entry, Object};
use super::queries;

/// Why a catalog could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The server refused a query or the connection is gone.
    #[error("the catalog query `{query}` failed: {}", reason(source))]
    Query {
        /// The name of the file in `queries/`.
        query: &'static str,
        /// The driver's error.
        source: tokio_postgres::Error,
    },
    /// A row does not have the shape the reader expects: a server version that is not known.
    #[error("{object} has a definition that crmdb cannot read")]
    Shape {
        /// Which object.
        object: String,
        /// What the decoder says.
        source: serde_json::Error,
    },
    /// The server is too old.
    #[error("the server is PostgreSQL {0}; crmdb reads the catalogs of PostgreSQL 14 and later")]
    Version(u32),
}

impl ReadError {
    /// Tells whether the connection ended, by itself or because the server ended it.
    pub fn is_lost(&self) -> bool {
        let Self::Query { source, .. } = self else { return false };
        source.as_db_error().is_none_or(|error| error.code().code().starts_with("57P"))
    }
}

fn reason(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

/// Returns everything that DDL made in the database, as one snapshot sees it.
///
/// Left out: what extensions own, what `initdb` made, temporary objects, and crmdb's own schema.
///
/// # Errors
///
/// When a query fails or the server is older than PostgreSQL 14. The transaction is rolled back.
pub async fn read(client: &Client) -> Result<Catalog, ReadError> {
    let failed = |query| move |source| ReadError::Query { query, source };
    client.batch_execute(queries::SESSION).await.map_err(failed("session"))?;
    let result = snapshot(client).await;
    let end = client.batch_execute("ROLLBACK").await.map_err(failed("session"));
    let assembly = result?;
    end?;
    Ok(assembly.catalog())
}

/// Returns the same as [`read`], as the transaction sees it that is open on the connection, and leaves it open.
///
/// # Errors
///
/// When a query fails: the transaction is of no more use then.
pub async fn read_here(client: &Client) -> Result<Catalog, ReadError> {
    let failed = |source| ReadError::Query { query: "session", source };
    client.batch_execute(&queries::settings()).await.map_err(failed)?;
    Ok(snapshot(client).await?.catalog())
}

async fn snapshot(client: &Client) -> Result<Assembly, ReadError> {
    let Server { version, role, connections, distribution } = server(client).await?;
    if version < 14 {
        return Err(ReadError::Version(version));
    }
    if distribution.is_citus() {
        let hidden = client.batch_execute(citus::HIDE_SHARDS).await;
        hidden.map_err(|source| ReadError::Query { query: "hide shards", source })?;
    }
    let mut assembly = Assembly { version, role, ..Assembly::default() };
    // All questions are sent at once; each answer is taken in row by row as it comes, while the server works on.
    let ask = Question { client, version, connections };
    let objects = try_join_all(queries::OBJECTS.iter().map(|(name, sql)| ask.rows(name, sql, object)));
    let [aliases, dependencies, comments, casts] = queries::DETAILS;
    let details = try_join4(
        ask.rows(aliases.0, aliases.1, |row| Ok(alias(row))),
        ask.rows(dependencies.0, dependencies.1, |row| Ok(dependency(row))),
        ask.rows(comments.0, comments.1, |row| Ok(note(row))),
        ask.rows(casts.0, casts.1, |row| Ok(((row.get(0), row.get(1)), row.get(2)))),
    );
    let (objects, details) = try_join(objects, details).await?;
    assembly.objects = objects.into_iter().flatten().collect();
    if let Some(sql) = distribution.query() {
        assembly.objects.extend(ask.rows("distribution", &sql, object).await?);
    }
    (assembly.aliases, assembly.dependencies, assembly.notes) = (details.0, details.1, details.2);
    assembly.casts = details.3.into_iter().collect();
    let strangers = assembly.strangers();
    if !strangers.is_empty() {
        let rows = client.query_typed(queries::DESCRIBE, &[(&strangers, Type::TEXT_ARRAY)]).await;
        let rows = rows.map_err(|source| ReadError::Query { query: "describe", source })?;
        assembly.unknown = rows.iter().map(|row| row.get(0)).collect();
    }
    Ok(assembly)
}

/// What the server knows of a relation's size; nothing for what has none.
#[derive(Debug, Default)]
pub struct Facts {
    /// How many rows it reckons with; -1 when it never counted.
    pub rows: Option<i64>,
    /// Bytes on the disk, with indexes and partitions.
    pub bytes: Option<i64>,
    /// Bytes by index.
    pub indexes: BTreeMap<String, i64>,
}

/// Returns how large the relation is; the rows and bytes are of this moment.
///
/// # Errors
///
/// When the query fails.
pub async fn facts(client: &Client, id: &Id) -> Result<Facts, ReadError> {
    let (schema, name) = (id.schema(), id.name());
    let stored = matches!(id.kind(), Kind::Table | Kind::ForeignTable | Kind::MaterializedView | Kind::Index);
    if !stored {
        return Ok(Facts::default());
    }
    let rows = client.query_typed(queries::FACTS, &[(&schema, Type::TEXT), (&name, Type::TEXT)]).await;
    let rows = rows.map_err(|source| ReadError::Query { query: "facts", source })?;
    let mut facts = Facts::default();
    for row in rows {
        let (relation, bytes): (String, i64) = (row.get(0), row.get(2));
        if relation == name {
            let counts = id.kind() == Kind::Table || id.kind() == Kind::MaterializedView;
            (facts.rows, facts.bytes) = (counts.then(|| row.get(1)), Some(bytes));
        } else {
            facts.indexes.insert(relation, bytes);
        }
    }
    Ok(facts)
}

/// What every query of one reading has in common.
#[derive(Clone, Copy)]
struct Question<'a> {
    client: &'a Client,
    version: u32,
    /// Whether the role may read where subscriptions connect to.
    connections: bool,
}

impl Question<'_> {
    async fn rows<T>(
        self,
        query: &'static str,
        sql: &str,
        take: impl Fn(&Row) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ReadError> {
        let failed = |source| ReadError::Query { query, source };
        let connection = if self.connections { "s.subconninfo" } else { "NULL::text" };
        let sql = queries::for_version(sql, self.version).replace("{connection}", connection);
        let rows = self.client.query_typed_raw(&sql, std::iter::empty::<(&str, Type)>()).await;
        let rows = rows.map_err(failed)?;
        let mut rows = std::pin::pin!(rows);
        let mut taken = Vec::new();
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            taken.push(take(&row)?);
        }
        Ok(taken)
    }
}

/// What the server says before anything is read.
struct Server {
    version: u32,
    role: String,
    connections: bool,
    distribution: Source,
}

async fn server(client: &Client) -> Result<Server, ReadError> {
    let answer = client.simple_query(&format!("{}, {}", queries::SERVER, citus::WHO)).await;
    let answer = answer.map_err(|source| ReadError::Query { query: "server", source })?;
    let row = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let field = |at| row.and_then(|row| row.get(at)).unwrap_or_default();
    Ok(Server {
        version: field(0).parse().unwrap_or(0),
        role: field(1).to_owned(),
        connections: field(2) == "t",
        distribution: Source::read(field(3)),
    })
}

fn object(row: &Row) -> Result<Found, ReadError> {
    let word: &str = row.get(4);
    let kind: Result<_, serde_json::Error> = Kind::deserialize(word.into_deserializer());
    let kind = kind.map_err(|source| ReadError::Shape { object: word.to_owned(), source })?;
    let id = Id::joined(kind, row.get(5), row.get(6), row.get(7));
    let body: &str = row.get(10);
    let object =
        Object::decode(kind, body).map_err(|source| ReadError::Shape { object: id.to_string(), source })?;
    let acl: Option<Vec<String>> = row.get(9);
    let entry = Entry {
        on: None,
        owner: row.get(8),
        acl: acl.map(|items| Acl::parse(&items)),
        comment: None,
        labels: BTreeMap::new(),
        extensions: BTreeSet::new(),
        object,
    };
    Ok(Found { address: (row.get(0), row.get(1), row.get(2)), home: row.get(3), id, entry })
}

fn alias(row: &Row) -> Alias {
    Alias { from: (row.get(0), row.get(1)), to: (row.get(2), row.get(3), row.get(4)) }
}

fn dependency(row: &Row) -> Dependency {
    Dependency {
        from: (row.get(0), row.get(1), row.get(2)),
        to: (row.get(3), row.get(4), row.get(5)),
        form: row.get::<_, i8>(6).cast_unsigned(),
    }
}

fn note(row: &Row) -> Note {
    Note { on: (row.get(0), row.get(1), row.get(2)), provider: row.get(3), text: row.get(4) }
}
