//! Which object needs which: `pg_depend`, and what it does not say. Pure.

use std::collections::{BTreeMap, HashMap};

use super::assemble::{Dependency, Names};
use super::id::{Id, Kind};
use super::model::{DefaultPrivileges, Entry, Object, Relation};

/// Catalogs of which the queries read every row that stands for an object; another class in `pg_depend` is a kind that
/// crmdb does not know.
pub(super) const MODELLED_ELSEWHERE: &[u32] = &[
    1259, 1247, 1255, 2606, 2604, 2620, 2618, 3256, 2615, 3079, 826, 2605, 2617, 2616, 2753, 2602, 2603,
    2607, 3456, 2612, 3600, 3601, 3602, 3764, 2328, 1417, 1418, 6104, 6106, 6237, 3381, 3466, 2601, 3576,
    6100,
];

/// Returns for each object those that must be there before it.
pub(super) fn needs(
    objects: &BTreeMap<Id, Entry>,
    names: &Names,
    dependencies: &[Dependency],
) -> BTreeMap<Id, Vec<Id>> {
    let mut needs: HashMap<&Id, Vec<&Id>> = HashMap::with_capacity(objects.len());
    for row in dependencies.iter().filter(|row| matches!(row.form, b'n' | b'a' | b'i')) {
        let (Some(from), Some(to)) = (names.find(row.from), names.find(row.to)) else { continue };
        if from != to && counts(from, to) {
            needs.entry(from).or_default().push(to);
        }
    }
    shells(objects, &mut needs);
    let parts = Parts::of(objects);
    for (id, entry) in objects {
        let extra = implied(id, entry, &parts).into_iter().filter(|need| *need != id);
        needs.entry(id).or_default().extend(extra);
    }
    let keys = objects.iter().filter(|(_, entry)| match &entry.object {
        Object::Constraint(constraint) => constraint.form == "f" && !parts.branches.is_empty(),
        _ => false,
    });
    for (id, _) in keys {
        // A foreign key onto a partitioned table needs the whole tree of indexes: until every partition's is attached
        // the parent's is not valid.
        let branches: Vec<&Id> =
            needs.get(id).into_iter().flatten().flat_map(|need| parts.branches(need)).collect();
        needs.entry(id).or_default().extend(branches);
    }
    let sorted = objects.keys().filter_map(|id| {
        let mut needs = needs.remove(id).filter(|needs| !needs.is_empty())?;
        needs.sort_unstable();
        needs.dedup();
        Some((id.clone(), needs.into_iter().cloned().collect()))
    });
    sorted.collect()
}

/// A base type needs its functions, which need no more of it than its shell.
fn shells<'a>(objects: &'a BTreeMap<Id, Entry>, needs: &mut HashMap<&'a Id, Vec<&'a Id>>) {
    let first = Id::new(Kind::ShellType, "", "");
    for shell in objects.range(first..).map(|(id, _)| id).take_while(|id| id.kind() == Kind::ShellType) {
        let Some((base, _)) = objects.get_key_value(&shell.with(Kind::BaseType, "")) else { continue };
        let own = needs.entry(base).or_default();
        own.push(shell);
        for function in own.clone() {
            let back = needs.get_mut(function).into_iter().flatten();
            back.filter(|need| **need == base).for_each(|need| *need = shell);
        }
    }
}

/// Returns whether a dependency says what must be there first. A sequence's on its column does not, ownership does; a
/// child table's on its parent does not, inheritance does.
fn counts(from: &Id, to: &Id) -> bool {
    let table = |id: &Id| matches!(id.kind(), Kind::Table | Kind::ForeignTable);
    let owned = from.kind() == Kind::Sequence && to.kind() == Kind::Column;
    let part = from.kind() == Kind::Table && to.kind() == Kind::Column && from.name() == to.name();
    !(owned || part || (table(from) && table(to)))
}

/// What belongs to what, for the edges that names alone give.
struct Parts<'a> {
    objects: &'a BTreeMap<Id, Entry>,
    columns: HashMap<(&'a str, &'a str), Vec<&'a Id>>,
    checks: HashMap<&'a Id, Vec<&'a Id>>,
    indexes: HashMap<(&'a str, &'a str), &'a Id>,
    branches: HashMap<&'a Relation, Vec<&'a Id>>,
    /// How each partition is attached.
    links: HashMap<&'a Id, (&'a Id, &'a Relation)>,
}

