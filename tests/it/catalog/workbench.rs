//! A database of the judge's server and the one session that does all work on it, instead of one for each look.

use crmdb::catalog::{Catalog, read};
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

use super::judge;
use crate::support::postgres::Database;

pub(crate) struct Workbench {
    // The fields are dropped in this order: the session ends before its database does.
    client: Client,
    runtime: Runtime,
    database: Database<'static>,
}

impl Workbench {
    /// Makes an empty database.
    pub(crate) fn new() -> Self {
        let database = judge::server().database();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&database.url(), NoTls).await.unwrap();
            tokio::spawn(connection);
            client
        });
        Self { client, runtime, database }
    }

    pub(crate) fn name(&self) -> &str {
        self.database.name()
    }

    /// Runs what may be several statements; the error is what the server says.
    pub(crate) fn run(&self, sql: &str) -> Result<(), String> {
        self.runtime.block_on(self.client.batch_execute(sql)).map_err(|error| message(&error))
    }

    /// Returns the one text that a query finds.
    pub(crate) fn text(&self, query: &str) -> Result<String, String> {
        self.runtime
            .block_on(self.client.query_one(query, &[]))
            .map(|row| row.get(0))
            .map_err(|error| message(&error))
    }

    /// Reads the catalog, as a session does that has set nothing.
    pub(crate) fn catalog(&self) -> Catalog {
        self.run("DISCARD ALL").unwrap();
        let catalog = self.runtime.block_on(read::read(&self.client));
        catalog.unwrap_or_else(|error| panic!("{}: {error}", self.name()))
    }

    /// Returns what `pg_dump -s` says.
    pub(crate) fn dump(&self) -> String {
        judge::dump(&self.database.url())
    }
}

/// Returns what the server says of a statement that failed.
fn message(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.to_string(),
        |error| {
            let detail = error.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
            format!("{}{detail}", error.message())
        },
    )
}
