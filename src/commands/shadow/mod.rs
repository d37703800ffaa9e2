//! Shadow databases: thrown away, for SQL to be tried on before a target sees it.

pub(in crate::commands) mod citus;
pub(in crate::commands) mod confined;
mod ground;
mod lack;
mod replay;
mod template;

use std::collections::BTreeSet;

use crate::db::connect::Options;
use crate::db::session::Session;
use crate::error::Error;
use crate::sql::quote;

pub(super) use ground::Edition;
use ground::Ground;
pub(super) use lack::ROLES;
pub(super) use replay::{Rehearsed, Replay, Until};

use super::context::Context;

/// A database of its own; [`Shadow::drop_database`] removes it, and so does the next shadow when this process was killed.
#[derive(Debug)]
pub(super) struct Shadow {
    pub(super) session: Session,
    pub(super) options: Options,
    ground: Ground,
    name: String,
}

impl Shadow {
    /// Makes an empty database on a server of the edition.
    pub(super) async fn create(context: &mut Context<'_>, edition: Edition) -> Result<Self, Error> {
        let mut ground = Ground::open(context, edition).await?;
        let name = ground.new_name();
        ground.make(&name, "template0").await?;
        Self::open(ground, name).await
    }

    /// Connects to a database that was just made.
    async fn open(ground: Ground, name: String) -> Result<Self, Error> {
        let (session, options) = ground.connect(&name).await?;
        Ok(Self { session, options, ground, name })
    }

    /// Lets what the session makes from here on belong to `role`, which is on the shadow's server.
    ///
    /// On the private server it may do everything meanwhile, as the role that a schema was read with mostly may. On a
    /// server of the user's no role is given a right: there only a superuser can take another's place.
    pub(super) async fn become_role(&self, role: &str) -> Result<(), Error> {
        let Ok(role) = quote::identifier(role) else { return Ok(()) };
        let doing = "taking the target's role";
        if self.ground.is_private() {
            self.ground.one_at_a_time(doing, &format!("ALTER ROLE {role} SUPERUSER")).await?;
        }
        if self.ground.facts.superuser {
            self.session.run(doing, &format!("SET SESSION AUTHORIZATION {role}")).await?;
        }
        Ok(())
    }

    /// Sees to it that the roles are superusers on the shadow's server; returns those that are
    /// not and can't be made such: on a server of the user's no role is given a right.
    pub(super) async fn exalt(&self, roles: &BTreeSet<String>) -> Result<Vec<String>, Error> {
        const SUPERUSERS: &str = "SELECT rolname FROM pg_catalog.pg_roles WHERE rolsuper";
        if roles.is_empty() {
            return Ok(Vec::new());
        }
        let there = self.ground.admin.values("reading the superusers", SUPERUSERS).await?;
        let lacking: Vec<String> = roles.iter().filter(|role| !there.contains(role)).cloned().collect();
        if !self.ground.is_private() {
            return Ok(lacking);
        }
        for role in lacking.iter().filter_map(|role| quote::identifier(role).ok()) {
            let sql = format!("ALTER ROLE {role} SUPERUSER");
            self.ground.one_at_a_time("making a role what the target's is", &sql).await?;
        }
        Ok(Vec::new())
    }

    /// Ends what [`Shadow::become_role`] began.
    pub(super) async fn become_itself(&self) -> Result<(), Error> {
        Ok(self.session.run("giving the target's role back", "RESET SESSION AUTHORIZATION").await?)
    }

    /// Removes the database.
    pub(super) async fn drop_database(self) -> Result<(), Error> {
        drop(self.session);
        Ok(self.ground.remove(&self.name).await?)
    }
}
