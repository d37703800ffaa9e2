//! The command line: hidden subcommands first, so that nothing runs before them.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    crmdb::server::hidden(&arguments).unwrap_or(ExitCode::SUCCESS)
}
