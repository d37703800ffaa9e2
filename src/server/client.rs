//! A client's hold on a private server: starts the server if need be, keeps it alive, says how to reach it.
#![expect(clippy::disallowed_methods, reason = "clients lock files and start the supervisor")]

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::account::{Account, own_folder, server_folder};
use super::environment::Environment;
use super::error::{ServerError, StartFailure};
use super::installation::{Installation, install_command};
use super::job::{Durability, Job, SUPERVISE, clean};
use super::place::{Cluster, Home, discard, socket, socket_folder, socket_parents};
use super::record::{Foreign, Running, State, lock_file, private_file};
use super::session::ensure_database;
use super::supervise::Report;

/// Between two looks at what another process is about to change.
const MOMENT: Duration = Duration::from_millis(10);

/// A running private server, which does not stop for want of use while this value lives.
#[derive(Debug)]
pub struct Client {
    running: Running,
    database: String,
    /// Shared, and freed by the kernel however this process ends.
    _lock: File,
}

impl Client {
    /// Returns the database that belongs to the cluster; it exists.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Returns the URL of a database on this server, as libpq and most drivers read it. It holds no password: the
    /// socket lies in a folder that is the user's alone.
    pub fn url(&self, database: &str) -> String {
        url(&self.running.sockets, database)
    }

    /// Returns the binaries that the server runs.
    pub fn installation(&self) -> &Installation {
        &self.running.installation
    }

    /// Returns the command that opens a database in `psql`: the one that came with the server, else the one on
    /// `PATH`. This value must live until it ends.
    pub fn psql(&self, database: &str) -> Command {
        let beside = self.running.installation.bin.join("psql");
        let mut command = Command::new(if beside.is_file() { beside } else { "psql".into() });
        command.arg(self.url(database));
        command
    }

    pub(super) fn running(&self) -> &Running {
        &self.running
    }
}

/// Returns the URL of a database behind a socket folder.
pub(super) fn url(sockets: &Path, database: &str) -> String {
    let host = percent_encoded(sockets.as_os_str());
    format!("postgresql://postgres@/{}?host={host}&port=5432", percent_encoded(OsStr::new(database)))
}

fn percent_encoded(text: &OsStr) -> String {
    let encoded = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
            char::from(*byte).into()
        }
        byte => format!("%{byte:02X}"),
    };
    text.as_bytes().iter().map(encoded).collect()
}

/// Returns a hold on the server of a cluster, making the cluster, starting the server and making its database as
/// far as needed. Blocks meanwhile; any number of processes may call it at once.
///
/// # Errors
/// [`ServerError`]; nothing that is unfinished stays in the way of the next call.
pub fn ensure(cluster: &Cluster, environment: &Environment) -> Result<Client, ServerError> {
    let place = Place::locate(cluster, environment)?;
    let home = &place.home;
    own_folder(&home.folder)?;
    let lock = hold(home)?;
    let database = cluster.database();
    loop {
        let running = match State::of(home)? {
            State::Running(running) if socket(&running.sockets).exists() => running,
            _ => place.start()?,
        };
        match ensure_database(&running.sockets, &database) {
            Ok(()) => return Ok(Client { running, database, _lock: lock }),
            // Its supervisor may not have seen yet that the server was killed.
            Err(_) if changes(home, &running)? => {}
            Err(message) => {
                let action = "opening its database";
                return Err(ServerError::Session { folder: place.home.folder, action, message });
            }
        }
    }
}

/// Waits a little for a server that was seen running to be seen otherwise.
fn changes(home: &Home, seen: &Running) -> Result<bool, ServerError> {
    for _ in 0..100 {
        match State::of(home)? {
            State::Running(running) if running == *seen => std::thread::sleep(MOMENT),
            _ => return Ok(true),
        }
    }
    Ok(false)
}

/// Where a cluster is, and what it is started with.
struct Place<'a> {
    cluster: &'a Cluster,
    environment: &'a Environment,
    home: Home,
    /// `None` where the folder decides which.
    installation: Option<Installation>,
}

impl<'a> Place<'a> {
    /// Finds the cluster's folder. A project's data decides the major version; the binaries are looked for only when
    /// the version does not follow from that, because asking each for its version takes longer than connecting.
    fn locate(cluster: &'a Cluster, environment: &'a Environment) -> Result<Self, ServerError> {
        let folder = cluster.folder(environment)?;
        let (wanted, made) = match cluster {
            Cluster::Shadow { major } => (*major, *major),
            Cluster::Dev { .. } => (None, newest(&folder)),
        };
        let (major, installation) = match made.filter(|_| environment.pg_bin.is_none()) {
            Some(major) => (major, None),
            None => {
                let found = Installation::find(environment, wanted)?;
                (found.major, Some(found))
            }
        };
        let home = Home { folder: folder.join(major.to_string()) };
        Ok(Self { cluster, environment, home, installation })
    }

