//! Migrations and rollbacks that crmdb writes: made from a difference, tried on a shadow, then put into files.

use std::collections::BTreeSet;

use super::context::Context;
use super::prove::{Base, Course, course, walk};
use super::shadow::{Edition, Rehearsed, Replay, Shadow, Until};
use crate::catalog::ddl::{Refusal, Statement, Transactional};
use crate::catalog::{self, Catalog, Kind};
use crate::error::Error;
use crate::model::{Installation, Migration, Module};
use crate::project::Opened;
use crate::report::Style;
use crate::report::prove::ProofFinding;
use crate::sql;

/// How the names in a text are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names<'s> {
    /// Without this schema, so that the module can be installed under another one.
    Bare(&'s str),
    /// With every schema.
    Qualified,
}

/// Returns the text of a migration or rollback: `head` as comments, then the statements, each below its hazards.
pub(super) fn text(head: &[String], statements: &[Statement], names: Names<'_>) -> String {
    let mut text: String =
        head.iter().map(|line| format!("-- {}\n", line.replace(['\n', '\r'], " "))).collect();
    if statements.iter().any(|statement| statement.transactional != Transactional::Transactional) {
        text += "-- crmdb: no-transaction\n";
    }
    for statement in statements {
        text.push('\n');
        if !statement.hazards.is_empty() {
            let hazards: Vec<_> = statement.hazards.iter().map(ToString::to_string).collect();
            let line = format!("{}: {}", statement.object, hazards.join(", "));
            text += &format!("-- {}\n", line.replace(['\n', '\r'], " "));
        }
        let sql = match names {
            Names::Bare(schema) => sql::unqualified(&statement.sql, schema),
            Names::Qualified => statement.sql.clone(),
        };
        text += &format!("{sql};\n");
    }
    text
}

/// Returns the project's modules with one migration put in, in the place of the one that has its version.
pub(super) fn with(opened: &Opened, module: &Module, draft: &Migration) -> Vec<Module> {
    let mut modules = opened.project.modules.clone();
    if !modules.iter().any(|one| one.name == module.name) {
        modules.push(module.clone());
    }
    for one in modules.iter_mut().filter(|one| one.name == module.name) {
        one.migrations.retain(|migration| migration.version() != draft.version());
        one.migrations.push(draft.clone());
        one.migrations.sort();
    }
    modules
}

/// Returns the modules under the schemas that the arguments give them.
pub(super) fn installed<'m>(
    context: &Context<'_>,
    modules: &'m [Module],
) -> Result<Vec<Installation<'m>>, Error> {
    let schemas = context.schemas()?;
    let of = |module: &'m Module| Installation {
        module,
        schema: schemas.get(&module.name).unwrap_or(&module.schema).clone(),
    };
    Ok(modules.iter().map(of).collect())
}

/// What came of a draft on a shadow.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) findings: Vec<ProofFinding>,
    /// What is there after the migration.
    pub(super) after: Option<Catalog>,
}

/// Applies the drafted migration after all that come before it, takes it back and applies it again.
pub(super) async fn tried(
    context: &mut Context<'_>,
    opened: &Opened,
    (module, draft): (&Module, &Migration),
) -> Result<Tried, Error> {
    let modules = with(opened, module, draft);
    let installations = installed(context, &modules)?;
    let chosen: BTreeSet<_> = [(module.name.clone(), draft.version())].into();
    let course = course(opened, &installations, (&Base::Before, Some(&chosen)))?;
    let course = Course { edition: Edition::Any, ..course };
    let walked = walk(context, &course).await?;
    Ok(Tried { findings: walked.report.findings, after: walked.last })
}

/// Makes the error of a text that can't be written.
pub(super) fn unwritten(refusal: &Refusal) -> Error {
    Error::Undrafted { message: refusal.to_string() }
}

/// Makes the error of drafts that do not do what they should.
pub(super) fn untrue(findings: &[ProofFinding]) -> Error {
    let message: String = findings.iter().map(|finding| finding.human(Style::PLAIN)).collect();
    Error::Undrafted { message: format!("what crmdb made does not hold:\n{}", message.trim_end()) }
}

/// Replays so many migrations and reads what is there; the deferred foreign keys too after the last one.
pub(super) async fn state(
    context: &mut Context<'_>,
    (opened, rehearsed): (&Opened, &Rehearsed),
    (until, command): (Until, &str),
) -> Result<Catalog, Error> {
    let installations = rehearsed.installations();
    let replay = Replay { opened, installations: &installations, until, command };
    let shadow = Shadow::replayed(context, Edition::Any, &replay).await?;
    let catalog = catalog::read::read(shadow.session.client()).await;
    shadow.drop_database().await?;
    Ok(catalog?)
}

/// Gives `catalog` the schema that `other` has: crmdb itself makes and drops the schemas of modules.
pub(super) fn with_schema(mut catalog: Catalog, other: &Catalog, schema: &str) -> Catalog {
    let found = other.objects.iter().find(|(id, _)| id.kind() == Kind::Schema && id.name() == schema);
    if let Some((id, entry)) = found {
        catalog.objects.entry(id.clone()).or_insert_with(|| entry.clone());
    }
    catalog
}
