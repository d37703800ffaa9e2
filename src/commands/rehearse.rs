//! Rehearses a plan: rebuilds the target's schema on a shadow and runs the plan there.

use super::context::Context;
use super::shadow::{Edition, Shadow};
use super::{diff, sides};
use crate::db::rehearse::{self, Keeping, Stage, read_inventory};
use crate::error::Error;
use crate::model::Plan;
use crate::model::rehearsal::{Inventory, Rehearsal};

/// From how many migrations on a rehearsal is announced: each takes longer the more there are.
const MANY: usize = 100;

/// A rehearsal, with what the target holds.
#[derive(Debug)]
pub(super) struct Rehearsed {
    pub(super) rehearsal: Rehearsal,
    pub(super) inventory: Inventory,
}

/// Rehearses `plan` where the schema is as `live`. The inner error says why that can't be done: no server of this version is installed, or the schema
/// can't be rebuilt.
pub(super) async fn rehearse(
    context: &mut Context<'_>,
    plan: &Plan,
    (live, keeping): (sides::Schema, Keeping),
) -> Result<Result<Rehearsed, String>, Error> {
    let steps = plan.steps.len();
    if steps > MANY {
        context.terminal.note(&format!(
            "{steps} migrations are tried on a throw-away database first, which takes its time"
        ));
    }
    let shadow = match Shadow::create(context, Edition::Like(live.catalog.version)).await {
        Ok(shadow) => shadow,
        Err(error) => return Ok(Err(format!("no shadow server could be started: {error}"))),
    };
    let outcome = on_stage(&shadow, &live, (plan, keeping)).await;
    shadow.drop_database().await?;
    outcome
}

async fn on_stage(
    shadow: &Shadow,
    live: &sides::Schema,
    (plan, keeping): (&Plan, Keeping),
) -> Result<Result<Rehearsed, String>, Error> {
    shadow.ensure_roles(&live.roles).await?;
    shadow.ensure_tablespaces(&live.catalog.tablespaces().into_iter().collect()).await?;
    if let Err(reason) = diff::rebuild(shadow, &live.catalog).await? {
        return Ok(Err(reason));
    }
    let inventory = read_inventory(&shadow.session).await?;
    let distributed = live.catalog.is_distributed();
    let stage = Stage {
        session: &shadow.session,
        options: &shadow.options,
        inventory: &inventory,
        keeping: if distributed { Keeping::No } else { keeping },
    };
    let mut rehearsal = rehearse::rehearse(&stage, plan).await?;
    if distributed && keeping == Keeping::Yes {
        rehearsal.unkept = Some("rows of distributed tables can't be kept".to_owned());
    }
    Ok(Ok(Rehearsed { rehearsal, inventory }))
}
