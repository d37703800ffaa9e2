//! Recognises objects that only have another name. Pure.
//!
//! The evidence must be clear: the one that is gone and the one that is there are equal in everything but the name, no
//! third one is equal to either, and a column stands in the same place.

mod parts;
mod whole;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;

use super::diff::{Apart, Rename};
use super::id::{Id, Kind};
use super::model::{Catalog, Column, Constraint, Object, Relation};
use super::renamed;

/// Returns the renames that turn objects of `from` into objects of `to`, and gives `from` the new names; `apart` is what
/// only one of them has, before and after.
pub(super) fn detect(from: &mut Cow<'_, Catalog>, to: &Catalog, apart: &mut Apart) -> Vec<Rename> {
    let mut renames = Vec::new();
    let finds = [
        whole::schemas,
        types,
        whole::routines,
        whole::views,
        moved_tables,
        tables,
        labels,
        parts::columns,
        parts::view_columns,
        parts::attributes,
        moved_sequences,
        sequences,
        whole::subscriptions,
        parts::constraints,
        parts::domain_constraints,
        indexes,
        parts::triggers,
        parts::policies,
        // What rests on a renamed object can show as renamed once that is.
        whole::routines,
        whole::views,
    ];
    for find in finds {
        loop {
            // A rename can show another: that of a partition's index shows once its parent's is done.
            let mut found = find(&Sides { from, to, apart });
            if !found.is_empty() {
                let taken = taken(from);
                found.retain(|rename| is_free(from, &taken, rename));
            }
            if found.is_empty() {
                break;
            }
            renamed::apply(from.to_mut(), &found);
            *apart = Apart::between(from, to);
            renames.append(&mut found);
        }
    }
    renames
}

/// Returns the names that relations and the indexes of constraints have, by schema.
fn taken(catalog: &Catalog) -> HashSet<(&str, &str)> {
    let names = catalog.objects.iter().filter_map(|(id, entry)| match &entry.object {
        _ if id.kind().is_relation() || id.kind().is_type() => Some((id.schema(), id.name())),
        Object::Constraint(constraint) if has_index(constraint) => Some((id.schema(), id.part())),
        _ => None,
    });
    names.collect()
}

/// Returns whether nothing has the new name, so that the rename can come before everything else.
fn is_free(catalog: &Catalog, taken: &HashSet<(&str, &str)>, rename: &Rename) -> bool {
    let new = &rename.to;
    let object = catalog.objects.get(&rename.from).map(|entry| &entry.object);
    let key = matches!(object, Some(Object::Constraint(of)) if has_index(of));
    let name = if key { new.part() } else { new.name() };
    let free = new.schema().is_empty() || (!key && !new.part().is_empty());
    free || !taken.contains(&(new.schema(), name))
}

/// Returns whether the constraint's name is an index's too; the others' are their tables' own.
fn has_index(constraint: &Constraint) -> bool {
    matches!(constraint.form.as_str(), "p" | "u" | "x")
}

/// Both catalogs and what only one of them has.
struct Sides<'a> {
    from: &'a Catalog,
    to: &'a Catalog,
    apart: &'a Apart,
}

impl Sides<'_> {
    /// Returns the pairs of an object that is gone and one that is new with the same `key`, where no third one of the
    /// kind has that key; what has none is in no pair.
    fn pairs(&self, kind: Kind, key: impl Fn(&Catalog, &Id) -> Option<String>) -> Vec<Rename> {
        let of_kind = |ids: &BTreeSet<Id>| -> Vec<Id> {
            let ids = ids.range(Id::new(kind, "", "")..).take_while(|id| id.kind() == kind);
            ids.cloned().collect()
        };
        let (gone, new) = (of_kind(&self.apart.dropped), of_kind(&self.apart.created));
        if gone.is_empty() || new.is_empty() {
            return Vec::new();
        }
        let by_key = |catalog: &Catalog, ids: Vec<Id>| {
            let mut by_key: HashMap<String, Vec<Id>> = HashMap::new();
            for id in ids {
                if let Some(key) = key(catalog, &id) {
                    by_key.entry(key).or_default().push(id);
                }
            }
            by_key
        };
        let new = by_key(self.to, new);
        let mut pairs: Vec<Rename> = by_key(self.from, gone)
            .into_iter()
            .filter_map(|(key, gone)| match (gone.as_slice(), new.get(&key)?.as_slice()) {
                ([from], [to]) => Some(Rename { from: from.clone(), to: to.clone() }),
                _ => None,
            })
            .collect();
        pairs.sort();
        pairs
    }
}

fn key(of: &impl Serialize) -> Option<String> {
    serde_json::to_string(of).ok()
}

