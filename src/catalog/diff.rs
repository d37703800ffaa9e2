//! What differs between two catalogs, object by object and property by property. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::id::{Id, Kind};
use super::model::{Catalog, Entry, Object};
use super::{rename, scope};

/// What is compared and how the way from one to the other is chosen.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The only schemas that count; all when empty.
    pub schemas: Vec<String>,
    /// Patterns (`*`, `?`) of `schema.name` or `name` that do not count.
    pub exclude: Vec<String>,
    /// Aspects that do not count.
    pub ignore: BTreeSet<Aspect>,
    /// Whether renamed objects are recognised.
    pub renames: Renames,
    /// Whether the statements may block writers while they work.
    pub locking: Locking,
}

/// A property that every kind of object may have and that may be left out of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// Grants and default privileges.
    Privileges,
    /// Owners.
    Owner,
    /// Comments.
    Comments,
}

/// Whether an object that is gone and one that is there are taken for the same when the evidence is clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Renames {
    /// They are.
    #[default]
    Detect,
    /// They never are: one is dropped, the other made.
    Off,
}

/// How much the statements may lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locking {
    /// The direct way.
    #[default]
    Blocking,
    /// Indexes are built concurrently, constraints added first and validated after.
    Online,
}

/// One property that differs; JSON `null` where a side does not have it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Property {
    /// The property's name.
    pub name: String,
    /// What it is.
    pub from: Value,
    /// What it shall be.
    pub to: Value,
}

/// An object that has another name and is otherwise the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Rename {
    /// What it is called.
    pub from: Id,
    /// What it shall be called.
    pub to: Id,
}

/// Everything that differs.
#[derive(Debug, Clone)]
pub struct Changes {
    /// What is, after the renames.
    pub from: Catalog,
    /// What shall be.
    pub to: Catalog,
    /// How the way is chosen.
    pub locking: Locking,
    /// What is renamed, in the order in which the renames must happen.
    pub renamed: Vec<Rename>,
    /// What is not there yet.
    pub created: BTreeSet<Id>,
    /// What is there and shall not be.
    pub dropped: BTreeSet<Id>,
    /// What is on both sides and differs.
    pub altered: BTreeMap<Id, Vec<Property>>,
    /// Tables whose common columns stand in another order. PostgreSQL cannot move a column, so this is only said.
    pub reordered: BTreeSet<Id>,
}

impl Changes {
    /// Returns whether nothing differs that SQL could change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.renamed.is_empty()
            && self.created.is_empty()
            && self.dropped.is_empty()
            && self.altered.is_empty()
    }
}

/// Returns what differs between the catalogs `from` and `to`.
#[must_use]
pub fn diff(from: &Catalog, to: &Catalog, options: &Options) -> Changes {
    let mut from = scope::scoped(from, options);
    let to = scope::scoped(to, options);
    let renamed = match options.renames {
        Renames::Detect => rename::detect(&mut from, &to),
        Renames::Off => Vec::new(),
    };
    let created = to.objects.keys().filter(|id| !from.objects.contains_key(id)).cloned().collect();
    let dropped = from.objects.keys().filter(|id| !to.objects.contains_key(id)).cloned().collect();
    let mut altered = BTreeMap::new();
    for (id, entry) in &from.objects {
        let Some(other) = to.objects.get(id).filter(|other| *other != entry) else { continue };
        let properties = properties(entry, other);
        if !properties.is_empty() {
            altered.insert(id.clone(), properties);
        }
    }
    let reordered = reordered(&from, &to);
    Changes { from, to, locking: options.locking, renamed, created, dropped, altered, reordered }
}

fn properties(from: &Entry, to: &Entry) -> Vec<Property> {
    let (from, to) = (flat(from), flat(to));
    let names: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let (from, to) = (from.get(name), to.get(name));
            let value = |side: Option<&Value>| side.cloned().unwrap_or(Value::Null);
            (from != to).then(|| Property { name: name.clone(), from: value(from), to: value(to) })
        })
        .collect()
}

/// Returns the properties that count, by name: not the place of a column, not who declared what is inherited.
pub(super) fn flat(entry: &Entry) -> BTreeMap<String, Value> {
    let mut entry = entry.clone();
    match &mut entry.object {
        Object::Column(column) => {
            (column.position, column.local, column.inherited) = (0, true, false);
        }
        Object::Constraint(constraint) => {
            (constraint.local, constraint.inherited, constraint.cloned) = (true, false, false);
        }
        Object::View(view) => view.populated = true,
        Object::Inheritance(link) => link.position = 0,
        Object::Extension(extension) => {
            extension.relocatable = false;
            extension.updates.clear();
        }
        // What can differ in the statement is in the settings too.
        Object::Plain(plain) => plain.create = None,
        Object::DefaultPrivileges(privileges) => privileges.base.clear(),
        _ => {}
    }
    let mut flat = BTreeMap::new();
    if let Ok(Value::Object(fields)) = serde_json::to_value(&entry) {
        for (name, value) in fields {
            match value {
                Value::Object(fields) if name == "object" => flat.extend(fields),
                Value::Null => {}
                value => drop(flat.insert(name, value)),
            }
        }
    }
    flat
}

fn reordered(from: &Catalog, to: &Catalog) -> BTreeSet<Id> {
    let order = |catalog: &Catalog, other: &Catalog, table: &Id| -> Vec<Id> {
        let columns = catalog.columns(table).into_iter().map(|(id, _)| id.clone());
        columns.filter(|id| other.objects.contains_key(id)).collect()
    };
    let both = from.objects.keys().filter(|id| to.objects.contains_key(id));
    both.filter(|id| matches!(id.kind(), Kind::Table | Kind::ForeignTable | Kind::Composite))
        .filter(|id| order(from, to, id) != order(to, from, id))
        .cloned()
        .collect()
}
