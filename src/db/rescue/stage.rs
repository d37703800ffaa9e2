//! The SQL that puts the rows of one kept table back: staged as the present table has them, each with its fate, then put.
//!
//! Fates: none yet; `over`, it takes the place of a row that nobody has changed since; `there`, nothing to do; `put`;
//! `unfit`, with the reason.

use super::hooks::{identifier, literal};
use super::present::{Present, PresentColumn};
use crate::model::rescue::{Column, Item, Kept};

const STAGE_ONE_BY_ONE: &str = include_str!("../queries/rescue/stage_one_by_one.sql");
/// Whether nobody but the migration, crmdb, or somebody before the rescue wrote the row `t` last. What was put back since this
/// rescue first was does not count: this rescue, or an earlier one, has a say in it.
const UNTOUCHED: &str = include_str!("../queries/rescue/untouched.sql");
/// Whether the row `t` was put back since this rescue first was.
const PUT_BACK: &str = include_str!("../queries/rescue/put_back.sql");
/// Why a column's value is not put back.
const VALUE_SINCE: &str = "the row has another value, written since";
const PUT_ONE_BY_ONE: &str = include_str!("../queries/rescue/put_one_by_one.sql");

/// The rows of an item on their way into a table.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    pub(super) item: &'a Item,
    pub(super) present: &'a Present,
    /// The kept columns that the table has, beside what it has.
    pub(super) pairs: Vec<(&'a Column, &'a PresentColumn)>,
    /// The kept columns that the table does not have, or makes by itself.
    pub(super) missing: Vec<String>,
    /// The columns by which a row is found.
    pub(super) key: Vec<String>,
    /// The table that holds the kept rows, as SQL.
    pub(super) source: String,
}

impl<'a> Stage<'a> {
    pub(super) fn new(item: &'a Item, present: &'a Present, source: String) -> Self {
        let (mut pairs, mut missing) = (Vec::new(), Vec::new());
        for column in item.keep.columns() {
            match present.column(&column.name) {
                Some(found) if !found.generated => pairs.push((column, found)),
                Some(_) => {}
                None => missing.push(column.name.clone()),
            }
        }
        let wanted = if item.keep.kept.is_column() { &item.keep.shape.key } else { &present.key };
        let whole = wanted.iter().all(|name| pairs.iter().any(|(column, _)| column.name == *name));
        let key = if whole { wanted.clone() } else { Vec::new() };
        Self { item, present, pairs, missing, key, source }
    }

    /// Returns why none of it can be put back; `None` where there is hope.
    pub(super) fn hopeless(&self) -> Option<String> {
        if self.pairs.is_empty() {
            return Some(format!("{}.{} has none of its columns", self.present.schema, self.present.name));
        }
        let Kept::Column { column, .. } = &self.item.keep.kept else { return None };
        if self.missing.contains(column) {
            return Some(format!("{}.{} has no column `{column}`", self.present.schema, self.present.name));
        }
        self.key.is_empty().then(|| "the table has no key to find the rows by".to_owned())
    }

    pub(super) fn name(&self) -> String {
        format!("pg_temp.crmdb_stage_{}", self.item.ordinal)
    }

    fn captured(&self) -> bool {
        self.item.keep.kept == Kept::Changed
    }

    /// Returns the statements that make the stage and fill it in one go.
    pub(super) fn fill(&self) -> [String; 2] {
        let make = format!(
            "CREATE TEMP TABLE crmdb_stage_{} ON COMMIT DROP AS SELECT NULL::bigint AS crmdb_n, NULL::text AS crmdb_fate, \
             NULL::text AS crmdb_why, NULL::\"char\" AS crmdb_op, {} FROM {} AS t WITH NO DATA",
            self.item.ordinal,
            self.list(|name| format!("t.{name}")),
            self.present.source()
        );
        let fill = format!(
            "INSERT INTO {} ({}) SELECT pg_catalog.row_number() OVER ({}), {} FROM {} AS s",
            self.name(),
            self.names(),
            self.order(),
            self.values("s"),
            self.source
        );
        [make, fill]
    }

    /// Returns the block that fills the stage row by row, where some can't be turned into what the columns are.
    pub(super) fn fill_one_by_one(&self) -> String {
        let body = STAGE_ONE_BY_ONE
            .replace("{order}", self.order())
            .replace("{source}", &self.source)
            .replace("{stage}", &self.name())
            .replace("{names}", &self.names())
            .replace("{values}", &self.values("one"));
        format!("DO {}", literal(&body))
    }

