//! Migrations that stand for several earlier ones: what a ledger with the earlier ones is to them.
//!
//! The file of the last version names, in its first lines, each version that it stands for with the checksum of its text.
//! A target that has applied all of them is where the file leads; one that has applied none runs the file; one that is
//! between the two has to catch up with the files as they were.

use super::ledger::Ledger;
use super::plan::Finding;
use super::step::label;
use super::{Applied, Checksum, Installation, Migration, Version};
use crate::sql::directive::squashed;

/// Returns what a migration stands for, ascending; nothing where it stands for itself alone.
pub fn stands_for(migration: &Migration) -> Vec<(Version, Checksum)> {
    squashed(&migration.up.text)
        .filter_map(|(version, checksum)| Some((Version(version), checksum.parse().ok()?)))
        .collect()
}

/// Returns the file that stands for an applied migration together with others; `None` where the row is of the file itself.
pub fn standing_for<'f>(files: &'f [Migration], row: &Applied) -> Option<&'f Migration> {
    let of_row = |file: &&Migration| {
        file.up.checksum != row.checksum
            && stands_for(file).iter().any(|(version, _)| *version == row.version)
    };
    files.iter().find(of_row)
}

/// Returns the ledger as if each target had run the squashed file that has applied what it stands for, and what forbids
/// that; `None` where no file stands for what is applied.
pub fn fold(installations: &[Installation<'_>], ledger: &Ledger) -> (Option<Ledger>, Vec<Finding>) {
    let mut folded = None;
    let mut findings = Vec::new();
    for installation in installations {
        for file in &installation.module.migrations {
            let stands_for = stands_for(file);
            if !stands_for.is_empty() {
                fold_one(ledger, (installation, file, &stands_for), (&mut folded, &mut findings));
            }
        }
    }
    (folded, findings)
}

fn fold_one(
    ledger: &Ledger,
    (installation, file, stands_for): (&Installation<'_>, &Migration, &[(Version, Checksum)]),
    (folded, findings): (&mut Option<Ledger>, &mut Vec<Finding>),
) {
    let module = installation.module.name.as_str();
    let of_file = |row: &Applied| {
        row.module == module
            && row.schema == installation.schema
            && row.checksum != file.up.checksum
            && stands_for.iter().any(|(version, _)| *version == row.version)
    };
    let rows: Vec<&Applied> = ledger.applied.iter().filter(|row| of_file(row)).collect();
    let Some(last) = rows.last() else { return };
    if rows.len() < stands_for.len() {
        let migration = label(module, file.file.as_str());
        findings.push(Finding::HalfSquashed { migration, applied: rows.len(), of: stands_for.len() });
    }
    for row in &rows {
        let (_, checksum) =
            stands_for.iter().find(|(version, _)| *version == row.version).expect("it was found so");
        if *checksum != row.checksum {
            findings.push(Finding::Edited {
                migration: label(module, &row.file),
                recorded: row.checksum,
                present: *checksum,
            });
        }
    }
    let run = Applied {
        version: file.version(),
        file: file.file.as_str().to_owned(),
        checksum: file.up.checksum,
        rollback_checksum: file.rollback.as_ref().map(|script| script.checksum),
        ..(*last).clone()
    };
    let ledger = folded.get_or_insert_with(|| ledger.clone());
    ledger.applied.retain(|row| !of_file(row));
    ledger.applied.push(run);
    ledger.applied.sort_by_key(|row| row.position);
}
