//! What must be made anew though it is the same on both sides, because PostgreSQL refuses to change what it rests on, or
//! would change it by itself. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::fate::{Fate, Fates};
use super::inplace::{is_word, retypes};
use crate::catalog::diff::Changes;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Object};

/// Returns what is made anew whatever happens to the rest: operators that another one comes to name, and tables whose
/// columns are named by their place.
pub(super) fn anew(changes: &Changes<'_>) -> BTreeSet<Id> {
    let mut anew = answering(changes);
    anew.extend(placed(changes));
    anew
}

/// Returns the operators that do not name one that comes and names them: PostgreSQL would let them, so it must be there
/// first.
fn answering(changes: &Changes<'_>) -> BTreeSet<Id> {
    let comes = |id: &Id| {
        id.kind() == Kind::Operator && (changes.created.contains(id) || changes.altered.contains_key(id))
    };
    let named = changes.to.of_kind(Kind::Operator).map(|(id, _)| id);
    let named = named.filter(|id| changes.from.objects.contains_key(*id));
    named.filter(|id| changes.to.needs.get(*id).into_iter().flatten().any(comes)).cloned().collect()
}

/// Returns the tables that would have their columns in another order than a list of names wants that stands for them:
/// `FROM t x(a, b)`.
fn placed(changes: &Changes<'_>) -> BTreeSet<Id> {
    let moved: BTreeMap<String, &Id> = changes
        .to
        .of_kind(Kind::Table)
        .filter(|(id, _)| changes.from.objects.contains_key(*id) && is_moved(changes, id))
        .map(|(id, _)| (id.qualified(), id))
        .collect();
    if moved.is_empty() {
        return BTreeSet::new();
    }
    let mut anew = BTreeSet::new();
    for (id, entry) in &changes.to.objects {
        let Some(text) = parsed(&entry.object) else { continue };
        for need in changes.to.needs.get(id).into_iter().flatten() {
            let listed = match changes.to.objects.get(need).map(|entry| &entry.object) {
                Some(Object::Table(_) | Object::Column(_)) => moved.get(&need.qualified()),
                Some(Object::Function(function)) => {
                    let result = function.result.as_deref().unwrap_or_default();
                    moved.get(result.strip_prefix("SETOF ").unwrap_or(result))
                }
                _ => None,
            };
            anew.extend(listed.filter(|_| lists_columns(text, &need.qualified())).map(|id| (*id).clone()));
        }
    }
    anew
}

/// Returns the text that PostgreSQL prints of a query that it has parsed.
fn parsed(object: &Object) -> Option<&str> {
    match object {
        Object::View(view) => Some(&view.definition),
        Object::Function(function) if function.text.is_none() => Some(&function.definition),
        Object::Trigger(rule) if rule.definition.starts_with("CREATE RULE") => Some(&rule.definition),
        _ => None,
    }
}

/// Returns whether the table's columns stand in another order than wanted once what is missing is added at the end.
fn is_moved(changes: &Changes<'_>, table: &Id) -> bool {
    let wanted: Vec<&Id> = changes.to.columns(table).into_iter().map(|(id, _)| id).collect();
    let is: Vec<&Id> = changes.from.columns(table).into_iter().map(|(id, _)| id).collect();
    let (old, new): (Vec<&Id>, Vec<&Id>) = wanted.iter().partition(|id| is.contains(id));
    let kept = is.into_iter().filter(|id| old.contains(id));
    !kept.chain(new).eq(wanted)
}

/// Returns whether `name`, a relation or a call of the function, is followed by an alias with a list of columns.
fn lists_columns(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let mut rest = &text[at + name.len()..];
        if rest.starts_with('(') {
            let Some(end) = closing(rest) else { return false };
            rest = &rest[end..];
            rest = rest.strip_prefix(" WITH ORDINALITY").unwrap_or(rest);
        }
        let Some(alias) = rest.strip_prefix(' ') else { return false };
        let end = match alias.strip_prefix('"') {
            Some(quoted) => quoted.find('"').map_or(alias.len(), |length| length + 2),
            None => alias.find(|c| !is_word(c)).unwrap_or(alias.len()),
        };
        end > 0 && alias[end..].starts_with('(')
    })
}

