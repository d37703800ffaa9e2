//! Gives an object of a catalog another name, in every text that has it, as PostgreSQL would. Pure.
//!
//! What PostgreSQL prints of a view, a rule or a parsed body after a rename depends on aliases that the text does not
//! show, so these are marked as differing and written anew.

mod moved;
mod schema;
pub(super) use schema::rename_schema;
mod texts;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::diff::Rename;
use super::id::{Id, Kind};
use super::model::{Catalog, Constraint, Entry, Object, Relation};
use crate::sql::quote::held::{identifier, literal, printed, qualified};
use texts::{texts, unsettle_or, words};

/// A text that no server prints.
const UNSETTLED: &str = "\n-- to be written anew";

/// Gives the objects their new names; none of the new ones is taken.
pub(super) fn apply(catalog: &mut Catalog, renames: &[Rename]) {
    let (schemas, renames): (Vec<&Rename>, Vec<&Rename>) =
        renames.iter().partition(|rename| rename.from.kind() == Kind::Schema);
    schemas.iter().for_each(|rename| rename_schema(catalog, rename.from.name(), rename.to.name()));
    if renames.is_empty() {
        return;
    }
    let users = catalog.needed_by().into_iter();
    let users = users.map(|(id, users)| (id.clone(), users.into_iter().cloned().collect())).collect();
    let mut batch = Batch { catalog, users, moves: BTreeMap::new() };
    for rename in renames {
        batch.apply(rename);
    }
    batch.finish();
}

/// Returns an index's definition without its name.
pub(super) fn nameless(definition: &str, index: &Id) -> String {
    definition.replacen(&format!(" INDEX {} ON ", identifier(index.name())), " INDEX ON ", 1)
}

/// Returns a trigger's or rule's definition without its name.
pub(super) fn nameless_trigger(definition: &str, trigger: &Id) -> String {
    let noun = trigger.kind().noun();
    definition.replacen(&format!("{noun} {} ", identifier(trigger.part())), &format!("{noun} "), 1)
}

/// Renames that are entered together, so that what each costs does not depend on the size of the catalog.
struct Batch<'a> {
    catalog: &'a mut Catalog,
    /// What needs each object, under the names from before the batch; so is a part of its table.
    users: HashMap<Id, Vec<Id>>,
    /// The identities that change.
    moves: BTreeMap<Id, Id>,
}

