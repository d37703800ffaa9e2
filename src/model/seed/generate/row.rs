//! One row after another for one table.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use fastrand::Rng;

use super::evaluate::{Condition, Row};
use super::layout::{Key, Layout, NULL, Role};
use super::pool::Pool;
use super::value::Value;

/// How often the columns of what fails are made up again before the row is given up.
const TRIES: usize = 400;

/// How many rows in sequence are given up before the table is.
const ROWS_GIVEN_UP: usize = 25;

/// How many of a hundred references are left out where they can be.
const NO_REFERENCE: u8 = 20;

/// Where a table's rows begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The number that all rows of the run come from.
    pub seed: u64,
    /// How many rows the table has already.
    pub rows: u64,
}

/// Why a table gets no more rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// What could not be satisfied.
    pub reason: String,
}

/// Makes up the rows of one table.
#[derive(Clone, Debug)]
pub struct Generator<'a> {
    layout: &'a Layout,
    names: Vec<&'a str>,
    random: Rng,
    number: u64,
    pools: Vec<Pool>,
    taken: Vec<HashSet<u64>>,
    values: Vec<Option<Value>>,
    /// The rows of exclusive pools that the present row uses.
    held: Vec<Option<Vec<String>>>,
    /// The references by which the present row refers to itself, because there is no other.
    to_itself: Vec<usize>,
}

impl<'a> Generator<'a> {
    /// Starts. The same seed, table and number of rows give the same rows.
    pub fn new(layout: &'a Layout, start: Start) -> Self {
        let mut hasher = DefaultHasher::new();
        (start.seed, start.rows, layout.table.label()).hash(&mut hasher);
        Self {
            names: layout.table.columns.iter().map(|column| column.name.as_str()).collect(),
            random: Rng::with_seed(hasher.finish()),
            number: start.rows,
            pools: vec![Pool::default(); layout.references.len()],
            taken: vec![HashSet::new(); layout.uniques.len()],
            values: vec![None; layout.roles.len()],
            held: vec![None; layout.references.len()],
            to_itself: Vec::new(),
            layout,
        }
    }

