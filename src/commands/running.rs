//! What `up`, `down` and `redo` share: running a plan under the lock and telling how it went.

use super::context::{Context, Target};
use crate::db::lock::RunLock;
use crate::db::record::{Author, Occurrence, write_event};
use crate::db::run::{Done, Execution, Grouping, RunError, Runner};
use crate::db::session::Session;
use crate::error::{Deed, Error, RunFailure};
use crate::model::plan::Finding;
use crate::model::{Direction, EventKind, Ledger, Mode, Outcome, Plan, Route, Step};
use crate::report::foreign_keys::KeyStatus;
use crate::report::run::{Ran, RanMigration};

/// Returns the grouping that `--single-transaction` asks for.
pub(super) fn grouping(single: bool) -> Grouping {
    if single { Grouping::Single } else { Grouping::Each }
}

/// Runs the plan and makes the error that tells what is done all the same.
pub(super) async fn run_plan(
    context: &mut Context<'_>,
    (target, lock): (&mut Target, &RunLock),
    plan: &Plan,
    (command, execution): (&str, &Execution),
) -> Result<Vec<Done>, Error> {
    let mut runner = Runner { session: &mut target.session, lock, execution };
    let done = runner.run(plan, &mut |event| context.terminal.progress(&event)).await;
    done.map_err(|error| failure(command, plan, error))
}

pub(super) fn failure(command: &str, plan: &Plan, error: RunError) -> Error {
    let step = &plan.steps[error.failed];
    Error::Run(Box::new(RunFailure {
        stopped: step.label(),
        rolled_back: step.mode == Mode::Transaction,
        done: error.done.iter().map(|done| plan.steps[done.index].label()).collect(),
        deed: match plan.direction {
            Direction::Up => Deed::Apply,
            Direction::Down => Deed::TakeBack,
        },
        again: format!("crmdb {command}"),
        error: error.error,
    }))
}

/// Makes the report of a plan of which `done` ran.
pub(super) fn ran(
    context: &Context<'_>,
    (command, target): (&'static str, &Target),
    (plan, done): (&Plan, &[Done]),
    foreign_keys: Vec<KeyStatus>,
) -> Ran {
    Ran {
        command,
        target: target.name(),
        migrations: done.iter().map(|done| RanMigration::new(&plan.steps[done.index], done)).collect(),
        foreign_keys,
        left: plan.left,
        notes: plan.notes.iter().map(ToString::to_string).collect(),
        verified: None,
        rescue: None,
        duration_ms: context.elapsed_ms(),
    }
}

/// A migration outside a transaction can't share one with others, and needs a session of its own.
pub(super) fn fits(plan: Plan, (grouping, route): (Grouping, Route)) -> Result<Plan, Vec<Finding>> {
    let outside = || plan.steps.iter().filter(|step| step.mode != Mode::Transaction).map(Step::label);
    let findings: Vec<_> = if route == Route::TransactionPool {
        outside().map(|migration| Finding::NotPooled { migration }).collect()
    } else if grouping == Grouping::Single && plan.steps.len() > 1 {
        outside().map(|migration| Finding::NotGrouped { migration }).collect()
    } else {
        Vec::new()
    };
    if findings.is_empty() { Ok(plan) } else { Err(findings) }
}

/// Writes the refusal to the event log, where there is one, and makes the error.
pub(super) async fn refuse(
    session: &Session,
    ledger: &Ledger,
    (kind, findings): (EventKind, Vec<Finding>),
    author: &Author,
) -> Error {
    if ledger.version.is_some() {
        let detail = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let event = Occurrence { kind, outcome: Outcome::Refused, step: None, detail: Some(&detail) };
        // A role that may not write the log is refused all the same.
        let _ = write_event(session, author, &event).await;
    }
    Error::Refused(findings)
}
