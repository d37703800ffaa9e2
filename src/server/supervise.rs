//! The supervisor: the detached process that makes a cluster, is the parent of its `postgres`, and stops it when
//! nobody uses it.
#![expect(clippy::disallowed_methods, reason = "a supervisor watches files and the clock")]

use std::fs::File;
use std::io::{self, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, setsid};
use serde::{Deserialize, Serialize};
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};
use tokio::time::sleep;

use super::error::{ServerError, StartFailure};
use super::job::Job;
use super::make::{last_lines, make};
use super::place::{Home, discard, socket};
use super::postmaster::{Left, Postmaster, Readiness, clear_the_way, end_orphans};
use super::record::{Held, Running, lock_file, private_file};
use super::session::sessions;

/// How long the data of a killed postmaster may stay in use by its backends.
const ORPHANS_END: Duration = Duration::from_secs(2);

/// What the supervisor tells the client that started it, as one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Report {
    /// The server takes connections.
    Ready,
    /// There is no server, and the supervisor ends.
    Failed(StartFailure),
}

/// Serves until nobody uses the server, or it is told to stop.
///
/// # Errors
/// [`StartFailure`] when the server does not start; the client that waits has been told.
pub(super) fn supervise(job: &Job) -> Result<(), StartFailure> {
    close_inherited();
    // Fails only for a leader of a process group, which then is out of the terminal's reach already.
    let _ = setsid();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| system("start the supervisor", &error))?;
    let served = runtime.block_on(async {
        let server = Server::start(job).await?;
        report(&Report::Ready);
        server.watch().await;
        Ok(())
    });
    if let Err(failure) = &served {
        report(&Report::Failed(StartFailure::clone(failure)));
    }
    served
}

/// Whoever waits for the end of a pipe that the client happened to hold would wait for the end of the server.
fn close_inherited() {
    let open = std::fs::read_dir("/dev/fd").into_iter().flatten().flatten();
    let numbers: Vec<i32> = open.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for number in numbers.into_iter().filter(|number| *number > 2) {
        // One of them was the listing's own, and is closed already.
        let _ = nix::unistd::close(number);
    }
}

/// The client that started the supervisor may be gone, and nobody else reads this.
fn report(report: &Report) {
    let line = serde_json::to_string(report).expect("a report is plain data");
    let _ = writeln!(io::stdout(), "{line}");
}

/// Writes a line to the supervisor's log, which is its standard error.
fn note(what: &str) {
    let _ = writeln!(io::stderr(), "{} {what}", jiff::Timestamp::now());
}

/// A running `postgres` and what its supervisor listens to.
struct Server<'job> {
    job: &'job Job,
    home: Home,
    held: Held,
    child: Child,
    ended: Stream,
    told: Stream,
}

/// How `postgres` is stopped: <https://www.postgresql.org/docs/current/server-shutdown.html>.
#[derive(Clone, Copy)]
enum Shutdown {
    /// Sessions are cut off, the data is left clean.
    Fast,
    /// As in a crash; nothing is written.
    Immediate,
}

impl<'job> Server<'job> {
    async fn start(job: &'job Job) -> Result<Self, StartFailure> {
        let home = job.home();
        let mut held = Held::take(&home)?;
        let _ = std::fs::remove_file(home.keep());
        // First: a server whose data was removed under it writes its last `global/pg_control` by the full path, into
        // whatever cluster is there by then.
        let left = clear_the_way(&home.data(), &job.sockets);
        let left = left.map_err(|error| system("clear the way for the server", &error))?;
        make(job)?;
        // A signal that came before would end the supervisor, and with it whatever it has started.
        let listen = |kind| signal(kind).map_err(|error| system("listen to signals", &error));
        let (ended, told) = (listen(SignalKind::child())?, listen(SignalKind::terminate())?);
        let child = start_postgres(job, left).await?;
        let running = Running {
            supervisor: pid_of_this(),
            pid: child.id().cast_signed(),
            started: jiff::Timestamp::now(),
            sockets: job.sockets.clone(),
            installation: job.installation.clone(),
            idle: job.idle,
        };
        touch(&home)?;
        held.publish(&running).map_err(|error| system("write the record of the server", &error))?;
        note(&format!("postgres {} is ready as process {}", job.installation.version, running.pid));
        Ok(Self { job, home, held, child, ended, told })
    }

