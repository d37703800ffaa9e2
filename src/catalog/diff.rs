//! What differs between two catalogs, object by object and property by property. Pure.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::declared::redeclared;
use super::foreign::reoptioned;
use super::id::{Id, Kind};
use super::model::{Catalog, Column, Entry, Object};
use super::settle::canonical;
use super::subscription::reconnected;
use super::{major, rename, scope};

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
pub struct Changes<'a> {
    /// What is, after the renames.
    pub from: Cow<'a, Catalog>,
    /// What shall be.
    pub to: Cow<'a, Catalog>,
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
    /// Indexes of the side that shall be that PostgreSQL gave up building. No statement makes one, so this is only said.
    pub dead: BTreeSet<Id>,
}

impl Changes<'_> {
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
pub fn diff<'a>(from: &'a Catalog, to: &'a Catalog, options: &Options) -> Changes<'a> {
    let common = from.version.min(to.version);
    let mut from = major::settled(scope::scoped(from, options), common);
    let to = major::settled(scope::scoped(to, options), common);
    let mut apart = Apart::between(&from, &to);
    apart.created.retain(|id| !is_dead(&to, id));
    let lives = |id: &Id| from.objects.contains_key(id) && !is_dead(&from, id);
    let dead = to.of_kind(Kind::Index).map(|(id, _)| id);
    let dead = dead.filter(|id| is_dead(&to, id) && (lives(id) || !from.objects.contains_key(*id)));
    let dead: BTreeSet<Id> = dead.cloned().collect();
    let renamed = match options.renames {
        Renames::Detect => rename::detect(&mut from, &to, &mut apart),
        Renames::Off => Vec::new(),
    };
    let mut altered = BTreeMap::new();
    let mut reordered = BTreeSet::new();
    walk(&from, &to, |id, entry, other| {
        let (Some(entry), Some(other)) = (entry, other) else { return };
        if has_columns(id) && is_reordered(&from, &to, id) {
            reordered.insert(id.clone());
        }
        if entry != other {
            let mut properties = properties(entry, other);
            properties.extend(displaced((&from, &to), (entry, other)));
            properties.extend(reconnected(entry, other));
            properties.extend(reoptioned(entry, other));
            properties.extend(redeclared((&from, &to), id, (entry, other)));
            if !properties.is_empty() {
                altered.insert(id.clone(), properties);
            }
        }
    });
    let Apart { created, dropped } = apart;
    Changes { from, to, locking: options.locking, renamed, created, dropped, altered, reordered, dead }
}

/// Objects that only one side has.
#[derive(Debug, Default)]
pub(super) struct Apart {
    /// Those of the side that shall be.
    pub(super) created: BTreeSet<Id>,
    /// Those of the side that is.
    pub(super) dropped: BTreeSet<Id>,
}

impl Apart {
    pub(super) fn between(from: &Catalog, to: &Catalog) -> Self {
        let (mut created, mut dropped) = (Vec::new(), Vec::new());
        walk(from, to, |id, from, to| match (from, to) {
            (None, Some(_)) => created.push(id.clone()),
            (Some(_), None) => dropped.push(id.clone()),
            _ => {}
        });
        Self { created: created.into_iter().collect(), dropped: dropped.into_iter().collect() }
    }
}

/// Walks both sides' objects together in the order of their identities: one pass, no search.
fn walk<'a>(
    from: &'a Catalog,
    to: &'a Catalog,
    mut visit: impl FnMut(&'a Id, Option<&'a Entry>, Option<&'a Entry>),
) {
    let (mut left, mut right) = (from.objects.iter().peekable(), to.objects.iter().peekable());
    loop {
        let side = match (left.peek(), right.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((one, _)), Some((other, _))) => one.cmp(other),
        };
        let from = if side.is_le() { left.next() } else { None };
        let to = if side.is_ge() { right.next() } else { None };
        if let Some((id, _)) = from.or(to) {
            visit(id, from.map(|(_, entry)| entry), to.map(|(_, entry)| entry));
        }
    }
}

