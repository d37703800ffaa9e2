//! Recognises objects that only have another name. Pure.
//!
//! The evidence must be clear: the one that is gone and the one that is there are equal in everything but the name, no
//! third one is equal to either, and a column stands in the same place.

use super::diff::Rename;
use super::id::{Id, Kind};
use super::model::{Catalog, Column, Entry, Object};
use super::renamed;

/// Returns the renames that turn objects of `from` into objects of `to`, and gives `from` the new names.
pub(super) fn detect(from: &mut Catalog, to: &Catalog) -> Vec<Rename> {
    let mut renames = Vec::new();
    for find in [tables, labels, columns, sequences, constraints, indexes] {
        loop {
            // A rename can show another: that of a partition's index shows once its parent's is done.
            let found: Vec<Rename> =
                find(from, to).into_iter().filter(|rename| is_free(from, rename)).collect();
            if found.is_empty() {
                break;
            }
            for rename in found {
                renamed::apply(from, &rename);
                renames.push(rename);
            }
        }
    }
    renames
}

/// Returns whether nothing has the new name, so that the rename can come before everything else.
fn is_free(from: &Catalog, rename: &Rename) -> bool {
    let new = &rename.to;
    let name = if new.kind() == Kind::Constraint { new.part() } else { new.name() };
    let takes = |(id, entry): (&Id, &Entry)| {
        let indexed = matches!(&entry.object, Object::Constraint(constraint) if constraint.form != "c");
        id.schema() == new.schema()
            && ((id.kind().is_relation() && id.name() == name) || (indexed && id.part() == name))
    };
    matches!(new.kind(), Kind::Enum | Kind::Column) || !from.objects.iter().any(takes)
}

/// Returns the pairs of an object that is gone and one that is new of which `equal` says that they are the same, where
/// it says so of no other pair with either.
fn pairs(from: &Catalog, to: &Catalog, kind: Kind, equal: impl Fn(&Id, &Id) -> bool) -> Vec<Rename> {
    let alone = |catalog: &Catalog, other: &Catalog| -> Vec<Id> {
        let own = catalog.objects.keys().filter(|id| id.kind() == kind);
        own.filter(|id| !other.objects.contains_key(id)).cloned().collect()
    };
    let (gone, new) = (alone(from, to), alone(to, from));
    let mut pairs = Vec::new();
    for old in &gone {
        let mut matches = new.iter().filter(|new| equal(old, new));
        let (Some(only), None) = (matches.next(), matches.next()) else { continue };
        if gone.iter().filter(|other| equal(other, only)).count() == 1 {
            pairs.push(Rename { from: old.clone(), to: only.clone() });
        }
    }
    pairs
}

/// Tables with the same columns in the same order; one column says too little.
fn tables(from: &Catalog, to: &Catalog) -> Vec<Rename> {
    pairs(from, to, Kind::Table, |old, new| {
        let shape = |catalog: &Catalog, id: &Id| -> Vec<(String, Column)> {
            let columns = catalog.columns(id).into_iter();
            columns.map(|(id, column)| (id.part().to_owned(), plain(column))).collect()
        };
        let columns = shape(from, old);
        // A renamed partition would have to be matched by its bound as well; it is made anew.
        let linked = !from.parents(old).is_empty() || !to.parents(new).is_empty();
        let same = |from: &Entry, to: &Entry| from.object == to.object;
        columns.len() > 1
            && !linked
            && old.schema() == new.schema()
            && same(&from.objects[old], &to.objects[new])
            && columns == shape(to, new)
    })
}

/// Returns the column without what does not make it what it is: its place, the name of its sequence.
fn plain(column: &Column) -> Column {
    let mut column = column.clone();
    column.position = 0;
    if let Some(sequence) = &mut column.sequence {
        (sequence.name, sequence.schema) = (String::new(), String::new());
    }
    column
}

