//! What can be typed where data may die.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::args::{HasteArgs, RunArgs};
use crate::model::duration;
use crate::model::rescue::Lifetime;

/// What is asked before data dies.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Data loss")]
pub struct LossArgs {
    /// Go on although data dies; `=DATABASE` names the database, which a protected one needs
    #[arg(long, num_args = 0..=1, default_missing_value = "", require_equals = true, value_name = "DATABASE")]
    pub accept_data_loss: Option<String>,
    /// Why: goes to the event log; a protected database needs it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// How long rows are counted before the rest is estimated [default: 2s]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub count_budget: Option<Duration>,
    /// Keep what dies: tables, columns, enum values and rows go to a schema `crmdb_rescue_N` in the same transaction, and
    /// `crmdb rescue restore` puts them back; a protected database does so by itself
    #[arg(long, conflicts_with = "no_rescue")]
    pub rescue: bool,
    /// Keep what dies in files instead: compressed, with checksums and a manifest, in a folder of its own within DIR, which
    /// must be there
    #[arg(long, value_name = "DIR", conflicts_with = "no_rescue")]
    pub rescue_dir: Option<PathBuf>,
    /// Keep nothing, also where the database is protected
    #[arg(long)]
    pub no_rescue: bool,
    /// How long it is kept before `status` says that it may go; nothing goes by itself [default: 30d]
    #[arg(long, value_name = "TIME", value_parser = str::parse::<Lifetime>)]
    pub rescue_keep: Option<Lifetime>,
}

/// `crmdb migrate redo`
#[derive(Clone, Debug, Args)]
pub struct RedoArgs {
    /// How data dies.
    #[command(flatten)]
    pub loss: LossArgs,
    /// How fast it must be.
    #[command(flatten)]
    pub haste: HasteArgs,
    /// How it is run.
    #[command(flatten)]
    pub run: RunArgs,
}
