//! What the catalog holds of the tables, columns and constraints that a deferred key is about.

use serde::Deserialize;

use super::Key;
use crate::model::ForeignKey;
use crate::model::foreign_key::{Action, Deferral, Matching};

/// The catalog around one key, as one query read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// `server_version_num`: 150018 for 15.18.
    pub server_version: i32,
    /// The referencing table, where there is one.
    pub source: Option<Table>,
    /// The referencing columns that it lacks.
    pub missing_columns: Vec<String>,
    /// The referenced table, where there is one.
    pub target: Option<Table>,
    /// The referenced columns; those of the primary key where none are declared.
    pub target_columns: Vec<String>,
    /// The referenced columns that the table lacks.
    pub missing_target_columns: Vec<String>,
    /// Whether a primary key or unique index of exactly the referenced columns can be referred to.
    pub unique: bool,
    /// The constraints of the referencing table that have the key's name or refer to the referenced table.
    pub constraints: Vec<Constraint>,
}

/// A table in the catalog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// `pg_class.oid`: another one when the table was dropped and made again.
    pub oid: i64,
    /// Whether it is a partitioned table.
    pub partitioned: bool,
}

/// A constraint in the catalog; one that is no foreign key has no columns here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// The referencing columns.
    pub columns: Vec<String>,
    /// The referenced columns, in the same order.
    pub target_columns: Vec<String>,
    /// `pg_class.oid` of the referenced table; 0 for another kind of constraint.
    pub target_oid: i64,
    /// `confdeltype`: a, r, c, n, d.
    pub on_delete: char,
    /// `confupdtype`.
    pub on_update: char,
    /// The columns that ON DELETE SET NULL or SET DEFAULT is about, where not all.
    pub set_columns: Vec<String>,
    /// Whether it is MATCH FULL.
    pub full: bool,
    /// Whether a transaction can put its check off.
    pub deferrable: bool,
    /// Whether its check is put off by itself.
    pub deferred: bool,
    /// Whether it is checked at all (PostgreSQL 18).
    pub enforced: bool,
    /// Whether it holds for every row.
    pub valid: bool,
    /// The operators that compare a referenced column with a referencing one, as SQL, in the order of the columns.
    pub operators: Vec<String>,
    /// The server's text of the definition.
    pub definition: String,
}

impl Constraint {
    /// Tells whether this is what `key` declares, its name aside.
    pub fn is(&self, key: &Key, seen: &Seen) -> bool {
        let declared = &key.declared;
        let (deferrable, deferred) = match declared.deferral {
            Deferral::NotDeferrable => (false, false),
            Deferral::Deferrable => (true, false),
            Deferral::InitiallyDeferred => (true, true),
        };
        // A match of one column is the same, full or simple.
        let full = declared.matching == Matching::Full && declared.columns.len() > 1;
        self.enforced
            && seen.target.is_some_and(|target| target.oid == self.target_oid)
            && pairs(&self.columns, &self.target_columns) == pairs(&declared.columns, &seen.target_columns)
            && (self.on_delete, self.on_update) == (code(&declared.on_delete), code(&declared.on_update))
            && sorted(&self.set_columns) == sorted(declared.on_delete.columns())
            && (self.full && self.columns.len() > 1) == full
            && (self.deferrable, self.deferred) == (deferrable, deferred)
    }
}

fn code(action: &Action) -> char {
    match action {
        Action::NoAction => 'a',
        Action::Restrict => 'r',
        Action::Cascade => 'c',
        Action::SetNull(_) => 'n',
        Action::SetDefault(_) => 'd',
    }
}

/// The order of the pairs means nothing.
fn pairs<'a>(columns: &'a [String], targets: &'a [String]) -> Option<Vec<(&'a String, &'a String)>> {
    let mut pairs: Vec<_> = columns.iter().zip(targets).collect();
    pairs.sort();
    (columns.len() == targets.len()).then_some(pairs)
}

fn sorted(names: &[String]) -> Vec<&String> {
    let mut names: Vec<_> = names.iter().collect();
    names.sort();
    names
}

/// Returns the definition that the ledger records for `key`.
pub(super) fn definition(key: &Key, seen: &Seen) -> ForeignKey {
    key.definition(&seen.target_columns)
}
