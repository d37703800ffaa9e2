//! Puts the rows of a CSV seed into its table: straight where it is empty, else by its primary key.

use std::io::{BufRead, BufReader, Read};

use super::Opener;
use super::copy::{CopyError, copy_in};
use crate::db::error::{DbError, Refusal, StatementError, Subject, ends_session, refusal};
use crate::db::lock::own_error;
use crate::db::session::Session;
use crate::model::seed::plan::CsvWork;
use crate::model::seed::table::Identity;
use crate::model::seed::{Column, Rows, SeedFile};
use crate::sql::{Position, quote};

/// The temporary table that takes the rows of one file.
const STAGE: &str = "crmdb_seed_rows";

/// One CSV file on its way into its table.
pub(super) struct Load<'a> {
    pub(super) session: &'a mut Session,
    pub(super) file: &'a SeedFile,
    pub(super) work: &'a CsvWork,
    pub(super) open: &'a Opener<'a>,
}

impl Load<'_> {
    pub(super) async fn run(&mut self, sent: &mut dyn FnMut(u64)) -> Result<Rows, DbError> {
        let rows = if self.table_is_empty().await? {
            let read = self.copy(&self.work.table.sql(), sent).await?;
            Rows { read, written: read }
        } else if self.work.key.is_empty() {
            return Err(DbError::SeedWithoutKey {
                path: self.file.path.clone(),
                table: self.work.table.label(),
                has_key: !self.work.table.primary_key.is_empty(),
            });
        } else {
            self.own(&stage(self.work)).await?;
            let read = self.copy(&staged(), sent).await?;
            self.each_key_once().await?;
            let written = self.session.client.execute_typed(&upsert(self.work), &[]).await;
            let written = written.map_err(|error| self.failed(&error))?;
            self.own(&format!("DROP TABLE pg_temp.{STAGE}")).await?;
            Rows { read, written }
        };
        for column in self.work.columns.iter().filter(|column| is_numbered(column)) {
            self.own(&advance_sequence(self.work, column)).await?;
        }
        Ok(rows)
    }

    /// Puts the rows of the file into a temporary table that `make` makes.
    pub(super) async fn stage(&mut self, make: &str) -> Result<u64, DbError> {
        self.own(make).await?;
        self.copy(&staged(), &mut |_| {}).await
    }

    async fn table_is_empty(&self) -> Result<bool, DbError> {
        let sql = format!("SELECT NOT EXISTS (SELECT FROM {})", self.work.table.sql());
        let row = self.session.client.query_typed(&sql, &[]).await;
        let row = row.map_err(|error| own_error(self.session.target(), "looking at a table", &error))?;
        Ok(row.first().is_some_and(|row| row.get(0)))
    }

    async fn copy(&self, into: &str, sent: &mut dyn FnMut(u64)) -> Result<u64, DbError> {
        let unreadable = |error: std::io::Error| DbError::SeedFile {
            path: self.file.path.clone(),
            reason: error.to_string(),
        };
        let mut source = (self.open)(self.file).map_err(unreadable)?;
        let columns = list(&self.work.columns, |column| column.sql());
        let statement =
            format!("COPY {into} ({columns}) FROM STDIN (FORMAT csv, HEADER true, ENCODING 'UTF8')");
        let copied = copy_in(&self.session.client, &statement, &mut source, sent).await;
        copied.map_err(|error| match error {
            CopyError::File(error) => unreadable(error),
            CopyError::Server(error) => self.failed(&error),
        })
    }

    async fn own(&self, sql: &str) -> Result<(), DbError> {
        let done = self.session.client.batch_execute(sql).await;
        done.map_err(|error| self.failed(&error))
    }

    /// Refuses two rows with one key: which of them would stay depends on what the table holds.
    async fn each_key_once(&self) -> Result<(), DbError> {
        let key = list(&self.work.key, |column| column.sql());
        let values = list(&self.work.key, |column| format!("{}::text", column.sql()));
        let twice = format!(
            "SELECT pg_catalog.concat_ws(', ', {values}) FROM pg_temp.{STAGE} WHERE ROW({key}) IS NOT NULL \
             GROUP BY {key} HAVING pg_catalog.count(*) > 1 ORDER BY {key} LIMIT 1"
        );
        let rows = self.session.client.query_typed(&twice, &[]).await.map_err(|error| self.failed(&error))?;
        match rows.first() {
            Some(row) => Err(DbError::SeedTwice {
                path: self.file.path.clone(),
                key: format!("({key}) = ({})", row.get::<_, String>(0)),
            }),
            None => Ok(()),
        }
    }

    /// Tells the line where the server tells it: COPY does in its context, a key that is taken or absent does not.
    fn failed(&self, error: &tokio_postgres::Error) -> DbError {
        let path = self.file.path.clone();
        let Some(refusal) = refusal(error).filter(|refusal| !ends_session(&refusal.sqlstate)) else {
            let target = self.session.target().to_owned();
            return DbError::Lost { target, doing: format!("loading `{path}`") };
        };
        let Some(line) = self.line(&refusal) else {
            return DbError::SeedRows { path, refusal: Box::new(refusal) };
        };
        let source = (self.open)(self.file).ok();
        DbError::Statement(Box::new(StatementError {
            subject: Subject::Seed,
            migration: path.clone(),
            path,
            place: Position { line, column: 1 },
            exact: false,
            excerpt: source.and_then(|source| read_line(source, line)).unwrap_or_default(),
            refusal,
            done_rows: 0,
        }))
    }

    /// Reads `COPY leads, line 12, column email: "x"`; the words may be in another language, the name comes first.
    fn line(&self, refusal: &Refusal) -> Option<usize> {
        let context = refusal.context.as_deref()?.lines().find(|line| line.starts_with("COPY "))?;
        let context = &context["COPY ".len()..];
        let names = [self.work.table.name.as_str(), STAGE];
        let rest = names.iter().find_map(|name| context.strip_prefix(name))?;
        let start = rest.find(|c: char| c.is_ascii_digit())?;
        let digits = &rest[start..];
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok().filter(|&line| line > 0)
    }
}

