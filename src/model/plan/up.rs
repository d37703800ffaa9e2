//! What `up` will run: the files of each module that the ledger does not hold.

use std::collections::BTreeMap;

use super::judge::judge;
use super::screen::screen;
use super::{Finding, Goal, Plan};
use crate::model::ledger::goes_on_from;
use crate::model::squash::fold;
use crate::model::step::label;
use crate::model::{Applied, Direction, Installation, Ledger, Migration, Mode, Step, Unfinished, Version};

/// What the user asked of `up`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpRequest {
    /// How far to go.
    pub goal: Goal,
    /// Whether files older than the latest applied migration may run.
    pub out_of_order: bool,
    /// Whether applied migrations may lack a file.
    pub allow_missing: bool,
}

/// One module's files beside its rows in the ledger.
#[derive(Debug, Default)]
pub struct Comparison<'a> {
    /// What differs between a file and its row, by version.
    pub findings: Vec<Finding>,
    /// The files that have no row, ascending by version.
    pub pending: Vec<&'a Migration>,
    /// The row with the highest version, with its file where it has one.
    pub latest: Option<(&'a Applied, Option<&'a Migration>)>,
}

/// Walks the files and the rows of one module side by side. `findings` holds edited, renamed, missing and unknown
/// migrations, and late ones; nothing is left out.
pub fn compare<'a>(installation: &'a Installation<'a>, ledger: &'a Ledger) -> Comparison<'a> {
    let module = installation.module;
    let rows: BTreeMap<Version, &Applied> =
        ledger.applied_to(&module.name, &installation.schema).map(|row| (row.version, row)).collect();
    let files: BTreeMap<Version, &Migration> =
        module.migrations.iter().map(|file| (file.version(), file)).collect();
    let last_file = files.keys().next_back().copied();
    let mut comparison = Comparison {
        latest: rows.values().next_back().map(|&row| (row, files.get(&row.version).copied())),
        ..Comparison::default()
    };
    for (version, row) in &rows {
        match files.get(version) {
            Some(file) => comparison.findings.extend(changed(row, file)),
            None => {
                let migration = label(&row.module, &row.file);
                let ahead = last_file.is_none_or(|last| last < *version);
                comparison.findings.push(if ahead {
                    Finding::Unknown { migration }
                } else {
                    Finding::Missing { migration }
                });
            }
        }
    }
    comparison.pending =
        files.into_iter().filter(|(version, _)| !rows.contains_key(version)).map(|(_, file)| file).collect();
    if let Some((latest, _)) = comparison.latest {
        let late = comparison.pending.iter().filter(|file| file.version() < latest.version);
        comparison.findings.extend(late.map(|file| Finding::late(&module.name, file, latest)));
    }
    comparison
}

fn changed(row: &Applied, file: &Migration) -> Option<Finding> {
    if row.checksum != file.up.checksum {
        return Some(Finding::edited(row, file.up.checksum));
    }
    (row.file != file.file.as_str()).then(|| Finding::Renamed {
        migration: label(&row.module, file.file.as_str()),
        recorded: row.file.clone(),
    })
}

