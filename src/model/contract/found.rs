//! What a schema holds, as far as a contract speaks of it.

use std::collections::BTreeMap;

use super::{Entry, Kind};
use crate::model::foreign_key::ForeignKey;

/// The objects of one module's schema, of the kinds that were read. Those that belong to an extension are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// By name.
    pub tables: BTreeMap<String, FoundTable>,
    /// The values in order, by name.
    pub enums: BTreeMap<String, Vec<String>>,
    /// Functions, views and extensions.
    pub lists: BTreeMap<Kind, Vec<Item>>,
}

/// A table that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundTable {
    /// Whether it is a partition of another table; those come and go without a migration.
    pub partition: bool,
    /// Whether row level security is on.
    pub row_level_security: bool,
    /// The columns of the primary key in order; none where there is no key.
    pub primary_key: Vec<String>,
    /// The objects of the table by kind.
    pub lists: BTreeMap<Kind, Vec<Item>>,
    /// The foreign keys.
    pub foreign_keys: Vec<FoundKey>,
}

/// An object that has a name and a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The name.
    pub name: String,
    /// What it is, folded; empty where the kind has none.
    pub definition: String,
    /// What is out of order with it, such as `is not valid`.
    pub defect: Option<String>,
    /// Whether it is there for another object's sake: the index of a constraint, a unique index beside the constraints.
    pub implied: bool,
}

impl Item {
    /// Returns the entry that declares this object whole.
    pub fn entry(&self) -> Entry {
        let definition = (!self.definition.is_empty()).then(|| self.definition.clone());
        Entry { name: self.name.clone(), definition, line: 0 }
    }
}

/// A foreign key that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundKey {
    /// The constraint's name.
    pub name: String,
    /// What it is; the target has its place, a schema, and its columns always.
    pub key: ForeignKey,
    /// Whether what it refers to is the primary key of its table.
    pub to_primary_key: bool,
    /// Whether PostgreSQL has checked the rows that were there before it.
    pub validated: bool,
}
