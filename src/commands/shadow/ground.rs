//! Where shadows are made: the private shadow cluster, a server of the user's, or the one database that may be emptied.

use std::time::Duration;

use serde::Deserialize;

use crate::commands::context::{Context, server_environment};
use crate::db::connect::{Environment, Options};
use crate::db::error::DbError;
use crate::db::session::Session;
use crate::error::Error;
use crate::server::{self, Cluster, ServerError, ShadowError};
use crate::sql::quote::held::literal;

const SERVER: &str = include_str!("queries/server.sql");
const ORPHANS: &str = include_str!("queries/orphans.sql");
const CONTENTS: &str = include_str!("queries/contents.sql");
const EMPTY: &str = include_str!("queries/empty.sql");
const SUBSCRIPTIONS: &str = include_str!("queries/subscriptions.sql");

/// The first key of the advisory lock that a process holds while its shadows live; the second is in their names.
const LOCK: i32 = 1_668_443_507;

/// How long to wait for a place among the connections of a server that many runs share.
const PLACE: Duration = Duration::from_secs(120);

/// Which PostgreSQL a shadow is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Edition {
    /// The preferred one that is installed.
    Any,
    /// This major version, or another one where it is not installed; the user is told.
    Like(u32),
    /// This major version or none.
    Exactly(u32),
}

impl Edition {
    /// Returns the one of the server behind a session, or another one where that is not installed.
    pub(in crate::commands) async fn like(session: &Session) -> Result<Self, Error> {
        let facts: Facts = read(session, "reading the server's version", SERVER).await?;
        Ok(Self::Like(facts.major))
    }
}

/// What the server of the shadows says of itself.
#[derive(Debug, Deserialize)]
pub(super) struct Facts {
    pub(super) major: u32,
    /// The full version.
    pub(super) version: String,
    makes_databases: bool,
    pub(super) superuser: bool,
    /// Tells the database from every other one, on any server.
    identity: String,
}

/// Whether a database is marked as one that crmdb may empty, and how much of somebody else's is in it.
#[derive(Debug, Deserialize)]
struct Contents {
    marked: bool,
    things: u64,
}

#[derive(Debug)]
enum Place {
    /// The private shadow cluster, kept running.
    Private { _server: server::Client },
    /// A server of the user's on which databases may be made.
    Server,
    /// The one database, emptied before and after.
    Database,
}

/// A server, or a database, for shadows.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) admin: Session,
    pub(super) facts: Facts,
    options: Options,
    place: Place,
    /// The number in the names of this process' databases, and the second key of its lock.
    number: i32,
    made: u32,
}

impl Ground {
    /// Connects, starting the private server where that is it, and removes what killed processes left behind.
    pub(super) async fn open(context: &mut Context<'_>, edition: Edition) -> Result<Self, Error> {
        if context.global.shadow.is_some() {
            return Err(ShadowError::Schemas.into());
        }
        match context.shadow_url() {
            Some(url) => Self::named(context, &url, edition).await,
            None => Self::private(context, edition).await,
        }
    }

    async fn private(context: &mut Context<'_>, edition: Edition) -> Result<Self, Error> {
        let server = private_server(context, edition)?;
        let options = Options::resolve(Some(&server.url("postgres")), &Environment::default())?.options;
        let (admin, facts) = look(&options).await?;
        let ground =
            Self { admin, facts, options, place: Place::Private { _server: server }, number: 0, made: 0 };
        ground.occupy().await
    }

    async fn named(context: &mut Context<'_>, url: &str, edition: Edition) -> Result<Self, Error> {
        let options = Options::resolve(Some(url), &Environment::read())?.options;
        let (admin, facts) = look(&options).await?;
        match edition {
            Edition::Exactly(wanted) if facts.major != wanted => {
                return Err(ShadowError::Major { wanted, found: facts.major }.into());
            }
            Edition::Like(wanted) if facts.major != wanted => context.terminal.note(&format!(
                "warning: the target is PostgreSQL {wanted}, and the server of `--shadow-url` PostgreSQL {}",
                facts.major
            )),
            _ => {}
        }
        if facts.makes_databases {
            let ground = Self { admin, facts, options, place: Place::Server, number: 0, made: 0 };
            return ground.occupy().await;
        }
        let database = options.database().to_owned();
        if is_target(context, &facts).await {
            return Err(ShadowError::IsTarget { database }.into());
        }
        if !is_free(&admin).await? {
            return Err(ShadowError::Busy { database }.into());
        }
        let contents: Contents = read(&admin, "looking at the shadow", CONTENTS).await?;
        if contents.things > 0 && !contents.marked {
            return Err(ShadowError::NotEmpty { database }.into());
        }
        Ok(Self { admin, facts, options, place: Place::Database, number: 0, made: 0 })
    }

    /// Takes a number that no other process has, and drops the databases of those that are gone.
    async fn occupy(mut self) -> Result<Self, Error> {
        loop {
            self.number = fastrand::i32(1..i32::MAX);
            let taken = self.admin.values("taking the shadow's lock", &take_lock(self.number)).await?;
            if taken == ["t"] {
                break;
            }
        }
        for name in self.admin.values("looking for old shadows", ORPHANS).await? {
            // Another process may be dropping it too.
            self.unsubscribe(&name).await.ok();
            let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            self.admin.run("dropping an old shadow", &sql).await.ok();
        }
        Ok(self)
    }

    /// Tells whether the server is crmdb's own: only there results of replays are kept, and roles given rights.
    pub(super) fn is_private(&self) -> bool {
        matches!(self.place, Place::Private { .. })
    }

