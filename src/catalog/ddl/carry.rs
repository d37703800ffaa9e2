//! The rows of a table that must be made anew: kept aside, and put into its successor. Pure.

use super::column;
use super::plan::Plan;
use super::retype;
use super::small::aside;
use super::statement::{Hazard, Statement};
use super::table;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Column, Object, Table};
use crate::sql::quote::held::{identifier, qualified};

/// Returns whether the table's own rows are carried over: both it and its successor hold rows of their own.
///
/// What is to be partitioned has no partitions when it is made, and what was has its rows in its partitions: those rows
/// are a tree's.
pub(super) fn is_carried(plan: &Plan<'_>, id: &Id) -> bool {
    let stores = |table: &Table| table.partition_key.is_none() && table.server.is_none();
    match (plan.from().objects.get(id), plan.to().objects.get(id)) {
        (Some(from), Some(to)) if plan.fates.goes(id) => match (&from.object, &to.object) {
            (Object::Table(from), Object::Table(to)) => {
                stores(from) && stores(to) && !common(plan, id).is_empty() && !plan.is_covered(id)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Returns the statements that keep the rows, before the table is dropped.
pub(super) fn save(plan: &Plan<'_>, id: &Id) -> Vec<Statement> {
    let columns: Vec<String> = common(plan, id)
        .into_iter()
        .map(|(column, _, _)| {
            let name = identifier(column.part());
            if loses_type(plan, column) { format!("{name}::text AS {name}") } else { name }
        })
        .collect();
    let Object::Table(table) = &plan.from().objects[id].object else { return Vec::new() };
    // A policy would hide rows from the owner too.
    let mut out: Vec<Statement> =
        table.force_row_security.then(|| table::force(id, "NO FORCE")).into_iter().collect();
    let only = if table.partition_key.is_some() { "" } else { "ONLY " };
    let (kept, table) = (kept(id), id.qualified());
    let sql = format!("CREATE TABLE {kept} AS\nSELECT {} FROM {only}{table}", columns.join(", "));
    out.push(Statement::new(id, sql).with(&[Hazard::TableRewrite]));
    out
}

/// Returns the statements that put the rows back, after the table was made.
pub(super) fn restore(plan: &Plan<'_>, id: &Id) -> Vec<Statement> {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    let mut out = Vec::new();
    for (column, from, to) in common(plan, id) {
        let name = identifier(column.part());
        let path = if loses_type(plan, column) {
            Some("")
        } else if (&from.type_name, &from.collation) == (&to.type_name, &to.collation) {
            None
        } else {
            Some(retype::conversion(plan.from(), from, to).unwrap_or(""))
        };
        values.push(path.map_or_else(|| name.clone(), |path| format!("{name}{path}::{}", to.type_name)));
        names.push(name);
        out.extend(to.sequence.iter().map(|sequence| column::continued(column, sequence)));
    }
    let sql = format!(
        "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE\nSELECT {} FROM {}",
        id.qualified(),
        names.join(", "),
        values.join(", "),
        kept(id)
    );
    out.insert(0, Statement::new(id, sql).with(&[Hazard::TableRewrite, Hazard::DataDependent]));
    out.push(Statement::new(id, format!("DROP TABLE {}", kept(id))));
    let tree = plan.tree(id).into_iter().flat_map(|tree| &tree.after).filter(|table| *table != id);
    out.extend([id].into_iter().chain(tree).flat_map(|table| table::forced(plan, table)));
    out
}

fn kept(id: &Id) -> String {
    qualified(id.schema(), &aside(id))
}

/// Returns the columns that hold values before and after.
pub(super) fn common<'a>(plan: &'a Plan<'_>, id: &'a Id) -> Vec<(&'a Id, &'a Column, &'a Column)> {
    let own = plan.to().parts(id, Kind::Column);
    own.filter_map(|(column, entry)| match (&plan.from().objects.get(column)?.object, &entry.object) {
        (Object::Column(from), Object::Column(to)) if to.generated.is_none() => {
            Some((column, &**from, &**to))
        }
        _ => None,
    })
    .collect()
}

/// Returns whether the column's type goes before the rows are put back.
fn loses_type(plan: &Plan<'_>, column: &Id) -> bool {
    let needs = plan.from().needs.get(column).into_iter().flatten();
    needs.into_iter().any(|need| {
        (need.kind().is_type() || need.kind() == Kind::Extension)
            && plan.fates.goes(need)
            && plan.from().objects[column].on.as_ref() != Some(need)
    })
}
