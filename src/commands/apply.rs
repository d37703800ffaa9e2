//! Applying what is pending: looked at without the lock, decided again under it, run. Serves `up` and the library.

use std::time::Duration;

use super::foreign_keys::Keys;
use super::running::{failure, fits, refuse};
use super::verify::{Aftermath, after};
use crate::db::connect::Options;
use crate::db::lock::RunLock;
use crate::db::run::{self, Execution, Runner};
use crate::db::session::Session;
use crate::db::{ledger, rescue};
use crate::error::Error;
use crate::model::deferred::Aim;
use crate::model::plan::{self, UpRequest};
use crate::model::progress::{Listener, Progress};
use crate::model::{EventKind, Installation, Ledger, Plan, Route};
use crate::project::Opened;
use crate::report::foreign_keys::KeyStatus;
use crate::report::verify::Verified;

/// What is to be applied, and how.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) installations: &'a [Installation<'a>],
    pub(crate) up: UpRequest,
    pub(crate) execution: Execution,
    pub(crate) lock_wait: Duration,
    pub(crate) keys: Keys<'a>,
    /// The project whose contract is verified in the end; `None` where that is not wanted.
    pub(crate) contract: Option<&'a Opened>,
}

impl Request<'_> {
    /// Verifies what should be there after `done` of the plan, which was made for the ledger as `before`.
    async fn verify(
        &self,
        session: &Session,
        before: &Ledger,
        (plan, done): (&Plan, &[run::Done]),
    ) -> Option<Verified> {
        let (opened, installations) = (self.contract?, self.installations);
        let limits = self.execution.limits;
        after(session, &Aftermath { opened, installations, ledger: before, plan, done, limits }).await
    }
}

/// What was applied.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) plan: Plan,
    pub(crate) steps: Vec<run::Done>,
    pub(crate) foreign_keys: Vec<KeyStatus>,
    pub(crate) verified: Option<Verified>,
    /// The number under which what was destroyed is kept; `None` where nothing was to be.
    pub(crate) rescue: Option<i64>,
}

/// The command as the user would run it again.
pub(super) const COMMAND: &str = "migrate up";

/// Decides what `ledger` lacks.
pub(super) async fn decide(session: &Session, ledger: &Ledger, request: &Request<'_>) -> Result<Plan, Error> {
    let planned = plan::up(request.installations, ledger, &request.up);
    match planned.and_then(|plan| fits(plan, (request.execution.grouping, session.route()))) {
        Ok(plan) => Ok(plan),
        Err(findings) => {
            Err(refuse(session, ledger, (EventKind::Up, findings), &request.execution.author).await)
        }
    }
}

/// What a look without the lock found.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) seen: Ledger,
    pub(crate) plan: Plan,
}

/// Looks at what is pending, without the lock.
pub(crate) async fn look(session: &Session, request: &Request<'_>) -> Result<Look, Error> {
    let seen = ledger::read(session).await?;
    let plan = decide(session, &seen, request).await?;
    Ok(Look { seen, plan })
}

/// Applies what is pending, and brings the deferred foreign keys as far as they can come. Where nothing is to be done,
/// the lock is not taken.
pub(crate) async fn apply(
    (session, options): (&mut Session, &Options),
    request: &Request<'_>,
    listener: &mut Listener<'_>,
) -> Result<Done, Error> {
    let look = look(session, request).await?;
    carry_out((session, options), (request, look), listener).await
}

/// Applies what `look` found pending, as far as it still is.
pub(crate) async fn carry_out(
    (session, options): (&mut Session, &Options),
    (request, Look { seen, plan: shown }): (&Request<'_>, Look),
    listener: &mut Listener<'_>,
) -> Result<Done, Error> {
    if shown.steps.is_empty() {
        let looked = request.keys.look(session, &seen).await?;
        if !looked.is_pending() {
            let verified = request.verify(session, &seen, (&shown, &[])).await;
            let foreign_keys = looked.report(&seen);
            return Ok(Done { plan: shown, steps: Vec::new(), foreign_keys, verified, rescue: None });
        }
    }
    let lock = take_lock((session, options), request.lock_wait, listener).await?;
    let seen = ledger::read_locked(session, &lock, listener).await?;
    let plan = decide(session, &seen, request).await?;
    if !plan.destroys_no_more_than(&shown) {
        return Err(Error::Overtaken { target: session.target().to_owned() });
    }
    let mut execution = request.execution.clone();
    if let Some(order) = &mut execution.rescue {
        // Now that the lock is held, the number is this run's.
        order.id = rescue::next_id(session).await?;
    }
    let rescue = execution.rescue.as_ref().map(|order| order.id);
    let mut runner = Runner { session, lock: &lock, execution: &execution };
    let steps = runner.run(&plan, listener).await.map_err(|error| failure(COMMAND, &plan, error))?;
    let foreign_keys = request.keys.settle(&mut runner, Aim::GoOn, listener).await?;
    let verified = request.verify(session, &seen, (&plan, &steps)).await;
    Ok(Done { plan, steps, foreign_keys, verified, rescue })
}

/// Takes the target's lock, telling who holds it meanwhile.
pub(super) async fn take_lock(
    (session, options): (&mut Session, &Options),
    wait: Duration,
    listener: &mut Listener<'_>,
) -> Result<RunLock, Error> {
    let mut waiting = |holder: Option<&crate::model::Holder>| {
        let holder = holder.map(ToString::to_string);
        listener(Progress::Waiting(holder.as_deref()));
    };
    let lock = RunLock::acquire((session, options), wait, &mut waiting).await?;
    if session.route() == Route::TransactionPool {
        listener(Progress::Pooled);
    }
    Ok(lock)
}
