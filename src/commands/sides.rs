//! The two sides of a diff: a database, the migrations, files of SQL, or nothing.
#![expect(clippy::disallowed_methods, reason = "a side may be files outside any project")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::context::{Context, Target};
use super::shadow::confined::{self, Piece};
use super::shadow::{Edition, ROLES, Rehearsed, Replay, Shadow, Until, citus};
use crate::catalog::{self, Catalog};
use crate::db::session::Session;
use crate::error::Error;
use crate::model::plan::{self, Goal, UpRequest};
use crate::model::step::{Mode, Step};
use crate::model::{Ledger, replay};
use crate::project::Manifest;
use crate::server::ShadowError;
use crate::sql;

/// One side of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The target.
    Live,
    /// The project's migrations, replayed.
    Migrations,
    /// A database without anything in it.
    Empty,
    /// Another database.
    Url(String),
    /// A `.sql` file, or a folder of such files in the order of their paths.
    Files(PathBuf),
}

/// What a side holds.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) catalog: Catalog,
    /// The roles that its server knows.
    pub(super) roles: BTreeSet<String>,
}

impl Side {
    /// Reads what `--from` or `--to` names.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let path = Path::new(text);
        match text {
            "live" => Ok(Self::Live),
            "migrations" => Ok(Self::Migrations),
            "empty" => Ok(Self::Empty),
            _ if text.contains("://") || text.contains('=') => Ok(Self::Url(text.to_owned())),
            _ if path.exists() => Ok(Self::Files(path.to_path_buf())),
            _ => {
                // A URL that is not written well is none, and its password is nobody's business.
                let may_be_secret = text.contains('@') || text.to_ascii_lowercase().contains("pass");
                let shown = if may_be_secret {
                    "what `--from` or `--to` names".to_owned()
                } else {
                    format!("`{text}`")
                };
                let message =
                    format!("{shown} is no file, folder or URL, and none of `live`, `migrations`, `empty`");
                Err(Error::usage(message))
            }
        }
    }

    /// Tells whether the side is made on a shadow database.
    fn is_made(&self) -> bool {
        matches!(self, Self::Migrations | Self::Empty | Self::Files(_))
    }
}

/// Reads both sides. Shadows have the major version of the database on the other side, where it is one.
pub(super) async fn read(context: &mut Context<'_>, sides: [&Side; 2]) -> Result<[Schema; 2], Error> {
    let mut schemas = [None, None];
    let mut major = None;
    for made in [false, true] {
        for (side, schema) in sides.iter().zip(&mut schemas).filter(|(side, _)| side.is_made() == made) {
            let read = if made { make(context, side, major).await? } else { look(context, side).await? };
            major = major.or(Some(read.catalog.version));
            *schema = Some(read);
        }
    }
    match schemas {
        [Some(from), Some(to)] => Ok([from, to]),
        _ => Err(Error::usage("a diff has two sides")),
    }
}

/// Reads one side.
pub(super) async fn one(context: &mut Context<'_>, side: &Side) -> Result<Schema, Error> {
    if side.is_made() { make(context, side, None).await } else { look(context, side).await }
}

async fn look(context: &mut Context<'_>, side: &Side) -> Result<Schema, Error> {
    let target = match side {
        Side::Url(url) => context.connect_to(Some(url.clone()), &Manifest::default()).await?,
        _ => live(context).await?,
    };
    schema(&target.session).await
}

/// Connects to the target; a project is looked for only where no URL is given.
pub(super) async fn live(context: &mut Context<'_>) -> Result<Target, Error> {
    let url = context.global.database_url.clone();
    let manifest = if url.is_some() { Manifest::default() } else { context.manifest()? };
    context.connect_to(url, &manifest).await
}

pub(super) async fn schema(session: &Session) -> Result<Schema, Error> {
    let roles = session.values("reading the roles", ROLES).await?;
    Ok(Schema { catalog: catalog::read::read(session.client()).await?, roles: roles.into_iter().collect() })
}

