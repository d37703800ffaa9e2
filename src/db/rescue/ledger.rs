//! The rows of `crmdb.rescue` and `crmdb.rescue_item`.

use std::collections::BTreeMap;

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::hooks::{identifier, qualified};
use super::run;
use crate::db::error::DbError;
use crate::db::ledger::has;
use crate::db::lock::{RunLock, own_error};
use crate::db::record::{Author, Occurrence, insert_event};
use crate::db::session::Session;
use crate::model::rescue::{Folder, Item, Rescue};
use crate::model::{EventKind, Outcome};

const RESCUES: &str = include_str!("../queries/rescue/rescues.sql");
const ITEMS: &str = include_str!("../queries/rescue/items.sql");
const NEXT_ID: &str = include_str!("../queries/rescue/next_id.sql");
const DROPPED: &str = include_str!("../queries/rescue/rescue_dropped.sql");
const NO_PARAMETERS: &[(&(dyn ToSql + Sync), Type)] = &[];

/// Reads all rescues, the newest first, also those that were dropped; none where there is no ledger that knows them.
pub async fn read(session: &Session) -> Result<Vec<Rescue>, DbError> {
    let there = is_there(session).await?;
    read_where(session, there).await
}

/// Tells whether the target has a ledger that knows rescues.
pub async fn is_there(session: &Session) -> Result<bool, DbError> {
    has(session, "rescue").await
}

/// Reads what [`read`] does from a ledger that is known to know rescues, or not.
pub async fn read_where(session: &Session, there: bool) -> Result<Vec<Rescue>, DbError> {
    let doing = "reading what was rescued";
    if !there {
        return Ok(Vec::new());
    }
    let rows = session.client.query_typed(RESCUES, NO_PARAMETERS).await;
    let rows = rows.map_err(|error| own_error(session.target(), doing, &error))?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let items = session.client.query_typed(ITEMS, NO_PARAMETERS).await;
    let items = items.map_err(|error| own_error(session.target(), doing, &error))?;
    let mut of: BTreeMap<i64, Vec<Item>> = BTreeMap::new();
    for row in &items {
        let read = item(row).map_err(|what| DbError::LedgerMalformed {
            target: session.target().to_owned(),
            what: format!("an item of a rescue that can't be read: {what}"),
        })?;
        of.entry(row.get("rescue")).or_default().push(read);
    }
    let rescue = |row: &Row| Rescue {
        id: row.get("id"),
        place: row.get("place"),
        folder: row
            .get::<_, Option<String>>("folder")
            .map(|path| Folder { path, host: row.get::<_, Option<String>>("host").unwrap_or_default() }),
        made_at: row.get("made_at"),
        made_by: row.get("made_by"),
        reason: row.get("reason"),
        keep_until: row.get("keep_until"),
        restored_at: row.get("restored_at"),
        dropped_at: row.get("dropped_at"),
        items: of.get(&row.get::<_, i64>("id")).cloned().unwrap_or_default(),
    };
    Ok(rows.iter().map(rescue).collect())
}

fn item(row: &Row) -> Result<Item, String> {
    let text = |error: serde_json::Error| error.to_string();
    Ok(Item {
        ordinal: row.get("ordinal"),
        place: row.get("place"),
        checksum: row.get("checksum"),
        way: row.get("way"),
        rows: row.get("rows"),
        bytes: row.get("bytes"),
        keep: serde_json::from_value(row.get("keep")).map_err(text)?,
        sequences: serde_json::from_value(row.get("sequences")).map_err(text)?,
        home: row.get("home"),
        xid: row.get::<_, &str>("xid").parse().map_err(|_| "its transaction".to_owned())?,
        restored_at: row.get("restored_at"),
    })
}

/// Returns the number that the next rescue gets; 1 where there is no ledger that knows rescues.
pub async fn next_id(session: &Session) -> Result<i64, DbError> {
    match session.values("numbering the rescue", NEXT_ID).await {
        Ok(values) => Ok(values.first().and_then(|value| value.parse().ok()).unwrap_or(1)),
        Err(error) => match error.refusal().map(|refusal| refusal.sqlstate.as_str()) {
            Some("42P01" | "3F000") => Ok(1),
            _ => Err(error),
        },
    }
}

/// Drops what a rescue holds, and says so in the ledger; files of a folder stay. What others put into its schema stops it.
pub async fn drop_kept(
    session: &Session,
    _lock: &RunLock,
    (rescue, author): (&Rescue, &Author),
) -> Result<(), DbError> {
    let doing = "dropping a rescue";
    session.begin(doing, &session.footing.begin_alone()).await?;
    let dropped = drop_within(session, (rescue, author)).await;
    session.run(doing, if dropped.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
    dropped
}

async fn drop_within(session: &Session, (rescue, author): (&Rescue, &Author)) -> Result<(), DbError> {
    let doing = "dropping a rescue";
    if rescue.folder.is_none() {
        for item in &rescue.items {
            let table = qualified(&rescue.place, &item.place);
            run(session, doing, &format!("DROP TABLE IF EXISTS {table}")).await?;
        }
        run(session, doing, &format!("DROP SCHEMA IF EXISTS {}", identifier(&rescue.place))).await?;
    }
    run(session, doing, &DROPPED.replace("{id}", &rescue.id.to_string())).await?;
    let reason = author.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let detail = format!("{}{reason}", rescue.place);
    let event =
        Occurrence { kind: EventKind::RescueDrop, outcome: Outcome::Done, step: None, detail: Some(&detail) };
    let written = insert_event(&session.client, author, &event).await;
    written.map_err(|error| own_error(session.target(), doing, &error))
}
