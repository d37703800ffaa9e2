//! `crmdb rescue`: what was kept of destroyed data is shown, put back, dropped.

mod drop;
mod restore;

use super::context::{Context, Target, host};
use crate::cli::rescue_args::{RescueCommand, RescueListArgs, WhereArgs};
use crate::db::rescue::{self, Whereabouts};
use crate::error::Error;
use crate::model::rescue::Rescue;
use crate::project::Manifest;
use crate::report::Report;
use crate::report::rescue::{RescueList, RescueStatus};
use crate::vault;

pub(super) async fn run(
    context: &mut Context<'_>,
    command: &RescueCommand,
) -> Result<Box<dyn Report>, Error> {
    let manifest = context.manifest()?;
    match command {
        RescueCommand::List(args) => list(context, (args, &manifest)).await,
        RescueCommand::Restore(args) => restore::run(context, (args, &manifest)).await,
        RescueCommand::Drop(args) => drop::run(context, (args, &manifest)).await,
    }
}

async fn list(
    context: &mut Context<'_>,
    (args, manifest): (&RescueListArgs, &Manifest),
) -> Result<Box<dyn Report>, Error> {
    let target = context.connect(manifest).await?;
    let rescues = rescue::read(&target.session).await?;
    let now = context.now();
    let there = rescues.iter().filter(|rescue| rescue.is_there());
    let shown = there.map(|rescue| RescueStatus {
        trouble: trouble(&args.folders, rescue),
        ..RescueStatus::new(rescue, now)
    });
    let shown = shown.collect();
    let strays = match &args.folders.rescue_dir {
        None => Vec::new(),
        Some(parent) => vault::strays(parent, (target.options.database(), &rescues))
            .map_err(|error| Error::usage(format!("`--rescue-dir` can't be looked at: {error}")))?,
    };
    Ok(Box::new(RescueList { target: target.name(), rescues: shown, strays }))
}

/// Returns where the rows of a rescue are.
fn whereabouts(args: &WhereArgs, rescue: &Rescue) -> Whereabouts {
    let Some(folder) = &rescue.folder else { return Whereabouts::Schema };
    match vault::find((rescue, folder), (args.rescue_dir.as_deref(), &host())) {
        Ok(path) => Whereabouts::Folder(path),
        Err(why) => Whereabouts::Away(why),
    }
}

/// Returns what is wrong with the files of a rescue at a glance.
fn trouble(args: &WhereArgs, rescue: &Rescue) -> Option<String> {
    match whereabouts(args, rescue) {
        Whereabouts::Schema => None,
        Whereabouts::Folder(path) => vault::trouble(&path, &rescue.items),
        Whereabouts::Away(why) => Some(why),
    }
}

/// Returns the rescue of this number, which must be there, or all that `meant` says, the newest first.
async fn chosen(
    target: &Target,
    id: Option<i64>,
    meant: impl Fn(&Rescue) -> bool,
) -> Result<Vec<Rescue>, Error> {
    let mut rescues = rescue::read(&target.session).await?;
    let Some(id) = id else {
        rescues.retain(|rescue| rescue.is_there() && meant(rescue));
        return Ok(rescues);
    };
    let hint = Some("see what is kept with `crmdb rescue list`".to_owned());
    match rescues.into_iter().find(|rescue| rescue.id == id) {
        Some(rescue) if rescue.is_there() => Ok(vec![rescue]),
        Some(_) => Err(Error::Usage { message: format!("the rescue {id} was dropped"), hint }),
        None => Err(Error::Usage { message: format!("there is no rescue {id} on {}", target.name()), hint }),
    }
}
