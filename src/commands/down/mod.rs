//! `crmdb migrate down`: takes back what was applied last.

mod talk;

use std::collections::BTreeMap;

use super::blast::{Consent, Depth, Survey, consent, measure, radius};
use super::context::{Context, Target, author, goal, limits, lock_wait};
use super::foreign_keys::after_down;
use super::keeping::{Wish, kept};
use super::plan as plan_file;
use super::running::{fits, grouping, ran, refuse, run_plan};
use super::verify::{Aftermath, after};
use crate::cli::args::DownArgs;
use crate::db::ledger;
use crate::db::record::{Author, Limits};
use crate::db::rehearse::Keeping;
use crate::db::run::{Done, Execution, Grouping, Runner};
use crate::error::Error;
use crate::model::blast::{Blast, Verdict};
use crate::model::plan::{self, DownRequest, Goal, PlanFile, Source};
use crate::model::progress::Progress;
use crate::model::{Direction, EventKind, Ledger, Plan, Project, Step};
use crate::project::{Manifest, Opened};
use crate::report::Report;
use crate::report::plan::Planned;
use crate::report::run::Ran;
use crate::report::verify::Verified;

const COMMAND: &str = "migrate down";

pub(super) async fn run(context: &mut Context<'_>, args: &DownArgs) -> Result<Box<dyn Report>, Error> {
    let file = args.plan.as_ref().map(|path| plan_file::read(path, Direction::Down)).transpose()?;
    let opened = if args.from_ledger || file.is_some() { None } else { Some(context.project()?) };
    let manifest = match &opened {
        Some(opened) => opened.manifest.clone(),
        None => context.manifest()?,
    };
    let origin = match (&file, &opened) {
        (Some(file), _) => Origin::Plan(file),
        (None, Some(opened)) => Origin::Files(&opened.project),
        (None, None) => Origin::Ledger,
    };
    let mut execution = Execution {
        author: Author { reason: args.loss.reason.clone(), ..author(&manifest) },
        limits: limits(&args.run, &manifest),
        grouping: grouping(args.single_transaction),
        haste: context.haste(&args.haste),
        rescue: None,
    };
    let mut target = context.connect(&manifest).await?;
    // What is shown is what will run: a COMMIT that a killed run had sent must not come between.
    let listener = &mut |event: Progress<'_>| context.terminal.progress(&event);
    let seen = ledger::read_settled(&target.session, listener).await?;
    let request = asked(context, (args, &origin), (&target, &seen))?;
    let planned = decide(&target, (&origin, &seen), &request, &execution).await?;
    let wish = Wish::read(&target, (&args.loss, &manifest)).await?;
    if args.dry_run {
        return preview(context, (&target, &origin), (args, &wish), (&planned, &seen)).await;
    }
    if planned.steps.is_empty() {
        return Ok(Box::new(ran(context, (COMMAND, &target), (&planned, &[]), Vec::new())));
    }
    let blast = agreed(context, (&target, &origin), (args, &manifest, &wish), (&planned, &seen)).await?;
    let wait = execution.haste.at_most(lock_wait(args.run.lock_wait, &manifest));
    let lock = context.lock(&mut target, wait).await?;
    let seen = context.ledger(&mut target, &lock).await?;
    let plan = decide(&target, (&origin, &seen), &request, &execution).await?;
    if !within(&plan, &planned) {
        return Err(Error::Overtaken { target: target.name() });
    }
    execution.rescue = wish.order(&target, (&blast, args.loss.reason.as_deref())).await?;
    let done = run_plan(context, (&mut target, &lock), &plan, (COMMAND, &execution)).await;
    let done = done.map_err(|error| talk::told(context, (args, &origin), error))?;
    let mut runner = Runner { session: &mut target.session, lock: &lock, execution: &execution };
    let keys = after_down(&mut runner, &plan, &mut |event| context.terminal.progress(&event)).await?;
    // Without the files it is not known what should be left.
    let verified = match &opened {
        Some(opened) if !args.run.no_verify => {
            verified(context, &target, (opened, &seen), (&plan, &done, execution.limits)).await?
        }
        _ => None,
    };
    let rescue = kept(context, &target, execution.rescue.as_ref().map(|order| order.id)).await?;
    Ok(Box::new(Ran { verified, rescue, ..ran(context, (COMMAND, &target), (&plan, &done), keys) }))
}

