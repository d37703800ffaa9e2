//! Decides what is kept of the tables that a step destroys, from what its rehearsal showed.

use std::collections::BTreeSet;

use super::{Column, Keep, Kept, Shape, Way};
use crate::model::Direction;
use crate::model::rehearsal::{Conversion, Gone, Inventory, Observed, Relation, ThingKind, Work};

/// The oid of `pg_class`, the same in every database.
const PG_CLASS: u32 = 1259;

/// A table as it is when a step begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Its oid on the shadow.
    pub oid: u32,
    /// Its name.
    pub at: Relation,
    /// What it looks like.
    pub shape: Shape,
    /// The tables whose rows change when a row of it is deleted: they refer to it with an action.
    pub followers: Vec<u32>,
}

/// A step that was rehearsed.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The label of the migration.
    pub migration: String,
    /// The schema that the step runs in.
    pub schema: String,
    /// Which way it goes. On the way up only what is deleted counts as destroyed, not what is overwritten.
    pub direction: Direction,
    /// What the target holds.
    pub inventory: &'a Inventory,
    /// The tables when the step begins.
    pub tables: &'a [Seen],
    /// The step's statements.
    pub statements: &'a [Observed],
    /// What is gone after it.
    pub gone: &'a [Gone],
    /// The columns whose values it turned into another type.
    pub converted: &'a [Conversion],
}

/// Returns what is to be kept before the step.
pub fn design(scene: &Scene<'_>) -> Vec<Keep> {
    let changed = changed(scene);
    scene.tables.iter().flat_map(|seen| of_table(scene, seen, &changed)).collect()
}

/// Returns the keeps of one step without moves and captures: copies of everything, for `why`.
pub fn forced(keeps: &[Keep], why: &str) -> Vec<Keep> {
    let copied = |keep: &Keep| {
        let kept = match &keep.kept {
            Kept::Changed => Kept::Rows,
            other => other.clone(),
        };
        let why = if keep.way == Way::Copy { keep.why.clone() } else { Some(why.to_owned()) };
        Keep { kept, why, way: Way::Copy, ..keep.clone() }
    };
    keeps.iter().map(copied).collect()
}

/// Returns the tables whose rows the step deletes or overwrites, with those that follow deleted rows.
fn changed(scene: &Scene<'_>) -> BTreeSet<u32> {
    let touched = |wanted: &dyn Fn(&Observed, Work) -> bool| -> BTreeSet<u32> {
        let tables = scene.tables.iter().filter(|seen| {
            let name = known(scene, seen);
            scene.statements.iter().any(|statement| {
                let mut touched = statement.touched.iter();
                touched.any(|touch| Some(&touch.relation) == name.as_ref() && wanted(statement, touch.work))
            })
        });
        tables.map(|seen| seen.oid).collect()
    };
    let mut deleted = touched(&|_, work| work == Work::Delete);
    let mut open: Vec<u32> = deleted.iter().copied().collect();
    while let Some(oid) = open.pop() {
        let followers = scene.tables.iter().filter(|seen| seen.oid == oid).flat_map(|seen| &seen.followers);
        open.extend(followers.copied().filter(|follower| deleted.insert(*follower)).collect::<Vec<_>>());
    }
    if scene.direction == Direction::Down {
        deleted.extend(touched(&|statement, work| work == Work::Write && statement.overwrites));
    }
    deleted
}

/// Returns the name by which the target knows the table; `None` of one that the plan made.
fn known(scene: &Scene<'_>, seen: &Seen) -> Option<Relation> {
    let thing = scene.inventory.0.get(&(PG_CLASS, seen.oid, 0))?;
    (thing.kind == ThingKind::Table).then(|| thing.relation())
}