fn read_line(source: Box<dyn Read>, number: usize) -> Option<String> {
    let line = BufReader::new(source).split(b'\n').nth(number - 1)?.ok()?;
    Some(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned())
}

pub(super) fn list<'a>(
    columns: impl IntoIterator<Item = &'a Column>,
    write: impl Fn(&Column) -> String,
) -> String {
    columns.into_iter().map(write).collect::<Vec<_>>().join(", ")
}

/// The stage has the header's columns with the table's types and none of its constraints: those hold on the way in.
pub(super) fn stage(work: &CsvWork) -> String {
    let columns = list(&work.columns, |column| column.sql());
    let table = work.table.sql();
    format!(
        "DROP TABLE IF EXISTS pg_temp.{STAGE}; \
         CREATE TEMPORARY TABLE {STAGE} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
    )
}

/// Returns the name of the stage as SQL.
pub(super) fn staged() -> String {
    format!("pg_temp.{STAGE}")
}

fn upsert(work: &CsvWork) -> String {
    let columns = list(&work.columns, |column| column.sql());
    let overriding = if work.overrides_identity() { "OVERRIDING SYSTEM VALUE " } else { "" };
    let key = list(&work.key, |column| column.sql());
    let action = if work.changeable().next().is_none() {
        "DO NOTHING".to_owned()
    } else {
        let set = list(work.changeable(), |column| format!("{0} = EXCLUDED.{0}", column.sql()));
        let present = list(work.changeable(), |column| comparable("t", column));
        let given = list(work.changeable(), |column| comparable("EXCLUDED", column));
        format!("DO UPDATE SET {set} WHERE ROW({present}) IS DISTINCT FROM ROW({given})")
    };
    format!(
        "INSERT INTO {} AS t ({columns}) {overriding}SELECT {columns} FROM pg_temp.{STAGE} ON CONFLICT ({key}) {action}",
        work.table.sql()
    )
}

pub(super) fn comparable(row: &str, column: &Column) -> String {
    let cast = if column.compares_as_text() { "::text" } else { "" };
    format!("{row}.{}{cast}", column.sql())
}

fn is_numbered(column: &Column) -> bool {
    let by_default = column.default.as_deref().is_some_and(|default| default.starts_with("nextval("));
    column.identity != Identity::No || by_default
}

/// Lets the sequence of a column go on behind the highest number that is there, and never back.
fn advance_sequence(work: &CsvWork, column: &Column) -> String {
    let literal = |text: &str| quote::literal(text).expect("the catalog's names have no NUL");
    format!(
        "SELECT pg_catalog.setval(sequence::regclass, highest) FROM (SELECT \
         pg_catalog.pg_get_serial_sequence({}, {}) AS sequence, (SELECT pg_catalog.max({}) FROM {}) AS highest) AS s \
         WHERE highest > coalesce(pg_catalog.pg_sequence_last_value(sequence::regclass), 0)",
        literal(&work.table.sql()),
        literal(&column.name),
        column.sql(),
        work.table.sql(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::seed::table::tests::{column, table};

    #[test]
    fn rows_that_are_there_are_updated_only_where_they_differ() {
        let document = Column { base: "json".to_owned(), category: "U".to_owned(), ..column("Doc") };
        let id = Column { identity: Identity::Always, ..column("id") };
        let mut work = CsvWork {
            table: table(1, "order", &["id"]),
            columns: vec![id.clone(), column("name"), document],
            key: vec![id],
        };
        insta::assert_snapshot!(upsert(&work), @r#"INSERT INTO s."order" AS t (id, name, "Doc") OVERRIDING SYSTEM VALUE SELECT id, name, "Doc" FROM pg_temp.crmdb_seed_rows ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, "Doc" = EXCLUDED."Doc" WHERE ROW(t.name, t."Doc"::text) IS DISTINCT FROM ROW(EXCLUDED.name, EXCLUDED."Doc"::text)"#);
        work.columns.truncate(1);
        insta::assert_snapshot!(upsert(&work), @r#"INSERT INTO s."order" AS t (id) OVERRIDING SYSTEM VALUE SELECT id FROM pg_temp.crmdb_seed_rows ON CONFLICT (id) DO NOTHING"#);
    }
}