    fn order(&self) -> &'static str {
        if self.captured() { "ORDER BY s.crmdb_order" } else { "" }
    }

    fn names(&self) -> String {
        format!("crmdb_n, crmdb_fate, crmdb_why, crmdb_op, {}", self.list(|name| name))
    }

    /// Returns the staged columns, behind the number: fate, reason, operation, and each value as its column has it.
    fn values(&self, row: &str) -> String {
        let lossy: Vec<String> =
            self.pairs.iter().filter_map(|(kept, found)| lossy(row, kept, found)).collect();
        let why =
            if lossy.is_empty() { "NULL::text".to_owned() } else { format!("CASE {} END", lossy.join(" ")) };
        let fate = if lossy.is_empty() {
            "NULL::text".to_owned()
        } else {
            format!("CASE WHEN ({why}) IS NOT NULL THEN 'unfit' END")
        };
        let operation = if self.captured() { format!("{row}.crmdb_op") } else { "NULL::\"char\"".to_owned() };
        let values: Vec<String> = self.pairs.iter().map(|(kept, found)| value(row, kept, found)).collect();
        format!("{fate}, {why}, {operation}, {}", values.join(", "))
    }

    fn list(&self, each: impl Fn(String) -> String) -> String {
        self.pairs.iter().map(|(kept, _)| each(identifier(&kept.name))).collect::<Vec<_>>().join(", ")
    }

    fn meets(&self) -> String {
        let each = self.key.iter().map(|name| {
            let name = identifier(name);
            format!("t.{name} = s.{name}")
        });
        each.collect::<Vec<_>>().join(" AND ")
    }

    /// Returns the statements that tell the fates which need no try, for the rescue of that number; `first` is its first
    /// transaction.
    pub(super) fn judge(&self, (rescue, first): (i64, u32)) -> Vec<String> {
        let (stage, from) = (self.name(), self.present.source());
        if self.key.is_empty() {
            return self.judge_without_key();
        }
        let mut statements = Vec::new();
        if self.captured() {
            // The first image of a row is how it was before the migration.
            let same = self.meets().replace("t.", "e.");
            statements.push(format!(
                "DELETE FROM {stage} AS s USING {stage} AS e WHERE {same} AND e.crmdb_n < s.crmdb_n \
                 AND s.crmdb_fate IS NULL AND e.crmdb_fate IS NULL"
            ));
        }
        let judged: String = match &self.item.keep.kept {
            Kept::Column { column, .. } => format!("ROW({{}}.{})", identifier(column)),
            _ => format!("ROW({})", self.list(|name| format!("{{}}.{name}"))),
        };
        let [now, then] = ["t", "s"].map(|alias| judged.replace("{}", alias));
        let of_this = |sql: &str| {
            let sql = sql.trim_end().replace("{first}", &first.to_string());
            sql.replace("{id}", &rescue.to_string())
        };
        let (untouched, put_back) = (of_this(UNTOUCHED), of_this(PUT_BACK));
        let (free, otherwise) = match &self.item.keep.kept {
            // Where the table is another one than then, a row with the key need not be the row.
            Kept::Column { column, .. } if self.item.home == self.present.oid => {
                (format!("t.{} IS NULL OR {untouched}", identifier(column)), VALUE_SINCE)
            }
            Kept::Column { .. } => (untouched, VALUE_SINCE),
            _ => (untouched, "a row with its key is there and differs"),
        };
        let done = if self.captured() { "false".to_owned() } else { put_back };
        statements.push(format!(
            "UPDATE {stage} AS s SET (crmdb_fate, crmdb_why) = (SELECT f.fate, CASE f.fate WHEN 'unfit' THEN {} END FROM \
             (SELECT CASE WHEN {now}::text = {then}::text THEN 'there' WHEN {free} THEN 'over' WHEN {done} THEN 'there' \
             ELSE 'unfit' END AS fate) AS f) FROM {from} AS t WHERE s.crmdb_fate IS NULL AND {}",
            literal(otherwise),
            self.meets()
        ));
        if self.item.keep.kept.is_column() {
            statements.push(format!(
                "UPDATE {stage} SET crmdb_fate = 'unfit', crmdb_why = 'its row is not there' WHERE crmdb_fate IS NULL"
            ));
        }
        statements
    }

    /// Rows that are there as they were are not put a second time, as often as they are there.
    fn judge_without_key(&self) -> Vec<String> {
        let (stage, from) = (self.name(), self.present.source());
        let [now, then] =
            ["t", "s"].map(|alias| format!("ROW({})::text", self.list(|name| format!("{alias}.{name}"))));
        let updated = format!(
            "UPDATE {stage} SET crmdb_fate = 'unfit', crmdb_why = 'the table has no key to find the row by' \
             WHERE crmdb_fate IS NULL AND crmdb_op = 'u'"
        );
        let there = format!(
            "UPDATE {stage} AS u SET crmdb_fate = 'there' FROM ( \
               SELECT s.crmdb_n AS n, pg_catalog.row_number() OVER (PARTITION BY {then} ORDER BY s.crmdb_n) AS place, \
                 h.number FROM {stage} AS s \
               JOIN (SELECT {now} AS text, pg_catalog.count(*) AS number FROM {from} AS t GROUP BY 1) AS h ON h.text = {then} \
               WHERE s.crmdb_fate IS NULL) AS f WHERE u.crmdb_n = f.n AND f.place <= f.number"
        );
        vec![updated, there]
    }

    /// Returns the INSERT of what is not there, without the condition on fates.
    fn insert(&self) -> String {
        format!(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {} AS s WHERE true",
            self.present.table(),
            self.list(|name| name),
            self.list(|name| format!("s.{name}")),
            self.name()
        )
    }

    /// Returns the UPDATE of what takes another row's place, without the condition on fates; `None` where it changes nothing.
    fn update(&self) -> Option<String> {
        let set = self.pairs.iter().filter(|(kept, found)| {
            let wanted = match &self.item.keep.kept {
                Kept::Column { column, .. } => kept.name == *column,
                _ => true,
            };
            wanted && !found.always && !self.key.contains(&kept.name)
        });
        let set: Vec<String> = set
            .map(|(kept, _)| {
                let name = identifier(&kept.name);
                format!("{name} = s.{name}")
            })
            .collect();
        if set.is_empty() || self.key.is_empty() {
            return None;
        }
        let only = if self.present.partitioned { "" } else { "ONLY " };
        Some(format!(
            "UPDATE {only}{} AS t SET {} FROM {} AS s WHERE {}",
            self.present.table(),
            set.join(", "),
            self.name(),
            self.meets()
        ))
    }

    /// Returns the statements that put all rows which have no fate yet, to be parts of one statement.
    pub(super) fn put(&self) -> Vec<String> {
        let update = self.update().map(|update| format!("{update} AND s.crmdb_fate = 'over'"));
        let insert =
            (!self.item.keep.kept.is_column()).then(|| format!("{} AND s.crmdb_fate IS NULL", self.insert()));
        update.into_iter().chain(insert).collect()
    }

    /// Returns the loop that puts them one by one.
    pub(super) fn put_one_by_one(&self) -> String {
        let nothing = format!("PERFORM 1 FROM {} AS s WHERE true", self.name());
        let insert = if self.item.keep.kept.is_column() { nothing.clone() } else { self.insert() };
        PUT_ONE_BY_ONE
            .replace("{stage}", &self.name())
            .replace("{insert}", &insert)
            .replace("{update}", &self.update().unwrap_or(nothing))
    }

    /// Returns the statement that gives all rows without an end one.
    pub(super) fn end(&self, fate: &str) -> String {
        format!(
            "UPDATE {} SET crmdb_fate = {} WHERE crmdb_fate IS NULL OR crmdb_fate = 'over'",
            self.name(),
            literal(fate)
        )
    }

    /// Returns the query for how many rows have which fate.
    pub(super) fn counts(&self) -> String {
        format!("SELECT crmdb_fate || ' ' || pg_catalog.count(*) FROM {} GROUP BY crmdb_fate", self.name())
    }

    /// Returns the query for some rows that do not fit: what tells the row, and the reason.
    pub(super) fn samples(&self, most: u32) -> String {
        let told = if self.key.is_empty() {
            self.list(|name| name)
        } else {
            self.key.iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", ")
        };
        let names = if self.key.is_empty() { "row".to_owned() } else { self.key.join(", ") };
        format!(
            "SELECT pg_catalog.json_build_array({} || ' ' || pg_catalog.left(ROW({told})::text, 120), crmdb_why) \
             FROM {} WHERE crmdb_fate = 'unfit' ORDER BY crmdb_n LIMIT {most}",
            literal(&names),
            self.name()
        )
    }
}

/// Returns a kept value as the present column takes it.
fn value(row: &str, kept: &Column, found: &PresentColumn) -> String {
    let name = identifier(&kept.name);
    if kept.own && kept.type_name == found.type_name {
        format!("{row}.{name}")
    } else {
        format!("CAST({row}.{name} AS {})", found.base)
    }
}

/// Returns a branch of a CASE that is taken where the column's type now makes another value of it.
fn lossy(row: &str, kept: &Column, found: &PresentColumn) -> Option<String> {
    if !kept.own || kept.type_name == found.type_name || found.base == "jsonb" {
        return None;
    }
    let name = identifier(&kept.name);
    let there = format!("CAST({row}.{name} AS {})", found.type_name);
    let back = format!("CAST({there} AS {})", kept.type_name);
    let why = literal(&format!("`{}` is {} and would become another value", kept.name, found.type_name));
    Some(format!("WHEN {back}::text IS DISTINCT FROM {row}.{name}::text THEN {why}"))
}