fn properties(from: &Entry, to: &Entry) -> Vec<Property> {
    let authored = matches!(from.object, Object::Function(_));
    // Not every role reads it, and not everything in it is shown: `reconnected` and `reoptioned` compare it.
    let apart = match from.object {
        Object::Subscription(_) => "connection",
        Object::Plain(_) => "options",
        _ => "server_options",
    };
    let (from, to) = (flat(from), flat(to));
    let names: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let (from, to) = (from.get(name), to.get(name));
            let value = |side: Option<&Value>| side.cloned().unwrap_or(Value::Null);
            let same = match (from, to) {
                _ if name == apart => true,
                (Some(Value::String(from)), Some(Value::String(to))) if !authored && name != "comment" => {
                    canonical(from) == canonical(to)
                }
                // Nothing makes an index invalid but a failure.
                (Some(Value::Bool(_)), Some(to)) if name == "valid" && *to == Value::Bool(false) => true,
                (from, to) => from == to,
            };
            (!same).then(|| Property { name: name.clone(), from: value(from), to: value(to) })
        })
        .collect()
}

/// Returns the places of a parent among those that both sides have, where they differ: columns come from the parents in
/// their order.
fn displaced((from, to): (&Catalog, &Catalog), sides: (&Entry, &Entry)) -> Option<Property> {
    let ((Object::Inheritance(one), Object::Inheritance(other)), Some(table)) =
        ((&sides.0.object, &sides.1.object), &sides.0.on)
    else {
        return None;
    };
    if one.position == other.position {
        return None;
    }
    let order = |catalog: &Catalog| -> Vec<Id> {
        catalog.parents(table).into_iter().map(|(parent, _)| parent).collect()
    };
    let (before, after) = (order(from), order(to));
    let place = |these: &[Id], those: &[Id]| {
        let mut common = these.iter().filter(|id| those.contains(id));
        common.position(|id| (id.schema(), id.name()) == (one.parent.0.as_str(), one.parent.1.as_str()))
    };
    let (from, to) = (place(&before, &after)?, place(&after, &before)?);
    (from != to).then(|| Property {
        name: "position".to_owned(),
        from: (from + 1).into(),
        to: (to + 1).into(),
    })
}

/// Returns the properties that count, by name: not the place of a column, not who declared what is inherited.
pub(super) fn flat(entry: &Entry) -> BTreeMap<String, Value> {
    let mut entry = entry.clone();
    match &mut entry.object {
        Object::Column(column) => {
            (column.position, column.local, column.inherited) = (0, true, false);
            column.not_null_local = false;
        }
        Object::Constraint(constraint) => {
            (constraint.local, constraint.inherited, constraint.original) = (true, false, None);
        }
        Object::View(view) => view.populated = true,
        // A partitioned one is valid when its partitions' are.
        Object::Index(index) => index.valid |= index.partitioned,
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

/// Returns whether it is an index that PostgreSQL began to build and gave up: `pg_dump` leaves it out too.
fn is_dead(catalog: &Catalog, id: &Id) -> bool {
    matches!(catalog.objects.get(id).map(|entry| &entry.object),
        Some(Object::Index(index)) if !index.valid && !index.partitioned)
}

fn has_columns(id: &Id) -> bool {
    matches!(id.kind(), Kind::Table | Kind::ForeignTable | Kind::Composite)
}

/// Returns whether the columns that both sides have stand in another order.
fn is_reordered<'a>(from: &'a Catalog, to: &'a Catalog, table: &'a Id) -> bool {
    let (one, other) = (from.columns(table), to.columns(table));
    let ids = |columns: &[(&'a Id, &Column)]| columns.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    let (mut one, mut other) = (ids(&one), ids(&other));
    if one == other {
        return false;
    }
    one.retain(|id| to.objects.contains_key(*id));
    other.retain(|id| from.objects.contains_key(*id));
    one != other
}
