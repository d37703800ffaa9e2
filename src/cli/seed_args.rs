//! What can be typed behind `crmdb seed`, and behind `crmdb migrate seed`, which is the same.

use clap::{Args, Subcommand};

use super::args::RunArgs;
use crate::model::seed::DEFAULT_PROFILE;

/// `crmdb seed`
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SeedArgs {
    /// Another thing to do with seeds.
    #[command(subcommand)]
    pub action: Option<SeedAction>,
    /// The profile: the folder in `seeds/<module>/`
    #[arg(long, value_name = "NAME", default_value = DEFAULT_PROFILE)]
    pub profile: String,
    /// Print what would be loaded and load nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Empty the tables that the seeds fill first, after showing how many rows die
    #[arg(long)]
    pub reset: bool,
    /// Fill tables with so many made-up rows each instead
    #[arg(long, value_name = "ROWS", conflicts_with_all = ["reset", "profile"])]
    pub generate: Option<u64>,
    /// Only this table: `jobs` or `tinedy.jobs` (may be given several times)
    #[arg(long, value_name = "TABLE", requires = "generate")]
    pub table: Vec<String>,
    /// The number that the made-up rows come from: the same one gives the same rows [default: 1]
    #[arg(long, value_name = "N", requires = "generate")]
    pub seed: Option<u64>,
    /// Empty them although rows die
    #[arg(long, num_args = 0..=1, default_missing_value = "", require_equals = true, value_name = "DATABASE", requires = "reset")]
    pub accept_data_loss: Option<String>,
    /// How they are loaded.
    #[command(flatten)]
    pub run: RunArgs,
}

/// Another thing to do with seeds.
#[derive(Clone, Debug, Subcommand)]
pub enum SeedAction {
    /// Show which seeds are loaded, and where rows differ from their CSV files
    Status(SeedStatusArgs),
}

/// `crmdb seed status`
#[derive(Clone, Debug, Args)]
pub struct SeedStatusArgs {
    /// The profile: the folder in `seeds/<module>/`
    #[arg(long, value_name = "NAME", default_value = DEFAULT_PROFILE)]
    pub profile: String,
}
