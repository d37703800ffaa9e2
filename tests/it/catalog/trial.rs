//! Two databases, each turned into the other and judged.

use std::fmt::Write as _;

use crmdb::catalog::diff::{Options, diff};
use crmdb::catalog::{Catalog, ddl, read};
use postgres::Client;

use super::judge;
use crate::support::postgres::Database;

/// Two databases that are to become each other.
pub(crate) struct Trial {
    before: Database<'static>,
    after: Database<'static>,
}

impl Trial {
    /// Makes both databases empty.
    pub(crate) fn new() -> Self {
        Self { before: judge::server().database(), after: judge::server().database() }
    }

    /// Connects to the database before and to the one after.
    pub(crate) fn clients(&self) -> [Client; 2] {
        [self.before.client(), self.after.client()]
    }

    /// Turns each into the other; the error tells what is wrong with the statements.
    pub(crate) fn there_and_back(&self, options: &Options) -> Result<(), String> {
        let sides = [&self.before, &self.after];
        let dumps = sides.map(|side| judge::dump(&side.url()));
        let catalogs = sides.map(catalog);
        let [before, after] = &catalogs;
        go(&self.before, [before, after], (&dumps[1], options)).map_err(|text| format!("there: {text}"))?;
        go(&self.after, [after, before], (&dumps[0], options)).map_err(|text| format!("back: {text}"))?;
        Ok(())
    }

    /// Turns the database before into the one after; returns the script.
    pub(crate) fn there(&self, options: &Options) -> Result<String, String> {
        let wanted = judge::dump(&self.after.url());
        let [before, after] = [&self.before, &self.after].map(catalog);
        go(&self.before, [&before, &after], (&wanted, options))
    }
}

fn go(
    database: &Database<'_>,
    [from, to]: [&Catalog; 2],
    (wanted, options): (&str, &Options),
) -> Result<String, String> {
    let changes = diff(from, to, options);
    let statements = ddl::statements(&changes).map_err(|refusal| format!("refused: {refusal}"))?;
    let script = ddl::script(&statements);
    if std::env::var_os("CRMDB_SHOW").is_some() {
        eprintln!("----- {}\n{script}", database.name());
    }
    run(database, &script)?;
    let dump = judge::dump(&database.url());
    if dump != wanted {
        let difference = similar::TextDiff::from_lines(dump.as_str(), wanted);
        let difference = difference.unified_diff().context_radius(3).header("is", "shall be").to_string();
        return Err(format!("the dumps differ\n{script}\n{difference}"));
    }
    let reached = catalog(database);
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
fn run(database: &Database<'_>, script: &str) -> Result<(), String> {
    let mut client = database.client();
    let whole = !script.contains("\nBEGIN;\n") && !script.starts_with("BEGIN;\n");
    if whole {
        return client.batch_execute(script).map_err(|error| format!("{}\n{script}", message(&error)));
    }
    for statement in crmdb::sql::statements(script) {
        let sql = statement.unwrap().text;
        client.batch_execute(sql).map_err(|error| format!("{} (in `{sql}`)\n{script}", message(&error)))?;
    }
    Ok(())
}

/// Reads the database's catalog.
pub(crate) fn catalog(database: &Database<'_>) -> Catalog {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
        let driver = tokio::spawn(connection);
        let catalog =
            read::read(&client).await.unwrap_or_else(|error| panic!("{}: {error}", database.name()));
        drop(client);
        driver.await.unwrap().unwrap();
        catalog
    })
}

/// Returns what the server says of a statement that failed.
pub(crate) fn message(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.to_string(),
        |error| {
            let detail = error.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
            format!("{}{detail}", error.message())
        },
    )
}
