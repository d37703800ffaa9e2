//! What can be typed. The doc comments are the help.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use super::contract_args::{ContractArgs, ContractList};
pub use super::format::Format;
pub use super::haste_args::HasteArgs;
pub use super::loss_args::{LossArgs, RedoArgs};
pub use super::mending_args::{BaselineArgs, NewArgs, RepairArgs, RollbackArgs, SquashArgs};
pub use super::plan_args::PlanArgs;
pub use super::prove_args::ProveArgs;
use super::rescue_args::RescueCommand;
pub use super::schema_args::{PullArgs, Schema, ScopeArgs, ShowArgs};
use super::seed_args::SeedArgs;
pub use super::values::{GoalArg, SchemaArg};
use super::values::{goal, schema};
use crate::model::duration;

/// PostgreSQL migrations that are proved, verified and can be taken back.
#[derive(Clone, Debug, Parser)]
#[command(name = "crmdb", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "\
Exit codes: 0 done; 1 something was found; 2 wrong usage or configuration; 3 no connection, or another run
holds the lock; 4 refused before anything was touched; 5 SQL failed; 130 or 143
ended by SIGINT or SIGTERM.

Target: --database-url, else CRMDB_DATABASE_URL, else DATABASE_URL, else [database] url in schema.toml, else the
PG* variables when any is set, else a private server that crmdb starts by itself.")]
pub struct Cli {
    /// What all commands understand.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What all commands understand.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The project's folder; else this one, or the nearest above it with a `schema.toml` or `migrations`
    #[arg(long, short = 'C', global = true, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// The database, as a URL or a key=value string
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Where SQL is tried: a server on which databases may be made, or one database that may be emptied; else what
    /// CRMDB_SHADOW_URL names, else a private server
    #[arg(long, global = true, value_name = "URL")]
    pub shadow_url: Option<String>,
    /// For `diff`: try the migrations in throw-away schemas of the target, in a transaction that is always taken back; where
    /// no database may be made anywhere
    #[arg(long, global = true, value_enum, value_name = "WHERE", conflicts_with = "shadow_url")]
    pub shadow: Option<ShadowPlace>,
    /// Only this module and what it depends on (may be given several times)
    #[arg(long, global = true, value_name = "NAME")]
    pub module: Vec<String>,
    /// Install a module under another schema than its own; for `diff` and `schema pull`, only this schema (may be given several times)
    #[arg(long, global = true, value_name = "MODULE=SCHEMA", value_parser = schema)]
    pub schema: Vec<SchemaArg>,
    /// How the report is written
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Print only the report and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Answer every question with yes
    #[arg(long, short, global = true)]
    pub yes: bool,
}

/// Where SQL is tried, when not in a database of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShadowPlace {
    /// In schemas of the target.
    Schema,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Apply, take back and look after migrations
    #[command(subcommand)]
    Migrate(Migrate),
    /// Show what is applied, what is pending and what does not fit
    Status(StatusArgs),
    /// Compare what is declared in `schema.toml` with what is there
    Verify(VerifyArgs),
    /// Apply, take back and apply again each migration on a throw-away database, and compare
    Prove(ProveArgs),
    /// Bring what databases hold into files
    #[command(subcommand)]
    Schema(Schema),
    /// Load seeds: rows for development, demonstration or reference
    Seed(SeedArgs),
    /// Show, put back or drop what was kept of destroyed data
    #[command(subcommand)]
    Rescue(RescueCommand),
    /// Show who did what, when, from where, and how it ended
    History(HistoryArgs),
    /// Show what differs between two schemas, and the SQL that removes the difference
    Diff(DiffArgs),
    /// Start, stop and open the private PostgreSQL server of this project
    #[command(subcommand)]
    Server(Server),
    /// Write a new project: `schema.toml` and a first migration with its rollback
    Init(InitArgs),
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// Tells whether the command finds something that the formats for findings can list.
    pub fn lists_findings(&self) -> bool {
        match self {
            Self::Migrate(migrate) => {
                use Migrate::{Diff, Down, Redo, Up, Verify};
                matches!(migrate, Up(_) | Down(_) | Redo(_) | Verify(_) | Diff(_))
            }
            Self::Verify(_) | Self::Prove(_) | Self::Diff(_) => true,
            _ => false,
        }
    }

    /// Tells whether the command prints statements, so that they can be all that it prints.
    pub fn prints_statements(&self) -> bool {
        match self {
            Self::Migrate(Migrate::Up(args)) => args.dry_run,
            Self::Migrate(Migrate::Down(args)) => args.dry_run,
            Self::Diff(_) | Self::Migrate(Migrate::Diff(_)) => true,
            _ => false,
        }
    }
}

