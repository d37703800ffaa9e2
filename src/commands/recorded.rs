//! Rollbacks that were rehearsed when their migrations were applied: kept in the ledger, found again at night.

use std::collections::BTreeMap;

use super::blast::each;
use super::context::{Context, Target, made_at};
use super::rehearse::rehearse;
use super::sides;
use crate::catalog::{Catalog, fingerprint};
use crate::db::ledger;
use crate::db::rehearse::Keeping;
use crate::error::Error;
use crate::model::blast::{Blast, Recorded, RecordedStep};
use crate::model::plan::{self, DownRequest, Goal, Source};
use crate::model::{Direction, Ledger, Plan, Step};

/// What the ledger holds of a rollback.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing of this one.
    Nothing,
    /// A rehearsal on another schema than the target has, and when that was.
    Outdated(String),
    /// What it destroys.
    Fits(Box<Blast>),
}

impl Found {
    /// Returns why a rehearsal can't be made, and why the recorded one does not stand in for it.
    pub(super) fn beside(&self, reason: String) -> String {
        match self {
            Self::Outdated(made_at) => {
                format!("{reason}; the schema is not the one of {made_at}, when this rollback was rehearsed")
            }
            _ => reason,
        }
    }
}

/// Looks for a rehearsal of `plan` in the ledger. It holds where the database has every object as it was then, and no
/// other: a rollback may name anything.
pub(super) async fn find(target: &Target, (plan, live): (&Plan, &Catalog)) -> Result<Found, Error> {
    let Some(newest) = plan.steps.first().filter(|_| plan.direction == Direction::Down) else {
        return Ok(Found::Nothing);
    };
    let Some(recorded) = ledger::read_rehearsal(&target.session, newest).await? else {
        return Ok(Found::Nothing);
    };
    let Some(blast) = recorded.of(plan) else { return Ok(Found::Nothing) };
    if recorded.server != live.version || recorded.catalog != fingerprint::whole(live) {
        return Ok(Found::Outdated(recorded.made_at));
    }
    Ok(Found::Fits(Box::new(blast)))
}

/// Rehearses taking back the last `count` migrations; `None`, with a note, where that can't be done.
pub(super) async fn make(
    context: &mut Context<'_>,
    target: &Target,
    (source, seen, count): (&Source<'_>, &Ledger, usize),
) -> Result<Option<(Step, Recorded)>, Error> {
    let goal = Goal::Steps(count);
    let request = DownRequest { goal, modules: Vec::new(), schemas: BTreeMap::new() };
    let plan = match plan::down(source, seen, &request) {
        Ok(plan) => plan,
        Err(findings) => {
            let reason = findings.first().map(ToString::to_string).unwrap_or_default();
            return Ok(skipped(context, &reason));
        }
    };
    let Some(newest) = plan.steps.first().cloned() else { return Ok(None) };
    let live = sides::schema(&target.session).await?;
    let (catalog, server) = (fingerprint::whole(&live.catalog), live.catalog.version);
    let rehearsed = match rehearse(context, &plan, (live, Keeping::No)).await? {
        Ok(rehearsed) => rehearsed,
        Err(reason) => return Ok(skipped(context, &reason)),
    };
    let blast = each(&rehearsed);
    if let Some(reason) = &blast.unknown {
        return Ok(skipped(context, reason));
    }
    let steps = RecordedStep::of(&plan);
    Ok(Some((newest, Recorded { steps, catalog, server, made_at: made_at(), blast })))
}

fn skipped(context: &mut Context<'_>, reason: &str) -> Option<(Step, Recorded)> {
    context.terminal.note(&format!("warning: the rollback was not rehearsed: {reason}"));
    None
}
