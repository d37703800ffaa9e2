//! `NOT NULL`: a mark of a column, and since PostgreSQL 18 a constraint with a name that children inherit. Pure.

use std::collections::{BTreeSet, HashSet};

use super::column::table_of;
use super::plan::Plan;
use super::small;
use super::statement::{Hazard, Statement};
use crate::catalog::declared::{handing, hands};
use crate::catalog::diff::{Changes, Locking};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Column, Object};
use crate::sql::quote::held::{identifier, literal};

/// Returns ` NOT NULL` as it stands behind a column's type.
pub(super) fn definition(plan: &Plan<'_>, id: &Id, column: &Column) -> String {
    let name = is_named(plan, id, column).then(|| format!(" CONSTRAINT {}", identifier(&name(id, column))));
    format!("{} NOT NULL{}", name.unwrap_or_default(), no_inherit(column))
}

/// Returns whether the statement must say the name: PostgreSQL would choose another one, because it is not the usual one or
/// because another table's constraint has it.
fn is_named(plan: &Plan<'_>, id: &Id, column: &Column) -> bool {
    let taken = || plan.not_null_names.contains(&(id.schema().to_owned(), name(id, column)));
    column.not_null_constraint.is_some() || taken()
}

/// Returns the schemas and names of the constraints that do not have the usual name.
pub(super) fn unusual_names(catalogs: [&Catalog; 2]) -> HashSet<(String, String)> {
    let columns = catalogs.into_iter().flat_map(|catalog| catalog.of_kind(Kind::Column));
    let names = columns.filter_map(|(id, entry)| match &entry.object {
        Object::Column(column) => Some((id.schema().to_owned(), column.not_null_constraint.clone()?)),
        _ => None,
    });
    names.collect()
}

/// Returns what `definition` cannot say of a column that was just made: a constraint that may not hold for every row, and
/// its comment.
pub(super) fn created(plan: &Plan<'_>, id: &Id, column: &Column) -> Vec<Statement> {
    let mut out = Vec::new();
    if column.not_null && !column.not_null_valid {
        out.extend(added(plan, id, column));
    }
    out.extend(commented(id, None, column));
    out
}

/// What a column's own step does with its constraint.
#[derive(PartialEq, Eq)]
enum Way {
    Nothing,
    Drop,
    Gain,
    /// It is dropped and made again: no statement alters it so.
    Anew,
    Alter,
}

fn way(plan: &Plan<'_>, id: &Id, from: &Column, to: &Column) -> Way {
    let held = from.not_null && !goes_with_parents(plan, id, from);
    match (held, to.not_null) {
        _ if is_anew(plan, id) => Way::Nothing,
        (false, false) => Way::Nothing,
        (false, true) => Way::Gain,
        (true, true) if !yields(plan, id, from, to) => {
            let doubted = from.not_null_valid && !to.not_null_valid;
            let apart = renames_apart(plan, id, from, to) || heirs_part(plan, id, from, to);
            if doubted || apart { Way::Anew } else { Way::Alter }
        }
        (true, _) => Way::Drop,
    }
}

/// Returns the statement that allows nulls, which comes before a column's other changes.
pub(super) fn dropped(plan: &Plan<'_>, id: &Id, from: &Column, to: &Column) -> Option<Statement> {
    matches!(way(plan, id, from, to), Way::Drop | Way::Anew).then(|| {
        let column = identifier(id.part());
        Statement::new(id, format!("{} ALTER COLUMN {column} DROP NOT NULL", table_of(plan, id, "")))
    })
}

/// Returns the statements that forbid nulls or change the constraint that does.
pub(super) fn changed(plan: &Plan<'_>, id: &Id, from: &Column, to: &Column) -> Vec<Statement> {
    let (mut out, before) = match way(plan, id, from, to) {
        Way::Nothing => return Vec::new(),
        Way::Drop => return heirs_kept(plan, id),
        Way::Gain if is_brought(plan, id, to) => (Vec::new(), None),
        Way::Gain => (added(plan, id, to), None),
        Way::Anew => {
            let mut out = heirs_anew(plan, id, to);
            out.extend(added(plan, id, to));
            (out, None)
        }
        Way::Alter => (altered(plan, id, from, to), Some(from)),
    };
    out.extend(commented(id, before, to));
    out
}

