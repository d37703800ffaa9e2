//! `crmdb migrate rollback`: writes what takes a migration back, as the difference from after it to before it.

use super::context::{Context, goal};
use super::draft::{self, Names};
use super::prove::position;
use super::shadow::{Rehearsed, Until};
use crate::catalog::ddl;
use crate::catalog::diff::{Options, diff};
use crate::cli::args::RollbackArgs;
use crate::error::Error;
use crate::model::plan::{Finding, Goal};
use crate::model::step::ONLY_MODULE;
use crate::model::{Installation, Migration, Script};
use crate::project::{self, Over};
use crate::report::Report;
use crate::report::files::Written;
use crate::sql::{self, meaning};

const COMMAND: &str = "migrate rollback";

pub(super) async fn run(context: &mut Context<'_>, args: &RollbackArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let installations = context.installations(&opened.project)?;
    let (one, migration) = chosen(context, &installations, args)?;
    let path = path(&one.module.name, migration);
    let over = if args.force { Over::Present } else { Over::Nothing };
    if migration.rollback.is_some() && !args.force {
        return Err(project::exists(&path).into());
    }
    let place = (one.module.name.as_str(), migration.version());
    let ahead = position(&installations, place)?;
    let rehearsed = Rehearsed::of(&installations);
    let state = (&opened, &rehearsed);
    let before = draft::state(context, state, (Until::Steps(ahead), COMMAND)).await?;
    let after = draft::state(context, state, (Until::Steps(ahead + 1), COMMAND)).await?;
    let before = draft::with_schema(before, &after, &one.schema);
    let changes = diff(&after, &before, &Options::default());
    let statements = if changes.is_empty() { Ok(Vec::new()) } else { ddl::statements(&changes) };
    let statements = statements.map_err(|refusal| draft::unwritten(&refusal))?;
    let head = head(migration);
    let mut findings = Vec::new();
    for names in [Names::Bare(&one.schema), Names::Qualified] {
        let text = draft::text(&head, &statements, names);
        let rollback = Some(Script::new(path.as_str(), &text));
        let tried = Migration { rollback, ..migration.clone() };
        findings = draft::tried(context, &opened, (one.module, &tried)).await?.findings;
        if findings.is_empty() {
            let files = project::write_texts(&opened.root, &[(&path, &text)], over)?;
            let next = "it leads back on a shadow; read what it loses before you need it";
            return Ok(Box::new(Written { command: COMMAND, files, next: next.to_owned() }));
        }
    }
    Err(draft::untrue(&findings))
}

fn chosen<'i>(
    context: &Context<'_>,
    installations: &'i [Installation<'i>],
    args: &RollbackArgs,
) -> Result<(&'i Installation<'i>, &'i Migration), Error> {
    let modules: Vec<&str> = match context.global.module.as_slice() {
        [only] => vec![only],
        _ => installations.iter().map(|one| one.module.name.as_str()).collect(),
    };
    let Some(Goal::To { module, version }) = goal(Some(&args.version), None, &modules)? else {
        return Err(Error::usage("no version was named"));
    };
    let one = installations.iter().find(|one| one.module.name == module);
    let found = one.and_then(|one| {
        Some((one, one.module.migrations.iter().find(|migration| migration.version() == version)?))
    });
    found.ok_or_else(|| Error::Refused(vec![Finding::NoSuchVersion { module, version }]))
}

/// Says whose rollback it is, and which rows it does not bring back.
fn head(migration: &Migration) -> Vec<String> {
    let mut head = vec![format!("takes back: {}", migration.file.name().replace('_', " "))];
    let statements = sql::statements(&migration.up.text).map_while(Result::ok);
    let rows: Vec<_> = statements.filter(|statement| meaning::changes_rows(statement.text)).collect();
    head.extend(rows.iter().map(|statement| {
        let first: Vec<_> = statement.text.split_whitespace().take(4).collect();
        let line = statement.position.line;
        format!(
            "rows stay as they are: line {line} of the migration changes them (`{} ...`)",
            first.join(" ")
        )
    }));
    head
}

fn path(module: &str, migration: &Migration) -> String {
    let folder = if module == ONLY_MODULE { String::new() } else { format!("{module}/") };
    format!("rollbacks/{folder}{}", migration.file)
}
