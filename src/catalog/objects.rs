//! The definition of each kind of object: the shape of the JSON that `queries/*.sql` make, field by field.
//!
//! Expressions, definitions and type names are PostgreSQL's own deparsed text with qualified names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::foreign::ForeignOptions;
use crate::sql::quote::held::qualified;

/// The schema and name of a table, view or index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Relation(pub String, pub String);

impl Relation {
    /// Returns `schema.name`, quoted.
    #[must_use]
    pub fn qualified(&self) -> String {
        qualified(&self.0, &self.1)
    }
}

/// An extension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "pg_extension's own words")]
pub struct Extension {
    pub schema: String,
    pub version: String,
    pub relocatable: bool,
    /// The versions that it can be updated to.
    pub updates: Vec<String>,
}

/// An enum: its labels in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named by what it holds")]
pub struct Enum {
    pub labels: Vec<String>,
}

/// A domain; its checks are objects of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "CREATE DOMAIN's own words")]
pub struct Domain {
    #[serde(rename = "type")]
    pub type_name: String,
    pub collation: Option<String>,
    pub not_null: bool,
    /// The name of the `NOT NULL` constraint, where it is not the one PostgreSQL chooses (from 17 on).
    #[serde(default)]
    pub not_null_constraint: Option<String>,
    /// The comment on it.
    #[serde(default)]
    pub not_null_comment: Option<String>,
    pub default: Option<String>,
}

/// A check of a domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "pg_constraint's own words")]
pub struct DomainConstraint {
    pub definition: String,
    pub validated: bool,
}

/// A function, window function or procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// `CREATE OR REPLACE FUNCTION …` in full.
    pub definition: String,
    /// Whether it is a window function.
    pub window: bool,
    /// The result type; none for a procedure.
    pub result: Option<String>,
    /// The arguments with their names and modes, without defaults.
    pub arguments: String,
    /// How many arguments have a default.
    pub defaults: i64,
    /// The body where it is text that PostgreSQL records no dependencies of.
    pub text: Option<String>,
}

/// A sequence, also one behind an identity column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "CREATE SEQUENCE's own words")]
pub struct Sequence {
    pub schema: String,
    pub name: String,
    pub persistence: String,
    #[serde(rename = "type")]
    pub type_name: String,
    pub start: i64,
    pub increment: i64,
    pub min: i64,
    pub max: i64,
    pub cache: i64,
    pub cycle: bool,
}

/// A table or foreign table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// `p` permanent, `u` unlogged.
    pub persistence: String,
    /// The table access method.
    pub access_method: Option<String>,
    /// The tablespace, where it is not the database's.
    pub tablespace: Option<String>,
    /// Storage parameters as `name=value`.
    pub options: Vec<String>,
    /// Storage parameters of the TOAST table.
    pub toast_options: Vec<String>,
    /// Whether row level security is on.
    pub row_security: bool,
    /// Whether it holds for the owner too.
    pub force_row_security: bool,
    /// `d` default, `n` nothing, `f` full; an index that is the identity says so itself.
    pub replica_identity: String,
    /// The composite type of a typed table.
    pub of_type: Option<String>,
    /// What follows `PARTITION BY`.
    pub partition_key: Option<String>,
    /// A foreign table's server.
    pub server: Option<String>,
    /// A foreign table's options.
    pub server_options: ForeignOptions,
}

/// A column, or a composite type's attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The attribute number; only its order counts.
    pub position: i64,
    /// The type with its modifiers.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The type without modifiers.
    pub base: String,
    /// The collation, where it is not the type's.
    pub collation: Option<String>,
    /// Whether it is `NOT NULL`.
    pub not_null: bool,
    /// The name of the `NOT NULL` constraint, where it is not the one PostgreSQL 18 chooses.
    #[serde(default)]
    pub not_null_constraint: Option<String>,
    /// Whether the `NOT NULL` constraint is `NO INHERIT` (PostgreSQL 18).
    #[serde(default)]
    pub not_null_no_inherit: bool,
    /// Whether the `NOT NULL` constraint holds for every row (PostgreSQL 18).
    #[serde(default = "yes")]
    pub not_null_valid: bool,
    /// Whether the table itself declares the `NOT NULL` constraint (PostgreSQL 18).
    #[serde(default)]
    pub not_null_local: bool,
    /// The comment on the `NOT NULL` constraint (PostgreSQL 18).
    #[serde(default)]
    pub not_null_comment: Option<String>,
    /// `a` always, `d` by default.
    pub identity: Option<String>,
    /// The sequence behind the identity.
    pub sequence: Option<Box<Sequence>>,
    /// `s` stored, `v` virtual.
    pub generated: Option<String>,
    /// The expression of a generated column.
    pub expression: Option<String>,
    /// The storage, where it is not the type's.
    pub storage: Option<String>,
    /// `p` pglz, `l` lz4.
    pub compression: Option<String>,
    /// The statistics target.
    pub statistics: Option<i64>,
    /// Options as `name=value`.
    pub options: Vec<String>,
    /// A foreign table column's options.
    pub server_options: ForeignOptions,
    /// Whether the table itself declares it.
    pub local: bool,
    /// Whether a parent declares it.
    pub inherited: bool,
}

const fn yes() -> bool {
    true
}

