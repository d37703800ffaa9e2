//! The PostgreSQL servers that are installed on this machine: where, and of which version.
#![expect(clippy::disallowed_methods, reason = "this is where the server edge looks for binaries")]

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use super::environment::Environment;
use super::error::ServerError;

/// A folder with an `initdb` and a `postgres` that both run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// The folder of the binaries.
    pub bin: PathBuf,
    /// The major version, such as 15.
    pub major: u32,
    /// The full version, such as `15.20` or `18beta1`.
    pub version: String,
}

/// Folders that hold one `bin` for each version, the version being the end of the name: parent, name without the
/// version, and what follows.
const VERSIONED: [(&str, &str, &str); 7] = [
    ("usr/lib/postgresql", "", "bin"),
    ("usr", "pgsql-", "bin"),
    ("usr/libexec", "postgresql", ""),
    ("opt/homebrew/opt", "postgresql@", "bin"),
    ("usr/local/opt", "postgresql@", "bin"),
    ("home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
    ("Applications/Postgres.app/Contents/Versions", "", "bin"),
];

impl Installation {
    /// Returns all installed servers, the preferred one first: those on `PATH`, where `pg_config` points, then the
    /// places of the distributions, newest first. When `CRMDB_PG_BIN` is set it is the only one.
    ///
    /// Debian's libpq-dev brings a `pg_config` that names a folder without a server: only programs that answer count.
    ///
    /// # Errors
    /// [`ServerError::Binaries`] when `CRMDB_PG_BIN` is set to a folder without a server.
    pub fn all(environment: &Environment) -> Result<Vec<Self>, ServerError> {
        if let Some(folder) = &environment.pg_bin {
            return Self::at(folder)
                .map(|only| vec![only])
                .map_err(|program| ServerError::Binaries { folder: folder.clone(), program });
        }
        Ok(Self::each(environment).collect())
    }

    /// Returns the preferred server, or the preferred one of a major version.
    ///
    /// # Errors
    /// [`ServerError::NotInstalled`] when there is none, and as [`Installation::all`].
    pub fn find(environment: &Environment, wanted: Option<u32>) -> Result<Self, ServerError> {
        let fits = |found: &Self| wanted.is_none_or(|major| major == found.major);
        let found = match environment.pg_bin {
            Some(_) => Self::all(environment)?.into_iter().find(fits),
            None => Self::each(environment).find(fits),
        };
        if let Some(found) = found {
            return Ok(found);
        }
        let mut installed: Vec<u32> = Self::all(environment)?.iter().map(|found| found.major).collect();
        installed.dedup();
        Err(ServerError::NotInstalled { wanted, installed, install: install_command(environment, wanted) })
    }

    /// Goes through the places one by one: each costs the run of two programs or more, and the first often is it.
    fn each(environment: &Environment) -> impl Iterator<Item = Self> {
        let mut seen = HashSet::new();
        candidates(environment)
            .filter(move |bin| bin.canonicalize().is_ok_and(|real| seen.insert(real)))
            .filter_map(|bin| Self::at(&bin).ok())
    }

    /// Asks both programs in a folder for their version; the error is the program that does not answer.
    fn at(bin: &Path) -> Result<Self, &'static str> {
        let (initdb, _) = answer(bin, "initdb").ok_or("initdb")?;
        let (major, version) =
            answer(bin, "postgres").filter(|(major, _)| *major == initdb).ok_or("postgres")?;
        Ok(Self { bin: bin.to_owned(), major, version })
    }
}

/// Returns the command that installs a server here, of a major version if one is wanted.
pub(super) fn install_command(environment: &Environment, wanted: Option<u32>) -> String {
    let release = std::fs::read_to_string(environment.system.join("etc/os-release")).unwrap_or_default();
    install_command_for(&release, wanted)
}

