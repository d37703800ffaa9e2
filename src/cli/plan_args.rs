//! What can be typed behind `crmdb migrate plan`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::args::GoalArg;
use super::values::goal;
use crate::model::duration;

/// `crmdb migrate plan`
#[derive(Clone, Debug, Args)]
pub struct PlanArgs {
    /// Plan to take back everything after this version; `MODULE:VERSION` where there are several modules
    #[arg(long, value_name = "VERSION", value_parser = goal)]
    pub rollback: Option<GoalArg>,
    /// Take the rollbacks that the ledger recorded; no project is needed
    #[arg(long, requires = "rollback")]
    pub from_ledger: bool,
    /// The file to write: JSON
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// How long rows are counted before the rest is estimated [default: 2s]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub count_budget: Option<Duration>,
}
