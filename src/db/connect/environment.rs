//! What connecting takes from the process's surroundings: `PG*` variables, the home folder, the user's name.
#![expect(clippy::disallowed_methods, reason = "the environment is read here, once")]

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::keyword::{KEYWORDS, OTHER_VARIABLES, is_secret};

/// The `PG*` variables, home folder and operating-system user as plain values.
///
/// The default is empty: nothing set, no home, no user. A connection resolved with it depends on its connection
/// string alone, which is what a server started by crmdb itself needs.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// Variables by name. Those that libpq does not read have no effect.
    pub variables: BTreeMap<String, String>,
    /// Where `.pgpass`, `.pg_service.conf` and `.postgresql/` are looked for.
    pub home: Option<PathBuf>,
    /// The user to connect as when nothing names one.
    pub os_user: Option<String>,
    /// Names of `PG*` variables whose value is not UTF-8; resolving with any of them is an error.
    pub unreadable: Vec<String>,
}

/// Variables that choose a server, a database or a role on it.
const TARGET_VARIABLES: &[&str] = &["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE"];

impl Environment {
    /// Reads the process's own. As in libpq, `HOME` comes before the account's home folder.
    pub fn read() -> Self {
        let account = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok().flatten();
        let mut environment = Self {
            home: std::env::var_os("HOME")
                .filter(|home| !home.is_empty())
                .map(PathBuf::from)
                .or_else(|| account.as_ref().map(|account| account.dir.clone())),
            os_user: account.map(|account| account.name),
            ..Self::default()
        };
        for name in Self::variable_names() {
            match std::env::var(name) {
                Ok(value) => _ = environment.variables.insert(name.to_owned(), value),
                Err(std::env::VarError::NotPresent) => {}
                Err(std::env::VarError::NotUnicode(_)) => environment.unreadable.push(name.to_owned()),
            }
        }
        environment
    }

    /// Returns whether a variable that selects a server, a database or a role is set to something.
    pub fn names_a_target(&self) -> bool {
        TARGET_VARIABLES.iter().any(|name| self.variable(name).is_some_and(|value| !value.is_empty()))
    }

    /// Returns every variable that libpq reads. A child that shall connect elsewhere must not inherit any of them.
    pub fn variable_names() -> impl Iterator<Item = &'static str> {
        KEYWORDS.iter().filter_map(|keyword| keyword.variable).chain(OTHER_VARIABLES.iter().copied())
    }

    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = |name: &str| {
            KEYWORDS.iter().any(|keyword| keyword.variable == Some(name) && is_secret(keyword.name))
        };
        let variables: BTreeMap<_, _> = self
            .variables
            .iter()
            .map(|(name, value)| (name, if hidden(name) { "***" } else { value.as_str() }))
            .collect();
        f.debug_struct("Environment")
            .field("variables", &variables)
            .field("home", &self.home)
            .field("os_user", &self.os_user)
            .field("unreadable", &self.unreadable)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Environment {
        Environment { variables: [(name.to_owned(), value.to_owned())].into(), ..Environment::default() }
    }

    #[test]
    fn only_variables_that_choose_a_server_name_a_target() {
        assert!(!Environment::default().names_a_target());
        for name in TARGET_VARIABLES {
            assert!(with(name, "x").names_a_target(), "{name}");
            assert!(!with(name, "").names_a_target(), "{name} empty");
        }
        for name in ["PGPASSWORD", "PGSSLMODE", "PGAPPNAME", "PGSERVICEFILE", "PATH"] {
            assert!(!with(name, "x").names_a_target(), "{name}");
        }
    }

    #[test]
    fn debug_hides_the_password_variable() {
        let shown = format!("{:?}", with("PGPASSWORD", "hunter2"));
        assert!(!shown.contains("hunter2") && shown.contains("PGPASSWORD"), "{shown}");
    }
}
