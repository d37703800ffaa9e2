//! Which steps there are, which object's statement says what about another, and what each step waits for. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::fate::{Fate, Fates, is_table};
use super::graph::Graph;
use crate::catalog::diff::Changes;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Constraint, Object, Relation};

/// What a step does with its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verb {
    /// It is dropped.
    Drop,
    /// It is renamed out of the way, because columns still use it while they move to its successor.
    Away,
    /// It is made, or altered.
    Make,
}

/// A step of the way: one object's statements and those that are folded into them.
pub(super) type Step = (Verb, Id);

/// Everything that the statements are written from.
pub(super) struct Plan<'a> {
    pub(super) changes: &'a Changes,
    pub(super) fates: Fates,
    /// Parts that have a statement of their own to break a cycle.
    pub(super) split: BTreeSet<Step>,
}

impl Plan<'_> {
    pub(super) fn from(&self) -> &Catalog {
        &self.changes.from
    }

    pub(super) fn to(&self) -> &Catalog {
        &self.changes.to
    }

    /// Returns whether the table is a child of that parent before, after and in between.
    pub(super) fn linked(&self, child: &Id, parent: &Relation) -> bool {
        let link = child.with(Kind::Inheritance, parent.qualified());
        let both = self.from().objects.contains_key(&link) && self.to().objects.contains_key(&link);
        both && self.fates.stays(&link)
    }

    /// Returns the parents' objects of the same name that bring this one about, when inheritance does that.
    pub(super) fn inherited_from(&self, catalog: &Catalog, id: &Id) -> Vec<Id> {
        let Some(entry) = catalog.objects.get(id) else { return Vec::new() };
        let (Some(on), true) = (&entry.on, is_inherited(&entry.object)) else { return Vec::new() };
        let parents = catalog.parents(on).into_iter();
        let parents = parents.filter(|(_, link)| self.linked(on, &link.parent));
        parents
            .map(|(parent, _)| parent.with(id.kind(), id.part()))
            .filter(|id| catalog.objects.contains_key(id))
            .collect()
    }

    /// Returns the attribute that a typed table's column follows.
    pub(super) fn attribute_of(&self, catalog: &Catalog, column: &Id) -> Option<Id> {
        let on =
            catalog.objects.get(column)?.on.as_ref().filter(|on| self.fates.stays(on) && is_table(on))?;
        let typed = |catalog: &Catalog| match &catalog.objects.get(on)?.object {
            Object::Table(table) => table.of_type.clone(),
            _ => None,
        };
        if typed(self.from()).is_none() || typed(self.from()) != typed(self.to()) {
            return None;
        }
        let composite = catalog.needs.get(on)?.iter().find(|need| need.kind() == Kind::Composite)?;
        Some(composite.with(Kind::Attribute, column.part())).filter(|id| catalog.objects.contains_key(id))
    }

    /// Returns the step that drops the object; none when nothing is to be said about it.
    pub(super) fn drop_step(&self, id: &Id) -> Option<Step> {
        let own = (Verb::Drop, id.clone());
        if self.split.contains(&own) {
            return Some(own);
        }
        let from = self.from();
        let entry = from.objects.get(id)?;
        if id.kind() == Kind::Ownership {
            let sequence = Id::new(Kind::Sequence, id.schema(), id.name());
            return if self.fates.goes(&sequence) { self.drop_step(&sequence) } else { Some(own) };
        }
        if let Some(on) = entry.on.as_ref().filter(|on| self.fates.goes(on)) {
            return self.drop_step(on);
        }
        let inherited = self.inherited_from(from, id);
        let attribute = if id.kind() == Kind::Column { self.attribute_of(from, id) } else { None };
        if let Some(origin) = inherited.first().or(attribute.as_ref()) {
            return if self.fates.goes(origin) { self.drop_step(origin) } else { None };
        }
        let folded = match (&entry.object, id.kind()) {
            (_, Kind::Sequence) => self.owner(id),
            (_, Kind::Default) => Some(id.with(Kind::Column, id.part())),
            (_, Kind::PublicationTable | Kind::PublicationSchema) => {
                Some(Id::new(Kind::Publication, "", id.name()))
            }
            (_, Kind::DefaultPrivileges) => Some(Id::new(Kind::Schema, "", id.schema())),
            (Object::Index(index), _) => self.branch_of(entry.on.as_ref(), index.parent.as_ref()),
            (Object::Constraint(constraint), _) => {
                self.branch_of(entry.on.as_ref(), constraint.parent.as_ref())
            }
            _ => None,
        };
        folded.filter(|id| self.fates.goes(id)).map_or(Some(own), |id| self.drop_step(&id))
    }

    /// Returns the column that owns the sequence.
    fn owner(&self, sequence: &Id) -> Option<Id> {
        let entry = self.from().objects.get(&sequence.with(Kind::Ownership, ""))?;
        match &entry.object {
            Object::Ownership(owner) => Some(entry.on.as_ref()?.with(Kind::Column, owner.column.as_str())),
            _ => None,
        }
    }

    /// Returns the partitioned index that a partition's index is dropped with.
    fn branch_of(&self, on: Option<&Id>, parent: Option<&Relation>) -> Option<Id> {
        let parent = parent?;
        let mut tables = self.from().parents(on?).into_iter();
        tables.find(|(_, link)| {
            link.bound.is_some() && self.linked(on.unwrap_or(&link_id(parent)), &link.parent)
        })?;
        index_named(self.from(), parent)
    }

    /// Returns the step that makes or alters the object; none when nothing is to be said about it.
    pub(super) fn make_step(&self, id: &Id) -> Option<Step> {
        let own = (Verb::Make, id.clone());
        let to = self.to();
        let entry = to.objects.get(id)?;
        if self.fates.of(id)? == Fate::Alter {
            return Some(own);
        }
        let inherited = self.inherited_from(to, id);
        let attribute = if id.kind() == Kind::Column { self.attribute_of(to, id) } else { None };
        if let Some(origin) = inherited.first().or(attribute.as_ref()) {
            return self.fates.comes(origin).then(|| self.make_step(origin)).flatten();
        }
        if self.split.contains(&own) {
            return Some(own);
        }
        let on = entry.on.as_ref();
        let new_table = on.filter(|on| self.fates.comes(on));
        let folded = match (&entry.object, id.kind()) {
            (_, Kind::Attribute | Kind::DomainConstraint) => new_table.cloned(),
            (_, Kind::Column) => on.filter(|on| self.fates.comes(on) || !is_table(on)).cloned(),
            (_, Kind::Default) => {
                let column = id.with(Kind::Column, id.part());
                let born = matches!(to.objects.get(&column).map(|entry| &entry.object),
                    Some(Object::Column(column)) if column.inherited && !column.local)
                    && on.is_some_and(|on| to.parents(on).iter().any(|(_, link)| link.bound.is_none()));
                let plain = on.is_some_and(is_table) && !born && self.inherited_from(to, &column).is_empty();
                Some(column).filter(|column| plain && self.fates.comes(column))
            }
            (Object::Constraint(constraint), _) => match self.brought(on, constraint) {
                true => return None,
                false => new_table.filter(|_| constraint.form != "f" && constraint.validated).cloned(),
            },
            (Object::Inheritance(link), _) => new_table.filter(|_| link.bound.is_none()).cloned(),
            _ => None,
        };
        folded.map_or(Some(own), |id| self.make_step(&id))
    }

    /// Returns whether attaching or inheriting brings the constraint about.
    fn brought(&self, on: Option<&Id>, constraint: &Constraint) -> bool {
        let Some(on) = on else { return false };
        let links = || self.to().parents(on).into_iter().filter(|(_, link)| !self.linked(on, &link.parent));
        let attached = links().any(|(_, link)| link.bound.is_some());
        let born = self.fates.comes(on) && links().any(|(_, link)| link.bound.is_none());
        (constraint.cloned && attached) || (constraint.inherited && !constraint.local && born)
    }

    /// Returns the type's or collation's step aside: columns live on while it is dropped and made again.
    pub(super) fn away_step(&self, id: &Id) -> Option<Step> {
        let movable = matches!(id.kind(), Kind::Enum | Kind::Domain | Kind::Composite | Kind::Collation);
        let replaced = self.fates.of(id) == Some(Fate::Replace);
        let uses = |column: &&Id| self.from().needs.get(*column).is_some_and(|needs| needs.contains(id));
        (movable && replaced && self.fates.retyped.iter().any(|column| uses(&column)))
            .then(|| (Verb::Away, id.clone()))
    }

    /// Returns the step after which the object's name is free.
    fn leave_step(&self, id: &Id) -> Option<Step> {
        self.drop_step(id).map(|step| self.away_step(&step.1).unwrap_or(step))
    }

    /// Returns the steps and for each the objects whose statements it writes.
    pub(super) fn steps(&self) -> BTreeMap<Step, Vec<Id>> {
        let mut steps: BTreeMap<Step, Vec<Id>> = BTreeMap::new();
        for (id, fate) in self.fates.iter() {
            let drop = matches!(fate, Fate::Drop | Fate::Replace).then(|| self.drop_step(id)).flatten();
            let make = (fate != Fate::Drop).then(|| self.make_step(id)).flatten();
            for step in drop.into_iter().chain(make) {
                steps.entry(step).or_default().push(id.clone());
            }
            if let Some(away) = self.away_step(id) {
                steps.entry(away).or_default().push(id.clone());
            }
        }
        steps
    }

    /// Returns the graph of the steps.
    pub(super) fn graph(&self, steps: &BTreeMap<Step, Vec<Id>>) -> Graph<Step> {
        let mut graph = Graph::new(steps.keys().cloned());
        for (id, fate) in self.fates.iter() {
            if fate != Fate::Drop {
                self.making(&mut graph, id, fate);
            }
            if fate != Fate::Create {
                self.unmaking(&mut graph, id, fate);
            }
        }
        self.free_names(&mut graph);
        self.logged(&mut graph);
        graph
    }

    fn making(&self, graph: &mut Graph<Step>, id: &Id, fate: Fate) {
        let Some(make) = self.make_step(id) else { return };
        for need in self.to().needs.get(id).into_iter().flatten() {
            if let Some(first) = self.make_step(need) {
                graph.wait(&make, &first);
            }
        }
        if fate == Fate::Replace {
            let first = self.leave_step(id);
            if let Some(first) = first {
                graph.wait(&make, &first);
            }
        }
    }

    fn unmaking(&self, graph: &mut Graph<Step>, id: &Id, fate: Fate) {
        let goes = fate != Fate::Alter;
        let own = if goes { self.drop_step(id) } else { self.make_step(id) };
        let Some(own) = own else { return };
        for need in self.from().needs.get(id).into_iter().flatten() {
            if self.fates.goes(need) {
                let last = self.drop_step(need);
                last.iter().for_each(|last| graph.wait(last, &own));
            } else if goes && let Some(after) = self.make_step(need) {
                graph.wait(&after, &own);
            }
            // What moves aside itself keeps using what moved aside before it.
            if goes
                && self.away_step(&own.1).is_none()
                && let Some(away) = self.away_step(need)
            {
                graph.wait(&away, &own);
            }
        }
        if let (true, Some(away)) = (goes, self.away_step(id)) {
            graph.wait(&own, &away);
        }
    }

    /// A logged table may not refer to an unlogged one: what is referred to is logged first and unlogged last.
    fn logged(&self, graph: &mut Graph<Step>) {
        let unlogged = |catalog: &Catalog, id: &Id| {
            let entry = catalog.objects.get(id);
            matches!(entry.map(|entry| &entry.object), Some(Object::Table(table)) if table.persistence == "u")
        };
        let turns = |id: &Id| unlogged(self.from(), id) != unlogged(self.to(), id);
        for (id, entry) in &self.to().objects {
            let (Object::Constraint(constraint), Some(on)) = (&entry.object, &entry.on) else { continue };
            if constraint.form != "f" || !turns(on) || self.fates.of(on) != Some(Fate::Alter) {
                continue;
            }
            let columns =
                self.to().needs.get(id).into_iter().flatten().filter(|need| need.kind() == Kind::Column);
            let others = columns.filter_map(|column| self.to().objects[column].on.as_ref());
            for other in others.filter(|other| turns(other)) {
                let (one, two) = ((Verb::Make, on.clone()), (Verb::Make, other.clone()));
                let (last, first) = if unlogged(self.to(), on) { (two, one) } else { (one, two) };
                graph.wait(&last, &first);
            }
        }
    }

    /// Lets what is made wait for what has its name in the same namespace to go.
    fn free_names(&self, graph: &mut Graph<Step>) {
        let mut taken: BTreeMap<(u8, String, String), Vec<Step>> = BTreeMap::new();
        for (id, fate) in self.fates.iter().filter(|(_, fate)| *fate != Fate::Create) {
            let frees = match fate {
                Fate::Alter => self.make_step(id),
                _ => self.leave_step(id),
            };
            for name in names(self.from(), id, fate) {
                taken.entry(name).or_default().extend(frees.clone());
            }
        }
        for (id, fate) in self.fates.iter().filter(|(_, fate)| *fate != Fate::Drop) {
            let Some(make) = self.make_step(id) else { continue };
            for name in names(self.to(), id, fate) {
                for first in taken.get(&name).into_iter().flatten() {
                    graph.wait(&make, first);
                }
            }
        }
    }
}

