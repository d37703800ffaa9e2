//! Views that need each other, or themselves through routines: `CREATE OR REPLACE VIEW` can close such a circle, so one of
//! them has its columns alone while the others come or go. Pure.

use std::collections::BTreeSet;

use super::graph::Graph;
use super::plan::{Plan, Step, Verb};
use super::statement::{Hazard, Statement};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Object};
use crate::sql::quote::held::identifier;

impl Plan<'_> {
    /// Returns the step with which a view's columns are there, or its query is gone, when `other` is of its circle; else the
    /// view's step itself.
    pub(super) fn shell_step(&self, view: &Step, other: &Step) -> Step {
        match self.circles.get(view) {
            Some(circle) if circle.contains(other) => shell(view),
            _ => view.clone(),
        }
    }

    /// A view's columns come before its query, after their types and the schema, and go after it.
    pub(super) fn shells(&self, graph: &mut Graph<Step>) {
        for view in self.circles.keys() {
            let shell = shell(view);
            graph.wait(view, &shell);
            if view.0 == Verb::Drop {
                continue;
            }
            let columns = self.to().columns(&view.1);
            let parts = columns.iter().map(|(id, _)| *id).chain([&view.1]);
            let needs = parts.flat_map(|id| self.to().needs.get(id).into_iter().flatten());
            for first in needs.filter(|need| is_bare(need.kind())).filter_map(|need| self.make_step(need)) {
                graph.wait(&shell, first);
            }
        }
    }
}

/// Returns the step of a view in the cycles for whose columns alone the rest of its circle can wait, and the circle.
pub(super) fn view_in(plan: &Plan<'_>, cycles: &[Vec<Step>]) -> Option<(Step, BTreeSet<Step>)> {
    let apart = |(verb, id): &Step| {
        let turns = *verb == Verb::Drop || *verb == Verb::Make && plan.fates.comes(id);
        id.kind() == Kind::View && turns && !plan.circles.contains_key(&(*verb, id.clone()))
    };
    cycles.iter().find_map(|cycle| {
        let view = cycle.iter().filter(|step| apart(step)).min()?;
        let others = cycle.iter().filter(|step| *step != view && reads_later(plan, step));
        Some((view.clone(), others.cloned().collect()))
    })
}

/// Returns whether a view needs such an object whatever its query is.
const fn is_bare(kind: Kind) -> bool {
    let read = matches!(kind, Kind::View | Kind::MaterializedView);
    kind.is_type() && !read || matches!(kind, Kind::Schema | Kind::Collation)
}

/// Returns whether a step does no more than name a view or its type: a materialised view would be filled from it, and a
/// new column's values or a check may come from a function that reads it.
fn reads_later(plan: &Plan<'_>, (verb, id): &Step) -> bool {
    match id.kind() {
        Kind::View | Kind::Function | Kind::Procedure | Kind::Table => true,
        Kind::Composite | Kind::Attribute | Kind::Domain => true,
        Kind::Column if *verb == Verb::Make => {
            let default = plan.make_step(&id.with(Kind::Default, id.part()));
            let column = plan.to().objects.get(id).map(|entry| &entry.object);
            default.is_none_or(|step| step.1 != *id)
                && matches!(column, Some(Object::Column(column)) if column.generated.is_none())
        }
        _ => false,
    }
}

/// Returns the step of a view's columns without its query: before it is made, or before it is dropped.
pub(super) fn shell((verb, view): &Step) -> Step {
    (if *verb == Verb::Drop { Verb::Hollow } else { Verb::Sketch }, view.clone())
}

/// Returns the statement that gives the view its columns and no query.
pub(super) fn columns(catalog: &Catalog, id: &Id, verb: &str) -> Statement {
    let columns = catalog.columns(id);
    let columns = columns.iter().map(|(column, object)| {
        let collation = object.collation.as_ref().map(|name| format!(" COLLATE {name}")).unwrap_or_default();
        format!("NULL::{}{collation} AS {}", object.type_name, identifier(column.part()))
    });
    let columns: Vec<_> = columns.collect();
    let sql = format!("{verb} {} AS\nSELECT {}", id.address(), columns.join(",\n    "));
    Statement::new(id, sql).with(&[Hazard::WithoutQuery])
}
