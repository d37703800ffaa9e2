//! Rows that go to files while a step runs, and come back into tables of their own for the time of a restore.

use futures_util::StreamExt as _;
use tokio_postgres::Client;

use super::hooks::{Out, identifier, literal};
use super::to_files::CAPTURED;
use super::{Order, Place};
use crate::db::connect::Cancel;
use crate::db::error::DbError;
use crate::db::seed::{CopyError, copy_whole};
use crate::db::session::Session;
use crate::model::rescue::{Item, Kept};
use crate::vault::{Source, VaultError, Writer};

const WRITTEN: &str = include_str!("../queries/rescue/written.sql");

/// Why rows did not get where they should.
#[derive(Debug)]
pub(in crate::db) enum Trouble {
    /// The disk would not do.
    Disk(VaultError),
    /// The server would not do.
    Server(tokio_postgres::Error),
}

impl From<VaultError> for Trouble {
    fn from(error: VaultError) -> Self {
        Self::Disk(error)
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(error)
    }
}

/// The files of one transaction, opened by the first rows that go to one.
#[derive(Debug)]
pub(in crate::db) struct Files<'a> {
    order: Option<&'a Order>,
    cancel: Cancel,
    writer: Option<Writer>,
}

impl<'a> Files<'a> {
    pub(in crate::db) fn new(order: Option<&'a Order>, session: &Session) -> Self {
        Self { order, cancel: session.cancel.clone(), writer: None }
    }

    /// Runs a `COPY … TO STDOUT` into a file. No other statement may be under way.
    pub(in crate::db) async fn read_out(
        &mut self,
        client: &Client,
        (sql, out): (&str, &Out),
    ) -> Result<(), Trouble> {
        let Some(Order { id, place: Place::Folder(home), .. }) = self.order else { return Ok(()) };
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => none.insert(Writer::open(home, *id)?),
        };
        let mut part = writer.begin(out.ordinal, &out.place)?;
        let mut rows = Box::pin(client.copy_out(sql).await?);
        while let Some(chunk) = rows.next().await {
            if let Err(error) = part.write(&chunk?) {
                // The rest of the rows would be sent before anything else is answered.
                let _ = self.cancel.send().await;
                return Err(error.into());
            }
        }
        Ok(writer.end(part, out.about.clone())?)
    }

    /// Waits until everything written is on the disk; returns the SQL that tells the server what that is.
    pub(in crate::db) fn seal(&self) -> Result<String, Trouble> {
        let written = self.writer.as_ref().map(Writer::seal).transpose()?;
        let written = serde_json::to_string(written.unwrap_or_default()).unwrap_or_default();
        Ok(WRITTEN.trim_end().replace("{written}", &literal(&written)))
    }

    /// Ends with the transaction: what it wrote goes where it was rolled back.
    pub(in crate::db) fn end(self, ending: Fate) {
        let Some(writer) = self.writer else { return };
        match ending {
            Fate::RolledBack => writer.undo(),
            Fate::Committed if writer.is_empty() => writer.undo(),
            // The ledger says what became of it.
            Fate::Committed | Fate::Unknown => {}
        }
    }
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::db) enum Fate {
    Committed,
    RolledBack,
    Unknown,
}

/// Returns the name of the table that holds an item's rows while they are put back.
pub(super) fn held(item: &Item) -> String {
    format!("pg_temp.crmdb_kept_{}", item.ordinal)
}

/// Returns the table for an item's rows.
pub(super) fn make(item: &Item) -> String {
    let columns = item.keep.columns();
    let own = columns.iter().map(|column| {
        let type_name = if column.own { &column.type_name } else { "text" };
        format!("{} {type_name}", identifier(&column.name))
    });
    let captured = CAPTURED.iter().filter(|_| item.keep.kept == Kept::Changed);
    let all: Vec<String> =
        own.chain(captured.map(|(name, type_name)| format!("{name} {type_name}"))).collect();
    format!("CREATE TEMP TABLE crmdb_kept_{} ({}) ON COMMIT DROP", item.ordinal, all.join(", "))
}

/// Fills the table with the rows of a file.
pub(super) async fn fill(session: &Session, item: &Item, mut source: Source) -> Result<(), DbError> {
    let sql = format!("COPY {} FROM STDIN", held(item));
    let copied = copy_whole(&session.client, &sql, &mut source).await;
    let rows = match copied {
        Ok(rows) => rows,
        Err(CopyError::Server(error)) => {
            return Err(crate::db::lock::own_error(session.target(), "reading a kept file", &error));
        }
        Err(CopyError::File(error)) => return Err(DbError::Kept { what: error.to_string() }),
    };
    source.finish().map_err(|what| DbError::Kept { what })?;
    if i64::try_from(rows) == Ok(item.rows) {
        return Ok(());
    }
    Err(DbError::Kept {
        what: format!("`{}` has {rows} rows, and the ledger says {}", item.place, item.rows),
    })
}
