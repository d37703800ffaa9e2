//! Applying what is pending: looked at without the lock, decided again under it, run. Serves `up` and the library.

use std::time::Duration;

use super::running::{failure, fits, refuse};
use crate::db::connect::Options;
use crate::db::ledger;
use crate::db::lock::RunLock;
use crate::db::run::{Done, Execution, Runner};
use crate::db::session::Session;
use crate::error::Error;
use crate::model::plan::{self, UpRequest};
use crate::model::progress::{Listener, Progress};
use crate::model::{EventKind, Installation, Ledger, Plan};

/// What is to be applied, and how.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) installations: &'a [Installation<'a>],
    pub(crate) up: UpRequest,
    pub(crate) execution: Execution,
    pub(crate) lock_wait: Duration,
}

/// The command as the user would run it again.
pub(super) const COMMAND: &str = "migrate up";

/// Decides what `ledger` lacks.
pub(super) async fn decide(session: &Session, ledger: &Ledger, request: &Request<'_>) -> Result<Plan, Error> {
    let planned = plan::up(request.installations, ledger, &request.up);
    match planned.and_then(|plan| fits(plan, request.execution.grouping)) {
        Ok(plan) => Ok(plan),
        Err(findings) => {
            Err(refuse(session, ledger, (EventKind::Up, findings), &request.execution.author).await)
        }
    }
}

/// Applies what is pending. Where nothing is, the lock is not taken.
pub(crate) async fn apply(
    (session, options): (&mut Session, &Options),
    request: &Request<'_>,
    listener: &mut Listener<'_>,
) -> Result<(Plan, Vec<Done>), Error> {
    let seen = ledger::read(session).await?;
    let plan = decide(session, &seen, request).await?;
    if plan.steps.is_empty() {
        return Ok((plan, Vec::new()));
    }
    session.stay_awake().await?;
    let lock = take_lock(options, request.lock_wait, listener).await?;
    let seen = ledger::read_locked(session, &lock).await?;
    let plan = decide(session, &seen, request).await?;
    let mut runner = Runner { session, lock: &lock, execution: &request.execution };
    let done = runner.run(&plan, listener).await.map_err(|error| failure(COMMAND, &plan, error))?;
    Ok((plan, done))
}

/// Takes the target's lock, telling who holds it meanwhile.
pub(super) async fn take_lock(
    options: &Options,
    wait: Duration,
    listener: &mut Listener<'_>,
) -> Result<RunLock, Error> {
    let mut waiting = |holder: Option<&crate::model::Holder>| {
        let holder = holder.map(ToString::to_string);
        listener(Progress::Waiting(holder.as_deref()));
    };
    Ok(RunLock::acquire(options, wait, &mut waiting).await?)
}
