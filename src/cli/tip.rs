//! What is said beside clap's own words about a line that is no command.

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::args::Cli;

/// Adds the command behind `migrate` that is called like the word which is no command by itself.
pub fn beside(mut error: clap::Error) -> clap::Error {
    let meant = match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word))) => {
            let cli = Cli::command();
            let migrate = cli.find_subcommand("migrate").and_then(|migrate| migrate.find_subcommand(word));
            migrate.map(|command| format!("migrate {}", command.get_name()))
        }
        _ => None,
    };
    if let Some(meant) = meant {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![meant]));
    }
    error
}
