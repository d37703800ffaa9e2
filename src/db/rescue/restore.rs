//! Puts kept rows back into their tables: in the order of foreign keys, checked by every constraint, in one transaction.

use std::path::PathBuf;

use serde::Serialize;

use super::files::{fill, held, make};
use super::hooks::{literal, qualified};
use super::present::{self, Present};
use super::run;
use super::stage::Stage;
use crate::db::error::DbError;
use crate::db::lock::{RunLock, own_error};
use crate::db::record::{Author, Limits, Occurrence, insert_event};
use crate::db::run::pause;
use crate::db::session::Session;
use crate::model::rescue::{Item, Keep, Kept, Rescue, groups};
use crate::model::{EventKind, Outcome};
use crate::vault;

const SETTINGS: &str = include_str!("../queries/rescue/settings.sql");
const KNOWN: &str = include_str!("../queries/rescue/known.sql");
const QUIET: &str = include_str!("../queries/rescue/quiet.sql");
const LOUD: &str = include_str!("../queries/rescue/loud.sql");
const SET_ON: &str = include_str!("../queries/rescue/set_on.sql");
const ITEM_RESTORED: &str = include_str!("../queries/rescue/item_restored.sql");
const RESCUE_RESTORED: &str = include_str!("../queries/rescue/rescue_restored.sql");
const NOTE_RESTORE: &str = include_str!("../queries/rescue/note_restore.sql");
const DOING: &str = "putting kept rows back";
/// How many rows that do not fit are shown of a table.
const SAMPLES: u32 = 3;

/// What became of a rescue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// Its number.
    pub id: i64,
    /// Its tables, in the order they were kept.
    pub items: Vec<RestoredItem>,
}

/// What became of one kept table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RestoredItem {
    /// What it was: `table s.a`, `column s.a.b`.
    pub what: String,
    /// Rows or values that were put back.
    pub put: u64,
    /// Rows or values that were there already.
    pub there: u64,
    /// Rows or values that do not fit and stay in the rescue.
    pub unfit: u64,
    /// Some of those.
    pub samples: Vec<Sample>,
    /// Kept columns that the table does not have.
    pub missing: Vec<String>,
    /// Why nothing of it could be put back; `None` where something could.
    pub waits: Option<String>,
}

/// A row that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// What tells the row.
    pub row: String,
    /// Why.
    pub why: String,
}

impl RestoredItem {
    /// Tells whether all of it is back.
    pub fn is_whole(&self) -> bool {
        self.unfit == 0 && self.missing.is_empty() && self.waits.is_none()
    }
}

/// A rescue that is to be put back.
#[derive(Clone, Debug)]
pub struct Putting<'a> {
    /// The rescue.
    pub rescue: &'a Rescue,
    /// Where its rows are.
    pub whereabouts: Whereabouts,
    /// Who puts it back.
    pub author: &'a Author,
    /// The time limits of the statements.
    pub limits: &'a Limits,
}

/// Where the rows of a rescue are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// In a schema of the database.
    Schema,
    /// In this folder.
    Folder(PathBuf),
    /// In a folder that is not to be found; says so.
    Away(String),
}

