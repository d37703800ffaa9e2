//! Compares the rows of CSV seeds with those in their tables, in a transaction that is rolled back.

use super::Opener;
use super::csv::{Load, comparable, list, stage, staged};
use crate::db::error::DbError;
use crate::db::lock::own_error;
use crate::db::session::Session;
use crate::model::seed::plan::CsvWork;
use crate::model::seed::status::{Comparison, Difference, Differences, TableDrift};
use crate::sql::quote;

/// How many rows of each kind are told by name.
const NAMED: usize = 20;

/// The keys of all files of one table.
const KEYS: &str = "crmdb_seed_keys";

/// Returns the rows of each table that differ from its files. Needs no lock; makes temporary tables and drops them.
pub async fn compare(
    session: &mut Session,
    comparisons: &[Comparison<'_>],
    open: &Opener<'_>,
) -> Result<Vec<TableDrift>, DbError> {
    let begun = session.client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await;
    begun.map_err(|error| own_error(session.target(), "comparing seeds", &error))?;
    let mut drifts = Vec::with_capacity(comparisons.len());
    let mut ending = Ok(());
    for comparison in comparisons {
        match drift(session, comparison, open).await {
            Ok(drift) => drifts.push(drift),
            Err(error) => {
                ending = Err(error);
                break;
            }
        }
    }
    let _ = session.client.batch_execute("ROLLBACK").await;
    ending.map(|()| drifts)
}

async fn drift(
    session: &mut Session,
    comparison: &Comparison<'_>,
    open: &Opener<'_>,
) -> Result<TableDrift, DbError> {
    let work = comparison.files[0].1;
    let mut drift = TableDrift { table: work.table.label(), ..TableDrift::default() };
    let key = list(&work.key, |column| column.sql());
    let keys = format!(
        "DROP TABLE IF EXISTS pg_temp.{KEYS}; \
         CREATE TEMPORARY TABLE {KEYS} ON COMMIT DROP AS SELECT {key} FROM {} WITH NO DATA",
        work.table.sql()
    );
    let doing = "comparing seeds";
    session.client.batch_execute(&keys).await.map_err(|error| own_error(session.target(), doing, &error))?;
    for (step, work) in &comparison.files {
        drift.paths.push(step.file.path.clone());
        let mut load = Load { session, file: &step.file, work, open };
        load.stage(&stage(work)).await?;
        let collect = format!("INSERT INTO pg_temp.{KEYS} SELECT {key} FROM {}", staged());
        let kept = session.client.batch_execute(&collect).await;
        kept.map_err(|error| own_error(session.target(), doing, &error))?;
        for (kind, total, row) in rows(session, &differing(work)).await? {
            let differences = if kind == "missing" { &mut drift.missing } else { &mut drift.changed };
            add(differences, total, row);
        }
    }
    for (_, total, row) in rows(session, &extra(work)).await? {
        add(&mut drift.extra, total, row);
    }
    Ok(drift)
}

fn add(differences: &mut Differences, total: u64, row: Option<Difference>) {
    differences.total += total;
    differences.rows.extend(row);
    differences.rows.truncate(NAMED);
}

/// Returns each kind's total once, with the first of its rows, and then the others.
async fn rows(session: &Session, sql: &str) -> Result<Vec<(String, u64, Option<Difference>)>, DbError> {
    let named = format!(
        "WITH differing AS ({sql}), named AS (SELECT *, \
         row_number() OVER (PARTITION BY kind ORDER BY key) AS place, count(*) OVER (PARTITION BY kind) AS total \
         FROM differing) \
         SELECT kind, CASE WHEN place = 1 THEN total ELSE 0 END, key, columns FROM named WHERE place <= {NAMED} \
         ORDER BY kind, place"
    );
    let rows = session.client.query_typed(&named, &[]).await;
    let rows = rows.map_err(|error| own_error(session.target(), "comparing seeds", &error))?;
    let read = rows.iter().map(|row| {
        let total = u64::try_from(row.get::<_, i64>(1)).unwrap_or_default();
        (row.get(0), total, Some(Difference { key: row.get(2), columns: row.get(3) }))
    });
    Ok(read.collect())
}

fn key_text(work: &CsvWork, row: &str) -> String {
    format!("concat_ws(', ', {})", list(&work.key, |column| format!("{row}.{}::text", column.sql())))
}

fn same_key(work: &CsvWork) -> String {
    let equal = work.key.iter().map(|column| format!("s.{0} = t.{0}", column.sql()));
    equal.collect::<Vec<_>>().join(" AND ")
}

fn differing(work: &CsvWork) -> String {
    let rest: Vec<_> =
        work.columns.iter().filter(|column| work.key.iter().all(|key| key.name != column.name)).collect();
    let differs = |column: &crate::model::seed::Column| {
        format!("{} IS DISTINCT FROM {}", comparable("s", column), comparable("t", column))
    };
    let literal = |name: &str| quote::literal(name).expect("the catalog's names have no NUL");
    let columns =
        rest.iter().map(|column| format!("CASE WHEN {} THEN {} END", differs(column), literal(&column.name)));
    let columns = columns.collect::<Vec<_>>().join(", ");
    let any = rest.iter().map(|column| differs(column)).collect::<Vec<_>>().join(" OR ");
    let any = if any.is_empty() { "false".to_owned() } else { any };
    format!(
        "SELECT CASE WHEN t.tableoid IS NULL THEN 'missing' ELSE 'changed' END AS kind, {} AS key, \
         CASE WHEN t.tableoid IS NULL THEN '{{}}' ELSE array_remove(ARRAY[{columns}]::text[], NULL) END AS columns \
         FROM {} AS s LEFT JOIN {} AS t ON {} WHERE t.tableoid IS NULL OR {any}",
        key_text(work, "s"),
        staged(),
        work.table.sql(),
        same_key(work),
    )
}

fn extra(work: &CsvWork) -> String {
    format!(
        "SELECT 'extra' AS kind, {} AS key, '{{}}'::text[] AS columns FROM {} AS t \
         WHERE NOT EXISTS (SELECT FROM pg_temp.{KEYS} AS s WHERE {})",
        key_text(work, "t"),
        work.table.sql(),
        same_key(work),
    )
}
