//! `crmdb migrate baseline`: records migrations as applied without running them.

use super::context::{Context, author, goal, lock_wait};
use super::running::refuse;
use crate::cli::args::BaselineArgs;
use crate::db::ledger;
use crate::error::Error;
use crate::model::plan::{self, Goal, UpRequest};
use crate::model::{EventKind, Step};
use crate::report::Report;
use crate::report::repair::Recorded;

pub(super) async fn run(context: &mut Context<'_>, args: &BaselineArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let installations = context.installations(&opened.project)?;
    let modules: Vec<&str> = match context.global.module.as_slice() {
        [only] => vec![only],
        _ => installations.iter().map(|installation| installation.module.name.as_str()).collect(),
    };
    let goal = goal(Some(&args.to), None, &modules)?.unwrap_or(Goal::All);
    let Goal::To { module, .. } = &goal else { return Err(Error::usage("`--to` names no version")) };
    let chosen: Vec<_> = installations.iter().filter(|one| one.module.name == *module).cloned().collect();
    let wait = lock_wait(args.lock_wait, &opened.manifest);
    let mut target = context.connect(&opened.manifest).await?;
    let lock = context.lock(&mut target, wait).await?;
    let seen = context.ledger(&mut target, &lock).await?;
    let author = author(&opened.manifest);
    let request = UpRequest { goal, out_of_order: true, allow_missing: true };
    let plan = match plan::up(&chosen, &seen, &request) {
        Ok(plan) => plan,
        Err(findings) => {
            return Err(refuse(&target.session, &seen, (EventKind::Baseline, findings), &author).await);
        }
    };
    ledger::write_baseline(&target.session, &author, &plan.steps).await?;
    let migrations = plan.steps.iter().map(Step::label).collect();
    Ok(Box::new(Recorded { command: "migrate baseline", target: target.name(), migrations }))
}
