//! Keeps what a step destroys, in the step's own transaction, and puts it back.

mod files;
mod hooks;
mod ledger;
mod present;
mod restore;
mod seen;
mod stage;
mod to_files;

use tokio_postgres::Client;

use super::error::DbError;
use super::lock::own_error;
use super::record::Author;
use super::session::Session;
use crate::model::Step;
use crate::model::rescue::{Keep, Lifetime};
use crate::vault::Home;
use to_files::hooks_to_files;

pub(super) use files::{Fate, Files, Trouble};
pub(super) use hooks::{Act, Deed, Hooks, Rows, hooks};
pub use ledger::{drop_kept, is_there, next_id, read, read_where};
pub use restore::{Putting, Restored, RestoredItem, Sample, Whereabouts, restore};
pub(super) use seen::read_seen;

/// What a run keeps, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The number of the rescue.
    pub id: i64,
    /// What is kept, in the order of the steps.
    pub keeps: Vec<Keep>,
    /// How many rows each is known to have; -1 where that is not known.
    pub rows: Vec<i64>,
    /// How long.
    pub lifetime: Lifetime,
    /// Why it is destroyed, where somebody said so.
    pub reason: Option<String>,
    /// Where.
    pub place: Place,
}

/// Where what is destroyed is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a schema of the database.
    Schema,
    /// In a folder on this machine.
    Folder(Home),
}

impl Order {
    /// Returns the name of the schema that holds the rescue.
    pub fn schema(&self) -> String {
        schema(self.id)
    }

    /// Returns the SQL around the statements of `step` that keeps what they destroy; `None` where they destroy nothing.
    pub(super) fn around(&self, step: &Step, author: &Author) -> Option<Hooks> {
        let label = step.label();
        let mut mine = self.keeps.iter().enumerate().filter(|(_, keep)| of_step(keep, &label, step));
        let first = mine.next()?.0;
        let last = mine.next_back().map_or(first, |(index, _)| index);
        let placed = places(&self.keeps);
        let mine = &placed[first..=last];
        let mut hooks = match self.place {
            Place::Schema => hooks((&self.schema(), Rows::Some), mine),
            Place::Folder(_) => hooks_to_files((&self.schema(), first, step), mine),
        };
        hooks.enter(self, (first, last), (step, author));
        Some(hooks)
    }
}

/// Returns the name of the schema that holds the rescue of this number.
pub fn schema(id: i64) -> String {
    format!("{}{id}", crate::model::rescue::SCHEMA_PREFIX)
}

pub(super) fn of_step(keep: &Keep, label: &str, step: &Step) -> bool {
    keep.migration == label && keep.schema == step.schema
}

/// Returns each keep with the name of the table that holds it.
pub(super) fn places(keeps: &[Keep]) -> Vec<(String, &Keep)> {
    let mut taken: Vec<String> = Vec::new();
    for keep in keeps {
        taken.push(keep.place(&taken));
    }
    taken.into_iter().zip(keeps).collect()
}

/// Runs SQL of crmdb's own on the session.
async fn run(session: &Session, doing: &'static str, sql: &str) -> Result<(), DbError> {
    let client: &Client = &session.client;
    client.batch_execute(sql).await.map_err(|error| own_error(session.target(), doing, &error))
}