/// Shows the plan and what it destroys; runs nothing.
async fn preview(
    context: &mut Context<'_>,
    (target, origin): (&Target, &Origin<'_>),
    (args, wish): (&DownArgs, &Wish),
    (planned, seen): (&Plan, &Ledger),
) -> Result<Box<dyn Report>, Error> {
    let survey = wish.survey(&args.loss, Depth::Whole);
    let mut blast = destroyed(context, (target, origin), (planned, seen), survey).await?;
    wish.settle(target, &mut blast).await?;
    Ok(Box::new(Planned { blast: Some(blast), ..Planned::new(COMMAND, target.name(), planned) }))
}

async fn verified(
    context: &Context<'_>,
    target: &Target,
    (opened, ledger): (&Opened, &Ledger),
    (plan, done, limits): (&Plan, &[Done], Limits),
) -> Result<Option<Verified>, Error> {
    let installations = &*context.installations(&opened.project)?;
    Ok(after(&target.session, &Aftermath { opened, installations, ledger, plan, done, limits }).await)
}

/// Shows what will go and gets the answers that it needs.
async fn agreed(
    context: &mut Context<'_>,
    (target, origin): (&Target, &Origin<'_>),
    (args, manifest, wish): (&DownArgs, &Manifest, &Wish),
    (plan, ledger): (&Plan, &Ledger),
) -> Result<Blast, Error> {
    talk::show(context, target, (plan, ledger, origin));
    talk::which(context, (plan, args))?;
    let survey = wish.survey(&args.loss, Depth::Rows);
    let mut blast = destroyed(context, (target, origin), (plan, ledger), survey).await?;
    wish.settle(target, &mut blast).await?;
    wish.check(&blast)?;
    consent(context, target, (&blast, &Consent::new(&args.loss, manifest))).await?;
    let steps = plan.steps.len();
    let answered = args.loss.accept_data_loss.is_some();
    if steps > 1 && blast.verdict() == Verdict::Harmless && !answered {
        context.confirm(&format!("take back {steps} migrations from {}?", target.name()))?;
    }
    Ok(blast)
}

/// Returns what the arguments ask for: the last migration alone, if nothing else is said.
fn asked(
    context: &Context<'_>,
    (args, origin): (&DownArgs, &Origin<'_>),
    (target, ledger): (&Target, &Ledger),
) -> Result<DownRequest, Error> {
    if let Origin::Plan(file) = origin {
        return Ok(DownRequest { goal: file.goal(), modules: Vec::new(), schemas: BTreeMap::new() });
    }
    if matches!(origin, Origin::Ledger) && ledger.version.is_none() {
        let message = format!(
            "{} has no ledger: crmdb never applied anything there; nothing was changed",
            target.name()
        );
        let hint = "is it the database that you mean? Name another one with `--database-url`";
        return Err(Error::Usage { message, hint: Some(hint.to_owned()) });
    }
    let named: Vec<&str> = context.global.module.iter().map(String::as_str).collect();
    let applied = ledger.applied.iter().map(|row| row.module.as_str());
    let there = applied.chain(ledger.unfinished.iter().map(|row| row.module.as_str()));
    let mut modules: Vec<&str> = if named.is_empty() { there.collect() } else { named };
    modules.sort_unstable();
    modules.dedup();
    let goal = match goal(args.to.as_ref(), args.steps, &modules) {
        // Nothing is there, so whatever is asked for, nothing is to be taken back.
        _ if modules.is_empty() => Goal::All,
        goal => goal?.unwrap_or(if args.all { Goal::All } else { Goal::Steps(1) }),
    };
    Ok(DownRequest { goal, modules: context.global.module.clone(), schemas: context.schemas()? })
}

/// Where the rollbacks come from.
#[derive(Debug)]
pub(super) enum Origin<'a> {
    /// The project's files.
    Files(&'a Project),
    /// The ledger.
    Ledger,
    /// A plan in a file.
    Plan(&'a PlanFile),
}

/// Finds out what `plan` destroys; a plan in a file has been rehearsed.
async fn destroyed(
    context: &mut Context<'_>,
    (target, origin): (&Target, &Origin<'_>),
    decided: (&Plan, &Ledger),
    survey: Survey,
) -> Result<Blast, Error> {
    match origin {
        Origin::Plan(file) => {
            let mut blast = file.blast.clone();
            if survey.keeping == Keeping::Yes {
                blast.lock_what_is_kept();
            }
            measure(target, decided, (blast, survey.budget)).await
        }
        _ => radius(context, target, decided, survey).await,
    }
}

/// Decides what is taken back.
pub(super) async fn decide(
    target: &Target,
    (origin, ledger): (&Origin<'_>, &Ledger),
    request: &DownRequest,
    execution: &Execution,
) -> Result<Plan, Error> {
    let recorded = match origin {
        Origin::Files(_) => BTreeMap::new(),
        Origin::Plan(file) => file.scripts(ledger),
        Origin::Ledger => {
            let positions: Vec<i64> = plan::chosen(ledger, request).iter().map(|row| row.position).collect();
            ledger::read_rollbacks(&target.session, &positions).await?
        }
    };
    let source = match origin {
        Origin::Files(project) => Source::Files(project),
        Origin::Ledger | Origin::Plan(_) => Source::Ledger(&recorded),
    };
    let decided = plan::down(&source, ledger, request);
    let plan = settle(target, ledger, decided, (execution.grouping, &execution.author)).await?;
    if let Origin::Plan(file) = origin {
        plan_file::check(target, (file, &plan, ledger), &execution.author).await?;
    }
    Ok(plan)
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