impl<'a> Parts<'a> {
    fn of(objects: &'a BTreeMap<Id, Entry>) -> Self {
        let mut parts = Self {
            objects,
            columns: HashMap::new(),
            checks: HashMap::new(),
            indexes: HashMap::new(),
            branches: HashMap::new(),
            links: HashMap::new(),
        };
        for (id, entry) in objects {
            match &entry.object {
                Object::Column(_) => parts.columns.entry((id.schema(), id.name())).or_default().push(id),
                Object::Constraint(constraint) => {
                    if let (true, Some(on)) = (constraint.form != "f", &entry.on) {
                        parts.checks.entry(on).or_default().push(id);
                        parts.indexes.insert((id.schema(), id.part()), id);
                    }
                    if let Some(parent) = &constraint.parent {
                        parts.branches.entry(parent).or_default().push(id);
                    }
                }
                Object::Index(index) => {
                    if let Some(on) = &entry.on {
                        parts.checks.entry(on).or_default().push(id);
                    }
                    parts.indexes.insert((id.schema(), id.name()), id);
                    if let Some(parent) = &index.parent {
                        parts.branches.entry(parent).or_default().push(id);
                    }
                }
                Object::Inheritance(link) if link.bound.is_some() => {
                    parts.links.extend(entry.on.as_ref().map(|on| (on, (id, &link.parent))));
                }
                _ => {}
            }
        }
        parts
    }

    fn object(&self, id: &Id) -> Option<&'a Id> {
        self.objects.get_key_value(id).map(|(id, _)| id)
    }

    fn table(&self, name: &Relation) -> Option<&'a Id> {
        [Kind::Table, Kind::ForeignTable]
            .into_iter()
            .find_map(|kind| self.object(&Id::new(kind, name.0.as_str(), name.1.as_str())))
    }

    fn columns(&self, schema: &'a str, name: &'a str) -> impl Iterator<Item = &'a Id> {
        self.columns.get(&(schema, name)).into_iter().flatten().copied()
    }

    fn index(&self, name: &'a Relation) -> Option<&'a Id> {
        self.indexes.get(&(name.0.as_str(), name.1.as_str())).copied()
    }

    /// Returns the links above a partition, and the triggers of that name on the tables above it.
    fn above(&self, partition: &Id, trigger: &str) -> Vec<&'a Id> {
        let mut above = Vec::new();
        let mut at = self.links.get(partition);
        while let Some((link, parent)) = at {
            let table = self.table(parent);
            above.push(*link);
            above.extend(table.and_then(|table| self.object(&table.with(Kind::Trigger, trigger))));
            at = table.and_then(|table| self.links.get(table));
        }
        above
    }

    /// Returns the partitions' indexes under a partitioned index, however deep.
    fn branches(&self, index: &Id) -> Vec<&'a Id> {
        let name = if index.kind() == Kind::Constraint { index.part() } else { index.name() };
        let key = Relation(index.schema().to_owned(), name.to_owned());
        let below = self.branches.get(&key).into_iter().flatten();
        below.flat_map(|id| std::iter::once(*id).chain(self.branches(id))).collect()
    }
}

fn implied<'a>(id: &'a Id, entry: &'a Entry, parts: &Parts<'a>) -> Vec<&'a Id> {
    let mut needs: Vec<&Id> = entry.on.iter().filter_map(|on| parts.object(on)).collect();
    match &entry.object {
        Object::Ownership(owner) => {
            needs.extend(parts.object(&id.with(Kind::Sequence, "")));
            let table = Id::new(Kind::Column, owner.table.0.as_str(), owner.table.1.as_str());
            needs.extend(parts.object(&table.with(Kind::Column, owner.column.as_str())));
        }
        Object::Default(_) => needs.extend(parts.object(&id.with(Kind::Column, id.part()))),
        Object::Index(index) => needs.extend(index.parent.as_ref().and_then(|name| parts.index(name))),
        Object::Constraint(constraint) => {
            needs.extend(constraint.parent.as_ref().and_then(|name| parts.index(name)));
        }
        Object::Inheritance(link) => {
            needs.extend(parts.table(&link.parent));
            needs.extend(parts.columns(&link.parent.0, &link.parent.1));
            needs.extend(parts.columns(id.schema(), id.name()));
            // What the parent has is matched with what the partition brings when it is attached.
            if let (Some(_), Some(on)) = (&link.bound, &entry.on) {
                needs.extend(parts.checks.get(on).into_iter().flatten());
            }
        }
        Object::DefaultPrivileges(DefaultPrivileges { extension: Some(name), .. }) => {
            needs.extend(parts.object(&Id::new(Kind::Extension, "", name.as_str())));
        }
        // A copy comes when its partition is attached or when the trigger is made, and goes likewise.
        Object::Trigger(trigger) if trigger.cloned => {
            needs.extend(entry.on.iter().flat_map(|on| parts.above(on, id.part())));
        }
        _ => {}
    }
    needs
}
