//! A throw-away cluster for the catalog tests, and the judge: `pg_dump -s`.

use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The roles that the cases may name.
const ROLES: &str = "CREATE ROLE app; CREATE ROLE reader; CREATE ROLE writer; CREATE ROLE admin; \
                     CREATE ROLE \"Odd Role\"; GRANT app TO admin";

/// A running server with its socket in a folder of its own, gone when the value or the process is.
pub(crate) struct Cluster {
    pub(crate) socket: PathBuf,
    bin: PathBuf,
    /// Stops the server and removes the folder when its standard input is closed, which `kill -9` does too.
    keeper: Option<Child>,
}

impl Cluster {
    pub(crate) fn start() -> Self {
        let bin = std::env::var_os("CRMDB_PG_BIN").map_or_else(newest_installed, PathBuf::from);
        if let Some(socket) = std::env::var_os("CRMDB_TEST_SERVER") {
            return Self { socket: PathBuf::from(socket), bin, keeper: None };
        }
        let folder = tempfile::Builder::new().prefix("crmdb-catalog-").tempdir_in("/tmp").unwrap().keep();
        let mut script = Command::new("sh");
        script.arg("-c").arg(
            "bin=$1; dir=$2; trap '' INT TERM
             cd \"$dir\" && \"$bin/initdb\" -D data -U postgres -A trust --no-sync -E UTF8 --locale=C >log 2>&1 &&
             \"$bin/pg_ctl\" -D data -l log -w start -o \"-k $dir -c listen_addresses='' -c fsync=off \
              -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c wal_level=logical \
              -c shared_buffers=64MB -c max_locks_per_transaction=512\" >>log 2>&1 && echo ready || cat log
             cat >/dev/null
             \"$bin/pg_ctl\" -D data -m immediate -w stop >/dev/null 2>&1
             cd / && rm -rf \"$dir\"",
        );
        script.arg("keeper").arg(&bin).arg(&folder);
        if let Some(postgres) =
            nix::unistd::User::from_name("postgres").unwrap().filter(|_| nix::unistd::geteuid().is_root())
        {
            nix::unistd::chown(&folder, Some(postgres.uid), Some(postgres.gid)).unwrap();
            script.uid(postgres.uid.as_raw()).gid(postgres.gid.as_raw());
        }
        let mut keeper =
            script.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).spawn().unwrap();
        let mut line = String::new();
        let mut answer = std::io::BufReader::new(keeper.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut answer, &mut line).unwrap();
        assert_eq!(line.trim(), "ready", "the cluster did not start");
        let cluster = Self { socket: folder, bin, keeper: Some(keeper) };
        cluster.session("postgres").batch_execute(ROLES).unwrap();
        cluster
    }

    pub(crate) fn session(&self, database: &str) -> postgres::Client {
        let mut config = postgres::Config::new();
        config.host_path(&self.socket).user("postgres").dbname(database);
        config.connect(postgres::NoTls).unwrap()
    }

    /// Returns what `pg_dump -s` says, without what is no difference: its header, the order of entries and columns.
    pub(crate) fn dump(&self, database: &str) -> String {
        let output = Command::new(self.bin.join("pg_dump"))
            .args(["-s", "-U", "postgres", "-d", database, "-h"])
            .arg(&self.socket)
            .output()
            .unwrap();
        assert!(output.status.success(), "pg_dump failed: {}", String::from_utf8_lossy(&output.stderr));
        normalised(&String::from_utf8(output.stdout).unwrap())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            if let Some(mut input) = keeper.stdin.take() {
                input.flush().unwrap();
            }
            keeper.wait().unwrap();
        }
    }
}

fn newest_installed() -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            path.join("bin/initdb").exists().then(|| (version, path.join("bin")))
        })
        .collect();
    found.sort();
    found.pop().expect("a PostgreSQL server is installed").1
}

fn normalised(dump: &str) -> String {
    let mut entries: Vec<String> = Vec::new();
    for block in dump.split("\n--\n-- Name: ").skip(1) {
        let (head, body) = block.split_once("\n--\n").unwrap_or((block, ""));
        let head = head.split(';').take(3).collect::<Vec<_>>().join(";");
        let acl = head.contains("Type: ACL") || head.contains("Type: DEFAULT ACL");
        let mut body: Vec<&str> = body
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with("SET default_") && !line.starts_with('\\'))
            .filter(|line| !line.starts_with("-- PostgreSQL database dump") && *line != "--")
            .collect();
        if acl && !body.iter().any(|line| line.contains("SESSION AUTHORIZATION")) {
            body.sort_unstable();
        }
        entries.push(format!("-- {head}\n{}\n", sorted_columns(&body).join("\n")));
    }
    entries.sort();
    entries.concat()
}

/// Sorts the lines between the parentheses of `CREATE TABLE` and `CREATE TYPE … AS`: columns cannot be moved.
fn sorted_columns(lines: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    let mut columns: Option<BTreeSet<String>> = None;
    for line in lines {
        match &mut columns {
            Some(found) if line.starts_with(')') => {
                out.extend(std::mem::take(found));
                out.push((*line).to_owned());
                columns = None;
            }
            Some(found) => drop(found.insert(line.trim_end_matches(',').to_owned())),
            None => {
                let opens = line.starts_with("CREATE ") && line.contains("TABLE ") && line.ends_with('(')
                    || line.starts_with("CREATE TYPE ") && line.ends_with(" AS (");
                columns = opens.then(BTreeSet::new);
                out.push((*line).to_owned());
            }
        }
    }
    out.extend(columns.into_iter().flatten());
    out
}

/// Returns the folders under `root` that hold a case: `<kind>/<case>/before.sql` and `after.sql`.
pub(crate) fn cases(root: &Path) -> Vec<PathBuf> {
    let folders = |path: &Path| -> BTreeSet<PathBuf> {
        std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect()
    };
    folders(root).iter().flat_map(|kind| folders(kind)).collect()
}
