//! Walks from migration to migration on a shadow: up, down, up, with a look at the catalog after each.

use super::rows::{Filled, Sums};
use crate::catalog::diff::{Changes, Options, Renames, diff};
use crate::catalog::{self, Catalog, fingerprint};
use crate::commands::context::Context;
use crate::commands::shadow::{Edition, Rehearsed, Replay, Shadow, Until};
use crate::error::Error;
use crate::model::progress::Progress;
use crate::model::proof::{Label, Proof};
use crate::model::{Installation, Step};
use crate::project::Opened;
use crate::report::diff::Difference;
use crate::report::prove::{Fault, ProofFinding, Proved, ProvedMigration};

/// What is walked.
#[derive(Debug)]
pub(in crate::commands) struct Course<'o> {
    pub(in crate::commands) opened: &'o Opened,
    /// Everything.
    pub(in crate::commands) rehearsed: Rehearsed,
    /// What is there before the first step.
    pub(in crate::commands) before: Rehearsed,
    /// How many migrations of `before` those are; all where `None`.
    pub(in crate::commands) ahead: Option<usize>,
    /// The migrations in the order they are applied, each with whether it is proved.
    pub(in crate::commands) steps: Vec<(bool, Step)>,
    pub(in crate::commands) edition: Edition,
    pub(in crate::commands) rows: Option<u64>,
}

/// What a walk found.
#[derive(Debug)]
pub(in crate::commands) struct Walked {
    pub(in crate::commands) report: Proved,
    /// A proof of each migration that could be tried.
    pub(in crate::commands) proofs: Vec<Proof>,
    /// What was there in the end; `None` where nothing was walked.
    pub(in crate::commands) last: Option<Catalog>,
}

/// Walks the whole course.
pub(in crate::commands) async fn walk(
    context: &mut Context<'_>,
    course: &Course<'_>,
) -> Result<Walked, Error> {
    let installations = course.rehearsed.installations();
    let before = course.before.installations();
    let report =
        Proved { server: 0, rows: course.rows, migrations: Vec::new(), findings: Vec::new(), duration_ms: 0 };
    let mut walked = Walked { report, proofs: Vec::new(), last: None };
    if !course.steps.iter().any(|(proved, _)| *proved) {
        return Ok(walked);
    }
    let mut walk = Walk::begin(context, course, (&installations, &before)).await?;
    walked.report.server = walk.shadow().major();
    let of = course.steps.len();
    let mut ended = Ok(());
    let mut stopped = false;
    for (index, (proved, step)) in course.steps.iter().enumerate() {
        if stopped {
            walked.untried(*proved, step);
            continue;
        }
        context.terminal.progress(&Progress::Started { step, index: index + 1, of });
        let began = tokio::time::Instant::now();
        match walk.step(context, (*proved, step), &mut walked).await {
            Ok(Next::GoOn) => {}
            Ok(Next::Stop) => stopped = true,
            Err(error) => {
                ended = Err(error);
                break;
            }
        }
        context.terminal.progress(&Progress::Finished { step, took: began.elapsed() });
    }
    walked.last = Some(walk.present);
    if let Some(shadow) = walk.shadow {
        shadow.drop_database().await?;
    }
    ended.map(|()| walked)
}

/// Whether the migrations that follow can be tried.
enum Next {
    GoOn,
    Stop,
}

struct Walk<'w> {
    course: &'w Course<'w>,
    replay: Replay<'w>,
    before: Replay<'w>,
    /// `None` only while another one is made.
    shadow: Option<Shadow>,
    /// What the shadow holds.
    present: Catalog,
    /// How many of the course's steps are applied.
    done: usize,
    filled: Filled,
}

