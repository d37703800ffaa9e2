//! `--shadow schema`: migrations and files of SQL replayed in throw-away schemas of the target, in one transaction that is
//! always taken back.
//!
//! Every statement is judged before the first one runs. What runs can't wait long for a lock, holds none on what people
//! work with, and a transaction that its client leaves is taken back by the server.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::ROLES;
use super::ground::read;
use crate::catalog::extract::extract;
use crate::catalog::{self, Catalog};
use crate::commands::context::Context;
use crate::commands::sides::{self, Schema};
use crate::db::session::Session;
use crate::db::target;
use crate::error::Error;
use crate::server::ShadowError;
use crate::sql;
use crate::sql::meaning::{Confined, confined};

const FACTS: &str = include_str!("queries/confined.sql");
const LOCKS: &str = include_str!("queries/confined_locks.sql");

/// The server ends a transaction that its client left, long before anyone would notice.
const BEGIN: &str = "BEGIN; SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '30s'; \
                     SET LOCAL idle_in_transaction_session_timeout = '30s'; SET LOCAL check_function_bodies = off; \
                     SET LOCAL client_min_messages = error";

/// SQL with the schema that it is meant for.
#[derive(Debug)]
pub(in crate::commands) struct Piece {
    pub(in crate::commands) path: String,
    pub(in crate::commands) text: String,
    pub(in crate::commands) schema: String,
}

#[derive(Debug, Deserialize)]
struct Facts {
    schemas: BTreeSet<String>,
    event_triggers: u64,
    makes_schemas: bool,
    standby: bool,
}

/// A statement that is run, and where it comes from.
struct Judged<'a> {
    piece: &'a Piece,
    line: usize,
    sql: String,
}

/// Returns the catalog of what the pieces make.
pub(in crate::commands) async fn replayed(
    context: &mut Context<'_>,
    pieces: &[Piece],
) -> Result<Schema, Error> {
    let target = sides::live(context).await?;
    let session = &target.session;
    let manifest = context.manifest()?;
    if manifest.database.protected || target::is_protected(session).await? {
        return Err(ShadowError::Guarded { why: "the target is protected".to_owned() }.into());
    }
    let facts: Facts = read(session, "looking at the target", FACTS).await?;
    if let Some(why) = facts.hindrance() {
        return Err(ShadowError::Guarded { why: why.to_owned() }.into());
    }
    let own: BTreeSet<&String> = pieces.iter().map(|piece| &piece.schema).collect();
    let number = fastrand::u32(..);
    let names: BTreeMap<String, String> = own
        .iter()
        .enumerate()
        .map(|(at, schema)| ((*schema).clone(), format!("crmdb_shadow_{number}_{at}")))
        .collect();
    let others = facts.schemas.into_iter().filter(|schema| !own.contains(schema)).collect();
    let judged = judge(pieces, &names, &others)?;
    let roles = session.values("reading the roles", ROLES).await?.into_iter().collect();
    session.run("beginning the replay", BEGIN).await?;
    let made = run(session, &names, &judged).await;
    session.run("taking the replay back", "ROLLBACK").await?;
    Ok(Schema { catalog: made?, roles })
}

impl Facts {
    fn hindrance(&self) -> Option<&'static str> {
        if self.standby {
            return Some("the target is a standby, on which nothing can be made");
        }
        if self.event_triggers > 0 {
            return Some("the target has event triggers, which would take a try for the real thing");
        }
        (!self.makes_schemas).then_some("the role may not make schemas in the target")
    }
}

/// Judges every statement before any is run.
fn judge<'a>(
    pieces: &'a [Piece],
    names: &BTreeMap<String, String>,
    others: &BTreeSet<String>,
) -> Result<Vec<Judged<'a>>, Error> {
    let mut judged = Vec::new();
    for piece in pieces {
        let refused = |line, reason: String| ShadowError::Escapes { path: piece.path.clone(), line, reason };
        for statement in sql::statements(&piece.text) {
            let statement = statement.map_err(|error| refused(error.position().line, error.to_string()))?;
            let line = statement.position.line;
            let confined = confined(statement.text, others);
            let sql = match confined.map_err(|escape| refused(line, escape.to_string()))? {
                Confined::Rows => continue,
                Confined::Run => statement.text.to_owned(),
                Confined::Unfilled(text) => text,
            };
            judged.push(Judged { piece, line, sql: sql::rename_qualifiers(&sql, names) });
        }
    }
    Ok(judged)
}

async fn run(
    session: &Session,
    names: &BTreeMap<String, String>,
    judged: &[Judged<'_>],
) -> Result<Catalog, Error> {
    for name in names.values() {
        session.run("making a throw-away schema", &format!("CREATE SCHEMA {name}")).await?;
    }
    for Judged { piece, line, sql } in judged {
        let failed = |message| Error::Load { path: piece.path.clone(), line: *line, message };
        let path = format!("SET LOCAL search_path = {}", names[&piece.schema]);
        session.run("choosing the schema", &path).await?;
        session.plain(sql).await.map_err(failed)?;
        if let Some(locked) = session.values("looking at the locks", LOCKS).await?.into_iter().next() {
            let reason = format!("it locks {locked}, which people work with");
            return Err(ShadowError::Escapes { path: piece.path.clone(), line: *line, reason }.into());
        }
    }
    let read = catalog::read::read_here(session.client()).await?;
    let schemas: Vec<(String, String)> =
        names.iter().map(|(schema, name)| (name.clone(), schema.clone())).collect();
    // The schemas themselves are as they are in the target.
    let kept = names.keys().filter_map(|schema| {
        let id = catalog::Id::new(catalog::Kind::Schema, "", schema.as_str());
        Some((id.clone(), read.objects.get(&id)?.clone()))
    });
    let kept: Vec<_> = kept.collect();
    let mut catalog = extract(read, &schemas);
    catalog.objects.extend(kept);
    Ok(catalog)
}
