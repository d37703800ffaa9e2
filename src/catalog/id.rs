//! What an object is called: its kind and name, in the words PostgreSQL's DDL uses for it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::sql::quote::held::{identifier, qualified};

/// What sort of object it is. The order is the order in which objects are made when nothing else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name is PostgreSQL's own word")]
pub enum Kind {
    Schema,
    AccessMethod,
    Extension,
    Language,
    ForeignDataWrapper,
    Server,
    UserMapping,
    Collation,
    Conversion,
    Enum,
    Domain,
    DomainConstraint,
    Composite,
    /// An attribute of a composite type.
    Attribute,
    Range,
    /// That the name of a base type is a type's, which its functions need before it is defined.
    ShellType,
    /// A base type, which C functions define.
    BaseType,
    Function,
    Procedure,
    Aggregate,
    Operator,
    OperatorFamily,
    OperatorClass,
    Cast,
    Transform,
    TextSearchParser,
    TextSearchTemplate,
    TextSearchDictionary,
    TextSearchConfiguration,
    Sequence,
    Table,
    ForeignTable,
    /// A column of a table, foreign table, view or materialised view.
    Column,
    /// A column's default.
    Default,
    /// What the sequence behind an identity column has besides its definition, which is the column's.
    IdentitySequence,
    /// That a sequence lives and dies with a column.
    Ownership,
    View,
    MaterializedView,
    Index,
    Constraint,
    /// That a table is a partition or an inheritance child of another.
    Inheritance,
    /// That Citus distributes a table or a schema.
    Distribution,
    Statistics,
    Rule,
    Trigger,
    Policy,
    Publication,
    /// That a publication publishes a table.
    PublicationTable,
    /// That a publication publishes every table of a schema.
    PublicationSchema,
    Subscription,
    EventTrigger,
    /// Privileges of an object that PostgreSQL itself or an extension made.
    InitialPrivileges,
    DefaultPrivileges,
}

impl Kind {
    /// Returns the word that DDL and people use for the kind.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Schema => "SCHEMA",
            Self::AccessMethod => "ACCESS METHOD",
            Self::Extension => "EXTENSION",
            Self::Language => "LANGUAGE",
            Self::ForeignDataWrapper => "FOREIGN DATA WRAPPER",
            Self::Server => "SERVER",
            Self::UserMapping => "USER MAPPING",
            Self::Collation => "COLLATION",
            Self::Conversion => "CONVERSION",
            Self::Enum | Self::Composite | Self::Range | Self::BaseType => "TYPE",
            Self::ShellType => "SHELL TYPE",
            Self::Domain => "DOMAIN",
            Self::DomainConstraint | Self::Constraint => "CONSTRAINT",
            Self::Attribute | Self::Column => "COLUMN",
            Self::Function => "FUNCTION",
            Self::Procedure => "PROCEDURE",
            Self::Aggregate => "AGGREGATE",
            Self::Operator => "OPERATOR",
            Self::OperatorFamily => "OPERATOR FAMILY",
            Self::OperatorClass => "OPERATOR CLASS",
            Self::Cast => "CAST",
            Self::Transform => "TRANSFORM",
            Self::TextSearchParser => "TEXT SEARCH PARSER",
            Self::TextSearchTemplate => "TEXT SEARCH TEMPLATE",
            Self::TextSearchDictionary => "TEXT SEARCH DICTIONARY",
            Self::TextSearchConfiguration => "TEXT SEARCH CONFIGURATION",
            Self::Sequence | Self::IdentitySequence => "SEQUENCE",
            Self::Table => "TABLE",
            Self::ForeignTable => "FOREIGN TABLE",
            Self::Default => "DEFAULT",
            Self::Ownership => "OWNED BY",
            Self::View => "VIEW",
            Self::MaterializedView => "MATERIALIZED VIEW",
            Self::Index => "INDEX",
            Self::Inheritance => "INHERITANCE",
            Self::Distribution => "DISTRIBUTION",
            Self::Statistics => "STATISTICS",
            Self::Rule => "RULE",
            Self::Trigger => "TRIGGER",
            Self::Policy => "POLICY",
            Self::Publication => "PUBLICATION",
            Self::PublicationTable => "PUBLICATION TABLE",
            Self::PublicationSchema => "PUBLICATION SCHEMA",
            Self::Subscription => "SUBSCRIPTION",
            Self::EventTrigger => "EVENT TRIGGER",
            Self::InitialPrivileges => "INITIAL PRIVILEGES",
            Self::DefaultPrivileges => "DEFAULT PRIVILEGES",
        }
    }

    /// Returns whether the object shares its schema's namespace of tables, indexes, views and sequences.
    #[must_use]
    pub const fn is_relation(self) -> bool {
        matches!(
            self,
            Self::Table
                | Self::ForeignTable
                | Self::View
                | Self::MaterializedView
                | Self::Sequence
                | Self::Index
                | Self::Composite
        )
    }

    /// Returns whether the object shares its schema's namespace of types.
    #[must_use]
    pub const fn is_type(self) -> bool {
        matches!(
            self,
            Self::Enum
                | Self::Domain
                | Self::Composite
                | Self::Range
                | Self::ShellType
                | Self::BaseType
                | Self::Table
                | Self::ForeignTable
                | Self::View
                | Self::MaterializedView
        )
    }
}

