//! Reads a database's catalog: one snapshot, a fixed number of queries, sent together. The only file here that talks.

use futures_util::future::{join_all, try_join_all};
use thiserror::Error;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row, SimpleQueryMessage};

use super::assemble::{Alias, Assembly, Dependency, Note, ObjectRow};
use super::citus::{self, Source};
use super::model::Catalog;
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
    assembly.catalog()
}

async fn snapshot(client: &Client) -> Result<Assembly, ReadError> {
    let (version, role, distribution) = server(client).await?;
    if version < 14 {
        return Err(ReadError::Version(version));
    }
    if distribution.is_citus() {
        let hidden = client.batch_execute(citus::HIDE_SHARDS).await;
        hidden.map_err(|source| ReadError::Query { query: "hide shards", source })?;
    }
    let ask = async |name: &'static str, sql: &str| {
        let sql = queries::for_version(sql, version);
        client.query_typed(&sql, &[]).await.map_err(|source| ReadError::Query { query: name, source })
    };
    let objects = try_join_all(queries::OBJECTS.iter().map(|(name, sql)| ask(name, sql)));
    let details = join_all(queries::DETAILS.iter().map(|(name, sql)| ask(name, sql)));
    let (objects, details) = futures_util::future::join(objects, details).await;
    let mut assembly = Assembly { version, role, ..Assembly::default() };
    assembly.objects = objects?.iter().flatten().map(object).collect();
    if let Some(sql) = distribution.query() {
        assembly.objects.extend(ask("distribution", &sql).await?.iter().map(object));
    }
    for ((name, _), rows) in queries::DETAILS.iter().zip(details) {
        let rows = rows?;
        match *name {
            "aliases" => assembly.aliases = rows.iter().map(alias).collect(),
            "dependencies" => assembly.dependencies = rows.iter().map(dependency).collect(),
            "comments" => assembly.notes = rows.iter().map(note).collect(),
            _ => assembly.casts = rows.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect(),
        }
    }
    let strangers = assembly.strangers();
    if !strangers.is_empty() {
        let rows = client.query_typed(queries::DESCRIBE, &[(&strangers, Type::TEXT_ARRAY)]).await;
        let rows = rows.map_err(|source| ReadError::Query { query: "describe", source })?;
        assembly.unknown = rows.iter().map(|row| row.get(0)).collect();
    }
    Ok(assembly)
}

async fn server(client: &Client) -> Result<(u32, String, Source), ReadError> {
    let answer = client.simple_query(&format!("{}, {}", queries::SERVER, citus::WHO)).await;
    let answer = answer.map_err(|source| ReadError::Query { query: "server", source })?;
    let row = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let field = |at| row.and_then(|row| row.get(at)).unwrap_or_default();
    Ok((field(0).parse().unwrap_or(0), field(1).to_owned(), Source::read(field(2))))
}

fn object(row: &Row) -> ObjectRow {
    ObjectRow {
        address: (row.get(0), row.get(1), row.get(2)),
        home: row.get(3),
        kind: row.get(4),
        schema: row.get(5),
        name: row.get(6),
        part: row.get(7),
        owner: row.get(8),
        acl: row.get(9),
        body: row.get(10),
    }
}

fn alias(row: &Row) -> Alias {
    Alias { from: (row.get(0), row.get(1)), to: (row.get(2), row.get(3), row.get(4)) }
}

fn dependency(row: &Row) -> Dependency {
    Dependency {
        from: (row.get(0), row.get(1), row.get(2)),
        to: (row.get(3), row.get(4), row.get(5)),
        form: row.get(6),
    }
}

fn note(row: &Row) -> Note {
    Note { on: (row.get(0), row.get(1), row.get(2)), provider: row.get(3), text: row.get(4) }
}
