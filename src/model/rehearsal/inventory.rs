//! What a schema holds by the server's own identities, so that a renamed object is the same one and one that was dropped
//! and made again is not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Relation;
use crate::model::blast::widens;

/// The identity of an object within one database: the catalog's oid, the object's, and a column's number or 0.
pub type Address = (u32, u32, i32);

/// What sort of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "PostgreSQL's own words")]
pub enum ThingKind {
    Schema,
    Extension,
    Table,
    /// Has no rows of its own; its partitions have.
    PartitionedTable,
    ForeignTable,
    Column,
    /// Its values come from other columns.
    GeneratedColumn,
    Type,
    EnumValue,
    Sequence,
    View,
    MaterializedView,
    Function,
    Index,
    Constraint,
    Trigger,
    Policy,
    Rule,
    /// That a table is in a publication.
    Publication,
}

const KINDS: [(ThingKind, &str); 19] = [
    (ThingKind::Schema, "schema"),
    (ThingKind::Extension, "extension"),
    (ThingKind::Table, "table"),
    (ThingKind::PartitionedTable, "partitioned table"),
    (ThingKind::ForeignTable, "foreign table"),
    (ThingKind::Column, "column"),
    (ThingKind::GeneratedColumn, "generated column"),
    (ThingKind::Type, "type"),
    (ThingKind::EnumValue, "enum value"),
    (ThingKind::Sequence, "sequence"),
    (ThingKind::View, "view"),
    (ThingKind::MaterializedView, "materialized view"),
    (ThingKind::Function, "function"),
    (ThingKind::Index, "index"),
    (ThingKind::Constraint, "constraint"),
    (ThingKind::Trigger, "trigger"),
    (ThingKind::Policy, "policy"),
    (ThingKind::Rule, "rule"),
    (ThingKind::Publication, "publication"),
];

impl ThingKind {
    /// Reads the word in `queries/rehearse/inventory.sql`.
    pub fn read(word: &str) -> Option<Self> {
        KINDS.iter().find(|(_, name)| *name == word).map(|(kind, _)| *kind)
    }

    /// Tells whether it holds what a second one of the same name does not: rows.
    fn holds_rows(self) -> bool {
        matches!(self, Self::Table | Self::Column)
    }
}

impl fmt::Display for ThingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(KINDS.iter().find(|(kind, _)| kind == self).map_or("", |(_, name)| name))
    }
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Thing {
    /// What it is.
    pub kind: ThingKind,
    /// The schema; empty for what has none.
    pub schema: String,
    /// The name; of a part, that of the table or type it is a part of.
    pub name: String,
    /// A part's own name: the column's, the label's, the constraint's; a function's argument types.
    pub part: String,
    /// The type of a column, or the type that an enum value belongs to, with its schema.
    #[serde(skip)]
    pub type_name: String,
    /// What it is a part of.
    #[serde(skip)]
    pub on: Option<Address>,
}

impl Thing {
    /// Returns the relation that it is or is a part of.
    pub fn relation(&self) -> Relation {
        Relation { schema: self.schema.clone(), name: self.name.clone() }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, schema, name, part, .. } = self;
        match kind {
            ThingKind::Schema | ThingKind::Extension => write!(f, "{kind} {name}"),
            ThingKind::Column | ThingKind::GeneratedColumn => write!(f, "{kind} {schema}.{name}.{part}"),
            ThingKind::EnumValue => write!(f, "{kind} `{part}` of {schema}.{name}"),
            ThingKind::Function => write!(f, "{kind} {schema}.{name}({part})"),
            ThingKind::Publication => write!(f, "{schema}.{name} in the {kind} {part}"),
            ThingKind::Constraint | ThingKind::Trigger | ThingKind::Policy | ThingKind::Rule => {
                write!(f, "{kind} {part} of {schema}.{name}")
            }
            _ => write!(f, "{kind} {schema}.{name}"),
        }
    }
}

/// All objects that DDL made, but those of extensions and of crmdb's own schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory(pub BTreeMap<Address, Thing>);

type Names<'a> = BTreeSet<(ThingKind, &'a String, &'a String, &'a String)>;

/// An object that is gone, and how many of its parts went with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// The object.
    pub thing: Thing,
    /// Its parts, columns and labels left out: how many of each kind.
    pub with: BTreeMap<ThingKind, usize>,
}

