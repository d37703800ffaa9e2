//! Statements outside a transaction in a hurry: who is in their way, and what they may take of the time that is left.

use super::Journal;
use crate::db::error::DbError;
use crate::model::progress::Listener;

const END_IN_TIME: &str = include_str!("../queries/end_in_time.sql");

impl Journal<'_, '_> {
    /// Waits for `work`, and looks meanwhile at who is in its way.
    pub(in crate::db) async fn watched<T>(
        &self,
        work: impl Future<Output = T>,
        listener: &mut Listener<'_>,
    ) -> T {
        self.runner.beside(self.step, &self.runner.limits()).watch(work, listener).await
    }

    /// Lets no statement that begins now outlast the deadline; fails where that has come.
    pub(in crate::db) async fn hurry(&self) -> Result<(), DbError> {
        self.runner.in_time()?;
        let Some(left) = self.runner.execution.haste.left() else { return Ok(()) };
        let left = left.as_millis().max(1).to_string();
        self.own("setting up the session", &END_IN_TIME.replace("{left}", &left)).await
    }
}