fn link_id(name: &Relation) -> Id {
    Id::new(Kind::Table, name.0.as_str(), name.1.as_str())
}

fn is_inherited(object: &Object) -> bool {
    match object {
        Object::Column(column) => column.inherited,
        Object::Constraint(constraint) => {
            constraint.cloned || (constraint.inherited && constraint.form == "c")
        }
        _ => false,
    }
}

/// Returns the index or the constraint with the index of that name.
pub(super) fn index_named(catalog: &Catalog, name: &Relation) -> Option<Id> {
    let index = Id::new(Kind::Index, name.0.as_str(), name.1.as_str());
    if catalog.objects.contains_key(&index) {
        return Some(index);
    }
    let named = |id: &&Id| id.kind() == Kind::Constraint && id.schema() == name.0 && id.part() == name.1;
    catalog.objects.keys().filter(named).find(|id| {
        matches!(&catalog.objects[*id].object, Object::Constraint(constraint) if constraint.form != "c" && constraint.form != "f")
    }).cloned()
}

/// Returns the names that the object takes in namespaces that it shares with other kinds.
///
/// What is altered keeps its own name; only the sequence of an identity column comes and goes with it.
fn names(catalog: &Catalog, id: &Id, fate: Fate) -> Vec<(u8, String, String)> {
    const RELATIONS: u8 = 0;
    const TYPES: u8 = 1;
    const ROUTINES: u8 = 2;
    let own = |space, name: &str| (space, id.schema().to_owned(), name.to_owned());
    let mut names = Vec::new();
    if fate != Fate::Alter {
        if id.kind().is_relation() {
            names.push(own(RELATIONS, id.name()));
        }
        if id.kind().is_type() {
            names.push(own(TYPES, id.name()));
        }
        if matches!(id.kind(), Kind::Function | Kind::Procedure | Kind::Aggregate) {
            names.push(own(ROUTINES, &format!("{}({})", id.name(), id.part())));
        }
    }
    match catalog.objects.get(id).map(|entry| &entry.object) {
        Some(Object::Constraint(constraint))
            if fate != Fate::Alter && constraint.form != "c" && constraint.form != "f" =>
        {
            names.push(own(RELATIONS, id.part()));
        }
        Some(Object::Column(column)) => {
            names.extend(
                column
                    .sequence
                    .iter()
                    .map(|sequence| (RELATIONS, sequence.schema.clone(), sequence.name.clone())),
            );
        }
        _ => {}
    }
    names
}
