//! `crmdb rescue restore`: puts kept rows and values back.

use super::{chosen, whereabouts};
use crate::cli::args::RunArgs;
use crate::cli::rescue_args::RestoreArgs;
use crate::commands::context::{Context, author, limits, lock_wait};
use crate::db::rescue::{self, Putting};
use crate::error::Error;
use crate::model::rescue::Rescue;
use crate::project::Manifest;
use crate::report::Report;
use crate::report::rescue::RestoreReport;

pub(super) async fn run(
    context: &mut Context<'_>,
    (args, manifest): (&RestoreArgs, &Manifest),
) -> Result<Box<dyn Report>, Error> {
    let mut target = context.connect(manifest).await?;
    let mut restored = Vec::new();
    if !chosen(&target, args.id, Rescue::is_open).await?.is_empty() {
        let lock = context.lock(&mut target, lock_wait(None, manifest)).await?;
        context.ledger(&mut target, &lock).await?;
        let limits = limits(&RunArgs::default(), manifest);
        for rescue in chosen(&target, args.id, Rescue::is_open).await? {
            let whereabouts = whereabouts(&args.folders, &rescue);
            let author = author(manifest);
            let putting = Putting { rescue: &rescue, whereabouts, author: &author, limits: &limits };
            restored.push(rescue::restore(&target.session, &lock, &putting).await?);
        }
    }
    Ok(Box::new(RestoreReport {
        target: target.name(),
        rescues: restored,
        duration_ms: context.elapsed_ms(),
    }))
}
