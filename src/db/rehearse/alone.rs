//! Watches a statement that can't be in a transaction: it meets locks that another session holds, and while it waits for
//! the first of them the server tells which one it wants.

use std::time::Duration;

use tokio::time::Instant;

use tokio_postgres::types::{ToSql, Type};

use super::watch::PG_CLASS;
use super::{Stage, milliseconds, seen};
use crate::db::session::Session;
use crate::model::rehearsal::{LockMode, Observed, ThingKind, Touch, Work};
use crate::sql::meaning::{self, Effect};
use crate::sql::{Statement, quote};

const WAITING: &str = include_str!("../queries/rehearse/waiting.sql");
/// How long the locks are held at most; a statement that wants none of them ends before.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(5);

/// Runs the statement.
pub(super) async fn run(stage: &Stage<'_>, statement: &Statement<'_>) -> Result<Observed, String> {
    let pid = stage.session.values("asking for the process", "SELECT pg_catalog.pg_backend_pid()").await;
    let pid: i32 = pid.ok().and_then(|pid| pid.first()?.parse().ok()).unwrap_or_default();
    let holder = Session::open(stage.options).await.map_err(|error| error.to_string())?;
    let watcher = Session::open(stage.options).await.map_err(|error| error.to_string())?;
    holder.plain(&hold(stage)).await?;
    let began = Instant::now();
    let mut work = std::pin::pin!(stage.session.statement(statement));
    let mut wanted = Vec::new();
    while wanted.is_empty() && began.elapsed() < PATIENCE {
        match tokio::time::timeout(PAUSE, &mut work).await {
            Ok(ended) => {
                ended?;
                return Ok(Observed {
                    seen: false,
                    duration_ms: milliseconds(began),
                    ..seen(statement, Vec::new())
                });
            }
            Err(_) => wanted = waiting(&watcher, pid).await?,
        }
    }
    holder.plain("ROLLBACK").await?;
    let began = Instant::now();
    work.await?;
    let duration_ms = milliseconds(began);
    let touched = wanted.into_iter().filter_map(|(oid, mode)| {
        let relation = stage.inventory.relation((PG_CLASS, oid, 0))?;
        Some(Touch { relation, lock: Some(mode), work: reads(statement) })
    });
    let touched: Vec<Touch> = touched.collect();
    Ok(Observed { seen: !touched.is_empty(), duration_ms, ..seen(statement, touched) })
}

/// No count tells it: VACUUM reads all and counts no scan. Of the statements that can't be in a transaction only these read
/// no row.
fn reads(statement: &Statement<'_>) -> Work {
    match meaning::effect(statement.text) {
        Effect::DropIndex { .. } | Effect::DetachPartition { .. } => Work::None,
        _ => Work::Scan,
    }
}

/// Returns the statements that lock every table which is still there. Tables that the plan made are not the target's.
fn hold(stage: &Stage<'_>) -> String {
    let tables = stage
        .inventory
        .0
        .values()
        .filter(|thing| matches!(thing.kind, ThingKind::Table | ThingKind::PartitionedTable));
    let each = tables.filter_map(|thing| {
        let name = quote::literal(&format!(
            "{}.{}",
            quote::identifier(&thing.schema).ok()?,
            quote::identifier(&thing.name).ok()?
        ));
        Some(format!("PERFORM 1; IF pg_catalog.to_regclass({0}) IS NOT NULL THEN EXECUTE 'LOCK TABLE ONLY ' || {0} || ' IN ACCESS EXCLUSIVE MODE'; END IF;", name.ok()?))
    });
    let body = format!("BEGIN {} END", each.collect::<String>());
    let body = quote::literal(&body).unwrap_or_else(|_| "'BEGIN END'".to_owned());
    format!("BEGIN; DO {body}")
}

async fn waiting(watcher: &Session, pid: i32) -> Result<Vec<(u32, LockMode)>, String> {
    let parameters: &[(&(dyn ToSql + Sync), Type)] = &[(&pid, Type::INT4)];
    let rows = watcher.client.query_typed(WAITING, parameters).await.map_err(|error| error.to_string())?;
    Ok(rows.iter().filter_map(|row| Some((row.get(0), LockMode::read(row.get(1))?))).collect())
}
