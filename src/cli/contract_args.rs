//! What can be typed behind `crmdb schema contract`.

use clap::{Args, ValueEnum};

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