/// <https://www.freedesktop.org/software/systemd/man/latest/os-release.html>: `ID_LIKE` lists the families in order.
fn install_command_for(release: &str, wanted: Option<u32>) -> String {
    let value = |key: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
    };
    let major = wanted.map(|major| major.to_string()).unwrap_or_default();
    let family = format!("{} {}", value("ID"), value("ID_LIKE"));
    for id in family.split_whitespace() {
        match id {
            "debian" | "ubuntu" if major.is_empty() => return "apt-get install postgresql".to_owned(),
            "debian" | "ubuntu" => return format!("apt-get install postgresql-{major}"),
            "fedora" | "rhel" | "centos" | "amzn" if major.is_empty() => {
                return "dnf install postgresql-server".to_owned();
            }
            "fedora" | "rhel" | "centos" | "amzn" => return format!("dnf install postgresql{major}-server"),
            "alpine" => return format!("apk add postgresql{major}"),
            "arch" => return "pacman -S postgresql".to_owned(),
            "suse" | "opensuse" => return format!("zypper install postgresql{major}-server"),
            _ => {}
        }
    }
    format!("brew install postgresql@{}", if major.is_empty() { "17" } else { &major })
}

fn candidates(environment: &Environment) -> impl Iterator<Item = PathBuf> {
    let on_path = std::env::split_paths(&environment.path).filter(|folder| folder.is_absolute());
    let elsewhere = VERSIONED
        .into_iter()
        .flat_map(|(parent, name, rest)| versioned(&environment.system.join(parent), name, rest));
    on_path.chain(std::iter::once_with(|| pg_config(environment)).flatten()).chain(elsewhere)
}

fn pg_config(environment: &Environment) -> Option<PathBuf> {
    let program = std::env::split_paths(&environment.path)
        .map(|folder| folder.join("pg_config"))
        .find(|program| program.is_absolute() && program.is_file())?;
    let output =
        Command::new(program).arg("--bindir").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end()))
}

/// Returns `<parent>/<name><version>/<rest>` for each version there is, newest first.
fn versioned(parent: &Path, name: &str, rest: &str) -> Vec<PathBuf> {
    let mut found: Vec<(Vec<u32>, PathBuf)> = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.strip_prefix(name)?.to_owned();
            let numbers: Result<Vec<u32>, _> = version.split('.').map(str::parse).collect();
            Some((numbers.ok()?, entry.path().join(rest)))
        })
        .collect();
    found.sort_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, bin)| bin).collect()
}

fn answer(bin: &Path, program: &str) -> Option<(u32, String)> {
    let mut command = Command::new(bin.join(program));
    let output = command
        .arg("--version")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    version(&String::from_utf8(output.stdout).ok()?)
}

