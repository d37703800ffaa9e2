//! How the rows of one table are made up: which columns, from what, judged by what.

use super::domain::Domain;
use super::evaluate::Condition;
use super::expression::{self, Expression};
use super::sample::Sampler;
use super::text::words;
use crate::model::seed::table::Identity;
use crate::model::seed::{Column, SeedFinding, Table, Unique};

/// The layout of one table's rows.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The table.
    pub table: Table,
    /// The foreign keys that decide columns, the widest first.
    pub references: Vec<Reference>,
    pub(super) roles: Vec<Role>,
    pub(super) checks: Vec<Check>,
    pub(super) uniques: Vec<Key>,
}

/// What fills a column.
#[derive(Clone, Debug)]
pub(super) enum Role {
    /// The server.
    LeftOut,
    /// A sampler; how many of a hundred are NULL; whether a text is numbered to be one of its kind.
    Own { sampler: Sampler, nulls: u8, numbered: bool },
    /// The foreign key of that index.
    Referring(usize),
}

/// A foreign key that decides columns.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The oid of the table that it refers to.
    pub target: u32,
    /// The columns there.
    pub target_columns: Vec<String>,
    /// Whether that is the table itself.
    pub to_itself: bool,
    /// Whether no two rows may refer to the same row.
    pub exclusive: bool,
    /// Whether rows can do without.
    pub nullable: bool,
    /// The referring columns, as indexes of the table's.
    pub(super) columns: Vec<usize>,
    /// The positions among them that a wider key decides.
    pub(super) fixed: Vec<usize>,
}

/// A CHECK condition with the words to tell it by.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) condition: Condition,
    pub(super) own: Option<usize>,
    pub(super) sql: String,
}

/// A unique key.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) parts: Vec<Condition>,
    pub(super) predicate: Option<Condition>,
    /// The columns to make up again when the key is taken.
    pub(super) reads: Vec<usize>,
    /// The columns of a key without expressions.
    pub(super) plain: Vec<usize>,
    pub(super) sql: KeySql,
}

/// A unique key as SQL, to read which keys are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySql {
    /// The parts of the key.
    pub parts: Vec<String>,
    /// Which rows have it.
    pub predicate: Option<String>,
}

impl Layout {
    /// Decides how the rows of `table` are made up.
    pub fn new(table: &Table) -> Result<Self, SeedFinding> {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let mut layout = Self {
            references: references(table),
            roles: Vec::with_capacity(names.len()),
            checks: checks(table, &names),
            uniques: Vec::new(),
            table: table.clone(),
        };
        let uniques = uniques(table);
        for (index, column) in table.columns.iter().enumerate() {
            layout.roles.push(role(&layout, (index, column), &uniques)?);
        }
        let key = |unique: &Unique| key(table, unique, (&names, &layout.roles));
        layout.uniques = uniques.iter().filter_map(key).collect();
        for reference in &mut layout.references {
            let within = |key: &Key| {
                key.predicate.is_none()
                    && !key.plain.is_empty()
                    && key.plain.iter().all(|column| reference.columns.contains(column))
            };
            reference.exclusive = layout.uniques.iter().any(within);
        }
        Ok(layout)
    }

    /// Returns the indexes of the columns that are made up, in the table's order.
    pub fn filled(&self) -> impl Iterator<Item = usize> {
        self.roles
            .iter()
            .enumerate()
            .filter(|(_, role)| !matches!(role, Role::LeftOut))
            .map(|(index, _)| index)
    }

    /// Returns the unique keys as SQL, in the order of [`Generator::remember`](super::Generator::remember).
    pub fn keys(&self) -> impl Iterator<Item = &KeySql> {
        self.uniques.iter().map(|key| &key.sql)
    }
}

fn is_left_out(column: &Column) -> bool {
    let numbered = column.default.as_deref().is_some_and(|default| default.starts_with("nextval("));
    column.generated || column.identity != Identity::No || numbered
}

fn references(table: &Table) -> Vec<Reference> {
    let mut keys: Vec<_> = table.foreign_keys.iter().collect();
    keys.sort_by_key(|key| std::cmp::Reverse(key.columns.len()));
    let mut decided: Vec<usize> = Vec::new();
    let mut references = Vec::new();
    for key in keys {
        let position = |name: &String| table.columns.iter().position(|column| column.name == *name);
        let columns: Vec<usize> = key.columns.iter().filter_map(position).collect();
        let fixed: Vec<usize> = (0..columns.len()).filter(|&at| decided.contains(&columns[at])).collect();
        let free = columns.iter().filter(|column| !decided.contains(column));
        // An identity column that refers too can't be made to: its number is the server's.
        if fixed.len() == columns.len() || columns.iter().any(|&at| is_left_out(&table.columns[at])) {
            continue;
        }
        references.push(Reference {
            target: key.target,
            target_columns: key.target_columns.clone(),
            to_itself: key.target == table.oid,
            exclusive: false,
            nullable: free.clone().all(|&at| !table.columns[at].not_null),
            fixed,
            columns: columns.clone(),
        });
        decided.extend(free.copied().collect::<Vec<_>>());
    }
    references
}

