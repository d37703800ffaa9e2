//! What can be typed after `crmdb schema`. The doc comments are the help.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::contract_args::ContractArgs;

/// The commands from a database to files.
#[derive(Clone, Debug, Subcommand)]
pub enum Schema {
    /// Write what must be there into `schema.toml`, as the migrations make it on a throw-away database
    Contract(ContractArgs),
    /// Write the target's schema as SQL files, one an object, that make it again in the order of their paths
    Pull(PullArgs),
    /// Describe an object of the target: a table, view, type, routine, sequence, index or schema
    Show(ShowArgs),
}

/// `crmdb schema show`
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// `name` or `schema.name`; a routine also with its argument types. Case counts only where two differ in nothing else
    pub name: String,
}

/// `crmdb schema pull`
#[derive(Clone, Debug, Args)]
pub struct PullArgs {
    /// The folder; made where it does not exist
    pub folder: PathBuf,
    /// Write nothing; end with exit code 1 when the files are stale
    #[arg(long)]
    pub check: bool,
    /// What counts.
    #[command(flatten)]
    pub scope: ScopeArgs,
}

/// What of a schema counts.
#[derive(Clone, Debug, Args)]
pub struct ScopeArgs {
    /// Leave out objects whose name, `schema.name` or name in reports (`index on_a`) is like this (`*`, `?`; may be given several times)
    #[arg(long, value_name = "PATTERN")]
    pub exclude: Vec<String>,
    /// Leave out grants and default privileges
    #[arg(long)]
    pub no_privileges: bool,
    /// Leave out owners
    #[arg(long)]
    pub no_owner: bool,
    /// Leave out comments
    #[arg(long)]
    pub no_comments: bool,
}
