//! Which steps there are, which object's statement says what about another, and what each step waits for. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::away;
use super::branch::{self, index_named};
use super::circle::shell;
use super::fate::{self, Fate, Fates, is_table};
use super::not_null;
use super::online::{self, Built};
use super::rested::{self, Held};
use super::tree::{self, Tree};
use super::types;
use crate::catalog::diff::Changes;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Constraint, DefaultPrivileges, Entry, Object, Relation};

/// What a step does with its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Verb {
    /// It is dropped.
    Drop,
    /// It is renamed out of the way, because it is used until its successor is there.
    Away,
    /// A view loses its query and keeps its columns, because it goes in a circle with what it uses.
    Hollow,
    /// The rows of a table and its partitions are kept aside.
    Save,
    /// A view gets its columns before its query, because that comes in a circle with what uses the view.
    Sketch,
    /// The index of a constraint is built before the constraint is added.
    Build,
    /// It is made, or altered.
    Make,
    /// The rows are put into the table and its partitions.
    Fill,
}

/// A step of the way: one object's statements and those that are folded into them.
pub(super) type Step = (Verb, Id);

/// Everything that the statements are written from.
pub(super) struct Plan<'a> {
    pub(super) changes: &'a Changes<'a>,
    pub(super) fates: Fates,
    /// Parts that have a statement of their own to break a cycle.
    pub(super) split: BTreeSet<Step>,
    /// The steps of views that have a step of their own for the columns alone, each with the steps of its circle.
    pub(super) circles: BTreeMap<Step, BTreeSet<Step>>,
    /// The indexes that each table gets.
    pub(super) new_indexes: HashMap<Id, Vec<Id>>,
    /// The partitions' indexes that come, by the partitioned index that they are a part of.
    pub(super) branches: HashMap<Relation, Vec<Id>>,
    /// The tables that others inherit, partitioned ones left out.
    pub(super) inherited: HashSet<Id>,
    /// The tables that are written anew while what stores their rows is gone.
    pub(super) held: Vec<Held>,
    /// The tables that get columns while something stores their rows as values.
    pub(super) stored: HashSet<Id>,
    /// The tables whose rows change their partitions.
    pub(super) trees: Vec<Tree>,
    /// Names of `NOT NULL` constraints that a table may have taken from another, with their schemas.
    pub(super) not_null_names: HashSet<(String, String)>,
    /// What moves aside.
    away: HashSet<Id>,
    /// Constraints whose indexes are built before them.
    pub(super) built: BTreeMap<Id, Built>,
    /// Where each object is dropped and made: decided once, for it is asked at every edge.
    drops: HashMap<Id, Step>,
    makes: HashMap<Id, Step>,
}

impl<'a> Plan<'a> {
    /// Makes the plan; what is in `anew` is dropped and made again though it could be altered.
    pub(super) fn new(changes: &'a Changes<'a>, anew: &BTreeSet<Id>) -> Self {
        let users = changes.from.needed_by();
        let fates = fate::decide(changes, &users, anew);
        let mut away = away::decide(changes, &fates);
        away.extend(online::succeeded(changes, &fates, &users));
        let built = online::built(changes, &fates);
        let mut held = rested::held(changes, &users, &fates);
        held.extend(rested::newcomers(changes, &fates));
        let stored = rested::stored(changes, &users);
        let trees = tree::trees(changes, &fates);
        let mut new_indexes: HashMap<Id, Vec<Id>> = HashMap::new();
        for (id, entry) in changes.to.of_kind(Kind::Index).filter(|(id, _)| fates.comes(id)) {
            if let Some(on) = &entry.on {
                new_indexes.entry(on.clone()).or_default().push(id.clone());
            }
        }
        let branches = branch::coming(changes, &fates);
        let links = changes.to.of_kind(Kind::Inheritance);
        let inherited = links.filter_map(|(_, entry)| match &entry.object {
            Object::Inheritance(link) if link.bound.is_none() => changes.to.table(&link.parent),
            _ => None,
        });
        let inherited = inherited.collect();
        Self {
            changes,
            fates,
            split: BTreeSet::new(),
            circles: BTreeMap::new(),
            new_indexes,
            branches,
            inherited,
            held,
            stored,
            trees,
            not_null_names: not_null::unusual_names([&changes.from, &changes.to]),
            away,
            built,
            drops: HashMap::new(),
            makes: HashMap::new(),
        }
    }

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
        let name = match &entry.object {
            Object::Constraint(constraint) => constraint.original.as_deref().unwrap_or(id.part()),
            _ => id.part(),
        };
        parents
            .map(|(parent, _)| parent.with(id.kind(), name))
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

    /// Returns the step that drops the object; none when it stays or nothing is to be said about it.
    pub(super) fn drop_step(&self, id: &Id) -> Option<&Step> {
        self.drops.get(id)
    }

