//! Throw-away PostgreSQL clusters for the connection tests: with and without TLS, with several kinds of certificate,
//! and a hot standby.
//!
//! Each server is started by a shell that reads from a pipe this process holds. When the process ends, however it
//! ends, the pipe closes and the shell stops the server and removes its folder.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use crate::support::ground::ground;

/// The password of every role that has one; characters that each syntax must escape in its own way.
pub(super) const PASSWORD: &str = "hunter2 :/@?#%'\\";

const ACCESS_RULES: &str = "\
local     all all      trust
hostssl   all cert_user all cert
hostssl   all tls_only  all scram-sha-256
hostnossl all plain_only all scram-sha-256
host      all clear_user all password
host      all md5_user   all md5
host      all scram_user all scram-sha-256
host      all trusted    all trust
";

/// Certificates and keys, made once by openssl, and the clusters that show them.
pub(super) struct World {
    folder: PathBuf,
    _keepers: Vec<Child>,
    /// TLS; a certificate for `localhost` by the test authority; asks for client certificates.
    pub(super) secure: Server,
    /// No TLS; transactions are read-only by default.
    pub(super) plain: Server,
    /// TLS with an X.509 version 1 certificate whose common name is `localhost`, by the same authority.
    pub(super) version_one: Server,
    /// TLS with a certificate for `localhost` and 127.0.0.1 that signed itself, as an authority's does.
    pub(super) self_signed: Server,
    /// A hot standby of `secure`.
    pub(super) standby: Server,
}

/// One running server.
pub(super) struct Server {
    pub(super) data: PathBuf,
    pub(super) port: u16,
    /// The folder of its Unix socket.
    pub(super) socket: PathBuf,
}

