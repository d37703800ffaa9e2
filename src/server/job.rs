//! What a supervisor is told to do, and how it runs PostgreSQL's programs: as the server's user, with a clean
//! environment, never outliving the supervisor.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{Pid, getppid};
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::installation::Installation;
use super::place::Home;

/// The hidden subcommand that supervises one server.
pub(super) const SUPERVISE: &str = "__supervise";
/// The hidden subcommand that becomes a program of PostgreSQL's.
pub(super) const BECOME: &str = "__postgres";

/// Whether a cluster must survive a crash of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Durability {
    /// It holds data.
    Durable,
    /// It is made anew when it is broken.
    ThrowAway,
}

/// One cluster to serve; it crosses from the client to the supervisor as JSON, and holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    /// The cluster's folder.
    pub(super) folder: PathBuf,
    /// The folder of the socket, which exists.
    pub(super) sockets: PathBuf,
    /// The binaries.
    pub(super) installation: Installation,
    /// The user to run them as, when crmdb runs as root.
    pub(super) account: Option<Account>,
    /// Whether the cluster must survive a crash.
    pub(super) durability: Durability,
    /// Seconds after which the server stops when nobody uses it.
    pub(super) idle: u64,
}

/// Settings of a cluster that is worth nothing after a crash. A migration that makes a thousand tables in one
/// transaction needs more locks than the default 64; a small WAL keeps the folder small; a subscription connects to nobody.
const THROW_AWAY: [&str; 13] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "jit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_logical_replication_workers=0",
    "max_wal_size=256MB",
    "shared_buffers=32MB",
    "max_connections=300",
    "max_locks_per_transaction=1024",
    "log_checkpoints=off",
];

impl Job {
    /// Returns the cluster's folder and the names in it.
    pub(super) fn home(&self) -> Home {
        Home { folder: self.folder.clone() }
    }

    /// Returns the command that becomes `postgres` on the cluster's data.
    pub(super) fn postgres(&self) -> io::Result<Command> {
        let mut arguments: Vec<OsString> = vec!["-D".into(), self.home().data().into()];
        // The setting is a list: quotes keep a comma or a space in the path from dividing it.
        let folder = self.sockets.to_string_lossy().replace('"', "\"\"");
        let own =
            [format!("unix_socket_directories=\"{folder}\""), "unix_socket_permissions=0700".to_owned()];
        let fixed = ["port=5432", "listen_addresses=", "logging_collector=off", "log_destination=stderr"];
        let settings = own.into_iter().chain(fixed.map(str::to_owned));
        let shadow = match self.durability {
            Durability::Durable => [].as_slice(),
            Durability::ThrowAway => THROW_AWAY.as_slice(),
        };
        for setting in settings.chain(shadow.iter().map(|&setting| setting.to_owned())) {
            arguments.extend(["-c".into(), setting.into()]);
        }
        self.program("postgres", &arguments)
    }

    /// Returns the command that becomes `initdb` on an empty folder that belongs to the server's user.
    pub(super) fn initdb(&self, data: &Path, locale: &[&str]) -> io::Result<Command> {
        let fixed = [
            "--username=postgres",
            "--encoding=UTF8",
            "--auth-local=trust",
            "--auth-host=reject",
            "--no-instructions",
        ];
        let no_sync = (self.durability == Durability::ThrowAway).then_some("--no-sync");
        // PostgreSQL 13 and older have no such option, and print instructions to a log that nobody reads.
        let fixed =
            fixed.iter().filter(|option| self.installation.major >= 14 || **option != "--no-instructions");
        let mut arguments: Vec<OsString> = vec!["-D".into(), data.into()];
        arguments.extend(fixed.chain(no_sync.iter()).chain(locale).map(OsString::from));
        self.program("initdb", &arguments)
    }

    fn program(&self, name: &str, arguments: &[OsString]) -> io::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(BECOME).arg(std::process::id().to_string());
        match self.account {
            Some(Account { uid, gid }) => command.args([uid.to_string(), gid.to_string()]),
            None => command.args(["-", "-"]),
        };
        command.arg(self.installation.bin.join(name)).args(arguments);
        clean(&mut command, &self.folder);
        command.stdin(Stdio::null());
        Ok(command)
    }
}

