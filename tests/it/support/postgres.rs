//! A throw-away PostgreSQL cluster for one run of the tests, and a database of its own for each test.
//!
//! The server dies with the test process, however that ends: `cluster.sh` waits for the pipe to close.

mod tests;

use std::io::Read;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crmdb::server::{Environment, Installation};
use nix::unistd::{Uid, User};
use postgres::{Client, NoTls};

use super::ground;

/// A running PostgreSQL that trusts its unix socket, with the superuser `postgres`.
pub(crate) struct Server {
    /// `postgresql://` URL in which `{}` stands for the database.
    url: String,
    /// `None` for a server that was named by `CRMDB_TEST_SERVER`.
    cluster: Option<Cluster>,
    /// Makes and drops databases.
    session: Mutex<Option<Client>>,
}

struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    major: u32,
    shell: Child,
}

/// How `Server::stop` ends a server.
#[derive(Clone, Copy)]
pub(crate) enum Stop {
    /// Sessions are cut off, the data directory is left clean.
    Fast,
    /// As in a crash: the next start recovers from the WAL.
    Immediate,
}

impl Server {
    /// Returns the server that all tests of this process share.
    ///
    /// `CRMDB_TEST_SERVER` may name a running one instead: a `postgresql://` URL of a superuser, in which `{}`
    /// stands for the database.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var("CRMDB_TEST_SERVER") {
            Ok(url) => {
                assert!(
                    url.contains("{}"),
                    "`CRMDB_TEST_SERVER` must hold `{{}}` in the place of the database"
                );
                Self { url, cluster: None, session: Mutex::default() }
            }
            Err(_) => Self::private(),
        })
    }

    /// Makes a server of the caller's own, to stop and to break.
    pub(crate) fn private() -> Self {
        Self::made(None)
    }

    /// Makes a standby that follows this server.
    pub(crate) fn standby(&self) -> Self {
        Self::made(Some(&self.cluster().folder))
    }

    /// Makes a server of nothing, or from the one whose socket lies in the folder of its `primary`.
    fn made(primary: Option<&Path>) -> Self {
        let Installation { bin, major, .. } = installation();
        let folder = ground::folder("crmdb-it-").keep();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", include_str!("cluster.sh"), "cluster"]).arg(&bin).arg(&folder).args(primary);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        as_server_user(&mut shell, Some(&folder));
        // Of its own process group, so that a Ctrl-C for the tests leaves it alive to clean up.
        let mut shell = shell.process_group(0).spawn().unwrap();
        let mut answer = String::new();
        shell.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "ready\n", "the test server in {} does not start", folder.display());
        let url = format!("postgresql://postgres@/{{}}?host={}&port=5432", folder.display());
        Self { url, cluster: Some(Cluster { folder, bin, major, shell }), session: Mutex::default() }
    }

    /// Returns the URL of a database on this server, whether it exists or not.
    pub(crate) fn url(&self, database: &str) -> String {
        self.url.replace("{}", database)
    }

    /// Returns the unix socket that the server listens on.
    pub(crate) fn socket(&self) -> PathBuf {
        let host = self.url.split("host=").nth(1).and_then(|rest| rest.split('&').next());
        let folder = host.expect("the server's URL names the folder of its socket as `host`");
        Path::new(folder).join(".s.PGSQL.5432")
    }

    /// Returns what the server has logged. Panics on a server that is not of this process's making.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.cluster().folder.join("server.log")).unwrap()
    }

    /// Connects to a database as the superuser.
    pub(crate) fn client(&self, database: &str) -> Client {
        let url = self.url(database);
        Client::connect(&url, NoTls).unwrap_or_else(|error| panic!("no connection to {url}: {error:?}"))
    }

    /// Makes an empty database.
    pub(crate) fn database(&self) -> Database<'_> {
        // template0 has no connections, ever; template1 in use would refuse to be copied.
        self.database_like("template0")
    }

    /// Makes a database that holds what `template` holds; nobody may be connected to that.
    pub(crate) fn database_like(&self, template: &str) -> Database<'_> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("test").rsplit("::").next().unwrap();
        let short: String =
            test.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
        let name = format!("{short}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        self.order(&format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"{}", self.strategy()))
            .unwrap();
        Database { server: self, name }
    }

    /// Runs a statement on databases, in a session that is kept for that as long as it lives.
    fn order(&self, sql: &str) -> Result<(), postgres::Error> {
        let mut kept = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let alive = |mut session: Client| session.batch_execute("").is_ok().then_some(session);
        let mut session = match kept.take().and_then(alive) {
            Some(session) => session,
            None => Client::connect(&self.url("postgres"), NoTls)?,
        };
        let done = session.batch_execute(sql);
        *kept = Some(session);
        done
    }

    /// In memory, copying files costs a quarter of writing them to the WAL; on a disk, its checkpoints cost more.
    fn strategy(&self) -> &'static str {
        match &self.cluster {
            Some(cluster) if cluster.major >= 15 && ground::in_memory() => " STRATEGY file_copy",
            _ => "",
        }
    }

    /// Stops the server; only for a private one.
    pub(crate) fn stop(&self, how: Stop) {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        self.pg_ctl(&["stop", "--mode", mode]);
    }

    /// Starts a server that was stopped, and waits until it takes connections.
    pub(crate) fn start(&self) {
        let log = self.cluster().folder.join("server.log");
        self.pg_ctl(&["start", "--log", log.to_str().unwrap()]);
    }

    /// Starts a server that was stopped, as a standby that follows nobody.
    pub(crate) fn start_as_standby(&self) {
        let signal = self.cluster().folder.join("data/standby.signal");
        std::fs::write(&signal, "").unwrap();
        std::fs::set_permissions(&signal, PermissionsExt::from_mode(0o666)).unwrap();
        self.start();
    }

    /// Makes a standby a primary.
    pub(crate) fn promote(&self) {
        self.pg_ctl(&["promote"]);
    }

    /// Lets the server ask a role for its password; the others it trusts.
    pub(crate) fn ask_for_password(&self, role: &str) {
        let file = self.cluster().folder.join("data/pg_hba.conf");
        let before = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("local all {role} scram-sha-256\n{before}")).unwrap();
        self.client("postgres").batch_execute("select pg_reload_conf()").unwrap();
    }

    /// Makes an empty folder that is the server's own.
    pub(crate) fn make_folder(&self, path: &Path) {
        let mut mkdir = Command::new("mkdir");
        mkdir.arg("-m").arg("700").arg(path);
        as_server_user(&mut mkdir, None);
        assert!(mkdir.status().unwrap().success(), "{} can't be made", path.display());
    }

    fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("only `Server::private` may be stopped")
    }

    fn pg_ctl(&self, args: &[&str]) {
        let Cluster { folder, bin, .. } = self.cluster();
        let mut pg_ctl = Command::new(bin.join("pg_ctl"));
        pg_ctl.args(args).args(["--wait", "--silent", "--pgdata"]).arg(folder.join("data"));
        pg_ctl.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        as_server_user(&mut pg_ctl, None);
        assert!(pg_ctl.status().unwrap().success(), "pg_ctl {args:?} failed, see {}", folder.display());
    }
}