/// Returns whether the parent's statement brings the constraint.
fn is_brought(plan: &Plan<'_>, id: &Id, to: &Column) -> bool {
    origins(plan, id).any(|(_, was, shall)| !hands(was) && hands(shall)) && !precedes_parent(plan, id, to)
}

/// Returns whether dropping the parent's takes this one along.
fn goes_with_parents(plan: &Plan<'_>, id: &Id, from: &Column) -> bool {
    !from.not_null_local && origins(plan, id).any(|(_, was, shall)| hands(was) && !shall.not_null)
}

/// Returns whether the table's own constraint goes so that the parent's comes in its place.
fn yields(plan: &Plan<'_>, id: &Id, from: &Column, to: &Column) -> bool {
    let comes = |(origin, was, shall): (Id, &Column, &Column)| {
        !hands(was) && hands(shall) && name(&origin, shall) == name(id, to)
    };
    plan.to().version >= 18 && from.not_null_local && !to.not_null_local && origins(plan, id).any(comes)
}

fn altered(plan: &Plan<'_>, id: &Id, from: &Column, to: &Column) -> Vec<Statement> {
    let (table, name) = (table_of(plan, id, ""), |column| identifier(&name(id, column)));
    let mut out = Vec::new();
    let follows = |differ: fn(&Column, &Column) -> bool| {
        origins(plan, id).any(|(_, was, shall)| hands(was) && hands(shall) && differ(was, shall))
    };
    if from.not_null_constraint != to.not_null_constraint
        && !follows(|was, shall| was.not_null_constraint != shall.not_null_constraint)
    {
        out.push(renamed(id, from, to));
    }
    if !from.not_null_local
        && to.not_null_local
        && origins(plan, id).any(|(_, was, shall)| hands(was) && hands(shall))
    {
        let column = identifier(id.part());
        out.push(Statement::new(id, format!("{table} ALTER COLUMN {column} SET NOT NULL")));
    }
    if from.not_null_no_inherit != to.not_null_no_inherit {
        let word = if to.not_null_no_inherit { "NO INHERIT" } else { "INHERIT" };
        out.push(Statement::new(id, format!("{table} ALTER CONSTRAINT {} {word}", name(to))));
    }
    if !from.not_null_valid
        && to.not_null_valid
        && !follows(|was, shall| !was.not_null_valid && shall.not_null_valid)
    {
        out.push(validated(plan, id, to));
    }
    out
}

/// Of a foreign table too `ALTER TABLE` says this.
fn renamed(id: &Id, from: &Column, to: &Column) -> Statement {
    let (old, new) = (identifier(&name(id, from)), identifier(&name(id, to)));
    Statement::new(id, format!("ALTER TABLE {} RENAME CONSTRAINT {old} TO {new}", id.qualified()))
}

fn validated(plan: &Plan<'_>, id: &Id, column: &Column) -> Statement {
    let sql = format!("{} VALIDATE CONSTRAINT {}", table_of(plan, id, ""), identifier(&name(id, column)));
    Statement::new(id, sql).with(&[Hazard::LongScan, Hazard::DataDependent])
}

/// Returns the statements that forbid nulls; online through a check, which is validated without shutting out writers and
/// spares `SET NOT NULL` its own scan.
pub(super) fn added(plan: &Plan<'_>, id: &Id, to: &Column) -> Vec<Statement> {
    let set = set(plan, id, to);
    if to.not_null_valid { scanned(plan, id, set) } else { vec![set] }
}

