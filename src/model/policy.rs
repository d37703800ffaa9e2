//! The lock budget: what each statement of a plan costs the target, and how much of it `schema.toml` allows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::plan::Finding;
use super::rehearsal::{LockMode, Rehearsal, Relation, Work};

/// `[policy]`: what a run may cost before somebody has to say yes, in bytes of one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The largest table that a statement may write anew.
    pub max_rewrite: Option<u64>,
    /// The largest table that a statement may read whole while others can't write to it.
    pub max_scan: Option<u64>,
}

/// What one statement costs one relation of the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// The label of the migration.
    pub migration: String,
    /// The line of the statement, from 1.
    pub line: usize,
    /// The beginning of the statement.
    pub statement: String,
    /// What it touches.
    pub relation: Relation,
    /// The lock that it takes in addition to those that its transaction holds.
    pub lock: Option<LockMode>,
    /// The strongest lock that its transaction holds on the relation when it is done.
    pub held: Option<LockMode>,
    /// What it does with the rows.
    pub work: Work,
    /// The size of the relation with its indexes, in bytes; `None` where it could not be asked for.
    pub bytes: Option<u64>,
}

impl Policy {
    /// Tells whether nothing is limited.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns what is over the budget.
    pub fn over(&self, costs: &[Cost]) -> Vec<Finding> {
        let over = |cost: &Cost, limit: Option<u64>| {
            limit.filter(|limit| cost.bytes.is_none_or(|size| size > *limit))
        };
        let findings = costs.iter().filter_map(|cost| {
            let (limit, deed) = match cost.work {
                Work::Rewrite => (over(cost, self.max_rewrite)?, Deed::Rewrite),
                Work::Scan if cost.held >= Some(LockMode::Share) => (over(cost, self.max_scan)?, Deed::Scan),
                _ => return None,
            };
            Some(Finding::OverBudget {
                migration: cost.migration.clone(),
                line: cost.line,
                relation: cost.relation.to_string(),
                deed,
                bytes: cost.bytes,
                limit,
            })
        });
        findings.collect()
    }
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// A table is written anew.
    Rewrite,
    /// A table is read whole while nobody can write to it.
    Scan,
}

/// Returns what each statement costs, in order, the sizes unknown.
pub fn costs(rehearsal: &Rehearsal) -> Vec<Cost> {
    let mut costs = Vec::new();
    for step in &rehearsal.steps {
        let mut held: BTreeMap<&Relation, LockMode> = BTreeMap::new();
        for statement in &step.statements {
            for touch in &statement.touched {
                if let Some(mode) = touch.lock {
                    held.entry(&touch.relation).and_modify(|held| *held = mode.max(*held)).or_insert(mode);
                }
                costs.push(Cost {
                    migration: step.migration.clone(),
                    line: statement.line,
                    statement: statement.text.clone(),
                    relation: touch.relation.clone(),
                    lock: touch.lock,
                    held: held.get(&touch.relation).copied(),
                    work: touch.work,
                    bytes: None,
                });
            }
        }
    }
    costs
}

/// Reads a size such as `512MB`, `1 GB` or `1.5TB`, in powers of 1024 as PostgreSQL reads them.
pub fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u32); 5] = [("tb", 40), ("gb", 30), ("mb", 20), ("kb", 10), ("b", 0)];
    let wrong = || format!("`{text}` is not a size: write a number and a unit, such as `512MB` or `1GB`");
    let lower = text.trim().to_ascii_lowercase();
    let (unit, shift) = UNITS.into_iter().find(|(unit, _)| lower.ends_with(unit)).ok_or_else(wrong)?;
    let number: f64 = lower[..lower.len() - unit.len()].trim_end().parse().map_err(|_| wrong())?;
    #[expect(clippy::cast_precision_loss, reason = "powers of two are exact")]
    let bytes = number * (1_u64 << shift) as f64;
    if !(0.0..9.0e15).contains(&bytes) {
        return Err(wrong());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
    Ok(bytes as u64)
}

/// Returns a size as people read it: `512 bytes`, `16 kB`, `3.2 MB`, in powers of 1024 as PostgreSQL counts.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let mut size = size as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    if size < 10.0 && size.fract() >= 0.05 {
        format!("{size:.1} {}", UNITS[unit])
    } else {
        format!("{size:.0} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(work: Work, held: LockMode, bytes: u64) -> Cost {
        Cost {
            migration: "V1__a.sql".to_owned(),
            line: 3,
            statement: "ALTER TABLE a".to_owned(),
            relation: Relation { schema: "s".to_owned(), name: "a".to_owned() },
            lock: Some(held),
            held: Some(held),
            work,
            bytes: Some(bytes),
        }
    }

    #[test]
    fn sizes_are_read_as_postgresql_reads_them() {
        for (text, bytes) in [("1GB", 1 << 30), ("512 MB", 512 << 20), ("1.5kb", 1536), ("0B", 0)] {
            assert_eq!(size(text), Ok(bytes));
        }
        for text in ["", "GB", "1", "-1GB", "1 PB", "many MB", "NaNB", "99999999TB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_easy_to_read() {
        let sizes = [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (16_384, "16 kB"),
            (3_355_443, "3.2 MB"),
            (5 << 40, "5 TB"),
        ];
        for (size, text) in sizes {
            assert_eq!(bytes(size), text);
        }
    }

    #[test]
    fn only_what_is_larger_than_allowed_is_over_the_budget() {
        let policy = Policy { max_rewrite: Some(100), max_scan: Some(1_000) };
        let over = |work, held, bytes| policy.over(&[cost(work, held, bytes)]).len();
        assert_eq!(over(Work::Rewrite, LockMode::AccessExclusive, 100), 0);
        assert_eq!(over(Work::Rewrite, LockMode::AccessExclusive, 101), 1);
        assert_eq!(over(Work::Scan, LockMode::AccessExclusive, 1_001), 1);
        assert_eq!(over(Work::Scan, LockMode::ShareUpdateExclusive, 1_001), 0);
        assert_eq!(over(Work::Write, LockMode::RowExclusive, 1 << 40), 0);
        assert_eq!(Policy::default().over(&[cost(Work::Rewrite, LockMode::AccessExclusive, 1 << 40)]), []);
        let finding = policy.over(&[cost(Work::Rewrite, LockMode::AccessExclusive, 2048)]).remove(0);
        assert_eq!(
            finding.to_string(),
            "`V1__a.sql`:3 rewrites `s.a`, which has 2 kB, and `max_rewrite` is 100 bytes"
        );
    }

    #[test]
    fn a_size_that_nobody_knows_is_over_every_budget() {
        let unknown = Cost { bytes: None, ..cost(Work::Rewrite, LockMode::AccessExclusive, 0) };
        assert_eq!(Policy { max_rewrite: Some(u64::MAX), max_scan: None }.over(&[unknown]).len(), 1);
    }
}