    /// Takes a key that exists: its parts as text, of the unique key `key` in the order of [`Layout::keys`].
    pub fn remember<'t>(&mut self, key: usize, parts: impl Iterator<Item = &'t str>) {
        self.taken[key].insert(hash(parts));
    }

    /// Takes the rows that a reference may refer to. Exclusive ones are given up to one row each, so those that are
    /// referred to already must be remembered before.
    pub fn offer(&mut self, reference: usize, rows: Vec<Vec<String>>) {
        let about = &self.layout.references[reference];
        let mut pool = Pool::new(rows, &about.fixed, &mut self.random);
        for (key, taken) in self.layout.uniques.iter().zip(&self.taken) {
            let places: Option<Vec<usize>> =
                key.plain.iter().map(|column| about.columns.iter().position(|at| at == column)).collect();
            if let Some(places) = places.filter(|places| about.exclusive && !places.is_empty()) {
                pool.retain(|row| !taken.contains(&hash(places.iter().map(|&at| row[at].as_str()))));
            }
        }
        self.pools[reference] = pool;
    }

    /// Makes up the next row: a value for each column, `None` for those that the server fills.
    pub fn next_row(&mut self) -> Result<&[Option<Value>], Stopped> {
        let mut reason = String::new();
        self.number += 1;
        for _ in 0..ROWS_GIVEN_UP {
            self.to_itself.clear();
            for reference in 0..self.pools.len() {
                self.refer(reference, NO_REFERENCE)?;
            }
            for column in 0..self.values.len() {
                self.fill(column, None);
            }
            for _ in 0..TRIES {
                self.refer_to_itself();
                match self.first_failure() {
                    Ok(keys) => {
                        for (key, hash) in keys {
                            self.taken[key].insert(hash);
                        }
                        self.held.fill(None);
                        return Ok(&self.values);
                    }
                    Err(failure) => {
                        reason = failure.reason;
                        self.again(&failure.columns)?;
                    }
                }
            }
        }
        Err(Stopped { reason })
    }

    /// Makes up the columns again; those that may be NULL are so every other time.
    fn again(&mut self, columns: &[usize]) -> Result<(), Stopped> {
        let mut references: Vec<usize> = Vec::new();
        for &column in columns {
            match self.layout.roles[column] {
                Role::Referring(reference) => references.push(reference),
                _ => self.fill(column, Some(50)),
            }
        }
        references.sort_unstable();
        references.dedup();
        for reference in references {
            self.refer(reference, 50)?;
            // A narrower key that shares columns with it must follow.
            for other in 0..self.pools.len() {
                let about = &self.layout.references[other];
                let follows = about
                    .fixed
                    .iter()
                    .any(|&at| self.layout.references[reference].columns.contains(&about.columns[at]));
                if follows && other != reference {
                    self.refer(other, NO_REFERENCE)?;
                }
            }
        }
        Ok(())
    }

    fn fill(&mut self, column: usize, shaken: Option<u8>) {
        let Role::Own { sampler, nulls, numbered } = &self.layout.roles[column] else { return };
        let nulls = shaken.filter(|_| *nulls > 0).unwrap_or(*nulls);
        let value = if self.random.u8(0..100) < nulls {
            Value::Null
        } else {
            let number = numbered.then_some(self.number).filter(|_| shaken.is_none() || !sampler.counts());
            sampler.sample(number, &mut self.random)
        };
        self.values[column] = Some(value);
    }

    fn refer_to_itself(&mut self) {
        for &reference in &self.to_itself {
            let about = &self.layout.references[reference];
            for (&column, &own) in about.columns.iter().zip(about.own.iter().flatten()) {
                self.values[column] = self.values[own].clone();
            }
        }
    }

    /// Lets the row refer to another row of the pool, or to none. The first row of a table may have to refer to itself.
    fn refer(&mut self, reference: usize, nulls: u8) -> Result<(), Stopped> {
        let about = &self.layout.references[reference];
        let pool = &mut self.pools[reference];
        if let Some(unused) = self.held[reference].take() {
            pool.put_back(unused);
        }
        let none = about.nullable && (pool.is_empty() || self.random.u8(0..100) < nulls);
        let row = if none {
            None
        } else if about.exclusive && about.fixed.is_empty() {
            self.held[reference] = pool.take();
            self.held[reference].clone()
        } else if about.fixed.is_empty() {
            pool.any(&mut self.random).map(<[String]>::to_vec)
        } else {
            let fixed = about.fixed.iter().map(|&at| self.values[about.columns[at]].as_ref()?.text());
            let fixed: Option<Vec<String>> = fixed.collect();
            fixed.and_then(|fixed| pool.any_with(&fixed, &mut self.random)).map(<[String]>::to_vec)
        };
        if row.is_none() && !about.nullable && about.own.is_some() {
            if !self.to_itself.contains(&reference) {
                self.to_itself.push(reference);
            }
            return Ok(());
        }
        if row.is_none() && !about.nullable {
            let columns: Vec<_> = about.columns.iter().map(|&at| format!("`{}`", self.names[at])).collect();
            return Err(Stopped {
                reason: format!("there is no row left that {} could refer to", columns.join(", ")),
            });
        }
        for (place, &column) in about.columns.iter().enumerate() {
            if !about.fixed.contains(&place) {
                self.values[column] =
                    Some(row.as_ref().map_or(Value::Null, |row| Value::Text(row[place].clone())));
            }
        }
        Ok(())
    }

    /// Judges the row: the hashes of its keys, or the first thing that is wrong with it.
    fn first_failure(&self) -> Result<Vec<(usize, u64)>, Failure> {
        for check in &self.layout.checks {
            let row = Row { names: &self.names, values: &self.values, own: check.own };
            if !check.condition.lets_pass(&row) {
                let columns = check.condition.columns.clone();
                return Err(Failure { columns, reason: format!("no row satisfies CHECK {}", check.sql) });
            }
        }
        let mut keys = Vec::with_capacity(self.taken.len());
        for (index, key) in self.layout.uniques.iter().enumerate() {
            let Some(hash) = self.key_hash(key) else { continue };
            if self.taken[index].contains(&hash) {
                let reason = format!("no key ({}) is free", key.sql.parts.join(", "));
                return Err(Failure { columns: key.reads.clone(), reason });
            }
            keys.push((index, hash));
        }
        Ok(keys)
    }

    /// Returns the hash of the row's key; `None` where the row has none, because it is partial or one part is NULL.
    fn key_hash(&self, key: &Key) -> Option<u64> {
        let row = Row { names: &self.names, values: &self.values, own: None };
        if let Some(predicate) = &key.predicate
            && matches!(predicate.judge(&row), Some(Value::Bool(false) | Value::Null))
        {
            return None;
        }
        let part = |part: &Condition| {
            let value = part.judge(&row)?;
            value.text().or_else(|| key.nulls_equal.then(|| NULL.to_owned()))
        };
        let parts: Option<Vec<String>> = key.parts.iter().map(part).collect();
        parts.map(|parts| hash(parts.iter().map(String::as_str)))
    }
}

struct Failure {
    columns: Vec<usize>,
    reason: String,
}

fn hash<'t>(parts: impl Iterator<Item = &'t str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.for_each(|part| part.hash(&mut hasher));
    hasher.finish()
}

#[cfg(test)]
mod tests;
