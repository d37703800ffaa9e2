//! A migration and its rollback from a difference: `crmdb migrate new --from-diff` and `crmdb diff --write`.

use super::context::Context;
use super::draft::{self, Names};
use super::new::{Place, file_name};
use super::shadow::{Rehearsed, Until};
use super::sides::{self, Side};
use crate::catalog::ddl::{self, Statement};
use crate::catalog::diff::{Aspect, Options, diff};
use crate::catalog::{Catalog, diff::Changes};
use crate::error::Error;
use crate::model::{Migration, Module, Script};
use crate::project::{self, Over};
use crate::report::Report;
use crate::report::files::Written;

/// What is to be written.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    /// The command's path.
    pub(super) command: &'static str,
    /// What the migration does, in words.
    pub(super) name: &'a str,
    /// What shall be there after it.
    pub(super) to: Side,
    pub(super) options: Options,
}

pub(super) async fn run(context: &mut Context<'_>, wanted: Wanted<'_>) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let place = Place::of(context, &opened)?;
    let module = place.module(&opened);
    let file = file_name(wanted.name, &module.migrations)?;
    let schema = context.schemas()?.remove(&module.name).unwrap_or_else(|| module.schema.clone());
    let rehearsed = Rehearsed::of(&draft::installed(context, &opened.project.modules)?);
    let from = draft::state(context, (&opened, &rehearsed), (Until::End, wanted.command)).await?;
    let to = sides::one(context, &wanted.to).await?.catalog;
    let mut options = Options { schemas: vec![schema.clone()], ..wanted.options };
    if to.role != from.role {
        context.terminal.note(&format!(
            "note: owners and privileges are left out, because `{}` owns what is there and crmdb can't know who will run \
             the migration",
            to.role
        ));
        options.ignore.extend([Aspect::Owner, Aspect::Privileges]);
    }
    let from = draft::with_schema(from, &to, &schema);
    let statements = written(&diff(&from, &to, &options))?;
    let back = written(&diff(&to, &from, &options))?;
    if statements.is_empty() {
        let next = "there is no difference to write";
        return Ok(Box::new(Written { command: wanted.command, files: Vec::new(), next: next.to_owned() }));
    }
    let paths = place.paths(&file);
    let words = file.name().replace('_', " ");
    let mut untrue = None;
    for names in [Names::Bare(&schema), Names::Qualified] {
        let texts = [
            draft::text(std::slice::from_ref(&words), &statements, names),
            draft::text(&[format!("takes back: {words}")], &back, names),
        ];
        let migration = Migration {
            file: file.clone(),
            up: Script::new(paths[0].as_str(), &texts[0]),
            rollback: Some(Script::new(paths[1].as_str(), &texts[1])),
        };
        match attempt(context, (&opened, &module, &migration), (&to, &options)).await? {
            None => {
                let files = [(paths[0].as_str(), texts[0].as_str()), (&paths[1], &texts[1])];
                let files = project::write_texts(&opened.root, &files, Over::Nothing)?;
                let next = if wanted.to == Side::Live {
                    "both were tried on a shadow; record them here with `crmdb migrate baseline`, apply them elsewhere"
                } else {
                    "both were tried on a shadow; read them, then run `crmdb migrate up`"
                };
                return Ok(Box::new(Written { command: wanted.command, files, next: next.to_owned() }));
            }
            Some(error) => untrue = Some(error),
        }
    }
    Err(untrue.unwrap_or_else(|| Error::usage("nothing was tried")))
}

/// Returns why the migration does not lead to `to` and back, where it does not.
async fn attempt(
    context: &mut Context<'_>,
    (opened, module, migration): (&project::Opened, &Module, &Migration),
    (to, options): (&Catalog, &Options),
) -> Result<Option<Error>, Error> {
    let tried = draft::tried(context, opened, (module, migration)).await?;
    if !tried.findings.is_empty() {
        return Ok(Some(draft::untrue(&tried.findings)));
    }
    let Some(after) = tried.after else { return Ok(None) };
    let rest = diff(&after, to, options);
    if rest.is_empty() {
        return Ok(None);
    }
    let left = crate::report::diff::summary(&rest);
    let message = format!("the migration does not lead to the other side; left over:\n{left}");
    Ok(Some(Error::Undrafted { message }))
}

fn written(changes: &Changes<'_>) -> Result<Vec<Statement>, Error> {
    if changes.is_empty() { Ok(Vec::new()) } else { Ok(ddl::statements(changes)?) }
}
