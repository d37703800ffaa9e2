//! `crmdb migrate new`: writes the pair of files of a new migration.

use super::context::Context;
use super::from_diff::{self, Wanted};
use super::sides::Side;
use crate::catalog::diff::Options;
use crate::cli::args::NewArgs;
use crate::error::Error;
use crate::model::step::ONLY_MODULE;
use crate::model::{FileName, Migration, Module};
use crate::project::{self, Opened};
use crate::report::Report;
use crate::report::files::Written;

pub(super) async fn run(context: &mut Context<'_>, args: &NewArgs) -> Result<Box<dyn Report>, Error> {
    if let Some(side) = &args.from_diff {
        let (command, to) = ("migrate new", Side::read(side)?);
        let wanted = Wanted { command, name: &args.name, to, options: Options::default() };
        return from_diff::run(context, wanted).await;
    }
    let opened = context.project()?;
    let place = Place::of(context, &opened)?;
    let file = file_name(&args.name, &place.module(&opened).migrations)?;
    let files = project::new_migration(&opened.root, place.0.as_deref(), &file)?;
    Ok(Box::new(Written {
        command: "migrate new",
        files,
        next: "write the SQL, then run `crmdb migrate up`".to_owned(),
    }))
}

/// Where a new migration belongs: a module's folder, or `migrations` itself.
#[derive(Debug)]
pub(super) struct Place(Option<String>);

impl Place {
    /// Reads what the arguments say.
    pub(super) fn of(context: &Context<'_>, opened: &Opened) -> Result<Self, Error> {
        let modules = &opened.project.modules;
        let flat = modules.is_empty() || modules.iter().any(|module| module.name == ONLY_MODULE);
        match context.global.module.as_slice() {
            [only] => Ok(Self(Some(only.clone()).filter(|name| !(flat && *name == ONLY_MODULE)))),
            [] if flat => Ok(Self(None)),
            [] => {
                let hint = modules.first().map(|module| format!("name one: `--module {}`", module.name));
                Err(Error::Usage { message: "the project has several modules".to_owned(), hint })
            }
            _ => Err(Error::usage("a migration belongs to one module, and several were named")),
        }
    }

    /// Returns the module, without migrations where it is a new one.
    pub(super) fn module(&self, opened: &Opened) -> Module {
        let name = self.0.as_deref().unwrap_or(ONLY_MODULE);
        opened.project.module(name).cloned().unwrap_or_else(|| Module {
            name: name.to_owned(),
            schema: name.to_owned(),
            depends_on: Vec::new(),
            migrations: Vec::new(),
            deferred_foreign_keys: Vec::new(),
        })
    }

    /// Returns the paths of a migration and of its rollback.
    pub(super) fn paths(&self, file: &FileName) -> [String; 2] {
        let folder = self.0.as_ref().map(|name| format!("{name}/")).unwrap_or_default();
        ["migrations", "rollbacks"].map(|kind| format!("{kind}/{folder}{file}"))
    }
}

/// Returns the file's name of the next migration after `existing`.
pub(super) fn file_name(name: &str, existing: &[Migration]) -> Result<FileName, Error> {
    let text = format!("V{}__{}.sql", next(existing), words(name));
    FileName::parse(&text).map_err(|error| Error::usage(format!("the name `{name}`: `{text}` {error}")))
}

fn words(name: &str) -> String {
    name.trim().replace(|c: char| c.is_whitespace() || c == '-', "_").to_lowercase()
}

/// Returns the digits of the next version, as wide as the last one; a project that counts by time goes on so.
fn next(existing: &[Migration]) -> String {
    let Some(last) = existing.last() else { return "0001".to_owned() };
    let digits = last.file.as_str()[1..].split_once("__").map_or(1, |(digits, _)| digits.len());
    let version = last.version().0;
    if digits == 14 {
        let stamp = super::context::now().strftime("%Y%m%d%H%M%S").to_string();
        if stamp.parse().is_ok_and(|stamp: i64| stamp > version) {
            return stamp;
        }
    }
    format!("{:0digits$}", version.saturating_add(1))
}