/// A column whose values were turned into others: of a type that does not hold them all, or by an expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conversion {
    /// The table, by the name that the target knows it by.
    pub relation: Relation,
    /// The column, likewise.
    pub column: String,
    /// Its type before.
    pub from: String,
    /// Its type after.
    pub to: String,
}

impl Conversion {
    fn of(column: &Thing, (from, to): (&Thing, &Thing)) -> Self {
        let (relation, column) = (column.relation(), column.part.clone());
        Self { relation, column, from: from.type_name.clone(), to: to.type_name.clone() }
    }
}

impl Inventory {
    /// Returns what was in `self`, was there in `before` and is not in `after`, the names being those in `self`.
    ///
    /// Tables and columns are the same only where they are the same object: rows do not come back with the name. Anything
    /// else is there as long as something of its kind and name is. Parts of what is gone are counted with it.
    pub fn gone(&self, before: &Self, after: &Self) -> Vec<Gone> {
        let names = [before.names(), after.names()];
        let is_there = |inventory: &Self, names: &Names<'_>, address: &Address| {
            let named = |thing: &Thing| {
                !thing.kind.holds_rows()
                    && names.contains(&(thing.kind, &thing.schema, &thing.name, &thing.part))
            };
            inventory.0.contains_key(address) || self.0.get(address).is_some_and(named)
        };
        let lost =
            |address: &Address| is_there(before, &names[0], address) && !is_there(after, &names[1], address);
        let mut gone: BTreeMap<Address, Gone> = BTreeMap::new();
        let mut parts = Vec::new();
        for (address, thing) in self.0.iter().filter(|(address, _)| lost(address)) {
            match thing.on.filter(|on| self.0.contains_key(on) && lost(on)) {
                Some(on) => parts.push((on, thing.kind)),
                None => drop(gone.insert(*address, Gone { thing: thing.clone(), with: BTreeMap::new() })),
            }
        }
        let counted = |kind: &ThingKind| {
            !matches!(kind, ThingKind::Column | ThingKind::GeneratedColumn | ThingKind::EnumValue)
        };
        for (on, kind) in parts.into_iter().filter(|(_, kind)| counted(kind)) {
            if let Some(whole) = gone.get_mut(&on) {
                *whole.with.entry(kind).or_default() += 1;
            }
        }
        let mut gone: Vec<Gone> = gone.into_values().collect();
        gone.sort_by(|a, b| a.thing.cmp(&b.thing));
        gone
    }

    /// Returns the columns of `self` whose type in `after` does not hold every value of that in `before`.
    pub fn converted(&self, before: &Self, after: &Self) -> Vec<Conversion> {
        let columns = self.0.iter().filter(|(_, thing)| thing.kind == ThingKind::Column);
        columns
            .filter_map(|(address, thing)| {
                let (from, to) = (before.0.get(address)?, after.0.get(address)?);
                let holds = from.type_name == to.type_name || widens(&from.type_name, &to.type_name);
                (!holds).then(|| Conversion::of(thing, (from, to)))
            })
            .collect()
    }

    /// Returns the column of `self` in `relation` that is called `name` in `before` or `after`, as one that was converted.
    pub fn computed(
        &self,
        (before, after): (&Self, &Self),
        (relation, name): (&Relation, &str),
    ) -> Option<Conversion> {
        let columns = self.0.iter().filter(|(_, thing)| thing.kind == ThingKind::Column);
        let mut own = columns.filter(|(_, thing)| thing.relation() == *relation);
        own.find_map(|(address, thing)| {
            let (from, to) = (before.0.get(address)?, after.0.get(address)?);
            [from, to].iter().any(|one| one.part == name).then(|| Conversion::of(thing, (from, to)))
        })
    }

    /// Returns the columns that hold the values of an enum, or arrays of them, the enum named with its schema.
    pub fn columns_of<'a>(&'a self, type_name: &'a str) -> impl Iterator<Item = &'a Thing> {
        self.0.values().filter(move |thing| {
            thing.kind == ThingKind::Column
                && (thing.type_name == type_name || thing.type_name.strip_suffix("[]") == Some(type_name))
        })
    }

    /// Returns the name of a table, view, index or sequence.
    pub fn relation(&self, address: Address) -> Option<Relation> {
        self.0.get(&address).map(Thing::relation)
    }

    /// Tells what sort of thing the relation of this name is, where it is there.
    pub fn kind_of(&self, relation: &Relation) -> Option<ThingKind> {
        let same = |thing: &&Thing| {
            thing.part.is_empty() && thing.schema == relation.schema && thing.name == relation.name
        };
        let relations = [
            ThingKind::Table,
            ThingKind::PartitionedTable,
            ThingKind::ForeignTable,
            ThingKind::MaterializedView,
            ThingKind::View,
            ThingKind::Sequence,
            ThingKind::Index,
        ];
        self.0.values().filter(same).map(|thing| thing.kind).find(|kind| relations.contains(kind))
    }

    fn names(&self) -> Names<'_> {
        self.0.values().map(|thing| (thing.kind, &thing.schema, &thing.name, &thing.part)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thing(kind: ThingKind, name: &str, part: &str) -> Thing {
        let (schema, type_name) = ("s".to_owned(), "s.mood".to_owned());
        Thing { kind, schema, name: name.to_owned(), part: part.to_owned(), type_name, on: None }
    }

    fn part_of(on: u32, thing: Thing) -> Thing {
        Thing { on: Some((1259, on, 0)), ..thing }
    }

    fn inventory(things: &[(u32, i32, Thing)]) -> Inventory {
        Inventory(things.iter().map(|(oid, part, thing)| ((1259, *oid, *part), thing.clone())).collect())
    }

    fn names(gone: &[Gone]) -> Vec<String> {
        gone.iter().map(|gone| gone.thing.to_string()).collect()
    }

    #[test]
    fn a_renamed_table_is_there_and_one_made_again_is_not() {
        let before =
            inventory(&[(1, 0, thing(ThingKind::Table, "a", "")), (2, 0, thing(ThingKind::Table, "b", ""))]);
        let after =
            inventory(&[(1, 0, thing(ThingKind::Table, "c", "")), (3, 0, thing(ThingKind::Table, "b", ""))]);
        assert_eq!(names(&before.gone(&before, &after)), ["table s.b"]);
    }

    #[test]
    fn a_view_made_again_is_there() {
        let before = inventory(&[(1, 0, thing(ThingKind::View, "v", ""))]);
        let after = inventory(&[(2, 0, thing(ThingKind::View, "v", ""))]);
        assert!(before.gone(&before, &after).is_empty());
        assert_eq!(names(&before.gone(&after, &Inventory::default())), ["view s.v"]);
    }

    #[test]
    fn parts_go_with_their_table_and_stand_alone_where_it_stays() {
        let table = (1, 0, thing(ThingKind::Table, "a", ""));
        let column = (1, 1, part_of(1, thing(ThingKind::Column, "a", "x")));
        let index = (2, 0, part_of(1, thing(ThingKind::Index, "a_x", "")));
        let all = inventory(&[table.clone(), column, index]);
        let gone = all.gone(&all, &Inventory::default());
        assert_eq!((names(&gone), gone[0].with[&ThingKind::Index]), (vec!["table s.a".to_owned()], 1));
        assert_eq!(names(&all.gone(&all, &inventory(&[table]))), ["column s.a.x", "index s.a_x"]);
    }

    #[test]
    fn what_an_earlier_step_took_is_not_taken_again() {
        let all = inventory(&[(1, 0, thing(ThingKind::Table, "a", ""))]);
        assert!(all.gone(&Inventory::default(), &Inventory::default()).is_empty());
    }

    #[test]
    fn an_enum_made_anew_without_a_label_loses_that_label() {
        let label = |on, part| part_of(on, thing(ThingKind::EnumValue, "mood", part));
        let before = inventory(&[
            (1, 0, thing(ThingKind::Type, "mood", "")),
            (10, 0, label(1, "glad")),
            (11, 0, label(1, "sad")),
        ]);
        let after = inventory(&[(2, 0, thing(ThingKind::Type, "mood", "")), (12, 0, label(2, "glad"))]);
        assert_eq!(names(&before.gone(&before, &after)), ["enum value `sad` of s.mood"]);
    }

    #[test]
    fn a_column_of_another_type_is_converted() {
        let column =
            |type_name: &str| Thing { type_name: type_name.to_owned(), ..thing(ThingKind::Column, "a", "x") };
        let (before, after) = (inventory(&[(1, 1, column("text"))]), inventory(&[(1, 1, column("integer"))]));
        let converted = before.converted(&before, &after);
        assert_eq!((converted[0].from.as_str(), converted[0].to.as_str()), ("text", "integer"));
        assert!(before.converted(&before, &before).is_empty());
    }
}