    fn start(&self) -> Result<Running, ServerError> {
        let home = &self.home;
        let path = home.start_lock();
        let lock = lock_file(&path)?;
        lock.lock().map_err(ServerError::disk("lock", &path))?;
        loop {
            match State::of(home)? {
                State::Running(running) if socket(&running.sockets).exists() => return Ok(running),
                // Its socket was removed, which the supervisor would see too, but later; or it is of another version.
                State::Running(Running { supervisor, .. }) | State::Foreign(Foreign { supervisor }) => {
                    let _ = kill(Pid::from_raw(supervisor), Signal::SIGTERM);
                    std::thread::sleep(MOMENT);
                }
                State::Changing => std::thread::sleep(MOMENT),
                State::Stopped => {
                    let job = self.job()?;
                    run_supervisor(&job, &self.environment.supervisor)
                        .inspect_err(|_| discard(&job.sockets))?;
                }
            }
        }
    }

    fn job(&self) -> Result<Job, ServerError> {
        let Self { cluster, environment, home, installation } = self;
        let installation = match installation {
            Some(found) => found.clone(),
            None => self.installed()?,
        };
        let account = Account::for_data(&home.data())?;
        Ok(Job {
            folder: home.folder.clone(),
            sockets: sockets(environment, home, account)?,
            installation,
            account,
            durability: match cluster {
                Cluster::Dev { .. } => Durability::Durable,
                Cluster::Shadow { .. } => Durability::ThrowAway,
            },
            idle: environment.idle.unwrap_or(cluster.idle()).as_secs(),
        })
    }

    /// The version follows from the folder's name; when it is not installed, what is in the folder decides what to say.
    fn installed(&self) -> Result<Installation, ServerError> {
        let folder = &self.home.folder;
        let name = folder.file_name().and_then(OsStr::to_str);
        let wanted = name.and_then(|name| name.parse().ok());
        Installation::find(self.environment, wanted).map_err(|error| match (error, self.cluster, wanted) {
            (ServerError::NotInstalled { installed, .. }, Cluster::Dev { .. }, Some(major)) => {
                ServerError::OtherMajor {
                    folder: folder.clone(),
                    major,
                    installed,
                    install: install_command(self.environment, Some(major)),
                }
            }
            (error, ..) => error,
        })
    }
}

/// Returns the newest major version that a cluster has been made with.
pub(super) fn newest(folder: &Path) -> Option<u32> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    entries
        .filter(|entry| entry.path().join("data").is_dir())
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .max()
}

/// Takes a share of the clients' lock; waits while a supervisor that holds it alone stops its server.
fn hold(home: &Home) -> Result<File, ServerError> {
    let path = home.clients_lock();
    let file = lock_file(&path)?;
    file.lock_shared().map_err(ServerError::disk("lock", &path))?;
    file.set_modified(SystemTime::now()).map_err(ServerError::disk("write", &path))?;
    Ok(file)
}

/// Makes the folder of the socket in the first place that allows it.
fn sockets(environment: &Environment, home: &Home, account: Option<Account>) -> Result<PathBuf, ServerError> {
    let mut refused = None;
    // Each twice: a supervisor that ends removes an empty parent, perhaps between the making of the two folders.
    for parent in socket_parents(environment).into_iter().flat_map(|parent| [parent.clone(), parent]) {
        let Some(folder) = socket_folder(&parent, home) else {
            continue;
        };
        match own_folder(&parent).and_then(|()| server_folder(&folder, account)) {
            Ok(()) => return Ok(folder),
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.expect("the last place is short enough, so it has answered"))
}

/// Starts the supervisor and waits until it has said how the start went.
fn run_supervisor(job: &Job, program: &Path) -> Result<(), ServerError> {
    let path = job.home().supervisor_log();
    let log = private_file(&path)?;
    let text = serde_json::to_string(job).map_err(|error| ServerError::Disk {
        action: "use the folder",
        path: job.folder.clone(),
        source: error.into(),
    })?;
    let mut command = Command::new(program);
    clean(&mut command, &job.folder);
    command.arg(SUPERVISE).arg(text).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let unable = |source| ServerError::Supervisor { program: program.to_owned(), source };
    let mut supervisor = command.spawn().map_err(unable)?;
    let mut said = String::new();
    let answer = supervisor.stdout.take().expect("the standard output was piped");
    BufReader::new(answer).read_line(&mut said).map_err(unable)?;
    let failure = match serde_json::from_str(&said) {
        Ok(Report::Ready) => return Ok(()),
        Ok(Report::Failed(failure)) => failure,
        Err(_) => StartFailure::Silent { log: path },
    };
    // It has nothing left to do but to end; until then it would seem to be starting.
    supervisor.wait().map_err(unable)?;
    Err(ServerError::Start { folder: job.folder.clone(), failure })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_survives_whatever_the_folder_is_called() {
        assert_eq!(
            url(Path::new("/run/user/1000/crmdb/0a1b"), "crm"),
            "postgresql://postgres@/crm?host=/run/user/1000/crmdb/0a1b&port=5432"
        );
        let config: tokio_postgres::Config = url(Path::new("/tmp/a &%b"), "my db?").parse().unwrap();
        assert_eq!(config.get_hosts(), [tokio_postgres::config::Host::Unix("/tmp/a &%b".into())]);
        assert_eq!(config.get_dbname(), Some("my db?"));
    }
}
