//! `crmdb rescue drop`: drops what is kept, after it was said that it shall die.

use super::{chosen, whereabouts};
use crate::cli::rescue_args::RescueDropArgs;
use crate::commands::blast::{Consent, agree};
use crate::commands::context::{Context, Target, author, lock_wait};
use crate::db::record::Author;
use crate::db::rescue::Whereabouts;
use crate::db::{rescue, target};
use crate::error::Error;
use crate::model::rescue::Rescue;
use crate::project::Manifest;
use crate::report::Report;
use crate::report::rescue::{RescueDrop, RescueStatus};
use crate::vault;

pub(super) async fn run(
    context: &mut Context<'_>,
    (args, manifest): (&RescueDropArgs, &Manifest),
) -> Result<Box<dyn Report>, Error> {
    let mut target = context.connect(manifest).await?;
    let now = context.now();
    let over = |rescue: &Rescue| rescue.restored_at.is_some() || rescue.keep_until < now;
    let rescues = chosen(&target, args.id, over).await?;
    let mut dropped = Vec::new();
    if !rescues.is_empty() {
        confirm(context, &target, (&rescues, args, manifest)).await?;
        let lock = context.lock(&mut target, lock_wait(None, manifest)).await?;
        context.ledger(&mut target, &lock).await?;
        let author = Author { reason: args.reason.clone(), ..author(manifest) };
        // What was agreed to, as far as it is still there.
        let there = chosen(&target, None, |rescue| rescues.iter().any(|seen| seen.id == rescue.id)).await?;
        for rescue in there {
            rescue::drop_kept(&target.session, &lock, (&rescue, &author)).await?;
            // A file without its rescue is told by `rescue list`; a rescue without its files would promise what is gone.
            let left = match whereabouts(&args.folders, &rescue) {
                Whereabouts::Schema => Ok(()),
                Whereabouts::Folder(path) => vault::remove(&path, &rescue.items),
                Whereabouts::Away(why) => Err(why),
            };
            if let Err(why) = left {
                context.terminal.note(&format!("warning: files of rescue {} stay: {why}", rescue.id));
            }
            dropped.push(RescueStatus::new(&rescue, now));
        }
    }
    let left = chosen(&target, None, |_| true).await?.len();
    Ok(Box::new(RescueDrop { target: target.name(), rescues: dropped, left }))
}

/// Asks as other destruction does where something was not put back; what is back in its tables is dropped on a yes.
async fn confirm(
    context: &mut Context<'_>,
    target: &Target,
    (rescues, args, manifest): (&[Rescue], &RescueDropArgs, &Manifest),
) -> Result<(), Error> {
    let now = context.now();
    let shown: Vec<RescueStatus> = rescues.iter().map(|rescue| RescueStatus::new(rescue, now)).collect();
    let lost: String = shown.iter().map(|rescue| format!("  {}\n", rescue.line())).collect();
    if rescues.iter().all(|rescue| rescue.restored_at.is_some()) {
        context.terminal.note(lost.trim_end());
        return context.confirm(&format!("drop what was put back, from {}?", target.name()));
    }
    let protected = manifest.database.protected || target::is_protected(&target.session).await?;
    let (accepted, reason) = (args.accept_data_loss.as_deref(), args.reason.as_deref());
    let consent = Consent { accepted, reason, protected, keepable: false };
    agree(context, target, (&consent, "kept data would be lost", &format!("what is lost:\n{lost}")))
}