/// Returns what a new child's column that comes from its parents alone needs, where they allow nulls or the child forbids
/// them itself.
pub(super) fn own_of_child(plan: &Plan<'_>, id: &Id, to: &Column) -> Vec<Statement> {
    let parents = plan.to().parents(plan.to().objects[id].on.as_ref().unwrap_or(id)).into_iter();
    let mut parents =
        parents.filter_map(|(parent, _)| column(plan.to(), &parent.with(Kind::Column, id.part())));
    let own = plan.to().version >= 18 && to.not_null_local;
    if !to.not_null || !own && parents.any(hands) {
        return Vec::new();
    }
    [set(plan, id, to)].into_iter().chain(commented(id, None, to)).collect()
}

fn set(plan: &Plan<'_>, id: &Id, to: &Column) -> Statement {
    let (table, column) = (table_of(plan, id, ""), identifier(id.part()));
    if !is_named(plan, id, to) && to.not_null_valid && !to.not_null_no_inherit {
        return Statement::new(id, format!("{table} ALTER COLUMN {column} SET NOT NULL"));
    }
    let name = identifier(&name(id, to));
    let doubt = if to.not_null_valid { "" } else { " NOT VALID" };
    Statement::new(id, format!("{table} ADD CONSTRAINT {name} NOT NULL {column}{}{doubt}", no_inherit(to)))
}

fn no_inherit(column: &Column) -> &'static str {
    if column.not_null_no_inherit { " NO INHERIT" } else { "" }
}

fn scanned(plan: &Plan<'_>, id: &Id, set: Statement) -> Vec<Statement> {
    let foreign = |table: &Id| table.kind() == Kind::ForeignTable;
    if plan.changes.locking == Locking::Blocking || plan.to().objects[id].on.as_ref().is_none_or(foreign) {
        return vec![set.with(&[Hazard::LongScan, Hazard::DataDependent])];
    }
    let (table, name) = (table_of(plan, id, ""), identifier(id.part()));
    let check = identifier(&small::shortened(id.part(), "__not_null"));
    let statement = |sql: String| Statement::new(id, sql);
    vec![
        statement(format!("{table} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID")),
        statement(format!("{table} VALIDATE CONSTRAINT {check}"))
            .with(&[Hazard::LongScan, Hazard::DataDependent])
            .after_commit(),
        set.after_commit(),
        statement(format!("{table} DROP CONSTRAINT {check}")),
    ]
}

fn commented(id: &Id, from: Option<&Column>, to: &Column) -> Option<Statement> {
    let before = from.and_then(|from| from.not_null_comment.as_ref());
    let text = to.not_null_comment.as_deref().map_or_else(|| "NULL".to_owned(), literal);
    (before != to.not_null_comment.as_ref()).then(|| {
        let name = identifier(&name(id, to));
        Statement::new(id, format!("COMMENT ON CONSTRAINT {name} ON {} IS {text}", id.qualified()))
    })
}

/// Returns the constraint's name; `ChooseConstraintName` in src/backend/catalog/pg_constraint.c makes the usual one.
fn name(id: &Id, column: &Column) -> String {
    column.not_null_constraint.clone().unwrap_or_else(|| format!("{}_{}_not_null", id.name(), id.part()))
}

/// Returns the parents' columns that this one follows, as they are and as they shall be.
fn origins<'a>(plan: &'a Plan<'_>, id: &Id) -> impl Iterator<Item = (Id, &'a Column, &'a Column)> {
    let ids = plan.inherited_from(plan.to(), id).into_iter();
    ids.filter_map(|origin| {
        let (was, shall) = (column(plan.from(), &origin)?, column(plan.to(), &origin)?);
        Some((origin, was, shall))
    })
}

fn column<'a>(catalog: &'a Catalog, id: &Id) -> Option<&'a Column> {
    match &catalog.objects.get(id)?.object {
        Object::Column(column) => Some(column),
        _ => None,
    }
}

