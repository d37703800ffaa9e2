//! The command line: parse, run, print, exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use crmdb::cli::args::{Cli, Format};
use crmdb::cli::tip;
use crmdb::commands::{self, Context, signals};
use crmdb::report::terminal::{Language, Terminal, Volume};

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    // The private server runs this executable again; that must come before anything else.
    if let Some(code) = crmdb::server::hidden(&arguments) {
        return Ok(code);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let mut terminal = Terminal::new(language(Format::among(&arguments)), Volume::Normal);
            return Ok(ExitCode::from(terminal.unparsed(&tip::beside(error)) as u8));
        }
    };
    let volume = if cli.global.quiet { Volume::Quiet } else { Volume::Normal };
    let mut terminal = Terminal::new(language(cli.global.format), volume);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime for connections")?;
    let mut context = Context::new(&cli.global, &mut terminal).told_by(signals::listen());
    let run = async {
        let done = commands::run(&cli, &mut context).await;
        // The turn in which the connections that the run let go of say goodbye to the server.
        tokio::task::yield_now().await;
        done
    };
    let exit = match runtime.block_on(run) {
        Ok(report) => terminal.report(report.as_ref()),
        Err(error) => terminal.error(&error),
    };
    if let Some(signal) = exit.signal() {
        signals::end_by(signal);
    }
    Ok(ExitCode::from(exit as u8))
}

fn language(format: Format) -> Language {
    match format {
        Format::Human => Language::Human,
        Format::Json => Language::Json,
        Format::Junit => Language::Junit,
        Format::Sarif => Language::Sarif,
        Format::Github => Language::Github,
        Format::Sql => Language::Sql,
    }
}
