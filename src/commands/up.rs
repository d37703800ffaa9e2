//! `crmdb migrate up`: applies what is pending.

use super::apply::{COMMAND, Request, apply, decide};
use super::context::{Context, Target, author, goal, limits, lock_wait};
use super::foreign_keys::Keys;
use super::prove::{self, Base, Course};
use super::running::{grouping, ran};
use super::shadow::Edition;
use crate::cli::args::UpArgs;
use crate::db::ledger;
use crate::db::run::Execution;
use crate::error::Error;
use crate::model::{Installation, Proof};
use crate::model::plan::{Goal, UpRequest};
use crate::project::Opened;
use crate::report::Report;
use crate::report::plan::Planned;
use crate::report::run::Ran;

pub(super) async fn run(context: &mut Context<'_>, args: &UpArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let (installations, up) = asked(context, &opened, args)?;
    let execution = Execution {
        author: author(&opened.manifest),
        limits: limits(&args.run, &opened.manifest)?,
        grouping: grouping(args.single_transaction),
    };
    let lock_wait = lock_wait(args.run.lock_wait, &opened.manifest)?;
    let keys = Keys::declared(&opened.project, &installations, &context.schemas()?);
    let contract = (!args.run.no_verify).then_some(&opened);
    let request = Request { installations: &installations, up, execution, lock_wait, keys, contract };
    let mut target = context.connect(&opened.manifest).await?;
    if args.dry_run {
        let seen = ledger::read(&target.session).await?;
        let plan = decide(&target.session, &seen, &request).await?;
        let foreign_keys = request.keys.look(&target.session, &seen).await?.report(&seen);
        return Ok(Box::new(Planned { foreign_keys, ..Planned::new(COMMAND, target.name(), &plan) }));
    }
    let proofs = match args.prove {
        Some(rows) => proved(context, &target, (&opened, &request), rows).await?,
        None => Vec::new(),
    };
    let connection = (&mut target.session, &target.options);
    let done = apply(connection, &request, &mut |event| context.terminal.progress(&event)).await;
    if !proofs.is_empty() && !target.session.is_closed() {
        let lock = context.lock(&mut target, lock_wait).await?;
        ledger::write_proofs(&target.session, &lock, &proofs).await?;
    }
    let done = done?;
    let report = ran(context, (COMMAND, &target), (&done.plan, &done.steps), done.foreign_keys);
    Ok(Box::new(Ran { verified: done.verified, ..report }))
}

/// Proves what is about to be applied; what can't be taken back is an error.
async fn proved(
    context: &mut Context<'_>,
    target: &Target,
    (opened, request): (&Opened, &Request<'_>),
    rows: u64,
) -> Result<Vec<Proof>, Error> {
    let seen = ledger::read(&target.session).await?;
    let plan = decide(&target.session, &seen, request).await?;
    let chosen = plan.steps.iter().map(|step| (step.module.clone(), step.version)).collect();
    let course = prove::course(opened, request.installations, (&Base::Applied(seen), Some(&chosen)))?;
    let edition = Edition::like(&target.session).await?;
    let course = Course { edition, rows: (rows > 0).then_some(rows), ..course };
    let walked = prove::walk(context, &course).await?;
    if walked.report.findings.is_empty() {
        return Ok(walked.proofs);
    }
    Err(Error::Unproved { findings: walked.report.findings.into_iter().map(|one| one.message).collect() })
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
            opened.project.installations(&[module], &context.schemas()?)?
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
