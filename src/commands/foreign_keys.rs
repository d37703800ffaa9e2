//! What `up`, `down`, `redo`, `repair` and `status` share about deferred foreign keys.

use std::collections::BTreeMap;

use crate::db::deferred::{Settled, observe, settle};
use crate::db::ledger;
use crate::db::run::Runner;
use crate::db::session::Session;
use crate::error::Error;
use crate::model::deferred::{Aim, Key, Lack, Recorded, Seen, Situation, State, is_complete, keys};
use crate::model::progress::Listener;
use crate::model::{Installation, Ledger, Plan, Project};
use crate::report::foreign_keys::{KeyError, KeyStatus, OrphanSample};

/// The keys that a command is about, and the project that says what is still to come.
#[derive(Debug)]
pub(crate) struct Keys<'a> {
    project: Option<&'a Project>,
    keys: Vec<Key>,
}

impl<'a> Keys<'a> {
    /// Takes the declared keys of `installations`.
    pub(crate) fn declared(
        project: &'a Project,
        installations: &[Installation<'_>],
        schemas: &BTreeMap<String, String>,
    ) -> Self {
        Self { project: Some(project), keys: keys(project, installations, schemas) }
    }

    /// Takes the keys that the ledger recorded, whatever is declared.
    pub(super) fn recorded<'r>(recorded: impl IntoIterator<Item = &'r Recorded>) -> Self {
        Self { project: None, keys: recorded.into_iter().map(key).collect() }
    }

    /// Looks at the target.
    pub(super) async fn look(&self, session: &Session, ledger: &Ledger) -> Result<Looked<'_>, Error> {
        let seen = observe(session, &self.keys).await?;
        Ok(Looked { keys: self, seen, recorded: ledger.foreign_keys.clone() })
    }

    /// Looks at the target after a run and does what is to be done.
    pub(super) async fn settle(
        &self,
        runner: &mut Runner<'_>,
        aim: Aim,
        listener: &mut Listener<'_>,
    ) -> Result<Vec<KeyStatus>, Error> {
        if self.keys.is_empty() {
            return Ok(Vec::new());
        }
        let ledger = ledger::read(runner.session).await?;
        let looked = self.look(runner.session, &ledger).await?;
        let settled = settle(runner, &looked.situations(), aim, listener).await?;
        Ok(self.report(&ledger, &settled))
    }

    fn report(&self, ledger: &Ledger, settled: &[Settled]) -> Vec<KeyStatus> {
        self.keys.iter().zip(settled).map(|(key, one)| self.status(key, one, ledger)).collect()
    }

    fn status(&self, key: &Key, settled: &Settled, ledger: &Ledger) -> KeyStatus {
        let vain = self.in_vain(key, &settled.state, ledger);
        let mut message = settled.state.to_string();
        if vain {
            message += ", which no migration that is left brings";
        }
        let orphans = match settled.state {
            State::NotValid(count) => count,
            State::Blocked(count) => Some(count),
            _ => None,
        };
        let samples = settled.orphans.iter().flat_map(|orphans| &orphans.samples);
        let hint = hint(&settled.state).filter(|_| vain || !matches!(settled.state, State::Waiting(_)));
        KeyStatus {
            module: key.module.clone(),
            schema: key.schema.clone(),
            table: key.table.clone(),
            name: key.name.clone(),
            definition: key.declared.to_string(),
            state: settled.state.code(),
            message,
            finding: hint.is_some(),
            hint: hint.map(str::to_owned),
            orphans,
            samples: samples
                .map(|sample| OrphanSample { values: sample.values.clone(), rows: sample.rows })
                .collect(),
            query: settled.orphans.as_ref().map(|orphans| orphans.query.clone()),
            done: settled.done.clone(),
            error: settled.refusal.as_ref().map(|refusal| KeyError {
                sqlstate: refusal.sqlstate.clone(),
                message: refusal.message.clone(),
                detail: refusal.detail.clone(),
            }),
        }
    }

    /// Tells whether the key waits for something that the migrations of its module should have brought, all of them
    /// being applied. A schema of no module is expected to be there before the module is.
    fn in_vain(&self, key: &Key, state: &State, ledger: &Ledger) -> bool {
        let (State::Waiting(lacks), Some(project)) = (state, self.project) else { return false };
        let own = (key.module.as_str(), key.schema.as_str());
        let other = key.target_module.as_deref().map(|module| (module, key.target_schema.as_str()));
        let brought_by = |lack: &Lack| if lack.is_of_source() { own } else { other.unwrap_or(own) };
        lacks.iter().any(|lack| is_complete(project, ledger, brought_by(lack)))
    }
}

