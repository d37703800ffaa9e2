//! The blast radius: what a plan destroys in the target, how much of it there is, and who is using it.

mod amount;
mod loss;
mod recorded;
mod widening;

use serde::{Deserialize, Serialize};

pub use amount::{Amount, Certainty, Since};
pub use loss::{Loss, Lost, losses, once};
pub use recorded::{Recorded, RecordedStep};
pub(in crate::model) use widening::widens;

use super::policy::Cost;
use super::rehearsal::{LockMode, Relation};
use super::rescue::{Keep, Kept, Way};

/// What a plan destroys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blast {
    /// Rows and values that die, in the order of the steps.
    pub losses: Vec<Loss>,
    /// Everything else that vanishes, in the order of the steps.
    pub gone: Vec<Vanished>,
    /// The strongest lock that each step takes on each relation.
    pub locks: Vec<Lock>,
    /// What each statement costs, in order.
    pub costs: Vec<Cost>,
    /// Statements of which it could not be seen what they lock: `V1__a.sql:3`.
    pub unseen: Vec<String>,
    /// Other sessions that hold locks now which the plan would wait for.
    pub users: Vec<User>,
    /// Why the whole of it is not known; `None` where it is.
    pub unknown: Option<String>,
    /// What a rescue keeps of it; nothing where none is wanted.
    #[serde(default)]
    pub kept: Vec<Keep>,
    /// Why no rescue can be made; `None` where one can, or is not wanted.
    #[serde(default)]
    pub unkept: Option<String>,
    /// Where the rescue would be, and for how long; `None` where none is wanted.
    #[serde(default)]
    pub kept_in: Option<String>,
    /// When it was rehearsed, in UTC, where the ledger's record of it was taken; `None` where it was rehearsed just now.
    #[serde(default)]
    pub recorded: Option<String>,
}

impl Blast {
    /// Adds the locks that keeping what dies takes: what is moved, or captured by triggers that go again, is closed to
    /// others; what is copied is closed to writers.
    pub fn lock_what_is_kept(&mut self) {
        for keep in &self.kept {
            let mode = match keep.way {
                Way::Move(_) | Way::Capture => LockMode::AccessExclusive,
                Way::Copy => LockMode::ShareRowExclusive,
            };
            let same = |lock: &&mut Lock| lock.relation == keep.relation && lock.migration == keep.migration;
            match self.locks.iter_mut().find(same) {
                Some(lock) => lock.mode = lock.mode.max(mode),
                None => self.locks.push(Lock {
                    migration: keep.migration.clone(),
                    relation: keep.relation.clone(),
                    mode,
                    bytes: None,
                }),
            }
        }
    }
}

/// What vanishes without rows of its own: `index crm.leads_idx`, and what goes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vanished {
    /// The label of the migration whose step takes it.
    pub migration: String,
    /// The kind of object.
    pub kind: super::rehearsal::ThingKind,
    /// The kind and name, for people.
    pub name: String,
    /// What goes with it: `2 indexes, 1 policy`; empty where nothing does.
    pub with: String,
}

/// A lock that a step takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// The label of the migration.
    pub migration: String,
    /// What is locked.
    pub relation: Relation,
    /// The strongest mode.
    pub mode: LockMode,
    /// The size of the relation with its indexes in the target, in bytes; `None` where it could not be asked for.
    pub bytes: Option<u64>,
}

/// Another session that holds a lock on a relation of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The server process.
    pub pid: i32,
    /// The database role.
    pub role: String,
    /// The name that the client gave itself.
    pub application: String,
    /// The client's address, or `local` over a unix socket.
    pub host: String,
    /// What it is doing, in the words of `pg_stat_activity.state`.
    pub state: String,
    /// How long its transaction has been open, in seconds.
    pub seconds: i64,
    /// What it holds.
    pub relation: Relation,
    /// The strongest mode.
    pub mode: LockMode,
}

/// What is known of the data that dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// None does.
    Harmless,
    /// Some does, or may: what was estimated or could not be counted counts as some.
    Deadly,
    /// It is not known.
    Unknown,
}

impl Blast {
    /// The blast radius of a plan in a target without a row.
    pub fn empty() -> Self {
        Self {
            losses: Vec::new(),
            gone: Vec::new(),
            locks: Vec::new(),
            costs: Vec::new(),
            unseen: Vec::new(),
            users: Vec::new(),
            unknown: None,
            kept: Vec::new(),
            unkept: None,
            kept_in: None,
            recorded: None,
        }
    }

    /// The blast radius of a plan of which it could not be found out what it destroys.
    pub fn unknown(reason: String) -> Self {
        Self { unknown: Some(reason), ..Self::empty() }
    }

    /// Tells whether what is to be kept is of a table without a row, or of a column without a value.
    pub fn leaves_nothing(&self, keep: &Keep) -> bool {
        let same = |loss: &Loss| match (&keep.kept, &loss.lost) {
            (_, Lost::Table) => true,
            (
                Kept::Column { column, .. },
                Lost::Column { column: lost }
                | Lost::Converted { column: lost, .. }
                | Lost::EnumValue { column: lost, .. },
            ) => column == lost,
            _ => false,
        };
        let of = |loss: &&Loss| {
            same(loss) && (loss.relation == keep.relation || keep.shape.root.as_ref() == Some(&loss.relation))
        };
        let mut losses = self.losses.iter().filter(of).peekable();
        losses.peek().is_some() && losses.all(|loss| loss.amount.is_nothing())
    }

    /// Tells whether data dies.
    pub fn verdict(&self) -> Verdict {
        if self.losses.iter().any(|loss| !loss.amount.is_nothing()) {
            Verdict::Deadly
        } else if self.unknown.is_some() {
            Verdict::Unknown
        } else {
            Verdict::Harmless
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rescue::Shape;

    #[test]
    fn what_keeps_the_data_is_told_among_the_locks() {
        let relation = |name: &str| Relation { schema: "s".to_owned(), name: name.to_owned() };
        let keep = |name: &str, way| Keep {
            migration: "V1__a.sql".to_owned(),
            schema: "s".to_owned(),
            relation: relation(name),
            at: relation(name),
            kept: Kept::Changed,
            way,
            why: None,
            shape: Shape::default(),
        };
        let mut blast = Blast::empty();
        blast.locks.push(Lock {
            migration: "V1__a.sql".to_owned(),
            relation: relation("a"),
            mode: LockMode::RowExclusive,
            bytes: None,
        });
        blast.kept = vec![keep("a", Way::Capture), keep("b", Way::Copy), keep("b", Way::Move(0))];
        blast.lock_what_is_kept();
        let told: Vec<(&str, LockMode)> =
            blast.locks.iter().map(|lock| (lock.relation.name.as_str(), lock.mode)).collect();
        assert_eq!(told, [("a", LockMode::AccessExclusive), ("b", LockMode::AccessExclusive)]);
    }
}
