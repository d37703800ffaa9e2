//! Runs a plan on a shadow statement by statement and watches what it does: what vanishes, what it locks, rewrites and
//! reads. The shadow holds the target's schema and no rows.
//!
//! Measured on PostgreSQL 15: `ALTER TABLE … SET NOT NULL`, `ADD CHECK`, `VALIDATE CONSTRAINT`, `CREATE INDEX` and every
//! rewrite count as a scan of the table in `pg_stat_get_xact_numscans` although there is no row to read; `NOT VALID`
//! constraints and constant defaults do not.

mod alone;
mod keep;
mod watch;

use tokio::time::Instant;

use super::connect::Options;
use super::deferred::drop_key;
use super::error::DbError;
use super::record::{Limits, Scope, path_and_limits};
use super::rescue::read_seen;
use super::session::Session;
use crate::model::rehearsal::{Conversion, Inventory, Observed, Rehearsal, Rehearsed, Stopped, Touch, Work};
use crate::model::{Direction, Mode, Plan, Step};
use crate::sql::{self, Statement, meaning, quote};

use keep::Passed;
pub use watch::read_inventory;
use watch::{Looked, Watch};

/// A shadow that holds the target's schema.
#[derive(Debug)]
pub struct Stage<'a> {
    /// The connection that runs the plan.
    pub session: &'a Session,
    /// For further connections to the same database.
    pub options: &'a Options,
    /// What the target holds.
    pub inventory: &'a Inventory,
    /// Whether it is to be found out how the data that is destroyed can be kept.
    pub keeping: Keeping,
}

/// Whether data is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// It dies.
    No,
    /// It is kept in a schema.
    Yes,
}

/// Runs the plan. What the server refuses ends the rehearsal and is told in its value.
///
/// # Errors
///
/// When the shadow itself fails.
pub async fn rehearse(stage: &Stage<'_>, plan: &Plan) -> Result<Rehearsal, DbError> {
    let mut steps = Vec::with_capacity(plan.steps.len());
    let mut before = stage.inventory.clone();
    let (mut kept, mut unkept) = (Vec::new(), None);
    for step in &plan.steps {
        let began = Instant::now();
        let mut statements = Vec::new();
        let keeps = stage.keeping == Keeping::Yes && unkept.is_none();
        let seen = if keeps { read_seen(stage.session).await? } else { Vec::new() };
        let released = released(stage, step).await;
        let ending = match &released {
            Ok(_) => run(stage, step, &mut statements).await,
            Err(reason) => Err(reason.clone()),
        };
        let duration_ms = milliseconds(began);
        let ending = match ending {
            Ok(()) if keeps => {
                let passed = Passed { seen: &seen, before: &before, statements: &statements };
                match keep::keep(stage, step, (&passed, &kept)).await? {
                    Ok(more) => kept.extend(more),
                    Err(reason) => unkept = Some(reason),
                }
                finish(stage, step).await
            }
            Ok(()) => finish(stage, step).await,
            Err(reason) => Err(reason),
        };
        if let Err(reason) = ending {
            stage.session.run("ending the rehearsal", "ROLLBACK").await?;
            let stopped = Stopped { migration: step.label(), reason };
            return Ok(Rehearsal { steps, stopped: Some(stopped), kept, unkept });
        }
        let after = read_inventory(stage.session).await?;
        let converted = converted(stage, (&before, &after), &statements);
        let gone = stage.inventory.gone(&before, &after);
        let released = released.unwrap_or_default();
        steps.push(Rehearsed { migration: step.label(), released, statements, gone, converted, duration_ms });
        before = after;
    }
    Ok(Rehearsal { steps, stopped: None, kept, unkept })
}

/// Returns the columns whose values were turned into others.
fn converted(
    stage: &Stage<'_>,
    (before, after): (&Inventory, &Inventory),
    statements: &[Observed],
) -> Vec<Conversion> {
    let mut converted = stage.inventory.converted(before, after);
    converted.retain(|column| {
        let mut touched = statements.iter().flat_map(|statement| &statement.touched);
        touched.any(|touch| touch.relation == column.relation && touch.work == Work::Rewrite)
    });
    for statement in statements {
        let rewritten = || statement.touched.iter().filter(|touch| touch.work == Work::Rewrite);
        for column in &statement.computes {
            let found = rewritten()
                .filter_map(|touch| stage.inventory.computed((before, after), (&touch.relation, column)));
            converted.extend(found);
        }
    }
    converted.sort_by(|one, other| (&one.relation, &one.column).cmp(&(&other.relation, &other.column)));
    converted.dedup();
    converted
}

