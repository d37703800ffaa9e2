//! The SQL that reads what a step destroys out into files, around its statements.

use super::hooks::{Act, Deed, Hooks, One, Out, Rows, identifier, opened};
use crate::model::Step;
use crate::model::rescue::{Keep, Way};
use crate::vault::About;

/// The columns of a captured row behind its own: what happened to it, and in which order.
pub(super) const CAPTURED: [(&str, &str); 2] = [("crmdb_op", "\"char\""), ("crmdb_order", "bigint")];

/// Returns the SQL that reads `placed` out into files; `first` is the index of the first of them among all keeps of the
/// run. What is captured is in the schema until the step ends.
pub(super) fn hooks_to_files(
    (schema, first, step): (&str, usize, &Step),
    placed: &[(String, &Keep)],
) -> Hooks {
    let mut hooks = Hooks::default();
    let captures = placed.iter().any(|(_, keep)| keep.way == Way::Capture);
    if captures {
        hooks.open.push(opened(schema));
    }
    for (index, (place, keep)) in placed.iter().enumerate() {
        let one = One { schema, place, keep, index, rows: Rows::Some };
        let out = Out { ordinal: first + index, place: place.clone(), about: about(keep, &step.module) };
        let deed = Deed::Out(Box::new(out));
        if keep.way == Way::Capture {
            hooks.open.extend(one.captured());
            hooks.close.push(one.end_of_capture());
            let (read, gone) =
                (format!("COPY {} TO STDOUT", one.held()), format!("DROP TABLE {}", one.held()));
            hooks.close.extend([Act { keep: Some(index), sql: read, deed }, one.act(gone)]);
        } else {
            let read = format!("COPY ({}) TO STDOUT", one.selected());
            hooks.open.extend([one.locked(), Act { keep: Some(index), sql: read, deed }]);
        }
    }
    if captures {
        hooks.close.push(Act::run(None, format!("DROP SCHEMA {}", identifier(schema))));
    }
    hooks.enclose();
    hooks
}

fn about(keep: &Keep, module: &str) -> About {
    let mut columns: Vec<(String, String)> =
        keep.columns().into_iter().map(|column| (column.name.clone(), column.type_name.clone())).collect();
    if keep.way == Way::Capture {
        columns.extend(CAPTURED.map(|(name, type_name)| (name.to_owned(), type_name.to_owned())));
    }
    About {
        what: keep.to_string(),
        module: module.to_owned(),
        migration: keep.migration.clone(),
        table: keep.relation.clone(),
        columns,
    }
}
