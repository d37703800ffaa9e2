//! What the private server takes from its surroundings, as one plain value that is read in one place.
#![expect(clippy::disallowed_methods, reason = "this is where the server edge reads the environment")]

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use nix::unistd::{Uid, User};

use super::error::ServerError;

/// The variables and folders that decide which PostgreSQL is run and where its files lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The executable whose `main` calls [`hidden`](super::hidden) first; it is run again as the supervisor.
    pub supervisor: PathBuf,
    /// The root of the file system below which installed servers are looked for; `/` but in tests.
    pub system: PathBuf,
    /// `CRMDB_PG_BIN`: the folder of `initdb` and `postgres`; when set, no other is looked for.
    pub pg_bin: Option<PathBuf>,
    /// `CRMDB_SERVER_HOME`: the folder below which all private clusters lie, instead of the user's data and
    /// cache folders.
    pub server_home: Option<PathBuf>,
    /// `CRMDB_SERVER_IDLE`: how long a server runs on when nobody uses it, instead of each cluster's own time.
    pub idle: Option<Duration>,
    /// `PATH`.
    pub path: OsString,
    /// `HOME`, else the home folder of the user's account.
    pub home: Option<PathBuf>,
    /// `XDG_DATA_HOME`.
    pub data_home: Option<PathBuf>,
    /// `XDG_CACHE_HOME`.
    pub cache_home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub runtime: Option<PathBuf>,
}

impl Environment {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// [`ServerError::Variable`] when `CRMDB_SERVER_IDLE` is not a number of seconds.
    pub fn read(supervisor: PathBuf) -> Result<Self, ServerError> {
        Self::from_variables(supervisor, |name| std::env::var_os(name))
    }

    /// Builds the value from variables that `variable` looks up. An empty variable counts as not set, and, as the
    /// XDG base directory specification demands, so does a folder that is not absolute.
    ///
    /// # Errors
    /// As [`Environment::read`].
    pub fn from_variables(
        supervisor: PathBuf,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ServerError> {
        let text = |name: &str| variable(name).filter(|value| !value.is_empty());
        let folder = |name: &str| text(name).map(PathBuf::from).filter(|path| path.is_absolute());
        // The supervisor works in another folder.
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        Ok(Self {
            supervisor: absolute(supervisor),
            system: PathBuf::from("/"),
            pg_bin: text("CRMDB_PG_BIN").map(PathBuf::from).map(absolute),
            server_home: text("CRMDB_SERVER_HOME").map(PathBuf::from).map(absolute),
            idle: text("CRMDB_SERVER_IDLE").map(seconds).transpose()?,
            path: text("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into()),
            home: folder("HOME").or_else(|| User::from_uid(Uid::effective()).ok()?.map(|user| user.dir)),
            data_home: folder("XDG_DATA_HOME"),
            cache_home: folder("XDG_CACHE_HOME"),
            runtime: folder("XDG_RUNTIME_DIR"),
        })
    }
}

fn seconds(value: OsString) -> Result<Duration, ServerError> {
    value.to_str().and_then(|text| text.parse().ok()).map(Duration::from_secs).ok_or_else(|| {
        ServerError::Variable {
            name: "CRMDB_SERVER_IDLE",
            value: value.to_string_lossy().into_owned(),
            expected: "a number of seconds",
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &'static str) -> Result<Environment, ServerError> {
        Environment::from_variables("/bin/crmdb".into(), |asked| (asked == name).then(|| value.into()))
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        assert_eq!(with("CRMDB_PG_BIN", "").unwrap().pg_bin, None);
        assert_eq!(with("CRMDB_SERVER_IDLE", "").unwrap().idle, None);
    }

    #[test]
    fn a_relative_xdg_folder_is_ignored() {
        assert_eq!(with("XDG_DATA_HOME", "data").unwrap().data_home, None);
        assert_eq!(with("XDG_DATA_HOME", "/data").unwrap().data_home, Some("/data".into()));
    }

    #[test]
    fn a_relative_folder_of_crmdbs_own_is_below_the_working_folder() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(with("CRMDB_PG_BIN", "bin").unwrap().pg_bin, Some(here.join("bin")));
        assert_eq!(with("CRMDB_SERVER_HOME", "home").unwrap().server_home, Some(here.join("home")));
    }

    #[test]
    fn the_idle_time_is_a_number_of_seconds() {
        assert_eq!(with("CRMDB_SERVER_IDLE", "90").unwrap().idle, Some(Duration::from_secs(90)));
        assert_eq!(
            with("CRMDB_SERVER_IDLE", "1m").unwrap_err().to_string(),
            "`CRMDB_SERVER_IDLE` is `1m`, which is not a number of seconds"
        );
    }
}
