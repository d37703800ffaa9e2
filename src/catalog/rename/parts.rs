//! Parts of tables and types that only have another name. Pure.

use std::collections::HashSet;

use super::{Sides, key, plain};
use crate::catalog::diff::Rename;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Constraint, Object};
use crate::catalog::renamed;

/// Columns of the same table in the same place.
pub(super) fn columns(sides: &Sides<'_>) -> Vec<Rename> {
    let found = sides.pairs(Kind::Column, |catalog, id| {
        let entry = &catalog.objects[id];
        let Object::Column(column) = &entry.object else { return None };
        let on = entry.on.as_ref().filter(|on| on.kind() == Kind::Table)?;
        let default = catalog.objects.get(&id.with(Kind::Default, id.part())).map(|entry| &entry.object);
        let typed = matches!(&catalog.objects[on].object, Object::Table(table) if table.of_type.is_some());
        let own = stays(sides, on) && !typed && !column.inherited && column.generated.is_none();
        own.then(|| key(&(on, plain(column), default))).flatten()
    });
    found.into_iter().filter(|rename| is_in_place(sides, rename)).collect()
}

/// Columns of the same view in the same place, where the others stay as they are and nothing below is written anew: else
/// the view is made again.
pub(super) fn view_columns(sides: &Sides<'_>) -> Vec<Rename> {
    let views = sides.from.of_kind(Kind::View).map(|(id, _)| id).filter(|id| stays(sides, id));
    let mut renames = Vec::new();
    for view in views {
        let (old, new) = (sides.from.columns(view), sides.to.columns(view));
        let form = |catalog: &Catalog, id: &Id| match &catalog.objects.get(id)?.object {
            Object::Column(column) => Some((column.type_name.clone(), column.collation.clone())),
            _ => None,
        };
        let apart =
            |from: &Id, to: &Id| sides.apart.dropped.contains(from) && sides.apart.created.contains(to);
        let mut pairs = old.iter().zip(&new).map(|((from, _), (to, _))| (*from, *to));
        let kept = |(from, to): (&Id, &Id)| {
            form(sides.from, from) == form(sides.to, to) && (from == to || apart(from, to))
        };
        let mut below = sides.from.needs.get(view).into_iter().flatten();
        let as_it_was = |need: &Id| form(sides.to, need).is_none_or(|to| form(sides.from, need) == Some(to));
        if old.len() <= new.len() && pairs.clone().all(kept) && below.all(as_it_was) {
            let named = pairs.by_ref().filter(|(from, to)| from != to);
            renames.extend(named.map(|(from, to)| Rename { from: from.clone(), to: to.clone() }));
        }
    }
    renames
}

/// Attributes of the same composite type in the same place.
pub(super) fn attributes(sides: &Sides<'_>) -> Vec<Rename> {
    let found = sides.pairs(Kind::Attribute, |catalog, id| {
        let entry = &catalog.objects[id];
        let Object::Column(attribute) = &entry.object else { return None };
        let on = entry.on.as_ref().filter(|on| stays(sides, on))?;
        key(&(on, plain(attribute)))
    });
    found.into_iter().filter(|rename| is_in_place(sides, rename)).collect()
}

fn stays(sides: &Sides<'_>, on: &Id) -> bool {
    !sides.apart.created.contains(on) && !sides.apart.dropped.contains(on)
}

fn is_in_place(sides: &Sides<'_>, rename: &Rename) -> bool {
    let place = |catalog: &Catalog, id: &Id| {
        let on = catalog.objects.get(id)?.on.as_ref()?;
        catalog.columns(on).iter().position(|(other, _)| *other == id)
    };
    place(sides.from, &rename.from) == place(sides.to, &rename.to)
}

/// Constraints of the same table.
pub(super) fn constraints(sides: &Sides<'_>) -> Vec<Rename> {
    let parents = parents(sides.from);
    sides.pairs(Kind::Constraint, |catalog, id| {
        let entry = &catalog.objects[id];
        let Object::Constraint(constraint) = &entry.object else { return None };
        // In a family of tables one rename of a check renames the children's too; each key has a name of its own.
        let own = matches!(constraint.form.as_str(), "p" | "u" | "x" | "f");
        let alone = |on: &&Id| own || (!parents.contains(*on) && sides.from.parents(on).is_empty());
        let on = entry.on.as_ref().filter(alone)?;
        // What a copy is a copy of may get another name at the same time.
        let original = constraint.original.as_ref().map(|_| String::new());
        key(&(on, Constraint { original, ..constraint.clone() }))
    })
}

/// Checks of the same domain.
pub(super) fn domain_constraints(sides: &Sides<'_>) -> Vec<Rename> {
    sides.pairs(Kind::DomainConstraint, |catalog, id| {
        let entry = &catalog.objects[id];
        key(&(entry.on.as_ref().filter(|on| stays(sides, on))?, &entry.object))
    })
}

/// Triggers and rules of the same table, outside of families, where one rename renames the partitions' too.
pub(super) fn triggers(sides: &Sides<'_>) -> Vec<Rename> {
    let parents = parents(sides.from);
    let shape = |catalog: &Catalog, id: &Id| {
        let entry = &catalog.objects[id];
        let Object::Trigger(trigger) = &entry.object else { return None };
        let alone = |on: &&Id| !parents.contains(*on) && sides.from.parents(on).is_empty();
        let on = entry.on.as_ref().filter(alone)?;
        let mut trigger = trigger.clone();
        trigger.definition = renamed::nameless_trigger(&trigger.definition, id);
        key(&(on, trigger))
    };
    [Kind::Trigger, Kind::Rule].into_iter().flat_map(|kind| sides.pairs(kind, shape)).collect()
}

/// Policies of the same table.
pub(super) fn policies(sides: &Sides<'_>) -> Vec<Rename> {
    sides.pairs(Kind::Policy, |catalog, id| {
        let entry = &catalog.objects[id];
        key(&(entry.on.as_ref()?, &entry.object))
    })
}

/// Returns the tables that others are partitions or children of.
fn parents(catalog: &Catalog) -> HashSet<Id> {
    let links = catalog.of_kind(Kind::Inheritance).filter_map(|(_, entry)| match &entry.object {
        Object::Inheritance(link) => catalog.table(&link.parent),
        _ => None,
    });
    links.collect()
}