/// Reads `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`.
fn version(said: &str) -> Option<(u32, String)> {
    let full = said.split_once("(PostgreSQL) ")?.1.split_whitespace().next()?;
    let digits = full.find(|c: char| !c.is_ascii_digit()).unwrap_or(full.len());
    Some((full[..digits].parse().ok()?, full.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_the_programs_say() {
        let cases = [
            ("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n", Some((15, "15.20"))),
            ("initdb (PostgreSQL) 18beta1\n", Some((18, "18beta1"))),
            ("initdb (PostgreSQL) 17devel\n", Some((17, "17devel"))),
            ("initdb (EnterpriseDB) 13.1\n", None),
            ("initdb (PostgreSQL) \n", None),
        ];
        for (said, expected) in cases {
            assert_eq!(version(said), expected.map(|(major, full)| (major, full.to_owned())), "{said}");
        }
    }

    #[test]
    fn the_command_to_install_is_that_of_the_system() {
        let cases = [
            ("ID=debian\n", None, "apt-get install postgresql"),
            ("NAME=x\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", Some(16), "apt-get install postgresql-16"),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", None, "dnf install postgresql-server"),
            ("ID=fedora\n", Some(16), "dnf install postgresql16-server"),
            ("ID=alpine\n", Some(17), "apk add postgresql17"),
            ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", None, "zypper install postgresql-server"),
            ("ID=arch\n", None, "pacman -S postgresql"),
            ("", None, "brew install postgresql@17"),
        ];
        for (release, wanted, expected) in cases {
            assert_eq!(install_command_for(release, wanted), expected, "{release}");
        }
    }

    /// Makes `<root>/<folder>/{initdb,postgres}` that answer as `version`.
    fn install(root: &Path, folder: &str, versions: [(&str, &str); 2]) -> PathBuf {
        let bin = root.join(folder);
        std::fs::create_dir_all(&bin).unwrap();
        for (program, version) in versions {
            // Written by a child: a fork of another test that inherits an open descriptor of ours would make the
            // script "busy" and impossible to run.
            let script = format!("#!/bin/sh\necho '{program} (PostgreSQL) {version}'");
            let write = "printf '%s\\n' \"$1\" >\"$0\" && chmod 755 \"$0\"";
            let written = Command::new("sh").args(["-c", write]).arg(bin.join(program)).arg(script).status();
            assert!(written.unwrap().success());
        }
        bin
    }

    fn environment(root: &Path) -> Environment {
        Environment {
            system: root.to_owned(),
            path: root.join("on-path").into(),
            ..Environment::from_variables("/bin/crmdb".into(), |_| None).unwrap()
        }
    }

    #[test]
    fn the_path_comes_before_the_distribution_and_a_newer_version_before_an_older() {
        let root = tempfile::tempdir().unwrap();
        for (folder, version) in
            [("usr/lib/postgresql/9.6/bin", "9.6.1"), ("usr/lib/postgresql/14/bin", "14.2")]
        {
            install(root.path(), folder, [("initdb", version), ("postgres", version)]);
        }
        install(root.path(), "usr/pgsql-16/bin", [("initdb", "16.1"), ("postgres", "16.1")]);
        install(root.path(), "on-path", [("initdb", "12.3"), ("postgres", "12.3")]);
        let found: Vec<u32> =
            Installation::all(&environment(root.path())).unwrap().iter().map(|one| one.major).collect();
        assert_eq!(found, [12, 14, 9, 16]);
        assert_eq!(Installation::find(&environment(root.path()), Some(16)).unwrap().version, "16.1");
        let error = Installation::find(&environment(root.path()), Some(17)).unwrap_err();
        assert!(matches!(error, ServerError::NotInstalled { wanted: Some(17), .. }), "{error}");
    }

    #[test]
    fn a_folder_counts_only_when_both_programs_answer_with_one_version() {
        let root = tempfile::tempdir().unwrap();
        install(root.path(), "usr/lib/postgresql/14/bin", [("initdb", "14.2"), ("pg_config", "14.2")]);
        install(root.path(), "usr/lib/postgresql/13/bin", [("initdb", "13.2"), ("postgres", "14.2")]);
        assert_eq!(Installation::all(&environment(root.path())).unwrap(), []);
    }

    #[test]
    fn one_folder_under_two_names_is_one_installation() {
        let root = tempfile::tempdir().unwrap();
        let bin =
            install(root.path(), "usr/lib/postgresql/14/bin", [("initdb", "14.2"), ("postgres", "14.2")]);
        std::os::unix::fs::symlink(bin, root.path().join("on-path")).unwrap();
        assert_eq!(Installation::all(&environment(root.path())).unwrap().len(), 1);
    }

    #[test]
    fn a_named_folder_is_the_only_one_and_must_work() {
        let root = tempfile::tempdir().unwrap();
        install(root.path(), "on-path", [("initdb", "14.2"), ("postgres", "14.2")]);
        let named = Environment { pg_bin: Some("/no/where".into()), ..environment(root.path()) };
        assert_eq!(
            Installation::find(&named, None).unwrap_err().to_string(),
            "`CRMDB_PG_BIN` is `/no/where`, but `initdb --version` does not answer there"
        );
    }
}
