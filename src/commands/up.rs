//! `crmdb migrate up`: applies what is pending.

use crate::cli::args::UpArgs;
use crate::commands::context::{Target, author, goal, limits, lock_wait};
use crate::commands::{Context, context};
use crate::db::ledger;
use crate::db::record::{Author, Occurrence, write_event};
use crate::db::run::{Done, Execution, Grouping, RunError, Runner};
use crate::error::{Error, RunFailure};
use crate::model::plan::{self, Finding, Goal, UpRequest};
use crate::model::{Direction, EventKind, Installation, Ledger, Outcome, Plan};
use crate::project::Opened;
use crate::report::Report;
use crate::report::plan::Planned;
use crate::report::run::{Ran, RanMigration};

pub(super) const COMMAND: &str = "migrate up";

pub(super) async fn run(context: &mut Context<'_>, args: &UpArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let (installations, request) = asked(context, &opened, args)?;
    let execution = Execution {
        author: author(&opened.manifest),
        limits: limits(&args.run, &opened.manifest)?,
        grouping: if args.single_transaction { Grouping::Single } else { Grouping::Each },
    };
    let wait = lock_wait(args.run.lock_wait, &opened.manifest)?;
    let mut target = context.connect(&opened.manifest).await?;
    let plan = decide(&target, &installations, &request, &execution).await?;
    if args.dry_run {
        return Ok(Box::new(Planned::new(COMMAND, target.name(), &plan)));
    }
    if plan.steps.is_empty() {
        return Ok(report(context, &target, (&installations, &plan), &[]).await);
    }
    let lock = context.lock(&target, wait).await?;
    let version = ledger::read_version(&target.session).await?;
    ledger::prepare(&mut target.session, &lock, version).await?;
    let plan = decide(&target, &installations, &request, &execution).await?;
    let mut runner = Runner { session: &mut target.session, lock: &lock, execution: &execution };
    let done = runner.run(&plan, &mut |event| context.terminal.progress(&event)).await;
    let done = done.map_err(|error| failure(COMMAND, &plan, error))?;
    Ok(report(context, &target, (&installations, &plan), &done).await)
}

/// Returns what the arguments ask for. `--to sales:2` means `sales` and what it depends on, unless `--module` says more.
fn asked<'p>(
    context: &Context<'_>,
    opened: &'p Opened,
    args: &UpArgs,
) -> Result<(Vec<Installation<'p>>, UpRequest), Error> {
    let named = args.to.as_ref().and_then(|to| to.module.clone());
    let installations = match named {
        Some(module) if context.global.module.is_empty() => opened.project.installations(&[module], &context.schemas())?,
        _ => context.installations(&opened.project)?,
    };
    let modules: Vec<&str> = match context.global.module.as_slice() {
        [only] => vec![only],
        _ => installations.iter().map(|installation| installation.module.name.as_str()).collect(),
    };
    let goal = goal(args.to.as_ref(), args.steps, &modules)?.unwrap_or(Goal::All);
    Ok((installations, UpRequest { goal, out_of_order: args.out_of_order, allow_missing: args.allow_missing }))
}

async fn decide(
    target: &Target,
    installations: &[Installation<'_>],
    request: &UpRequest,
    execution: &Execution,
) -> Result<Plan, Error> {
    let ledger = ledger::read(&target.session).await?;
    let decided = plan::up(installations, &ledger, request).and_then(|plan| fits(plan, execution.grouping));
    match decided {
        Ok(plan) => Ok(plan),
        Err(findings) => Err(refuse(target, &ledger, (EventKind::Up, findings), &execution.author).await),
    }
}

/// A migration outside a transaction can't share one.
pub(super) fn fits(plan: Plan, grouping: Grouping) -> Result<Plan, Vec<Finding>> {
    let outside = |step: &&crate::model::Step| step.mode != crate::model::Mode::Transaction;
    match grouping {
        Grouping::Single if plan.steps.len() > 1 => {
            let findings: Vec<_> = plan.steps.iter().filter(outside).map(|step| Finding::NotGrouped { migration: step.label() }).collect();
            if findings.is_empty() { Ok(plan) } else { Err(findings) }
        }
        _ => Ok(plan),
    }
}

/// Writes the refusal to the event log, where there is one, and makes the error.
pub(super) async fn refuse(
    target: &Target,
    ledger: &Ledger,
    (kind, findings): (EventKind, Vec<Finding>),
    author: &Author,
) -> Error {
    if ledger.version.is_some() {
        let detail = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let event = Occurrence { kind, outcome: Outcome::Refused, step: None, detail: Some(&detail) };
        // A role that may not write the log is refused all the same.
        let _ = write_event(&target.session, author, &event).await;
    }
    Error::Refused(findings)
}

pub(super) fn failure(command: &str, plan: &Plan, error: RunError) -> Error {
    let step = &plan.steps[error.failed];
    Error::Run(Box::new(RunFailure {
        stopped: step.label(),
        rolled_back: step.mode == crate::model::Mode::Transaction,
        done: error.done.iter().map(|done| plan.steps[done.index].label()).collect(),
        verb: match plan.direction {
            Direction::Up => "applied",
            Direction::Down => "taken back",
        },
        again: format!("crmdb {command}"),
        error: error.error,
    }))
}

async fn report(
    context: &Context<'_>,
    target: &Target,
    (installations, plan): (&[Installation<'_>], &Plan),
    done: &[Done],
) -> Box<dyn Report> {
    let all: usize = installations.iter().map(|installation| installation.module.migrations.len()).sum();
    let applied = context::applied_count(target, installations).await;
    Box::new(Ran {
        command: COMMAND,
        target: target.name(),
        migrations: done.iter().map(|done| RanMigration::new(&plan.steps[done.index], done.took)).collect(),
        pending: all.saturating_sub(applied),
        notes: plan.notes.iter().map(ToString::to_string).collect(),
        duration_ms: context.elapsed_ms(),
    })
}
