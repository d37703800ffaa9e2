//! `crmdb migrate down`: takes back what was applied last.

mod talk;

use std::collections::BTreeMap;

use super::blast::{COUNT_BUDGET, Consent, Depth, consent, radius};
use super::context::{Context, Target, author, goal, limits, lock_wait};
use super::foreign_keys::after_down;
use super::running::{fits, grouping, ran, refuse, run_plan};
use super::verify::{Aftermath, after};
use crate::cli::args::DownArgs;
use crate::db::ledger;
use crate::db::record::Author;
use crate::db::run::{Execution, Grouping, Runner};
use crate::error::Error;
use crate::model::blast::Verdict;
use crate::model::plan::{self, DownRequest, Goal, Source};
use crate::model::progress::Progress;
use crate::model::{EventKind, Ledger, Plan, Project, Step};
use crate::project::Manifest;
use crate::report::Report;
use crate::report::plan::Planned;
use crate::report::run::Ran;

const COMMAND: &str = "migrate down";

pub(super) async fn run(context: &mut Context<'_>, args: &DownArgs) -> Result<Box<dyn Report>, Error> {
    let opened = if args.from_ledger { None } else { Some(context.project()?) };
    let manifest = match &opened {
        Some(opened) => opened.manifest.clone(),
        None => context.manifest()?,
    };
    let project = opened.as_ref().map(|opened| &opened.project);
    let execution = Execution {
        author: Author { reason: args.loss.reason.clone(), ..author(&manifest) },
        limits: limits(&args.run, &manifest)?,
        grouping: grouping(args.single_transaction),
        haste: context.haste(&args.haste),
    };
    let mut target = context.connect(&manifest).await?;
    // What is shown is what will run: a COMMIT that a killed run had sent must not come between.
    let listener = &mut |event: Progress<'_>| context.terminal.progress(&event);
    let seen = ledger::read_settled(&target.session, listener).await?;
    let request = asked(context, args, &seen)?;
    let planned = decide(&target, (project, &seen), &request, &execution).await?;
    if args.dry_run {
        let budget = args.loss.count_budget.unwrap_or(COUNT_BUDGET);
        let blast = radius(context, &target, (&planned, &seen), (Depth::Whole, budget)).await?;
        return Ok(Box::new(Planned {
            blast: Some(blast),
            ..Planned::new(COMMAND, target.name(), &planned)
        }));
    }
    if planned.steps.is_empty() {
        return Ok(Box::new(ran(context, (COMMAND, &target), (&planned, &[]), Vec::new())));
    }
    agreed(context, &target, (args, &manifest, &planned, &seen)).await?;
    let wait = lock_wait(args.run.lock_wait, &manifest)?;
    let wait = execution.haste.left().map_or(wait, |left| wait.min(left));
    let lock = context.lock(&mut target, wait).await?;
    let seen = context.ledger(&mut target, &lock).await?;
    let plan = decide(&target, (project, &seen), &request, &execution).await?;
    if !within(&plan, &planned) {
        return Err(Error::Overtaken { target: target.name() });
    }
    let done = run_plan(context, (&mut target, &lock), &plan, (COMMAND, &execution)).await;
    let done = done.map_err(|error| match error {
        Error::Run(mut failure) => {
            failure.again = talk::again(context, args, failure.done.len());
            Error::Run(failure)
        }
        other => other,
    })?;
    let mut runner = Runner { session: &mut target.session, lock: &lock, execution: &execution };
    let keys = after_down(&mut runner, &plan, &mut |event| context.terminal.progress(&event)).await?;
    // Without the files it is not known what should be left.
    let verified = match &opened {
        Some(opened) if !args.run.no_verify => {
            let installations = context.installations(&opened.project)?;
            let limits = execution.limits;
            let (installations, ledger, plan, done) = (&*installations, &seen, &plan, &*done);
            after(&target.session, &Aftermath { opened, installations, ledger, plan, done, limits }).await
        }
        _ => None,
    };
    Ok(Box::new(Ran { verified, ..ran(context, (COMMAND, &target), (&plan, &done), keys) }))
}

/// Shows what will go and gets the answers that it needs.
async fn agreed(
    context: &mut Context<'_>,
    target: &Target,
    (args, manifest, plan, ledger): (&DownArgs, &Manifest, &Plan, &Ledger),
) -> Result<(), Error> {
    talk::show(context, target, (plan, ledger, args));
    talk::which(context, (plan, args))?;
    let budget = args.loss.count_budget.unwrap_or(COUNT_BUDGET);
    let blast = radius(context, target, (plan, ledger), (Depth::Rows, budget)).await?;
    consent(context, target, (&blast, &Consent::new(&args.loss, manifest))).await?;
    let steps = plan.steps.len();
    if steps < 2 || blast.verdict() != Verdict::Harmless {
        return Ok(());
    }
    context.confirm(&format!("take back {steps} migrations from {}?", target.name()))
}

/// Returns what the arguments ask for: the last migration alone, if nothing else is said.
fn asked(context: &Context<'_>, args: &DownArgs, ledger: &Ledger) -> Result<DownRequest, Error> {
    let named: Vec<&str> = context.global.module.iter().map(String::as_str).collect();
    let mut modules: Vec<&str> =
        if named.is_empty() { ledger.applied.iter().map(|row| row.module.as_str()).collect() } else { named };
    modules.sort_unstable();
    modules.dedup();
    let goal = match goal(args.to.as_ref(), args.steps, &modules)? {
        Some(goal) => goal,
        None if args.all => Goal::All,
        None => Goal::Steps(1),
    };
    Ok(DownRequest { goal, modules: context.global.module.clone(), schemas: context.schemas()? })
}

async fn decide(
    target: &Target,
    (project, ledger): (Option<&Project>, &Ledger),
    request: &DownRequest,
    execution: &Execution,
) -> Result<Plan, Error> {
    let recorded = match project {
        Some(_) => BTreeMap::new(),
        None => {
            let positions: Vec<i64> = plan::chosen(ledger, request).iter().map(|row| row.position).collect();
            ledger::read_rollbacks(&target.session, &positions).await?
        }
    };
    let source = project.map_or(Source::Ledger(&recorded), Source::Files);
    settle(target, ledger, plan::down(&source, ledger, request), (execution.grouping, &execution.author))
        .await
}

async fn settle(
    target: &Target,
    ledger: &Ledger,
    decided: Result<Plan, Vec<plan::Finding>>,
    (grouping, author): (Grouping, &Author),
) -> Result<Plan, Error> {
    match decided.and_then(|plan| fits(plan, (grouping, target.session.route()))) {
        Ok(plan) => Ok(plan),
        Err(findings) => Err(refuse(&target.session, ledger, (EventKind::Down, findings), author).await),
    }
}

/// Tells whether everything that `plan` takes back was shown in `planned`. It may be less: the server may have completed
/// a step of an interrupted run after the first look.
fn within(plan: &Plan, planned: &Plan) -> bool {
    let same = |a: &Step, b: &Step| {
        (&a.module, &a.schema, a.version, a.script.checksum)
            == (&b.module, &b.schema, b.version, b.script.checksum)
    };
    plan.steps.iter().all(|step| planned.steps.iter().any(|shown| same(step, shown)))
}
