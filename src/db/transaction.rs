//! Runs migrations inside a transaction: the statements, then the ledger's row and the event, one round trip.

use std::time::Duration;

use tokio_postgres::error::DbError as ServerMessage;

use super::copy::copy_rows;
use super::deferred::release;
use super::error::{DbError, Refusal, StatementError, ends_session, refusal};
use super::footing::{Bounds, Durability, TAKEN_OVER};
use super::pipeline::{Failed, Pipeline};
use super::record::{Author, Limits, Scope, began, close_schema, open_schema, path_and_limits, record};
use super::rescue::{Act, Deed, Fate, Files, Hooks, Order, Trouble};
use super::session::Session;
use crate::model::{Direction, Step};
use crate::sql;
use crate::sql::meaning::{Control, Parameter, change, control};
use crate::vault::VaultError;

/// Where a statement of the transaction comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The step's index and the byte offset of the statement in its script.
    Script(usize, usize),
    /// The ledger's row of the step: fails where another run was faster.
    Record(usize),
    /// Another statement of crmdb's own around the step.
    Own(usize),
    /// What keeps the data that the step destroys.
    Keep(usize),
    /// BEGIN, with the settings of the first step: fails where another run has taken over.
    Begin,
    /// COMMIT, and what is put back before it: a deferred constraint can fail here.
    Commit,
}

/// A notice that a statement gave: the step's index, the line in its script, and the server's words.
pub(super) type Heard = (usize, Option<usize>, ServerMessage);

/// How a transaction ended.
#[derive(Debug)]
pub(super) enum Ending {
    /// It is committed.
    Committed,
    /// It is rolled back; the step's index and what the server said, to be tried again or told.
    RolledBack(usize, Box<DbError>, Refusal),
    /// It is rolled back because the step was done, or undone, by another run meanwhile.
    Overtaken,
}

/// Runs all `steps` in one transaction.
pub(super) struct Transaction<'a> {
    pub(super) steps: &'a [Step],
    pub(super) author: &'a Author,
    pub(super) limits: &'a Limits,
    pub(super) durability: Durability,
    pub(super) rescue: Option<&'a Order>,
}

/// SQL of crmdb's own around one step, made before it is sent so that the pipeline can borrow it.
struct Frame {
    settings: String,
    /// What stands before the step's statements. The first step's is sent together with BEGIN.
    begin: String,
    open: Option<String>,
    /// Take deferred foreign keys back to waiting.
    release: Vec<String>,
    close: Option<String>,
    /// Keeps what the step destroys.
    keep: Hooks,
}