impl Batch<'_> {
    fn apply(&mut self, rename: &Rename) {
        let (old, new) = (&rename.from, &rename.to);
        let name_stays = (old.name(), old.part()) == (new.name(), new.part());
        if self.catalog.version >= 18 && matches!(old.kind(), Kind::Table | Kind::Column) && !name_stays {
            self.settle_not_null(old, new);
        }
        match old.kind() {
            Kind::Enum if !old.part().is_empty() => self.label(old, new),
            Kind::Enum | Kind::Domain | Kind::Composite => self.type_name(old, new),
            Kind::Column => {
                for table in self.family(old) {
                    if table.kind() == Kind::View {
                        self.edit(&table, |view| unsettle_or(view, str::to_owned));
                    }
                    self.column(&table.with(Kind::Column, old.part()), new.part());
                }
            }
            Kind::Attribute => self.attribute(old, new),
            Kind::Table | Kind::View | Kind::MaterializedView => self.table(old, new),
            Kind::Function | Kind::Procedure => self.routine(old, new),
            Kind::Trigger | Kind::Rule => self.trigger(old, new),
            Kind::Index => self.index(old, new),
            Kind::Sequence => self.sequence(old, new),
            _ => {
                self.pass_parent(old, (new.schema(), new.part()));
                if old.kind() == Kind::Constraint {
                    self.pass_original(old, new.part());
                }
                self.moves.insert(old.clone(), new.clone());
            }
        }
    }

    /// Gives every identity its new name, in objects and in edges.
    fn finish(self) {
        let Self { catalog, users, moves } = self;
        for (old, new) in &moves {
            for user in users.get(old).into_iter().flatten() {
                if let Some(needs) = catalog.needs.get_mut(user)
                    && let Ok(place) = needs.binary_search(old)
                {
                    needs[place] = new.clone();
                    needs.sort_unstable();
                }
                if let Some(entry) = catalog.objects.get_mut(user)
                    && entry.on.as_ref() == Some(old)
                {
                    entry.on = Some(new.clone());
                }
            }
        }
        for (old, new) in moves {
            if let Some(entry) = catalog.objects.remove(&old) {
                catalog.objects.insert(new.clone(), entry);
            }
            if let Some(needs) = catalog.needs.remove(&old) {
                catalog.needs.insert(new, needs);
            }
        }
    }

    fn edit(&mut self, id: &Id, change: impl FnOnce(&mut Object)) {
        if let Some(entry) = self.catalog.objects.get_mut(id) {
            change(&mut entry.object);
        }
    }

    fn users(&self, id: &Id) -> Vec<Id> {
        self.users.get(id).cloned().unwrap_or_default()
    }

    /// From PostgreSQL 18 on a column's `NOT NULL` has a name, which a rename of the column or table leaves as it is.
    fn settle_not_null(&mut self, old: &Id, new: &Id) {
        let columns: Vec<(Id, Id)> = if old.kind() == Kind::Column {
            let tables = self.family(old).into_iter();
            tables
                .map(|table| (table.with(Kind::Column, old.part()), table.with(Kind::Column, new.part())))
                .collect()
        } else {
            let columns = self.catalog.columns(old).into_iter();
            columns.map(|(id, _)| (id.clone(), new.with(Kind::Column, id.part()))).collect()
        };
        let usual = |id: &Id| format!("{}_{}_not_null", id.name(), id.part());
        for (id, new) in columns {
            self.edit(&id, |object| {
                if let Object::Column(column) = object
                    && column.not_null
                {
                    let name = column.not_null_constraint.take().unwrap_or_else(|| usual(&id));
                    column.not_null_constraint = Some(name).filter(|name| *name != usual(&new));
                }
            });
        }
    }

    /// Gives a foreign key its new name in its partitions' copies of it.
    fn pass_original(&mut self, old: &Id, new: &str) {
        let on = self.catalog.objects.get(old).and_then(|entry| entry.on.clone());
        let links = on.map(|on| self.users(&on)).unwrap_or_default();
        for link in links.into_iter().filter(|link| link.kind() == Kind::Inheritance) {
            let Some(child) = self.catalog.objects.get(&link).and_then(|entry| entry.on.clone()) else {
                continue;
            };
            let copies: Vec<Id> =
                self.catalog.parts(&child, Kind::Constraint).map(|(id, _)| id.clone()).collect();
            for copy in copies {
                self.edit(&copy, |object| {
                    if let Object::Constraint(Constraint { original: Some(original), .. }) = object
                        && original == old.part()
                    {
                        new.clone_into(original);
                    }
                });
            }
        }
    }

    /// Gives a partitioned index its new schema and name in its partitions' indexes.
    fn pass_parent(&mut self, old: &Id, new: (&str, &str)) {
        let name = if old.kind() == Kind::Index { old.name() } else { old.part() };
        for user in self.users(old) {
            self.edit(&user, |object| {
                let parent = match object {
                    Object::Index(index) => index.parent.as_mut(),
                    Object::Constraint(constraint) => constraint.parent.as_mut(),
                    _ => None,
                };
                if let Some(parent) = parent.filter(|parent| parent.0 == old.schema() && parent.1 == name) {
                    *parent = Relation(new.0.to_owned(), new.1.to_owned());
                }
            });
        }
    }

    fn index(&mut self, old: &Id, new: &Id) {
        self.pass_parent(old, (new.schema(), new.name()));
        let head = |id: &Id| format!(" INDEX {} ON ", identifier(id.name()));
        self.edit(old, |object| {
            if let Object::Index(index) = object {
                index.definition = index.definition.replacen(&head(old), &head(new), 1);
            }
        });
        self.moves.insert(old.clone(), new.clone());
    }

    /// Returns the table of the column and those that inherit it.
    fn family(&self, column: &Id) -> Vec<Id> {
        let on = self.catalog.objects.get(column).and_then(|entry| entry.on.clone());
        let mut tables: Vec<Id> = on.into_iter().collect();
        let mut known: HashSet<Id> = tables.iter().cloned().collect();
        let mut at = 0;
        while let Some(parent) = tables.get(at).cloned() {
            for user in self.users.get(&parent).into_iter().flatten() {
                if let Some(Entry { object: Object::Inheritance(link), on: Some(on), .. }) =
                    self.catalog.objects.get(user)
                    && (link.parent.0.as_str(), link.parent.1.as_str()) == (parent.schema(), parent.name())
                    && known.insert(on.clone())
                {
                    tables.push(on.clone());
                }
            }
            at += 1;
        }
        tables
    }

    fn label(&mut self, old: &Id, new: &Id) {
        let id = Id::new(Kind::Enum, old.schema(), old.name());
        let constant = |label: &Id| format!("{}::{}", printed(label.part()), id.qualified());
        let (from, to) = (constant(old), constant(new));
        self.edit(&id, |object| {
            if let Object::Enum(labels) = object {
                let renamed = labels.labels.iter_mut().filter(|label| *label == old.part());
                renamed.for_each(|label| new.part().clone_into(label));
            }
        });
        for entry in self.catalog.objects.values_mut() {
            for text in texts(&mut entry.object) {
                if text.contains(&from) {
                    *text = text.replace(&from, &to);
                }
            }
        }
    }

    fn column(&mut self, old: &Id, new: &str) {
        let (from, to) = (identifier(old.part()), identifier(new));
        for user in self.users(old) {
            self.edit(&user, |object| match object {
                Object::Ownership(owner) => {
                    let owned = owner.table.0 == old.schema() && owner.table.1 == old.name();
                    if owned && owner.column == old.part() {
                        new.clone_into(&mut owner.column);
                    }
                }
                object => unsettle_or(object, |text| words(text, &from, &to)),
            });
        }
        for kind in [Kind::Column, Kind::Default] {
            self.moves.insert(old.with(kind, old.part()), old.with(kind, new));
        }
    }

    fn table(&mut self, old: &Id, new: &Id) {
        let mut users: BTreeSet<Id> = self.users(old).into_iter().collect();
        for (id, _) in self.catalog.columns(old) {
            users.extend(self.users(id));
        }
        let (from, to) = (old.qualified(), new.qualified());
        let relation = |id: &Id| Relation(id.schema().to_owned(), id.name().to_owned());
        let (old_relation, new_relation) = (relation(old), relation(new));
        for user in &users {
            self.edit(user, |object| match object {
                Object::Ownership(owner) if owner.table == old_relation => owner.table = new_relation.clone(),
                Object::Inheritance(link) if link.parent == old_relation => {
                    link.parent = new_relation.clone()
                }
                object => {
                    moved::types(object).into_iter().for_each(|name| *name = words(name, &from, &to));
                    unsettle_or(object, |text| words(text, &from, &to));
                }
            });
            // The part of what links a table is the table's name.
            if matches!(user.kind(), Kind::PublicationTable | Kind::Inheritance) && user.part() == from {
                self.moves.insert(user.clone(), user.with(user.kind(), to.as_str()));
            }
            if user.kind() == Kind::InitialPrivileges {
                let columns = Id::new(user.kind(), "", format!("TABLE {to}"));
                self.moves.insert(user.clone(), columns.with(user.kind(), user.part()));
            }
        }
        self.signatures(old, (&from, &to));
        if old.schema() != new.schema() {
            self.companions(old, new.schema());
        }
        // A table's index, sequence and type have names of their own.
        for kind in [
            old.kind(),
            Kind::Inheritance,
            Kind::Column,
            Kind::Default,
            Kind::Constraint,
            Kind::Trigger,
            Kind::Rule,
            Kind::Policy,
        ] {
            let parts = self.catalog.objects.range(old.with(kind, "")..).map(|(id, _)| id);
            let own = |id: &&Id| id.kind() == kind && (id.schema(), id.name()) == (old.schema(), old.name());
            let moves =
                parts.take_while(own).map(|id| (id.clone(), new.with(kind, id.part()))).collect::<Vec<_>>();
            self.moves.extend(moves);
        }
    }

    /// Gives an attribute its new name, and the columns of tables of its type.
    fn attribute(&mut self, old: &Id, new: &Id) {
        let of_type = |id: &Id| match self.catalog.objects.get(id).map(|entry| &entry.object) {
            Some(Object::Table(table)) => table.of_type.is_some(),
            _ => false,
        };
        let on = self.catalog.objects.get(old).and_then(|entry| entry.on.clone());
        let tables: Vec<Id> =
            on.into_iter().flat_map(|on| self.users(&on)).filter(|user| of_type(user)).collect();
        for table in tables {
            self.column(&table.with(Kind::Column, old.part()), new.part());
        }
        self.column(old, new.part());
        self.moves.insert(old.clone(), new.clone());
    }

    fn routine(&mut self, old: &Id, new: &Id) {
        let (from, to) = (old.qualified(), new.qualified());
        self.edit(old, |object| {
            if let Object::Function(function) = object {
                function.definition = function.definition.replacen(&format!("{from}("), &format!("{to}("), 1);
            }
        });
        for user in self.users(old) {
            self.edit(&user, |object| unsettle_or(object, |text| words(text, &from, &to)));
        }
        self.moves.insert(old.clone(), new.clone());
    }

    fn trigger(&mut self, old: &Id, new: &Id) {
        let noun = old.kind().noun();
        let head = |id: &Id| format!("{noun} {} ", identifier(id.part()));
        self.edit(old, |object| {
            if let Object::Trigger(trigger) = object {
                trigger.definition = trigger.definition.replacen(&head(old), &head(new), 1);
            }
        });
        self.moves.insert(old.clone(), new.clone());
    }

    fn sequence(&mut self, old: &Id, new: &Id) {
        let quoted = |id: &Id| literal(&qualified(id.schema(), id.name()));
        let (from, to) = (quoted(old), quoted(new));
        self.edit(old, |object| {
            if let Object::Sequence(sequence) = object {
                new.name().clone_into(&mut sequence.name);
                new.schema().clone_into(&mut sequence.schema);
            }
        });
        for user in self.users(old) {
            self.edit(&user, |object| unsettle_or(object, |text| text.replace(&from, &to)));
        }
        for kind in [Kind::Sequence, Kind::Ownership] {
            self.moves.insert(old.with(kind, ""), new.with(kind, ""));
        }
    }
}