/// Puts back what fits of a rescue, in one transaction.
pub async fn restore(session: &Session, _lock: &RunLock, putting: &Putting<'_>) -> Result<Restored, DbError> {
    let limits = putting.limits;
    let mut attempt = 1;
    loop {
        session.begin(DOING, &session.footing.begin_alone()).await?;
        let restored = within(session, putting).await;
        if !session.is_closed() {
            session.run(DOING, if restored.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
        }
        let again = |error: &DbError| {
            attempt <= limits.lock_retries
                && error.refusal().is_some_and(crate::db::error::Refusal::passes_with_time)
        };
        match restored {
            Err(error) if again(&error) => tokio::time::sleep(pause(attempt)).await,
            ended => return ended,
        }
        attempt += 1;
    }
}

async fn within(session: &Session, putting: &Putting<'_>) -> Result<Restored, DbError> {
    let Putting { rescue, author, limits, .. } = putting;
    let timeouts = format!(
        "{}; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}",
        SETTINGS.trim_end(),
        limits.lock_timeout.as_millis(),
        limits.statement_timeout.as_millis()
    );
    run(session, DOING, &timeouts).await?;
    let keeps: Vec<&Keep> = rescue.items.iter().map(|item| &item.keep).collect();
    let present = present::read(session, &keeps).await?;
    // What is written to the tables from here on is written by this transaction or its subtransactions.
    for table in present.iter().flatten() {
        let lock = format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", table.table());
        run(session, DOING, &lock).await?;
    }
    let known = KNOWN
        .replace("{made_at}", &literal(&rescue.made_at.to_string()))
        .replace("{id}", &rescue.id.to_string());
    run(session, DOING, &known).await?;
    let mut done: Vec<Option<RestoredItem>> = vec![None; rescue.items.len()];
    let mut stages = Vec::new();
    for (index, (item, present)) in rescue.items.iter().zip(&present).enumerate() {
        match ready(session, putting, (item, present.as_ref())).await? {
            Ok(Some(stage)) => stages.push((index, stage)),
            Ok(None) => {}
            Err(why) => done[index] = Some(waiting(item, why)),
        }
    }
    put(session, (rescue, &stages)).await?;
    for (index, stage) in &stages {
        let item = outcome(session, stage).await?;
        if item.is_whole() {
            let sql = ITEM_RESTORED
                .replace("{id}", &rescue.id.to_string())
                .replace("{ordinal}", &stage.item.ordinal.to_string());
            run(session, DOING, &sql).await?;
        }
        done[*index] = Some(item);
    }
    let restored = Restored { id: rescue.id, items: done.into_iter().flatten().collect() };
    for sql in [RESCUE_RESTORED, NOTE_RESTORE] {
        run(session, DOING, &sql.replace("{id}", &rescue.id.to_string())).await?;
    }
    let detail = detail(rescue, &restored);
    let event =
        Occurrence { kind: EventKind::Restore, outcome: Outcome::Done, step: None, detail: Some(&detail) };
    let written = insert_event(&session.client, author, &event).await;
    written.map_err(|error| own_error(session.target(), DOING, &error))?;
    Ok(restored)
}

fn detail(rescue: &Rescue, restored: &Restored) -> String {
    let sum = |number: fn(&RestoredItem) -> u64| restored.items.iter().map(number).sum::<u64>();
    let (put, unfit) = (sum(|item| item.put), sum(|item| item.unfit));
    format!("{}: {put} put back, {unfit} do not fit", rescue.place)
}

/// Returns the item on its way into its table; the inner error says why it has to wait, and what is done needs none.
async fn ready<'a>(
    session: &Session,
    putting: &'a Putting<'_>,
    (item, present): (&'a Item, Option<&'a Present>),
) -> Result<Result<Option<Stage<'a>>, String>, DbError> {
    if item.restored_at.is_some() {
        return Ok(Ok(None));
    }
    let Some(present) = present else {
        return Ok(Err(format!(
            "there is no table {}: it comes with the migration that makes it",
            item.keep.relation
        )));
    };
    let source = match &putting.whereabouts {
        Whereabouts::Schema => qualified(&putting.rescue.place, &item.place),
        Whereabouts::Folder(_) => held(item),
        Whereabouts::Away(why) => return Ok(Err(why.clone())),
    };
    let stage = Stage::new(item, present, source);
    if let Some(why) = stage.hopeless() {
        return Ok(Err(why));
    }
    Ok(there(session, putting, (item, &stage.source)).await?.map(|()| Some(stage)))
}

/// Looks whether the item's rows are in `source`, and brings those of a folder there.
async fn there(
    session: &Session,
    putting: &Putting<'_>,
    (item, source): (&Item, &str),
) -> Result<Result<(), String>, DbError> {
    if let Whereabouts::Folder(folder) = &putting.whereabouts {
        let file = match vault::open(folder, item) {
            Ok(file) => file,
            Err(why) => return Ok(Err(why)),
        };
        run(session, DOING, &make(item)).await?;
        fill(session, item, file).await?;
        return Ok(Ok(()));
    }
    let held = format!("SELECT pg_catalog.to_regclass({})", literal(source));
    if session.values(DOING, &held).await?.is_empty() {
        return Ok(Err(format!("{source} is not there any more")));
    }
    Ok(Ok(()))
}

fn waiting(item: &Item, why: String) -> RestoredItem {
    RestoredItem {
        what: item.keep.to_string(),
        put: 0,
        there: 0,
        unfit: u64::try_from(item.rows).unwrap_or_default(),
        samples: Vec::new(),
        missing: Vec::new(),
        waits: Some(why),
    }
}

