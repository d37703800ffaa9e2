//! A place where private servers may be made and broken, and client processes of them.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use crmdb::server::{Client, Cluster, Environment, ServerError, ensure, status};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::ground;

/// Longer than any step takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A folder for the clusters of one test, and a project in it. Everything that serves in it ends with the value.
pub(crate) struct Site {
    pub(crate) folder: PathBuf,
    idle: u64,
    /// Removes the folder when the test process ends, even by `kill -9`; supervisors end with their folder.
    sweeper: Child,
}

impl Site {
    pub(crate) fn new() -> Self {
        let folder = ground::folder("crmdb-it-").keep();
        // As root the server runs as another user, who must be able to come in.
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
        std::fs::create_dir(folder.join("crm")).unwrap();
        let sweep =
            "trap '' HUP INT TERM; cat >/dev/null; until rm -rf \"$SITE\" 2>/dev/null; do sleep 1; done";
        let mut sweeper = Command::new("sh");
        // By a variable, so that it is not among the processes whose arguments name the site.
        sweeper.args(["-c", sweep]).env("SITE", &folder).process_group(0).stdin(Stdio::piped());
        Self { folder, idle: 600, sweeper: sweeper.spawn().unwrap() }
    }

    pub(crate) fn idle(mut self, seconds: u64) -> Self {
        self.idle = seconds;
        self
    }

    pub(crate) fn dev(&self) -> Cluster {
        Cluster::Dev { project: self.folder.join("crm") }
    }

    pub(crate) fn environment(&self) -> Environment {
        Environment {
            server_home: Some(self.folder.join("servers")),
            idle: Some(Duration::from_secs(self.idle)),
            ..Environment::read(env!("CARGO_BIN_EXE_crmdb").into()).unwrap()
        }
    }

    pub(crate) fn ensure(&self) -> Client {
        ensure(&self.dev(), &self.environment()).unwrap()
    }

    pub(crate) fn fails(&self) -> ServerError {
        ensure(&self.dev(), &self.environment()).unwrap_err()
    }

    /// The folder of the dev cluster, whose name must not matter to a test.
    pub(crate) fn home(&self) -> PathBuf {
        status(&self.dev(), &self.environment()).unwrap().folder.unwrap()
    }

    /// The folder in which the dev cluster would be made; a supervisor that does nothing leaves it empty.
    pub(crate) fn empty_home(&self) -> PathBuf {
        let environment = Environment { supervisor: "/bin/true".into(), ..self.environment() };
        match ensure(&self.dev(), &environment).unwrap_err() {
            ServerError::Start { folder, .. } => folder,
            error => panic!("{error}"),
        }
    }

    /// Process ids of supervisors (`__supervise`), or of postmasters, at work on this site.
    pub(crate) fn processes(&self, what: &str) -> Vec<i32> {
        let site = self.folder.to_str().unwrap();
        let ps = Command::new("ps").args(["-eo", "pid=,args="]).output().unwrap();
        let lines = String::from_utf8_lossy(&ps.stdout).into_owned();
        let ours = lines.lines().filter(|line| line.contains(what) && line.contains(site));
        ours.map(|line| line.split_whitespace().next().unwrap().parse().unwrap()).collect()
    }

    pub(crate) fn is_deserted(&self) -> bool {
        self.processes("").is_empty()
    }

    /// Starts a process that is a client of the dev cluster until its standard input closes or it is killed.
    pub(crate) fn client(&self) -> ClientProcess {
        self.spawn(Command::new(std::env::current_exe().unwrap()))
    }

    pub(crate) fn spawn(&self, mut command: Command) -> ClientProcess {
        command.env("CRMDB_SERVER_HOME", self.folder.join("servers"));
        command.env("CRMDB_SERVER_IDLE", self.idle.to_string());
        ClientProcess::spawn(command, &self.folder.join("crm"), Path::new(env!("CARGO_BIN_EXE_crmdb")))
    }
}

impl Drop for Site {
    /// Also after a failure; the supervisors clean up after themselves.
    fn drop(&mut self) {
        for supervisor in self.processes("__supervise") {
            let _ = kill(Pid::from_raw(supervisor), Signal::SIGTERM);
        }
        let start = std::time::Instant::now();
        while !self.is_deserted() && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(self.sweeper.stdin.take());
        let _ = self.sweeper.wait();
    }
}

pub(crate) struct ClientProcess {
    pub(crate) child: Child,
    pub(crate) said: BufReader<ChildStdout>,
}

impl ClientProcess {
    pub(crate) fn spawn(mut command: Command, project: &Path, supervisor: &Path) -> Self {
        command.args([
            "--exact",
            "support::site::is_a_client_until_its_input_ends",
            "--ignored",
            "--nocapture",
        ]);
        command.env("CRMDB_IT_PROJECT", project).env("CRMDB_IT_SUPERVISOR", supervisor);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        Self { said: BufReader::new(child.stdout.take().unwrap()), child }
    }

    /// Waits until it has its server, and returns the URL.
    pub(crate) fn url(&mut self) -> String {
        let mut lines = self.said.by_ref().lines().map_while(Result::ok);
        lines.find_map(|line| Some(line.split_once("serves ")?.1.to_owned())).unwrap()
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
#[ignore = "is run in a process of its own by the tests of the server"]
fn is_a_client_until_its_input_ends() {
    let variable = |name| PathBuf::from(std::env::var_os(name).unwrap());
    let environment = Environment::read(variable("CRMDB_IT_SUPERVISOR")).unwrap();
    let client = ensure(&Cluster::Dev { project: variable("CRMDB_IT_PROJECT") }, &environment).unwrap();
    // Straight to the descriptor: the harness takes what `println` writes.
    let said = format!("\nserves {}\n", client.url(client.database()));
    std::io::stdout().write_all(said.as_bytes()).unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
