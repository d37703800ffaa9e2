//! Indexes of partitioned tables and those of their partitions: which are alike, which is a part of which. Pure.

use std::collections::{HashMap, HashSet};

use super::fate::{Fate, Fates};
use super::index::is_partitioned;
use super::plan::Plan;
use crate::catalog::diff::Changes;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Object, Relation};

impl Plan<'_> {
    /// Returns whether the constraint is no part of `CREATE TABLE`: another one asks for the same index, and the statement
    /// would make only one of them, or attaching a partition could take one's index for the other's.
    pub(super) fn is_doubled(&self, id: &Id) -> bool {
        let (Some((later, key)), Some(on)) = (index_key(self.to(), id), &self.to().objects[id].on) else {
            return false;
        };
        let partitioned = is_partitioned(self.to(), on);
        let constraints = self.to().parts(on, Kind::Constraint).map(|(other, _)| other);
        let indexes = self.new_indexes.get(on).into_iter().flatten().filter(|_| partitioned);
        // The first of them stays in the statement: the primary key, else the first by name.
        constraints.chain(indexes).filter(|other| *other != id).any(|other| {
            index_key(self.to(), other).is_some_and(|(other_later, other_key)| {
                other_key == key && (partitioned || (other_later, other) < (later, id))
            })
        })
    }

    /// Returns whether a partition's index is attached by a statement of its own. Attaching the table matches its indexes
    /// with its parent's by their shape, which is not enough where two have the same; so both come after it.
    pub(super) fn follows_attaching(&self, index: &Id) -> bool {
        if self.fates.of(index).is_none_or(|fate| fate == Fate::Drop) {
            return false;
        }
        let Some(entry) = self.to().objects.get(index) else { return false };
        let parent = trunk_name(&entry.object)
            .zip(entry.on.as_ref())
            .and_then(|(name, on)| index_named(self.to(), on, name));
        parent.is_some_and(|parent| self.comes_after_partitions(&parent))
    }

    /// Returns the partitions' indexes that come and are a part of the index, however deep.
    pub(super) fn branches(&self, index: &Id) -> Vec<&Id> {
        let below = self.branches.get(&index_name(index)).into_iter().flatten();
        below.flat_map(|id| std::iter::once(id).chain(self.branches(id))).collect()
    }

    /// Returns whether a partitioned table's index comes once its partitions are attached.
    pub(super) fn comes_after_partitions(&self, index: &Id) -> bool {
        self.fates.comes(index) && (index.kind() == Kind::Index || self.is_doubled(index))
    }
}

/// Returns the partitioned index that the index is a part of and stays a part of: PostgreSQL drops both or none.
pub(super) fn trunk(changes: &Changes<'_>, fates: &Fates, index: &Id) -> Option<Id> {
    let entry = changes.from.objects.get(index).filter(|_| fates.goes(index))?;
    let parent = trunk_name(&entry.object)?;
    let on = entry.on.as_ref().filter(|on| fates.stays(on))?;
    let mut links = changes.from.parents(on).into_iter();
    let attached = links.any(|(_, link)| {
        let id = on.with(Kind::Inheritance, link.parent.qualified());
        link.bound.is_some() && fates.stays(&id)
    });
    attached.then(|| index_named(&changes.from, on, parent)).flatten()
}

/// Returns whether the index of a partition that is detached goes on without the partitioned one that it is a part of.
pub(super) fn is_let_go(changes: &Changes<'_>, fates: &Fates, [trunk, index]: [&Id; 2]) -> bool {
    let name = |catalog: &Catalog| catalog.objects.get(index).map(|entry| trunk_name(&entry.object).cloned());
    let part =
        name(&changes.from).flatten().is_some() && matches!(trunk.kind(), Kind::Index | Kind::Constraint);
    let Some(on) = changes.from.objects[index].on.as_ref().filter(|_| part) else { return false };
    let mut links = changes.from.parents(on).into_iter();
    name(&changes.from) != name(&changes.to)
        && links.any(|(_, link)| fates.goes(&on.with(Kind::Inheritance, link.parent.qualified())))
}

