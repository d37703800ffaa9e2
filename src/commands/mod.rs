//! One file a command: read, decide, execute, report. The only place where the edges, the model and the report meet.

pub(crate) mod apply;
mod baseline;
mod completions;
pub(crate) mod context;
mod down;
pub(crate) mod foreign_keys;
mod history;
mod init;
mod new;
mod redo;
mod repair;
mod running;
mod server;
mod status;
mod up;

pub use context::Context;

use crate::cli::args::{Cli, Command, Migrate};
use crate::error::Error;
use crate::report::Report;

/// Runs the command that was typed.
pub async fn run(cli: &Cli, context: &mut Context<'_>) -> Result<Box<dyn Report>, Error> {
    match &cli.command {
        Command::Migrate(Migrate::Up(args)) => up::run(context, args).await,
        Command::Migrate(Migrate::Down(args)) => down::run(context, args).await,
        Command::Migrate(Migrate::Status(args)) | Command::Status(args) => status::run(context, args).await,
        Command::Migrate(Migrate::New(args)) => new::run(context, args),
        Command::Migrate(Migrate::Baseline(args)) => baseline::run(context, args).await,
        Command::Migrate(Migrate::Repair(args)) => repair::run(context, args).await,
        Command::Migrate(Migrate::Redo(args)) => redo::run(context, args).await,
        Command::History(args) => history::run(context, args).await,
        Command::Server(server) => server::run(context, server),
        Command::Init(args) => init::run(args),
        Command::Completions { shell } => Ok(completions::run(*shell)),
    }
}
