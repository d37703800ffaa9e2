//! What a transaction on the shadow has locked, rewritten and scanned since the look before.

use std::collections::BTreeMap;

use tokio_postgres::types::{ToSql, Type};

use super::Stage;
use crate::db::error::DbError;
use crate::db::lock::own_error;
use crate::db::session::Session;
use crate::model::rehearsal::{Inventory, LockMode, Thing, ThingKind, Touch, Work};
use crate::sql::meaning::{RowsLost, rows_lost};

const INVENTORY: &str = include_str!("../queries/rehearse/inventory.sql");
const FILES: &str = include_str!("../queries/rehearse/files.sql");
const RELATIONS: &str = include_str!("../queries/rehearse/relations.sql");
const NO_PARAMETERS: &[(&(dyn ToSql + Sync), Type)] = &[];
/// The oid of `pg_class`, the same in every database.
pub(super) const PG_CLASS: u32 = 1259;

/// Reads what the database holds, by the server's own identities.
pub async fn read_inventory(session: &Session) -> Result<Inventory, DbError> {
    let doing = "reading what the shadow holds";
    session.run(doing, "BEGIN READ ONLY").await?;
    let inventory = inventory_within(session).await?;
    session.run(doing, "COMMIT").await?;
    Ok(inventory)
}

/// Reads the same within the transaction that is open, whose path is lost.
pub(super) async fn inventory_within(session: &Session) -> Result<Inventory, DbError> {
    let doing = "reading what the shadow holds";
    // Without a path every type is named with its schema, whatever the migration before has set.
    session.run(doing, "SET LOCAL search_path = ''").await?;
    let rows = session.client.query_typed(INVENTORY, NO_PARAMETERS).await;
    let rows = rows.map_err(|error| own_error(session.target(), doing, &error))?;
    let things = rows.iter().filter_map(|row| {
        let on: Option<(u32, u32)> = row.get::<_, Option<u32>>(3).zip(row.get::<_, Option<u32>>(4));
        let thing = Thing {
            kind: ThingKind::read(row.get(5))?,
            schema: row.get(6),
            name: row.get(7),
            part: row.get(8),
            type_name: row.get(9),
            on: on.map(|(class, object)| (class, object, 0)),
        };
        Some(((row.get(0), row.get(1), row.get(2)), thing))
    });
    Ok(Inventory(things.collect()))
}

/// A relation as a look found it.
#[derive(Clone, Debug, Default)]
struct State {
    file: u32,
    scans: i64,
    /// Every mode that was asked for: a weaker one is listed beside a stronger one.
    modes: Vec<LockMode>,
    /// How many indexes it has.
    indexes: i64,
}

impl State {
    fn lock(&self) -> Option<LockMode> {
        self.modes.iter().max().copied()
    }
}

/// What was seen of each relation so far, by oid.
#[derive(Debug)]
pub(super) struct Watch(BTreeMap<u32, State>);

/// What a statement did.
pub(super) struct Looked {
    pub(super) touched: Vec<Touch>,
    /// The relations that are gone and were locked in this transaction, by oid.
    pub(super) dropped: Vec<u32>,
}

impl Watch {
    /// Takes the first look, in the transaction that is to be watched.
    pub(super) async fn begin(session: &Session) -> Result<Self, String> {
        let rows =
            session.client.query_typed(FILES, NO_PARAMETERS).await.map_err(|error| error.to_string())?;
        let states = rows
            .iter()
            .map(|row| (row.get(0), State { file: row.get(1), scans: row.get(2), ..State::default() }));
        Ok(Self(states.collect()))
    }

    /// Returns what `statement`, the last one that ran, did to relations of the target.
    pub(super) async fn look(&mut self, stage: &Stage<'_>, statement: &str) -> Result<Looked, String> {
        let rows = stage.session.client.query_typed(RELATIONS, NO_PARAMETERS).await;
        let rows = rows.map_err(|error| error.to_string())?;
        let (mut touched, mut dropped) = (Vec::new(), Vec::new());
        for row in &rows {
            let oid: u32 = row.get(0);
            if row.get(4) {
                dropped.push(oid);
            }
            let modes: Vec<String> = row.get(3);
            let modes = modes.iter().filter_map(|mode| LockMode::read(mode)).collect();
            let now = State { file: row.get(1), scans: row.get(2), modes, indexes: row.get(5) };
            let Some(before) = self.0.insert(oid, now.clone()) else { continue };
            let Some(relation) = stage.inventory.relation((PG_CLASS, oid, 0)) else { continue };
            let kind = stage.inventory.0.get(&(PG_CLASS, oid, 0)).map(|thing| thing.kind);
            // Who uses an index or a sequence uses its table.
            let Some(kind) = kind.filter(|kind| !matches!(kind, ThingKind::Index | ThingKind::Sequence))
            else {
                continue;
            };
            let work = work(kind, (&before, &now), statement);
            let lock = now.lock().filter(|mode| before.lock().is_none_or(|held| held < *mode));
            if lock.is_some() || work != Work::None {
                touched.push(Touch { relation, lock, work });
            }
        }
        touched.sort_by(|a, b| a.relation.cmp(&b.relation));
        Ok(Looked { touched, dropped })
    }
}

fn work(kind: ThingKind, (before, now): (&State, &State), statement: &str) -> Work {
    if kind == ThingKind::View {
        return Work::None;
    }
    let scanned = now.scans > before.scans;
    if now.file != before.file && now.file != 0 {
        // Each index that is built again counts as a scan. A rewrite reads the rows besides; only what drops them does not.
        // CLUSTER reads by an index.
        let read = now.scans - before.scans > now.indexes;
        return match rows_lost(statement) {
            RowsLost::None => Work::Rewrite,
            RowsLost::Perhaps if read => Work::Rewrite,
            _ => Work::Empty,
        };
    }
    let writes = now.modes.contains(&LockMode::RowExclusive);
    let took = writes && !before.modes.contains(&LockMode::RowExclusive);
    match rows_lost(statement) {
        RowsLost::Some | RowsLost::Perhaps if writes && (scanned || took) => Work::Delete,
        _ if took => Work::Write,
        _ if scanned => Work::Scan,
        _ => Work::None,
    }
}
