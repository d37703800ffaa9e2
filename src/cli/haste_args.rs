//! What can be typed where a run is in a hurry.

use std::time::Duration;

use clap::Args;

use crate::model::duration;

/// How much of a hurry a run is in.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Limits")]
pub struct HasteArgs {
    /// Stop between migrations when this much time has passed, and say how to go on
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub deadline: Option<Duration>,
    /// Cancel what holds a lock that a migration waits for, after naming it
    #[arg(long)]
    pub cancel_blockers: bool,
}