impl Transaction<'_> {
    /// Runs the transaction. Notices go to `heard` also when it fails.
    pub(super) async fn run(&self, session: &mut Session, heard: &mut Vec<Heard>) -> Result<Ending, DbError> {
        let target = session.target().to_owned();
        let bounds = session.bounds(self.durability).await?;
        let frames: Vec<Frame> =
            self.steps.iter().enumerate().map(|place| self.frame(place, &bounds)).collect();
        let mut files = Files::new(self.rescue, session);
        let mut pipeline = Pipeline::new(session);
        let mut line = Line { pipeline: &mut pipeline, files: &mut files };
        let sent = self.send(&mut line, (&bounds, &frames)).await;
        let result = match sent {
            Ok(()) => pipeline.settle().await.map_err(Stop::Failed),
            Err(stop) => Err(stop),
        };
        let ending = match result {
            Ok(()) => Ok(Ending::Committed),
            Err(stop) => {
                pipeline.drain().await;
                // Answers with a warning only where the COMMIT that was under way has ended the transaction.
                let rolled_back = pipeline.send(Origin::Own(0), "ROLLBACK").await;
                let _ = rolled_back.and(pipeline.settle().await);
                match stop {
                    Stop::Failed(failed) => self.judge(&failed, target),
                    Stop::Disk(error) => Err(DbError::Unkept { error }),
                }
            }
        };
        heard.extend(
            pipeline.take_notices().into_iter().filter_map(|(origin, notice)| self.place(origin, notice)),
        );
        drop(pipeline);
        files.end(match &ending {
            Ok(Ending::Committed) => Fate::Committed,
            _ if session.is_closed() => Fate::Unknown,
            Err(DbError::Lost { .. }) => Fate::Unknown,
            _ => Fate::RolledBack,
        });
        ending
    }

    fn frame(&self, (index, step): (usize, &Step), bounds: &Bounds) -> Frame {
        let settings = path_and_limits(&step.schema, self.limits, Scope::Transaction);
        let up = step.direction == Direction::Up;
        let head = if index == 0 { bounds.begin.clone() } else { began(Duration::ZERO) };
        Frame {
            begin: format!("{head}; {settings}"),
            settings,
            release: step.releases.iter().flat_map(|key| release(key, self.author)).collect(),
            open: (step.boundary && up).then(|| open_schema(step)),
            close: (step.boundary && !up).then(|| close_schema(step)),
            keep: self.rescue.and_then(|order| order.around(step, self.author)).unwrap_or_default(),
        }
    }

    async fn send<'p>(
        &'p self,
        line: &mut Line<'_, 'p, '_>,
        (bounds, frames): (&'p Bounds, &'p [Frame]),
    ) -> Result<(), Stop> {
        for (index, (step, frame)) in self.steps.iter().zip(frames).enumerate() {
            let origin = if index == 0 { Origin::Begin } else { Origin::Own(index) };
            line.pipeline.send(origin, &frame.begin).await?;
            line.keep(index, &frame.keep.open).await?;
            if let Some(open) = &frame.open {
                line.pipeline.send(Origin::Own(index), open).await?;
            }
            for statement in &frame.release {
                line.pipeline.send(Origin::Own(index), statement).await?;
            }
            self.send_script(line, (index, bounds), frame).await?;
            line.pipeline.send(Origin::Own(index), &bounds.own_role).await?;
            line.keep(index, &frame.keep.close).await?;
            if let Some(close) = &frame.close {
                line.pipeline.send(Origin::Own(index), close).await?;
            }
            let recorded = Box::pin(record(line.pipeline.client(), step, self.author));
            line.pipeline.push(Origin::Record(index), weight(step), recorded).await?;
        }
        if !bounds.leave.is_empty() {
            line.pipeline.send(Origin::Commit, &bounds.leave).await?;
        }
        Ok(line.pipeline.send(Origin::Commit, "COMMIT").await?)
    }

    async fn send_script<'p>(
        &'p self,
        line: &mut Line<'_, 'p, '_>,
        (index, bounds): (usize, &'p Bounds),
        frame: &'p Frame,
    ) -> Result<(), Stop> {
        let step = &self.steps[index];
        // The plan has read the whole script without an error.
        for (number, statement) in sql::statements(&step.script.text).map_while(Result::ok).enumerate() {
            line.keep(index, frame.keep.before.get(&number).map_or(&[], Vec::as_slice)).await?;
            let pipeline = &mut *line.pipeline;
            let origin = Origin::Script(index, statement.start);
            if let Some(rows) = statement.rows {
                pipeline.settle().await?;
                let client = pipeline.client();
                pipeline.push(origin, 0, Box::pin(copy_rows(client, statement.text, rows))).await?;
                pipeline.settle().await?;
                continue;
            }
            // After this the failure of an earlier statement would be forgotten, so it must be known first.
            if control(statement.text) == Some(Control::RollbackToSavepoint) {
                pipeline.settle().await?;
            }
            pipeline.send(origin, statement.text).await?;
            if change(statement.text).is_some_and(|change| change.parameter == Parameter::All) {
                if !bounds.locals.is_empty() {
                    pipeline.send(Origin::Own(index), &bounds.locals).await?;
                }
                pipeline.send(Origin::Own(index), &frame.settings).await?;
            }
        }
        Ok(())
    }

    fn judge(&self, failed: &Failed<Origin>, target: String) -> Result<Ending, DbError> {
        let step = |index: usize| &self.steps[index];
        let Some(refusal) = refusal(&failed.error) else {
            let doing = match failed.place {
                Origin::Commit => {
                    "committing: whether it was done, the next run sees in the ledger".to_owned()
                }
                Origin::Script(index, _)
                | Origin::Record(index)
                | Origin::Own(index)
                | Origin::Keep(index) => {
                    format!("running `{}`", step(index).label())
                }
                Origin::Begin => "beginning a migration".to_owned(),
            };
            return Err(DbError::Lost { target, doing });
        };
        if ends_session(&refusal.sqlstate) {
            let doing = format!("running a migration ({})", refusal.message);
            return Err(DbError::Lost { target, doing });
        }
        let (index, error) = match failed.place {
            Origin::Script(index, start) => (index, self.statement_error(index, start, &refusal)),
            // A deferred constraint fails here: the last statement is as near as one can come.
            Origin::Commit => {
                let last = self.steps.len().saturating_sub(1);
                let statement = sql::statements(&step(last).script.text).map_while(Result::ok).last();
                (last, self.statement_error(last, statement.map_or(0, |statement| statement.start), &refusal))
            }
            Origin::Begin if refusal.sqlstate == TAKEN_OVER => return Err(DbError::TakenOver { target }),
            Origin::Begin => {
                let doing = "beginning a migration";
                (0, DbError::Own { target, doing, refusal: Box::new(refusal.clone()) })
            }
            Origin::Record(_) if is_overtaken(&refusal) => return Ok(Ending::Overtaken),
            Origin::Keep(index) => {
                let doing = "keeping what the migration destroys";
                (index, DbError::Own { target, doing, refusal: Box::new(refusal.clone()) })
            }
            Origin::Record(index) | Origin::Own(index) => (
                index,
                DbError::Own { target, doing: "writing the ledger", refusal: Box::new(refusal.clone()) },
            ),
        };
        Ok(Ending::RolledBack(index, Box::new(error), refusal))
    }

    fn statement_error(&self, index: usize, start: usize, refusal: &Refusal) -> DbError {
        DbError::Statement(Box::new(StatementError::new(&self.steps[index], start, refusal.clone())))
    }

    fn place(&self, origin: Origin, notice: ServerMessage) -> Option<Heard> {
        match origin {
            Origin::Script(index, start) => {
                let line = sql::Position::of_offset(&self.steps[index].script.text, start).line;
                Some((index, Some(line), notice))
            }
            Origin::Own(index) if notice.severity() == "WARNING" && notice.code().code() == "01000" => {
                Some((index, None, notice))
            }
            _ => None,
        }
    }
}

