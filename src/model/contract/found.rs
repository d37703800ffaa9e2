//! What a schema holds, as far as a contract speaks of it.

use std::collections::BTreeMap;

use super::{Entry, Kind, RowSecurity};
use crate::model::foreign_key::ForeignKey;
use crate::sql::rename_qualifiers;

/// The objects of one module's schema, of the kinds that were read. Those that belong to an extension are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// By name.
    pub tables: BTreeMap<String, FoundTable>,
    /// The values in order, by name.
    pub enums: BTreeMap<String, Vec<String>>,
    /// The lists of [`Kind::MODULE_LISTS`].
    pub lists: BTreeMap<Kind, Vec<Item>>,
}

impl Found {
    /// Calls the schemas of other modules than the one under `schema` by the modules' names in all definitions, so that
    /// they are the same wherever those are installed. `places` maps modules to their schemas.
    pub fn name_modules(&mut self, schema: &str, places: &BTreeMap<String, String>) {
        let others = places.iter().filter(|(module, place)| *place != schema && module != place);
        let modules: BTreeMap<_, _> = others.map(|(module, place)| (place.clone(), module.clone())).collect();
        if modules.is_empty() {
            return;
        }
        let of_tables = self.tables.values_mut().flat_map(|table| table.lists.values_mut());
        for item in of_tables.chain(self.lists.values_mut()).flatten() {
            item.definition = rename_qualifiers(&item.definition, &modules);
        }
    }
}

/// A table that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundTable {
    /// Whether it is a partition of another table; those come and go without a migration.
    pub partition: bool,
    /// Whether row level security is on.
    pub row_level_security: RowSecurity,
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
