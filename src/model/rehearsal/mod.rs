//! What running a plan on a copy of the target's schema showed: what vanished, what was locked, rewritten and read.

mod inventory;
mod lock;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use inventory::{Address, Conversion, Gone, Inventory, Thing, ThingKind};
pub use lock::LockMode;

use super::rescue::Keep;

/// The schema and name of a table, view, index or sequence, as the catalog has them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Relation {
    /// The schema.
    pub schema: String,
    /// The name in it.
    pub name: String,
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// A plan that was run on a copy of the target's schema, without the target's rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rehearsal {
    /// One for each step of the plan that ran, in order.
    pub steps: Vec<Rehearsed>,
    /// Where the rehearsal stopped before the plan's end, and why.
    pub stopped: Option<Stopped>,
    /// How what it destroys is kept, where that was asked for.
    pub kept: Vec<Keep>,
    /// Why it can't be kept; `None` where it can, or was not asked for.
    pub unkept: Option<String>,
}

/// Why a rehearsal did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stopped {
    /// The label of the migration.
    pub migration: String,
    /// The server's words.
    pub reason: String,
}

/// One step as it ran on the copy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rehearsed {
    /// The label of the migration.
    pub migration: String,
    /// What was touched when deferred foreign keys were taken back to waiting, before its statements.
    pub released: Vec<Touch>,
    /// Its statements, in order.
    pub statements: Vec<Observed>,
    /// What was in the target's schema before the plan and is gone after this step, but was there after the one before.
    pub gone: Vec<Gone>,
    /// The columns whose values it turned into others.
    pub converted: Vec<Conversion>,
    /// Wall time on the copy, in milliseconds.
    pub duration_ms: f64,
}

/// What one statement did to relations of the target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Observed {
    /// The line in the script, from 1.
    pub line: usize,
    /// The beginning of the statement on one line.
    pub text: String,
    /// The relations it touched that the target has, in the order of their names; none that the plan itself made.
    pub touched: Vec<Touch>,
    /// The tables that are gone after it and were there before, by their oids on the shadow.
    #[serde(skip)]
    pub dropped: Vec<u32>,
    /// Whether it is a DROP, and nothing else.
    #[serde(skip)]
    pub drops: bool,
    /// Whether it may overwrite values of rows that it leaves, as far as its text tells.
    #[serde(skip)]
    pub overwrites: bool,
    /// The columns that it gives another type by an expression that does more than cast them, by their names then.
    #[serde(skip)]
    pub computes: Vec<String>,
    /// Whether locks could be seen: not where the statement commits by itself and waited for nothing.
    pub seen: bool,
    /// Wall time on the copy, in milliseconds.
    pub duration_ms: f64,
}

/// What one statement did to one relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Touch {
    /// The relation, by the name that the target knows it by.
    pub relation: Relation,
    /// The strongest lock that it took and that its transaction did not hold before; none where it held it already.
    pub lock: Option<LockMode>,
    /// What it did with the rows.
    pub work: Work,
}

/// What a statement does with the rows of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// Nothing that takes longer the more there are.
    None,
    /// Reads all of them.
    Scan,
    /// Inserts or updates rows, or may; deletes none.
    Write,
    /// Deletes rows, or may: which ones, its text alone says.
    Delete,
    /// Writes all of them to new files.
    Rewrite,
    /// Drops all of them and keeps the relation.
    Empty,
}

impl Rehearsal {
    /// Returns the statements of which it could not be seen what they lock: `V1__a.sql:3`.
    pub fn unseen(&self) -> Vec<String> {
        let steps =
            self.steps.iter().map(|step| (step, step.statements.iter().filter(|statement| !statement.seen)));
        steps
            .flat_map(|(step, unseen)| {
                unseen.map(|statement| format!("{}:{}", step.migration, statement.line))
            })
            .collect()
    }

    /// Returns for each relation the strongest lock that a step takes on it, in the order of the steps.
    pub fn locks(&self) -> Vec<(&Relation, LockMode, usize)> {
        let mut locks: Vec<(&Relation, LockMode, usize)> = Vec::new();
        for (step, rehearsed) in self.steps.iter().enumerate() {
            let by_statements = rehearsed.statements.iter().flat_map(|statement| &statement.touched);
            for touch in rehearsed.released.iter().chain(by_statements) {
                let Some(mode) = touch.lock else { continue };
                match locks.iter_mut().find(|lock| *lock.0 == touch.relation && lock.2 == step) {
                    Some(lock) => lock.1 = lock.1.max(mode),
                    None => locks.push((&touch.relation, mode, step)),
                }
            }
        }
        locks
    }
}