/// The commands on migrations.
#[derive(Clone, Debug, Subcommand)]
pub enum Migrate {
    /// Apply pending migrations
    Up(UpArgs),
    /// Take back applied migrations, the last one if nothing else is said
    Down(DownArgs),
    /// Show what is applied, what is pending and what does not fit
    Status(StatusArgs),
    /// Compare what is declared in `schema.toml` with what is there
    Verify(VerifyArgs),
    /// Show what differs between two schemas, and the SQL that removes the difference
    Diff(DiffArgs),
    /// Rehearse what is pending, or a rollback, and write it to a file that `up` or `down` runs
    Plan(PlanArgs),
    /// Write an empty migration and its rollback
    New(NewArgs),
    /// Write the rollback of a migration, as the difference from after it to before it
    Rollback(RollbackArgs),
    /// Put one migration in the place of the first ones, with an equal result
    Squash(SquashArgs),
    /// Record migrations as applied without running them
    Baseline(BaselineArgs),
    /// Accept files that were edited or renamed after they were applied, or try deferred foreign keys again
    Repair(RepairArgs),
    /// Take back the last migration and apply it again
    Redo(RedoArgs),
    /// Load seeds: rows for development, demonstration or reference
    Seed(SeedArgs),
}

/// How migrations are run.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Limits")]
pub struct RunArgs {
    /// How long a statement waits for a lock before the migration is rolled back and tried again [default: 2s]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub lock_timeout: Option<Duration>,
    /// How often a migration is tried again when a lock was not to be had [default: 10]
    #[arg(long, value_name = "N")]
    pub lock_retries: Option<u32>,
    /// How long a statement may run; 0 for ever [default: 0]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub statement_timeout: Option<Duration>,
    /// How long to wait for another run to end [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub lock_wait: Option<Duration>,
    /// Do not verify what is declared in `schema.toml` afterwards
    #[arg(long)]
    pub no_verify: bool,
}

/// `crmdb migrate up`
#[derive(Clone, Debug, Args)]
pub struct UpArgs {
    /// Stop after this version; `MODULE:VERSION` where there are several modules
    #[arg(long, value_name = "VERSION", value_parser = goal, conflicts_with = "steps")]
    pub to: Option<GoalArg>,
    /// Apply so many at most
    #[arg(long, value_name = "N")]
    pub steps: Option<usize>,
    /// Print what would run, with the SQL, and run nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Apply files that are older than an applied migration too
    #[arg(long)]
    pub out_of_order: bool,
    /// Run what this file of `crmdb migrate plan` says, and only on the target as it was then
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "steps"])]
    pub plan: Option<PathBuf>,
    /// Go on although applied migrations have no file here
    #[arg(long)]
    pub allow_missing: bool,
    /// Prove on a throw-away database first that what is pending can be taken back, with so many made-up rows in each
    /// table where a number is given; what was found goes into the ledger
    #[arg(long, num_args = 0..=1, default_missing_value = "0", require_equals = true, value_name = "ROWS", conflicts_with = "dry_run")]
    pub prove: Option<u64>,
    /// Write tables anew that are larger than `[policy] max_rewrite`
    #[arg(long)]
    pub accept_rewrite: bool,
    /// Read tables whole that are larger than `[policy] max_scan`, while nobody can write to them
    #[arg(long)]
    pub accept_scan: bool,
    /// Apply all pending migrations in one transaction: all or none
    #[arg(long, num_args = 0..=1, default_missing_value = "true", default_value = "false", require_equals = true, value_name = "BOOL", action = clap::ArgAction::Set)]
    pub single_transaction: bool,
    /// How data dies.
    #[command(flatten)]
    pub loss: LossArgs,
    /// How fast it must be.
    #[command(flatten)]
    pub haste: HasteArgs,
    /// How they are run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// `crmdb migrate down`
