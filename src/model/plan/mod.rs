//! The plan: what a run will do, decided here and nowhere else from the files, the ledger and the goal.

mod down;
mod file;
mod finding;
mod judge;
mod screen;
mod up;

pub use down::{DownRequest, Source, chosen, down};
pub use file::{End, FileStep, PlanFile};
pub use finding::Finding;
pub use screen::{Refused, screen};
pub use up::{UpRequest, compare, up};

use super::{Direction, Step, Version};

/// How far a run goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// As far as there is something to do.
    All,
    /// So many migrations at most.
    Steps(usize),
    /// Up: up to and including this version of this module. Down: until this version is the module's last one.
    To {
        /// The module's name.
        module: String,
        /// The version; need not exist on the way down.
        version: Version,
    },
}

/// What a run will do, in order. `--dry-run` prints it and the executor runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The way of all steps.
    pub direction: Direction,
    /// In the order they run.
    pub steps: Vec<Step>,
    /// How many pending or applied migrations the goal leaves as they are.
    pub left: usize,
    /// What was noticed and does not stop the run.
    pub notes: Vec<Finding>,
}

impl Plan {
    /// Tells whether every step that may destroy something is a step of `shown` too.
    pub fn destroys_no_more_than(&self, shown: &Self) -> bool {
        let same = |a: &Step, b: &Step| {
            (&a.module, &a.schema, a.version, a.script.checksum)
                == (&b.module, &b.schema, b.version, b.script.checksum)
        };
        let mut destroying = self.steps.iter().filter(|step| step.may_destroy());
        destroying.all(|step| shown.steps.iter().any(|other| same(step, other)))
    }
}

#[cfg(test)]
mod tests;
