//! What a constraint of a parent's column means for the columns that inherit it. Pure.

use std::collections::BTreeSet;

use super::{added, altered, column, commented, name, renamed};
use crate::catalog::ddl::column::table_of;
use crate::catalog::ddl::plan::Plan;
use crate::catalog::ddl::statement::Statement;
use crate::catalog::declared::{handing, hands};
use crate::catalog::diff::Changes;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Column, Object};
use crate::sql::quote::held::identifier;

/// Returns the columns without a change of their own whose constraint is made anew for the sake of a descendant's.
pub(in crate::catalog::ddl) fn ancestors(changes: &Changes<'_>) -> BTreeSet<Id> {
    let mut found = BTreeSet::new();
    let columns = changes.altered.keys().filter(|id| id.kind() == Kind::Column);
    for id in columns.filter(|_| changes.to.version >= 18) {
        let of = |id: &Id| Some((column(&changes.from, id)?, column(&changes.to, id)?));
        let Some((was, shall)) = of(id) else { continue };
        let parts = handed(changes, id).any(|parent| {
            let sides = of(&parent);
            sides.is_some_and(|(from, to)| is_apart(changes, (&parent, from, to), (id, was, shall)))
        });
        if parts {
            found.extend(eldest(changes, id));
        }
    }
    found
}

/// Returns the parents' columns that the constraint comes from, before and after.
fn handed<'a>(changes: &'a Changes<'_>, id: &'a Id) -> impl Iterator<Item = Id> + 'a {
    let was = |one: &Id| handing(&changes.from, id).any(|(parent, _)| parent == *one);
    handing(&changes.to, id).map(|(parent, _)| parent).filter(was)
}

/// Returns the ancestors that the constraint comes from, before and after.
fn eldest(changes: &Changes<'_>, id: &Id) -> BTreeSet<Id> {
    let parents: Vec<Id> = handed(changes, id).collect();
    if parents.is_empty() {
        return [id.clone()].into();
    }
    parents.iter().flat_map(|parent| eldest(changes, parent)).collect()
}

/// Returns whether an heir's constraint changes in a way that PostgreSQL refuses while it is inherited: it is no longer the
/// table's own, or gets another name than its parent's gets.
fn is_apart(
    changes: &Changes<'_>,
    (id, from, to): (&Id, &Column, &Column),
    (heir, was, shall): (&Id, &Column, &Column),
) -> bool {
    let lost = was.not_null_local && !shall.not_null_local && !is_partition(&changes.to, heir);
    let (old, new) = (name(heir, was), name(heir, shall));
    let follows = old == name(id, from) && new == name(id, to);
    hands(from) && hands(to) && was.not_null && shall.not_null && (lost || old != new && !follows)
}

/// Returns whether a descendant's constraint changes in such a way.
pub(super) fn heirs_part(plan: &Plan<'_>, id: &Id, from: &Column, to: &Column) -> bool {
    plan.to().version >= 18
        && heirs(plan, id).any(|(heir, was, shall)| {
            is_apart(plan.changes, (id, from, to), (&heir, was, shall)) || heirs_part(plan, &heir, was, shall)
        })
}

fn is_partition(catalog: &Catalog, id: &Id) -> bool {
    let table = catalog.objects.get(id).and_then(|entry| entry.on.as_ref());
    table.is_some_and(|table| catalog.parents(table).iter().any(|(_, link)| link.bound.is_some()))
}

/// Returns the columns that inherit from this one throughout, as they are and as they shall be.
pub(super) fn heirs<'a>(
    plan: &'a Plan<'_>,
    id: &'a Id,
) -> impl Iterator<Item = (Id, &'a Column, &'a Column)> {
    let links = plan.to().of_kind(Kind::Inheritance);
    let children = links.filter_map(|(link, entry)| match &entry.object {
        Object::Inheritance(inheritance)
            if inheritance.parent.0 == id.schema() && inheritance.parent.1 == id.name() =>
        {
            plan.fates.stays(link).then(|| link.with(Kind::Column, id.part()))
        }
        _ => None,
    });
    children.filter_map(|heir| {
        let (was, shall) = (column(plan.from(), &heir)?, column(plan.to(), &heir)?);
        Some((heir, was, shall))
    })
}

