//! Whether a run keeps what it destroys, and what it is told to keep.

use super::blast::Survey;
use super::context::{Context, Target, host, made_at};
use crate::cli::args::LossArgs;
use crate::db::rehearse::Keeping;
use crate::db::rescue::{self, Order, Place};
use crate::db::target;
use crate::error::Error;
use crate::model::blast::{Blast, Certainty, Lost, Verdict};
use crate::model::rescue::{Keep, Kept, Lifetime};
use crate::project::Manifest;
use crate::report::rescue::RescueStatus;
use crate::vault::{Home, Run};

/// What the arguments and the target say about keeping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) keeping: Keeping,
    /// Whether it was said, and is not only so because the target is protected.
    said: bool,
    lifetime: Lifetime,
    place: Place,
}

impl Wish {
    /// Finds out whether what dies is to be kept: where it is said, and on a protected target where it is not denied.
    pub(super) async fn read(
        target: &Target,
        (args, manifest): (&LossArgs, &Manifest),
    ) -> Result<Self, Error> {
        let protected = manifest.database.protected || target::is_protected(&target.session).await?;
        let said = args.rescue || args.rescue_dir.is_some();
        let keeping = if said || (protected && !args.no_rescue) { Keeping::Yes } else { Keeping::No };
        let lifetime = args.rescue_keep.or(manifest.rescue.lifetime).unwrap_or_default();
        let place = match &args.rescue_dir {
            None => Place::Schema,
            Some(parent) => Place::Folder(Home::new(parent, run(target)).map_err(|error| Error::Usage {
                message: format!("nothing can be kept in {error}"),
                hint: Some(
                    "name a folder that is there and can be written to with `--rescue-dir`".to_owned(),
                ),
            })?),
        };
        Ok(Self { keeping, said, lifetime, place })
    }

    /// Returns how the blast radius is found out.
    pub(super) fn survey(&self, args: &LossArgs, depth: super::blast::Depth) -> Survey {
        let budget = args.count_budget.unwrap_or(super::blast::COUNT_BUDGET);
        Survey { depth, budget, keeping: self.keeping }
    }

    /// Says in `blast` where its data would be kept; what was found out about keeping and is not wanted goes.
    pub(super) async fn settle(&self, target: &Target, blast: &mut Blast) -> Result<(), Error> {
        if self.keeping == Keeping::No {
            (blast.kept, blast.unkept) = (Vec::new(), None);
        } else if !blast.kept.is_empty() {
            blast.kept_in = Some(match &self.place {
                Place::Schema => {
                    let schema = rescue::schema(rescue::next_id(&target.session).await?);
                    format!("the schema `{schema}` for {}", self.lifetime)
                }
                Place::Folder(home) => {
                    blast.kept = blast.kept.iter().map(Keep::read_out).collect();
                    format!("a folder in `{}` for {}", home.parent().display(), self.lifetime)
                }
            });
        }
        Ok(())
    }

    /// Refuses to destroy what can't be kept although it is to be.
    pub(super) fn check(&self, blast: &Blast) -> Result<(), Error> {
        let harmless = blast.verdict() == Verdict::Harmless;
        if self.keeping == Keeping::No || (harmless && !(self.said && blast.unkept.is_some())) {
            return Ok(());
        }
        let lost = blast.losses.iter().filter(|loss| !loss.amount.is_nothing());
        let uncovered = lost.map(|loss| &loss.relation).find(|relation| {
            !blast
                .kept
                .iter()
                .any(|keep| keep.relation == **relation || keep.shape.root.as_ref() == Some(relation))
        });
        let reason = blast.unkept.clone().or_else(|| blast.unknown.clone());
        let reason = reason.or_else(|| {
            uncovered.map(|relation| format!("it is not known how to keep what {relation} loses"))
        });
        match reason {
            Some(reason) => Err(Error::Unkept { reason }),
            None => Ok(()),
        }
    }

    /// Returns what the run is to keep; `None` where there is nothing. The lock must be held, so that the number is free.
    pub(super) async fn order(
        &self,
        target: &Target,
        (blast, reason): (&Blast, Option<&str>),
    ) -> Result<Option<Order>, Error> {
        if self.keeping == Keeping::No || blast.kept.is_empty() {
            return Ok(None);
        }
        let id = rescue::next_id(&target.session).await?;
        let rows = blast.kept.iter().map(|keep| known(blast, keep)).collect();
        let reason = reason.map(str::to_owned);
        Ok(Some(Order {
            id,
            keeps: blast.kept.clone(),
            rows,
            lifetime: self.lifetime,
            reason,
            place: self.place.clone(),
        }))
    }
}

fn run(target: &Target) -> Run {
    Run {
        host: host(),
        target: target.options.host_summary(),
        database: target.options.database().to_owned(),
        made_at: made_at(),
    }
}

/// Returns how many rows a table that goes is known to have; -1 where that is not known.
fn known(blast: &Blast, keep: &Keep) -> i64 {
    let whole = |lost: &Lost| matches!((lost, &keep.kept), (Lost::Table, Kept::Table));
    let mut losses = blast.losses.iter().filter(|loss| loss.relation == keep.relation && whole(&loss.lost));
    let counted = losses.find(|loss| loss.amount.certainty != Certainty::Unknown);
    counted.and_then(|loss| i64::try_from(loss.amount.rows).ok()).unwrap_or(-1)
}

/// Returns what a run kept under this number; `None` where that is nothing.
pub(super) async fn kept(
    context: &Context<'_>,
    target: &Target,
    id: Option<i64>,
) -> Result<Option<RescueStatus>, Error> {
    let Some(id) = id else { return Ok(None) };
    let rescues = rescue::read(&target.session).await?;
    let mine = rescues.iter().find(|rescue| rescue.id == id);
    Ok(mine.map(|rescue| RescueStatus::new(rescue, context.now())))
}
