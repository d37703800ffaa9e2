//! Which rows and values die, told from what a rehearsal showed.

use serde::{Deserialize, Serialize};

use super::{Amount, Vanished};
use crate::model::rehearsal::{Conversion, Gone, Inventory, Rehearsal, Rehearsed, Relation, ThingKind, Work};

/// Rows or values that die.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    /// The label of the migration whose step takes them.
    pub migration: String,
    /// The index of the step in the plan.
    #[serde(skip)]
    pub step: usize,
    /// The table that they are in.
    pub relation: Relation,
    /// What dies of it.
    #[serde(flatten)]
    pub lost: Lost,
    /// What goes with a table: `2 indexes, 1 policy`; empty where nothing does.
    pub with: String,
    /// How much that is.
    pub amount: Amount,
}

/// What dies of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "lost", rename_all = "kebab-case")]
pub enum Lost {
    /// The table.
    Table,
    /// All of its rows; the table stays.
    Rows,
    /// Some of its rows: those that a statement deletes, or rows that refer to them.
    SomeRows,
    /// A column.
    Column {
        /// Its name.
        column: String,
    },
    /// The values of a column, as they were.
    Converted {
        /// Its name.
        column: String,
        /// Its type.
        from: String,
        /// The type that they are turned into.
        to: String,
    },
    /// A value of an enum that rows of this table have.
    EnumValue {
        /// The column.
        column: String,
        /// Whether the column holds arrays.
        array: bool,
        /// The enum, with its schema.
        of: String,
        /// The label.
        value: String,
    },
}

/// Returns what dies, its amounts unknown, and what else vanishes, of each step for itself.
pub fn losses(rehearsal: &Rehearsal, inventory: &Inventory) -> (Vec<Loss>, Vec<Vanished>) {
    let (mut losses, mut vanished): (Vec<Loss>, Vec<Vanished>) = (Vec::new(), Vec::new());
    for (step, rehearsed) in rehearsal.steps.iter().enumerate() {
        let loss = |relation: Relation, lost: Lost, with: String| Loss {
            migration: rehearsed.migration.clone(),
            step,
            relation,
            lost,
            with,
            amount: Amount::unknown(),
        };
        let mut found: Vec<Loss> = Vec::new();
        for gone in &rehearsed.gone {
            let dies = of_gone(gone, inventory);
            let vanishes =
                dies.is_empty() && !matches!(gone.thing.kind, ThingKind::Table | ThingKind::Column);
            found.extend(dies.into_iter().map(|(relation, lost)| loss(relation, lost, with(gone))));
            if vanishes {
                vanished.push(Vanished {
                    migration: rehearsed.migration.clone(),
                    kind: gone.thing.kind,
                    name: gone.thing.to_string(),
                    with: with(gone),
                });
            }
        }
        found.extend(
            emptied(rehearsed, inventory).map(|(relation, lost)| loss(relation, lost, String::new())),
        );
        for Conversion { relation, column, from, to } in &rehearsed.converted {
            if inventory.kind_of(relation) == Some(ThingKind::Table) {
                let (column, from, to) = (column.clone(), from.clone(), to.clone());
                found.push(loss(relation.clone(), Lost::Converted { column, from, to }, String::new()));
            }
        }
        losses.extend(found);
    }
    (losses, vanished)
}

/// Returns what dies with an object; nothing where it holds no data.
fn of_gone(gone: &Gone, inventory: &Inventory) -> Vec<(Relation, Lost)> {
    let thing = &gone.thing;
    match thing.kind {
        ThingKind::Table => vec![(thing.relation(), Lost::Table)],
        // The partitions of a partitioned table lose the column themselves.
        ThingKind::Column if inventory.kind_of(&thing.relation()) == Some(ThingKind::Table) => {
            vec![(thing.relation(), Lost::Column { column: thing.part.clone() })]
        }
        ThingKind::EnumValue => {
            let columns = inventory.columns_of(&thing.type_name);
            let tables =
                columns.filter(|column| inventory.kind_of(&column.relation()) == Some(ThingKind::Table));
            let dying = tables.map(|column| {
                let lost = Lost::EnumValue {
                    column: column.part.clone(),
                    array: column.type_name != thing.type_name,
                    of: thing.type_name.clone(),
                    value: thing.part.clone(),
                };
                (column.relation(), lost)
            });
            dying.collect()
        }
        _ => Vec::new(),
    }
}

fn emptied<'a>(
    rehearsed: &'a Rehearsed,
    inventory: &'a Inventory,
) -> impl Iterator<Item = (Relation, Lost)> + use<'a> {
    let touched = rehearsed.statements.iter().flat_map(|statement| &statement.touched);
    touched.filter(|touch| inventory.kind_of(&touch.relation) == Some(ThingKind::Table)).filter_map(|touch| {
        match touch.work {
            Work::Empty => Some((touch.relation.clone(), Lost::Rows)),
            Work::Delete => Some((touch.relation.clone(), Lost::SomeRows)),
            _ => None,
        }
    })
}

