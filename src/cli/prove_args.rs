//! What can be typed after `crmdb prove`, and after the commands that write migrations from differences.

use clap::Args;

use super::values::{GoalArg, goal};

/// `crmdb prove`
#[derive(Clone, Debug, Args)]
pub struct ProveArgs {
    /// Only what is pending on the target, in the order in which `up` would apply it
    #[arg(long, conflicts_with_all = ["from", "to"])]
    pub pending: bool,
    /// Begin with this version; `MODULE:VERSION` where there are several modules
    #[arg(long, value_name = "VERSION", value_parser = goal)]
    pub from: Option<GoalArg>,
    /// End with this version
    #[arg(long, value_name = "VERSION", value_parser = goal)]
    pub to: Option<GoalArg>,
    /// Fill every table with so many made-up rows first, and tell which values are lost on the way back
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub rows: Option<u64>,
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
