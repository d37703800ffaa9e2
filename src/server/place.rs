//! Where a private cluster lies: its folder, the files in it, and the short folder of its socket.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::Uid;
use sha2::{Digest, Sha256};

use super::environment::Environment;
use super::error::ServerError;

/// Which of the private clusters is meant; dev and shadow are never one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cluster {
    /// A project's own durable cluster, with a database named after the project.
    Dev {
        /// The project's folder; two paths to one folder mean one cluster.
        project: PathBuf,
    },
    /// The user's cluster for throw-away databases: fast, and worth nothing after a crash.
    Shadow {
        /// The major version; `None` is the preferred one that is installed.
        major: Option<u32>,
    },
}

impl Cluster {
    /// Returns how long the server runs on when nobody uses it.
    pub(super) fn idle(&self) -> Duration {
        match self {
            Self::Dev { .. } => Duration::from_secs(30 * 60),
            Self::Shadow { .. } => Duration::from_secs(10 * 60),
        }
    }

    /// Returns the database that is made when it is missing: lower-case ASCII letters, digits and `_`, at most 63
    /// bytes, after the name of the project's folder.
    pub fn database(&self) -> String {
        match self {
            Self::Dev { project } => database_name(project),
            Self::Shadow { .. } => "postgres".to_owned(),
        }
    }

    /// Returns the folder that holds the cluster's folders, one for each major version.
    ///
    /// # Errors
    /// [`ServerError::Disk`] when the project's folder cannot be resolved, [`ServerError::NoHome`].
    pub(super) fn folder(&self, environment: &Environment) -> Result<PathBuf, ServerError> {
        let root = Uid::effective().is_root();
        let below = |system: &str, xdg: &Option<PathBuf>, home: &str| {
            let named = environment.server_home.clone();
            let system = root.then(|| environment.system.join(system));
            let user = xdg.clone().or_else(|| Some(environment.home.as_ref()?.join(home)));
            named.or(system).or_else(|| Some(user?.join("crmdb"))).ok_or(ServerError::NoHome)
        };
        match self {
            Self::Dev { project } => {
                let real = project.canonicalize().map_err(ServerError::disk("find the project", project))?;
                let name = format!("{}-{}", database_name(&real), short_hash(&real));
                Ok(below("var/lib/crmdb", &environment.data_home, ".local/share")?.join(name))
            }
            Self::Shadow { .. } => {
                Ok(below("var/cache/crmdb", &environment.cache_home, ".cache")?.join("shadow"))
            }
        }
    }
}

/// The folder of one cluster, named after its major version, and the files in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Home {
    /// The folder.
    pub(super) folder: PathBuf,
}

impl Home {
    /// Returns the data directory; it appears by a rename, so it is there only when it is whole.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Returns the lock that is held while a server is being started.
    pub(super) fn start_lock(&self) -> PathBuf {
        self.folder.join("start.lock")
    }

    /// Returns the lock that every client shares for its life; its modification time is when the last one came.
    pub(super) fn clients_lock(&self) -> PathBuf {
        self.folder.join("clients.lock")
    }

    /// Returns the lock that the supervisor holds for its life; it contains what it supervises.
    pub(super) fn supervisor_lock(&self) -> PathBuf {
        self.folder.join("supervisor.lock")
    }

    /// Returns the mark that the server was started by name, and so runs until it is stopped by name.
    pub(super) fn keep(&self) -> PathBuf {
        self.folder.join("keep")
    }

    /// Returns the log of the running server; that of the one before ends in `.1`.
    pub(super) fn server_log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Returns the log of the supervisor.
    pub(super) fn supervisor_log(&self) -> PathBuf {
        self.folder.join("supervisor.log")
    }
}

/// Folders that may hold the socket's folder, the best one first; the last one always is short enough.
///
/// As root the server runs as another user, who cannot pass `/run/user/0`.
pub(super) fn socket_parents(environment: &Environment) -> Vec<PathBuf> {
    let user = Uid::effective();
    let run = match &environment.runtime {
        _ if user.is_root() => Some(environment.system.join("run/crmdb")),
        runtime => runtime.as_ref().map(|folder| folder.join("crmdb")),
    };
    run.into_iter().chain([PathBuf::from(format!("/tmp/crmdb-{user}"))]).collect()
}

/// Returns the folder of a cluster's socket below `parent`, unless the socket's path would be longer than the 107
/// bytes that a socket's address holds on Linux (103 on macOS).
pub(super) fn socket_folder(parent: &Path, home: &Home) -> Option<PathBuf> {
    let folder = parent.join(short_hash(&home.folder));
    (socket(&folder).as_os_str().len() <= 103).then_some(folder)
}

/// Returns the socket in a socket folder; the port is the same everywhere because each folder holds one socket.
pub(super) fn socket(folder: &Path) -> PathBuf {
    folder.join(".s.PGSQL.5432")
}

/// Removes the socket's folder, which may hold the files of a server that was killed, and the folder above when no
/// other server's is in it. What cannot be removed is in nobody's way: the next server uses it.
pub(super) fn discard(folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
    let _ = folder.parent().map(std::fs::remove_dir);
}

fn short_hash(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_bytes());
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn database_name(project: &Path) -> String {
    let real = project.canonicalize().unwrap_or_else(|_| project.to_owned());
    let name = real.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = name.trim_matches('.').chars().map(plain).take(63).collect();
    match name.as_str() {
        "" | "postgres" | "template0" | "template1" => "crmdb".to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_named_after_the_projects_folder() {
        let long = format!("/p/{}", "x".repeat(80));
        let cases = [
            ("/p/crm", "crm"),
            ("/p/My CRM.v2", "my_crm_v2"),
            ("/p/\u{e9}t\u{e9}", "_t_"),
            ("/p/.hidden", "hidden"),
            ("/p/template1", "crmdb"),
            ("/", "crmdb"),
            (long.as_str(), &long[3..66]),
        ];
        for (project, expected) in cases {
            assert_eq!(Cluster::Dev { project: project.into() }.database(), expected, "{project}");
        }
    }

    #[test]
    fn a_socket_path_that_is_too_long_is_not_used() {
        let home = Home { folder: "/var/lib/crmdb/crm-0/15".into() };
        assert!(socket_folder(Path::new("/run/crmdb"), &home).is_some());
        assert_eq!(socket_folder(Path::new(&format!("/{}", "x".repeat(90))), &home), None);
        let environment = Environment::from_variables("/bin/crmdb".into(), |_| None).unwrap();
        assert!(socket_folder(socket_parents(&environment).last().unwrap(), &home).is_some());
    }

    #[test]
    fn two_paths_to_one_project_mean_one_cluster_and_two_projects_two() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("a/crm"), folder.path().join("b/crm"));
        for project in [&one, &other] {
            std::fs::create_dir_all(project).unwrap();
        }
        std::os::unix::fs::symlink(&one, folder.path().join("link")).unwrap();
        let environment = Environment {
            server_home: Some("/srv".into()),
            ..Environment::from_variables("/bin/crmdb".into(), |_| None).unwrap()
        };
        let of = |project: PathBuf| Cluster::Dev { project }.folder(&environment).unwrap();
        assert_eq!(of(one.clone()), of(folder.path().join("link")));
        assert_ne!(of(one), of(other));
    }
}
