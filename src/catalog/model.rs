//! What a database holds: a value that compares, prints and orders the same whatever server it was read from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::acl::Acl;
use super::id::{Id, Kind};
pub use super::objects::{
    Column, Constraint, Default, DefaultPrivileges, Domain, DomainConstraint, Enum, Extension, Function,
    Index, Inheritance, Ownership, Plain, Policy, Relation, Sequence, Setting, Table, Trigger, View,
};
use super::subscription::Subscription;

/// The definition of one object, by kind. The large ones are boxed: most objects are small.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "each variant names the kinds it holds")]
pub enum Object {
    /// A schema, a composite type: they have a name and parts.
    Named,
    Extension(Extension),
    Enum(Enum),
    Domain(Domain),
    DomainConstraint(DomainConstraint),
    Function(Function),
    Sequence(Sequence),
    Table(Box<Table>),
    /// A column or a composite type's attribute.
    Column(Box<Column>),
    Default(Default),
    Ownership(Ownership),
    View(View),
    Index(Index),
    Constraint(Constraint),
    Inheritance(Inheritance),
    /// A trigger or a rule.
    Trigger(Trigger),
    Policy(Policy),
    /// Of objects to come, or of objects that PostgreSQL or an extension made.
    DefaultPrivileges(DefaultPrivileges),
    /// Every kind that needs no more than the statement that makes it.
    Plain(Plain),
    Subscription(Subscription),
}

/// An object with what every kind may have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The table, view or type that the object is a part of.
    pub on: Option<Id>,
    /// The owner; none for parts, which have their table's.
    pub owner: Option<String>,
    /// The privileges, those that PostgreSQL grants by default written out; none where the kind has none.
    pub acl: Option<Acl>,
    /// The comment.
    pub comment: Option<String>,
    /// Security labels by provider.
    pub labels: BTreeMap<String, String>,
    /// Extensions that the object is dropped with (`DEPENDS ON EXTENSION`).
    pub extensions: BTreeSet<String>,
    /// The definition.
    pub object: Object,
}

/// The objects of one database and what they need of each other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catalog {
    /// Every object.
    pub objects: BTreeMap<Id, Entry>,
    /// For each object those that must be there before it is, in order and each once. Both ends are in `objects`.
    pub needs: BTreeMap<Id, Vec<Id>>,
    /// Type pairs that cast, with the context: `e` explicit, `a` assignment, `i` implicit.
    pub casts: BTreeMap<(String, String), String>,
    /// The role that read the catalog: it owns what it makes.
    pub role: String,
    /// The server's major version.
    pub version: u32,
    /// Objects whose kind crmdb does not know, as the server describes them.
    pub unknown: BTreeSet<String>,
}