/// Why the transaction stopped.
enum Stop {
    /// A statement failed.
    Failed(Failed<Origin>),
    /// A file could not be written.
    Disk(VaultError),
}

impl From<Failed<Origin>> for Stop {
    fn from(failed: Failed<Origin>) -> Self {
        Self::Failed(failed)
    }
}

/// What a transaction writes to: the server, and files beside it.
struct Line<'l, 'p, 'f> {
    pipeline: &'l mut Pipeline<'p, Origin>,
    files: &'l mut Files<'f>,
}

impl<'p> Line<'_, 'p, '_> {
    async fn keep(&mut self, index: usize, acts: &'p [Act]) -> Result<(), Stop> {
        let place = Origin::Keep(index);
        let stop = |trouble: Trouble| match trouble {
            Trouble::Disk(error) => Stop::Disk(error),
            Trouble::Server(error) => Stop::Failed(Failed { place, error }),
        };
        for act in acts {
            match &act.deed {
                Deed::Run => self.pipeline.send(place, &act.sql).await?,
                Deed::Out(out) => {
                    self.pipeline.settle().await?;
                    let client = self.pipeline.client();
                    self.files.read_out(client, (&act.sql, out)).await.map_err(stop)?;
                }
                Deed::Seal => {
                    let written = self.files.seal().map_err(stop)?;
                    let client = self.pipeline.client();
                    let told = Box::pin(async move { client.batch_execute(&written).await });
                    self.pipeline.push(place, 0, told).await?;
                    self.pipeline.send(place, &act.sql).await?;
                }
            }
        }
        Ok(())
    }
}

/// Tells whether another run wrote, or took away, the row that a step records. Any other key of the ledger that is taken
/// is no such sign.
fn is_overtaken(refusal: &Refusal) -> bool {
    match refusal.sqlstate.as_str() {
        "23505" => refusal.constraint.as_deref() == Some("migration_pkey"),
        code => code == "22012",
    }
}

/// How many bytes the ledger's row of a step takes on its way.
fn weight(step: &Step) -> usize {
    step.script.text.len() + step.rollback.as_ref().map_or(0, |script| script.text.len())
}
