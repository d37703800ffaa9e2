//! What happens to each object: made, dropped, altered in place, or dropped and made again because PostgreSQL allows
//! nothing else for it or for what it rests on. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::branch::{self, incomplete};
use super::inplace;
use super::not_null;
use super::plan::is_named_copy;
use super::rested::{self, Users};
use crate::catalog::diff::Changes;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Object};

/// What happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is made.
    Create,
    /// It is dropped.
    Drop,
    /// It is dropped and made again.
    Replace,
    /// It lives and changes.
    Alter,
}

/// The fates of all objects that do not stay as they are.
#[derive(Debug, Default)]
pub(super) struct Fates {
    of: BTreeMap<Id, Fate>,
    /// Columns whose type must be written anew, though its name may be the same.
    pub(super) retyped: BTreeSet<Id>,
}

impl Fates {
    pub(super) fn of(&self, id: &Id) -> Option<Fate> {
        self.of.get(id).copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Id, Fate)> {
        self.of.iter().map(|(id, fate)| (id, *fate))
    }

    /// Returns whether the object that is there now goes, for good or to be made again.
    pub(super) fn goes(&self, id: &Id) -> bool {
        matches!(self.of(id), Some(Fate::Drop | Fate::Replace))
    }

    /// Returns whether the object is made, for the first time or again.
    pub(super) fn comes(&self, id: &Id) -> bool {
        matches!(self.of(id), Some(Fate::Create | Fate::Replace))
    }

    /// Returns whether the object is there throughout.
    pub(super) fn stays(&self, id: &Id) -> bool {
        matches!(self.of(id), None | Some(Fate::Alter))
    }
}

/// Returns what happens to each object; those in `anew` are dropped and made again though they could be altered.
pub(super) fn decide(changes: &Changes<'_>, users: &Users<'_>, anew: &BTreeSet<Id>) -> Fates {
    let late = rested::anew(changes).into_iter().chain(incomplete(changes));
    let mut anew: BTreeSet<Id> = anew.iter().cloned().chain(late).collect();
    loop {
        let fates = expanded(changes, users, &anew);
        let held = rested::held(changes, users, &fates).into_iter().flat_map(|held| held.holders);
        let misplaced = rested::misplaced(changes, &fates);
        let staying: Vec<Id> = held.chain(misplaced).filter(|id| fates.stays(id)).collect();
        if staying.is_empty() {
            return fates;
        }
        anew.extend(staying);
    }
}

fn expanded<'a>(changes: &'a Changes<'a>, needed_by: &'a Users<'a>, anew: &BTreeSet<Id>) -> Fates {
    let mut queue = Vec::new();
    let of = changes.created.iter().map(|id| (id.clone(), Fate::Create)).collect();
    let mut fates = Fates { of, retyped: BTreeSet::new() };
    let contained = inplace::contained(changes, needed_by);
    for id in anew.iter().chain(&contained).chain(&inplace::redeclared(changes)) {
        fates.of.insert(id.clone(), Fate::Replace);
        queue.push(id.clone());
    }
    for id in &changes.dropped {
        fates.of.insert(id.clone(), Fate::Drop);
        queue.push(id.clone());
    }
    for id in changes.altered.keys() {
        if let Some(home) = inplace::pinned(changes, needed_by, id) {
            fates.of.insert(home.clone(), Fate::Replace);
            queue.push(home);
        } else if fates.goes(id) {
            queue.push(id.clone());
        } else if inplace::possible(changes, id) {
            fates.of.insert(id.clone(), Fate::Alter);
            if inplace::retypes(changes, id) {
                fates.retyped.insert(id.clone());
                queue.push(id.clone());
            } else if inplace::rewrites(changes, id) {
                queue.push(id.clone());
            }
        } else {
            fates.of.insert(id.clone(), Fate::Replace);
            queue.push(id.clone());
        }
    }
    for id in not_null::ancestors(changes) {
        fates.of.entry(id).or_insert(Fate::Alter);
    }
    Expansion { changes, needed_by, fates, queue }.run()
}