impl Drop for Cluster {
    /// Waits until the server is gone: a test must not leave it to race with the next one's assertions.
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // Nothing can be done here about a shell that cannot be waited for, and a panic would hide the test's own.
        let _ = self.shell.wait();
    }
}

/// An empty database of one test; dropped, with all sessions in it, when the value is.
pub(crate) struct Database<'server> {
    server: &'server Server,
    name: String,
}

impl Database<'static> {
    /// Makes an empty database on the shared server.
    pub(crate) fn create() -> Self {
        Server::shared().database()
    }
}

impl Database<'_> {
    /// Returns the database's name, which needs no quoting in SQL.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the database's URL.
    pub(crate) fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// Connects to the database as the superuser.
    pub(crate) fn client(&self) -> Client {
        self.server.client(&self.name)
    }

    /// Returns what pg_dump says of the database, rows included, without crmdb's own schema.
    pub(crate) fn dump(&self) -> String {
        let mut dump = pg_dump();
        dump.args(["--exclude-schema=crmdb", "--inserts", "--dbname"]).arg(self.url());
        let output = dump.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        // The key of \restrict is another one each time.
        text.lines().filter(|line| !line.contains("restrict ")).map(|line| format!("{line}\n")).collect()
    }
}

impl Database<'_> {
    /// PostgreSQL does not drop a database with subscriptions.
    fn unsubscribe(&self) {
        let sql = "SELECT format('ALTER SUBSCRIPTION %1$I DISABLE; ALTER SUBSCRIPTION %1$I SET (slot_name = NONE); \
                   DROP SUBSCRIPTION %1$I', subname) \
                   FROM pg_subscription JOIN pg_database ON subdbid = pg_database.oid WHERE datname = $1";
        let Ok(mut client) = Client::connect(&self.url(), NoTls) else { return };
        for row in client.query(sql, &[&self.name]).unwrap_or_default() {
            let _ = client.batch_execute(row.get(0));
        }
    }
}

impl Drop for Database<'_> {
    /// A test may have stopped the server for good: then there is nothing to drop.
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name);
        if self.server.order(&sql).is_err() {
            self.unsubscribe();
            let _ = self.server.order(&sql);
        }
    }
}

/// Returns the `pg_dump` of the server's version, or the one that `CRMDB_TEST_PG_DUMP` names.
pub(crate) fn pg_dump() -> Command {
    if let Some(program) = std::env::var_os("CRMDB_TEST_PG_DUMP") {
        return Command::new(program);
    }
    Command::new(installation().bin.join("pg_dump"))
}

/// Returns the server's programs.
fn installation() -> Installation {
    let environment = Environment::read(env!("CARGO_BIN_EXE_crmdb").into()).unwrap();
    let found = Installation::find(&environment, None).unwrap_or_else(|error| panic!("{error}"));
    // `initdb` may be a link; Debian's `pg_dump` on the PATH is a wrapper that takes its time.
    let initdb = std::fs::canonicalize(found.bin.join("initdb")).unwrap();
    Installation { bin: initdb.parent().unwrap().to_owned(), ..found }
}

/// PostgreSQL refuses to run as root: there the command runs as `postgres`, and `folder` is made that user's.
pub(crate) fn as_server_user(command: &mut Command, folder: Option<&Path>) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).current_dir("/");
    if !Uid::effective().is_root() {
        return;
    }
    let user = ["postgres", "nobody"].iter().find_map(|name| User::from_name(name).unwrap()).unwrap();
    if let Some(folder) = folder {
        chown(folder, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
    }
    command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
}

/// Waits for something that another process does; panics when it has not come within `limit`.
pub(crate) fn wait_until(what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < limit, "still not so after {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
