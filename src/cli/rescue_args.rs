//! What can be typed behind `crmdb rescue`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The commands on what was kept of destroyed data.
#[derive(Clone, Debug, Subcommand)]
pub enum RescueCommand {
    /// Show what is kept, where, and until when
    ///
    /// With `--rescue-dir` also what runs that were not committed have left in files there.
    List(RescueListArgs),
    /// Put kept rows and values back into their tables
    ///
    /// Tables come in the order of their foreign keys, and every constraint is checked. Rows that do not fit are told with
    /// the reason and stay in the rescue (exit code 1); the command can be repeated. A row that the migration itself made
    /// gives way to the kept one; a row that somebody wrote since does not. Triggers and rules of the tables do not fire, so
    /// that rows come back as they were and no audit is written twice; constraint triggers do. Row security must not hide
    /// rows from the role that runs it. Sequences are set on. Generated columns are made anew. Files are read whole, and their
    /// checksums compared with those of the ledger, before a row of them is put back.
    Restore(RestoreArgs),
    /// Drop what is kept
    Drop(RescueDropArgs),
}

/// Where the folders of rescues are.
#[derive(Clone, Debug, Default, Args)]
pub struct WhereArgs {
    /// Where the folders of rescues are that were kept in files; by default where they were written
    #[arg(long, value_name = "DIR")]
    pub rescue_dir: Option<PathBuf>,
}

/// `crmdb rescue list`
#[derive(Clone, Debug, Args)]
pub struct RescueListArgs {
    /// Where their folders are.
    #[command(flatten)]
    pub folders: WhereArgs,
}

/// `crmdb rescue restore`
#[derive(Clone, Debug, Args)]
pub struct RestoreArgs {
    /// The number of the rescue; all that wait to be restored, the newest first, if none is given
    #[arg(value_parser = super::values::rescue)]
    pub id: Option<i64>,
    /// Where their folders are.
    #[command(flatten)]
    pub folders: WhereArgs,
}

/// `crmdb rescue drop`
#[derive(Clone, Debug, Args)]
pub struct RescueDropArgs {
    /// The number of the rescue; all that were restored whole or whose time is over if none is given
    #[arg(value_parser = super::values::rescue)]
    pub id: Option<i64>,
    /// Where their folders are.
    #[command(flatten)]
    pub folders: WhereArgs,
    /// Go on although kept data dies; `=DATABASE` names the database, which a protected one needs
    #[arg(long, num_args = 0..=1, default_missing_value = "", require_equals = true, value_name = "DATABASE")]
    pub accept_data_loss: Option<String>,
    /// Why: goes to the event log; a protected database needs it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}
