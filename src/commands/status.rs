//! `crmdb migrate status`: what is applied, what is pending, what does not fit, who is at work.

use super::context::Context;
use super::foreign_keys::Keys;
use crate::cli::args::StatusArgs;
use crate::db::ledger::{self, Ranges};
use crate::db::{lock, rescue};
use crate::error::Error;
use crate::model::plan::{Finding, compare};
use crate::model::squash;
use crate::model::step::label;
use crate::model::{Installation, Ledger};
use crate::report::Report;
use crate::report::rescue::RescueStatus;
use crate::report::status::{AppliedStatus, FindingStatus, ModuleStatus, Status, UnfinishedStatus};

pub(super) async fn run(context: &mut Context<'_>, args: &StatusArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let installations = context.installations(&opened.project)?;
    let target = context.connect(&opened.manifest).await?;
    let session = &target.session;
    // Whoever goes on before all have their answer waits for the server once more.
    let (there, rescues_there, holder) =
        tokio::join!(ledger::is_there(session), rescue::is_there(session), lock::read_holder(session));
    let (there, rescues_there) = (there?, rescues_there?);
    let (ledger, rescues) =
        tokio::join!(ledger::read_where(session, there), rescue::read_where(session, rescues_there));
    let (ledger, rescues, now) = (ledger?, rescues?, context.now());
    let ranges =
        if ledger.unfinished.is_empty() { Ranges::new() } else { ledger::read_ranges(session).await? };
    let keys = Keys::declared(&opened.project, &installations, &context.schemas()?);
    let foreign_keys = keys.look(&target.session, &ledger).await?.report(&ledger);
    let (folded, mut findings) = squash::fold(&installations, &ledger);
    let mut modules = Vec::new();
    for installation in &installations {
        let comparison = compare(installation, folded.as_ref().unwrap_or(&ledger));
        findings.extend(comparison.findings);
        let pending = comparison.pending.iter().map(|file| file.file.as_str().to_owned()).collect();
        modules.push(module((&ledger, &ranges), &installation.module.name, (&installation.schema, pending)));
    }
    if context.global.module.is_empty() {
        for (name, schema) in elsewhere(&ledger, &installations) {
            if opened.project.module(&name).is_none() {
                let rows = ledger.applied_to(&name, &schema);
                findings
                    .extend(rows.map(|row| Finding::Unknown { migration: label(&row.module, &row.file) }));
            }
            modules.push(module((&ledger, &ranges), &name, (&schema, Vec::new())));
        }
    }
    Ok(Box::new(Status {
        target: target.name(),
        ledger: ledger.version.is_some(),
        modules,
        foreign_keys,
        findings: findings.iter().map(FindingStatus::from).collect(),
        rescues: rescues
            .iter()
            .filter(|rescue| rescue.is_there())
            .map(|rescue| RescueStatus::new(rescue, now))
            .collect(),
        lock: holder?,
        pending_is_found: args.exit_code,
    }))
}

/// Returns what is installed beside `installations`: under other schemas, or of modules that have no files here.
fn elsewhere(ledger: &Ledger, installations: &[Installation<'_>]) -> Vec<(String, String)> {
    let known = |module: &str, schema: &str| {
        installations
            .iter()
            .any(|installation| installation.module.name == module && installation.schema == schema)
    };
    let rows = ledger.applied.iter().filter(|row| !known(&row.module, &row.schema));
    let mut others: Vec<_> = rows.map(|row| (row.module.clone(), row.schema.clone())).collect();
    others.sort();
    others.dedup();
    others
}

fn module(
    (ledger, ranges): (&Ledger, &Ranges),
    name: &str,
    (schema, pending): (&str, Vec<String>),
) -> ModuleStatus {
    let applied = ledger.applied_to(name, schema).map(|row| AppliedStatus {
        version: row.version.0,
        file: row.file.clone(),
        applied_at: row.applied_at,
        applied_by: row.applied_by.clone(),
        duration_ms: row.duration_ms,
        origin: row.origin,
    });
    let unfinished = ledger.unfinished_of(name, schema).map(|row| UnfinishedStatus {
        file: row.file.clone(),
        direction: row.direction,
        finished_statements: row.finished_statements(),
        rows: ranges.get(&(name.to_owned(), schema.to_owned())).copied(),
    });
    ModuleStatus {
        module: name.to_owned(),
        schema: schema.to_owned(),
        applied: applied.collect(),
        pending,
        unfinished,
    }
}