impl Catalog {
    /// Returns the objects that are a part of `id`, in order.
    pub fn parts<'a>(&'a self, id: &'a Id, kind: Kind) -> impl Iterator<Item = (&'a Id, &'a Entry)> {
        let first = id.with(kind, "");
        self.objects
            .range(first..)
            .take_while(move |(part, _)| {
                part.kind() == kind && part.schema() == id.schema() && part.name() == id.name()
            })
            .filter(move |(_, entry)| entry.on.as_ref() == Some(id))
    }

    /// Returns the objects of one kind that are a part of `id` and have names of their own, such as indexes.
    #[must_use]
    pub fn parts_named<'a>(&'a self, id: &Id, kind: Kind) -> Vec<&'a Id> {
        let parts = self.of_kind(kind).filter(|(_, entry)| entry.on.as_ref() == Some(id));
        parts.map(|(part, _)| part).collect()
    }

    /// Returns the columns of a table or view, or a type's attributes, in the order they are declared.
    #[must_use]
    pub fn columns<'a>(&'a self, id: &'a Id) -> Vec<(&'a Id, &'a Column)> {
        let kind = if id.kind() == Kind::Composite { Kind::Attribute } else { Kind::Column };
        let mut columns: Vec<_> = self
            .parts(id, kind)
            .filter_map(|(part, entry)| match &entry.object {
                Object::Column(column) => Some((part, &**column)),
                _ => None,
            })
            .collect();
        columns.sort_by_key(|(_, column)| column.position);
        columns
    }

    /// Tells whether Citus distributes anything of it.
    #[must_use]
    pub fn is_distributed(&self) -> bool {
        self.objects.keys().any(|id| id.kind() == Kind::Distribution)
    }

    /// Returns the objects of one kind, in order.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&Id, &Entry)> {
        self.objects.range(Id::new(kind, "", "")..).take_while(move |(id, _)| id.kind() == kind)
    }

    /// Returns for each object those that need it, in order.
    #[must_use]
    pub fn needed_by(&self) -> HashMap<&Id, Vec<&Id>> {
        let mut reverse: HashMap<&Id, Vec<&Id>> = HashMap::new();
        for (id, needs) in &self.needs {
            for need in needs {
                reverse.entry(need).or_default().push(id);
            }
        }
        reverse
    }

    /// Returns the parents of a table: what it is a partition or child of, in declared order.
    #[must_use]
    pub fn parents<'a>(&'a self, table: &'a Id) -> Vec<(Id, &'a Inheritance)> {
        let mut parents: Vec<_> = self
            .parts(table, Kind::Inheritance)
            .filter_map(|(_, entry)| match &entry.object {
                Object::Inheritance(link) => Some((self.table(&link.parent)?, link)),
                _ => None,
            })
            .collect();
        parents.sort_by_key(|(_, link)| link.position);
        parents
    }

    /// Returns the owners that PostgreSQL wants to be superusers.
    #[must_use]
    pub fn superusers(&self) -> BTreeSet<String> {
        let kinds = [Kind::EventTrigger, Kind::ForeignDataWrapper, Kind::Subscription].into_iter();
        kinds.flat_map(|kind| self.of_kind(kind)).filter_map(|(_, entry)| entry.owner.clone()).collect()
    }

    /// Returns the tablespaces that objects are in, where it is not the database's own.
    #[must_use]
    pub fn tablespaces(&self) -> BTreeSet<String> {
        let of = |entry: &Entry| match &entry.object {
            Object::Table(table) => table.tablespace.clone(),
            Object::View(view) => view.tablespace.clone(),
            Object::Index(index) => index.tablespace.clone(),
            Object::Constraint(constraint) => constraint.tablespace.clone(),
            _ => None,
        };
        self.objects.values().filter_map(of).collect()
    }

    /// Returns the catalog with valid indexes in the place of those that PostgreSQL gave up.
    #[must_use]
    pub fn revived(mut self) -> Self {
        for entry in self.objects.values_mut() {
            if let Object::Index(index) = &mut entry.object {
                index.valid = true;
            }
        }
        self
    }

    /// Returns the identity of the relation with this name.
    #[must_use]
    pub fn table(&self, name: &Relation) -> Option<Id> {
        [Kind::Table, Kind::ForeignTable, Kind::View, Kind::MaterializedView]
            .into_iter()
            .map(|kind| Id::new(kind, name.0.as_str(), name.1.as_str()))
            .find(|id| self.objects.contains_key(id))
    }
}

/// What is read of one kind is decoded here, so that a kind has one shape.
impl Object {
    pub(crate) fn decode(kind: Kind, body: &str) -> Result<Self, serde_json::Error> {
        fn shape<'a, T: Deserialize<'a>>(
            body: &'a str,
            wrap: fn(T) -> Object,
        ) -> Result<Object, serde_json::Error> {
            serde_json::from_str(body).map(wrap)
        }
        match kind {
            Kind::Schema | Kind::Composite | Kind::IdentitySequence => Ok(Self::Named),
            Kind::Extension => shape(body, Self::Extension),
            Kind::Enum => shape(body, Self::Enum),
            Kind::Domain => shape(body, Self::Domain),
            Kind::DomainConstraint => shape(body, Self::DomainConstraint),
            Kind::Function | Kind::Procedure => shape(body, Self::Function),
            Kind::Sequence => shape(body, Self::Sequence),
            Kind::Table | Kind::ForeignTable => shape(body, |table| Self::Table(Box::new(table))),
            Kind::Column | Kind::Attribute => shape(body, |column| Self::Column(Box::new(column))),
            Kind::Default => shape(body, Self::Default),
            Kind::Ownership => shape(body, Self::Ownership),
            Kind::View | Kind::MaterializedView => shape(body, Self::View),
            Kind::Index => shape(body, Self::Index),
            Kind::Constraint => shape(body, Self::Constraint),
            Kind::Inheritance => shape(body, Self::Inheritance),
            Kind::Trigger | Kind::Rule => shape(body, Self::Trigger),
            Kind::Policy => shape(body, Self::Policy),
            Kind::DefaultPrivileges | Kind::InitialPrivileges => shape(body, Self::DefaultPrivileges),
            Kind::Subscription => shape(body, Self::Subscription),
            Kind::UserMapping => shape(body, |plain: Plain| {
                let options = plain.options.of_mapping();
                Self::Plain(Plain { options, ..plain })
            }),
            _ => shape(body, Self::Plain),
        }
    }
}