/// What a change of one object means for one that rests on it.
enum Consequence {
    Nothing,
    Retype,
    Replace(Id),
}

struct Expansion<'a> {
    changes: &'a Changes<'a>,
    needed_by: &'a Users<'a>,
    fates: Fates,
    queue: Vec<Id>,
}

impl Expansion<'_> {
    fn run(mut self) -> Fates {
        while let Some(base) = self.queue.pop() {
            let lost =
                base.kind() == Kind::Column && (self.fates.goes(&base) || self.fates.retyped.contains(&base));
            if let Some(table) = lost.then(|| inplace::keyed(self.changes, &base)).flatten()
                && self.changes.to.objects.contains_key(&table)
            {
                self.replace(table);
            }
            if let Some(parent) = branch::trunk(self.changes, &self.fates, &base) {
                self.replace(parent);
            }
            for heir in self.heirs(&base).into_iter().chain(self.orphans(&base)) {
                self.replace(heir);
            }
            if base.kind() == Kind::BaseType {
                self.replace(base.with(Kind::ShellType, ""));
            }
            if base.kind() == Kind::Operator {
                // What names an operator that does not name it back would go on naming the one that is gone, and is named
                // by the one that comes only if that names it.
                let catalogs = [&self.changes.from, &self.changes.to].into_iter();
                let namers = catalogs.filter_map(|catalog| catalog.needs.get(&base)).flatten();
                let namers: Vec<Id> = namers.filter(|id| id.kind() == Kind::Operator).cloned().collect();
                namers.into_iter().for_each(|namer| self.replace(namer));
            }
            for dependant in self.needed_by.get(&base).cloned().unwrap_or_default() {
                if self.fates.goes(dependant) || !self.changes.to.objects.contains_key(dependant) {
                    continue;
                }
                match self.consequence(&base, dependant) {
                    Consequence::Nothing => {}
                    Consequence::Retype => self.retype(dependant.clone()),
                    Consequence::Replace(id) => self.replace(id),
                }
            }
        }
        self.fates
    }

    /// Returns the children's columns or checks that go and come with the parent's.
    fn heirs(&self, base: &Id) -> Vec<Id> {
        let entry = &self.changes.from.objects[base];
        let inherited = matches!(base.kind(), Kind::Column | Kind::Constraint);
        let again = inherited && self.fates.of(base) == Some(Fate::Replace);
        // What a table that goes leaves to its children is theirs.
        let on = entry.on.as_ref().filter(|on| again && self.fates.stays(on));
        let users = on.and_then(|on| self.needed_by.get(on)).into_iter().flatten();
        let children = users.filter(|link| link.kind() == Kind::Inheritance);
        let mut heirs: Vec<Id> = Vec::new();
        for child in children.filter_map(|link| self.changes.from.objects.get(*link)?.on.as_ref()) {
            let parts =
                self.changes.from.parts(child, base.kind()).filter(|(id, entry)| match &entry.object {
                    Object::Column(column) => column.inherited && id.part() == base.part(),
                    Object::Constraint(constraint) if constraint.form == "c" => {
                        constraint.inherited && id.part() == base.part()
                    }
                    object => is_named_copy(id, object) && is_copy_of(object, base),
                });
            heirs.extend(parts.map(|(id, _)| id.clone()));
        }
        heirs.retain(|heir| {
            self.changes.to.objects.contains_key(heir) && !inplace::keeps_own(self.changes, heir)
        });
        heirs
    }

    /// Returns the children of a table that goes and comes: what they inherit would be their own as well afterwards. A
    /// partition's columns never are.
    fn orphans(&self, parent: &Id) -> Vec<Id> {
        if !is_table(parent) || self.fates.of(parent) != Some(Fate::Replace) {
            return Vec::new();
        }
        let only_inherited = |table: &Id| {
            let columns = self.changes.to.columns(table);
            columns.iter().any(|(_, column)| column.inherited && !column.local)
        };
        let child = |link: &&Id| match &self.changes.to.objects.get(*link)?.object {
            Object::Inheritance(inheritance) if inheritance.bound.is_none() => {
                self.changes.to.objects[*link].on.clone()
            }
            _ => None,
        };
        let links = self.needed_by.get(parent).into_iter().flatten();
        links.filter_map(child).filter(|child| child != parent && only_inherited(child)).collect()
    }

    fn retype(&mut self, column: Id) {
        if self.fates.retyped.insert(column.clone()) {
            self.fates.of.entry(column.clone()).or_insert(Fate::Alter);
            self.queue.push(column);
        }
    }

    fn replace(&mut self, id: Id) {
        if !self.fates.goes(&id) && self.changes.from.objects.contains_key(&id) {
            self.fates.of.insert(id.clone(), Fate::Replace);
            self.queue.push(id);
        }
    }

    fn consequence(&self, base: &Id, dependant: &Id) -> Consequence {
        if self.fates.goes(base) {
            self.of_loss(base, dependant)
        } else if self.fates.retyped.contains(base) {
            self.of_retyping(base, dependant)
        } else if dependant.kind() == Kind::Statistics {
            // PostgreSQL makes it again without its target.
            Consequence::Replace(dependant.clone())
        } else {
            Consequence::Nothing
        }
    }

    /// What happens to `dependant` when `base` is dropped, to be made again or not.
    fn of_loss(&self, base: &Id, dependant: &Id) -> Consequence {
        let home = self.changes.from.objects.get(base).and_then(|entry| entry.on.as_ref());
        let again =
            [Some(base), home].into_iter().flatten().any(|id| self.fates.of(id) == Some(Fate::Replace));
        let altered = self.fates.of(dependant) == Some(Fate::Alter);
        let entry = &self.changes.from.objects[dependant];
        let part = entry.on.as_ref() == Some(base);
        match dependant.kind() {
            Kind::Index | Kind::Constraint
                if branch::is_let_go(self.changes, &self.fates, [base, dependant]) =>
            {
                Consequence::Nothing
            }
            // A result that is a row of the table has its columns, so its text can't be other than they are.
            Kind::Function if base.kind() == Kind::Column && self.returns_rows_of(dependant, home) => {
                Consequence::Replace(dependant.clone())
            }
            // A link rests on columns and indexes only in that they must be alike when it is made.
            Kind::Inheritance if !matches!(base.kind(), Kind::Table | Kind::ForeignTable) => {
                Consequence::Nothing
            }
            Kind::Column if !part => self.of_type(base, dependant),
            Kind::Attribute if !part => entry.on.clone().map_or(Consequence::Nothing, Consequence::Replace),
            Kind::DomainConstraint | Kind::Domain | Kind::Table | Kind::ForeignTable if !again && altered => {
                Consequence::Nothing
            }
            // What is written anew in place lets go of what it rested on.
            Kind::View
            | Kind::Function
            | Kind::Procedure
            | Kind::Policy
            | Kind::Trigger
            | Kind::Rule
            | Kind::Aggregate
            | Kind::Default
            | Kind::Ownership
            | Kind::Extension
            | Kind::ForeignDataWrapper
            | Kind::TextSearchConfiguration
            | Kind::OperatorFamily
            | Kind::BaseType
                if !again && altered && !self.is_mistaken_for(base) =>
            {
                Consequence::Nothing
            }
            // A table that only has a column of the kind goes on living; the column is an object of its own.
            Kind::Table if base.kind() == Kind::Extension => Consequence::Nothing,
            _ => Consequence::Replace(dependant.clone()),
        }
    }

    fn returns_rows_of(&self, function: &Id, table: Option<&Id>) -> bool {
        let result = match &self.changes.from.objects[function].object {
            Object::Function(function) => function.result.as_deref().unwrap_or_default(),
            _ => return false,
        };
        let row = result.strip_prefix("SETOF ").unwrap_or(result);
        table.is_some_and(|table| table.qualified() == row)
    }

    /// Returns whether a call of a routine that comes could be taken for one of the routine that goes, while both are
    /// there: one leaves out arguments, or has any number of them (PostgreSQL manual, 10.3 Functions).
    fn is_mistaken_for(&self, gone: &Id) -> bool {
        let elastic = |catalog: &Catalog, id: &Id| match &catalog.objects[id].object {
            Object::Function(function) => {
                function.defaults > 0
                    || function.arguments.split(", ").any(|one| one.starts_with("VARIADIC "))
            }
            _ => false,
        };
        let is_routine = |id: &Id| matches!(id.kind(), Kind::Function | Kind::Procedure);
        let mut namesakes = self
            .changes
            .created
            .iter()
            .filter(|id| is_routine(id) && (id.schema(), id.name()) == (gone.schema(), gone.name()));
        is_routine(gone)
            && namesakes.any(|id| elastic(&self.changes.to, id) || elastic(&self.changes.from, gone))
    }

    /// What happens to a column when a type, collation or function that it needs is dropped.
    fn of_type(&self, base: &Id, column: &Id) -> Consequence {
        let generated = match &self.changes.from.objects[column].object {
            Object::Column(column) => column.generated.is_some(),
            _ => false,
        };
        let of_view = self.changes.from.objects[column].on.as_ref().is_some_and(|on| !is_table(on));
        match base.kind() {
            _ if of_view => Consequence::Nothing,
            _ if generated => Consequence::Replace(column.clone()),
            Kind::Enum | Kind::Domain | Kind::Composite | Kind::Collation => Consequence::Retype,
            _ if self.fates.of(base) == Some(Fate::Drop) && self.fates.retyped.contains(column) => {
                Consequence::Nothing
            }
            _ => Consequence::Replace(column.clone()),
        }
    }

    /// What happens to `dependant` when the column `base` gets another type.
    fn of_retyping(&self, base: &Id, dependant: &Id) -> Consequence {
        let Object::Column(column) = &self.changes.from.objects[dependant].object else {
            return match dependant.kind() {
                Kind::View
                | Kind::MaterializedView
                | Kind::Rule
                | Kind::Policy
                | Kind::Trigger
                | Kind::Function
                | Kind::Procedure
                | Kind::Default
                // PostgreSQL makes it again without its target.
                | Kind::Statistics
                | Kind::PublicationTable => Consequence::Replace(dependant.clone()),
                Kind::Constraint if self.is_foreign_key(dependant) && self.changes_base(base) => {
                    Consequence::Replace(dependant.clone())
                }
                _ => Consequence::Nothing,
            };
        };
        if column.generated.is_some() && base.kind() == Kind::Column {
            Consequence::Replace(dependant.clone())
        } else {
            Consequence::Nothing
        }
    }

    fn is_foreign_key(&self, id: &Id) -> bool {
        matches!(&self.changes.from.objects[id].object, Object::Constraint(constraint) if constraint.form == "f")
    }

    fn changes_base(&self, id: &Id) -> bool {
        let base = |catalog: &Catalog| match &catalog.objects.get(id)?.object {
            Object::Column(column) => Some(column.base.clone()),
            _ => None,
        };
        base(&self.changes.from) != base(&self.changes.to)
    }
}

fn is_copy_of(object: &Object, original: &Id) -> bool {
    matches!(object, Object::Constraint(copy) if copy.original.as_deref() == Some(original.part()))
}

/// Returns whether the object holds rows of its own.
pub(super) fn is_table(id: &Id) -> bool {
    matches!(id.kind(), Kind::Table | Kind::ForeignTable)
}