/// Returns what gives the children's columns that stay not null, and change in nothing, back what went with the parent's.
pub(super) fn heirs_kept(plan: &Plan<'_>, id: &Id) -> Vec<Statement> {
    let lost = |was: &Column| was.not_null && !was.not_null_local;
    let mut out = Vec::new();
    for (heir, _, shall) in heirs(plan, id).filter(|(_, was, _)| lost(was)) {
        if !shall.not_null {
            out.extend(heirs_kept(plan, &heir));
        } else if plan.fates.of(&heir).is_none() {
            out.extend(added(plan, &heir, shall));
            out.extend(commented(&heir, None, shall));
        }
    }
    out
}

/// Returns what gives the heirs' constraints their names while the one they inherit from is not there: the youngest come
/// first.
pub(super) fn heirs_anew(plan: &Plan<'_>, id: &Id, to: &Column) -> Vec<Statement> {
    let mut out = Vec::new();
    for (heir, was, shall) in heirs(plan, id).filter(|(_, _, shall)| shall.not_null) {
        let brought = is_brought((id, to), (&heir, shall));
        match part(plan, (id, to), (&heir, was, shall)) {
            Part::Stays => {
                if name(&heir, was) != name(&heir, shall) {
                    out.push(renamed(&heir, was, shall));
                }
                out.extend(heirs_altered(plan, &heir));
                continue;
            }
            Part::Goes => {
                let (table, column) = (table_of(plan, &heir, ""), identifier(heir.part()));
                out.push(Statement::new(&heir, format!("{table} ALTER COLUMN {column} DROP NOT NULL")));
            }
            Part::Gone => {}
        }
        out.extend(heirs_anew(plan, &heir, shall));
        if !brought {
            out.extend(added(plan, &heir, shall));
        }
    }
    out
}

/// Returns the comments of the heirs' constraints that were made anew or get another comment.
pub(super) fn heirs_commented(plan: &Plan<'_>, id: &Id, to: &Column) -> Vec<Statement> {
    let mut out = Vec::new();
    for (heir, was, shall) in heirs(plan, id).filter(|(_, _, shall)| shall.not_null) {
        if part(plan, (id, to), (&heir, was, shall)) == Part::Stays {
            out.extend(commented(&heir, Some(was), shall));
        } else {
            out.extend(commented(&heir, None, shall));
            out.extend(heirs_commented(plan, &heir, shall));
        }
    }
    out
}

/// What becomes of an heir's constraint while the one that it inherits from is not there.
#[derive(PartialEq, Eq)]
enum Part {
    /// It is the table's own and stays.
    Stays,
    /// It is the table's own and must go too.
    Goes,
    /// It went with the inherited one.
    Gone,
}

fn part(plan: &Plan<'_>, parent: (&Id, &Column), (heir, was, shall): (&Id, &Column, &Column)) -> Part {
    let yields = is_brought(parent, (heir, shall)) && !is_partition(plan.to(), heir);
    match was.not_null && was.not_null_local {
        false => Part::Gone,
        true if yields || heirs_part(plan, heir, was, shall) => Part::Goes,
        true => Part::Stays,
    }
}

/// Returns whether the constraint of the parent brings the heir's.
fn is_brought((id, to): (&Id, &Column), (heir, shall): (&Id, &Column)) -> bool {
    name(heir, shall) == name(id, to) && !shall.not_null_local && shall.not_null_valid == to.not_null_valid
}

/// Returns what alters the constraints that inherit from one that stays.
fn heirs_altered(plan: &Plan<'_>, id: &Id) -> Vec<Statement> {
    let mut out = Vec::new();
    for (heir, was, shall) in heirs(plan, id).filter(|(_, was, shall)| was.not_null && shall.not_null) {
        out.extend(altered(plan, &heir, was, shall));
        out.extend(commented(&heir, Some(was), shall));
        out.extend(heirs_altered(plan, &heir));
    }
    out
}
