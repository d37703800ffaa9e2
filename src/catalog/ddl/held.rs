//! Statements whose expressions must be read back as they were printed, where that takes the types of columns. Pure.

use std::collections::HashMap;

use super::Statement;
use super::plan::Plan;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::Object;
use crate::catalog::settle::{self, Typed};
use crate::sql::quote::held::identifier;

/// Returns the statement with the types of arrays of columns written out.
pub(super) fn held(plan: &Plan<'_>, mut statement: Statement) -> Statement {
    if statement.sql.contains("(ARRAY[") {
        let types = types(plan, &statement.object);
        let type_of = |name: &str| {
            let column = types.iter().find(|(column, _)| {
                name.strip_suffix(column.as_str())
                    .is_some_and(|before| before.is_empty() || before.ends_with('.'))
            });
            column.and_then(|(_, type_name)| *type_name)
        };
        statement.sql = settle::arrays(&statement.sql, type_of).into_owned();
    }
    statement
}

/// Returns the types of the columns that the object and its parts need, by their quoted names; none for a name with several.
fn types<'a>(plan: &'a Plan<'_>, object: &'a Id) -> HashMap<String, Option<Typed<'a>>> {
    let kinds = [Kind::Constraint, Kind::Default, Kind::Column];
    let parts = kinds.into_iter().flat_map(|kind| plan.to().parts(object, kind)).map(|(id, _)| id);
    let needs = parts.chain([object]).filter_map(|id| plan.to().needs.get(id)).flatten();
    let mut types: HashMap<String, Option<Typed<'_>>> = HashMap::new();
    for need in needs.filter(|need| need.kind() == Kind::Column) {
        let Some(Object::Column(column)) = plan.to().objects.get(need).map(|entry| &entry.object) else {
            continue;
        };
        let own = Some(Typed { base: &column.base, full: &column.type_name });
        let known = types.entry(identifier(need.part())).or_insert(own);
        if *known != own {
            *known = None;
        }
    }
    types
}