    /// Returns a name that no other database has and that tells whose it is.
    pub(super) fn new_name(&mut self) -> String {
        if matches!(self.place, Place::Database) {
            return self.options.database().to_owned();
        }
        self.made += 1;
        format!("crmdb_shadow_{}_{}", self.number, self.made)
    }

    /// Makes a database of that name as a copy of `template`, or empties the only one there is.
    pub(super) async fn make(&self, name: &str, template: &str) -> Result<(), DbError> {
        if matches!(self.place, Place::Database) {
            return self.admin.run("emptying the shadow", EMPTY).await;
        }
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template}");
        self.admin.run("making a shadow database", &sql).await
    }

    /// Removes a database that [`Ground::make`] made.
    pub(super) async fn remove(&self, name: &str) -> Result<(), DbError> {
        if matches!(self.place, Place::Database) {
            return self.admin.run("emptying the shadow", EMPTY).await;
        }
        self.unsubscribe(name).await?;
        self.admin
            .run("dropping a shadow database", &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await
    }

    /// Returns what drops the database's subscriptions: PostgreSQL does not drop a database that has any, and leaves them
    /// out of a copy.
    pub(super) async fn subscriptions(&self, name: &str) -> Result<Vec<String>, DbError> {
        let sql = SUBSCRIPTIONS.replace("{database}", &literal(name));
        self.admin.values("looking for a shadow's subscriptions", &sql).await
    }

    async fn unsubscribe(&self, name: &str) -> Result<(), DbError> {
        let drops = self.subscriptions(name).await?;
        if drops.is_empty() {
            return Ok(());
        }
        let (session, _) = self.connect(name).await?;
        for drop in drops {
            session.run("dropping a shadow's subscription", &drop).await?;
        }
        Ok(())
    }

    /// Runs what changes a role: PostgreSQL lets the second of two processes that change one at once fail.
    pub(super) async fn one_at_a_time(&self, doing: &'static str, sql: &str) -> Result<(), DbError> {
        // Both are one message, so the lock is given back with the transaction.
        self.admin.run(doing, &format!("SELECT pg_catalog.pg_advisory_xact_lock({LOCK}, -1); {sql}")).await
    }

    /// Connects to a database of the server.
    pub(super) async fn connect(&self, name: &str) -> Result<(Session, Options), DbError> {
        let options = self.options.with_database(name);
        Ok((open(&options).await?, options))
    }
}

/// Starts the private server; where its major version is not installed, another one may do.
fn private_server(context: &mut Context<'_>, edition: Edition) -> Result<server::Client, Error> {
    let environment = server_environment()?;
    let major = match edition {
        Edition::Any => None,
        Edition::Like(major) | Edition::Exactly(major) => Some(major),
    };
    let ensured = server::ensure(&Cluster::Shadow { major }, &environment);
    match (&ensured, edition) {
        (Err(error @ ServerError::NotInstalled { .. }), Edition::Like(_)) => {
            let Some((wanted, install)) = server::other_major(error) else { return Ok(ensured?) };
            let other = server::ensure(&Cluster::Shadow { major: None }, &environment)?;
            context.terminal.note(&format!(
                "warning: the target is PostgreSQL {wanted}, which is not installed here, so the shadow is PostgreSQL {} \
                 (`{install}`)",
                other.installation().major
            ));
            Ok(other)
        }
        _ => Ok(ensured?),
    }
}

/// Takes the lock of the one database; a process that just ended may hold it for a moment.
async fn is_free(admin: &Session) -> Result<bool, Error> {
    for _ in 0..20 {
        if admin.values("taking the shadow's lock", &take_lock(0)).await? == ["t"] {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}

fn take_lock(number: i32) -> String {
    format!("SELECT pg_catalog.pg_try_advisory_lock({LOCK}, {number})")
}

/// Tells whether the database is the target, as far as a target is named and answers.
async fn is_target(context: &mut Context<'_>, facts: &Facts) -> bool {
    let Ok(manifest) = context.manifest() else { return false };
    if !context.names_a_target(&manifest) {
        return false;
    }
    let Ok(target) = context.connect(&manifest).await else { return false };
    let other: Result<Facts, Error> = read(&target.session, "looking at the target", SERVER).await;
    other.is_ok_and(|other| other.identity == facts.identity)
}

async fn look(options: &Options) -> Result<(Session, Facts), Error> {
    let admin = open(options).await?;
    // It waits while migrations run on another connection.
    admin
        .run("setting up the session", "SET idle_session_timeout = 0; SET client_min_messages = warning")
        .await?;
    let facts = read(&admin, "looking at the shadow's server", SERVER).await?;
    Ok((admin, facts))
}

/// Connects; waits while all connections of the server are taken.
async fn open(options: &Options) -> Result<Session, DbError> {
    let started = tokio::time::Instant::now();
    loop {
        match Session::open(options).await {
            Err(DbError::Connect(error))
                if error.sqlstate() == Some("53300") && started.elapsed() < PLACE =>
            {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(50..250))).await;
            }
            opened => return opened,
        }
    }
}

/// Reads the one JSON value that a query of crmdb's own gives.
pub(super) async fn read<T: serde::de::DeserializeOwned>(
    session: &Session,
    doing: &'static str,
    sql: &str,
) -> Result<T, Error> {
    let values = session.values(doing, sql).await?;
    let malformed = |what: String| DbError::Catalog { target: session.target().to_owned(), what };
    let text = values.first().ok_or_else(|| malformed("an answer is missing".to_owned()))?;
    Ok(serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?)
}
