//! The ledger's tables in the target's `crmdb` schema: made, upgraded, read.

mod foreign_keys;
mod ledger_client;
mod proofs;
mod rehearsals;
mod take_over;
mod upgrade;
mod write;

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Error, Row};

use super::error::DbError;
use super::lock::{RunLock, own_error};
use super::session::Session;
use crate::model::ledger::JournalEntry;
use crate::model::progress::Listener;
use crate::model::{Applied, Checksum, Direction, Installed, Ledger, Origin, Script, Unfinished, Version};
use crate::model::{Event, EventKind, Outcome, step};

pub use proofs::{read_proofs, write_proofs};
pub use rehearsals::{read_rehearsal, write_rehearsal};
use upgrade::KNOWN;
pub use write::{Correction, write_baseline, write_corrections};

const VERSION: &str = include_str!("../queries/ledger_version.sql");
const MIGRATIONS: &str = include_str!("../queries/migrations.sql");
const RANGES: &str = include_str!("../queries/ranges.sql");
const UNFINISHED: &str = include_str!("../queries/unfinished.sql");
const JOURNAL: &str = include_str!("../queries/journal.sql");
const MODULES: &str = include_str!("../queries/modules.sql");
const ROLLBACKS: &str = include_str!("../queries/rollbacks.sql");
const RECORDED: &str = include_str!("../queries/recorded_sql.sql");
const EVENTS: &str = include_str!("../queries/events.sql");

const TABLE_EXISTS: &str = include_str!("../queries/ledger_table_exists.sql");

const NO_PARAMETERS: &[(&(dyn ToSql + Sync), Type)] = &[];

/// Tells whether the target has this table of the ledger: there may be no ledger, or one from before the table, and a
/// query that fails leaves an error in the server's log.
pub(super) async fn has(session: &Session, table: &str) -> Result<bool, DbError> {
    let rows = session.client.query_typed(TABLE_EXISTS, &[(&table, Type::TEXT)]).await;
    let rows = rows.map_err(|error| own_error(session.target(), "looking for the ledger", &error))?;
    Ok(rows.first().is_some_and(|row| row.get(0)))
}

/// Tells whether the target has a ledger.
pub async fn is_there(session: &Session) -> Result<bool, DbError> {
    has(session, "migration").await
}

/// Reads the whole ledger, SQL texts left out, in two round trips and one snapshot. Needs no lock.
pub async fn read(session: &Session) -> Result<Ledger, DbError> {
    let there = is_there(session).await?;
    read_where(session, there).await
}

/// Reads the ledger that is known to be `there`, or not, in one round trip.
pub async fn read_where(session: &Session, there: bool) -> Result<Ledger, DbError> {
    if !there {
        return Ok(Ledger::default());
    }
    let client = &session.client;
    let rows = |sql| client.query_typed(sql, NO_PARAMETERS);
    // Joined futures are polled in this order, and each sends its message on its first poll.
    let (begun, version, migrations, unfinished, journal, modules, foreign_keys, end) = tokio::join!(
        biased;
        client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        rows(VERSION),
        rows(MIGRATIONS),
        rows(UNFINISHED),
        rows(JOURNAL),
        rows(MODULES),
        // The last, because a ledger that lacks the table ends the transaction here.
        rows(foreign_keys::FOREIGN_KEYS),
        client.batch_execute("COMMIT"),
    );
    let failed = |error: &Error| own_error(session.target(), "reading the ledger", error);
    begun.map_err(|error| failed(&error))?;
    let version = version.map_err(|error| failed(&error))?;
    let Some(version) = version.first().and_then(|row| row.get::<_, Option<i64>>(0)) else {
        return Ok(Ledger::default());
    };
    let known = i64::from(KNOWN);
    if version > known {
        return Err(DbError::LedgerTooNew { target: session.target().to_owned(), found: version, known });
    }
    end.map_err(|error| failed(&error))?;
    let malformed = |what: String| DbError::LedgerMalformed { target: session.target().to_owned(), what };
    let journal = entries(&journal.map_err(|error| failed(&error))?).map_err(malformed)?;
    Ok(Ledger {
        version: Some(version),
        applied: each(&migrations.map_err(|error| failed(&error))?, applied).map_err(malformed)?,
        unfinished: each(&unfinished.map_err(|error| failed(&error))?, |row| open(row, &journal))
            .map_err(malformed)?,
        installed: modules.map_err(|error| failed(&error))?.iter().map(installed).collect(),
        foreign_keys: foreign_keys::read(version, foreign_keys)
            .map_err(|error| failed(&error))?
            .map_err(malformed)?,
    })
}

