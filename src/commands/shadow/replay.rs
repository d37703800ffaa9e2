//! Replays migrations on a shadow: from the nearest kept result on, with the executor that `up` uses.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::ground::Ground;
use super::lack::{self, Lack};
use super::{Edition, Shadow, citus, template};
use crate::cli::args::RunArgs;
use crate::commands::apply::{Request, apply, take_lock};
use crate::commands::context::{Context, author, limits};
use crate::commands::foreign_keys::{Keys, after_down};
use crate::commands::running::failure;
use crate::db::connect::Options;
use crate::db::error::DbError;
use crate::db::ledger;
use crate::db::run::{Execution, Grouping, Haste, Runner};
use crate::db::session::Session;
use crate::error::{Error, RunFailure};
use crate::model::chain::Chain;
use crate::model::plan::{self, DownRequest, Goal, Source, UpRequest};
use crate::model::progress::Listener;
use crate::model::replay;
use crate::model::{Installation, Ledger, Module, Project};
use crate::project::Opened;
use crate::server::ShadowError;

/// How often a migration is tried again that changed the same shared object as another process' at the same time.
const COLLISIONS: u32 = 30;

/// Nobody else works on a shadow, but a session that ends takes its time.
const LOCK_WAIT: Duration = Duration::from_secs(60);

/// What is replayed.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) struct Replay<'a> {
    pub(in crate::commands) opened: &'a Opened,
    /// Those of [`Rehearsed`].
    pub(in crate::commands) installations: &'a [Installation<'a>],
    pub(in crate::commands) until: Until,
    /// The command as the user would run it again.
    pub(in crate::commands) command: &'a str,
}

impl Replay<'_> {
    /// Returns the project as it is replayed.
    fn project(&self) -> Project {
        Project { modules: self.installations.iter().map(|one| one.module.clone()).collect() }
    }
}

/// How far a replay goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Until {
    /// All migrations, and the deferred foreign keys after them.
    End,
    /// So many migrations, without the deferred foreign keys.
    Steps(usize),
}

/// The modules as they are replayed, with the schemas they are installed under.
#[derive(Debug)]
pub(in crate::commands) struct Rehearsed(Vec<(Module, String)>);

impl Rehearsed {
    pub(in crate::commands) fn of(installations: &[Installation<'_>]) -> Self {
        let each = |one: &Installation<'_>| (replay::replayable(one.module), one.schema.clone());
        Self(installations.iter().map(each).collect())
    }

    pub(in crate::commands) fn installations(&self) -> Vec<Installation<'_>> {
        self.0.iter().map(|(module, schema)| Installation { module, schema: schema.clone() }).collect()
    }
}

/// Returns the keys of a project that declares none.
pub(in crate::commands) fn keyless(project: &Project) -> Keys<'_> {
    Keys::declared(project, &[], &BTreeMap::new())
}

impl Shadow {
    /// Makes a database that holds the result of a replay.
    pub(in crate::commands) async fn replayed(
        context: &mut Context<'_>,
        edition: Edition,
        replay: &Replay<'_>,
    ) -> Result<Self, Error> {
        let beyond = replay::beyond(replay.installations).into_iter().next();
        if let Some(replay::Beyond { path, line, what }) = beyond {
            return Err(ShadowError::Beyond { path, line, what }.into());
        }
        let mut ground = Ground::open(context, edition).await?;
        let extensions = lack::extensions(&ground, &replay::extensions(replay.installations)).await?;
        let name = ground.new_name();
        let made = fill(&mut ground, (&name, &extensions), replay).await;
        if let Err(error) = made {
            ground.remove(&name).await?;
            return Err(on_shadow(error, replay.command));
        }
        Self::open(ground, name).await
    }
}

impl Shadow {
    /// Applies the next `steps` migrations and adds the deferred foreign keys that become possible, as `up` does.
    pub(in crate::commands) async fn apply(
        &mut self,
        replay: &Replay<'_>,
        steps: usize,
    ) -> Result<(), Error> {
        let request = Request {
            up: UpRequest { out_of_order: true, ..up(Goal::Steps(steps)) },
            keys: keys(replay),
            ..request(replay, Goal::Steps(steps))
        };
        let connection = (&mut self.session, &self.options);
        let applied = until_applied(&self.ground, connection, request).await;
        applied.map_err(|error| on_shadow(error, replay.command))
    }