fn of_table(scene: &Scene<'_>, seen: &Seen, changed: &BTreeSet<u32>) -> Vec<Keep> {
    let Some(relation) = known(scene, seen) else { return Vec::new() };
    let keep = |kept, way, why: Option<String>| Keep {
        migration: scene.migration.clone(),
        schema: scene.schema.clone(),
        relation: relation.clone(),
        at: seen.at.clone(),
        kept,
        way,
        why,
        shape: seen.shape.clone(),
    };
    let goes = scene
        .gone
        .iter()
        .any(|gone| gone.thing.kind == ThingKind::Table && gone.thing.relation() == relation);
    if goes {
        return match moved(scene, seen, (&relation, changed)) {
            Ok(before) => vec![keep(Kept::Table, Way::Move(before), None)],
            Err(why) => vec![keep(Kept::Table, Way::Copy, Some(why))],
        };
    }
    let touches = scene.statements.iter().flat_map(|statement| &statement.touched);
    let emptied = touches.filter(|touch| touch.relation == relation).any(|touch| touch.work == Work::Empty);
    if emptied || (changed.contains(&seen.oid) && seen.shape.family) {
        return vec![keep(Kept::Rows, Way::Copy, None)];
    }
    let mut keeps = Vec::new();
    if changed.contains(&seen.oid) {
        keeps.push(keep(Kept::Changed, Way::Capture, None));
    }
    for kept in columns(scene, seen, &relation) {
        let mut keep = keep(kept, Way::Copy, None);
        // A key that changes with its values tells no row from another afterwards.
        if let Kept::Column { column, .. } = &keep.kept
            && keep.shape.key.contains(column)
        {
            keep.shape.key.clear();
        }
        keeps.push(keep);
    }
    keeps
}

/// Returns the statement before which the table can be taken away, or why it can't.
fn moved(
    scene: &Scene<'_>,
    seen: &Seen,
    (relation, changed): (&Relation, &BTreeSet<u32>),
) -> Result<usize, String> {
    let vanishes = scene.statements.iter().position(|statement| statement.dropped.contains(&seen.oid));
    let drops = vanishes.filter(|&index| scene.statements[index].drops);
    let Some(index) = drops else { return Err("no DROP statement of the migration drops it".to_owned()) };
    if let Some(why) = &seen.shape.immovable {
        return Err(why.clone());
    }
    let before = scene.statements[..index].iter().flat_map(|statement| &statement.touched);
    let rewritten = before
        .filter(|touch| touch.relation == *relation)
        .any(|touch| matches!(touch.work, Work::Delete | Work::Empty | Work::Rewrite));
    if rewritten || changed.contains(&seen.oid) {
        return Err("its rows are changed before it is dropped".to_owned());
    }
    Ok(index)
}

