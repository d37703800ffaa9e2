//! One file a command: read, decide, execute, report. The only place where the edges, the model and the report meet.

pub(crate) mod apply;
mod baseline;
mod blast;
mod completions;
pub(crate) mod context;
mod diff;
mod down;
mod draft;
pub(crate) mod foreign_keys;
mod from_diff;
mod history;
mod init;
mod keeping;
mod new;
mod plan;
mod prove;
mod pull;
mod recorded;
mod redo;
mod rehearse;
mod repair;
mod rescue;
mod rollback;
mod running;
mod schema;
mod seed;
mod server;
mod shadow;
mod show;
mod sides;
pub mod signals;
mod squash;
mod status;
mod up;
pub(crate) mod verify;

pub use context::Context;

use crate::cli::args::{Cli, Command, Format, Migrate, Schema};
use crate::error::Error;
use crate::report::Report;

/// Runs the command that was typed.
pub async fn run(cli: &Cli, context: &mut Context<'_>) -> Result<Box<dyn Report>, Error> {
    let listing = matches!(cli.global.format, Format::Junit | Format::Sarif | Format::Github);
    if listing && !cli.command.lists_findings() {
        return Err(Error::Usage {
            message: "this `--format` lists findings, and this command finds none".to_owned(),
            hint: Some("use `--format json`".to_owned()),
        });
    }
    if cli.global.format == Format::Sql && !cli.command.prints_statements() {
        return Err(Error::Usage {
            message: "`--format sql` prints statements, and this command prints none".to_owned(),
            hint: Some("use it with `diff`, or with `migrate up` and `down` under `--dry-run`".to_owned()),
        });
    }
    match &cli.command {
        Command::Migrate(Migrate::Up(args)) => {
            let haste = context.haste(&args.haste);
            haste.answered(up::run(context, args)).await?
        }
        Command::Migrate(Migrate::Down(args)) => {
            let haste = context.haste(&args.haste);
            haste.answered(down::run(context, args)).await?
        }
        Command::Migrate(Migrate::Status(args)) | Command::Status(args) => status::run(context, args).await,
        Command::Migrate(Migrate::Verify(args)) | Command::Verify(args) => verify::run(context, args).await,
        Command::Migrate(Migrate::Plan(args)) => plan::run(context, args).await,
        Command::Migrate(Migrate::New(args)) => new::run(context, args).await,
        Command::Migrate(Migrate::Squash(args)) => squash::run(context, args).await,
        Command::Migrate(Migrate::Rollback(args)) => rollback::run(context, args).await,
        Command::Migrate(Migrate::Baseline(args)) => baseline::run(context, args).await,
        Command::Migrate(Migrate::Repair(args)) => repair::run(context, args).await,
        Command::Migrate(Migrate::Redo(args)) => {
            let haste = context.haste(&args.haste);
            haste.answered(redo::run(context, args)).await?
        }
        Command::Schema(Schema::Contract(args)) => schema::run(context, args).await,
        Command::Schema(Schema::Pull(args)) => pull::run(context, args).await,
        Command::Schema(Schema::Show(args)) => show::run(context, args).await,
        Command::Prove(args) => prove::run(context, args).await,
        Command::Rescue(command) => rescue::run(context, command).await,
        Command::Diff(args) | Command::Migrate(Migrate::Diff(args)) => diff::run(context, args).await,
        Command::Migrate(Migrate::Seed(args)) | Command::Seed(args) => seed::run(context, args).await,
        Command::History(args) => history::run(context, args).await,
        Command::Server(server) => server::run(context, server),
        Command::Init(args) => init::run(args),
        Command::Completions { shell } => Ok(completions::run(*shell)),
    }
}
