//! Runs the statements of a SQL seed inside the run's transaction.

use crate::db::copy::copy_rows;
use crate::db::error::{DbError, StatementError, Subject, ends_session, refusal};
use crate::db::footing::Bounds;
use crate::db::pipeline::{Failed, Pipeline};
use crate::db::session::Session;
use crate::model::Script;
use crate::model::seed::SeedProgress;
use crate::sql::meaning::{Parameter, change};
use crate::sql::{self, Position};

use super::meter::Meter;

/// A SQL seed.
pub(super) struct Seed<'a> {
    pub(super) path: &'a str,
    pub(super) script: &'a Script,
}

impl Seed<'_> {
    /// Sends all statements and waits until they are done.
    pub(super) async fn run(
        &self,
        session: &mut Session,
        bounds: &Bounds,
        meter: &mut Meter<'_, '_>,
    ) -> Result<(), DbError> {
        let Self { path, script } = *self;
        let target = session.target().to_owned();
        let mut pipeline = Pipeline::new(session);
        let sent = self.send(&mut pipeline, &bounds.own_role).await;
        let result = match sent {
            Ok(()) => pipeline.settle().await,
            Err(failed) => Err(failed),
        };
        if result.is_err() {
            pipeline.drain().await;
        }
        for (start, notice) in pipeline.take_notices() {
            let line = Position::of_offset(&script.text, start).line;
            let (severity, message) = (notice.severity(), notice.message());
            meter.tell(SeedProgress::Notice { path, line, severity, message });
        }
        result.map_err(|failed| match refusal(&failed.error) {
            Some(refusal) if !ends_session(&refusal.sqlstate) => {
                let place = (script, path.to_owned(), failed.place);
                DbError::Statement(Box::new(StatementError::of(Subject::Seed, place, refusal)))
            }
            _ => DbError::Lost { target, doing: format!("loading `{path}`") },
        })
    }

    async fn send<'p>(
        &'p self,
        pipeline: &mut Pipeline<'p, usize>,
        own_role: &'p str,
    ) -> Result<(), Failed<usize>> {
        let mut end = 0;
        let mut changes_user = false;
        // The plan has read the whole script without an error.
        for statement in sql::statements(&self.script.text).map_while(Result::ok) {
            end = statement.start;
            let changed = change(statement.text).map(|change| change.parameter);
            changes_user |= matches!(changed, Some(Parameter::Role | Parameter::SessionAuthorization));
            match statement.rows {
                Some(rows) => {
                    pipeline.settle().await?;
                    let client = pipeline.client();
                    pipeline.push(end, 0, Box::pin(copy_rows(client, statement.text, rows))).await?;
                    pipeline.settle().await?;
                }
                None => pipeline.send(end, statement.text).await?,
            }
        }
        if changes_user {
            pipeline.send(end, own_role).await?;
        }
        Ok(())
    }
}
