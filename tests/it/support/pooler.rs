//! A PgBouncer in front of a test server. It dies with the test process, as the server does.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use postgres::{Client, NoTls};

use super::ground;
use super::postgres::{Database, Server, as_server_user, wait_until};

/// A running PgBouncer.
pub(crate) struct Pooler {
    folder: PathBuf,
    shell: Child,
}

impl Pooler {
    /// Starts one. `settings` are lines of its configuration, such as `pool_mode = transaction`; `database` what is added to
    /// the line that leads to the server, such as `connect_query='…'`.
    pub(crate) fn new(server: &Server, (settings, database): (&str, &str)) -> Self {
        let program = program();
        let folder = ground::folder("crmdb-it-").keep();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
        let (place, socket) = (folder.display(), server.socket());
        let host = socket.parent().unwrap().display();
        let configuration = format!(
            "[databases]\n* = host={host} port=5432 {database}\n[pgbouncer]\nunix_socket_dir = {place}\n\
             listen_addr =\nlisten_port = 6432\nauth_type = trust\nauth_file = {place}/users\n\
             logfile = {place}/pooler.log\nserver_check_delay = 0\n{settings}\n"
        );
        std::fs::write(folder.join("pgbouncer.ini"), configuration).unwrap();
        std::fs::write(folder.join("users"), "\"postgres\" \"\"\n").unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", include_str!("pooler.sh"), "pooler"]).arg(program).arg(&folder);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        as_server_user(&mut shell, Some(&folder));
        let shell = shell.process_group(0).spawn().unwrap();
        let pooler = Self { folder, shell };
        let socket = pooler.folder.join(".s.PGSQL.6432");
        wait_until("the pooler listens", Duration::from_secs(20), || socket.exists());
        pooler
    }

    /// Returns the URL of a database through the pooler.
    pub(crate) fn url(&self, database: &Database<'_>) -> String {
        format!("postgresql://postgres@/{}?host={}&port=6432", database.name(), self.folder.display())
    }

    /// Connects to a database through the pooler.
    pub(crate) fn client(&self, database: &Database<'_>) -> Client {
        Client::connect(&self.url(database), NoTls).unwrap()
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // As with the server: nothing can be done about a shell that cannot be waited for.
        let _ = self.shell.wait();
    }
}

/// Returns the program, which `scripts/postgres` installs.
fn program() -> PathBuf {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&folders).chain([Path::new("/usr/sbin").to_owned()]);
    let program = folders.map(|folder| folder.join("pgbouncer")).find(|program| program.exists());
    program.expect("there is no `pgbouncer`: `scripts/postgres` installs it")
}