async fn make(context: &mut Context<'_>, side: &Side, major: Option<u32>) -> Result<Schema, Error> {
    if context.global.shadow.is_some() {
        let pieces = pieces(context, side)?;
        return confined::replayed(context, &pieces).await;
    }
    // Another major version writes other words for the same, which would be differences that are none.
    let edition = major.map_or(Edition::Any, Edition::Exactly);
    let shadow = match side {
        Side::Migrations => replay(context, edition).await?,
        _ => Shadow::create(context, edition).await?,
    };
    let made = match side {
        Side::Files(path) => load(&shadow.session, path).await,
        _ => Ok(()),
    };
    let schema = match made {
        Ok(()) => schema(&shadow.session).await,
        Err(error) => Err(error),
    };
    shadow.drop_database().await?;
    schema
}

/// Returns the schemas that the sides' SQL is meant for.
pub(super) fn schemas(context: &mut Context<'_>, sides: [&Side; 2]) -> Result<Vec<String>, Error> {
    let mut schemas = BTreeSet::new();
    for side in sides.into_iter().filter(|side| side.is_made()) {
        schemas.extend(pieces(context, side)?.into_iter().map(|piece| piece.schema));
    }
    Ok(schemas.into_iter().collect())
}

/// Returns the SQL of a side that is made, with the schemas that it is meant for.
fn pieces(context: &mut Context<'_>, side: &Side) -> Result<Vec<Piece>, Error> {
    if let Side::Files(path) = side {
        let texts = texts(path)?.into_iter();
        let piece = |(path, text)| Piece { path, text, schema: "public".to_owned() };
        return Ok(texts.map(piece).collect());
    }
    if *side != Side::Migrations {
        return Ok(Vec::new());
    }
    let opened = context.project()?;
    let installations = opened.project.installations(&context.global.module, &BTreeMap::new())?;
    if installations.iter().any(|one| !one.module.deferred_foreign_keys.is_empty()) {
        let why = "deferred foreign keys are added by runs of their own".to_owned();
        return Err(ShadowError::Guarded { why }.into());
    }
    let request = UpRequest { goal: Goal::All, out_of_order: false, allow_missing: false };
    let plan = plan::up(&installations, &Ledger::default(), &request).map_err(Error::Refused)?;
    plan.steps.into_iter().map(piece).collect()
}

/// Returns a migration's SQL; one that is no transaction can't be taken back.
fn piece(step: Step) -> Result<Piece, Error> {
    let Step { script, schema, mode, .. } = step;
    if mode != Mode::Transaction {
        let reason = "it does not run in a transaction".to_owned();
        return Err(ShadowError::Escapes { path: script.path, line: 1, reason }.into());
    }
    Ok(Piece { path: script.path.clone(), text: script.text.to_string(), schema })
}

async fn replay(context: &mut Context<'_>, edition: Edition) -> Result<Shadow, Error> {
    let opened = context.project()?;
    let named = opened.project.installations(&context.global.module, &BTreeMap::new())?;
    let rehearsed = Rehearsed::of(&named);
    let replay = Replay {
        opened: &opened,
        installations: &rehearsed.installations(),
        until: Until::End,
        command: "diff",
    };
    Shadow::replayed(context, edition, &replay).await
}

/// Runs the statements of a file, or of all `.sql` files below a folder in the order of their paths.
async fn load(session: &Session, path: &Path) -> Result<(), Error> {
    for (path, text) in texts(path)? {
        let failed = |line, message| Error::Load { path: path.clone(), line, message };
        if replay::speaks_of_citus(&text) {
            citus::stand_in(session).await?;
        }
        for statement in sql::statements(&text) {
            let statement = statement.map_err(|error| failed(error.position().line, error.to_string()))?;
            let line = statement.position.line;
            if sql::meaning::talks_to_publisher(statement.text) {
                let why = "this talks to the publisher, which a shadow does not; `WITH (connect = false)` makes a \
                           subscription without";
                return Err(failed(line, why.to_owned()));
            }
            session.statement(&statement).await.map_err(|message| failed(line, message))?;
        }
    }
    Ok(())
}

/// Returns the path and text of a file, or of all `.sql` files below a folder in the order of their paths.
fn texts(path: &Path) -> Result<Vec<(String, String)>, Error> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Error::usage(format!("`{}` can't be read: {error}", path.display()))
    };
    let mut files = Vec::new();
    collect(path, &mut files).map_err(|error| unreadable(path, error))?;
    files.sort();
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, error))?;
        Ok((file.display().to_string(), sql::normalise(&text).into()))
    };
    files.into_iter().map(read).collect()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        let entry = entry?.path();
        if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "sql") {
            collect(&entry, files)?;
        }
    }
    Ok(())
}