/// Ends what [`run`] began.
async fn finish(stage: &Stage<'_>, step: &Step) -> Result<(), String> {
    let commit = if matches!(step.mode, Mode::Journal(_)) { "" } else { "COMMIT; " };
    stage.session.plain(&format!("{commit}RESET SESSION AUTHORIZATION; RESET ROLE")).await
}

/// Takes the deferred foreign keys of a step back to waiting, and returns what that touches.
async fn released(stage: &Stage<'_>, step: &Step) -> Result<Vec<Touch>, String> {
    if step.releases.is_empty() {
        return Ok(Vec::new());
    }
    stage.session.plain("BEGIN").await?;
    let mut watch = Watch::begin(stage.session).await?;
    let drops: Vec<String> = step.releases.iter().map(drop_key).collect();
    stage.session.plain(&drops.join("; ")).await?;
    let looked = watch.look(stage, "").await?;
    stage.session.plain("COMMIT").await?;
    Ok(looked.touched)
}

/// Runs the statements of a step. What runs in a transaction leaves it open.
async fn run(stage: &Stage<'_>, step: &Step, statements: &mut Vec<Observed>) -> Result<(), String> {
    let session = stage.session;
    session.plain(&format!("RESET ALL; {}", settings(step, Scope::Session))).await?;
    if step.boundary && step.direction == Direction::Up {
        let schema = quote::identifier(&step.schema).map_err(|error| error.to_string())?;
        session.plain(&format!("CREATE SCHEMA IF NOT EXISTS {schema}")).await?;
    }
    let scripts = sql::statements(&step.script.text).map_while(Result::ok);
    match &step.mode {
        // One range of a change in batches is as the whole of it where there are no rows.
        Mode::Transaction | Mode::Batch { .. } => {
            session.plain("BEGIN").await?;
            let mut watch = Watch::begin(session).await?;
            for statement in scripts {
                statements.push(observed(stage, &mut watch, &statement).await?);
            }
            Ok(())
        }
        Mode::Journal(entries) => {
            for (index, statement) in scripts.enumerate() {
                let finished = entries
                    .iter()
                    .any(|entry| entry.finished && usize::try_from(entry.ordinal) == Ok(index + 1));
                if !finished {
                    statements.push(single(stage, &statement).await?);
                }
            }
            Ok(())
        }
    }
}

fn settings(step: &Step, scope: Scope) -> String {
    let none = std::time::Duration::ZERO;
    path_and_limits(
        &step.schema,
        &Limits { lock_timeout: none, statement_timeout: none, lock_retries: 0 },
        scope,
    )
}

/// Runs a statement of a file that is not in a transaction as `up` does: in one of its own where it can be.
async fn single(stage: &Stage<'_>, statement: &Statement<'_>) -> Result<Observed, String> {
    if meaning::refusal(statement.text).is_some() {
        return alone::run(stage, statement).await;
    }
    stage.session.plain("BEGIN").await?;
    let mut watch = Watch::begin(stage.session).await?;
    let observed = observed(stage, &mut watch, statement).await?;
    stage.session.plain("COMMIT").await?;
    Ok(observed)
}

async fn observed(
    stage: &Stage<'_>,
    watch: &mut Watch,
    statement: &Statement<'_>,
) -> Result<Observed, String> {
    // In a subtransaction of its own a statement that empties a table gives it a file, also where the table got one in
    // this transaction already.
    stage.session.plain("SAVEPOINT crmdb_statement").await?;
    let began = Instant::now();
    stage.session.statement(statement).await?;
    let duration_ms = milliseconds(began);
    let Looked { touched, dropped } = watch.look(stage, statement.text).await?;
    Ok(Observed { duration_ms, dropped, ..seen(statement, touched) })
}

fn seen(statement: &Statement<'_>, touched: Vec<Touch>) -> Observed {
    Observed {
        line: statement.position.line,
        text: statement.beginning(),
        touched,
        seen: true,
        duration_ms: 0.0,
        dropped: Vec::new(),
        drops: meaning::drops_tables(statement.text),
        overwrites: meaning::may_overwrite(statement.text),
        computes: meaning::computed_columns(statement.text),
    }
}

fn milliseconds(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e6).round() / 1e3
}
