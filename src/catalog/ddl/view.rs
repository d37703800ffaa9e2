//! Views and materialised views. Pure.

use super::column;
use super::options;
use super::plan::{Plan, Verb};
use super::statement::{Hazard, Statement};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::View;
use crate::sql::quote::held::identifier;

/// Returns `CREATE VIEW` or `CREATE MATERIALIZED VIEW`.
pub(super) fn create(plan: &Plan<'_>, id: &Id, view: &View) -> Vec<Statement> {
    if id.kind() == Kind::View {
        let sketched = plan.circles.contains_key(&(Verb::Make, id.clone()));
        vec![plain(plan, id, view, if sketched { "CREATE OR REPLACE VIEW" } else { "CREATE VIEW" })]
    } else {
        let mut out = vec![materialized(id, view)];
        for (column, shall) in plan.to().columns(id) {
            let mut is = shall.clone();
            (is.storage, is.compression, is.statistics) = (None, None, None);
            is.options.clear();
            out.extend(column::settings(plan, column, Some(&is), shall));
        }
        out
    }
}

fn plain(plan: &Plan<'_>, id: &Id, view: &View, verb: &str) -> Statement {
    let (mut names, mut query) = (String::new(), view.definition.as_str());
    if let Some(values) = values(query) {
        let columns = plan.to().columns(id);
        let columns: Vec<_> = columns.iter().map(|(id, _)| identifier(id.part())).collect();
        names = format!(" ({})", columns.join(", "));
        query = values;
    }
    Statement::new(id, format!("{verb} {}{names}{} AS\n{query}", id.address(), with(&view.options)))
}

/// Returns the `VALUES` of a view that is nothing else. PostgreSQL prints it as a subquery, and prints that in another
/// way when it reads its own text back.
fn values(definition: &str) -> Option<&str> {
    let rest = definition.trim_start().strip_prefix("SELECT ")?;
    // PostgreSQL 18 leaves the name of the subquery out.
    let rest = rest.strip_prefix("\"*VALUES*\".").unwrap_or(rest).strip_prefix("column1")?;
    let (_, rest) = rest.split_once("\n   FROM (VALUES ")?;
    let start = definition.len() - rest.len() - "VALUES ".len();
    definition[start..].strip_suffix(") \"*VALUES*\"")
}

fn with(options: &[String]) -> String {
    if options.is_empty() { String::new() } else { format!(" WITH ({})", options::list(options).join(", ")) }
}

fn materialized(id: &Id, view: &View) -> Statement {
    let method = view.access_method.as_ref().filter(|method| *method != "heap");
    let method = method.map(|method| format!(" USING {}", identifier(method))).unwrap_or_default();
    let tablespace = view.tablespace.as_ref().map(|name| format!(" TABLESPACE {}", identifier(name)));
    let data = if view.populated { "" } else { "\nWITH NO DATA" };
    let sql = format!(
        "CREATE MATERIALIZED VIEW {}{method}{}{} AS\n{}{data}",
        id.address(),
        with(&view.options),
        tablespace.unwrap_or_default(),
        view.definition
    );
    let statement = Statement::new(id, sql);
    if view.populated { statement.with(&[Hazard::LongScan]) } else { statement }
}

/// Returns the statements that alter a view in place.
pub(super) fn alter(plan: &Plan<'_>, id: &Id, from: &View, to: &View) -> Vec<Statement> {
    if id.kind() == Kind::View && from.definition != to.definition {
        // The options in the statement replace those that are there.
        return vec![plain(plan, id, to, "CREATE OR REPLACE VIEW")];
    }
    let mut clauses = options::changes(&from.options, &to.options);
    if from.access_method != to.access_method {
        let method = to.access_method.as_deref().unwrap_or("heap");
        clauses.push(format!("SET ACCESS METHOD {}", identifier(method)));
    }
    if from.tablespace != to.tablespace {
        clauses
            .push(format!("SET TABLESPACE {}", identifier(to.tablespace.as_deref().unwrap_or("pg_default"))));
    }
    let noun = id.kind().noun();
    clauses
        .into_iter()
        .map(|clause| Statement::new(id, format!("ALTER {noun} {} {clause}", id.address())))
        .collect()
}