/// Decides what `up` runs. Returns every finding that forbids it, not only the first.
pub fn up(
    installations: &[Installation<'_>],
    ledger: &Ledger,
    request: &UpRequest,
) -> Result<Plan, Vec<Finding>> {
    let mut plan = Plan { direction: Direction::Up, steps: Vec::new(), left: 0, notes: Vec::new() };
    let (folded, mut refusals) = fold(installations, ledger);
    let ledger = folded.as_ref().unwrap_or(ledger);
    for installation in installations {
        if let Goal::To { module, version } = &request.goal
            && *module == installation.module.name
            && !installation.module.migrations.iter().any(|file| file.version() == *version)
        {
            refusals.push(Finding::NoSuchVersion { module: module.clone(), version: *version });
            continue;
        }
        let comparison = compare(installation, ledger);
        for finding in &comparison.findings {
            let tolerated = match finding {
                Finding::Late { .. } => request.out_of_order,
                Finding::Missing { .. } | Finding::Unknown { .. } => request.allow_missing,
                _ => false,
            };
            if tolerated { plan.notes.push(finding.clone()) } else { refusals.push(finding.clone()) }
        }
        let runnable = runnable(&comparison, (&installation.module.name, request));
        plan.left += comparison.pending.len();
        match steps(installation, ledger, runnable) {
            Ok(steps) => plan.steps.extend(steps),
            Err(findings) => refusals.extend(findings),
        }
    }
    if let Goal::Steps(count) = request.goal {
        plan.steps.truncate(count);
    }
    plan.left -= plan.steps.len();
    if refusals.is_empty() { Ok(plan) } else { Err(refusals) }
}

/// Returns the pending files that refinery lets run and, where the user allows them, the late ones, within the goal.
fn runnable<'a>(comparison: &Comparison<'a>, (module, request): (&str, &UpRequest)) -> Vec<&'a Migration> {
    let latest = comparison.latest.map(|(row, _)| row.version);
    let (late, ahead): (Vec<&Migration>, Vec<&Migration>) =
        comparison.pending.iter().partition(|file| latest.is_some_and(|latest| file.version() < latest));
    let latest = comparison.latest.and_then(|(row, file)| Some((row, file?)));
    let judged = judge(&ahead, latest).unwrap_or_default();
    let allowed = |file: &&Migration| judged.binary_search(&file.version()).is_ok();
    let mut runnable: Vec<_> = if request.out_of_order { late } else { Vec::new() };
    runnable.extend(ahead.into_iter().filter(allowed));
    if let Goal::To { module: last, version } = &request.goal
        && last == module
    {
        runnable.retain(|file| file.version() <= *version);
    }
    runnable
}

fn steps(
    installation: &Installation<'_>,
    ledger: &Ledger,
    files: Vec<&Migration>,
) -> Result<Vec<Step>, Vec<Finding>> {
    let module = installation.module.name.as_str();
    let unfinished = ledger.unfinished_of(module, &installation.schema);
    let mut refusals = Vec::new();
    let mut steps = Vec::with_capacity(files.len());
    if let Some(row) = unfinished.filter(|row| row.direction == Direction::Down) {
        refusals.push(Finding::UnfinishedDown { migration: label(module, &row.file) });
    }
    for file in files {
        let resumed =
            unfinished.filter(|row| row.direction == Direction::Up && row.version == file.version());
        match mode(module, file, resumed) {
            Ok(mode) => steps.push(step(installation, file, mode)),
            Err(findings) => refusals.extend(findings),
        }
    }
    if let Some(first) = steps.first_mut() {
        first.boundary = !ledger.knows(module, &installation.schema);
    }
    if refusals.is_empty() { Ok(steps) } else { Err(refusals) }
}

fn mode(module: &str, file: &Migration, resumed: Option<&Unfinished>) -> Result<Mode, Vec<Finding>> {
    if let Some(row) = resumed
        && !goes_on_from(&row.journal, &file.up)
    {
        let migration = label(module, file.file.as_str());
        return Err(vec![Finding::UnfinishedEdited { migration, finished: row.finished_statements() }]);
    }
    let mode = screen(&file.up)?;
    Ok(match (mode, resumed) {
        (Mode::Journal(_), Some(row)) => Mode::Journal(row.journal.clone()),
        (Mode::Batch { chunk, .. }, Some(_)) => Mode::Batch { chunk, begun: true },
        (mode, _) => mode,
    })
}

fn step(installation: &Installation<'_>, file: &Migration, mode: Mode) -> Step {
    Step {
        direction: Direction::Up,
        module: installation.module.name.clone(),
        schema: installation.schema.clone(),
        version: file.version(),
        file: file.file.as_str().to_owned(),
        script: file.up.clone(),
        checksum: file.up.checksum,
        rollback: file.rollback.clone(),
        mode,
        boundary: false,
        releases: Vec::new(),
    }
}
