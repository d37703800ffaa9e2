//! `crmdb migrate new`: writes the pair of files of a new migration.

use super::context::Context;
use crate::cli::args::NewArgs;
use crate::error::Error;
use crate::model::step::ONLY_MODULE;
use crate::model::{FileName, Migration};
use crate::project;
use crate::report::Report;
use crate::report::files::Written;

pub(super) fn run(context: &mut Context<'_>, args: &NewArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let modules = &opened.project.modules;
    let flat = modules.is_empty() || modules.iter().any(|module| module.name == ONLY_MODULE);
    let module = match context.global.module.as_slice() {
        [only] => Some(only.as_str()).filter(|name| !(flat && *name == ONLY_MODULE)),
        [] if flat => None,
        [] => {
            let hint = modules.first().map(|module| format!("name one: `--module {}`", module.name));
            return Err(Error::Usage { message: "the project has several modules".to_owned(), hint });
        }
        _ => return Err(Error::usage("a migration belongs to one module, and several were named")),
    };
    let existing =
        opened.project.module(module.unwrap_or(ONLY_MODULE)).map_or(&[][..], |module| &module.migrations);
    let name = words(&args.name);
    let text = format!("V{}__{name}.sql", next(existing));
    let file = FileName::parse(&text)
        .map_err(|error| Error::usage(format!("the name `{}`: `{text}` {error}", args.name)))?;
    let files = project::new_migration(&opened.root, module, &file)?;
    Ok(Box::new(Written {
        command: "migrate new",
        files,
        next: "write the SQL, then run `crmdb migrate up`",
    }))
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
