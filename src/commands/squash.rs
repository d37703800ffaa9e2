//! `crmdb migrate squash`: one migration in the place of the first ones of a module, with an equal result.

use super::context::{Context, goal};
use super::draft::{self, Names};
use super::prove::{Sums, position};
use super::shadow::{Edition, Rehearsed, Replay, Shadow, Until};
use crate::catalog::diff::{Options, Renames, diff};
use crate::catalog::{self, Catalog, ddl};
use crate::cli::args::SquashArgs;
use crate::error::Error;
use crate::model::plan::{Finding, Goal};
use crate::model::{FileName, Installation, Migration, Module, Script};
use crate::project::{self, Opened, Over};
use crate::report::Report;
use crate::report::squash::{Kept, Squashed};
use crate::sql::{self, meaning};

const COMMAND: &str = "migrate squash";

pub(super) async fn run(context: &mut Context<'_>, args: &SquashArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let all = draft::installed(context, &opened.project.modules)?;
    let (one, squashed) = chosen(context, &all, args)?;
    let place = (one.module.name.as_str(), squashed[0].version());
    let ahead = position(&all, place)?;
    let rehearsed = Rehearsed::of(&all);
    let state = (&opened, &rehearsed);
    let before = draft::state(context, state, (Until::Steps(ahead), COMMAND)).await?;
    let after = draft::state(context, state, (Until::Steps(ahead + squashed.len()), COMMAND)).await?;
    let before = draft::with_schema(before, &after, &one.schema);
    let file = file_name(squashed, &args.name)?;
    let kept = kept(squashed);
    let mut untrue = None;
    for names in [Names::Bare(&one.schema), Names::Qualified] {
        let texts = texts(squashed, (&before, &after), names)?;
        let migration = migration(&one.module.name, &file, &texts);
        let module = without(one.module, squashed);
        match attempt(context, (&opened, &rehearsed), (&module, &migration), args).await? {
            None => return write(context, &opened, (squashed, &migration, kept)),
            Some(error) => untrue = Some(error),
        }
    }
    Err(untrue.unwrap_or_else(|| Error::usage("nothing was tried")))
}

/// Returns the module and the migrations of it up to the goal, of which there must be two.
fn chosen<'i>(
    context: &Context<'_>,
    installations: &'i [Installation<'i>],
    args: &SquashArgs,
) -> Result<(&'i Installation<'i>, &'i [Migration]), Error> {
    let modules: Vec<&str> = match context.global.module.as_slice() {
        [only] => vec![only],
        _ => installations.iter().map(|one| one.module.name.as_str()).collect(),
    };
    let Some(Goal::To { module, version }) = goal(Some(&args.to), None, &modules)? else {
        return Err(Error::usage("no version was named"));
    };
    let found = installations.iter().find(|one| one.module.name == module).and_then(|one| {
        let last = one.module.migrations.iter().position(|migration| migration.version() == version)?;
        Some((one, &one.module.migrations[..=last]))
    });
    let (one, squashed) =
        found.ok_or_else(|| Error::Refused(vec![Finding::NoSuchVersion { module, version }]))?;
    if squashed.len() < 2 {
        return Err(Error::usage("a squash puts one migration in the place of two or more"));
    }
    Ok((one, squashed))
}

/// The version is that of the last one, written as that is.
fn file_name(squashed: &[Migration], name: &str) -> Result<FileName, Error> {
    let last = squashed.last().map_or("V1", |migration| migration.file.as_str());
    let version = last.split_once("__").map_or("V1", |(version, _)| version);
    let text = format!("{version}__{name}.sql");
    FileName::parse(&text).map_err(|error| Error::usage(format!("`--name {name}`: `{text}` {error}")))
}

/// Returns the statements that change rows: no catalog holds them, so they are kept as they are.
fn kept(squashed: &[Migration]) -> Vec<Kept> {
    let of = |script: &Script| {
        let statements: Vec<_> = sql::statements(&script.text).map_while(Result::ok).collect();
        let rows = statements.into_iter().filter(|statement| meaning::changes_rows(statement.text));
        let kept = rows.map(|statement| Kept { path: script.path.clone(), line: statement.position.line });
        kept.collect::<Vec<_>>()
    };
    squashed.iter().flat_map(|migration| of(&migration.up)).collect()
}

/// Returns the texts of the migration and of its rollback.
fn texts(
    squashed: &[Migration],
    (before, after): (&Catalog, &Catalog),
    names: Names<'_>,
) -> Result<[String; 2], Error> {
    let options = Options { renames: Renames::Off, ..Options::default() };
    let statements = |from: &Catalog, to: &Catalog| {
        let changes = diff(from, to, &options);
        let statements = if changes.is_empty() { Ok(Vec::new()) } else { ddl::statements(&changes) };
        statements.map_err(|refusal| draft::unwritten(&refusal))
    };
    let what = format!("stands for {} migrations", squashed.len());
    let mut up: String = squashed
        .iter()
        .map(|migration| format!("-- crmdb: squash {} {}\n", migration.version(), migration.up.checksum))
        .collect();
    up += &draft::text(std::slice::from_ref(&what), &statements(before, after)?, names);
    for migration in squashed {
        up += &rows(&migration.up);
    }
    let down = draft::text(&[format!("takes back: {what}")], &statements(after, before)?, names);
    Ok([up, down])
}

