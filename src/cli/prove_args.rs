//! What can be typed after `crmdb prove`.

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