/// Reads the ledger when nothing that a killed run left is at work any more. Needs no lock.
pub async fn read_settled(session: &Session, listener: &mut Listener<'_>) -> Result<Ledger, DbError> {
    take_over::wait_for_left_overs(session, listener).await?;
    read(session).await
}

/// Makes or upgrades the ledger where that is due, waits until nothing of an earlier run is at work on the target any
/// more, and reads the ledger. From then on `session` works for this run, and no other session for an earlier one.
pub async fn read_locked(
    session: &mut Session,
    lock: &RunLock,
    listener: &mut Listener<'_>,
) -> Result<Ledger, DbError> {
    if has(session, "run").await? {
        take_over::take_over(session, lock, listener).await?;
        let ledger = read(session).await?;
        if ledger.version == Some(i64::from(KNOWN)) {
            return Ok(ledger);
        }
    }
    upgrade::prepare(session, lock).await?;
    take_over::take_over(session, lock, listener).await?;
    read(session).await
}

fn each<T>(rows: &[Row], make: impl Fn(&Row) -> Result<T, String>) -> Result<Vec<T>, String> {
    rows.iter().map(make).collect()
}

fn checksum(text: &str) -> Result<Checksum, String> {
    text.parse().map_err(|error| format!("a checksum that is none: {error}"))
}

fn applied(row: &Row) -> Result<Applied, String> {
    let origin = match row.get("origin") {
        "up" => Origin::Up,
        "baseline" => Origin::Baseline,
        other => return Err(format!("the origin `{other}`")),
    };
    let rollback: Option<&str> = row.get("rollback_checksum");
    Ok(Applied {
        module: row.get("module"),
        schema: row.get("schema"),
        version: Version(row.get("version")),
        file: row.get("file"),
        checksum: checksum(row.get("checksum"))?,
        rollback_checksum: rollback.map(checksum).transpose()?,
        position: row.get("position"),
        applied_at: row.get("applied_at"),
        applied_by: row.get("applied_by"),
        duration_ms: row.get("duration_ms"),
        tool_version: row.get("tool_version"),
        origin,
    })
}

pub(super) fn journal_entry(row: &Row) -> Result<JournalEntry, String> {
    let checksum = checksum(row.get("checksum"))?;
    Ok(JournalEntry { ordinal: row.get("ordinal"), checksum, finished: row.get("finished") })
}

type Entries = BTreeMap<(String, String), Vec<JournalEntry>>;

fn entries(rows: &[Row]) -> Result<Entries, String> {
    let mut entries = Entries::new();
    for row in rows {
        entries.entry((row.get("module"), row.get("schema"))).or_default().push(journal_entry(row)?);
    }
    Ok(entries)
}

fn open(row: &Row, journal: &Entries) -> Result<Unfinished, String> {
    let direction: &str = row.get("direction");
    let key = (row.get("module"), row.get("schema"));
    Ok(Unfinished {
        version: Version(row.get("version")),
        direction: Direction::read(direction).ok_or_else(|| format!("the direction `{direction}`"))?,
        file: row.get("file"),
        checksum: checksum(row.get("checksum"))?,
        journal: journal.get(&key).cloned().unwrap_or_default(),
        module: key.0,
        schema: key.1,
    })
}

fn installed(row: &Row) -> Installed {
    Installed {
        module: row.get("module"),
        schema: row.get("schema"),
        created_schema: row.get("created_schema"),
    }
}

