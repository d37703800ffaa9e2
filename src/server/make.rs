//! Makes a cluster, so that it is there whole or not at all.
#![expect(clippy::disallowed_methods, reason = "clusters are files")]

use std::path::Path;
use std::process::Stdio;

use nix::unistd::{Uid, User};

use super::account::server_folder;
use super::error::{ServerError, StartFailure};
use super::job::{Durability, Job};

/// The folder in which `initdb` works; a killed one leaves it behind.
const UNFINISHED: &str = "data.unfinished";

/// Lines of a log that an error carries.
const TAIL: usize = 12;

/// Makes the cluster's data unless it is there. Only one supervisor of a cluster runs at a time, and its `initdb`
/// dies with it, so what is unfinished is nobody's.
pub(super) fn make(job: &Job) -> Result<(), StartFailure> {
    let data = job.home().data();
    if data.join("PG_VERSION").is_file() {
        return Ok(());
    }
    if data.exists() {
        if job.durability == Durability::Durable {
            return Err(StartFailure::NotACluster { data });
        }
        remove(&data)?;
    }
    let uid = job.account.map_or(Uid::effective(), |account| Uid::from_raw(account.uid));
    if matches!(User::from_uid(uid), Ok(None)) {
        return Err(StartFailure::NoPasswdEntry { uid: uid.as_raw() });
    }
    let unfinished = job.folder.join(UNFINISHED);
    let mut attempt = Ok(());
    for locale in locales(job.installation.major) {
        if unfinished.exists() {
            remove(&unfinished)?;
        }
        server_folder(&unfinished, job.account)?;
        attempt = initdb(job, &unfinished, locale);
        if attempt.is_ok() {
            break;
        }
    }
    if attempt.is_err() {
        remove(&unfinished)?;
    }
    attempt?;
    std::fs::rename(&unfinished, &data).map_err(ServerError::disk("finish", &data))?;
    let folder = std::fs::File::open(&job.folder).and_then(|folder| folder.sync_all());
    Ok(folder.map_err(ServerError::disk("write", &job.folder))?)
}

/// Locales to try, the best first: one that is the same on every machine, orders by code point and knows letters
/// beyond ASCII. PostgreSQL 17 brings its own; before, the C library's `C.UTF-8` is it, which macOS and older
/// systems lack.
fn locales(major: u32) -> &'static [&'static [&'static str]] {
    if major >= 17 {
        return &[&["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]];
    }
    &[&["--locale=C.UTF-8"], &["--locale=C"]]
}

fn initdb(job: &Job, data: &Path, locale: &[&str]) -> Result<(), StartFailure> {
    let run = || job.initdb(data, locale)?.stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let output = run().map_err(ServerError::disk("run `initdb` of", &job.installation.bin))?;
    if output.status.success() {
        return Ok(());
    }
    Err(StartFailure::Initdb { log: last_lines(&String::from_utf8_lossy(&output.stderr)) })
}

fn remove(folder: &Path) -> Result<(), ServerError> {
    std::fs::remove_dir_all(folder).map_err(ServerError::disk("remove", folder))
}

/// Returns the end of a log.
pub(super) fn last_lines(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(TAIL)..].iter().map(|&line| line.to_owned()).collect()
}

impl From<ServerError> for StartFailure {
    fn from(error: ServerError) -> Self {
        Self::System { message: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_carries_the_end_of_a_log() {
        let text: String = (1..=20).map(|line| format!("line {line}\n\n")).collect();
        let lines = last_lines(&text);
        assert_eq!((lines.len(), &*lines[0], &*lines[11]), (12, "line 9", "line 20"));
        assert_eq!(last_lines(""), Vec::<String>::new());
    }
}