/// Returns the length of the text in parentheses that the text begins with.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0, None);
    for (at, c) in text.char_indices() {
        match c {
            '\'' | '"' if quote == Some(c) => quote = None,
            '\'' | '"' if quote.is_none() => quote = Some(c),
            '(' if quote.is_none() => depth += 1,
            ')' if quote.is_none() => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Returns the tables that would have their parents in another order than wanted: a new parent comes last.
pub(super) fn misplaced(changes: &Changes<'_>, fates: &Fates) -> Vec<Id> {
    let links = changes.to.of_kind(Kind::Inheritance).filter_map(|(_, entry)| entry.on.as_ref());
    let tables: BTreeSet<&Id> = links.filter(|table| fates.stays(table)).collect();
    let parents = |catalog: &Catalog, table: &Id| -> Vec<Id> {
        let parents = catalog.parents(table).into_iter();
        parents.map(|(_, link)| table.with(Kind::Inheritance, link.parent.qualified())).collect()
    };
    let differs = |table: &&Id| {
        let wanted = parents(&changes.to, table);
        if wanted.len() < 2 {
            return false;
        }
        let is: Vec<Id> =
            parents(&changes.from, table).into_iter().filter(|link| fates.stays(link)).collect();
        let kept = is.iter().filter(|link| wanted.contains(link));
        !kept.chain(wanted.iter().filter(|link| !is.contains(link))).eq(&wanted)
    };
    tables.into_iter().filter(differs).cloned().collect()
}

/// What users there are of each object.
pub(super) type Users<'a> = HashMap<&'a Id, Vec<&'a Id>>;

/// A table that is written anew while values of its row type are stored: PostgreSQL refuses that.
#[derive(Debug)]
pub(super) struct Held {
    /// What changes of the table: itself, or columns.
    pub(super) changed: Vec<Id>,
    /// What stores the values and goes meanwhile.
    pub(super) holders: Vec<Id>,
}

/// Returns the tables that are written anew while something stores their rows as values.
pub(super) fn held(changes: &Changes<'_>, users: &Users<'_>, fates: &Fates) -> Vec<Held> {
    let mut changed: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for (id, _) in fates.iter().filter(|(id, fate)| *fate != Fate::Drop && rewrites(changes, fates, id)) {
        let table = changes.to.objects[id].on.clone().unwrap_or_else(|| id.clone());
        changed.entry(table).or_default().push(id.clone());
    }
    let held = changed.into_iter().filter(|(table, _)| fates.stays(table));
    held.map(|(table, changed)| Held { changed, holders: holders(&changes.from, users, &table) })
        .filter(|held| !held.holders.is_empty())
        .collect()
}

/// Returns the tables that change and whose rows something stores that comes: after the changes, which it would hinder.
pub(super) fn newcomers(changes: &Changes<'_>, fates: &Fates) -> Vec<Held> {
    let mut changed: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for (id, _) in fates.iter().filter(|(_, fate)| *fate != Fate::Drop) {
        let column = id.kind() == Kind::Column && fates.comes(id);
        let table = changes.to.objects[id].on.as_ref().unwrap_or(id);
        if table.kind() == Kind::Table && fates.stays(table) && (column || rewrites(changes, fates, id)) {
            changed.entry(table.clone()).or_default().push(id.clone());
        }
    }
    let stores = |id: &Id| matches!(id.kind(), Kind::Column | Kind::Attribute | Kind::Domain | Kind::Range);
    let stored: HashSet<&Id> =
        changes.to.needs.iter().filter(|(id, _)| stores(id)).flat_map(|(_, needs)| needs).collect();
    changed.retain(|table, _| stored.contains(table));
    if changed.is_empty() {
        return Vec::new();
    }
    let users = changes.to.needed_by();
    let held = changed.into_iter().map(|(table, changed)| {
        let holders = holders(&changes.to, &users, &table).into_iter();
        Held { changed, holders: holders.filter(|holder| fates.comes(holder)).collect() }
    });
    held.filter(|held| !held.holders.is_empty()).collect()
}

/// Returns the tables that get columns while something stores their rows as values, and those that they inherit.
pub(super) fn stored(changes: &Changes<'_>, users: &Users<'_>) -> HashSet<Id> {
    let created = changes.created.iter().filter(|id| id.kind() == Kind::Column);
    let tables: BTreeSet<&Id> = created
        .filter_map(|id| changes.to.objects[id].on.as_ref())
        .filter(|on| on.kind() == Kind::Table)
        .collect();
    let mut stored: Vec<Id> = tables
        .into_iter()
        .filter(|table| !holders(&changes.from, users, table).is_empty())
        .cloned()
        .collect();
    let mut at = 0;
    while let Some(table) = stored.get(at).cloned() {
        stored.extend(changes.to.parents(&table).into_iter().map(|(parent, _)| parent));
        at += 1;
    }
    stored.into_iter().collect()
}

/// Returns whether what happens to the object has its table written anew.
fn rewrites(changes: &Changes<'_>, fates: &Fates, id: &Id) -> bool {
    let entries = (changes.from.objects.get(id), changes.to.objects.get(id));
    match (entries.0.map(|entry| &entry.object), entries.1.map(|entry| &entry.object)) {
        (Some(Object::Table(from)), Some(Object::Table(to))) => {
            fates.stays(id) && (from.persistence != to.persistence || from.access_method != to.access_method)
        }
        (from, Some(Object::Column(to))) if id.kind() == Kind::Column => {
            let set = matches!(from, Some(Object::Column(from)) if from.expression != to.expression);
            let domain = |id: &Id| id.kind() == Kind::Domain;
            if fates.comes(id) {
                let domain = changes.to.needs.get(id).into_iter().flatten().any(domain);
                to.generated.is_some() || to.identity.is_some() || domain
            } else {
                fates.retyped.contains(id) || retypes(changes, id) || (to.generated.is_some() && set)
            }
        }
        _ => false,
    }
}

/// Returns the columns, or the whole of what can't lose a column, that store values of the table's row type.
pub(super) fn holders(from: &Catalog, users: &Users<'_>, table: &Id) -> Vec<Id> {
    let mut holders = BTreeSet::new();
    let (mut types, mut known) = (vec![table.clone()], HashSet::new());
    while let Some(base) = types.pop() {
        for user in users.get(&base).into_iter().flatten() {
            let on = from.objects[*user].on.as_ref();
            if on == Some(&base) || !known.insert(*user) {
                continue;
            }
            match (user.kind(), on) {
                (Kind::Domain | Kind::Range, _) => types.push((*user).clone()),
                (Kind::Attribute, Some(composite)) => types.push(composite.clone()),
                (Kind::Column, Some(on)) if on.kind() == Kind::MaterializedView => {
                    holders.insert(on.clone());
                }
                (Kind::Column, Some(on)) if on.kind() == Kind::Table => {
                    let typed =
                        matches!(&from.objects[on].object, Object::Table(table) if table.of_type.is_some());
                    holders.insert(if typed { on.clone() } else { (*user).clone() });
                }
                _ => {}
            }
        }
    }
    holders.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::lists_columns;

    #[test]
    fn lists_of_columns_follow_an_alias() {
        for (text, name, found) in [
            (" SELECT f.a FROM s.f() f(a, b)", "s.f", true),
            (" SELECT f.a FROM s.f(')'::text, (1)) \"F x\"(a, b)", "s.f", true),
            (" SELECT f.a FROM s.f() WITH ORDINALITY f(a, n)", "s.f", true),
            (" SELECT x.a FROM s.t x(a, b)", "s.t", true),
            (" SELECT t.a FROM s.t", "s.t", false),
            (" SELECT s.f() AS f", "s.f", false),
            (" SELECT x.a FROM s.t x WHERE (x.a > 0)", "s.t", false),
        ] {
            assert_eq!(lists_columns(text, name), found, "{text}");
        }
    }
}
