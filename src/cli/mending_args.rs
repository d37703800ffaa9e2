//! What can be typed after the commands that write migrations and mend the ledger.

use std::time::Duration;

use clap::Args;

use super::args::RunArgs;
use super::values::{GoalArg, goal};
use crate::model::duration;

/// `crmdb migrate new`
#[derive(Clone, Debug, Args)]
pub struct NewArgs {
    /// What it does, in words: `add_owner` or "add owner"
    pub name: String,
    /// Fill both files with what leads from the migrations to this side and back: `live`, a URL, a `.sql` file or a folder
    #[arg(long, num_args = 0..=1, default_missing_value = "live", value_name = "SIDE")]
    pub from_diff: Option<String>,
}

/// `crmdb migrate baseline`
#[derive(Clone, Debug, Args)]
pub struct BaselineArgs {
    /// The last version that the database holds already; `MODULE:VERSION` where there are several modules
    #[arg(long, value_name = "VERSION", value_parser = goal)]
    pub to: GoalArg,
    /// How long to wait for another run to end [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub lock_wait: Option<Duration>,
}

/// `crmdb migrate repair`
#[derive(Clone, Debug, Args)]
pub struct RepairArgs {
    /// Try again the deferred foreign keys that orphan rows stood in the way of, or that were dropped by hand
    #[arg(long)]
    pub foreign_keys: bool,
    /// How foreign keys are added.
    #[command(flatten)]
    pub run: RunArgs,
}

/// `crmdb migrate rollback`
#[derive(Clone, Debug, Args)]
pub struct RollbackArgs {
    /// The migration; `MODULE:VERSION` where there are several modules
    #[arg(value_name = "VERSION", value_parser = goal)]
    pub version: GoalArg,
    /// Write over the rollback that is there
    #[arg(long)]
    pub force: bool,
}

/// `crmdb migrate squash`
#[derive(Clone, Debug, Args)]
pub struct SquashArgs {
    /// The last one that goes into it; `MODULE:VERSION` where there are several modules
    #[arg(long, value_name = "VERSION", value_parser = goal)]
    pub to: GoalArg,
    /// What the migration is called
    #[arg(long, value_name = "NAME", default_value = "squash")]
    pub name: String,
    /// Go on although the rows that the migrations write are not the same afterwards
    #[arg(long)]
    pub accept_row_changes: bool,
}