impl World {
    /// Returns the one world of this test run.
    pub(super) fn shared() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(Self::make)
    }

    /// Returns the path of a certificate or key.
    pub(super) fn file(&self, name: &str) -> String {
        self.folder.join("tls").join(name).display().to_string()
    }

    fn make() -> Self {
        let folder = ground().join(format!("crmdb-connect-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        std::fs::create_dir(folder.join("tls")).unwrap();
        give(&folder);
        make_certificates(&folder.join("tls"));
        let mut keepers = vec![remover(&folder)];
        let template = folder.join("template");
        run(program("initdb").args(["-D", path(&template), "-U", "postgres"]).args([
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
        ]));
        let mut start = |name: &str, template: &Path, settings: &str| {
            let (server, keeper) = start(&folder.join(name), template, settings);
            keepers.push(keeper);
            server
        };
        let tls = |name: &str| {
            let file = |name: &str| folder.join("tls").join(name).display().to_string();
            let (certificate, key) = (file(&format!("{name}.crt")), file(&format!("{name}.key")));
            let authority = file("ca.crt");
            format!(
                "ssl = on\nssl_cert_file = '{certificate}'\nssl_key_file = '{key}'\nssl_ca_file = '{authority}'\n"
            )
        };
        let secure = start("secure", &template, &tls("localhost"));
        let plain = start("plain", &template, "");
        let version_one = start("version_one", &template, &tls("version_one"));
        let self_signed = start("self_signed", &template, &tls("self_signed"));
        for server in [&secure, &plain, &version_one, &self_signed] {
            server.create_roles();
        }
        plain.sql("ALTER SYSTEM SET default_transaction_read_only = on");
        plain.sql("SELECT pg_reload_conf()");
        let copy = folder.join("copy");
        run(program("pg_basebackup")
            .args(["-D", path(&copy), "-R", "-c", "fast", "--no-sync", "-U", "postgres"])
            .args(["-h", path(&secure.socket), "-p", &secure.port.to_string()]));
        let standby = start("standby", &copy, &tls("localhost"));
        Self { secure, plain, version_one, self_signed, standby, folder, _keepers: keepers }
    }
}

/// Makes a cluster from a copy of `template` and starts it with `settings` added.
fn start(data: &Path, template: &Path, settings: &str) -> (Server, Child) {
    run(as_server("cp").args(["-a", path(template), path(data)]));
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let socket = data.with_extension("s");
    std::fs::create_dir(&socket).unwrap();
    give(&socket);
    let common = format!(
        "port = {port}\nlisten_addresses = 'localhost'\nunix_socket_directories = '{0}, @{0}'\nfsync = off\n\
         shared_buffers = 16MB\nautovacuum = off\nwal_level = replica\nmax_wal_senders = 3\n\
         log_statement = all\nlog_connections = on\nlog_line_prefix = '%a %u '\n",
        socket.display()
    );
    let all = common + settings + &recovery_settings(data);
    std::fs::write(data.join("postgresql.auto.conf"), all).unwrap();
    let rules = format!("local replication all trust\n{ACCESS_RULES}");
    std::fs::write(data.join("pg_hba.conf"), rules).unwrap();
    let server = Server { data: data.to_owned(), port, socket };
    let keeper = keep(&server);
    (server, keeper)
}

/// Keeps what `pg_basebackup -R` wrote.
fn recovery_settings(data: &Path) -> String {
    let text = std::fs::read_to_string(data.join("postgresql.auto.conf")).unwrap_or_default();
    text.lines().filter(|line| line.starts_with("primary_conninfo")).map(|line| format!("{line}\n")).collect()
}

/// Starts the server under a shell that stops it when this process's end of the pipe closes.
fn keep(server: &Server) -> Child {
    let script = "trap '' HUP INT TERM\n\"$1/pg_ctl\" -D \"$2\" -l \"$2/log\" -w -t 60 start >/dev/null || exit 1\n\
                  echo up\nread -r _\n\"$1/pg_ctl\" -D \"$2\" -m immediate stop >/dev/null";
    let mut keeper = as_server("sh")
        .args(["-c", script, "sh", path(&bin()), path(&server.data)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut word = [0; 3];
    let started = std::io::Read::read_exact(keeper.stdout.as_mut().unwrap(), &mut word);
    let log = || std::fs::read_to_string(server.data.join("log")).unwrap_or_default();
    assert!(started.is_ok() && &word == b"up\n", "the server did not start: {}", log());
    keeper
}

/// Removes the folder after the servers are down.
fn remover(folder: &Path) -> Child {
    let script = "trap '' HUP INT TERM; read -r _; sleep 2; rm -rf \"$1\"";
    Command::new("sh").args(["-c", script, "sh", path(folder)]).stdin(Stdio::piped()).spawn().unwrap()
}

impl Server {
    /// Runs SQL as the superuser over the socket and returns what psql prints.
    pub(super) fn sql(&self, sql: &str) -> String {
        let port = self.port.to_string();
        let output = run(program("psql")
            .args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-h", path(&self.socket), "-p", &port])
            .args(["-U", "postgres", "-d", "postgres", "-c", sql]));
        output.trim().to_owned()
    }

    fn create_roles(&self) {
        let password = PASSWORD.replace('\'', "''");
        let mut sql = "CREATE ROLE trusted LOGIN; CREATE ROLE cert_user LOGIN;".to_owned();
        for role in ["tls_only", "plain_only", "clear_user", "scram_user"] {
            sql += &format!("CREATE ROLE {role} LOGIN PASSWORD '{password}';");
        }
        sql += &format!("SET password_encryption = md5; CREATE ROLE md5_user LOGIN PASSWORD '{password}';");
        self.sql(&sql);
    }
}

fn make_certificates(folder: &Path) {
    let script = r#"
        set -e; umask 077; cd "$1"
        ec="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
        authority() { openssl req -new -x509 -days 30 -nodes -subj "/CN=$2" $3 \
            -addext basicConstraints=critical,CA:TRUE -keyout "$1.key" -out "$1.crt"; }
        leaf() { name=$1; cn=$2; kind=$3; shift 3
            openssl req -new -nodes $kind -subj "/CN=$cn" -keyout "$name.key" -out "$name.csr"
            openssl x509 -req -in "$name.csr" -days 30 -CA ca.crt -CAkey ca.key -CAcreateserial \
                -out "$name.crt" "$@"; }
        authority ca ca "-newkey rsa:2048"; authority other_ca other_ca "$ec"; authority impostor ca "-newkey rsa:2048"
        printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth' > san
        leaf localhost ignored "-newkey rsa:2048" -extfile san
        leaf version_one localhost "$ec"
        leaf cert_user cert_user "$ec"
        leaf stranger stranger "-newkey rsa:2048"
        openssl req -new -x509 -days 30 -nodes $ec -subj /CN=localhost \
            -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout self_signed.key -out self_signed.crt
        openssl pkey -in cert_user.key -aes256 -passout pass:x -out encrypted.key
        chmod 644 *.crt; cp cert_user.key open.key; chmod 644 open.key
    "#;
    let output = Command::new("sh").args(["-c", script, "sh", path(folder)]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for name in ["localhost", "version_one", "self_signed"] {
        give(&folder.join(format!("{name}.key")));
    }
}

/// Returns a client or server program of PostgreSQL, run as the server's user.
fn program(name: &str) -> Command {
    as_server(path(&bin().join(name)))
}

/// Returns a command that runs as a user PostgreSQL accepts, with nothing of this process's environment but the path.
fn as_server(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").current_dir("/");
    if let Some((uid, gid)) = server_user() {
        command.uid(uid).gid(gid);
    }
    command
}

/// Returns psql for a client's side of a comparison: as this process's own user, with an empty environment.
pub(super) fn psql() -> Command {
    let mut command = Command::new(bin().join("psql"));
    command.env_clear().env("LC_ALL", "C").current_dir("/");
    command
}

fn server_user() -> Option<(u32, u32)> {
    let root = nix::unistd::geteuid().is_root();
    let user = root.then(|| nix::unistd::User::from_name("postgres").unwrap()).flatten()?;
    Some((user.uid.as_raw(), user.gid.as_raw()))
}

fn give(file: &Path) {
    if let Some((uid, gid)) = server_user() {
        chown(file, Some(uid), Some(gid)).unwrap();
    }
}

/// Writes a file that only its owner can read.
pub(super) fn write_private(file: &Path, text: &str) {
    std::fs::write(file, text).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn bin() -> PathBuf {
    let named = std::env::var_os("CRMDB_PG_BIN").map(PathBuf::from);
    named.unwrap_or_else(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").unwrap();
        let mut found: Vec<_> = versions.map(|version| version.unwrap().path().join("bin")).collect();
        found.retain(|bin| bin.join("initdb").exists());
        found.sort();
        found
            .pop()
            .expect("PostgreSQL is installed under /usr/lib/postgresql, or CRMDB_PG_BIN names its programs")
    })
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Returns the name of the user that the servers run as.
pub(super) fn server_user_name() -> String {
    let uid = server_user().map_or_else(nix::unistd::geteuid, |(uid, _)| uid.into());
    nix::unistd::User::from_uid(uid).unwrap().unwrap().name
}
