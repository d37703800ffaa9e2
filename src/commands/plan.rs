//! `crmdb migrate plan`: rehearses a plan and writes it to a file; `up` and `down` run it from there.
#![expect(
    clippy::disallowed_methods,
    reason = "a plan is a file that the user names, inside a project or not"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::apply::{Look, Request, look};
use super::blast::{COUNT_BUDGET, foresee, measure};
use super::context::{Context, Target, author, goal, limits, made_at};
use super::down::{self, Origin};
use super::foreign_keys::Keys;
use super::rehearse::rehearse;
use super::running::refuse;
use super::sides;
use crate::catalog;
use crate::cli::args::{PlanArgs, RunArgs};
use crate::db::ledger;
use crate::db::record::{Author, TOOL_VERSION};
use crate::db::rehearse::Keeping;
use crate::db::run::{Execution, Grouping, Haste};
use crate::error::Error;
use crate::model::blast::Blast;
use crate::model::plan::{DownRequest, End, FileStep, Finding, Goal, PlanFile, UpRequest};
use crate::model::{Checksum, Direction, EventKind, Ledger, Plan};
use crate::report::Report;
use crate::report::files::Written;
use crate::report::text::shell_word;

pub(super) async fn run(context: &mut Context<'_>, args: &PlanArgs) -> Result<Box<dyn Report>, Error> {
    let opened = if args.from_ledger { None } else { Some(context.project()?) };
    let manifest = match &opened {
        Some(opened) => opened.manifest.clone(),
        None => context.manifest()?,
    };
    let execution = Execution {
        author: author(&manifest),
        limits: limits(&RunArgs::default(), &manifest),
        grouping: Grouping::Each,
        haste: Haste::default(),
        rescue: None,
    };
    let target = context.connect(&manifest).await?;
    let (plan, seen, to) = match (&args.rollback, &opened) {
        (None, Some(opened)) => {
            let installations = context.installations(&opened.project)?;
            let request = Request {
                installations: &installations,
                up: UpRequest { goal: Goal::All, out_of_order: false, allow_missing: false },
                keys: Keys::declared(&opened.project, &installations, &context.schemas()?),
                execution,
                lock_wait: Duration::ZERO,
                contract: None,
            };
            let Look { seen, plan } = look(&target.session, &request).await?;
            (plan, seen, None)
        }
        (rollback, _) => {
            let seen = ledger::read(&target.session).await?;
            let modules: Vec<&str> = context.global.module.iter().map(String::as_str).collect();
            let applied = seen.applied.iter().map(|row| row.module.as_str());
            let mut modules = if modules.is_empty() { applied.collect() } else { modules };
            modules.sort_unstable();
            modules.dedup();
            let goal = goal(rollback.as_ref(), None, &modules)?.unwrap_or(Goal::All);
            let Goal::To { module, version } = goal.clone() else {
                return Err(Error::usage("`--from-ledger` plans a rollback: name its end with `--rollback`"));
            };
            let request = DownRequest { goal, modules: Vec::new(), schemas: BTreeMap::new() };
            let files = opened.as_ref().map(|opened| Origin::Files(&opened.project));
            let origin = files.unwrap_or(Origin::Ledger);
            let plan = down::decide(&target, (&origin, &seen), &request, &execution).await?;
            (plan, seen, Some(End { module, version: version.0 }))
        }
    };
    let made = Made { target: &target, plan: &plan, ledger: &seen, to };
    let file = made.file(context, args.count_budget.unwrap_or(COUNT_BUDGET)).await?;
    write(&args.out, &file)?;
    let next = match plan.direction {
        Direction::Up => "up",
        Direction::Down => "down",
    };
    let next =
        format!("run it with `crmdb migrate {next} --plan {}`", shell_word(&args.out.display().to_string()));
    Ok(Box::new(Written { command: "migrate plan", files: vec![args.out.display().to_string()], next }))
}

/// A plan that was decided and is to be written down.
struct Made<'a> {
    target: &'a Target,
    plan: &'a Plan,
    ledger: &'a Ledger,
    to: Option<End>,
}

impl Made<'_> {
    /// Rehearses the plan; where that can't be done, the file says why.
    async fn file(self, context: &mut Context<'_>, budget: Duration) -> Result<PlanFile, Error> {
        let Self { target, plan, ledger, to } = self;
        let live = sides::schema(&target.session).await?;
        let (blast, duration_ms) = match rehearse(context, plan, (live, Keeping::Yes)).await? {
            Ok(rehearsed) => {
                let took = rehearsed.rehearsal.steps.iter().map(|step| step.duration_ms).sum();
                (measure(target, (plan, ledger), (foresee(&rehearsed), budget)).await?, Some(took))
            }
            Err(reason) => {
                context.terminal.note(&format!("warning: the plan was not rehearsed: {reason}"));
                (Blast::unknown(reason), None)
            }
        };
        Ok(PlanFile {
            format: 1,
            seal: String::new(),
            direction: plan.direction,
            database: target.options.database().to_owned(),
            made_at: made_at(),
            made_by: author(&crate::project::Manifest::default()).client,
            tool_version: TOOL_VERSION.to_owned(),
            fingerprint: fingerprint(target, ledger).await?,
            to,
            steps: FileStep::of(plan),
            duration_ms,
            blast,
        })
    }
}

/// Returns the fingerprint of the target's schema and of what its ledger says is applied.
async fn fingerprint(target: &Target, ledger: &Ledger) -> Result<String, Error> {
    let catalog = catalog::read::read(target.session.client()).await?;
    let mut text = format!("{}\n", catalog.version);
    for (id, entry) in &catalog.objects {
        text += &format!("{id:?} {}\n", serde_json::to_string(entry).unwrap_or_default());
    }
    for row in &ledger.applied {
        text +=
            &format!("{} {} {} {} {}\n", row.position, row.module, row.schema, row.version.0, row.checksum);
    }
    Ok(Checksum::of(&text).to_string())
}

/// Reads a plan from its file; it must go the way that the command goes.
pub(super) fn read(path: &Path, direction: Direction) -> Result<PlanFile, Error> {
    let wrong = |what: String| Error::usage(format!("`{}` is not a plan: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let file = PlanFile::parse(&text).map_err(wrong)?;
    if file.direction != direction {
        return Err(wrong(format!("it is one for `crmdb migrate {}`", file.direction.as_str())));
    }
    Ok(file)
}

fn write(path: &Path, file: &PlanFile) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::Unwritten {
        path: path.display().to_string(),
        reason: error.to_string(),
    };
    std::fs::write(path, file.text()).map_err(failed)
}

/// Refuses a target that is not, or no more, the one that the plan was made for.
pub(super) async fn check(
    target: &Target,
    (file, plan, ledger): (&PlanFile, &Plan, &Ledger),
    author: &Author,
) -> Result<(), Error> {
    let why = if file.database != target.options.database() {
        format!("it was made for the database `{}`", file.database)
    } else if !file.is(plan) {
        "other migrations are due than those that it names".to_owned()
    } else if fingerprint(target, ledger).await? != file.fingerprint {
        "the schema of the target has changed since".to_owned()
    } else {
        return Ok(());
    };
    let kind = if plan.direction == Direction::Up { EventKind::Up } else { EventKind::Down };
    let finding = Finding::PlanOutdated { made_at: file.made_at.clone(), why };
    Err(refuse(&target.session, ledger, (kind, vec![finding]), author).await)
}