impl<'w> Walk<'w> {
    async fn begin(
        context: &mut Context<'_>,
        course: &'w Course<'w>,
        (installations, before): (&'w [Installation<'w>], &'w [Installation<'w>]),
    ) -> Result<Self, Error> {
        let until = course.ahead.map_or(Until::End, Until::Steps);
        let before = Replay { opened: course.opened, installations: before, until, command: "prove" };
        let replay = Replay { installations, ..before };
        let (shadow, present) = start(context, course, (&before, &replay, 0)).await?;
        Ok(Self { course, replay, before, shadow: Some(shadow), present, done: 0, filled: Filled::default() })
    }

    /// Begins anew with a shadow on which the first `done` steps are applied and no rows are.
    async fn anew(&mut self, context: &mut Context<'_>, done: usize) -> Result<(), Error> {
        // First, because there may be one database only.
        if let Some(shadow) = self.shadow.take() {
            shadow.drop_database().await?;
        }
        let (shadow, present) = start(context, self.course, (&self.before, &self.replay, done)).await?;
        self.shadow = Some(shadow);
        (self.present, self.done, self.filled) = (present, done, Filled::default());
        Ok(())
    }

    fn shadow(&mut self) -> &mut Shadow {
        self.shadow.as_mut().expect("a walk that could not make another shadow has ended")
    }

    async fn apply(&mut self) -> Result<(), Error> {
        let replay = self.replay;
        self.shadow().apply(&replay, 1).await
    }

    async fn step(
        &mut self,
        context: &mut Context<'_>,
        (proved, step): (bool, &Step),
        walked: &mut Walked,
    ) -> Result<Next, Error> {
        let mut notes = Vec::new();
        let mut sums = None;
        if let Some(rows) = self.course.rows.filter(|_| proved) {
            notes = self.fill(rows).await?;
            sums = Some(Sums::read(&self.shadow().session, None).await?);
        }
        let mut applied = self.apply().await;
        if let (Err(error), Some(_)) = (&applied, &sums) {
            notes.push(format!("fails on the made-up rows, so it was tried without: {error}"));
            self.anew(context, self.done).await?;
            sums = None;
            applied = self.apply().await;
        }
        if let Err(error) = applied {
            let finding = failed(Fault::UpFailed, step, (error, &step.script.path))?;
            walked.tried((proved, step), (None, Vec::new(), notes), vec![finding]);
            return Ok(Next::Stop);
        }
        self.done += 1;
        let after = read(self.shadow()).await?;
        if !proved {
            self.present = after;
            return Ok(Next::GoOn);
        }
        let trial = Trial { step, after, sums };
        let found = self.back_and_forth(context, trial).await?;
        walked.proofs.push(found.proof.clone());
        let proof = found.proof;
        walked.tried((proved, step), (Some(proof.label), proof.lost, notes), found.findings);
        Ok(Next::GoOn)
    }

    async fn fill(&mut self, rows: u64) -> Result<Vec<String>, Error> {
        let schemas: Vec<String> = self.replay.installations.iter().map(|one| one.schema.clone()).collect();
        let manifest = &self.course.opened.manifest;
        let shadow = self.shadow.as_mut().expect("a walk that could not make another shadow has ended");
        self.filled.fill(shadow, (manifest, &schemas, rows)).await
    }

    /// Takes the last migration back and applies it again.
    async fn back_and_forth(&mut self, context: &mut Context<'_>, trial: Trial<'_>) -> Result<Found, Error> {
        let Trial { step, after, sums } = trial;
        let (before, rows) = (std::mem::take(&mut self.present), sums.as_ref().and(self.course.rows));
        let proof = proof(step, (&before, &after), rows.unwrap_or(0));
        let mut found = Found { proof, findings: Vec::new() };
        let Some(rollback) = step.rollback.as_ref().map(|script| script.path.clone()) else {
            found.findings.push(finding(Fault::NoRollback, step, "there is nothing that takes it back"));
            self.present = after;
            return Ok(found);
        };
        let replay = self.replay;
        if let Err(error) = self.shadow().take_back(&replay).await {
            found.findings.push(failed(Fault::DownFailed, step, (error, &rollback))?);
            self.anew(context, self.done).await?;
            return Ok(found);
        }
        let undone = read(self.shadow()).await?;
        let left = compare(&before, &undone);
        if !left.is_empty() {
            let names = (&*format!("before {}", step.label()), "after its rollback");
            found.findings.push(ProofFinding {
                difference: Some(Difference::new(names, &left, Vec::new())),
                path: rollback.clone(),
                ..finding(Fault::NotUndone, step, "its rollback does not lead back to where it began")
            });
        }
        if found.findings.is_empty() {
            found.proof.lost = match &sums {
                Some(sums) => sums.lost(&Sums::read(&self.shadow().session, Some(sums)).await?),
                None => Vec::new(),
            };
            found.proof.label = match (&sums, found.proof.lost.is_empty()) {
                (None, _) => Label::Reversible,
                (Some(_), true) => Label::Lossless,
                (Some(_), false) => Label::Lossy,
            };
        }
        self.again(context, (step, after), &mut found).await?;
        Ok(found)
    }

    async fn again(
        &mut self,
        context: &mut Context<'_>,
        (step, after): (&Step, Catalog),
        found: &mut Found,
    ) -> Result<(), Error> {
        if let Err(error) = self.apply().await {
            // What is left over from a rollback that does not lead back is told already.
            if found.findings.is_empty() {
                found.findings.push(failed(Fault::NotRepeated, step, (error, &step.script.path))?);
            }
            found.proof.label = Label::Irreversible;
            return self.anew(context, self.done).await;
        }
        self.present = read(self.shadow()).await?;
        let differs = compare(&after, &self.present);
        if !differs.is_empty() && found.findings.is_empty() {
            let names = (&*format!("after {}", step.label()), "after it was taken back and applied again");
            found.findings.push(ProofFinding {
                difference: Some(Difference::new(names, &differs, Vec::new())),
                ..finding(Fault::NotRepeated, step, "applied again it leads elsewhere than the first time")
            });
            found.proof.label = Label::Irreversible;
        }
        if !differs.is_empty() {
            return self.anew(context, self.done).await;
        }
        Ok(())
    }
}

