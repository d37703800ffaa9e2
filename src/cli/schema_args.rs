//! What can be typed after `crmdb schema`. The doc comments are the help.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
    /// Leave out objects whose name, or `schema.name`, is like this (`*`, `?`; may be given several times)
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

/// `crmdb schema contract`
#[derive(Clone, Debug, Args)]
pub struct ContractArgs {
    /// Write nothing; end with exit code 1 when `schema.toml` is stale
    #[arg(long)]
    pub check: bool,
    /// Read the target instead of applying the migrations to a throw-away database
    #[arg(long)]
    pub from_target: bool,
    /// Write these lists too; those that the contract has already are refreshed without it
    #[arg(long, value_enum, value_name = "LIST", value_delimiter = ',')]
    pub with: Vec<ContractList>,
}

/// A list that a contract has only where it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ContractList {
    /// The columns of each table
    Columns,
    /// The primary key of each table
    PrimaryKey,
    /// The unique keys of each table
    Unique,
    /// The check constraints of each table
    Checks,
    /// What each view selects
    Views,
}
