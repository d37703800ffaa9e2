//! `crmdb seed --generate`: fills tables with made-up rows.

use super::{execution, failed, unprotected};
use crate::cli::seed_args::SeedArgs;
use crate::commands::context::{Context, lock_wait};
use crate::db::seed::{Filler, Request, read_tables};
use crate::error::Error;
use crate::model::progress::Progress;
use crate::model::seed::Tables;
use crate::model::seed::generate::{Layout, chosen};
use crate::report::Report;
use crate::report::seed_generate::{Generated, TableRows};

/// The number that made-up rows come from where none is given.
const SEED: u64 = 1;

pub(super) async fn run(
    context: &mut Context<'_>,
    args: &SeedArgs,
    rows: u64,
) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let installations = context.installations(&opened.project)?;
    let schemas: Vec<String> = installations.iter().map(|installation| installation.schema.clone()).collect();
    let execution = execution(&args.run, &opened.manifest);
    let wait = lock_wait(args.run.lock_wait, &opened.manifest);
    let mut target = context.connect(&opened.manifest).await?;
    unprotected(&opened.manifest, &target, "seed --generate").await?;
    let seed = args.seed.unwrap_or(SEED);
    if args.dry_run {
        let tables = read_tables(&target.session).await?;
        let layouts = layouts(&tables, &args.table, &schemas)?;
        let would = layouts.iter().map(|layout| TableRows::planned(layout.table.label(), rows)).collect();
        return Ok(Box::new(Generated {
            target: target.name(),
            seed,
            dry_run: true,
            tables: would,
            duration_ms: 0,
        }));
    }
    let lock = context.lock(&mut target, wait).await?;
    context.ledger(&mut target, &lock).await?;
    let tables = read_tables(&target.session).await?;
    let layouts = layouts(&tables, &args.table, &schemas)?;
    let request = Request { layouts: &layouts, tables: &tables, rows, seed };
    let mut filler = Filler { session: &mut target.session, lock: &lock, execution: &execution };
    let filled = filler.run(&request, &mut |event| context.terminal.progress(&Progress::Seed(event))).await;
    let filled = filled.map_err(|error| failed("seed --generate".to_owned(), error))?;
    Ok(Box::new(Generated {
        target: target.name(),
        seed,
        dry_run: false,
        tables: filled.iter().map(TableRows::from).collect(),
        duration_ms: context.elapsed_ms(),
    }))
}

fn layouts(tables: &Tables, named: &[String], schemas: &[String]) -> Result<Vec<Layout>, Error> {
    let chosen = chosen(tables, named, schemas).map_err(Error::SeedsRefused)?;
    let (layouts, findings): (Vec<_>, Vec<_>) = chosen.into_iter().map(Layout::new).partition(Result::is_ok);
    let findings: Vec<_> = findings.into_iter().filter_map(Result::err).collect();
    if findings.is_empty() {
        Ok(layouts.into_iter().filter_map(Result::ok).collect())
    } else {
        Err(Error::SeedsRefused(findings))
    }
}
