//! What a schema needs of its server: roles, tablespaces and extensions, made or named before anything is tried.

use std::collections::{BTreeMap, BTreeSet};

use super::Shadow;
use super::ground::Ground;
use crate::db::error::{DbError, Refusal};
use crate::error::Error;
use crate::server::ShadowError;
use crate::sql::quote;

/// The roles of a server, without PostgreSQL's own.
pub(in crate::commands) const ROLES: &str =
    "SELECT rolname FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname";
const TABLESPACES: &str = "SELECT spcname FROM pg_catalog.pg_tablespace ORDER BY spcname";
const EXTENSIONS: &str = "SELECT name || E'\\n' || default_version FROM pg_catalog.pg_available_extensions";

/// Something of the server's that a statement did not find.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lack {
    Role(String),
    Tablespace(String),
}

impl Lack {
    /// Reads what the server misses: code that a statement calls may name it too, so no reading of the text could tell.
    pub(super) fn of(refusal: &Refusal) -> Option<Self> {
        if refusal.sqlstate != "42704" {
            return None;
        }
        let name = |prefix| refusal.message.strip_prefix(prefix)?.strip_suffix("\" does not exist");
        let role = name("role \"").map(|name| Self::Role(name.to_owned()));
        role.or_else(|| Some(Self::Tablespace(name("tablespace \"")?.to_owned())))
    }
}

impl Shadow {
    /// Makes the roles that are missing on the shadow's server; nobody can log in as one of them.
    pub(in crate::commands) async fn ensure_roles(&self, roles: &BTreeSet<String>) -> Result<(), Error> {
        ensure_roles(&self.ground, roles).await
    }

    /// Makes the tablespaces that are missing on the shadow's server, inside its data directory.
    pub(in crate::commands) async fn ensure_tablespaces(
        &self,
        names: &BTreeSet<String>,
    ) -> Result<(), Error> {
        ensure_tablespaces(&self.ground, names).await
    }
}

/// Returns the versions that the extensions would have here, as one text; fails where one of them is not installed beside the
/// server, naming all that are not.
pub(super) async fn extensions(ground: &Ground, wanted: &BTreeSet<String>) -> Result<String, Error> {
    if wanted.is_empty() {
        return Ok(String::new());
    }
    let lines = ground.admin.values("reading the extensions", EXTENSIONS).await?;
    let there: BTreeMap<&str, &str> = lines.iter().filter_map(|line| line.split_once('\n')).collect();
    let missing: Vec<String> =
        wanted.iter().filter(|name| !there.contains_key(name.as_str())).cloned().collect();
    if missing.is_empty() {
        return Ok(wanted.iter().map(|name| format!("{name} {}\n", there[name.as_str()])).collect());
    }
    Err(ShadowError::Extensions { missing, major: ground.facts.major }.into())
}

pub(super) async fn ensure_roles(ground: &Ground, roles: &BTreeSet<String>) -> Result<(), Error> {
    let read = async || -> Result<BTreeSet<String>, Error> {
        Ok(ground.admin.values("reading the roles", ROLES).await?.into_iter().collect())
    };
    let there = read().await?;
    for role in roles.difference(&there) {
        let Ok(quoted) = quote::identifier(role) else { continue };
        // Without membership a role that is no superuser could not give it anything.
        let member = if ground.facts.superuser { "" } else { " ROLE CURRENT_USER" };
        let made = ground.admin.run("making a role", &format!("CREATE ROLE {quoted} NOLOGIN{member}")).await;
        unless_there(made, format!("the role `{role}`"), read().await?.contains(role))?;
    }
    Ok(())
}

async fn ensure_tablespaces(ground: &Ground, names: &BTreeSet<String>) -> Result<(), Error> {
    let read = async || -> Result<BTreeSet<String>, Error> {
        Ok(ground.admin.values("reading the tablespaces", TABLESPACES).await?.into_iter().collect())
    };
    let there = read().await?;
    for name in names.difference(&there) {
        let Ok(quoted) = quote::identifier(name) else { continue };
        let sql = format!("CREATE TABLESPACE {quoted} LOCATION ''");
        let allowed = ground.admin.run("making a tablespace", "SET allow_in_place_tablespaces = on").await;
        let made = match allowed {
            Ok(()) => ground.admin.run("making a tablespace", &sql).await,
            refused => refused,
        };
        unless_there(made, format!("the tablespace `{name}`"), read().await?.contains(name))?;
    }
    Ok(())
}

/// Another process may have made the same thing meanwhile.
fn unless_there(made: Result<(), DbError>, what: String, there: bool) -> Result<(), Error> {
    match made {
        Err(DbError::Own { .. }) if there => Ok(()),
        Err(DbError::Own { refusal, .. }) => {
            Err(ShadowError::Unmade { what, reason: refusal.message }.into())
        }
        made => Ok(made?),
    }
}

/// Makes what a statement did not find.
pub(super) async fn make(ground: &Ground, lack: &Lack) -> Result<(), Error> {
    match lack {
        Lack::Role(name) => ensure_roles(ground, &BTreeSet::from([name.clone()])).await,
        Lack::Tablespace(name) => ensure_tablespaces(ground, &BTreeSet::from([name.clone()])).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(sqlstate: &str, message: &str) -> Refusal {
        Refusal {
            sqlstate: sqlstate.to_owned(),
            message: message.to_owned(),
            detail: None,
            hint: None,
            context: None,
            constraint: None,
            character: None,
        }
    }

    #[test]
    fn what_the_server_misses_is_read_from_its_words() {
        assert_eq!(
            Lack::of(&refusal("42704", "role \"a \"b\" does not exist")),
            Some(Lack::Role("a \"b".to_owned()))
        );
        assert_eq!(
            Lack::of(&refusal("42704", "tablespace \"fast\" does not exist")),
            Some(Lack::Tablespace("fast".to_owned()))
        );
        assert_eq!(Lack::of(&refusal("42704", "type \"x\" does not exist")), None);
        assert_eq!(Lack::of(&refusal("42P01", "role \"x\" does not exist")), None);
    }
}
