//! `crmdb migrate up`: applies what is pending.

use std::time::Duration;

use super::apply::{COMMAND, Look, Request, carry_out, look};
use super::blast::{Consent, Depth, afford, consent, radius};
use super::context::{Context, Target, author, goal, limits, lock_wait};
use super::foreign_keys::Keys;
use super::keeping::{Wish, kept};
use super::plan;
use super::prove::{self, Base, Course};
use super::recorded;
use super::running::{grouping, ran};
use super::shadow::Edition;
use crate::cli::args::UpArgs;
use crate::db::ledger;
use crate::db::record::Author;
use crate::db::rescue::Order;
use crate::db::run::Execution;
use crate::error::Error;
use crate::model::blast::Verdict;
use crate::model::plan::{Goal, Source, UpRequest};
use crate::model::policy::Policy;
use crate::model::progress::Listener;
use crate::model::{Direction, Installation, Proof, Step};
use crate::project::Opened;
use crate::report::Report;
use crate::report::plan::Planned;
use crate::report::run::Ran;

pub(super) async fn run(context: &mut Context<'_>, args: &UpArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let (installations, up) = asked(context, &opened, args)?;
    let execution = Execution {
        author: Author { reason: args.loss.reason.clone(), ..author(&opened.manifest) },
        limits: limits(&args.run, &opened.manifest),
        grouping: grouping(args.single_transaction),
        haste: context.haste(&args.haste),
        rescue: None,
    };
    let lock_wait = execution.haste.at_most(lock_wait(args.run.lock_wait, &opened.manifest));
    let keys = Keys::declared(&opened.project, &installations, &context.schemas()?);
    let contract = (!args.run.no_verify).then_some(&opened);
    let mut request = Request { installations: &installations, up, execution, lock_wait, keys, contract };
    let mut target = context.connect(&opened.manifest).await?;
    if args.dry_run {
        let wish = Wish::read(&target, (&args.loss, &opened.manifest)).await?;
        let Look { seen, plan } = look(&target.session, &request).await?;
        let survey = wish.survey(&args.loss, Depth::Whole);
        let mut blast = radius(context, &target, (&plan, &seen), survey).await?;
        wish.settle(&target, &mut blast).await?;
        let foreign_keys = request.keys.look(&target.session, &seen).await?.report(&seen);
        return Ok(Box::new(Planned {
            foreign_keys,
            blast: Some(blast),
            ..Planned::new(COMMAND, target.name(), &plan)
        }));
    }
    let look = look(&target.session, &request).await?;
    if let Some(path) = &args.plan {
        let file = plan::read(path, Direction::Up)?;
        plan::check(&target, (&file, &look.plan, &look.seen), &request.execution.author).await?;
    }
    request.execution.rescue = weighed(context, &target, (args, &opened), (&look, &request)).await?;
    let proofs = match args.prove {
        Some(rows) => proved(context, &target, (&opened, &request, &look), rows).await?,
        None => Vec::new(),
    };
    let connection = (&mut target.session, &target.options);
    let listener: &mut Listener<'_> = &mut |event| context.terminal.progress(&event);
    let done = carry_out(connection, (&request, look), listener).await;
    if !proofs.is_empty() && !target.session.is_closed() {
        let count = done.as_ref().map_or(0, |done| done.steps.len());
        let kept = keep(context, &mut target, (&opened, &proofs), (count, lock_wait)).await;
        // The run is committed: that its proofs could not be kept must not hide what it did.
        if let Err(error) = kept {
            context.terminal.note(&format!("warning: what was proved was not recorded: {error}"));
        }
    }
    let done = done?;
    let report = ran(context, (COMMAND, &target), (&done.plan, &done.steps), done.foreign_keys);
    let rescue = kept(context, &target, done.rescue).await?;
    Ok(Box::new(Ran { verified: done.verified, rescue, ..report }))
}

/// Shows what is destroyed and what it costs, where that is due, and gets the answers; returns what is to be kept.
async fn weighed(
    context: &mut Context<'_>,
    target: &Target,
    (args, opened): (&UpArgs, &Opened),
    (look, request): (&Look, &Request<'_>),
) -> Result<Option<Order>, Error> {
    let policy = allowed(args, opened);
    let destroys = look.plan.steps.iter().any(Step::may_destroy);
    if look.plan.steps.is_empty() || !destroys && policy.is_empty() {
        return Ok(None);
    }
    let wish = Wish::read(target, (&args.loss, &opened.manifest)).await?;
    let survey = wish.survey(&args.loss, Depth::Rows);
    let mut blast = radius(context, target, (&look.plan, &look.seen), survey).await?;
    wish.settle(target, &mut blast).await?;
    afford(target, (&blast, &policy), (&look.seen, &request.execution.author)).await?;
    // Where the text destroys nothing, not to know more is no reason to ask.
    if !destroys && blast.verdict() == Verdict::Unknown {
        return Ok(None);
    }
    if destroys {
        wish.check(&blast)?;
    }
    consent(context, target, (&blast, &Consent::new(&args.loss, &opened.manifest))).await?;
    if destroys { wish.order(target, (&blast, args.loss.reason.as_deref())).await } else { Ok(None) }
}

/// Proves what is about to be applied; what can't be taken back is an error.
async fn proved(
    context: &mut Context<'_>,
    target: &Target,
    (opened, request, look): (&Opened, &Request<'_>, &Look),
    rows: u64,
) -> Result<Vec<Proof>, Error> {
    let chosen = look.plan.steps.iter().map(|step| (step.module.clone(), step.version)).collect();
    let course =
        prove::course(opened, request.installations, (&Base::Applied(look.seen.clone()), Some(&chosen)))?;
    let edition = Edition::like(&target.session).await?;
    let course = Course { edition, rows: (rows > 0).then_some(rows), ..course };
    let walked = prove::walk(context, &course).await?;
    if walked.report.findings.is_empty() {
        return Ok(walked.proofs);
    }
    Err(Error::Unproved { findings: walked.report.findings.into_iter().map(|one| one.message).collect() })
}

/// Returns the budget of `schema.toml` without what the arguments accept.
fn allowed(args: &UpArgs, opened: &Opened) -> Policy {
    let policy = opened.manifest.policy;
    Policy {
        max_rewrite: policy.max_rewrite.filter(|_| !args.accept_rewrite),
        max_scan: policy.max_scan.filter(|_| !args.accept_scan),
    }
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

/// Records what was proved, and what taking back the `count` migrations of the run destroys.
async fn keep(
    context: &mut Context<'_>,
    target: &mut Target,
    (opened, proofs): (&Opened, &[Proof]),
    (count, lock_wait): (usize, Duration),
) -> Result<(), Error> {
    let mut rehearsed = None;
    if count > 0 {
        let seen = ledger::read(&target.session).await?;
        let source = Source::Files(&opened.project);
        rehearsed = recorded::make(context, target, (&source, &seen, count)).await?;
    }
    let lock = context.lock(target, lock_wait).await?;
    ledger::write_proofs(&target.session, &lock, proofs).await?;
    if let Some((newest, recorded)) = &rehearsed {
        ledger::write_rehearsal(&target.session, &lock, (newest, recorded)).await?;
    }
    Ok(())
}