    /// Returns the step that makes or alters the object; none when nothing is to be said about it.
    pub(super) fn make_step(&self, id: &Id) -> Option<&Step> {
        self.makes.get(id)
    }

    fn decide_drop(&self, id: &Id) -> Option<Step> {
        let own = (Verb::Drop, id.clone());
        if self.split.contains(&own) {
            return Some(own);
        }
        let from = self.from();
        let entry = from.objects.get(id)?;
        if id.kind() == Kind::IdentitySequence {
            return None;
        }
        if id.kind() == Kind::Ownership {
            let sequence = Id::new(Kind::Sequence, id.schema(), id.name());
            return if self.fates.goes(&sequence) { self.decide_drop(&sequence) } else { Some(own) };
        }
        if let Some(on) = entry.on.as_ref().filter(|on| self.fates.goes(on)) {
            return self.decide_drop(&self.original(entry).unwrap_or_else(|| on.clone()));
        }
        let inherited = self.inherited_from(from, id);
        let attribute = if id.kind() == Kind::Column { self.attribute_of(from, id) } else { None };
        if let Some(origin) = inherited.first().or(attribute.as_ref()) {
            // A typed table's column is the type's alone.
            let kept = is_own(&entry.object) && attribute.is_none();
            return match (self.fates.goes(origin), kept) {
                (true, false) => self.decide_drop(origin),
                // Its parent lets it go as the table's own.
                (true, true) => Some(own),
                (false, _) => None,
            };
        }
        let folded = match (&entry.object, id.kind()) {
            (_, Kind::Sequence) => self.owner(id),
            (_, Kind::ShellType | Kind::Function) => types::defined_by(from, id),
            (_, Kind::Default) => Some(id.with(Kind::Column, id.part())),
            (_, Kind::PublicationTable | Kind::PublicationSchema) => {
                Some(Id::new(Kind::Publication, "", id.name()))
            }
            (Object::DefaultPrivileges(DefaultPrivileges { extension: Some(name), .. }), _) => {
                Some(Id::new(Kind::Extension, "", name.as_str()))
            }
            (_, Kind::DefaultPrivileges) => Some(Id::new(Kind::Schema, "", id.schema())),
            (Object::Index(index), _) => self.branch_of(entry.on.as_ref(), index.parent.as_ref()),
            (Object::Constraint(constraint), _) => {
                self.branch_of(entry.on.as_ref(), constraint.parent.as_ref())
            }
            _ => None,
        };
        folded.filter(|id| self.fates.goes(id)).map_or(Some(own), |id| self.decide_drop(&id))
    }

    /// Returns the parent's foreign key that a partition's is a copy of, when that goes.
    fn original(&self, entry: &Entry) -> Option<Id> {
        let Object::Constraint(Constraint { original: Some(original), .. }) = &entry.object else {
            return None;
        };
        let on = entry.on.as_ref()?;
        // Once the partition is detached the copy is the partition's own.
        let link = |parent: &Id| (Verb::Drop, on.with(Kind::Inheritance, parent.qualified()));
        let parents = self.from().parents(on).into_iter();
        let parents = parents.filter(|(parent, _)| !self.split.contains(&link(parent)));
        parents
            .map(|(parent, _)| parent.with(Kind::Constraint, original.as_str()))
            .find(|id| self.fates.goes(id))
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
        index_named(self.from(), on?, parent)
    }

    fn decide_make(&self, id: &Id) -> Option<Step> {
        let own = (Verb::Make, id.clone());
        let to = self.to();
        let entry = to.objects.get(id)?;
        if self.fates.of(id)? == Fate::Alter {
            return Some(own);
        }
        if is_named_copy(id, &entry.object) {
            return Some(own);
        }
        let inherited = self.inherited_from(to, id);
        let attribute = if id.kind() == Kind::Column { self.attribute_of(to, id) } else { None };
        if let Some(origin) = inherited.first().or(attribute.as_ref()) {
            return self.fates.comes(origin).then(|| self.decide_make(origin)).flatten();
        }
        if self.split.contains(&own) {
            return Some(own);
        }
        let on = entry.on.as_ref();
        if let Some(first) = self.grows_from(on, &entry.object) {
            return self.decide_make(&first);
        }
        let new_table = on.filter(|on| self.fates.comes(on));
        let folded = match (&entry.object, id.kind()) {
            (_, Kind::Attribute | Kind::DomainConstraint) => new_table.cloned(),
            (_, Kind::Column) => on.filter(|on| self.fates.comes(on) || !is_table(on)).cloned(),
            (_, Kind::Default) => {
                let column = id.with(Kind::Column, id.part());
                let born = matches!(to.objects.get(&column).map(|entry| &entry.object),
                    Some(Object::Column(column)) if column.inherited && !column.local)
                    && on.is_some_and(|on| to.parents(on).iter().any(|(_, link)| link.bound.is_none()));
                let follows =
                    !self.inherited_from(to, &column).is_empty() || self.attribute_of(to, &column).is_some();
                let plain = on.is_some_and(is_table) && !born && !follows;
                Some(column).filter(|column| plain && self.fates.comes(column))
            }
            (Object::Constraint(constraint), _) => match self.brought(on, constraint) {
                true => return None,
                false => {
                    let apart = self.is_doubled(id) || self.follows_attaching(id);
                    let folds = constraint.form != "f" && constraint.validated && !apart;
                    new_table.filter(|_| folds).cloned()
                }
            },
            (Object::Inheritance(link), _) => new_table.filter(|_| link.bound.is_none()).cloned(),
            _ => None,
        };
        folded.map_or(Some(own), |id| self.decide_make(&id))
    }

