//! The rows that a foreign key may refer to.

use std::collections::{BTreeMap, VecDeque};

use fastrand::Rng;

/// Key values of rows that exist, as text, in the order of the key's target columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    rows: VecDeque<Vec<String>>,
    /// The rows by those of their columns that another key has decided already.
    by_fixed: BTreeMap<Vec<String>, Vec<usize>>,
}

impl Pool {
    /// Takes the rows; `fixed` are the positions of the columns that are decided before this key's turn.
    pub(super) fn new(rows: Vec<Vec<String>>, fixed: &[usize], random: &mut Rng) -> Self {
        let mut rows = rows;
        random.shuffle(&mut rows);
        let mut by_fixed: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
        if !fixed.is_empty() {
            for (place, row) in rows.iter().enumerate() {
                by_fixed.entry(fixed.iter().map(|&at| row[at].clone()).collect()).or_default().push(place);
            }
        }
        Self { rows: rows.into(), by_fixed }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&[String]) -> bool) {
        self.rows.retain(|row| keep(row));
    }

    /// Returns any row.
    pub(super) fn any(&self, random: &mut Rng) -> Option<&[String]> {
        let place = (!self.rows.is_empty()).then(|| random.usize(0..self.rows.len()))?;
        self.rows.get(place).map(Vec::as_slice)
    }

    /// Returns any row with these values in the columns that are decided.
    pub(super) fn any_with(&self, fixed: &[String], random: &mut Rng) -> Option<&[String]> {
        let places = self.by_fixed.get(fixed)?;
        self.rows.get(*random.choice(places.iter())?).map(Vec::as_slice)
    }

    /// Takes the next row, which is not given again unless it is put back.
    pub(super) fn take(&mut self) -> Option<Vec<String>> {
        self.rows.pop_front()
    }

    /// Puts a row back that was not used.
    pub(super) fn put_back(&mut self, row: Vec<String>) {
        self.rows.push_back(row);
    }
}
