//! The order of the files of a run: by module and number, and a CSV file behind what its rows refer to.

use std::collections::BTreeSet;

use super::filled;
use crate::model::seed::{Content, Loaded, SeedFile, Tables};

/// A file with what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Turn<'a> {
    pub(super) file: &'a SeedFile,
    /// The schema that its module is installed under.
    pub(super) schema: &'a str,
    /// What the ledger says of it.
    pub(super) before: Option<&'a Loaded>,
    /// The oids of the tables that it fills.
    pub(super) tables: Vec<u32>,
}

/// Sorts the files of one module: by number, of one number SQL first, else by name.
pub(super) fn by_number(files: &mut [&SeedFile]) {
    let is_csv = |file: &SeedFile| matches!(file.content, Content::Csv(_));
    files.sort_by(|a, b| (a.number, is_csv(a), &a.name).cmp(&(b.number, is_csv(b), &b.name)));
}

/// Finds the tables of the files, and lets a CSV file wait for the first file that fills a table which its rows refer to.
/// A key that is checked at the end of the transaction needs no order; files that wait for each other keep theirs.
pub(super) fn by_references<'a>(mut turns: Vec<Turn<'a>>, tables: &Tables) -> Vec<Turn<'a>> {
    for turn in &mut turns {
        turn.tables = filled(turn.file, turn.schema, tables).iter().map(|table| table.oid).collect();
    }
    let to_come: BTreeSet<u32> = turns.iter().flat_map(|turn| turn.tables.iter().copied()).collect();
    let mut waits: Vec<(BTreeSet<u32>, Turn<'a>)> = turns
        .into_iter()
        .map(|turn| (targets(&turn, tables).filter(|target| to_come.contains(target)).collect(), turn))
        .collect();
    let mut filled = BTreeSet::new();
    let mut ordered = Vec::with_capacity(waits.len());
    while !waits.is_empty() {
        let ready = waits.iter().position(|(targets, _)| targets.is_subset(&filled)).unwrap_or(0);
        let (_, turn) = waits.remove(ready);
        filled.extend(turn.tables.iter().copied());
        ordered.push(turn);
    }
    ordered
}

/// Returns the tables that must have their rows before the CSV file; an author of SQL knows the order of his own.
fn targets(turn: &Turn<'_>, tables: &Tables) -> impl Iterator<Item = u32> {
    let is_csv = matches!(turn.file.content, Content::Csv(_));
    let filled = turn.tables.first().filter(|_| is_csv).and_then(|&oid| tables.by_oid(oid));
    let keys = filled.into_iter().flat_map(|table| table.foreign_keys.iter().map(|key| (table.oid, key)));
    keys.filter(|(own, key)| !key.deferrable && key.target != *own).map(|(_, key)| key.target)
}
