//! What emptying the tables of seeds takes with it: the rows that die, and those that stand in the way.

use std::collections::BTreeSet;

use super::{ForeignKey, OnDelete, SeedFinding, SeedPlan, SeedStep, Table, Tables};

/// The tables that a reset reaches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// The tables that the seeds fill: all their rows die.
    pub owned: Vec<Table>,
    /// The others that refer to rows that die, with the keys by which they do.
    pub referring: Vec<Referring>,
}

/// A table that is not emptied and refers to rows that die.
#[derive(Clone, Debug, PartialEq)]
pub struct Referring {
    /// The table.
    pub table: Table,
    /// Its keys to tables that lose rows.
    pub keys: Vec<ForeignKey>,
}

/// How many rows a reset reaches in one table.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Emptied {
    /// The table.
    pub table: String,
    /// How many of its rows die.
    pub rows: u64,
    /// Whether it is filled by the seeds; else its rows die because they refer to others.
    pub owned: bool,
}

/// Returns the tables that a reset of these steps reaches.
pub fn reach(steps: &[SeedStep], tables: &Tables) -> Reach {
    let owned: BTreeSet<u32> = steps.iter().flat_map(|step| step.tables.iter().copied()).collect();
    let mut losing = owned.clone();
    // A table that cascades loses rows itself, which others may refer to.
    loop {
        let more: Vec<u32> = tables
            .iter()
            .filter(|table| !losing.contains(&table.oid))
            .filter(|table| {
                let mut keys = table.foreign_keys.iter();
                keys.any(|key| key.on_delete == OnDelete::Cascade && losing.contains(&key.target))
            })
            .map(|table| table.oid)
            .collect();
        if more.is_empty() {
            break;
        }
        losing.extend(more);
    }
    let referring = tables.iter().filter(|table| !owned.contains(&table.oid)).filter_map(|table| {
        let keys = table.foreign_keys.iter().filter(|key| losing.contains(&key.target));
        let keys: Vec<_> = keys.cloned().collect();
        (!keys.is_empty()).then(|| Referring { table: table.clone(), keys })
    });
    Reach {
        referring: referring.collect(),
        owned: owned.iter().filter_map(|&oid| tables.by_oid(oid)).cloned().collect(),
    }
}

/// What was counted in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The table's oid.
    pub table: u32,
    /// How many rows die.
    pub dying: u64,
    /// How many rows would stay and refer to rows that die, by a key that forbids it.
    pub blocking: u64,
}

/// Puts the counts into the plan, or returns what stands in the way.
pub fn settle(plan: &mut SeedPlan, reach: &Reach, counted: &[Counted]) -> Result<(), Vec<SeedFinding>> {
    let count = |oid: u32| counted.iter().find(|count| count.table == oid);
    let mut findings = Vec::new();
    for table in &reach.owned {
        let rows = count(table.oid).map_or(0, |count| count.dying);
        plan.emptied.push(Emptied { table: table.label(), rows, owned: true });
        plan.forgotten.push(table.oid);
    }
    for Referring { table, keys } in &reach.referring {
        let Some(count) = count(table.oid) else { continue };
        if count.dying > 0 {
            plan.emptied.push(Emptied { table: table.label(), rows: count.dying, owned: false });
            plan.forgotten.push(table.oid);
        }
        if count.blocking > 0 {
            let target = keys.iter().find_map(|key| reach.owned.iter().find(|owned| owned.oid == key.target));
            findings.push(SeedFinding::Referenced {
                table: target.map_or_else(String::new, Table::label),
                by: table.label(),
                rows: count.blocking,
            });
        }
    }
    plan.empties = reach.owned.clone();
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

impl OnDelete {
    /// Tells whether the delete fails while a row refers.
    pub fn forbids(self) -> bool {
        matches!(self, Self::NoAction | Self::Restrict)
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{reference, table};
    use super::*;

    #[test]
    fn a_reset_reaches_what_refers_to_rows_that_die() {
        let cascade =
            |column, target| ForeignKey { on_delete: OnDelete::Cascade, ..reference(column, target) };
        let mut lines = table(2, "lines", &["id", "order"]);
        lines.foreign_keys = vec![cascade("order", 1)];
        let mut notes = table(3, "notes", &["id", "line", "other"]);
        notes.foreign_keys = vec![reference("line", 2), reference("other", 4)];
        let tables = Tables::new([table(1, "orders", &["id"]), lines, notes, table(4, "other", &["id"])]);
        let names = |reach: &Reach| {
            let names = reach.referring.iter().map(|entry| (entry.table.name.clone(), entry.keys.len()));
            names.collect::<Vec<_>>()
        };
        let mut step = super::super::plan::tests::any_step();
        step.tables = vec![1];
        let reached = reach(&[step.clone()], &tables);
        assert_eq!(names(&reached), [("lines".to_owned(), 1), ("notes".to_owned(), 1)]);
        step.tables = vec![1, 2, 3];
        assert_eq!(names(&reach(&[step], &tables)), []);

        let mut plan = SeedPlan::default();
        let counted = [
            Counted { table: 1, dying: 5, blocking: 0 },
            Counted { table: 2, dying: 7, blocking: 0 },
            Counted { table: 3, dying: 0, blocking: 2 },
        ];
        let findings = settle(&mut plan, &reached, &counted).unwrap_err();
        assert_eq!(findings[0].to_string(), "`` can't be emptied: in `s.notes` 2 rows refer to it");
        assert_eq!(
            plan.emptied.iter().map(|row| (row.rows, row.owned)).collect::<Vec<_>>(),
            [(5, true), (7, false)]
        );
    }
}
