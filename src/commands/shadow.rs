//! Shadow databases: thrown away, on the private shadow cluster, for SQL to be tried on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::apply::{Request, apply};
use super::context::{author, limits, server_environment};
use super::foreign_keys::Keys;
use crate::cli::args::RunArgs;
use crate::db::connect::{Environment, Options};
use crate::db::run::{Execution, Grouping, Haste};
use crate::db::session::Session;
use crate::error::Error;
use crate::model::Installation;
use crate::model::plan::{Goal, UpRequest};
use crate::project::Opened;
use crate::server::{self, Cluster};
use crate::sql::quote;

/// A database of its own on the shadow cluster; [`Shadow::drop_database`] removes it, and so does the next shadow when
/// this process was killed.
#[derive(Debug)]
pub(super) struct Shadow {
    pub(super) session: Session,
    pub(super) options: Options,
    admin: Session,
    name: String,
    _server: server::Client,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);
const PREFIX: &str = "crmdb_shadow_";

impl Shadow {
    /// Makes an empty database on a server of the major version, of the newest one installed where none is asked for.
    pub(super) async fn create(major: Option<u32>) -> Result<Self, Error> {
        let server = server::ensure(&Cluster::Shadow { major }, &server_environment()?)?;
        let options = |name: &str| Options::resolve(Some(&server.url(name)), &Environment::default());
        let admin = Session::open(&options("postgres")?.options).await?;
        reap(&admin).await?;
        let name = format!("{PREFIX}{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        admin.run("making a shadow database", &format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
        let options = options(&name)?.options;
        let session = Session::open(&options).await?;
        Ok(Self { session, options, admin, name, _server: server })
    }

    /// Makes the roles that are missing on the shadow cluster; nobody can log in as one of them.
    pub(super) async fn ensure_roles(&self, roles: &BTreeSet<String>) -> Result<(), Error> {
        let there: BTreeSet<String> =
            self.admin.values("reading the roles", ROLES).await?.into_iter().collect();
        for role in roles.difference(&there) {
            let Ok(role) = quote::identifier(role) else { continue };
            self.admin.run("making a role", &format!("CREATE ROLE {role} SUPERUSER")).await?;
        }
        Ok(())
    }

    /// Applies all migrations with the executor that `up` uses.
    pub(super) async fn replay(
        &mut self,
        opened: &Opened,
        installations: &[Installation<'_>],
    ) -> Result<(), Error> {
        let request = Request {
            installations,
            up: UpRequest { goal: Goal::All, out_of_order: false, allow_missing: false },
            execution: Execution {
                author: author(&opened.manifest),
                limits: limits(&RunArgs::default(), &opened.manifest)?,
                grouping: Grouping::Each, haste: Haste::default(),
            },
            lock_wait: Duration::from_secs(60),
            keys: Keys::declared(&opened.project, installations, &BTreeMap::new()),
            contract: None,
        };
        apply((&mut self.session, &self.options), &request, &mut |_| {}).await.map(drop)
    }

    /// Removes the database.
    pub(super) async fn drop_database(self) -> Result<(), Error> {
        drop(self.session);
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        Ok(self.admin.run("dropping a shadow database", &sql).await?)
    }
}

/// The roles of a cluster, without PostgreSQL's own.
pub(super) const ROLES: &str =
    "SELECT rolname FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname";
const SHADOWS: &str = "SELECT datname FROM pg_catalog.pg_database WHERE datname LIKE 'crmdb\\_shadow\\_%'";

/// Drops the databases of processes that are gone.
async fn reap(admin: &Session) -> Result<(), Error> {
    for name in admin.values("looking for old shadows", SHADOWS).await? {
        let process = name.trim_start_matches(PREFIX).split('_').next().and_then(|pid| pid.parse().ok());
        let gone = process.is_none_or(|pid| {
            nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None) == Err(nix::errno::Errno::ESRCH)
        });
        if gone && let Ok(name) = quote::identifier(&name) {
            // Another process may be dropping it too.
            admin.run("dropping an old shadow", &format!("DROP DATABASE IF EXISTS {name}")).await.ok();
        }
    }
    Ok(())
}
