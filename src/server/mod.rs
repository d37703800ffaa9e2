//! The private PostgreSQL: found, made, started, shared between processes, and stopped when nobody uses it.
//!
//! Each cluster has a folder with `data` and three locks. A client holds a share of `clients.lock` for its life. The
//! one that finds no server takes `start.lock` and runs the supervisor, a detached process of the same executable,
//! which holds `supervisor.lock`, makes the cluster, is the parent of `postgres`, and stops it when it gets
//! `clients.lock` alone for long enough. The kernel frees each lock however its holder ends, so nothing has to be
//! cleaned up by hand; on Linux it also ends `postgres` when the supervisor is killed.
//!
//! The supervisor is [`Environment::supervisor`] run with a hidden subcommand, so the `main` of that executable must
//! call [`hidden`] before anything else.

mod account;
mod client;
mod command;
mod environment;
mod error;
mod installation;
mod job;
mod make;
mod place;
mod postmaster;
mod record;
mod session;
mod shadow;
mod supervise;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

pub use client::{Client, ensure};
pub use command::{ServerStatus, Status, Stopped, start, status, stop};
pub use environment::Environment;
pub use error::{ServerError, StartFailure};
pub use installation::Installation;
pub use place::Cluster;
pub use shadow::{ShadowError, other_major};

/// Runs one of the hidden subcommands by which the private server starts itself, if the arguments (without the
/// program's name) name one; must be called from the main thread, before anything else.
pub fn hidden(arguments: &[OsString]) -> Option<ExitCode> {
    let (name, rest) = arguments.split_first()?;
    let ended = match name.to_str()? {
        job::SUPERVISE => supervise_text(rest),
        job::BECOME => Err(format!("cannot run `postgres`: {}", job::become_program(rest))),
        _ => return None,
    };
    Some(match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // Both subcommands run with a log as their standard error; when it is full, there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    })
}

fn supervise_text(arguments: &[OsString]) -> Result<(), String> {
    let text = arguments.first().and_then(|text| text.to_str()).ok_or("a job is missing")?;
    let job = serde_json::from_str(text).map_err(|error| format!("the job cannot be read: {error}"))?;
    supervise::supervise(&job).map_err(|failure| failure.to_string())
}
