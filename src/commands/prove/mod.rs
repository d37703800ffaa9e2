//! `crmdb prove`: each migration is applied, taken back and applied again on a shadow, and the catalogs are compared.

mod rows;
mod walk;

use std::collections::BTreeSet;

use super::context::Context;
use super::shadow::{Edition, Rehearsed};
use crate::cli::args::GoalArg;
use crate::cli::prove_args::ProveArgs;
use crate::db::ledger;
use crate::error::Error;
use crate::model::plan::{self, Goal, UpRequest};
use crate::model::{Installation, Ledger, Module, Step, Version};
use crate::project::Opened;
use crate::report::Report;
use crate::report::prove::Proved;
pub(super) use rows::Sums;
pub(super) use walk::{Course, walk};

pub(super) async fn run(context: &mut Context<'_>, args: &ProveArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let installations = context.installations(&opened.project)?;
    let chosen = chosen(context, &installations, args)?;
    let (edition, base) = if args.pending {
        let target = context.connect(&opened.manifest).await?;
        let ledger = ledger::read(&target.session).await?;
        (Edition::like(&target.session).await?, Base::Applied(ledger))
    } else {
        (Edition::Any, Base::Before)
    };
    let course = course(&opened, &installations, (&base, chosen.as_ref()))?;
    let course = Course { edition, rows: args.rows, ..course };
    let outcome = walk(context, &course).await?;
    Ok(Box::new(Proved { duration_ms: context.elapsed_ms(), ..outcome.report }))
}

/// What is there before the first migration that is proved.
#[derive(Debug)]
pub(super) enum Base {
    /// All migrations before it.
    Before,
    /// What the ledger says is applied; everything else is proved.
    Applied(Ledger),
}

type Chosen = BTreeSet<(String, Version)>;

/// Returns the migrations that the arguments choose; `None` for all.
fn chosen(
    context: &Context<'_>,
    installations: &[Installation<'_>],
    args: &ProveArgs,
) -> Result<Option<Chosen>, Error> {
    let named = &context.global.module;
    let modules: Vec<&str> = match named.as_slice() {
        [only] => vec![only],
        _ => installations.iter().map(|one| one.module.name.as_str()).collect(),
    };
    let bound = |arg: &Option<GoalArg>| -> Result<Option<(String, Version)>, Error> {
        Ok(match super::context::goal(arg.as_ref(), None, &modules)? {
            Some(Goal::To { module, version }) => Some((module, version)),
            _ => None,
        })
    };
    let (from, to) = (bound(&args.from)?, bound(&args.to)?);
    if named.is_empty() && from.is_none() && to.is_none() {
        return Ok(None);
    }
    let module = match (&from, &to) {
        (Some((one, _)), Some((other, _))) if one != other => {
            return Err(Error::usage("`--from` and `--to` name two modules"));
        }
        (Some((module, _)), _) | (None, Some((module, _))) => Some(module.clone()),
        (None, None) => None,
    };
    let within = |one: &str, version: Version| {
        let of_module = module.as_ref().map_or(named.iter().any(|name| name == one), |module| module == one);
        of_module
            && from.as_ref().is_none_or(|(_, from)| version >= *from)
            && to.as_ref().is_none_or(|(_, to)| version <= *to)
    };
    let all = installations
        .iter()
        .flat_map(|one| one.module.migrations.iter().map(|file| (one.module.name.clone(), file.version())));
    let chosen: Chosen = all.filter(|(module, version)| within(module, *version)).collect();
    if chosen.is_empty() && (from.is_some() || to.is_some()) {
        return Err(Error::Usage {
            message: "no migration lies between `--from` and `--to`".to_owned(),
            hint: Some("see the versions with `crmdb migrate status`".to_owned()),
        });
    }
    Ok(Some(chosen))
}

/// Returns what is to be walked: the migrations that are there before, and those after in the order `up` applies them.
pub(super) fn course<'o>(
    opened: &'o Opened,
    installations: &[Installation<'_>],
    (base, chosen): (&Base, Option<&Chosen>),
) -> Result<Course<'o>, Error> {
    let request = UpRequest { goal: Goal::All, out_of_order: true, allow_missing: true };
    let planned = |ledger: &Ledger| plan::up(installations, ledger, &request).map_err(Error::Refused);
    let rehearsed = Rehearsed::of(installations);
    let proves =
        |step: &Step| chosen.is_none_or(|chosen| chosen.contains(&(step.module.clone(), step.version)));
    let (before, steps, ahead) = match base {
        Base::Before => {
            let steps = planned(&Ledger::default())?.steps;
            let ahead = steps.iter().position(&proves).unwrap_or(steps.len());
            (Rehearsed::of(installations), steps, Some(ahead))
        }
        Base::Applied(ledger) => {
            let modules: Vec<Module> = installations.iter().map(|one| applied(one, ledger)).collect();
            let pairs = modules.iter().zip(installations);
            let there: Vec<Installation<'_>> =
                pairs.map(|(module, one)| Installation { module, schema: one.schema.clone() }).collect();
            (Rehearsed::of(&there), planned(ledger)?.steps, None)
        }
    };
    let last = steps.iter().rposition(&proves).map_or(0, |last| last + 1);
    let skipped = ahead.unwrap_or(0).min(last);
    let steps = steps.into_iter().take(last).skip(skipped).map(|step| (proves(&step), step)).collect();
    Ok(Course { opened, rehearsed, before, ahead, steps, edition: Edition::Any, rows: None })
}

/// Returns the module with those migrations alone that the ledger says are applied.
fn applied(installation: &Installation<'_>, ledger: &Ledger) -> Module {
    let module = installation.module;
    let there: BTreeSet<Version> =
        ledger.applied_to(&module.name, &installation.schema).map(|row| row.version).collect();
    let migrations = module.migrations.iter().filter(|file| there.contains(&file.version())).cloned();
    Module { migrations: migrations.collect(), ..module.clone() }
}

/// Returns the migration as it is typed: `42`, or `sales:42` where the project has modules.
pub(super) fn place(step: &Step) -> String {
    if step.module == crate::model::step::ONLY_MODULE {
        step.version.0.to_string()
    } else {
        format!("{}:{}", step.module, step.version.0)
    }
}

/// Returns how many migrations come before one, in the order in which all are applied.
pub(super) fn position(
    installations: &[Installation<'_>],
    (module, version): (&str, Version),
) -> Result<usize, Error> {
    let request = UpRequest { goal: Goal::All, out_of_order: true, allow_missing: true };
    let steps = plan::up(installations, &Ledger::default(), &request).map_err(Error::Refused)?.steps;
    Ok(steps.iter().position(|step| step.module == module && step.version == version).unwrap_or(steps.len()))
}
