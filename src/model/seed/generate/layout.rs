//! How the rows of one table are made up: which columns, from what, judged by what.

use super::domain::Domain;
use super::evaluate::Condition;
use super::expression::{self, Expression};
use super::sample::Sampler;
use super::text::words;
use crate::model::seed::table::Exclusion;
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
    /// Where it is to the table itself and made-up columns alone: the referred ones, as indexes of the table's.
    pub(super) own: Option<Vec<usize>>,
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
    /// Whether a key with NULL in it is a key like others.
    pub(super) nulls_equal: bool,
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
    /// What stands for NULL in it; `None` where a row with NULL has no such key.
    pub null: Option<&'static str>,
}

/// What stands for NULL in keys where NULL equals NULL: a character that no made-up text has.
pub(super) const NULL: &str = "\u{1}";

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
        let (uniques, apart) = uniques(table)?;
        for (index, column) in table.columns.iter().enumerate() {
            layout.roles.push(role(&layout, (index, column), &uniques)?);
        }
        for (exclusion, column) in apart {
            match &mut layout.roles[column] {
                Role::Own { sampler, numbered, .. } if sampler.keeps_apart() => *numbered = true,
                _ => return Err(unsatisfied(table, exclusion)),
            }
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
        let own: Option<Vec<usize>> = key.target_columns.iter().map(position).collect();
        let made_up = |places: &Vec<usize>| !places.iter().any(|&at| is_left_out(&table.columns[at]));
        references.push(Reference {
            own: own.filter(made_up).filter(|_| key.target == table.oid && fixed.is_empty()),
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
    let partitions = table.partitions.as_ref().map(|partitions| match partitions.as_slice() {
        [] => "false".to_owned(),
        some => some.iter().map(|sql| format!("({sql})")).collect::<Vec<_>>().join(" or "),
    });
    // A column that the server computes is judged by what it is computed from.
    let computed = |name: &str| table.column(name)?.computed.as_deref().map(expression::read);
    let check = |(sql, own): (&String, Option<usize>)| Check {
        condition: Condition::new(expression::read(sql).with(&computed), names, own),
        own,
        sql: sql.clone(),
    };
    of_table.chain(of_domains).chain(partitions.iter().map(|sql| (sql, None))).map(check).collect()
}

/// An exclusion constraint and the column whose values are kept apart for it.
type Apart<'a> = (&'a Exclusion, usize);

/// Returns the unique keys, and what must be kept apart. An exclusion constraint that can't be satisfied otherwise
/// becomes a unique key of those of its columns that are compared by `=`.
fn uniques(table: &Table) -> Result<(Vec<Unique>, Vec<Apart<'_>>), SeedFinding> {
    let key = |columns: Vec<String>| Unique {
        reads: columns.clone(),
        columns,
        expressions: Vec::new(),
        predicate: None,
        nulls_equal: false,
    };
    let mut uniques = table.uniques.clone();
    if !table.primary_key.is_empty() {
        uniques.push(key(table.primary_key.clone()));
    }
    let mut apart = Vec::new();
    for exclusion in &table.exclusions {
        let position = |name: &String| table.columns.iter().position(|column| column.name == *name);
        let mut overlaps = exclusion.parts.iter().filter(|part| part.operator == "&&");
        let ranges = overlaps.find_map(|part| {
            let at = position(part.column.as_ref()?)?;
            table.columns[at].range_of.is_some().then_some(at)
        });
        if let Some(column) = ranges {
            apart.push((exclusion, column));
            continue;
        }
        let equal = exclusion.parts.iter().filter(|part| part.operator == "=");
        let columns: Vec<String> = equal.filter_map(|part| part.column.clone()).collect();
        if columns.is_empty() {
            return Err(unsatisfied(table, exclusion));
        }
        uniques.push(key(columns));
    }
    Ok((uniques, apart))
}

fn unsatisfied(table: &Table, exclusion: &Exclusion) -> SeedFinding {
    let reason = format!("it is not known how rows satisfy the exclusion constraint `{}`", exclusion.name);
    SeedFinding::NotGenerated { table: table.label(), reason }
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
    let domain = domain(layout, (index, column));
    let partitions = layout.table.partitions.as_deref().unwrap_or_default();
    let of_partition = |sql: &String| {
        let mut domain = domain.clone();
        domain.narrow(&expression::read(sql), &column.name);
        domain
    };
    let domains: Vec<Domain> = partitions.iter().map(of_partition).collect();
    let sampler = if domains.iter().all(|narrowed| *narrowed == domain) {
        Sampler::new(&layout.table.name, column, &domain)
    } else {
        Sampler::any_of(&layout.table.name, column, &domains)
    };
    match sampler {
        Some(mut sampler) => {
            let numbered = uniques.iter().any(|unique| is_numbered_by(&layout.table, column, unique));
            if numbered {
                sampler.widen();
            }
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

/// Returns what the conditions leave of a column.
fn domain(layout: &Layout, (index, column): (usize, &Column)) -> Domain {
    let mut domain = Domain::default();
    for check in &layout.checks {
        if check.own.is_none_or(|own| own == index) {
            domain.narrow(&expression::read(&check.sql), &column.name);
        }
        domain.read |= check.condition.columns.contains(&index);
    }
    domain
}

/// A text or a number is numbered where it alone can make a unique key one of its kind.
fn is_numbered_by(table: &Table, column: &Column, unique: &Unique) -> bool {
    if column.category == "N" {
        return unique.columns == [column.name.clone()] && unique.expressions.is_empty();
    }
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
        null: unique.nulls_equal.then_some(NULL),
    };
    let condition = |(expression, _): (Expression, String)| Condition::new(expression, names, None);
    Some(Key {
        parts: parts.into_iter().map(condition).collect(),
        predicate: predicate.map(condition),
        nulls_equal: unique.nulls_equal,
        reads,
        plain,
        sql,
    })
}
