//! `NOT NULL`: a mark of a column, and since PostgreSQL 18 a constraint with a name that children inherit. Pure.

mod heirs;

use std::collections::HashSet;

pub(super) use heirs::ancestors;
use heirs::{heirs, heirs_anew, heirs_commented, heirs_kept, heirs_part};

use super::column::table_of;
use super::plan::Plan;
use super::small;
use super::statement::{Hazard, Statement};
use crate::catalog::declared::{handing, hands};
use crate::catalog::diff::Locking;
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
            out.extend(heirs_commented(plan, id, to));
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
    let own = plan.to().version >= 18 && to.not_null_local;
    if !to.not_null || !own && handing(plan.to(), id).next().is_some() {
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

/// Returns whether an ancestor's constraint is dropped and made again, and this one's with it.
fn is_anew(plan: &Plan<'_>, id: &Id) -> bool {
    origins(plan, id)
        .any(|(origin, from, to)| is_anew(plan, &origin) || way(plan, &origin, from, to) == Way::Anew)
}