/// Puts the rows of whole tables first, then the values of columns, the latest first: the earliest is how it was before
/// the run.
async fn put(session: &Session, (rescue, stages): (&Rescue, &[(usize, Stage<'_>)])) -> Result<(), DbError> {
    let first = (rescue.id, rescue.items.iter().map(|item| item.xid).min().unwrap_or_default());
    for (_, stage) in stages {
        let quiet = QUIET
            .replace("{table_literal}", &literal(&stage.present.table()))
            .replace("{table}", &stage.present.table());
        run(session, DOING, &format!("DO {}", literal(&quiet))).await?;
    }
    let all: Vec<&Stage<'_>> = stages.iter().rev().map(|(_, stage)| stage).collect();
    let (columns, rows): (Vec<&Stage<'_>>, Vec<&Stage<'_>>) =
        all.into_iter().partition(|stage| stage.item.keep.kept.is_column());
    let references: Vec<(usize, usize)> = rows
        .iter()
        .enumerate()
        .flat_map(|(from, stage)| {
            let targets = rows.iter().enumerate().filter(|(_, other)| {
                stage.present.references.contains(&other.present.oid)
                    && other.present.oid != stage.present.oid
            });
            targets.map(move |(to, _)| (from, to)).collect::<Vec<_>>()
        })
        .collect();
    for group in groups(rows.len(), &references) {
        let group: Vec<&Stage<'_>> = group.into_iter().map(|index| rows[index]).collect();
        // A table that was kept twice gets its later state first.
        let mut tables: Vec<u32> = group.iter().map(|stage| stage.present.oid).collect();
        tables.sort_unstable();
        tables.dedup();
        if tables.len() == group.len() {
            together(session, &group, first).await?;
        } else {
            for stage in group {
                together(session, &[stage], first).await?;
            }
        }
    }
    for stage in columns {
        together(session, &[stage], first).await?;
    }
    for (_, stage) in stages {
        set_on(session, stage).await?;
    }
    run(session, DOING, &format!("DO {}", literal(LOUD))).await
}

/// Puts the rows of tables that refer to each other in one statement, because foreign keys are checked at its end; one by
/// one where that fails.
async fn together(session: &Session, group: &[&Stage<'_>], first: (i64, u32)) -> Result<(), DbError> {
    for stage in group {
        let [make, fill] = stage.fill();
        run(session, DOING, &make).await?;
        attempt(session, &fill, &stage.fill_one_by_one()).await?;
        for statement in stage.judge(first) {
            run(session, DOING, &statement).await?;
        }
    }
    let parts: Vec<String> = group.iter().flat_map(|stage| stage.put()).collect();
    let named: Vec<String> =
        parts.iter().enumerate().map(|(number, part)| format!("p{number} AS ({part})")).collect();
    let bulk = format!("WITH {} SELECT 1", named.join(", "));
    let loops: String = group.iter().map(|stage| stage.put_one_by_one()).collect();
    let slow = format!(
        "DECLARE one record; again boolean := true; BEGIN WHILE again LOOP again := false; {loops} END LOOP; END"
    );
    let fate = match attempt(session, &bulk, &format!("DO {}", literal(&slow))).await? {
        Way::InOneGo => "put",
        Way::OneByOne => "unfit",
    };
    for stage in group {
        run(session, DOING, &stage.end(fate)).await?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    InOneGo,
    OneByOne,
}

/// Runs `fast`, and `slow` where a row does not fit.
async fn attempt(session: &Session, fast: &str, slow: &str) -> Result<Way, DbError> {
    run(session, DOING, "SAVEPOINT crmdb_attempt").await?;
    let error = match run(session, DOING, fast).await {
        Ok(()) => {
            run(session, DOING, "RELEASE SAVEPOINT crmdb_attempt").await?;
            return Ok(Way::InOneGo);
        }
        Err(error) => error,
    };
    let of_a_row = error.refusal().is_some_and(|refusal| {
        let code = refusal.sqlstate.as_str();
        ["22", "23", "P0"].iter().any(|class| code.starts_with(class)) || code == "42846"
    });
    if !of_a_row {
        return Err(error);
    }
    run(session, DOING, "ROLLBACK TO SAVEPOINT crmdb_attempt").await?;
    run(session, DOING, slow).await?;
    Ok(Way::OneByOne)
}

async fn set_on(session: &Session, stage: &Stage<'_>) -> Result<(), DbError> {
    if !matches!(stage.item.keep.kept, Kept::Table | Kept::Rows) {
        return Ok(());
    }
    for reached in &stage.item.sequences {
        for sequence in stage.present.sequences.iter().filter(|one| one.column == reached.column) {
            let name = qualified(&sequence.name.schema, &sequence.name.name);
            let sql = SET_ON
                .replace("{sequence_literal}", &literal(&name))
                .replace("{sequence}", &name)
                .replace("{last_value}", &reached.last_value.to_string())
                .replace("{is_called}", &reached.is_called.to_string());
            run(session, DOING, &sql).await?;
        }
    }
    Ok(())
}

async fn outcome(session: &Session, stage: &Stage<'_>) -> Result<RestoredItem, DbError> {
    let mut item = RestoredItem {
        what: stage.item.keep.to_string(),
        put: 0,
        there: 0,
        unfit: 0,
        samples: Vec::new(),
        missing: stage.missing.clone(),
        waits: None,
    };
    for text in session.values(DOING, &stage.counts()).await? {
        let Some((fate, number)) = text.split_once(' ') else { continue };
        let number: u64 = number.parse().unwrap_or_default();
        match fate {
            "put" => item.put = number,
            "there" => item.there = number,
            _ => item.unfit += number,
        }
    }
    if item.unfit > 0 {
        let samples = session.values(DOING, &stage.samples(SAMPLES)).await?;
        item.samples = samples
            .iter()
            .filter_map(|text| serde_json::from_str::<(Option<String>, Option<String>)>(text).ok())
            .map(|(row, why)| Sample { row: row.unwrap_or_default(), why: why.unwrap_or_default() })
            .collect();
    }
    Ok(item)
}