/// Returns the columns that lose values, by their names when the step begins.
fn columns(scene: &Scene<'_>, seen: &Seen, relation: &Relation) -> Vec<Kept> {
    let mut lost: Vec<Kept> = Vec::new();
    let mut add = |name: &str, value: Option<(String, bool)>| {
        let number = scene.inventory.0.iter().find_map(|(address, thing)| {
            (address.0 == PG_CLASS && address.1 == seen.oid && thing.part == name).then_some(address.2)
        });
        let column = seen.shape.columns.iter().find(|column| Some(column.number) == number);
        if let Some(Column { name, generated: false, .. }) = column {
            let kept = Kept::Column { column: name.clone(), value };
            if !lost.contains(&kept) {
                lost.push(kept);
            }
        }
    };
    for gone in scene.gone {
        match gone.thing.kind {
            ThingKind::Column if gone.thing.relation() == *relation => add(&gone.thing.part, None),
            ThingKind::EnumValue => {
                let holders = scene.inventory.columns_of(&gone.thing.type_name);
                for holder in holders.filter(|holder| holder.relation() == *relation) {
                    let array = holder.type_name != gone.thing.type_name;
                    add(&holder.part, Some((gone.thing.part.clone(), array)));
                }
            }
            _ => {}
        }
    }
    for one in scene.converted.iter().filter(|one| one.relation == *relation) {
        add(&one.column, None);
    }
    // A column that goes whole goes with all of its values.
    let whole: Vec<String> = lost
        .iter()
        .filter_map(|kept| match kept {
            Kept::Column { column, value: None } => Some(column.clone()),
            _ => None,
        })
        .collect();
    lost.retain(|kept| match kept {
        Kept::Column { column, value: Some(_) } => !whole.contains(column),
        _ => true,
    });
    lost
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::rehearsal::{Thing, Touch};

    fn relation(name: &str) -> Relation {
        Relation { schema: "s".to_owned(), name: name.to_owned() }
    }

    fn thing(kind: ThingKind, name: &str, part: &str) -> Thing {
        let (schema, name, part) = ("s".to_owned(), name.to_owned(), part.to_owned());
        Thing { kind, schema, name, part, type_name: "text".to_owned(), on: None }
    }

    fn seen(oid: u32, name: &str) -> Seen {
        let column = |name: &str, number| Column {
            name: name.to_owned(),
            number,
            type_name: "text".to_owned(),
            own: true,
            generated: false,
        };
        let shape = Shape {
            columns: vec![column("id", 1), column("x", 2)],
            key: vec!["id".to_owned()],
            ..Shape::default()
        };
        Seen { oid, at: relation(name), shape, followers: Vec::new() }
    }

    fn statement(work: &[(&str, Work)], dropped: &[u32]) -> Observed {
        let touched =
            work.iter().map(|(name, work)| Touch { relation: relation(name), lock: None, work: *work });
        Observed {
            line: 1,
            text: String::new(),
            touched: touched.collect(),
            seen: true,
            duration_ms: 0.0,
            dropped: dropped.to_vec(),
            drops: !dropped.is_empty(),
            overwrites: true,
            computes: Vec::new(),
        }
    }

    fn designed(statements: &[Observed], gone: &[Thing], tables: &[Seen]) -> Vec<(Kept, Way)> {
        let things = [
            ((PG_CLASS, 1, 0), thing(ThingKind::Table, "a", "")),
            ((PG_CLASS, 1, 1), thing(ThingKind::Column, "a", "id")),
            ((PG_CLASS, 1, 2), thing(ThingKind::Column, "a", "x")),
            ((PG_CLASS, 2, 0), thing(ThingKind::Table, "b", "")),
        ];
        let gone: Vec<Gone> =
            gone.iter().map(|thing| Gone { thing: thing.clone(), with: BTreeMap::new() }).collect();
        let scene = Scene {
            migration: "V1__a.sql".to_owned(),
            schema: "s".to_owned(),
            direction: Direction::Down,
            inventory: &Inventory(things.into_iter().collect()),
            tables,
            statements,
            gone: &gone,
            converted: &[],
        };
        design(&scene).into_iter().map(|keep| (keep.kept, keep.way)).collect()
    }

    #[test]
    fn a_table_is_moved_before_the_statement_that_drops_it_unless_its_rows_change_before() {
        let gone = [thing(ThingKind::Table, "a", "")];
        let tables = [seen(1, "a")];
        let drop = statement(&[], &[1]);
        let other = statement(&[("b", Work::Delete)], &[]);
        assert_eq!(designed(&[other, drop.clone()], &gone, &tables), [(Kept::Table, Way::Move(1))]);
        let delete = statement(&[("a", Work::Delete)], &[]);
        assert_eq!(designed(&[delete, drop], &gone, &tables), [(Kept::Table, Way::Copy)]);
    }

    #[test]
    fn what_follows_a_deleted_row_is_captured_with_it() {
        let mut a = seen(1, "a");
        a.followers = vec![2];
        let delete = [statement(&[("a", Work::Delete)], &[])];
        let capture = || (Kept::Changed, Way::Capture);
        assert_eq!(designed(&delete, &[], &[a.clone(), seen(2, "b")]), [capture(), capture()]);
        let mut partition = seen(2, "b");
        partition.shape.family = true;
        assert_eq!(designed(&delete, &[], &[a, partition]), [capture(), (Kept::Rows, Way::Copy)]);
    }

    #[test]
    fn a_column_is_kept_with_the_key_and_an_emptied_table_whole() {
        let gone = [thing(ThingKind::Column, "a", "x")];
        let column = Kept::Column { column: "x".to_owned(), value: None };
        assert_eq!(designed(&[], &gone, &[seen(1, "a")]), [(column, Way::Copy)]);
        let empty = [statement(&[("a", Work::Empty)], &[])];
        assert_eq!(designed(&empty, &gone, &[seen(1, "a")]), [(Kept::Rows, Way::Copy)]);
    }
}