/// A migration that is applied and will be taken back.
struct Trial<'s> {
    step: &'s Step,
    after: Catalog,
    sums: Option<Sums>,
}

/// What came of a trial.
struct Found {
    proof: Proof,
    findings: Vec<ProofFinding>,
}

async fn start(
    context: &mut Context<'_>,
    course: &Course<'_>,
    (before, replay, done): (&Replay<'_>, &Replay<'_>, usize),
) -> Result<(Shadow, Catalog), Error> {
    let mut shadow = Shadow::replayed(context, course.edition, before).await?;
    let ready = async {
        shadow.apply(replay, done).await?;
        read(&shadow).await
    };
    match ready.await {
        Ok(catalog) => Ok((shadow, catalog)),
        Err(error) => {
            shadow.drop_database().await?;
            Err(error)
        }
    }
}

async fn read(shadow: &Shadow) -> Result<Catalog, Error> {
    Ok(catalog::read::read(shadow.session.client()).await?)
}

fn compare<'c>(from: &'c Catalog, to: &'c Catalog) -> Changes<'c> {
    diff(from, to, &Options { renames: Renames::Off, ..Options::default() })
}

fn proof(step: &Step, (before, after): (&Catalog, &Catalog), rows: u64) -> Proof {
    Proof {
        module: step.module.clone(),
        schema: step.schema.clone(),
        version: step.version,
        checksum: step.checksum,
        rollback_checksum: step.rollback.as_ref().map(|script| script.checksum),
        label: Label::Irreversible,
        lost: Vec::new(),
        rows,
        before: fingerprint(before, &step.schema),
        after: fingerprint(after, &step.schema),
        server: after.version,
    }
}

fn finding(code: Fault, step: &Step, what: &str) -> ProofFinding {
    let hint = match code {
        Fault::NoRollback => {
            format!("write it with `crmdb migrate rollback {}`", super::place(step))
        }
        Fault::UpFailed | Fault::NotRepeated => "correct the migration".to_owned(),
        Fault::DownFailed | Fault::NotUndone => {
            format!(
                "correct the rollback, or have it written: `crmdb migrate rollback {} --force`",
                super::place(step)
            )
        }
        Fault::Untried => "correct the one that fails first".to_owned(),
    };
    ProofFinding {
        code,
        migration: step.label(),
        message: format!("`{}`: {what}", step.label()),
        hint,
        difference: None,
        path: step.script.path.clone(),
        line: 1,
    }
}

/// Makes the finding of a failure that the scripts are to blame for; others end the walk.
fn failed(code: Fault, step: &Step, (error, path): (Error, &str)) -> Result<ProofFinding, Error> {
    let what = match code {
        Fault::DownFailed => "its rollback fails",
        Fault::NotRepeated => "it fails when it is applied again",
        _ => "it fails",
    };
    if let Error::Refused(findings) = &error {
        let told = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        return Ok(ProofFinding { path: path.to_owned(), ..finding(code, step, &format!("{what}: {told}")) });
    }
    let Some(statement) = error.statement() else { return Err(error) };
    Ok(ProofFinding {
        path: statement.path.clone(),
        line: statement.place.line,
        ..finding(code, step, &format!("{what}: {}", statement.refusal.message))
    })
}

impl Walked {
    fn tried(
        &mut self,
        (proved, step): (bool, &Step),
        (label, lost, notes): (Option<Label>, Vec<String>, Vec<String>),
        findings: Vec<ProofFinding>,
    ) {
        if proved || !findings.is_empty() {
            self.report.migrations.push(ProvedMigration {
                module: step.module.clone(),
                schema: step.schema.clone(),
                version: step.version.0,
                file: step.file.clone(),
                label,
                lost,
                notes,
                name: step.label(),
            });
        }
        self.report.findings.extend(findings);
    }

    fn untried(&mut self, proved: bool, step: &Step) {
        if proved {
            let untried = finding(Fault::Untried, step, "it was not tried, because one before it fails");
            self.tried((proved, step), (None, Vec::new(), Vec::new()), vec![untried]);
        }
    }
}