    /// Returns the parent's constraint or the link that brings a partition's constraint about: PostgreSQL does not match
    /// indexes that exclude (`CompareIndexInfo` in src/backend/catalog/index.c), so none can be attached.
    fn grows_from(&self, on: Option<&Id>, object: &Object) -> Option<Id> {
        let Object::Constraint(constraint) = object else { return None };
        let (on, parent) = (on?, constraint.parent.as_ref().filter(|_| constraint.excludes())?);
        let origin = index_named(self.to(), on, parent)?;
        let trunk = self.to().objects[&origin].on.as_ref()?;
        let name = Relation(trunk.schema().to_owned(), trunk.name().to_owned());
        let link = on.with(Kind::Inheritance, name.qualified());
        Some(if self.linked(on, &name) { origin } else { link })
    }

    /// Returns whether attaching or inheriting brings the constraint about.
    fn brought(&self, on: Option<&Id>, constraint: &Constraint) -> bool {
        let Some(on) = on else { return false };
        let links = || self.to().parents(on).into_iter().filter(|(_, link)| !self.linked(on, &link.parent));
        let attached = links().any(|(_, link)| link.bound.is_some());
        let born = self.fates.comes(on) && links().any(|(_, link)| link.bound.is_none());
        (constraint.original.is_some() && attached) || (constraint.inherited && !constraint.local && born)
    }

    /// Returns the step aside of what is used on while it is dropped and made again.
    pub(super) fn away_step(&self, id: &Id) -> Option<Step> {
        self.away.contains(id).then(|| (Verb::Away, id.clone()))
    }

    /// Returns the step after which the object's name is free.
    pub(super) fn leave_step(&self, id: &Id) -> Option<Step> {
        let step = self.drop_step(id)?;
        self.away_step(&step.1).or_else(|| Some(step.clone()))
    }

    /// Decides the steps; returns for each the objects whose statements it writes, in order.
    pub(super) fn decide_steps(&mut self) -> BTreeMap<Step, Vec<Id>> {
        let mut steps: BTreeMap<Step, Vec<Id>> = BTreeMap::new();
        let (mut drops, mut makes) = (HashMap::new(), HashMap::new());
        for (id, fate) in self.fates.iter() {
            let drop = matches!(fate, Fate::Drop | Fate::Replace).then(|| self.decide_drop(id)).flatten();
            let make = (fate != Fate::Drop).then(|| self.decide_make(id)).flatten();
            for (step, places) in [(drop, &mut drops), (make, &mut makes)] {
                if let Some(step) = step {
                    steps.entry(step.clone()).or_default().push(id.clone());
                    places.insert(id.clone(), step);
                }
            }
            for step in self.away_step(id).into_iter().chain(self.build_step(id)) {
                steps.entry(step).or_default().push(id.clone());
            }
        }
        for tree in self.trees.iter().filter(|tree| self.tree(&tree.table).is_some()) {
            for verb in [Verb::Save, Verb::Fill] {
                steps.entry((verb, tree.table.clone())).or_default().push(tree.table.clone());
            }
        }
        for view in self.circles.keys() {
            steps.entry(shell(view)).or_default().push(view.1.clone());
        }
        (self.drops, self.makes) = (drops, makes);
        steps
    }
}

fn link_id(name: &Relation) -> Id {
    Id::new(Kind::Table, name.0.as_str(), name.1.as_str())
}

fn is_inherited(object: &Object) -> bool {
    match object {
        Object::Column(column) => column.inherited,
        Object::Constraint(constraint) => {
            constraint.original.is_some() || (constraint.inherited && constraint.form == "c")
        }
        _ => false,
    }
}

/// Returns whether a partition's copy of its parent's foreign key has a name of its own: it was there before the parent's,
/// which takes over what is alike.
pub(super) fn is_named_copy(id: &Id, object: &Object) -> bool {
    matches!(object, Object::Constraint(constraint)
        if constraint.original.as_deref().is_some_and(|original| original != id.part()))
}

/// Returns whether the table declares the object itself, whatever its parents do.
fn is_own(object: &Object) -> bool {
    match object {
        Object::Column(column) => column.local,
        Object::Constraint(constraint) => constraint.local && constraint.form == "c",
        _ => false,
    }
}
