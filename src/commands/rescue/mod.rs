//! `crmdb rescue`: what was kept of destroyed data is shown, put back, dropped.

mod drop;
mod restore;

use super::context::{Context, Target};
use crate::cli::rescue_args::RescueCommand;
use crate::db::rescue;
use crate::error::Error;
use crate::model::rescue::Rescue;
use crate::project::Manifest;
use crate::report::Report;
use crate::report::rescue::{RescueList, RescueStatus};

pub(super) async fn run(
    context: &mut Context<'_>,
    command: &RescueCommand,
) -> Result<Box<dyn Report>, Error> {
    let manifest = context.manifest()?;
    match command {
        RescueCommand::List => list(context, &manifest).await,
        RescueCommand::Restore(args) => restore::run(context, (args, &manifest)).await,
        RescueCommand::Drop(args) => drop::run(context, (args, &manifest)).await,
    }
}

async fn list(context: &mut Context<'_>, manifest: &Manifest) -> Result<Box<dyn Report>, Error> {
    let target = context.connect(manifest).await?;
    let rescues = rescue::read(&target.session).await?;
    let now = context.now();
    let there = rescues.iter().filter(|rescue| rescue.is_there());
    let rescues = there.map(|rescue| RescueStatus::new(rescue, now)).collect();
    Ok(Box::new(RescueList { target: target.name(), rescues }))
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
