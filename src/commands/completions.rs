//! `crmdb completions`: what a shell needs to complete crmdb's arguments.

use clap::CommandFactory as _;

use crate::cli::args::Cli;
use crate::report::Report;
use crate::report::files::Plain;

pub(super) fn run(shell: clap_complete::Shell) -> Box<dyn Report> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "crmdb", &mut script);
    Box::new(Plain { command: "completions", text: String::from_utf8_lossy(&script).into_owned() })
}
