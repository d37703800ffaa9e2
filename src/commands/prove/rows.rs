//! Made-up rows for a proof, and sums over every column by which it is seen what came back.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::args::RunArgs;
use crate::commands::apply::take_lock;
use crate::commands::context::{author, limits};
use crate::commands::shadow::Shadow;
use crate::db::error::DbError;
use crate::db::ledger;
use crate::db::seed::{Filler, Request, SeedExecution, read_tables};
use crate::db::session::Session;
use crate::error::Error;
use crate::model::seed::Table;
use crate::model::seed::generate::{Layout, chosen};
use crate::project::Manifest;
use crate::sql::quote;

/// The number that the rows come from: a proof finds the same each time.
const SEED: u64 = 1;

/// What stands for a whole row among the names of columns; no column has this name.
const WHOLE: &str = "";

/// The tables that have got their rows, or can't get any.
#[derive(Debug, Default)]
pub(super) struct Filled(BTreeSet<(String, u32)>);

impl Filled {
    /// Fills the tables in `schemas` that have no rows yet; returns what could not be filled, and why.
    pub(super) async fn fill(
        &mut self,
        shadow: &mut Shadow,
        (manifest, schemas, rows): (&Manifest, &[String], u64),
    ) -> Result<Vec<String>, Error> {
        let tables = read_tables(&shadow.session).await?;
        let mut notes = Vec::new();
        let mut layouts = Vec::new();
        for table in chosen(&tables, &[], schemas).map_err(Error::SeedsRefused)? {
            if !self.0.insert((table.label(), table.oid)) {
                continue;
            }
            match Layout::new(table) {
                Ok(layout) => layouts.push(layout),
                Err(finding) => notes.push(format!("{} has no rows: {finding}", table.label())),
            }
        }
        let execution =
            SeedExecution { author: author(manifest), limits: limits(&RunArgs::default(), manifest) };
        while !layouts.is_empty() {
            let request = Request { layouts: &layouts, tables: &tables, rows, seed: SEED };
            match fill(shadow, &request, &execution).await {
                Ok(()) => break,
                Err(Error::Db(DbError::MadeUpRows { table, refusal })) => {
                    notes.push(format!("{table} has no rows: {}", refusal.message));
                    let before = layouts.len();
                    layouts.retain(|layout| layout.table.label() != table);
                    if layouts.len() == before {
                        break;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(notes)
    }
}

async fn fill(shadow: &mut Shadow, request: &Request<'_>, execution: &SeedExecution) -> Result<(), Error> {
    let connection = (&mut shadow.session, &shadow.options);
    let lock = take_lock(connection, std::time::Duration::from_secs(60), &mut |_| {}).await?;
    ledger::read_locked(&mut shadow.session, &lock, &mut |_| {}).await?;
    let mut filler = Filler { session: &mut shadow.session, lock: &lock, execution };
    Ok(filler.run(request, &mut |_| {}).await.map(drop)?)
}

/// For each table its rows' number and a sum over each column's values, by column; the whole row's under [`WHOLE`].
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::commands) struct Sums(BTreeMap<String, (String, BTreeMap<String, String>)>);

impl Sums {
    /// Reads the tables of a shadow, as far as `like` names them and their columns; all where it is `None`.
    pub(in crate::commands) async fn read(session: &Session, like: Option<&Self>) -> Result<Self, Error> {
        let tables = read_tables(session).await?;
        let queries: Vec<String> = tables.iter().filter_map(|table| query(table, like)).collect();
        if queries.is_empty() {
            return Ok(Self::default());
        }
        let mut sums = Self::default();
        for answer in session.values("summing up the rows", &queries.join("\nUNION ALL\n")).await? {
            let malformed = |error: serde_json::Error| DbError::Catalog {
                target: session.target().to_owned(),
                what: error.to_string(),
            };
            let (table, rows, columns) = serde_json::from_str(&answer).map_err(malformed)?;
            sums.0.insert(table, (rows, columns));
        }
        Ok(sums)
    }

    /// Returns what is not in `after` as it is here: `schema.table.column`, or `schema.table` where rows are gone or their
    /// values are joined otherwise.
    pub(in crate::commands) fn lost(&self, after: &Self) -> Vec<String> {
        let mut lost = Vec::new();
        for (table, (rows, columns)) in &self.0 {
            let Some((rows_after, columns_after)) = after.0.get(table) else {
                lost.push(table.clone());
                continue;
            };
            let differing: Vec<&String> = columns
                .iter()
                .filter(|(name, sum)| columns_after.get(*name) != Some(sum))
                .map(|(name, _)| name)
                .collect();
            let named: Vec<_> = differing.iter().filter(|name| **name != WHOLE).collect();
            if rows != rows_after || (named.is_empty() && !differing.is_empty()) {
                lost.push(table.clone());
            } else {
                lost.extend(named.into_iter().map(|name| format!("{table}.{name}")));
            }
        }
        lost
    }
}

/// Returns the query that sums up a table. A sum does not depend on the order of the rows.
fn query(table: &Table, like: Option<&Sums>) -> Option<String> {
    let wanted = match like {
        Some(sums) => Some(&sums.0.get(&table.label())?.1),
        None => None,
    };
    let columns: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| wanted.is_none_or(|wanted| wanted.contains_key(*name)))
        .collect();
    let quoted = |name: &&str| quote::identifier(name).ok().map(|name| format!("{name}::text COLLATE \"C\""));
    let texts: Vec<String> = columns.iter().map(quoted).collect::<Option<_>>()?;
    let sum =
        |text: &String| format!("coalesce(sum(pg_catalog.hashtextextended({text}, 0)::numeric), 0)::text");
    let present: Vec<_> = texts.iter().map(|text| format!("coalesce({text}, '\\N')")).collect();
    let whole = format!("pg_catalog.concat_ws('|', '', {})", present.join(", ")).replace(", )", ")");
    let names: Vec<String> =
        columns.iter().chain([&WHOLE]).map(|name| quote::literal(name).ok()).collect::<Option<_>>()?;
    let sums: Vec<String> = texts.iter().chain([&whole]).map(sum).collect();
    Some(format!(
        "SELECT pg_catalog.json_build_array({}, count(*)::text, \
         pg_catalog.json_object(ARRAY[{}]::text[], ARRAY[{}]::text[]))::text FROM {}",
        quote::literal(&table.label()).ok()?,
        names.join(", "),
        sums.join(", "),
        table.sql(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(rows: &str, columns: &[(&str, &str)]) -> Sums {
        let columns = columns.iter().map(|(name, sum)| ((*name).to_owned(), (*sum).to_owned())).collect();
        Sums([("s.t".to_owned(), (rows.to_owned(), columns))].into())
    }

    #[test]
    fn what_did_not_come_back_is_named_as_exactly_as_it_is_known() {
        let before = sums("3", &[("", "9"), ("a", "1"), ("b", "2")]);
        let lost = |rows, columns: &[(&str, &str)]| before.lost(&sums(rows, columns));
        assert_eq!(lost("3", &[("", "9"), ("a", "1"), ("b", "2")]), Vec::<String>::new());
        assert_eq!(lost("3", &[("", "8"), ("a", "1"), ("b", "0")]), ["s.t.b"]);
        assert_eq!(lost("3", &[("", "8"), ("a", "1")]), ["s.t.b"]);
        assert_eq!(lost("3", &[("", "8"), ("a", "1"), ("b", "2")]), ["s.t"], "values of other rows");
        assert_eq!(lost("2", &[("", "8"), ("a", "0"), ("b", "0")]), ["s.t"]);
        assert_eq!(before.lost(&Sums::default()), ["s.t"]);
    }
}