/// Returns whether the column's own step comes before its parent's, whose constraint is new: it keeps its own name then, or
/// makes room.
pub(super) fn precedes_parent(plan: &Plan<'_>, id: &Id, to: &Column) -> bool {
    let Some(from) = column(plan.from(), id).filter(|_| plan.to().version >= 18) else { return false };
    let leads = |(origin, was, shall): (Id, &Column, &Column)| {
        let differs = to.not_null_local
            || name(&origin, shall) != name(id, to)
            || to.not_null_valid && !shall.not_null_valid;
        let own = if from.not_null { name(id, from) != name(id, to) } else { to.not_null && differs };
        !hands(was) && hands(shall) && own
    };
    origins(plan, id).any(leads) || yields(plan, id, from, to)
}

/// Returns whether the constraint gets another name in a way that `RENAME CONSTRAINT` refuses: it wants the same name in all
/// children, and no typed table.
fn renames_apart(plan: &Plan<'_>, id: &Id, from: &Column, to: &Column) -> bool {
    let typed = || plan.attribute_of(plan.to(), id).is_some();
    let handed = hands(from) && hands(to);
    name(id, from) != name(id, to)
        && (typed()
            || handed
                && heirs(plan, id).any(|(heir, was, shall)| {
                    let other = |of: &Column, own: &Column| of.not_null && name(&heir, of) != name(id, own);
                    other(was, from) || other(shall, to)
                }))
}

/// Returns the columns without a change of their own whose constraint is made anew for the sake of a descendant's.
pub(super) fn ancestors(changes: &Changes<'_>) -> BTreeSet<Id> {
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
fn heirs_part(plan: &Plan<'_>, id: &Id, from: &Column, to: &Column) -> bool {
    plan.to().version >= 18
        && heirs(plan, id).any(|(heir, was, shall)| {
            is_apart(plan.changes, (id, from, to), (&heir, was, shall)) || heirs_part(plan, &heir, was, shall)
        })
}

fn is_partition(catalog: &Catalog, id: &Id) -> bool {
    let table = catalog.objects.get(id).and_then(|entry| entry.on.as_ref());
    table.is_some_and(|table| catalog.parents(table).iter().any(|(_, link)| link.bound.is_some()))
}

/// Returns whether an ancestor's constraint is dropped and made again, and this one's with it.
fn is_anew(plan: &Plan<'_>, id: &Id) -> bool {
    origins(plan, id)
        .any(|(origin, from, to)| is_anew(plan, &origin) || way(plan, &origin, from, to) == Way::Anew)
}

/// Returns the columns that inherit from this one throughout, as they are and as they shall be.
fn heirs<'a>(plan: &'a Plan<'_>, id: &'a Id) -> impl Iterator<Item = (Id, &'a Column, &'a Column)> {
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
fn heirs_kept(plan: &Plan<'_>, id: &Id) -> Vec<Statement> {
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

/// Returns what gives the children's constraints their names while the parent has none: the youngest come first.
fn heirs_anew(plan: &Plan<'_>, id: &Id, to: &Column) -> Vec<Statement> {
    let mut out = Vec::new();
    for (heir, was, shall) in heirs(plan, id).filter(|(_, _, shall)| shall.not_null) {
        let brought = name(&heir, shall) == name(id, to)
            && !shall.not_null_local
            && shall.not_null_valid == to.not_null_valid;
        let kept = was.not_null && was.not_null_local;
        let yields = kept && brought && !is_partition(plan.to(), &heir);
        if yields {
            let (table, column) = (table_of(plan, &heir, ""), identifier(heir.part()));
            out.push(Statement::new(&heir, format!("{table} ALTER COLUMN {column} DROP NOT NULL")));
        }
        out.extend(heirs_anew(plan, &heir, shall));
        if yields {
            continue;
        }
        if kept && name(&heir, was) != name(&heir, shall) {
            out.push(renamed(&heir, was, shall));
        } else if !kept && !brought {
            out.extend(added(plan, &heir, shall));
        }
    }
    out
}
