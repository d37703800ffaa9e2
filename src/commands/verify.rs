//! `crmdb verify`: compares the contract with what is there. Every run that changes a target ends with it too.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::context::Context;
use crate::cli::args::VerifyArgs;
use crate::db::contract::{Answer, Patience, Reading, Request, read};
use crate::db::error::DbError;
use crate::db::ledger;
use crate::db::record::Limits;
use crate::db::run::Done;
use crate::db::session::Session;
use crate::error::Error;
use crate::model::contract::{Contract, Finding, Words, compare, refused_finding, row_findings};
use crate::model::{Direction, Installation, Ledger, Plan, Script, Version};
use crate::project::Opened;
use crate::report::Report;
use crate::report::verify::{Verification, Verified, VerifiedModule};

/// How long a statement of the verification may run where no limit is given.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);

/// What is to be verified of one module.
struct Subject<'a> {
    module: &'a str,
    schema: &'a str,
    contract: &'a Contract,
    queries: &'a [Script],
    /// The words of the migrations that are not applied.
    pending: Words,
}

pub(super) async fn run(context: &mut Context<'_>, args: &VerifyArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let installations = context.installations(&opened.project)?;
    let target = context.connect(&opened.manifest).await?;
    let ledger = ledger::read(&target.session).await?;
    let subjects = subjects(&opened, &installations, |installation| applied(&ledger, installation));
    let (installed, absent): (Vec<_>, Vec<_>) = subjects.into_iter().partition(|(_, applied)| *applied > 0);
    let installed: Vec<Subject<'_>> = installed.into_iter().map(|(subject, _)| subject).collect();
    let patience = Patience {
        lock_timeout: Duration::from_secs(2),
        statement_timeout: args.statement_timeout.unwrap_or(STATEMENT_TIMEOUT),
    };
    let places = places(&installations);
    let mut verified = look(&target.session, (&installed, &places), patience).await?;
    let missing = absent.iter().map(|(subject, _)| Finding::not_installed(subject.module, subject.schema, 1));
    verified.findings.extend(missing.map(Into::into));
    verified
        .modules
        .extend(absent.iter().map(|(subject, _)| VerifiedModule::of(subject.module, subject.schema)));
    let target = target.name();
    Ok(Box::new(Verification { target, verified, duration_ms: context.elapsed_ms() }))
}

/// What a run leaves behind: the ledger as it was before it, and what it did.
#[derive(Debug)]
pub(crate) struct Aftermath<'a> {
    pub(crate) opened: &'a Opened,
    pub(crate) installations: &'a [Installation<'a>],
    pub(crate) ledger: &'a Ledger,
    pub(crate) plan: &'a Plan,
    pub(crate) done: &'a [Done],
    pub(crate) limits: Limits,
}

/// Verifies what should be there after a run; `None` where nothing is declared of what is installed.
///
/// Of a module that has migrations which are not applied, only that is verified which none of them mentions.
pub(crate) async fn after(session: &Session, run: &Aftermath<'_>) -> Option<Verified> {
    let subjects = subjects(run.opened, run.installations, |installation| {
        let mut versions = applied(run.ledger, installation);
        let same =
            |module: &str, schema: &str| module == installation.module.name && schema == installation.schema;
        for step in run.done.iter().map(|done| &run.plan.steps[done.index]) {
            match step.direction {
                _ if !same(&step.module, &step.schema) => {}
                Direction::Up => drop(versions.insert(step.version)),
                Direction::Down => drop(versions.remove(&step.version)),
            }
        }
        versions
    });
    let subjects: Vec<_> =
        subjects.into_iter().filter(|(_, applied)| *applied > 0).map(|(one, _)| one).collect();
    if subjects.is_empty() {
        return None;
    }
    let limit = run.limits.statement_timeout;
    let patience = Patience {
        lock_timeout: run.limits.lock_timeout,
        statement_timeout: if limit.is_zero() { STATEMENT_TIMEOUT } else { limit },
    };
    let looked = look(session, (&subjects, &places(run.installations)), patience).await;
    // The run is committed: that it could not be looked at must not hide what it did.
    let mut verified = looked.unwrap_or_else(|error| {
        let unread = |one: &Subject<'_>| Finding::unread(one.module, one.schema, error.to_string()).into();
        Verified { findings: subjects.iter().map(unread).collect(), ..Verified::default() }
    });
    for subject in &subjects {
        let here = |finding: &Finding| finding.object.module == subject.module;
        verified.findings.retain(|row| !(here(&row.finding) && row.finding.may_be_pending(&subject.pending)));
    }
    Some(verified)
}

