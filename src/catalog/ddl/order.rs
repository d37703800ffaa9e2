//! What each step waits for. Pure.

use std::collections::BTreeMap;

use super::fate::Fate;
use super::graph::Graph;
use super::not_null;
use super::plan::{Plan, Step, Verb, is_named_copy};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Constraint, Inheritance, Object};

impl Plan<'_> {
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
        self.companions(&mut graph);
        self.logged(&mut graph);
        self.holders_away(&mut graph);
        self.types_left(&mut graph);
        self.shells(&mut graph);
        self.rows_through(&mut graph);
        self.successors_first(&mut graph);
        graph
    }

    fn making(&self, graph: &mut Graph<Step>, id: &Id, fate: Fate) {
        let Some(make) = self.make_step(id) else { return self.before_children(graph, id) };
        for need in self.to().needs.get(id).into_iter().flatten() {
            let Some(first) = self.make_step(need) else { continue };
            if id.kind() == Kind::Column && self.gains_toast(need)
                || id.kind() == Kind::Inheritance && self.follows_attaching(need)
            {
                graph.wait(first, make);
            } else {
                graph.wait(make, &self.shell_step(first, make));
            }
        }
        if is_named_copy(id, &self.to().objects[id].object) {
            self.before_original(graph, id, make);
        } else {
            for origin in self.inherited_from(self.to(), id) {
                let Some(first) = self.make_step(&origin) else { continue };
                let (last, first) = if self.leads(id) { (first, make) } else { (make, first) };
                graph.wait(last, first);
            }
        }
        if let (Some(Object::Inheritance(link)), true) =
            (self.to().objects.get(id).map(|entry| &entry.object), self.fates.comes(id))
        {
            self.index_after(graph, make, link);
            self.after_elder(graph, id, make);
            self.index_before(graph, make, link);
        }
        if fate == Fate::Replace {
            let first = self.leave_step(id);
            if let Some(first) = first {
                graph.wait(make, &first);
            }
        }
    }

    /// A partition's foreign key with a name of its own is there when its parent's comes, or else when it is attached.
    fn before_original(&self, graph: &mut Graph<Step>, copy: &Id, make: &Step) {
        let entry = &self.to().objects[copy];
        let (Some(on), Object::Constraint(Constraint { original: Some(original), .. })) =
            (&entry.on, &entry.object)
        else {
            return;
        };
        for (parent, _) in self.to().parents(on) {
            let original = parent.with(Kind::Constraint, original.as_str());
            let link = on.with(Kind::Inheritance, parent.qualified());
            let last = if self.fates.comes(&original) { &original } else { &link };
            if let Some(last) = self.make_step(last) {
                graph.wait(last, make);
            }
        }
    }

    /// Returns whether the column is altered before its parent's is.
    fn leads(&self, id: &Id) -> bool {
        match &self.to().objects[id].object {
            Object::Column(column) => not_null::precedes_parent(self, id, column),
            _ => false,
        }
    }

    /// A check that may not hold for every row of the parent holds for all of a child's when the child is made after it,
    /// and is doubtful there too when it comes to the child with the parent's.
    fn before_children(&self, graph: &mut Graph<Step>, check: &Id) {
        let validated = |id: &Id| match self.to().objects.get(id).map(|entry| &entry.object) {
            Some(Object::Constraint(constraint)) => Some(constraint.validated),
            _ => None,
        };
        let Some(on) = self.to().objects[check].on.as_ref() else { return };
        let (Some(holds), Some(make)) = (validated(check), self.make_step(on)) else { return };
        for (parent, _) in self.to().parents(on) {
            let origin = parent.with(Kind::Constraint, check.part());
            if let (Some(false), Some(added)) = (validated(&origin), self.make_step(&origin)) {
                let (last, first) = if holds { (make, added) } else { (added, make) };
                graph.wait(last, first);
            }
        }
    }

    /// Returns whether the table gets parameters of its TOAST table, which is there once a column needs it.
    fn gains_toast(&self, table: &Id) -> bool {
        let options = |catalog: &Catalog| match &catalog.objects.get(table)?.object {
            Object::Table(table) => Some(table.toast_options.clone()),
            _ => None,
        };
        let wanted = options(self.to());
        self.fates.of(table) == Some(Fate::Alter)
            && wanted.as_ref().is_some_and(|wanted| !wanted.is_empty())
            && options(self.from()) != wanted
    }

    /// Lets the new indexes of a partitioned table wait for a partition to be attached.
    fn index_after(&self, graph: &mut Graph<Step>, make: &Step, link: &Inheritance) {
        let Some(parent) = self.to().table(&link.parent).filter(|_| link.bound.is_some()) else { return };
        let indexes = self.new_indexes.get(&parent).into_iter().flatten();
        let constraints = self.to().parts(&parent, Kind::Constraint).map(|(id, _)| id);
        let later = indexes.chain(constraints.filter(|id| self.comes_after_partitions(id)));
        for step in later.filter_map(|id| self.make_step(id)) {
            graph.wait(step, make);
        }
    }

    /// Lets a parent wait for the one that comes before it.
    fn after_elder(&self, graph: &mut Graph<Step>, link: &Id, make: &Step) {
        let Some(on) = &self.to().objects[link].on else { return };
        let links = self.to().parents(on).into_iter();
        let links = links.map(|(_, elder)| on.with(Kind::Inheritance, elder.parent.qualified()));
        for elder in links.take_while(|elder| elder != link) {
            self.make_step(&elder).into_iter().for_each(|first| graph.wait(make, first));
        }
    }

    /// Attaching a table matches its indexes with those that its parent has already only where they are valid: where every
    /// partition below has its part.
    fn index_before(&self, graph: &mut Graph<Step>, make: &Step, link: &Inheritance) {
        if link.bound.is_none() {
            return;
        }
        for index in self.to().needs.get(&make.1).into_iter().flatten() {
            if matches!(index.kind(), Kind::Index | Kind::Constraint) && !self.follows_attaching(index) {
                for first in self.branches(index).into_iter().filter_map(|branch| self.make_step(branch)) {
                    graph.wait(make, first);
                }
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
                last.iter().for_each(|last| graph.wait(last, &self.shell_step(own, last)));
            } else if goes
                && hinders(id, need)
                && !self.is_succeeded(id)
                && let Some(after) = self.make_step(need)
            {
                graph.wait(after, own);
            }
            // What moves aside itself keeps using what moved aside before it.
            if goes
                && self.away_step(&own.1).is_none()
                && let Some(away) = self.away_step(need)
            {
                graph.wait(&away, own);
            }
        }
        // A child's own column or check is bound to its parent's while that is there.
        for origin in self.inherited_from(self.from(), id) {
            if goes && let Some(first) = self.drop_step(&origin).filter(|first| *first != own) {
                graph.wait(own, first);
            }
        }
        if let (true, Some(away)) = (goes, self.away_step(id)) {
            graph.wait(own, &away);
        }
        if let (true, Some(Object::Inheritance(link))) =
            (goes, self.from().objects.get(id).map(|entry| &entry.object))
        {
            self.unlinked_first(graph, own, link);
        }
    }

    /// A child that goes on without its parent keeps what it inherited only if the link goes before the parent's.
    fn unlinked_first(&self, graph: &mut Graph<Step>, unlink: &Step, link: &Inheritance) {
        if unlink.1.kind() != Kind::Inheritance {
            return;
        }
        let child = self.from().objects.get(&unlink.1).and_then(|entry| entry.on.clone());
        let parent = self.from().table(&link.parent);
        for table in [child, parent].into_iter().flatten().filter(|table| self.fates.stays(table)) {
            let parts = [Kind::Column, Kind::Constraint].into_iter();
            let parts = parts.flat_map(|kind| self.from().parts(&table, kind)).map(|(part, _)| part);
            for part in parts.chain(self.from().parts_named(&table, Kind::Index)) {
                if self.fates.goes(part)
                    && let Some(last) = self.drop_step(part)
                {
                    graph.wait(last, unlink);
                }
            }
        }
    }

    /// What stores rows of a table is gone while the table is written anew.
    fn holders_away(&self, graph: &mut Graph<Step>) {
        for held in &self.held {
            for change in held.changed.iter().filter_map(|id| self.make_step(id)) {
                for holder in &held.holders {
                    self.drop_step(holder).into_iter().for_each(|first| graph.wait(change, first));
                    self.make_step(holder).into_iter().for_each(|last| graph.wait(last, change));
                }
            }
        }
    }

    /// A table leaves its type before its columns change apart from the type's attributes.
    fn types_left(&self, graph: &mut Graph<Step>) {
        let typed = |catalog: &Catalog, id: &Id| {
            let object = catalog.objects.get(id).map(|entry| &entry.object);
            matches!(object, Some(Object::Table(table)) if table.of_type.is_some())
        };
        let altered = self.fates.iter().filter(|(_, fate)| *fate == Fate::Alter).map(|(id, _)| id);
        for table in altered.filter(|id| typed(self.from(), id) && !typed(self.to(), id)) {
            let Some(leave) = self.make_step(table) else { continue };
            let needs = self.from().needs.get(table).into_iter().flatten();
            let homes = needs.filter(|need| need.kind() == Kind::Composite).chain([table]);
            let both = |home| [self.from(), self.to()].into_iter().flat_map(move |side| side.columns(home));
            for (part, _) in homes.flat_map(both) {
                for last in [self.drop_step(part), self.make_step(part)].into_iter().flatten() {
                    if last != leave {
                        graph.wait(last, leave);
                    }
                }
            }
        }
    }

    /// Returns how the table is logged after `ALTER TABLE … SET LOGGED` or `UNLOGGED`, when it is altered so: from
    /// PostgreSQL 15 on its sequences follow.
    pub(super) fn logged_anew(&self, table: &Id) -> Option<&str> {
        let persistence = |catalog: &'_ Catalog| match &catalog.objects.get(table)?.object {
            Object::Table(table) => Some(table.persistence.clone()),
            _ => None,
        };
        let differs = persistence(self.from()) != persistence(self.to());
        let turns = self.fates.of(table) == Some(Fate::Alter) && differs && self.to().version >= 15;
        match &self.to().objects.get(table)?.object {
            Object::Table(table) if turns => Some(&table.persistence),
            _ => None,
        }
    }

    /// A logged table may not refer to an unlogged one: what is referred to is logged first and unlogged last.
    fn logged(&self, graph: &mut Graph<Step>) {
        let unlogged = |catalog: &Catalog, id: &Id| {
            let entry = catalog.objects.get(id);
            matches!(entry.map(|entry| &entry.object), Some(Object::Table(table)) if table.persistence == "u")
        };
        let turns = |id: &Id| unlogged(self.from(), id) != unlogged(self.to(), id);
        for (id, entry) in self.to().of_kind(Kind::Constraint) {
            let (Object::Constraint(constraint), Some(on)) = (&entry.object, &entry.on) else { continue };
            if constraint.form != "f" || self.fates.of(on) != Some(Fate::Alter) || !turns(on) {
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
                Fate::Alter => self.make_step(id).cloned(),
                _ => self.leave_step(id),
            };
            for name in names(self.from(), id, fate) {
                taken.entry(name).or_default().extend(frees.clone());
            }
        }
        let makes = self.fates.iter().filter(|(_, fate)| *fate != Fate::Drop && !taken.is_empty());
        for (id, fate) in makes {
            let Some(make) = self.make_step(id) else { continue };
            for name in names(self.to(), id, fate) {
                for first in taken.get(&name).into_iter().flatten() {
                    graph.wait(make, first);
                }
            }
        }
    }
}

/// Returns whether PostgreSQL may refuse to alter `need` while `user` is there.
fn hinders(user: &Id, need: &Id) -> bool {
    match need.kind() {
        Kind::Schema | Kind::Function | Kind::Procedure | Kind::Enum | Kind::View => false,
        // While a table owns it a sequence does not change its owner.
        Kind::Sequence => user.kind() == Kind::Ownership,
        // A published table cannot be unlogged, nor one that a logged table refers to.
        Kind::Table => matches!(user.kind(), Kind::Constraint | Kind::PublicationTable | Kind::Inheritance),
        _ => true,
    }
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
        if let (Kind::Range, Some(Object::Plain(range))) =
            (id.kind(), catalog.objects.get(id).map(|entry| &entry.object))
        {
            let multirange = range.core.split_once("multirange_type_name = ").map(|(_, name)| name);
            names.extend(multirange.map(|name| (TYPES, String::new(), name.to_owned())));
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