/// Returns the statements of a script that change rows, as they stand there.
fn rows(script: &Script) -> String {
    let mut text = String::new();
    for statement in sql::statements(&script.text).map_while(Result::ok) {
        if !meaning::changes_rows(statement.text) {
            continue;
        }
        text += &format!("\n-- from {}:{}\n{}", script.path, statement.position.line, statement.text);
        if !statement.text.ends_with(';') {
            text.push(';');
        }
        text.push('\n');
        if let Some(rows) = statement.rows {
            text += rows;
            text += "\\.\n";
        }
    }
    text
}

fn migration(module: &str, file: &FileName, texts: &[String; 2]) -> Migration {
    let folder = if module == crate::model::step::ONLY_MODULE { String::new() } else { format!("{module}/") };
    Migration {
        file: file.clone(),
        up: Script::new(format!("migrations/{folder}{file}"), &texts[0]),
        rollback: Some(Script::new(format!("rollbacks/{folder}{file}"), &texts[1])),
    }
}

fn without(module: &Module, squashed: &[Migration]) -> Module {
    let migrations = module.migrations.iter().filter(|migration| !squashed.contains(migration));
    Module { migrations: migrations.cloned().collect(), ..module.clone() }
}

/// Returns why the migration does not do what those did that it stands for, where it does not.
async fn attempt(
    context: &mut Context<'_>,
    (opened, whole): (&Opened, &Rehearsed),
    (module, migration): (&Module, &Migration),
    args: &SquashArgs,
) -> Result<Option<Error>, Error> {
    let mut project = opened.project.clone();
    for one in project.modules.iter_mut().filter(|one| one.name == module.name) {
        *one = module.clone();
    }
    let fewer = Opened { project, ..opened.clone() };
    let tried = draft::tried(context, &fewer, (module, migration)).await?;
    if !tried.findings.is_empty() {
        return Ok(Some(draft::untrue(&tried.findings)));
    }
    let modules = draft::with(&fewer, module, migration);
    let squashed = Rehearsed::of(&draft::installed(context, &modules)?);
    let (was, rows) = end(context, (opened, whole)).await?;
    let (is, rows_are) = end(context, (opened, &squashed)).await?;
    let rest = diff(&is, &was, &Options { renames: Renames::Off, ..Options::default() });
    if !rest.is_empty() {
        let left = crate::report::diff::summary(&rest);
        let message =
            format!("the squashed migration leads elsewhere than those it stands for; left over:\n{left}");
        return Ok(Some(Error::Undrafted { message }));
    }
    let lost = rows.lost(&rows_are);
    if lost.is_empty() || args.accept_row_changes {
        return Ok(None);
    }
    let lines: String = lost.iter().map(|name| format!("\n  {name}")).collect();
    let message = format!(
        "the migrations write rows, and kept statements alone do not lead to the same ones; they differ in{lines}\n\
         put such statements into a later migration, or accept it with `--accept-row-changes`"
    );
    Ok(Some(Error::Undrafted { message }))
}

/// Returns what is there after all migrations, and its rows.
async fn end(
    context: &mut Context<'_>,
    (opened, rehearsed): (&Opened, &Rehearsed),
) -> Result<(Catalog, Sums), Error> {
    let installations = rehearsed.installations();
    let replay = Replay { opened, installations: &installations, until: Until::End, command: COMMAND };
    let shadow = Shadow::replayed(context, Edition::Any, &replay).await?;
    let read = async {
        let catalog = catalog::read::read(shadow.session.client()).await?;
        Ok((catalog, Sums::read(&shadow.session, None).await?))
    };
    let read: Result<_, Error> = read.await;
    shadow.drop_database().await?;
    read
}

/// Writes the new files before the old ones go, so that what is interrupted has lost nothing.
fn write(
    context: &mut Context<'_>,
    opened: &Opened,
    (squashed, migration, kept): (&[Migration], &Migration, Vec<Kept>),
) -> Result<Box<dyn Report>, Error> {
    let rollback = migration.rollback.as_ref();
    let files: Vec<(&str, &str)> =
        std::iter::once(&migration.up).chain(rollback).map(|script| (&*script.path, &*script.text)).collect();
    let present = squashed.iter().flat_map(|one| std::iter::once(&one.up).chain(&one.rollback));
    let gone: Vec<&str> = present.map(|script| script.path.as_str()).collect();
    let over = if files.iter().any(|(path, _)| gone.contains(path)) { Over::Present } else { Over::Nothing };
    let gone: Vec<&str> =
        gone.into_iter().filter(|path| files.iter().all(|(file, _)| file != path)).collect();
    context.confirm(&format!("put {} in the place of {} files?", migration.file, gone.len()))?;
    let files = project::write_texts(&opened.root, &files, over)?;
    project::remove(&opened.root, &gone)?;
    let removed = gone.into_iter().map(str::to_owned).collect();
    Ok(Box::new(Squashed { migrations: squashed.len(), files, removed, kept }))
}