#[derive(Clone, Debug, Args)]
pub struct DownArgs {
    /// Take back everything after this version; `MODULE:VERSION` where there are several modules
    #[arg(long, value_name = "VERSION", value_parser = goal, conflicts_with_all = ["steps", "all"])]
    pub to: Option<GoalArg>,
    /// Take back so many
    #[arg(long, value_name = "N", conflicts_with = "all")]
    pub steps: Option<usize>,
    /// Take back everything
    #[arg(long)]
    pub all: bool,
    /// Run the rollbacks that the ledger recorded; no project is needed
    #[arg(long, conflicts_with = "from_files")]
    pub from_ledger: bool,
    /// Run what this file of `crmdb migrate plan` says, and only on the target as it was then; no project is needed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "steps", "all", "from_ledger", "from_files"])]
    pub plan: Option<PathBuf>,
    /// Run the project's rollbacks, also where the ledger recorded others
    #[arg(long)]
    pub from_files: bool,
    /// Print what would run, with the SQL, and run nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Take all of them back in one transaction: all or none
    #[arg(long, num_args = 0..=1, default_missing_value = "true", default_value = "false", require_equals = true, value_name = "BOOL", action = clap::ArgAction::Set)]
    pub single_transaction: bool,
    /// How data dies.
    #[command(flatten)]
    pub loss: LossArgs,
    /// How fast it must be.
    #[command(flatten)]
    pub haste: HasteArgs,
    /// How they are run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// `crmdb status`
#[derive(Clone, Debug, Args)]
pub struct StatusArgs {
    /// End with exit code 1 when a migration is pending
    #[arg(long)]
    pub exit_code: bool,
}

/// `crmdb verify`
#[derive(Clone, Debug, Args)]
pub struct VerifyArgs {
    /// How long a query may run; 0 for ever [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub statement_timeout: Option<Duration>,
}

/// `crmdb history`
#[derive(Clone, Debug, Args)]
pub struct HistoryArgs {
    /// Show so many events, the newest first
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
}

/// `crmdb diff`
#[derive(Clone, Debug, Args)]
pub struct DiffArgs {
    /// What is: `live`, `migrations`, `empty`, a URL, a `.sql` file or a folder of such files
    #[arg(long, value_name = "SIDE", default_value = "live")]
    pub from: String,
    /// What shall be: the same choice
    #[arg(long, value_name = "SIDE", default_value = "migrations")]
    pub to: String,
    /// What counts.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Never take a dropped and a created object for a renamed one
    #[arg(long)]
    pub no_renames: bool,
    /// Build indexes concurrently, beside those they take the place of, and validate constraints after they are added
    #[arg(long)]
    pub online: bool,
    /// Print the statements without trying them on a shadow database first
    #[arg(long)]
    pub untried: bool,
    /// Write a migration of this name and its rollback; the difference must be one from `migrations`
    #[arg(long, value_name = "NAME", conflicts_with_all = ["rollback", "untried"])]
    pub write: Option<String>,
    /// Write the statements that lead back to this file
    #[arg(long, value_name = "FILE")]
    pub rollback: Option<PathBuf>,
}

/// `crmdb init`
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// The folder; made where it does not exist
    #[arg(default_value = ".")]
    pub folder: PathBuf,
}

/// The commands on the private server.
#[derive(Clone, Debug, Subcommand)]
pub enum Server {
    /// Start it and keep it running
    Start,
    /// Stop it
    Stop,
    /// Show whether it runs, and where
    Status,
    /// Start it if need be and print its URL
    Url,
    /// Start it if need be and open its database in psql
    Psql {
        /// Passed on to psql
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_holds_together() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