/// Returns the partitioned indexes that have no valid part in a partition that is to be attached: attaching it would make one
/// (`AttachPartitionEnsureIndexes` in src/backend/commands/tablecmds.c), so they come after it.
pub(super) fn incomplete(changes: &Changes<'_>) -> Vec<Id> {
    let coming = changes.created.iter().filter_map(|id| match &changes.to.objects[id].object {
        Object::Inheritance(link) if link.bound.is_some() => {
            Some((changes.to.table(&link.parent)?, changes.to.objects[id].on.as_ref()?))
        }
        _ => None,
    });
    let coming: Vec<(Id, &Id)> = coming.collect();
    let mut on: HashMap<&Id, Vec<(&Id, &Object)>> = HashMap::new();
    for kind in [Kind::Index, Kind::Constraint].into_iter().filter(|_| !coming.is_empty()) {
        for (id, entry) in changes.to.of_kind(kind) {
            entry.on.iter().for_each(|table| on.entry(table).or_default().push((id, &entry.object)));
        }
    }
    let valid = |object: &Object| !matches!(object, Object::Index(index) if !index.valid);
    let mut out = Vec::new();
    for (table, partition) in coming {
        let parts = on.get(partition).into_iter().flatten().filter(|(_, object)| valid(object));
        let names: HashSet<&Relation> = parts.filter_map(|(_, object)| trunk_name(object)).collect();
        let lacking = on.get(&table).into_iter().flatten().filter(|(id, object)| {
            let key = matches!(object, Object::Index(_)) || index_key(&changes.to, id).is_some();
            key && changes.from.objects.contains_key(*id) && !names.contains(&index_name(id))
        });
        out.extend(lacking.map(|(id, _)| (*id).clone()));
    }
    out
}

fn index_name(id: &Id) -> Relation {
    let name = if id.kind() == Kind::Constraint { id.part() } else { id.name() };
    Relation(id.schema().to_owned(), name.to_owned())
}

/// Returns the partitioned index that the object's index is a part of.
pub(super) fn trunk_name(object: &Object) -> Option<&Relation> {
    match object {
        Object::Index(index) => index.parent.as_ref(),
        Object::Constraint(constraint) => constraint.parent.as_ref(),
        _ => None,
    }
}

/// Returns the columns of an index, or of a constraint's index, as PostgreSQL prints them, and whether it is no primary key's.
fn index_key<'a>(catalog: &'a Catalog, id: &Id) -> Option<(bool, &'a str)> {
    match &catalog.objects.get(id)?.object {
        Object::Constraint(constraint) => match constraint.form.as_str() {
            "p" => Some((false, constraint.definition.strip_prefix("PRIMARY KEY ")?)),
            "u" => Some((true, constraint.definition.strip_prefix("UNIQUE ")?)),
            "x" => Some((true, constraint.definition.as_str())),
            _ => None,
        },
        Object::Index(index) if index.definition.starts_with("CREATE UNIQUE INDEX ") => {
            Some((true, index.definition.split_once(" USING btree ")?.1))
        }
        _ => None,
    }
}

/// Returns the index, or the constraint with the index, of that name on a parent of the table `on`.
pub(super) fn index_named(catalog: &Catalog, on: &Id, name: &Relation) -> Option<Id> {
    let index = Id::new(Kind::Index, name.0.as_str(), name.1.as_str());
    if catalog.objects.contains_key(&index) {
        return Some(index);
    }
    let parents = catalog.parents(on).into_iter().filter(|(parent, _)| parent.schema() == name.0);
    let indexed = |id: &Id| {
        matches!(catalog.objects.get(id).map(|entry| &entry.object),
            Some(Object::Constraint(constraint)) if constraint.form != "c" && constraint.form != "f")
    };
    parents.map(|(parent, _)| parent.with(Kind::Constraint, name.1.as_str())).find(indexed)
}

/// Returns the indexes and constraints that come as parts of partitioned ones, by these.
pub(super) fn coming(changes: &Changes<'_>, fates: &Fates) -> HashMap<Relation, Vec<Id>> {
    let mut branches: HashMap<Relation, Vec<Id>> = HashMap::new();
    for kind in [Kind::Index, Kind::Constraint] {
        for (id, entry) in changes.to.of_kind(kind).filter(|(id, _)| fates.comes(id)) {
            if let Some(parent) = trunk_name(&entry.object) {
                branches.entry(parent.clone()).or_default().push(id.clone());
            }
        }
    }
    branches
}