/// A column's default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named by what it holds")]
pub struct Default {
    pub expression: String,
}

/// Which column a sequence is owned by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named by what it holds")]
pub struct Ownership {
    pub table: Relation,
    pub column: String,
}

/// A view or materialised view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The query.
    pub definition: String,
    /// Options as `name=value`.
    pub options: Vec<String>,
    /// Whether a materialised view holds rows.
    pub populated: bool,
    /// A materialised view's access method.
    pub access_method: Option<String>,
    /// A materialised view's tablespace.
    pub tablespace: Option<String>,
}

/// An index that no constraint owns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// `CREATE INDEX …` in full.
    pub definition: String,
    /// Whether it answers queries.
    pub valid: bool,
    /// Whether `CLUSTER` uses it.
    pub clustered: bool,
    /// Whether it is the table's replica identity.
    pub replica_identity: bool,
    /// The tablespace, where it is not the database's.
    pub tablespace: Option<String>,
    /// Storage parameters as `name=value`; `definition` has them too.
    pub options: Vec<String>,
    /// Whether its table is partitioned.
    pub partitioned: bool,
    /// The partitioned index it is a part of.
    pub parent: Option<Relation>,
    /// Statistics targets by column number.
    pub statistics: BTreeMap<String, i64>,
}

/// A primary key, unique, exclusion, check or foreign key constraint of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Constraint {
    /// `p`, `u`, `x`, `c` or `f`.
    #[serde(rename = "type")]
    pub form: String,
    /// What follows `ADD CONSTRAINT name`.
    pub definition: String,
    /// Whether it holds for every row.
    pub validated: bool,
    /// Whether it may be deferred.
    pub deferrable: bool,
    /// Whether it is deferred to begin with.
    pub deferred: bool,
    /// Whether the table itself declares it.
    pub local: bool,
    /// Whether a parent declares it.
    pub inherited: bool,
    /// The parent's foreign key that a partition's is a copy of.
    pub original: Option<String>,
    /// The names of the companions on the same table, one a partition, of a foreign key onto a partitioned one.
    #[serde(default, skip_serializing)]
    pub automatic: Vec<String>,
    /// The partitioned index that its index is a part of.
    pub parent: Option<Relation>,
    /// Storage parameters of its index.
    pub options: Vec<String>,
    /// The comment on its index.
    pub index_comment: Option<String>,
    /// The tablespace of its index.
    pub tablespace: Option<String>,
    /// Whether `CLUSTER` uses its index.
    pub clustered: bool,
    /// Whether its index is the table's replica identity.
    pub replica_identity: bool,
}

impl Constraint {
    /// Returns whether no two rows may overlap: an exclusion, or a key `WITHOUT OVERLAPS`.
    #[must_use]
    pub fn excludes(&self) -> bool {
        self.form == "x" || self.definition.contains(" WITHOUT OVERLAPS)")
    }
}

/// That a table is a partition or inheritance child of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inheritance {
    /// The parent.
    pub parent: Relation,
    /// `FOR VALUES …` or `DEFAULT` of a partition.
    pub bound: Option<String>,
    /// The place among the table's parents, from 1.
    pub position: i64,
    /// Whether a concurrent detach was begun and not ended.
    pub detaching: bool,
}

/// A trigger or rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trigger {
    /// `CREATE TRIGGER …` or `CREATE RULE …` in full.
    pub definition: String,
    /// `O` on, `D` off, `R` on a replica, `A` always.
    pub enabled: String,
    /// Whether it is a partition's copy of its parent's trigger, listed because its enabled state differs.
    pub cloned: bool,
}

/// A row level security policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// `*`, `r`, `a`, `w` or `d`.
    pub command: String,
    /// Whether it is permissive.
    pub permissive: bool,
    /// The roles; the empty name is `PUBLIC`.
    pub roles: Vec<String>,
    /// The `USING` expression.
    pub using: Option<String>,
    /// The `WITH CHECK` expression.
    pub check: Option<String>,
}

/// What a role grants on objects that it will make, or what was changed on one that PostgreSQL or an extension made;
/// the privileges themselves are the entry's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DefaultPrivileges {
    /// What would hold without the entry, as `aclitem` texts.
    pub base: Vec<String>,
    /// The extension whose object it is: the privileges go with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
}

/// An object of a kind that needs no more than the statement that makes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plain {
    /// What cannot be altered: when it differs the object is dropped and made again.
    pub core: String,
    /// The statement that makes it, where it is not `core`.
    #[serde(default)]
    pub create: Option<String>,
    /// The statement that drops it, where it is not `DROP` with its address.
    #[serde(default)]
    pub drop: Option<String>,
    /// The options of a foreign-data wrapper, server or user mapping, which `create` does not say.
    #[serde(default, skip_serializing_if = "ForeignOptions::is_empty")]
    pub options: ForeignOptions,
    /// What can be set and unset while the object lives.
    #[serde(default)]
    pub settings: BTreeMap<String, Setting>,
}

/// A part of a definition that can be altered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// The statement that brings it about.
    pub set: String,
    /// The statement that takes it away.
    #[serde(default)]
    pub unset: Option<String>,
    /// Whether the statement that makes the object says it too.
    #[serde(default)]
    pub inline: bool,
}