    /// Takes the last migration back, and the deferred foreign keys that stand on it, as `down` does.
    pub(in crate::commands) async fn take_back(&mut self, replay: &Replay<'_>) -> Result<(), Error> {
        let project = replay.project();
        let goal = DownRequest { goal: Goal::Steps(1), modules: Vec::new(), schemas: BTreeMap::new() };
        let execution = request(replay, Goal::Steps(0)).execution;
        let mut met = Meetings::default();
        loop {
            let connection = (&mut self.session, &self.options);
            match down(connection, (&project, &goal), &execution).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    let cured = met.cure(&self.ground, error).await;
                    cured.map_err(|error| on_shadow(error, replay.command))?;
                }
            }
        }
    }

    /// Returns the major version of the shadow's server.
    pub(in crate::commands) fn major(&self) -> u32 {
        self.ground.facts.major
    }
}

async fn down(
    (session, options): (&mut Session, &Options),
    (project, goal): (&Project, &DownRequest),
    execution: &Execution,
) -> Result<(), Error> {
    let listener: &mut Listener<'_> = &mut |_| {};
    let lock = take_lock((session, options), LOCK_WAIT, listener).await?;
    let seen = ledger::read_locked(session, &lock, listener).await?;
    let plan = plan::down(&Source::Files(project), &seen, goal).map_err(Error::Refused)?;
    let mut runner = Runner { session, lock: &lock, execution };
    runner.run(&plan, listener).await.map_err(|error| failure("prove", &plan, error))?;
    after_down(&mut runner, &plan, listener).await.map(drop)
}

fn keys<'r>(replay: &'r Replay<'_>) -> Keys<'r> {
    let schemas: BTreeMap<String, String> =
        replay.installations.iter().map(|one| (one.module.name.clone(), one.schema.clone())).collect();
    Keys::declared(&replay.opened.project, replay.installations, &schemas)
}

/// Makes the database `name` and brings it as far as the replay goes.
async fn fill(
    ground: &mut Ground,
    (name, extensions): (&str, &str),
    replay: &Replay<'_>,
) -> Result<(), Error> {
    let chain = chain((ground, extensions), replay);
    let goal = match replay.until {
        Until::End => chain.steps(),
        Until::Steps(steps) => steps.min(chain.steps()),
    };
    let mut templates = template::Templates::read(ground).await?;
    let begun = begin(ground, name, (&mut templates, &chain, goal), replay).await?;
    for stop in stops((begun, goal), templates.diverges(&chain)) {
        advance(ground, name, (replay, stop)).await?;
        template::keep(ground, name, (&chain, stop)).await?;
    }
    if replay.until == Until::End {
        settle(ground, name, replay).await?;
    }
    Ok(())
}

/// Copies the nearest kept result and returns how many steps that is.
async fn begin(
    ground: &Ground,
    name: &str,
    (templates, chain, goal): (&mut template::Templates, &Chain, usize),
    replay: &Replay<'_>,
) -> Result<usize, Error> {
    while let Some(steps) = templates.longest(chain, goal) {
        match ground.make(name, &template::name(chain, steps)).await {
            Ok(()) => {
                template::touch(ground, chain, steps).await;
                return Ok(steps);
            }
            // Another process dropped it meanwhile.
            Err(DbError::Own { .. }) => templates.forget(chain, steps),
            Err(error) => return Err(error.into()),
        }
    }
    ground.make(name, "template0").await?;
    if replay::distributes(replay.installations) {
        citus::stand_in(&ground.connect(name).await?.0).await?;
    }
    Ok(0)
}

/// Returns the numbers of steps whose result is worth keeping, in order: the goal, and that on the way to it at which the
/// chain diverges from another one.
fn stops((begun, goal): (usize, usize), diverges: usize) -> Vec<usize> {
    let stops = BTreeSet::from([diverges, goal]);
    stops.into_iter().filter(|stop| (begun + 1..=goal).contains(stop)).collect()
}

