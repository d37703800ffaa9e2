//! Two databases, each turned into the other and judged.

use std::fmt::Write as _;

use crmdb::catalog::diff::{Options, diff};
use crmdb::catalog::{Catalog, ddl};

use super::workbench::Workbench;

/// Two databases that are to become each other.
pub(crate) struct Trial {
    pub(crate) before: Workbench,
    pub(crate) after: Workbench,
}

impl Trial {
    /// Makes both databases empty.
    pub(crate) fn new() -> Self {
        Self { before: Workbench::new(), after: Workbench::new() }
    }

    /// Makes the two schemas.
    pub(crate) fn of(sides: [&str; 2]) -> Result<Self, String> {
        let trial = Self::new();
        for (side, sql, name) in [(&trial.before, sides[0], "before"), (&trial.after, sides[1], "after")] {
            side.run(sql).map_err(|error| format!("the schema {name} does not load: {error}"))?;
        }
        Ok(trial)
    }

    /// Turns each into the other; the error tells what is wrong with the statements.
    pub(crate) fn there_and_back(&self, options: &Options) -> Result<(), String> {
        let Self { before, after } = self;
        let (dumps, catalogs) = ([before.dump(), after.dump()], [before.catalog(), after.catalog()]);
        let [first, second] = &catalogs;
        go(before, [first, second], (&dumps[1], options)).map_err(|text| format!("there: {text}"))?;
        go(after, [second, first], (&dumps[0], options)).map_err(|text| format!("back: {text}"))?;
        Ok(())
    }

    /// Turns the database before into the one after; returns the script.
    pub(crate) fn there(&self, options: &Options) -> Result<String, String> {
        let Self { before, after } = self;
        let wanted = after.dump();
        go(before, [&before.catalog(), &after.catalog()], (&wanted, options))
    }
}

fn go(
    bench: &Workbench,
    [from, to]: [&Catalog; 2],
    (wanted, options): (&str, &Options),
) -> Result<String, String> {
    let changes = diff(from, to, options);
    let statements = ddl::statements(&changes).map_err(|refusal| format!("refused: {refusal}"))?;
    let script = ddl::script(&statements);
    if std::env::var_os("CRMDB_SHOW").is_some() {
        eprintln!("----- {}\n{script}", bench.name());
    }
    run(bench, &script)?;
    let dump = bench.dump();
    if dump != wanted {
        let difference = similar::TextDiff::from_lines(dump.as_str(), wanted);
        let difference = difference.unified_diff().context_radius(3).header("is", "shall be").to_string();
        return Err(format!("the dumps differ\n{script}\n{difference}"));
    }
    let reached = bench.catalog();
    let left = diff(&reached, to, options);
    if left.is_empty() {
        return Ok(script);
    }
    let mut report = String::new();
    writeln!(report, "created {:?}\ndropped {:?}", left.created, left.dropped).unwrap();
    for (id, properties) in &left.altered {
        writeln!(report, "{id}: {properties:?}").unwrap();
    }
    Err(format!("a difference is left\n{script}\n{report}"))
}

/// Runs the script as psql does: statement by statement, so that what is in no transaction stays so.
fn run(bench: &Workbench, script: &str) -> Result<(), String> {
    if !script.contains("BEGIN;\n") && !script.contains("not in a transaction\n") {
        return bench.run(script).map_err(|error| format!("{error}\n{script}"));
    }
    for statement in crmdb::sql::statements(script) {
        let sql = statement.unwrap().text;
        bench.run(sql).map_err(|error| format!("{error} (in `{sql}`)\n{script}"))?;
    }
    Ok(())
}
