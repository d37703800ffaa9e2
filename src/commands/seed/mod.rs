//! `crmdb seed`: loads the seeds of a profile.

mod generate;
mod status;

use super::blast::{Consent, agree};
use super::context::{Context, Target, author, limits, lock_wait};
use crate::cli::args::RunArgs;
use crate::cli::seed_args::{SeedAction, SeedArgs};
use crate::db::ledger;
use crate::db::seed::{SeedExecution, SeedRunError, SeedRunner, count_rows, read_loaded, read_tables};
use crate::db::target::is_protected;
use crate::error::{Deed, Error, RunFailure};
use crate::model::Ledger;
use crate::model::progress::Progress;
use crate::model::seed::plan::{Again, Chosen, Held};
use crate::model::seed::{Protection, SeedFinding, SeedPlan, Tables, plan, reset};
use crate::project::{Manifest, Opened, Seeds, open_seed, read_seeds};
use crate::report::Report;
use crate::report::seed::{PlannedSeeds, Seeded};
use crate::report::text::number;

/// Runs what was asked for.
pub(super) async fn run(context: &mut Context<'_>, args: &SeedArgs) -> Result<Box<dyn Report>, Error> {
    match (&args.action, args.generate) {
        (Some(SeedAction::Status(args)), _) => status::run(context, args).await,
        (None, Some(rows)) => generate::run(context, args, rows).await,
        (None, None) => load(context, args).await,
    }
}

async fn load(context: &mut Context<'_>, args: &SeedArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let seeds = seeds_of(&opened, &args.profile)?;
    let installations = context.installations(&opened.project)?;
    let chosen = Chosen {
        profile: &args.profile,
        files: &seeds.files,
        installations: &installations,
        named: &context.global.module,
        again: if args.reset { Again::All } else { Again::Changed },
    };
    let execution = execution(&args.run, &opened.manifest);
    let wait = lock_wait(args.run.lock_wait, &opened.manifest);
    let mut target = context.connect(&opened.manifest).await?;
    if args.reset {
        unprotected(&opened.manifest, &target, "seed --reset").await?;
    }
    let seen = ledger::read(&target.session).await?;
    let planned = decide(&target, &chosen, &seen).await?;
    if args.dry_run {
        return Ok(Box::new(PlannedSeeds::new(target.name(), &planned)));
    }
    if planned.steps.is_empty() && planned.gone.is_empty() {
        return Ok(Box::new(Seeded::new(target.name(), &planned, (&[], context.elapsed_ms()))));
    }
    confirm(context, &target, (&planned, args.accept_data_loss.as_deref()))?;
    let lock = context.lock(&mut target, wait).await?;
    let seen = context.ledger(&mut target, &lock).await?;
    let plan = decide(&target, &chosen, &seen).await?;
    if plan.emptied != planned.emptied {
        return Err(Error::Overtaken { target: target.name() });
    }
    let open = |file: &_| open_seed(&opened.root, file);
    let session = &mut target.session;
    let mut runner = SeedRunner { session, lock: &lock, execution: &execution, open: &open };
    let done = runner.run(&plan, &mut |event| context.terminal.progress(&Progress::Seed(event))).await;
    let done = done.map_err(|stopped| failure(&plan, stopped))?;
    Ok(Box::new(Seeded::new(target.name(), &plan, (&done, context.elapsed_ms()))))
}

/// Reads the profile's files, of which there must be some.
fn seeds_of(opened: &Opened, profile: &str) -> Result<Seeds, Error> {
    let seeds = read_seeds(&opened.root, &opened.project, profile)?;
    if seeds.files.is_empty() {
        let known = seeds.profiles.into_iter().collect();
        return Err(Error::SeedsRefused(vec![SeedFinding::NoProfile { profile: profile.to_owned(), known }]));
    }
    Ok(seeds)
}

/// Refuses what destroys rows, or mixes them with made-up ones, where `schema.toml` or the database itself is against it.
async fn unprotected(manifest: &Manifest, target: &Target, action: &'static str) -> Result<(), Error> {
    let by = if manifest.database.protected {
        Protection::Manifest
    } else if is_protected(&target.session).await? {
        Protection::Database
    } else {
        return Ok(());
    };
    Err(Error::SeedsRefused(vec![SeedFinding::Protected { action, by }]))
}

fn execution(args: &RunArgs, manifest: &Manifest) -> SeedExecution {
    SeedExecution { author: author(manifest), limits: limits(args, manifest) }
}

async fn decide(target: &Target, chosen: &Chosen<'_>, ledger: &Ledger) -> Result<SeedPlan, Error> {
    let (loaded, tables) = held(target).await?;
    let held = Held { ledger, loaded: &loaded, tables: &tables };
    let mut plan = plan(chosen, &held).map_err(Error::SeedsRefused)?;
    if chosen.again == Again::All {
        let reach = reset::reach(&plan.steps, &tables);
        let counted = count_rows(&target.session, &reach).await?;
        reset::settle(&mut plan, &reach, &counted).map_err(Error::SeedsRefused)?;
    }
    Ok(plan)
}

async fn held(target: &Target) -> Result<(Vec<crate::model::seed::Loaded>, Tables), Error> {
    Ok(tokio::try_join!(read_loaded(&target.session), read_tables(&target.session))?)
}

/// Shows which rows die and asks, where any do.
fn confirm(
    context: &mut Context<'_>,
    target: &Target,
    (plan, accepted): (&SeedPlan, Option<&str>),
) -> Result<(), Error> {
    let rows: u64 = plan.emptied.iter().map(|table| table.rows).sum();
    if rows == 0 {
        return Ok(());
    }
    let lost = format!("{} loses\n{}", target.name(), crate::report::seed::losses(&plan.emptied));
    let why = format!("{} {} would be deleted", number(rows), if rows == 1 { "row" } else { "rows" });
    agree(
        context,
        target,
        (&Consent { accepted, reason: None, protected: false, keepable: false }, &why, &lost),
    )
}

fn failure(plan: &SeedPlan, stopped: SeedRunError) -> Error {
    let path = stopped.failed.map(|index| plan.steps[index].file.path.clone());
    failed(path.unwrap_or_else(|| "the seeds".to_owned()), stopped.error)
}

fn failed(what: String, error: crate::db::error::DbError) -> Error {
    Error::Run(Box::new(RunFailure {
        stopped: what,
        rolled_back: true,
        done: Vec::new(),
        deed: Deed::Load,
        again: "crmdb seed".to_owned(),
        error,
    }))
}
