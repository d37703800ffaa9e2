//! How long a statement outside a transaction may wait and run, and who is in its way meanwhile.

use super::Journal;
use crate::db::error::DbError;
use crate::db::reconcile::Wait;
use crate::db::trouble::Trouble;
use crate::model::progress::{Listener, Waiting};

const END_IN_TIME: &str = include_str!("../queries/end_in_time.sql");

impl Journal<'_, '_> {
    /// Runs `work` with the limit for locks that `wait` asks for.
    pub(super) async fn waiting(
        &self,
        wait: Wait,
        work: impl Future<Output = Result<(), Trouble>>,
        listener: &mut Listener<'_>,
    ) -> Result<(), Trouble> {
        if wait == Wait::ForEver {
            self.own("setting up the session", "SET lock_timeout = 0").await?;
        }
        let result = self.watched(work, listener).await;
        // The work may have taken away other settings too.
        self.set_up().await?;
        result
    }

    /// Waits for `work`, and looks meanwhile at who is in its way.
    pub(in crate::db) async fn watched<T>(
        &self,
        work: impl Future<Output = T>,
        listener: &mut Listener<'_>,
    ) -> T {
        self.runner.beside(Waiting::Step(self.step), &self.runner.limits()).watch(work, listener).await
    }

    /// Lets no statement that begins now outlast the deadline; fails where that has come.
    pub(in crate::db) async fn hurry(&self) -> Result<(), DbError> {
        self.runner.in_time()?;
        let Some(left) = self.runner.execution.haste.left() else { return Ok(()) };
        let left = left.as_millis().max(1).to_string();
        self.own("setting up the session", &END_IN_TIME.replace("{left}", &left)).await
    }
}
