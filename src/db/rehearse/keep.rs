//! Finds out on the shadow how what a step destroys can be kept, so that the step leaves the same schema all the same.
//!
//! The step has run and its transaction is open. It is rolled back and run again with what keeps the data around its
//! statements: tables are moved where that goes, else copied.

use super::watch::{inventory_within, read_inventory};
use super::{Stage, converted};
use crate::catalog::{self, Catalog};
use crate::db::error::DbError;
use crate::db::rescue::{Act, Hooks, Rows, hooks, places, schema};
use crate::model::rehearsal::{Inventory, Observed};
use crate::model::rescue::{Keep, Scene, Seen, Way, design, forced};
use crate::model::{Mode, Step};
use crate::sql;

/// Checks what is deferred to the end of the transaction.
const CHECK: &str = "SET CONSTRAINTS ALL IMMEDIATE";

/// A step that ran, its transaction still open.
pub(super) struct Passed<'a> {
    /// The tables before it.
    pub(super) seen: &'a [Seen],
    /// What was there before it.
    pub(super) before: &'a Inventory,
    pub(super) statements: &'a [Observed],
}

/// What stands in the way of an attempt.
enum Trouble {
    /// This keep can't be made as it is.
    Keep(usize, String),
    /// The statements of the step fail beside the keeps.
    Script(String),
}

/// Returns how the data that the step destroys is kept; the inner error says why it can't be. `kept` is what earlier steps
/// keep. Leaves the transaction open, with the step done.
pub(super) async fn keep(
    stage: &Stage<'_>,
    step: &Step,
    (passed, kept): (&Passed<'_>, &[Keep]),
) -> Result<Result<Vec<Keep>, String>, DbError> {
    let transactional = step.mode == Mode::Transaction;
    if transactional && let Err(reason) = stage.session.plain(CHECK).await {
        again(stage).await?;
        // It ran before, so it runs again; what is deferred fails at its end.
        let _ = statements(stage, step, &Hooks::default()).await;
        return Ok(Err(reason));
    }
    let after = match step.mode {
        Mode::Journal(_) => read_inventory(stage.session).await?,
        _ => inventory_within(stage.session).await?,
    };
    let gone = stage.inventory.gone(passed.before, &after);
    let scene = Scene {
        migration: step.label(),
        schema: step.schema.clone(),
        direction: step.direction,
        inventory: stage.inventory,
        tables: passed.seen,
        statements: passed.statements,
        gone: &gone,
        converted: &converted(stage, (passed.before, &after), passed.statements),
    };
    let keeps = design(&scene);
    if keeps.is_empty() {
        return Ok(Ok(keeps));
    }
    if !transactional {
        let how = match step.mode {
            Mode::Batch { .. } => "runs in batches, a commit each",
            _ => "runs outside a transaction",
        };
        return Ok(Err(format!(
            "`{}` {how}: a row that is written between a copy and the statement that destroys it would be in neither",
            step.label()
        )));
    }
    let plain = within(stage).await?;
    let outcome = settle(stage, step, (keeps, kept, &plain)).await?;
    if outcome.is_err() {
        again(stage).await?;
        let _ = statements(stage, step, &Hooks::default()).await;
    }
    Ok(outcome)
}

/// Tries the keeps; what can't be moved or captured is copied.
async fn settle(
    stage: &Stage<'_>,
    step: &Step,
    (mut keeps, kept, plain): (Vec<Keep>, &[Keep], &Catalog),
) -> Result<Result<Vec<Keep>, String>, DbError> {
    loop {
        again(stage).await?;
        let all: Vec<Keep> = kept.iter().chain(&keeps).cloned().collect();
        let trouble = match script(stage, step, &places(&all)[kept.len()..]).await {
            Ok(()) if within(stage).await?.objects == plain.objects => return Ok(Ok(keeps)),
            Ok(()) => Trouble::Script("with it the migration leaves another schema".to_owned()),
            Err(trouble) => trouble,
        };
        let copies = keeps.iter().all(|keep| keep.way == Way::Copy);
        match trouble {
            Trouble::Keep(index, reason) if keeps[index].way == Way::Copy => {
                return Ok(Err(format!("{} can't be kept: {reason}", keeps[index])));
            }
            Trouble::Keep(index, reason) => {
                let copied = forced(&keeps[index..=index], &reason);
                keeps.splice(index..=index, copied);
            }
            Trouble::Script(reason) if copies => {
                return Ok(Err(format!("`{}` can't run beside what keeps the data: {reason}", step.label())));
            }
            Trouble::Script(reason) => keeps = forced(&keeps, &reason),
        }
    }
}

/// Begins the step's transaction again.
async fn again(stage: &Stage<'_>) -> Result<(), DbError> {
    stage.session.run("trying how data is kept", "ROLLBACK; BEGIN").await
}

/// Runs the statements of the step with what keeps the data around them.
async fn script(stage: &Stage<'_>, step: &Step, placed: &[(String, &Keep)]) -> Result<(), Trouble> {
    let around = hooks((&schema(0), Rows::None), placed);
    act(stage, &around.open).await?;
    statements(stage, step, &around).await?;
    let ended = format!("{CHECK}; RESET SESSION AUTHORIZATION; RESET ROLE");
    stage.session.plain(&ended).await.map_err(Trouble::Script)?;
    act(stage, &around.close).await
}

async fn statements(stage: &Stage<'_>, step: &Step, around: &Hooks) -> Result<(), Trouble> {
    for (index, statement) in sql::statements(&step.script.text).map_while(Result::ok).enumerate() {
        if let Some(acts) = around.before.get(&index) {
            act(stage, acts).await?;
        }
        stage.session.statement(&statement).await.map_err(Trouble::Script)?;
    }
    Ok(())
}

async fn act(stage: &Stage<'_>, acts: &[Act]) -> Result<(), Trouble> {
    for Act { keep, sql, .. } in acts {
        stage.session.plain(sql).await.map_err(|reason| match keep {
            Some(index) => Trouble::Keep(*index, reason),
            None => Trouble::Script(reason),
        })?;
    }
    Ok(())
}

/// Reads the catalog in the transaction that is open.
async fn within(stage: &Stage<'_>) -> Result<Catalog, DbError> {
    let read = catalog::read::read_here(stage.session.client()).await;
    let target = stage.session.target().to_owned();
    read.map_err(|error| DbError::Catalog { target, what: error.to_string() })
}
