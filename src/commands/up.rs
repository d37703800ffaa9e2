//! `crmdb migrate up`: applies what is pending.

use super::context::{Context, Target, author, goal, limits, lock_wait};
use super::running::{fits, grouping, ran, refuse, run_plan};
use crate::cli::args::UpArgs;
use crate::db::ledger;
use crate::db::run::Execution;
use crate::error::Error;
use crate::model::plan::{self, Goal, UpRequest};
use crate::model::{EventKind, Installation, Ledger, Plan};
use crate::project::Opened;
use crate::report::Report;
use crate::report::plan::Planned;

const COMMAND: &str = "migrate up";

pub(super) async fn run(context: &mut Context<'_>, args: &UpArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let (installations, request) = asked(context, &opened, args)?;
    let execution = Execution {
        author: author(&opened.manifest),
        limits: limits(&args.run, &opened.manifest)?,
        grouping: grouping(args.single_transaction),
    };
    let wait = lock_wait(args.run.lock_wait, &opened.manifest)?;
    let mut target = context.connect(&opened.manifest).await?;
    let seen = ledger::read(&target.session).await?;
    let plan = decide(&target, (&installations, &seen), &request, &execution).await?;
    if args.dry_run {
        return Ok(Box::new(Planned::new(COMMAND, target.name(), &plan)));
    }
    if plan.steps.is_empty() {
        return Ok(Box::new(ran(context, (COMMAND, &target), &plan, &[])));
    }
    let lock = context.lock(&target, wait).await?;
    let seen = ledger::read_locked(&mut target.session, &lock).await?;
    let plan = decide(&target, (&installations, &seen), &request, &execution).await?;
    let done = run_plan(context, (&mut target, &lock), &plan, (COMMAND, &execution)).await?;
    Ok(Box::new(ran(context, (COMMAND, &target), &plan, &done)))
}

/// Returns what the arguments ask for. `--to sales:2` means `sales` and what it depends on, unless `--module` says more.
fn asked<'p>(
    context: &Context<'_>,
    opened: &'p Opened,
    args: &UpArgs,
) -> Result<(Vec<Installation<'p>>, UpRequest), Error> {
    let named = args.to.as_ref().and_then(|to| to.module.clone());
    let installations = match named {
        Some(module) if context.global.module.is_empty() => {
            opened.project.installations(&[module], &context.schemas())?
        }
        _ => context.installations(&opened.project)?,
    };
    let modules: Vec<&str> = match context.global.module.as_slice() {
        [only] => vec![only],
        _ => installations.iter().map(|installation| installation.module.name.as_str()).collect(),
    };
    let goal = goal(args.to.as_ref(), args.steps, &modules)?.unwrap_or(Goal::All);
    Ok((
        installations,
        UpRequest { goal, out_of_order: args.out_of_order, allow_missing: args.allow_missing },
    ))
}

async fn decide(
    target: &Target,
    (installations, ledger): (&[Installation<'_>], &Ledger),
    request: &UpRequest,
    execution: &Execution,
) -> Result<Plan, Error> {
    match plan::up(installations, ledger, request).and_then(|plan| fits(plan, execution.grouping)) {
        Ok(plan) => Ok(plan),
        Err(findings) => Err(refuse(target, ledger, (EventKind::Up, findings), &execution.author).await),
    }
}