/// The keys beside what the target holds of them.
pub(super) struct Looked<'k> {
    keys: &'k Keys<'k>,
    seen: Vec<Seen>,
    recorded: Vec<Recorded>,
}

impl Looked<'_> {
    fn situations(&self) -> Vec<Situation<'_>> {
        let recorded: BTreeMap<_, _> = self
            .recorded
            .iter()
            .map(|row| ((row.schema.as_str(), row.table.as_str(), row.name.as_str()), row))
            .collect();
        let pairs = self.keys.keys.iter().zip(&self.seen);
        pairs
            .map(|(key, seen)| {
                let name = (key.schema.as_str(), key.table.as_str(), key.name.as_str());
                Situation { key, seen, recorded: recorded.get(&name).copied() }
            })
            .collect()
    }

    /// Tells whether a run has something to do.
    pub(super) fn is_pending(&self) -> bool {
        self.situations().iter().any(|situation| situation.action(Aim::GoOn).is_some())
    }

    /// Returns where the keys stand; nothing is done about them.
    pub(super) fn report(&self, ledger: &Ledger) -> Vec<KeyStatus> {
        let untouched = |situation: &Situation<'_>| Settled {
            state: situation.state(),
            done: Vec::new(),
            orphans: None,
            refusal: None,
        };
        let settled: Vec<_> = self.situations().iter().map(untouched).collect();
        self.keys.report(ledger, &settled)
    }
}

/// Puts back the keys that `plan` took back to waiting and that need not wait, and takes those out of the ledger whose
/// tables went. Returns what there is to say about the keys that were touched.
pub(super) async fn after_down(
    runner: &mut Runner<'_>,
    plan: &Plan,
    listener: &mut Listener<'_>,
) -> Result<Vec<KeyStatus>, Error> {
    let released: Vec<&Recorded> = plan.steps.iter().flat_map(|step| &step.releases).collect();
    let ledger = ledger::read(runner.session).await?;
    let all = Keys::recorded(released.iter().copied().chain(&ledger.foreign_keys));
    let mut keys = all.settle(runner, Aim::GoOn, listener).await?;
    for (at, key) in keys.iter_mut().enumerate() {
        if at < released.len() {
            key.done.insert(0, "taken back");
        }
    }
    keys.retain(|key| !key.done.is_empty() || key.error.is_some());
    Ok(keys)
}

fn key(recorded: &Recorded) -> Key {
    let target = &recorded.definition.target;
    Key {
        module: recorded.module.clone(),
        schema: recorded.schema.clone(),
        table: recorded.table.clone(),
        name: recorded.name.clone(),
        target_module: None,
        target_schema: target.place.clone().unwrap_or_else(|| recorded.schema.clone()),
        declared: recorded.definition.clone(),
    }
}

/// Returns what the user can do; `None` where there is nothing to be done.
fn hint(state: &State) -> Option<&'static str> {
    match state {
        State::Valid | State::Due | State::NotValid(None) => None,
        State::Waiting(_) => {
            Some("correct the key in `schema.toml`, or write the migration that makes what it refers to")
        }
        State::NotValid(Some(_)) | State::Blocked(_) => {
            Some("remove or correct these rows, then run `crmdb migrate repair --foreign-keys`")
        }
        State::Missing => {
            Some("add it again with `crmdb migrate repair --foreign-keys`, or take it out of `schema.toml`")
        }
        State::Different(_) => {
            Some("drop it in a migration so that the declared key can be added, or declare what is there")
        }
    }
}