/// Tables of the same name with the same columns in another schema.
fn moved_tables(sides: &Sides<'_>) -> Vec<Rename> {
    let found = sides.pairs(Kind::Table, |catalog, id| {
        let columns: Vec<_> =
            catalog.columns(id).into_iter().map(|(id, column)| (id.part(), plain(column))).collect();
        let object = &catalog.objects[id].object;
        // A table's partitions move by themselves, once it has moved.
        (!columns.is_empty()).then(|| key(&(id.name(), object, &columns, links(catalog, id)))).flatten()
    });
    let taken = taken(sides.from);
    let free = |rename: &Rename| {
        let parts = sides.from.objects.iter().filter(|(_, entry)| entry.on.as_ref() == Some(&rename.from));
        let mut names = parts.filter_map(|(id, entry)| match &entry.object {
            Object::Constraint(constraint) if constraint.form != "c" => Some(id.part()),
            Object::Index(_) | Object::Ownership(_) | Object::Named => Some(id.name()),
            _ => None,
        });
        names.all(|name| !taken.contains(&(rename.to.schema(), name)))
    };
    found.into_iter().filter(free).collect()
}

/// Types with the same parts, of the same name or in the same schema.
fn types(sides: &Sides<'_>) -> Vec<Rename> {
    let shape = |catalog: &Catalog, id: &Id| -> Option<String> {
        let entry = &catalog.objects[id];
        let attributes: Vec<_> =
            catalog.columns(id).into_iter().map(|(id, column)| (id.part(), plain(column))).collect();
        let checks: Vec<_> = catalog
            .parts(id, Kind::DomainConstraint)
            .map(|(check, entry)| (check.part(), &entry.object))
            .collect();
        key(&(&entry.object, attributes, checks))
    };
    let kinds = [Kind::Enum, Kind::Domain, Kind::Composite];
    let found = kinds.into_iter().flat_map(|kind| sides.pairs(kind, shape));
    found.filter(|Rename { from, to }| from.schema() == to.schema() || from.name() == to.name()).collect()
}

/// Sequences of no column, of the same name in another schema.
fn moved_sequences(sides: &Sides<'_>) -> Vec<Rename> {
    sides.pairs(Kind::Sequence, |catalog, id| {
        let Object::Sequence(sequence) = &catalog.objects[id].object else { return None };
        let mut sequence = sequence.clone();
        sequence.schema = String::new();
        let alone = !catalog.objects.contains_key(&id.with(Kind::Ownership, ""));
        alone.then(|| key(&sequence)).flatten()
    })
}

/// Tables with the same columns in the same order; one column says too little.
fn tables(sides: &Sides<'_>) -> Vec<Rename> {
    sides.pairs(Kind::Table, |catalog, id| {
        let columns = catalog.columns(id).into_iter();
        let columns: Vec<_> = columns.map(|(id, column)| (id.part(), plain(column))).collect();
        let links = links(catalog, id);
        let telling = columns.len() > 1 || links.iter().any(|link| link.1.is_some());
        let key = || key(&(id.schema(), &catalog.objects[id].object, &columns, links));
        telling.then(key).flatten()
    })
}

/// Returns the parents of a table, each with the bound of a partition.
fn links(catalog: &Catalog, id: &Id) -> Vec<(Relation, Option<String>)> {
    let parents = catalog.parents(id).into_iter();
    parents.map(|(_, link)| (link.parent.clone(), link.bound.clone())).collect()
}

/// Returns the column without what does not make it what it is: its place, the names of its sequence and `NOT NULL`.
fn plain(column: &Column) -> Column {
    let mut column = column.clone();
    (column.position, column.local, column.not_null_constraint) = (0, true, None);
    if let Some(sequence) = &mut column.sequence {
        (sequence.name, sequence.schema) = (String::new(), String::new());
    }
    column
}

/// One label of an enum in the place of another.
fn labels(sides: &Sides<'_>) -> Vec<Rename> {
    let mut renames = Vec::new();
    for (id, entry) in sides.from.of_kind(Kind::Enum) {
        let (Object::Enum(old), Some(Object::Enum(new))) =
            (&entry.object, sides.to.objects.get(id).map(|entry| &entry.object))
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

/// Sequences of the same column.
fn sequences(sides: &Sides<'_>) -> Vec<Rename> {
    sides.pairs(Kind::Sequence, |catalog, id| {
        let Object::Sequence(sequence) = &catalog.objects[id].object else { return None };
        let owner = &catalog.objects.get(&id.with(Kind::Ownership, ""))?.object;
        let mut sequence = sequence.clone();
        (sequence.name, sequence.schema) = (String::new(), String::new());
        key(&(id.schema(), sequence, owner))
    })
}

fn indexes(sides: &Sides<'_>) -> Vec<Rename> {
    sides.pairs(Kind::Index, |catalog, id| {
        let entry = &catalog.objects[id];
        let Object::Index(index) = &entry.object else { return None };
        let mut index = index.clone();
        index.definition = renamed::nameless(&index.definition, id);
        key(&(&entry.on, id.schema(), index))
    })
}