fn checks(table: &Table, names: &[&str]) -> Vec<Check> {
    let of_table = table.checks.iter().map(|sql| (sql, None));
    let of_domains = table.columns.iter().enumerate();
    let of_domains =
        of_domains.flat_map(|(at, column)| column.domain_checks.iter().map(move |sql| (sql, Some(at))));
    let check = |(sql, own): (&String, Option<usize>)| Check {
        condition: Condition::new(expression::read(sql), names, own),
        own,
        sql: sql.clone(),
    };
    of_table.chain(of_domains).map(check).collect()
}

fn uniques(table: &Table) -> Vec<Unique> {
    let mut uniques = table.uniques.clone();
    if !table.primary_key.is_empty() {
        let columns = table.primary_key.clone();
        uniques.push(Unique { reads: columns.clone(), columns, expressions: Vec::new(), predicate: None });
    }
    uniques
}

fn role(layout: &Layout, (index, column): (usize, &Column), uniques: &[Unique]) -> Result<Role, SeedFinding> {
    if is_left_out(column) {
        return Ok(Role::LeftOut);
    }
    if let Some(reference) = layout.references.iter().position(|reference| {
        let place = reference.columns.iter().position(|&at| at == index);
        place.is_some_and(|place| !reference.fixed.contains(&place))
    }) {
        return Ok(Role::Referring(reference));
    }
    let mut domain = Domain::default();
    for check in &layout.checks {
        if check.own.is_none_or(|own| own == index) {
            domain.narrow(&expression::read(&check.sql), &column.name);
        }
    }
    match Sampler::new(&layout.table.name, column, &domain) {
        Some(sampler) => {
            let numbered = uniques.iter().any(|unique| is_numbered_by(&layout.table, column, unique));
            Ok(Role::Own { sampler, nulls: nulls(column), numbered })
        }
        None if !column.not_null || column.default.is_some() => Ok(Role::LeftOut),
        None => Err(SeedFinding::NotGenerated {
            table: layout.table.label(),
            reason: format!(
                "column `{}` has type `{}`, of which no value is known",
                column.name, column.type_name
            ),
        }),
    }
}

/// A text is numbered where it alone can make a unique key one of its kind.
fn is_numbered_by(table: &Table, column: &Column, unique: &Unique) -> bool {
    let texts = unique.reads.iter().chain(&unique.columns).filter_map(|name| table.column(name));
    let mut texts: Vec<&str> =
        texts.filter(|column| column.category == "S").map(|column| column.name.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    texts == [column.name.as_str()]
}

fn nulls(column: &Column) -> u8 {
    let rare = ["deleted", "cancelled", "canceled", "archived", "revoked", "merged", "error", "expires"];
    match () {
        () if column.not_null => 0,
        () if words(&column.name).iter().any(|word| rare.contains(&word.as_str())) => 90,
        () if column.name.ends_with("_at") => 35,
        () => 15,
    }
}

fn key(table: &Table, unique: &Unique, (names, roles): (&[&str], &[Role])) -> Option<Key> {
    let position = |name: &String| names.iter().position(|known| known == name);
    let quoted = |name: &String| table.column(name).map(Column::sql);
    let mut parts: Vec<(Expression, String)> = unique
        .columns
        .iter()
        .filter_map(|name| Some((Expression::Column(name.clone()), quoted(name)?)))
        .collect();
    parts.extend(unique.expressions.iter().map(|sql| (expression::read(sql), sql.clone())));
    let mut predicate = unique.predicate.as_ref().map(|sql| (expression::read(sql), sql.clone()));
    let is_judged = |(expression, _): &(Expression, String)| expression.is_judged();
    let mut reads: Vec<usize> = unique.columns.iter().chain(&unique.reads).filter_map(position).collect();
    reads.sort_unstable();
    reads.dedup();
    let mut plain: Vec<usize> = unique.columns.iter().filter_map(position).collect();
    if !parts.iter().chain(&predicate).all(is_judged) {
        // Rows that differ in every column that the index reads may still have one key, but seldom.
        let columns = reads.iter().map(|&at| &table.columns[at]);
        parts = columns.map(|column| (Expression::Column(column.name.clone()), column.sql())).collect();
        predicate = None;
    }
    if !unique.expressions.is_empty() {
        plain.clear();
    }
    // What the server numbers is unique without help.
    if reads.iter().any(|&at| matches!(roles[at], Role::LeftOut)) || parts.is_empty() {
        return None;
    }
    let sql = KeySql {
        parts: parts.iter().map(|(_, sql)| sql.clone()).collect(),
        predicate: predicate.as_ref().map(|(_, sql)| sql.clone()),
    };
    let condition = |(expression, _): (Expression, String)| Condition::new(expression, names, None);
    Some(Key {
        parts: parts.into_iter().map(condition).collect(),
        predicate: predicate.map(condition),
        reads,
        plain,
        sql,
    })
}
