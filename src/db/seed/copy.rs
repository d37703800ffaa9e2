//! Streams a file into `COPY … FROM stdin`, a chunk in memory at a time.

use std::io::Read;

use bytes::BytesMut;
use futures_util::SinkExt as _;
use tokio_postgres::Client;

/// The size of one message of rows, in bytes: large enough that its head is nothing beside it.
const CHUNK: usize = 256 << 10;

/// Why a file did not get into its table.
#[derive(Debug)]
pub(in crate::db) enum CopyError {
    /// The disk would not give it.
    File(std::io::Error),
    /// The server would not take it.
    Server(tokio_postgres::Error),
}

impl From<tokio_postgres::Error> for CopyError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(error)
    }
}

/// Runs `statement` and sends it all of `source` but a byte order mark. Returns the number of rows. `sent` hears how many
/// bytes went on their way.
pub(super) async fn copy_in(
    client: &Client,
    statement: &str,
    source: &mut dyn Read,
    sent: &mut dyn FnMut(u64),
) -> Result<u64, CopyError> {
    let mut chunk = read_chunk(source).map_err(CopyError::File)?;
    if chunk.starts_with("\u{feff}".as_bytes()) {
        let _mark = chunk.split_to('\u{feff}'.len_utf8());
        sent('\u{feff}'.len_utf8() as u64);
    }
    send((client, statement), (chunk, source), sent).await
}

/// Runs `statement` and sends it all of `source`. Returns the number of rows.
pub(in crate::db) async fn copy_whole(
    client: &Client,
    statement: &str,
    source: &mut dyn Read,
) -> Result<u64, CopyError> {
    let chunk = read_chunk(source).map_err(CopyError::File)?;
    send((client, statement), (chunk, source), &mut |_| {}).await
}

async fn send(
    (client, statement): (&Client, &str),
    (mut chunk, source): (BytesMut, &mut dyn Read),
    sent: &mut dyn FnMut(u64),
) -> Result<u64, CopyError> {
    let sink = client.copy_in(statement).await?;
    let mut sink = std::pin::pin!(sink);
    while !chunk.is_empty() {
        let bytes = chunk.len() as u64;
        // A refused row ends the COPY: what the server said is the answer of `finish`.
        sink.send(chunk.freeze()).await?;
        sent(bytes);
        chunk = read_chunk(source).map_err(CopyError::File)?;
    }
    Ok(sink.finish().await?)
}

fn read_chunk(source: &mut dyn Read) -> std::io::Result<BytesMut> {
    let mut chunk = BytesMut::zeroed(CHUNK);
    let mut length = 0;
    while length < CHUNK {
        match source.read(&mut chunk[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    chunk.truncate(length);
    Ok(chunk)
}