/// How many rows unfinished changes in batches have gone through, by module and schema.
pub type Ranges = BTreeMap<(String, String), u64>;

/// Reads how far unfinished changes in batches have come; nothing where the ledger knows none.
pub async fn read_ranges(session: &Session) -> Result<Ranges, DbError> {
    if !has(session, "batch").await? {
        return Ok(Ranges::new());
    }
    let rows = session.client.query_typed(RANGES, NO_PARAMETERS).await;
    let rows = rows.map_err(|error| own_error(session.target(), "reading the ledger", &error))?;
    let range = |row: &Row| ((row.get(0), row.get(1)), row.get::<_, i64>(2).try_into().unwrap_or_default());
    Ok(rows.iter().map(range).collect())
}

/// Reads the recorded rollbacks of the rows at `positions`, keyed by position; rows without one are left out.
pub async fn read_rollbacks(session: &Session, positions: &[i64]) -> Result<BTreeMap<i64, Script>, DbError> {
    if positions.is_empty() {
        // Also where there is no ledger.
        return Ok(BTreeMap::new());
    }
    let parameters: &[(&(dyn ToSql + Sync), Type)] = &[(&positions, Type::INT8_ARRAY)];
    let rows = session.client.query_typed(ROLLBACKS, parameters).await;
    let rows = rows.map_err(|error| own_error(session.target(), "reading the recorded rollbacks", &error))?;
    let mut scripts = BTreeMap::new();
    for row in &rows {
        let path = format!("ledger:{}", step::label(row.get("module"), row.get("file")));
        let script = Script::new(path, row.get("rollback_sql"));
        if script.checksum.to_string() != row.get::<_, &str>("rollback_checksum") {
            let what =
                format!("a rollback of `{}` that is not the one its checksum was made of", script.path);
            return Err(DbError::LedgerMalformed { target: session.target().to_owned(), what });
        }
        scripts.insert(row.get("position"), script);
    }
    Ok(scripts)
}

/// Reads the recorded SQL of one applied migration; `None` where it was not kept.
pub async fn read_recorded(session: &Session, row: &Applied) -> Result<Option<String>, DbError> {
    let parameters: &[(&(dyn ToSql + Sync), Type)] = &[(&row.position, Type::INT8)];
    let rows = session.client.query_typed(RECORDED, parameters).await;
    let rows = rows.map_err(|error| own_error(session.target(), "reading the recorded SQL", &error))?;
    Ok(rows.first().and_then(|row| row.get(0)))
}

/// Reads the newest `limit` events, newest first; none where the target has no ledger. Needs no lock.
pub async fn read_events(session: &Session, limit: i64, modules: &[String]) -> Result<Vec<Event>, DbError> {
    if !has(session, "event").await? {
        return Ok(Vec::new());
    }
    let parameters: &[(&(dyn ToSql + Sync), Type)] = &[(&limit, Type::INT8), (&modules, Type::TEXT_ARRAY)];
    let rows = session.client.query_typed(EVENTS, parameters).await;
    let rows = rows.map_err(|error| own_error(session.target(), "reading the event log", &error))?;
    each(&rows, event).map_err(|what| DbError::LedgerMalformed { target: session.target().to_owned(), what })
}

fn event(row: &Row) -> Result<Event, String> {
    let (kind, outcome): (&str, &str) = (row.get("kind"), row.get("outcome"));
    Ok(Event {
        id: row.get("id"),
        at: row.get::<_, Timestamp>("at"),
        kind: EventKind::read(kind).ok_or_else(|| format!("an event of the kind `{kind}`"))?,
        outcome: Outcome::read(outcome).ok_or_else(|| format!("an event with the outcome `{outcome}`"))?,
        module: row.get("module"),
        schema: row.get("schema"),
        version: row.get::<_, Option<i64>>("version").map(Version),
        file: row.get("file"),
        duration_ms: row.get("duration_ms"),
        role: row.get("role"),
        client: row.get("client"),
        address: row.get("address"),
        tool_version: row.get("tool_version"),
        detail: row.get("detail"),
    })
}
