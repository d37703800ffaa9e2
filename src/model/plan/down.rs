//! What `down` will run: the rollbacks of what was applied last, from the files or from the ledger alone.

use std::collections::BTreeMap;

use super::finding::LEDGER;
use super::screen::screen;
use super::{Finding, Goal, Plan};
use crate::model::deferred::released_by;
use crate::model::ledger::goes_on_from;
use crate::model::squash;
use crate::model::step::{ONLY_MODULE, label};
use crate::model::{Applied, Direction, Ledger, Migration, Mode, Project, Script, Step, Version};

/// What the user asked of `down`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownRequest {
    /// How far to go back.
    pub goal: Goal,
    /// The modules to take from; all where it is empty.
    pub modules: Vec<String>,
    /// Only what is installed under these schemas, by module, where a module has an entry.
    pub schemas: BTreeMap<String, String>,
}

/// Where the rollbacks come from.
#[derive(Debug)]
pub enum Source<'a> {
    /// The project's rollback files.
    Files(&'a Project),
    /// What the ledger recorded, by the row's position.
    Ledger(&'a BTreeMap<i64, Script>),
}

/// Returns the rows that `request` takes back, latest applied first.
pub fn chosen<'a>(ledger: &'a Ledger, request: &DownRequest) -> Vec<&'a Applied> {
    let mut rows: Vec<&Applied> = ledger
        .applied
        .iter()
        .filter(|row| request.modules.is_empty() || request.modules.contains(&row.module))
        .filter(|row| request.schemas.get(&row.module).is_none_or(|schema| *schema == row.schema))
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.position));
    match &request.goal {
        Goal::All => {}
        Goal::Steps(count) => rows.truncate(*count),
        Goal::To { module, version } => rows.retain(|row| row.module == *module && row.version > *version),
    }
    rows
}

/// Decides what `down` runs. Returns every finding that forbids it, not only the first.
pub fn down(source: &Source<'_>, ledger: &Ledger, request: &DownRequest) -> Result<Plan, Vec<Finding>> {
    let rows = chosen(ledger, request);
    let left = ledger.applied.len() - rows.len();
    let mut plan =
        Plan { direction: Direction::Down, steps: Vec::with_capacity(rows.len()), left, notes: Vec::new() };
    let mut refusals = stopped_in_the_middle(ledger, &rows);
    if let Source::Files(project) = source {
        refusals.extend(needed(project, ledger, &rows));
        refusals.extend(nowhere(project, ledger, &request.goal));
    }
    for row in rows {
        let script = match source {
            Source::Files(project) => from_files(project, row).map(|(script, note)| {
                plan.notes.extend(note);
                script
            }),
            Source::Ledger(scripts) => scripts.get(&row.position).cloned().ok_or_else(|| absent(row, LEDGER)),
        };
        match script
            .map_err(|finding| vec![finding])
            .and_then(|script| Ok((mode(ledger, row, &script)?, script)))
        {
            Ok((mode, script)) => plan.steps.push(step(row, script, mode)),
            Err(findings) => refusals.extend(findings),
        }
    }
    close_modules(&mut plan.steps, ledger);
    release_keys(&mut plan.steps, ledger);
    if refusals.is_empty() { Ok(plan) } else { Err(refusals) }
}

/// Marks the step of each installation that leaves nothing of it behind.
fn close_modules(steps: &mut [Step], ledger: &Ledger) {
    let mut left: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in &ledger.applied {
        *left.entry((row.module.clone(), row.schema.clone())).or_default() += 1;
    }
    for step in steps {
        if let Some(count) = left.get_mut(&(step.module.clone(), step.schema.clone())) {
            *count -= 1;
            step.boundary = *count == 0;
        }
    }
}

/// Gives each deferred foreign key to the first step that might stand on it.
fn release_keys(steps: &mut [Step], ledger: &Ledger) {
    let mut left = ledger.foreign_keys.clone();
    for step in steps {
        step.releases = released_by(step, &left).into_iter().cloned().collect();
        left.retain(|key| !step.releases.contains(key));
    }
}

fn absent(row: &Applied, looked_in: &str) -> Finding {
    let module = if row.module == ONLY_MODULE { String::new() } else { format!("{}:", row.module) };
    Finding::RollbackAbsent {
        migration: label(&row.module, &row.file),
        looked_in: looked_in.to_owned(),
        version: format!("{module}{}", row.version.0),
        recorded: row.rollback_checksum.is_some(),
    }
}

