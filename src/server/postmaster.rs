//! The `postgres` process of one data directory: what `postmaster.pid` says of it, and what a dead one left behind.
#![expect(clippy::disallowed_methods, reason = "processes are seen through files")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Whether a server takes connections yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readiness {
    /// It does.
    Ready,
    /// It is starting, recovering or stopping.
    NotReady,
}

/// The parts of `postmaster.pid` that are of use:
/// <https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Postmaster {
    /// The process id; whether that process is alive, and is a server, is another question.
    pub(super) pid: Pid,
    /// Whether it takes connections, if it is.
    pub(super) readiness: Readiness,
}

impl Postmaster {
    /// Reads the file of a data directory; `None` when there is none, or when it is not written to its end yet.
    pub(super) fn read(data: &Path) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(pid_file(data)).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let pid: i32 = text.lines().next()?.trim().parse().ok()?;
        let ready = text.lines().nth(7).is_some_and(|status| status.trim() == "ready");
        Some(Self {
            pid: Pid::from_raw(pid),
            readiness: if ready { Readiness::Ready } else { Readiness::NotReady },
        })
    }
}

/// How a server was left the last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// It was stopped.
    Clean,
    /// It was killed, or the machine went down.
    Unclean,
}

/// Makes room for a server on a data directory, and in a socket folder, that no other supervisor holds: ends a
/// server that outlived its supervisor, and makes stale lock files passable.
pub(super) fn clear_the_way(data: &Path, sockets: &Path) -> std::io::Result<Left> {
    let socket = super::place::socket(sockets);
    let socket_lock = socket.with_added_extension("lock");
    // The socket's lock file has the same first line. It alone tells of a server whose data was removed under it.
    let behind_socket = std::fs::read_to_string(&socket_lock).ok().and_then(|text| Postmaster::parse(&text));
    let old = Postmaster::read(data);
    for pid in old.iter().chain(&behind_socket).map(|found| found.pid) {
        end(pid, data);
    }
    for file in [&socket, &socket_lock] {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    match old {
        Some(old) => pass_reused_pid(data, old.pid)?,
        None if !data.exists() => end_orphans(data),
        None => {}
    }
    Ok(if pid_file(data).exists() { Left::Unclean } else { Left::Clean })
}

fn end(pid: Pid, data: &Path) {
    for (signal, seconds) in [(Signal::SIGINT, 10), (Signal::SIGQUIT, 5), (Signal::SIGKILL, 5)] {
        if serves(pid, data) {
            // It may have ended since: the next look tells.
            let _ = kill(pid, signal);
            wait_while(Duration::from_secs(seconds), || serves(pid, data));
        }
    }
}

/// `postgres` refuses to start while the process in `postmaster.pid` is alive, whatever it is: after a reboot the
/// number may be anybody's. Removing the file would also remove the shared memory key by which `postgres` sees
/// that old backends still write; the process id of its parent instead makes it look at that key alone
/// (`CreateLockFile` in
/// <https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/init/miscinit.c>).
fn pass_reused_pid(data: &Path, old: Pid) -> std::io::Result<()> {
    let file = pid_file(data);
    if kill(old, None).is_err() || serves(old, data) {
        return Ok(());
    }
    let Ok(text) = std::fs::read_to_string(&file) else {
        return Ok(());
    };
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    std::fs::write(file, format!("{}\n{rest}", std::process::id()))
}

/// Ends processes of a server that has no postmaster or no data any more, and waits until they are gone. A backend
/// that is busy computing does not see its postmaster die, and keeps the shared memory; a server whose files were
/// all removed does not see that for a minute. Only Linux tells which they are.
pub(super) fn end_orphans(data: &Path) {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return;
    };
    let numbers = processes.flatten().filter_map(|process| process.file_name().to_str()?.parse().ok());
    let orphans: Vec<Pid> = numbers.map(Pid::from_raw).filter(|pid| serves(*pid, data)).collect();
    for pid in &orphans {
        // It may have ended since, which is what is wanted.
        let _ = kill(*pid, Signal::SIGQUIT);
    }
    wait_while(Duration::from_secs(2), || orphans.iter().any(|pid| serves(*pid, data)));
}

/// Tells whether a process is a `postgres` of this data directory, in which all of them stand.
fn serves(pid: Pid, data: &Path) -> bool {
    let process = Path::new("/proc").join(pid.to_string());
    // The data itself may be gone, which has no real path then.
    let real = data.parent().and_then(|folder| Some(folder.canonicalize().ok()?.join(data.file_name()?)));
    if Path::new("/proc/self").exists() {
        let name = std::fs::read_to_string(process.join("comm")).unwrap_or_default();
        let stands_in = std::fs::read_link(process.join("cwd")).unwrap_or_default();
        let stands_in = stands_in.to_string_lossy();
        // What Linux says of a folder that was removed under the process.
        let stands_in = Path::new(stands_in.trim_end_matches(" (deleted)"));
        return name.trim_end() == "postgres" && real.is_some_and(|data| data == stands_in);
    }
    let mut ps = Command::new("ps");
    ps.args(["-o", "args=", "-p", &pid.to_string()]).stdin(Stdio::null()).stderr(Stdio::null());
    let command_line = ps.output().map(|said| String::from_utf8_lossy(&said.stdout).into_owned());
    command_line.is_ok_and(|line| line.contains("postgres") && line.contains(&*data.to_string_lossy()))
}

fn pid_file(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}

fn wait_while(limit: Duration, is_so: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while is_so() && start.elapsed() < limit {
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_is_read_as_far_as_it_is_written() {
        let head = "4711\n/data\n1700000000\n5432\n/run/x\n\n  123  456\n";
        let of = |text: &str| Postmaster::parse(text).map(|found| (found.pid.as_raw(), found.readiness));
        assert_eq!(of(""), None);
        assert_eq!(of("4711\n"), Some((4711, Readiness::NotReady)));
        assert_eq!(of(&format!("{head}starting\n")), Some((4711, Readiness::NotReady)));
        assert_eq!(of(&format!("{head}ready   \n")), Some((4711, Readiness::Ready)));
    }

    #[test]
    fn a_live_process_that_is_no_server_is_not_killed_and_its_number_is_made_passable() {
        let data = tempfile::tempdir().unwrap();
        let mut stranger = Command::new("sleep").arg("60").current_dir(data.path()).spawn().unwrap();
        std::fs::write(pid_file(data.path()), format!("{}\n/data\n17\n", stranger.id())).unwrap();
        let sockets = tempfile::tempdir().unwrap();
        let lock = sockets.path().join(".s.PGSQL.5432.lock");
        std::fs::write(&lock, format!("{}\n", stranger.id())).unwrap();
        assert_eq!(clear_the_way(data.path(), sockets.path()).unwrap(), Left::Unclean);
        assert!(!lock.exists());
        assert!(stranger.try_wait().unwrap().is_none());
        let rest = std::fs::read_to_string(pid_file(data.path())).unwrap();
        assert_eq!(rest, format!("{}\n/data\n17\n", std::process::id()));
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }
}