fn chain((ground, extensions): (&Ground, &str), replay: &Replay<'_>) -> Chain {
    let planned = plan::up(replay.installations, &Ledger::default(), &up(Goal::All));
    // What can't be planned is told when it is to run.
    let steps = planned.map(|plan| plan.steps).unwrap_or_default();
    let distributes = replay::distributes(replay.installations);
    let store_sql = replay.opened.manifest.ledger.store_sql;
    let text = format!("{}\n{extensions}\n{store_sql}\n{distributes}", ground.facts.version);
    Chain::of(&text, &steps)
}

fn up(goal: Goal) -> UpRequest {
    UpRequest { goal, out_of_order: false, allow_missing: false }
}

fn request<'r>(replay: &'r Replay<'_>, goal: Goal) -> Request<'r> {
    let manifest = &replay.opened.manifest;
    let limits = limits(&RunArgs::default(), manifest);
    Request {
        installations: replay.installations,
        up: up(goal),
        execution: Execution {
            author: author(manifest),
            limits,
            grouping: Grouping::Each,
            haste: Haste::default(),
            rescue: None,
        },
        lock_wait: LOCK_WAIT,
        keys: keyless(&replay.opened.project),
        contract: None,
    }
}

/// Applies migrations until `stop` of them are.
async fn advance(ground: &Ground, name: &str, (replay, stop): (&Replay<'_>, usize)) -> Result<(), Error> {
    let (mut session, options) = ground.connect(name).await?;
    let applied = ledger::read(&session).await?.applied.len();
    let request = request(replay, Goal::Steps(stop.saturating_sub(applied)));
    until_applied(ground, (&mut session, &options), request).await
}

/// Applies what is asked for, making what a migration does not find on its server.
async fn until_applied(
    ground: &Ground,
    (session, options): (&mut Session, &Options),
    mut request: Request<'_>,
) -> Result<(), Error> {
    let mut met = Meetings::default();
    let begun = ledger::read(session).await?.applied.len();
    let goal = request.up.goal.clone();
    loop {
        match apply((&mut *session, options), &request, &mut |_| {}).await {
            Ok(_) => return Ok(()),
            Err(error) => met.cure(ground, error).await?,
        }
        if let Goal::Steps(steps) = goal {
            let done = ledger::read(session).await?.applied.len() - begun;
            request.up.goal = Goal::Steps(steps - done);
        }
    }
}

/// Adds the deferred foreign keys that can be added.
async fn settle(ground: &Ground, name: &str, replay: &Replay<'_>) -> Result<(), Error> {
    let request = Request { keys: keys(replay), ..request(replay, Goal::Steps(0)) };
    let (mut session, options) = ground.connect(name).await?;
    until_applied(ground, (&mut session, &options), request).await
}

/// What stood in the way of a replay so far and was put right.
#[derive(Debug, Default)]
pub(super) struct Meetings {
    lacks: BTreeSet<Lack>,
    collisions: u32,
}

impl Meetings {
    /// Makes what a statement did not find, or waits when another process was in the way; fails where that was done already.
    pub(super) async fn cure(&mut self, ground: &Ground, error: Error) -> Result<(), Error> {
        let Some(statement) = error.statement() else { return Err(error) };
        let refusal = &statement.refusal;
        // Another process changed the same role: what is shared has no locks that wait.
        if refusal.message == "tuple concurrently updated" && self.collisions < COLLISIONS {
            self.collisions += 1;
            tokio::time::sleep(Duration::from_millis(fastrand::u64(10..100))).await;
            return Ok(());
        }
        match Lack::of(refusal) {
            Some(lack) if self.lacks.insert(lack.clone()) => lack::make(ground, &lack).await,
            _ => Err(error),
        }
    }
}

/// What the failed run did is gone with its database.
fn on_shadow(error: Error, command: &str) -> Error {
    match error {
        Error::Run(failure) => Error::Run(Box::new(RunFailure {
            done: Vec::new(),
            again: format!("crmdb {command}"),
            ..*failure
        })),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_kept_where_they_will_be_wanted() {
        assert_eq!(stops((0, 9), 4), [4, 9]);
        assert_eq!(stops((5, 9), 4), [9]);
        assert_eq!(stops((0, 9), 9), [9]);
        assert_eq!(stops((9, 9), 3), [0usize; 0]);
        assert_eq!(stops((0, 5), 7), [5]);
    }
}