/// One label of an enum in the place of another.
fn labels(from: &Catalog, to: &Catalog) -> Vec<Rename> {
    let mut renames = Vec::new();
    for (id, entry) in from.objects.iter().filter(|(id, _)| id.kind() == Kind::Enum) {
        let (Object::Enum(old), Some(Object::Enum(new))) =
            (&entry.object, to.objects.get(id).map(|entry| &entry.object))
        else {
            continue;
        };
        let mut differ = old.labels.iter().zip(&new.labels).filter(|(old, new)| old != new);
        if let (Some((old_label, new_label)), None) = (differ.next(), differ.next())
            && old.labels.len() == new.labels.len()
            && !old.labels.contains(new_label)
            && !new.labels.contains(old_label)
        {
            let label = |label: &String| id.with(Kind::Enum, label.as_str());
            renames.push(Rename { from: label(old_label), to: label(new_label) });
        }
    }
    renames
}

fn columns(from: &Catalog, to: &Catalog) -> Vec<Rename> {
    let table =
        |catalog: &Catalog, id: &Id| catalog.objects[id].on.clone().filter(|on| on.kind() == Kind::Table);
    let default = |catalog: &Catalog, id: &Id| {
        catalog.objects.get(&id.with(Kind::Default, id.part())).map(|entry| entry.object.clone())
    };
    let place =
        |catalog: &Catalog, on: &Id, id: &Id| catalog.columns(on).iter().position(|(other, _)| *other == id);
    let found = pairs(from, to, Kind::Column, |old, new| {
        let (Object::Column(one), Object::Column(other)) =
            (&from.objects[old].object, &to.objects[new].object)
        else {
            return false;
        };
        let (Some(on), Some(on_new)) = (table(from, old), table(to, new)) else { return false };
        on == on_new
            && plain(one) == plain(other)
            && !one.inherited
            && one.generated.is_none()
            && default(from, old) == default(to, new)
    });
    found
        .into_iter()
        .filter(|rename| {
            let on = table(from, &rename.from);
            on.is_some_and(|on| place(from, &on, &rename.from) == place(to, &on, &rename.to))
        })
        .collect()
}

/// Sequences of the same column.
fn sequences(from: &Catalog, to: &Catalog) -> Vec<Rename> {
    pairs(from, to, Kind::Sequence, |old, new| {
        let owner = |catalog: &Catalog, id: &Id| {
            catalog.objects.get(&id.with(Kind::Ownership, "")).map(|entry| entry.object.clone())
        };
        let same = match (&from.objects[old].object, &to.objects[new].object) {
            (Object::Sequence(old), Object::Sequence(new)) => {
                let mut renamed = old.clone();
                (renamed.name, renamed.schema) = (new.name.clone(), new.schema.clone());
                renamed == *new
            }
            _ => false,
        };
        old.schema() == new.schema()
            && same
            && owner(from, old).is_some()
            && owner(from, old) == owner(to, new)
    })
}

fn constraints(from: &Catalog, to: &Catalog) -> Vec<Rename> {
    let parents: Vec<_> = from
        .objects
        .values()
        .filter_map(|entry| match &entry.object {
            Object::Inheritance(link) => from.table(&link.parent),
            _ => None,
        })
        .collect();
    pairs(from, to, Kind::Constraint, |old, new| {
        let (one, other) = (&from.objects[old], &to.objects[new]);
        // In a family of tables one rename renames the children's too.
        let alone = |on: &Option<Id>| {
            on.as_ref().is_some_and(|on| !parents.contains(on) && from.parents(on).is_empty())
        };
        one.on == other.on && alone(&one.on) && one.object == other.object
    })
}

fn indexes(from: &Catalog, to: &Catalog) -> Vec<Rename> {
    pairs(from, to, Kind::Index, |old, new| {
        let (one, other) = (&from.objects[old], &to.objects[new]);
        let (Object::Index(index), Object::Index(wanted)) = (&one.object, &other.object) else {
            return false;
        };
        let mut index = index.clone();
        index.definition = renamed::index_definition(&index.definition, old, new);
        one.on == other.on && old.schema() == new.schema() && index == *wanted
    })
}
