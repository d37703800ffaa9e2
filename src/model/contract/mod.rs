//! The contract: what `schema.toml` declares must be there, and how it compares with what is there.
//!
//! Every list of a contract is read the same way: an entry is a name, or a name and a definition. Where the definition is
//! written it is compared, where it is not the object only has to be there and in order.

mod column;
mod compare;
mod entry;
mod finding;
mod found;
mod query;
mod security;
mod words;

pub use column::ColumnDefinition;
pub use compare::{as_declared, compare, key_satisfies, satisfies};
pub use entry::{Entry, EntryError, fold, spelled};
pub use finding::{Code, Finding, Object};
pub use found::{Found, FoundKey, FoundTable, Item};
pub use query::{message, refused_finding, row_findings};
pub use security::RowSecurity;
pub use words::Words;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::foreign_key::ForeignKey;
use crate::sql::rename_qualifiers;

/// What a finding is about, and what a list of a contract holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A module of the project.
    Module,
    /// An extension of the database.
    Extension,
    /// An enum type.
    Enum,
    /// A table, partitioned or not.
    Table,
    /// A column of a table.
    Column,
    /// The primary key of a table.
    PrimaryKey,
    /// A unique constraint or index over whole columns of a table.
    Unique,
    /// A check constraint of a table.
    Check,
    /// A foreign key of a table.
    ForeignKey,
    /// An index of a table.
    Index,
    /// Whether row level security is on for a table.
    RowLevelSecurity,
    /// A row level security policy of a table.
    Policy,
    /// A trigger of a table.
    Trigger,
    /// A view or a materialized view.
    View,
    /// What views select: read only where a contract has the definition of one.
    ViewDefinition,
    /// A sequence that belongs to no column.
    Sequence,
    /// A domain.
    Domain,
    /// A function or a procedure.
    Function,
    /// How a table, or the whole schema, is distributed over the nodes of a Citus cluster.
    Distribution,
    /// A validation query of the author's own.
    Query,
}

impl Kind {
    /// The lists of a table whose entries are names with or without a definition, by their keys in `schema.toml`.
    pub const LISTS: [(&'static str, Self); 7] = [
        ("columns", Self::Column),
        ("unique", Self::Unique),
        ("checks", Self::Check),
        ("indexes", Self::Index),
        ("policies", Self::Policy),
        ("triggers", Self::Trigger),
        ("distribution", Self::Distribution),
    ];

    /// The lists of a module, by their keys in `schema.toml`.
    pub const MODULE_LISTS: [(&'static str, Self); 6] = [
        ("extensions", Self::Extension),
        ("domains", Self::Domain),
        ("sequences", Self::Sequence),
        ("functions", Self::Function),
        ("views", Self::View),
        ("distribution", Self::Distribution),
    ];

    /// Returns the word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Extension => "extension",
            Self::Enum => "enum",
            Self::Table => "table",
            Self::Column => "column",
            Self::PrimaryKey => "primary key",
            Self::Unique => "unique key",
            Self::Check => "check",
            Self::ForeignKey => "foreign key",
            Self::Index => "index",
            Self::RowLevelSecurity => "row level security",
            Self::Policy => "policy",
            Self::Trigger => "trigger",
            Self::View => "view",
            Self::ViewDefinition => "view definition",
            Self::Sequence => "sequence",
            Self::Domain => "domain",
            Self::Function => "function",
            Self::Distribution => "distribution",
            Self::Query => "query",
        }
    }
}

/// What must be there of one module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    /// Whether something that is not declared is a finding: a table or an enum of the module's schema, and whatever
    /// belongs in a list that the contract has.
    pub strict: bool,
    /// The enums, in the order of their names.
    pub enums: Vec<DeclaredEnum>,
    /// The tables, in the order of their names.
    pub tables: Vec<DeclaredTable>,
    /// The lists of [`Kind::MODULE_LISTS`] that the module has.
    pub lists: BTreeMap<Kind, Vec<Entry>>,
    /// The deferred foreign keys, each with its table: their states are looked after elsewhere, and none is unexpected.
    pub deferred: Vec<ForeignKey>,
}

/// An enum that must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredEnum {
    /// Its name in the catalog.
    pub name: String,
    /// Its values in order.
    pub values: Vec<String>,
    /// The line of `schema.toml`, from 1.
    pub line: usize,
}

/// A table that must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredTable {
    /// Its name in the catalog.
    pub name: String,
    /// The line of `schema.toml`, from 1.
    pub line: usize,
    /// Whether row level security is on; `None` where the contract does not say.
    pub row_level_security: Option<RowSecurity>,
    /// The columns of the primary key in order; `None` where the contract does not say.
    pub primary_key: Option<Vec<String>>,
    /// The lists of [`Kind::LISTS`] that the table has.
    pub lists: BTreeMap<Kind, Vec<Entry>>,
    /// The foreign keys; `None` where the contract does not list them.
    pub foreign_keys: Option<Vec<DeclaredKey>>,
}

/// A foreign key that must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredKey {
    /// What was declared, on the table that it is listed under.
    pub key: ForeignKey,
    /// The line of `schema.toml`, from 1.
    pub line: usize,
}

impl Contract {
    /// Tells whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        !self.strict && self.enums.is_empty() && self.tables.is_empty() && self.lists.is_empty()
    }

    /// Tells whether a foreign key that is there on `table` is a deferred one.
    pub fn defers(&self, table: &str, found: &FoundKey, place: (&str, &BTreeMap<String, String>)) -> bool {
        let mut of_table = self.deferred.iter().filter(|key| key.table.as_deref() == Some(table));
        of_table.any(|key| key_satisfies(key, found, place))
    }

    /// Calls the schemas in all definitions what `modules` calls them.
    pub fn name_modules(&mut self, modules: &BTreeMap<String, String>) {
        if modules.is_empty() {
            return;
        }
        let of_tables = self.tables.iter_mut().flat_map(|table| table.lists.values_mut());
        for entry in of_tables.chain(self.lists.values_mut()).flatten() {
            if let Some(definition) = &mut entry.definition {
                *definition = rename_qualifiers(definition, modules);
            }
        }
    }

    /// Returns the kinds of objects that must be read to compare.
    pub fn wanted(&self) -> BTreeSet<Kind> {
        let mut wanted: BTreeSet<Kind> = self.lists.keys().copied().collect();
        if self.strict || !self.enums.is_empty() {
            wanted.insert(Kind::Enum);
        }
        let views = self.lists.get(&Kind::View).into_iter().flatten();
        wanted.extend(views.filter_map(|view| view.definition.as_ref().map(|_| Kind::ViewDefinition)));
        for table in &self.tables {
            wanted.extend(table.lists.keys());
            wanted.extend(table.primary_key.as_ref().map(|_| Kind::PrimaryKey));
            wanted.extend(table.foreign_keys.as_ref().map(|_| Kind::ForeignKey));
        }
        wanted
    }
}
