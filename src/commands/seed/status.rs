//! `crmdb seed status`: what is loaded, and which rows are no longer as their files say.

use super::{held, seeds_of};
use crate::cli::seed_args::SeedStatusArgs;
use crate::commands::context::Context;
use crate::db::ledger;
use crate::db::seed::compare;
use crate::error::Error;
use crate::model::seed::plan;
use crate::model::seed::plan::{Again, Chosen, Held};
use crate::model::seed::status::{comparisons, states};
use crate::project::open_seed;
use crate::report::Report;
use crate::report::seed_status::SeedStatus;

pub(super) async fn run(context: &mut Context<'_>, args: &SeedStatusArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let seeds = seeds_of(&opened, &args.profile)?;
    let installations = context.installations(&opened.project)?;
    let due = Chosen {
        profile: &args.profile,
        files: &seeds.files,
        installations: &installations,
        named: &context.global.module,
        again: Again::Changed,
    };
    let mut target = context.connect(&opened.manifest).await?;
    let ledger = ledger::read(&target.session).await?;
    let (loaded, tables) = held(&target).await?;
    let held = Held { ledger: &ledger, loaded: &loaded, tables: &tables };
    let all = plan(&Chosen { again: Again::All, ..due }, &held).map_err(Error::SeedsRefused)?;
    let due = plan(&due, &held).map_err(Error::SeedsRefused)?;
    let open = |file: &_| open_seed(&opened.root, file);
    let drifts = compare(&mut target.session, &comparisons(&all, &due), &open).await?;
    Ok(Box::new(SeedStatus {
        target: target.name(),
        profile: args.profile.clone(),
        seeds: states(&all, &due, &held),
        absent: all.absent,
        tables: drifts.into_iter().filter(|drift| drift.total() > 0).collect(),
    }))
}
