//! Streams the rows of `COPY … FROM stdin`.

use bytes::Bytes;
use futures_util::SinkExt as _;
use tokio_postgres::{Client, Error};

/// The size of one message of rows, in bytes.
const CHUNK: usize = 64 << 10;

/// Runs `statement` and sends it `rows` as they stand.
pub(super) async fn copy_rows(client: &Client, statement: &str, rows: &str) -> Result<(), Error> {
    let sink = client.copy_in(statement).await?;
    let mut sink = std::pin::pin!(sink);
    for chunk in rows.as_bytes().chunks(CHUNK) {
        sink.send(Bytes::copy_from_slice(chunk)).await?;
    }
    sink.close().await
}