/// Drops what a greater loss of the same table says already: what dies with a table that dies later, or died before, is
/// said once.
pub fn once(losses: Vec<Loss>) -> Vec<Loss> {
    let whole: Vec<Relation> =
        losses.iter().filter(|loss| loss.lost == Lost::Table).map(|loss| loss.relation.clone()).collect();
    let mut kept: Vec<Loss> = Vec::new();
    for loss in losses {
        let with_table = loss.lost != Lost::Table && whole.contains(&loss.relation);
        let again = kept.iter().any(|other| {
            other.relation == loss.relation
                && (other.lost == loss.lost || (other.lost == Lost::Rows && loss.lost == Lost::SomeRows))
        });
        if !with_table && !again {
            kept.push(loss);
        }
    }
    kept
}

/// Returns what goes with an object: `2 indexes, 1 policy`.
fn with(gone: &Gone) -> String {
    let plural = |kind: &ThingKind, count: &usize| match (count, kind) {
        (1, _) => format!("1 {kind}"),
        (_, ThingKind::Index) => format!("{count} indexes"),
        (_, ThingKind::Policy) => format!("{count} policies"),
        _ => format!("{count} {kind}s"),
    };
    gone.with.iter().map(|(kind, count)| plural(kind, count)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rehearsal::{Observed, Thing, Touch};

    fn relation(name: &str) -> Relation {
        Relation { schema: "s".to_owned(), name: name.to_owned() }
    }

    fn thing(kind: ThingKind, name: &str, part: &str, type_name: &str) -> Thing {
        let (schema, on) = ("s".to_owned(), None);
        Thing {
            kind,
            schema,
            name: name.to_owned(),
            part: part.to_owned(),
            type_name: type_name.to_owned(),
            on,
        }
    }

    fn inventory() -> Inventory {
        let things = [
            thing(ThingKind::Table, "a", "", ""),
            thing(ThingKind::Column, "a", "x", "s.mood"),
            thing(ThingKind::Column, "a", "y", "s.mood[]"),
            thing(ThingKind::PartitionedTable, "p", "", ""),
        ];
        Inventory(things.into_iter().zip(1..).map(|(thing, oid)| ((1259, oid, 0), thing)).collect())
    }

    fn rehearsed(gone: &[Thing], work: &[(&str, Work)]) -> Rehearsed {
        let touched =
            work.iter().map(|(name, work)| Touch { relation: relation(name), lock: None, work: *work });
        let statement = Observed {
            line: 1,
            text: String::new(),
            touched: touched.collect(),
            seen: true,
            duration_ms: 0.0,
            dropped: Vec::new(),
            drops: false,
            overwrites: false,
            computes: Vec::new(),
        };
        let gone =
            gone.iter().map(|thing| Gone { thing: thing.clone(), with: std::collections::BTreeMap::new() });
        Rehearsed {
            released: Vec::new(),
            migration: "V1__a.sql".to_owned(),
            statements: vec![statement],
            gone: gone.collect(),
            converted: Vec::new(),
            duration_ms: 0.0,
        }
    }

    fn lost(steps: Vec<Rehearsed>) -> Vec<Lost> {
        let (losses, _) =
            losses(&Rehearsal { steps, stopped: None, kept: Vec::new(), unkept: None }, &inventory());
        once(losses).into_iter().map(|loss| loss.lost).collect()
    }

    #[test]
    fn what_a_table_loses_is_said_once() {
        let column = thing(ThingKind::Column, "a", "x", "");
        let table = thing(ThingKind::Table, "a", "", "");
        assert_eq!(
            lost(vec![rehearsed(std::slice::from_ref(&column), &[])]),
            [Lost::Column { column: "x".to_owned() }]
        );
        assert_eq!(
            lost(vec![rehearsed(&[column], &[("a", Work::Delete)]), rehearsed(&[table], &[])]),
            [Lost::Table]
        );
        assert_eq!(lost(vec![rehearsed(&[], &[("a", Work::Empty), ("a", Work::Delete)])]), [Lost::Rows]);
    }

    #[test]
    fn a_partitioned_table_has_no_rows_of_its_own() {
        assert_eq!(
            lost(vec![rehearsed(&[thing(ThingKind::Column, "p", "x", "")], &[("p", Work::Delete)])]),
            []
        );
    }

    #[test]
    fn an_enum_value_dies_in_every_column_of_its_type() {
        let found = lost(vec![rehearsed(&[thing(ThingKind::EnumValue, "mood", "sad", "s.mood")], &[])]);
        let columns = found.iter().map(|lost| match lost {
            Lost::EnumValue { column, array, .. } => (column.as_str(), *array),
            other => panic!("{other:?}"),
        });
        assert_eq!(columns.collect::<Vec<_>>(), [("x", false), ("y", true)]);
    }
}