/// An unfinished `up` must be finished before anything is taken back; an unfinished `down` must be part of the plan.
fn stopped_in_the_middle(ledger: &Ledger, rows: &[&Applied]) -> Vec<Finding> {
    let in_plan = |module: &str, schema: &str, version: Version| {
        rows.iter().any(|row| row.module == module && row.schema == schema && row.version == version)
    };
    let touched =
        |module: &str, schema: &str| rows.iter().any(|row| row.module == module && row.schema == schema);
    ledger
        .unfinished
        .iter()
        .filter(|open| touched(&open.module, &open.schema))
        .filter_map(|open| {
            let migration = label(&open.module, &open.file);
            match open.direction {
                Direction::Up => Some(Finding::UnfinishedUp { migration }),
                Direction::Down if in_plan(&open.module, &open.schema, open.version) => None,
                Direction::Down => Some(Finding::UnfinishedDown { migration }),
            }
        })
        .collect()
}

/// Finds a version to go back to that is neither a file nor applied: a slip of the hand would look like success. 0 is where
/// a module begins.
fn nowhere(project: &Project, ledger: &Ledger, goal: &Goal) -> Option<Finding> {
    let Goal::To { module, version } = goal else { return None };
    let files: &[Migration] = project.module(module).map_or(&[], |module| &module.migrations);
    let known = version.0 == 0
        || files.iter().any(|file| file.version() == *version)
        || ledger.applied.iter().any(|row| row.module == *module && row.version == *version);
    (!known).then(|| Finding::NoSuchVersion { module: module.clone(), version: *version })
}

/// Finds modules that would go whole while an installed one depends on them.
fn needed(project: &Project, ledger: &Ledger, rows: &[&Applied]) -> Vec<Finding> {
    let emptied = |module: &str| {
        let gone = rows.iter().filter(|row| row.module == module).count();
        gone > 0 && gone == ledger.applied.iter().filter(|row| row.module == module).count()
    };
    let stays = |module: &str| ledger.applied.iter().any(|row| row.module == module) && !emptied(module);
    let mut findings = Vec::new();
    for dependant in project.modules.iter().filter(|module| stays(&module.name)) {
        for module in dependant.depends_on.iter().filter(|name| emptied(name)) {
            findings.push(Finding::Needed { module: module.clone(), by: dependant.name.clone() });
        }
    }
    findings
}

fn from_files(project: &Project, row: &Applied) -> Result<(Script, Option<Finding>), Finding> {
    let files: &[Migration] = project.module(&row.module).map_or(&[], |module| &module.migrations);
    if let Some(by) = squash::standing_for(files, row) {
        let (migration, by) = (label(&row.module, &row.file), label(&row.module, by.file.as_str()));
        return Err(Finding::Squashed { migration, by });
    }
    let found = files.iter().find(|file| file.version() == row.version);
    if let Some(file) = found.filter(|file| file.up.checksum != row.checksum) {
        return Err(Finding::edited(row, file.up.checksum));
    }
    let rollback = found.and_then(|file| file.rollback.clone()).ok_or_else(|| absent(row, "rollbacks/"))?;
    let differs = row.rollback_checksum.is_some_and(|recorded| recorded != rollback.checksum);
    let note = differs.then(|| Finding::RollbackEdited { migration: label(&row.module, &row.file) });
    Ok((rollback, note))
}

fn mode(ledger: &Ledger, row: &Applied, script: &Script) -> Result<Mode, Vec<Finding>> {
    let mode = screen(script)?;
    if mode == Mode::Transaction {
        return Ok(mode);
    }
    let open = ledger.unfinished_of(&row.module, &row.schema).filter(|open| open.version == row.version);
    match open {
        Some(open) if !goes_on_from(&open.journal, script) => {
            let migration = format!("rollback of {}", label(&row.module, &row.file));
            Err(vec![Finding::UnfinishedEdited { migration, finished: open.finished_statements() }])
        }
        Some(open) => Ok(match mode {
            Mode::Batch { chunk, .. } => Mode::Batch { chunk, begun: true },
            _ => Mode::Journal(open.journal.clone()),
        }),
        None => Ok(mode),
    }
}

fn step(row: &Applied, script: Script, mode: Mode) -> Step {
    Step {
        direction: Direction::Down,
        module: row.module.clone(),
        schema: row.schema.clone(),
        version: row.version,
        file: row.file.clone(),
        script,
        checksum: row.checksum,
        rollback: None,
        mode,
        boundary: false,
        releases: Vec::new(),
    }
}