fn applied(ledger: &Ledger, installation: &Installation<'_>) -> BTreeSet<Version> {
    ledger.applied_to(&installation.module.name, &installation.schema).map(|row| row.version).collect()
}

pub(super) fn places(installations: &[Installation<'_>]) -> BTreeMap<String, String> {
    installations.iter().map(|one| (one.module.name.clone(), one.schema.clone())).collect()
}

/// Returns the modules of which something is declared, each with how many of its migrations are applied.
fn subjects<'a>(
    opened: &'a Opened,
    installations: &'a [Installation<'a>],
    applied: impl Fn(&Installation<'_>) -> BTreeSet<Version>,
) -> Vec<(Subject<'a>, usize)> {
    let mut subjects = Vec::new();
    for installation in installations {
        let name = installation.module.name.as_str();
        let contract = opened.manifest.modules.get(name).map(|module| &module.contract);
        let queries = opened.queries.get(name).map_or(&[][..], Vec::as_slice);
        let contract = contract.filter(|contract| !contract.is_empty());
        if contract.is_none() && queries.is_empty() {
            continue;
        }
        let applied = applied(installation);
        let pending = installation.module.migrations.iter().filter(|file| !applied.contains(&file.version()));
        let subject = Subject {
            module: name,
            schema: &installation.schema,
            contract: contract.unwrap_or(const { &NOTHING }),
            queries,
            pending: Words::of(pending.map(|file| &*file.up.text)),
        };
        subjects.push((subject, applied.len()));
    }
    subjects
}

const NOTHING: Contract = Contract {
    strict: false,
    enums: Vec::new(),
    tables: Vec::new(),
    lists: BTreeMap::new(),
    deferred: Vec::new(),
};

/// Reads and compares everything. A query is not run where migrations of its module are pending: it may be about what
/// they make.
async fn look(
    session: &Session,
    (subjects, places): (&[Subject<'_>], &BTreeMap<String, String>),
    patience: Patience,
) -> Result<Verified, DbError> {
    let request = |subject: &Subject<'_>| (subject.contract.wanted(), subject.pending.is_empty());
    let requests: Vec<Request<'_>> = subjects
        .iter()
        .map(|subject| {
            let (wanted, whole) = request(subject);
            let queries = if whole { subject.queries.iter().collect() } else { Vec::new() };
            Request { schema: subject.schema, wanted, queries }
        })
        .collect();
    if requests.is_empty() {
        return Ok(Verified::default());
    }
    let readings = read(session, &requests, patience).await?;
    let mut verified = Verified::default();
    for (subject, mut reading) in subjects.iter().zip(readings) {
        reading.found.name_modules(subject.schema, places);
        verified.modules.push(VerifiedModule::of(subject.module, subject.schema));
        verified.findings.extend(findings(subject, places, &reading).into_iter().map(Into::into));
    }
    Ok(verified)
}

fn findings(subject: &Subject<'_>, places: &BTreeMap<String, String>, reading: &Reading) -> Vec<Finding> {
    let here = (subject.module, subject.schema);
    let mut findings = compare(subject.contract, &reading.found, here, places);
    for finding in &mut findings {
        if finding.may_be_pending(&subject.pending) {
            finding.hint =
                "migrations of the module that name it are pending: apply them with `crmdb migrate up`"
                    .to_owned();
        }
    }
    for (query, answer) in subject.queries.iter().zip(&reading.answers) {
        match answer {
            Answer::Rows(rows, count) => findings.extend(row_findings(query, here, (rows, *count))),
            Answer::Refused(line, refusal) => {
                findings.push(refused_finding(query, here, *line, refusal.message.clone()));
            }
        }
    }
    findings
}
