//! refinery's driver by the simple protocol alone: behind a pooler a prepared statement may be sought in vain, or stay.

use refinery_core::Migration;
use refinery_core::traits::r#async::{AsyncMigrate, AsyncQuery, AsyncTransaction};
use tokio_postgres::{Client, Error, SimpleQueryMessage, SimpleQueryRow};

/// A session as refinery uses it.
pub(super) struct LedgerClient<'a> {
    pub(super) client: &'a Client,
    /// Stands before the queries of each transaction.
    pub(super) guard: &'a str,
}

impl AsyncTransaction for LedgerClient<'_> {
    type Error = Error;

    /// All queries in one message are one transaction, and the server rolls it back by itself when one fails.
    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &'a mut self,
        queries: T,
    ) -> Result<usize, Error> {
        let queries: Vec<&str> = std::iter::once(self.guard).chain(queries).collect();
        self.client.batch_execute(&queries.join(";\n")).await?;
        Ok(queries.len() - 1)
    }
}

impl AsyncQuery<Vec<Migration>> for LedgerClient<'_> {
    async fn query<'a>(&'a mut self, query: &'a str) -> Result<Vec<Migration>, Error> {
        let messages = self.client.simple_query(query).await?;
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        Ok(rows.filter_map(applied).collect())
    }
}

impl AsyncMigrate for LedgerClient<'_> {}

/// A row that refinery did not write is none.
fn applied(row: &SimpleQueryRow) -> Option<Migration> {
    let time =
        time::OffsetDateTime::parse(row.get(2)?, &time::format_description::well_known::Rfc3339).ok()?;
    Some(Migration::applied(
        row.get(0)?.parse().ok()?,
        row.get(1)?.to_owned(),
        time,
        row.get(3)?.parse().ok()?,
    ))
}