/// The identity of an object, the same in every database: kind, schema, name and, where these do not suffice, a part.
///
/// The part is a column's, constraint's, trigger's, rule's or policy's own name (the name is then its table's), a
/// function's or operator's argument types as `format_type` prints them, an operator class's access method.
///
/// The order is that of kind, schema, name and part.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    kind: Kind,
    /// Schema, name and part with a NUL between them, which no name of PostgreSQL has: so one comparison orders them as
    /// three would. Catalogs are searched by identity all the time.
    text: Arc<str>,
    /// Where the name and the part begin in `text`.
    name: u32,
    part: u32,
}

impl Id {
    /// Makes the identity of an object that needs no part.
    pub fn new(kind: Kind, schema: impl AsRef<str>, name: impl AsRef<str>) -> Self {
        Self::joined(kind, schema.as_ref(), name.as_ref(), "")
    }

    /// Returns the same identity with another kind and part: a table's column, a column's default.
    #[must_use]
    pub fn with(&self, kind: Kind, part: impl AsRef<str>) -> Self {
        let part = part.as_ref();
        let mut text = String::with_capacity(self.part as usize + part.len());
        text.push_str(&self.text[..self.part as usize]);
        text.push_str(part);
        Self { kind, text: text.into(), ..*self }
    }

    /// Makes the identity of an object from all that it has.
    pub(super) fn joined(kind: Kind, schema: &str, name: &str, part: &str) -> Self {
        let at = |length: usize| u32::try_from(length).expect("names are far shorter than 4 GB");
        let (named, parted) = (schema.len() + 1, schema.len() + name.len() + 2);
        let text = [schema, name, part].join("\0").into();
        Self { kind, text, name: at(named), part: at(parted) }
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the schema, empty for what has none.
    #[must_use]
    pub fn schema(&self) -> &str {
        &self.text[..self.name as usize - 1]
    }

    /// Returns the name; of a table's part, the table's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text[self.name as usize..self.part as usize - 1]
    }

    /// Returns the part, empty for what needs none.
    #[must_use]
    pub fn part(&self) -> &str {
        &self.text[self.part as usize..]
    }

    /// Returns `schema.name`, quoted; of a table's part, the table.
    #[must_use]
    pub fn qualified(&self) -> String {
        qualified(self.schema(), self.name())
    }

    /// Returns how `COMMENT ON`, `ALTER` and `DROP` call the object after its noun.
    #[must_use]
    pub fn address(&self) -> String {
        let on = self.qualified();
        let part = self.part();
        match self.kind() {
            Kind::Column | Kind::Attribute | Kind::Default => format!("{on}.{}", identifier(part)),
            Kind::Constraint | Kind::Trigger | Kind::Rule | Kind::Policy => {
                format!("{} ON {on}", identifier(part))
            }
            Kind::DomainConstraint => format!("{} ON DOMAIN {on}", identifier(part)),
            Kind::Function | Kind::Procedure | Kind::Aggregate => format!("{on}({part})"),
            Kind::Operator => {
                let schema = self.schema();
                format!("{}.{} ({part})", identifier(schema), self.name())
            }
            Kind::OperatorFamily | Kind::OperatorClass => format!("{on} USING {}", identifier(part)),
            Kind::Cast => format!("({} AS {part})", self.name()),
            Kind::Transform => format!("FOR {} LANGUAGE {}", self.name(), identifier(part)),
            Kind::UserMapping => format!("FOR {part} SERVER {}", identifier(self.name())),
            Kind::Distribution if self.name().is_empty() => identifier(self.schema()),
            Kind::Inheritance | Kind::PublicationTable => format!("{on} {part}"),
            Kind::PublicationSchema => format!("{on} {}", identifier(part)),
            Kind::DefaultPrivileges if self.schema().is_empty() => {
                format!("of {} on {part}", identifier(self.name()))
            }
            Kind::DefaultPrivileges => {
                format!("of {} on {part} in {}", identifier(self.name()), identifier(self.schema()))
            }
            _ => on,
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} {} {}", self.kind, self.schema(), self.name(), self.part())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind().noun().to_lowercase(), self.address())
    }
}

impl Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Id, Kind};

    #[test]
    fn identities_order_by_kind_schema_name_and_part() {
        let of = |kind, [schema, name, part]: [&str; 3]| Id::new(kind, schema, name).with(kind, part);
        let mut ids = [
            (Kind::Table, ["a", "t", ""]),
            (Kind::Column, ["a", "t", "z"]),
            (Kind::Column, ["a", "t1", "a"]),
            (Kind::Column, ["a b", "t", "a"]),
            (Kind::Column, ["a", "t", ""]),
            (Kind::Column, ["", "t", "é"]),
            (Kind::Column, ["a", "t\u{1}", ""]),
            (Kind::Schema, ["", "z", ""]),
        ];
        ids.sort();
        let mut made = ids.map(|(kind, names)| of(kind, names));
        made.sort();
        assert_eq!(made.each_ref().map(|id| (id.kind(), [id.schema(), id.name(), id.part()])), ids);
    }
}
