//! `crmdb migrate redo`: takes the last migration back and applies it again.

use super::blast::{Consent, Depth, consent, radius};
use super::context::{Context, author, limits, lock_wait};
use super::foreign_keys::after_down;
use super::keeping::{Wish, kept};
use super::running::{ran, refuse, run_plan};
use super::verify::{Aftermath, after};
use crate::cli::args::RedoArgs;
use crate::db::record::Author;
use crate::db::run::{Execution, Grouping, Runner};
use crate::error::Error;
use crate::model::plan::{self, DownRequest, Goal, Source, UpRequest};
use crate::model::{EventKind, Installation, Ledger, Plan, Project, Step};
use crate::report::Report;

const COMMAND: &str = "migrate redo";

pub(super) async fn run(context: &mut Context<'_>, args: &RedoArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let mut execution = Execution {
        author: Author { reason: args.loss.reason.clone(), ..author(&opened.manifest) },
        limits: limits(&args.run, &opened.manifest),
        grouping: Grouping::Each,
        haste: context.haste(&args.haste),
        rescue: None,
    };
    let wait = lock_wait(args.run.lock_wait, &opened.manifest);
    let mut target = context.connect(&opened.manifest).await?;
    let lock = context.lock(&mut target, wait).await?;
    let seen = context.ledger(&mut target, &lock).await?;
    let request = DownRequest {
        goal: Goal::Steps(1),
        modules: context.global.module.clone(),
        schemas: context.schemas()?,
    };
    let down = match plan::down(&Source::Files(&opened.project), &seen, &request) {
        Ok(plan) => plan,
        Err(findings) => {
            return Err(refuse(&target.session, &seen, (EventKind::Down, findings), &execution.author).await);
        }
    };
    let Some(step) = down.steps.first() else {
        return Ok(Box::new(ran(context, (COMMAND, &target), (&down, &[]), Vec::new())));
    };
    // What comes back is checked before anything goes.
    let up = match again(&opened.project, &seen, step) {
        Ok(plan) => plan,
        Err(findings) => {
            return Err(refuse(&target.session, &seen, (EventKind::Up, findings), &execution.author).await);
        }
    };
    let wish = Wish::read(&target, (&args.loss, &opened.manifest)).await?;
    let survey = wish.survey(&args.loss, Depth::Rows);
    let mut blast = radius(context, &target, (&down, &seen), survey).await?;
    wish.settle(&target, &mut blast).await?;
    wish.check(&blast)?;
    consent(context, &target, (&blast, &Consent::new(&args.loss, &opened.manifest))).await?;
    execution.rescue = wish.order(&target, (&blast, args.loss.reason.as_deref())).await?;
    let done = run_plan(context, (&mut target, &lock), &down, (COMMAND, &execution)).await?;
    let mut report = ran(context, (COMMAND, &target), (&down, &done), Vec::new());
    report.rescue = kept(context, &target, execution.rescue.take().map(|order| order.id)).await?;
    let done = run_plan(context, (&mut target, &lock), &up, ("migrate up", &execution)).await?;
    report.migrations.extend(ran(context, (COMMAND, &target), (&up, &done), Vec::new()).migrations);
    let mut runner = Runner { session: &mut target.session, lock: &lock, execution: &execution };
    report.foreign_keys =
        after_down(&mut runner, &down, &mut |event| context.terminal.progress(&event)).await?;
    report.left = 0;
    if !args.run.no_verify {
        let installations = context.installations(&opened.project)?;
        let limits = execution.limits;
        // Both ways together change nothing of what is applied.
        let (opened, installations, ledger, plan, done) = (&opened, &*installations, &seen, &up, &*done);
        let aftermath = Aftermath { opened, installations, ledger, plan, done, limits };
        report.verified = after(&target.session, &aftermath).await;
    }
    report.duration_ms = context.elapsed_ms();
    Ok(Box::new(report))
}

/// Plans the step's migration again, as if the ledger did not hold it.
fn again(project: &Project, ledger: &Ledger, step: &Step) -> Result<Plan, Vec<plan::Finding>> {
    let Some(module) = project.module(&step.module) else { return Err(Vec::new()) };
    let mut before = ledger.clone();
    let same = |module: &str, schema: &str| module == step.module && schema == step.schema;
    before.applied.retain(|row| !(same(&row.module, &row.schema) && row.version == step.version));
    if step.boundary {
        before.installed.retain(|row| !same(&row.module, &row.schema));
    }
    let goal = Goal::To { module: step.module.clone(), version: step.version };
    let request = UpRequest { goal, out_of_order: true, allow_missing: true };
    let mut plan = plan::up(&[Installation { module, schema: step.schema.clone() }], &before, &request)?;
    plan.steps.retain(|planned| planned.version == step.version);
    Ok(plan)
}