    /// Returns when the server has ended, for whatever reason.
    async fn watch(mut self) {
        let tick = Duration::from_secs(self.job.idle).div_f64(4.0);
        let tick = tick.clamp(Duration::from_millis(100), Duration::from_secs(5));
        loop {
            tokio::select! {
                _ = self.told.recv() => break self.stop("told to", Shutdown::Fast).await,
                _ = self.ended.recv() => {}
                () = sleep(tick) => {}
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                note(&format!("postgres ended by itself: {status}"));
                break;
            }
            // The folder may have been removed, and even be another supervisor's since.
            if !self.held.is_in_place(&self.home) || !self.home.data().join("PG_VERSION").exists() {
                break self.stop("its data is gone", Shutdown::Immediate).await;
            }
            if !socket(&self.job.sockets).exists() {
                break self.stop("its socket is gone", Shutdown::Fast).await;
            }
            if let Some(_no_client_may_come) = self.nobody_uses_it().await {
                break self.stop("nobody uses it", Shutdown::Fast).await;
            }
        }
        if self.held.is_in_place(&self.home) || !self.home.folder.exists() {
            discard(&self.job.sockets);
        }
    }

    /// Returns the clients' lock, to be held until the server has ended, when the server has been idle for its time.
    async fn nobody_uses_it(&self) -> Option<File> {
        let lock = lock_file(&self.home.clients_lock()).ok()?;
        if lock.try_lock().is_err() {
            let _ = lock.set_modified(SystemTime::now());
            return None;
        }
        let since = lock.metadata().ok()?.modified().ok()?;
        // A clock that was set back makes the last use lie in the future, which is not idle.
        let idle = SystemTime::now().duration_since(since).unwrap_or_default();
        if idle < Duration::from_secs(self.job.idle) || self.home.keep().exists() {
            return None;
        }
        // People come with psql and other tools, which hold no lock.
        let in_use = match sessions(&self.job.sockets).await {
            Ok(open) => open > 0,
            // A server that answers with a refusal has no connection to spare.
            Err(error) => error.as_db_error().is_some(),
        };
        if in_use {
            let _ = lock.set_modified(SystemTime::now());
            return None;
        }
        Some(lock)
    }

    async fn stop(&mut self, why: &str, how: Shutdown) {
        // A client that comes while the server is going down must wait for the next one.
        let _ = self.held.clear();
        note(&format!("stopping: {why}"));
        let steps = [(Signal::SIGINT, 60), (Signal::SIGQUIT, 5), (Signal::SIGKILL, 5)];
        let first = match how {
            Shutdown::Fast => 0,
            Shutdown::Immediate => 1,
        };
        for (signal, patience) in &steps[first..] {
            // The child has not been waited for, so its process id is still its own.
            let _ = kill(Pid::from_raw(self.child.id().cast_signed()), *signal);
            if let Some(status) = self.wait(Duration::from_secs(*patience)).await {
                note(&format!("stopped: {status}"));
                return;
            }
        }
    }

    async fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        while start.elapsed() < limit {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            tokio::select! {
                _ = self.ended.recv() => {}
                () = sleep(Duration::from_millis(50)) => {}
            }
        }
        None
    }
}

/// Starts `postgres` and waits until it takes connections, however long it recovers. The backends of a killed one
/// may keep its shared memory for a moment.
async fn start_postgres(job: &Job, left: Left) -> Result<Child, StartFailure> {
    let home = job.home();
    let start = Instant::now();
    loop {
        let mut child = spawn(job)?;
        let status = loop {
            let ready = Postmaster::read(&home.data()).is_some_and(|found| {
                found.readiness == Readiness::Ready && found.pid.as_raw() == child.id().cast_signed()
            });
            if ready {
                return Ok(child);
            }
            match child.try_wait().map_err(|error| system("wait for `postgres`", &error))? {
                Some(status) => break status,
                None => sleep(Duration::from_millis(3)).await,
            }
        };
        note(&format!("postgres ended before it was ready: {status}"));
        if left == Left::Clean || start.elapsed() > ORPHANS_END {
            let log = std::fs::read(home.server_log()).unwrap_or_default();
            return Err(StartFailure::Postgres { log: last_lines(&String::from_utf8_lossy(&log)) });
        }
        end_orphans(&home.data());
        sleep(Duration::from_millis(100)).await;
    }
}

/// The log of the server before is kept once, so that two crashes in a row can be compared and the disk not filled.
fn spawn(job: &Job) -> Result<Child, StartFailure> {
    let path = job.home().server_log();
    if path.exists() {
        let _ = std::fs::rename(&path, path.with_added_extension("1"));
    }
    let log = private_file(&path)?;
    let spawn = || job.postgres()?.stdout(Stdio::null()).stderr(log).spawn();
    spawn().map_err(|error| system("run `postgres`", &error))
}

/// Marks the server as used at this moment.
fn touch(home: &Home) -> Result<(), ServerError> {
    let path = home.clients_lock();
    lock_file(&path)?.set_modified(SystemTime::now()).map_err(ServerError::disk("write", &path))
}

fn pid_of_this() -> i32 {
    std::process::id().cast_signed()
}

fn system(action: &str, error: &io::Error) -> StartFailure {
    StartFailure::System { message: format!("cannot {action}: {error}") }
}