/// Leaves a command nothing of the user's environment: a `PGDATA`, a `PGOPTIONS` or root's `HOME` would reach the
/// server, and a locale decides its messages; on macOS `postgres` needs one to start at all.
pub(super) fn clean(command: &mut Command, folder: &Path) {
    command.env_clear().current_dir("/");
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C").env("HOME", folder);
}

/// Becomes the program that the arguments name: the supervisor's process id, user and group (or `-`), program and
/// its arguments. Returns only when that fails.
pub(super) fn become_program(arguments: &[OsString]) -> io::Error {
    match exec(arguments) {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

fn exec(arguments: &[OsString]) -> io::Result<Infallible> {
    let [supervisor, uid, gid, program, rest @ ..] = arguments else {
        return Err(io::Error::other("too few arguments"));
    };
    let number = |text: &OsStr| text.to_str().and_then(|text| text.parse::<u32>().ok());
    let account = number(uid).zip(number(gid)).map(|(uid, gid)| Account { uid, gid });
    let mut command = Command::new(program);
    command.args(rest);
    drop_privileges(&mut command, account)?;
    // Before this line the supervisor's death would go unnoticed.
    let parent = number(supervisor).and_then(|pid| i32::try_from(pid).ok()).map(Pid::from_raw);
    if parent != Some(getppid()) {
        return Err(io::Error::other("the supervisor is gone"));
    }
    Err(command.exec())
}

/// The signal at the parent's death is forgotten when the user changes, so the user changes first; `exec` keeps it.
/// The parent's *thread* counts, which is why the supervisor starts programs from its main one.
#[cfg(target_os = "linux")]
fn drop_privileges(_: &mut Command, account: Option<Account>) -> io::Result<()> {
    use nix::sys::prctl::set_pdeathsig;
    use nix::sys::signal::Signal;
    use nix::unistd::{Gid, Uid, setgid, setgroups, setuid};

    if let Some(Account { uid, gid }) = account {
        setgroups(&[Gid::from_raw(gid)])?;
        setgid(Gid::from_raw(gid))?;
        setuid(Uid::from_raw(uid))?;
    }
    Ok(set_pdeathsig(Signal::SIGQUIT)?)
}

/// No signal comes at the parent's death here: the next supervisor ends the server that was left.
#[cfg(not(target_os = "linux"))]
fn drop_privileges(command: &mut Command, account: Option<Account>) -> io::Result<()> {
    if let Some(Account { uid, gid }) = account {
        command.uid(uid).gid(gid);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(durability: Durability, sockets: &str) -> Job {
        let installation = Installation { bin: "/pg".into(), major: 15, version: "15.1".to_owned() };
        Job {
            folder: "/h".into(),
            sockets: sockets.into(),
            installation,
            account: None,
            durability,
            idle: 600,
        }
    }

    fn arguments(command: &Command) -> Vec<String> {
        command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_durable_cluster_keeps_the_settings_that_make_it_so() {
        let durable = arguments(&job(Durability::Durable, "/run/x").postgres().unwrap());
        assert!(!durable.iter().any(|setting| setting.starts_with("fsync")), "{durable:?}");
        let shadow = arguments(&job(Durability::ThrowAway, "/run/x").postgres().unwrap());
        for setting in ["fsync=off", "max_locks_per_transaction=1024", "listen_addresses="] {
            assert!(shadow.iter().any(|given| given == setting), "{setting} is missing in {shadow:?}");
        }
    }

    #[test]
    fn a_comma_in_the_sockets_folder_does_not_divide_it() {
        let given = arguments(&job(Durability::Durable, "/run/a, \"b\"").postgres().unwrap());
        assert!(given.iter().any(|one| one == "unix_socket_directories=\"/run/a, \"\"b\"\"\""), "{given:?}");
    }

    #[test]
    fn a_program_whose_supervisor_is_gone_does_not_run() {
        let error = become_program(&["1".into(), "-".into(), "-".into(), "/bin/true".into()]);
        assert_eq!(error.to_string(), "the supervisor is gone");
    }
}
