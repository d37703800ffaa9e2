//! Tables that become partitioned, are no longer, or are partitioned in another way: their rows go through a table aside,
//! from all partitions before into all partitions after. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::carry::common;
use super::fate::Fates;
use super::graph::Graph;
use super::plan::{Plan, Step, Verb};
use crate::catalog::diff::Changes;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Object, Table};

/// A table whose rows are kept aside while it and its partitions are made anew.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) table: Id,
    /// The partitions before whose rows are kept, however deep, but for those below one of `staying`.
    pub(super) covered: BTreeSet<Id>,
    /// Those of `covered` that stay and are attached again, empty.
    pub(super) staying: BTreeSet<Id>,
    /// What links partitions that live on by themselves, with their rows.
    leaving: Vec<Id>,
    /// What links the partitions after.
    links: Vec<Id>,
    /// The table and its partitions after.
    pub(super) after: BTreeSet<Id>,
}

/// The partitions of each table: what links each, and itself.
type Partitions = BTreeMap<Id, Vec<(Id, Id)>>;

/// Returns the tables whose way of being partitioned changes and whose rows the new definition can hold.
pub(super) fn trees(changes: &Changes<'_>, fates: &Fates) -> Vec<Tree> {
    let table = |catalog: &Catalog, id: &Id| -> Option<Table> {
        match &catalog.objects.get(id)?.object {
            Object::Table(table) if id.kind() == Kind::Table => Some((**table).clone()),
            _ => None,
        }
    };
    let changed = |id: &&Id| match (table(&changes.from, id), table(&changes.to, id)) {
        (Some(from), Some(to)) => from.partition_key != to.partition_key,
        _ => false,
    };
    let tables: BTreeSet<&Id> =
        fates.iter().map(|(id, _)| id).filter(|id| fates.goes(id)).filter(changed).collect();
    if tables.is_empty() {
        return Vec::new();
    }
    let [before, after] = [&changes.from, &changes.to].map(|catalog| partitions(catalog));
    let mut trees: Vec<Tree> = Vec::new();
    for id in tables {
        let mut tree = Tree {
            table: id.clone(),
            covered: BTreeSet::new(),
            staying: BTreeSet::new(),
            leaving: Vec::new(),
            links: Vec::new(),
            after: BTreeSet::from([id.clone()]),
        };
        tree.reach(&after, id);
        tree.cover((changes, fates), &before, id);
        let holds = |catalog: &Catalog, tables: &BTreeSet<Id>| {
            let mut tables = tables.iter().chain([id]).filter_map(|id| table(catalog, id));
            tables.any(|table| table.partition_key.is_none())
        };
        if holds(&changes.from, &tree.covered) && holds(&changes.to, &tree.after) {
            trees.push(tree);
        }
    }
    // A partition of one that is carried is carried with it.
    let below: BTreeSet<Id> = trees.iter().flat_map(|tree| tree.covered.iter().cloned()).collect();
    trees.retain(|tree| !below.contains(&tree.table));
    trees
}

fn partitions(catalog: &Catalog) -> Partitions {
    let mut partitions = Partitions::new();
    for (link, entry) in catalog.of_kind(Kind::Inheritance) {
        if let (Object::Inheritance(inheritance), Some(on)) = (&entry.object, &entry.on)
            && inheritance.bound.is_some()
            && let Some(parent) = catalog.table(&inheritance.parent)
        {
            partitions.entry(parent).or_default().push((link.clone(), on.clone()));
        }
    }
    partitions
}

impl Tree {
    fn reach(&mut self, partitions: &Partitions, parent: &Id) {
        for (link, partition) in partitions.get(parent).into_iter().flatten() {
            self.links.push(link.clone());
            self.after.insert(partition.clone());
            self.reach(partitions, partition);
        }
    }

    fn cover(&mut self, (changes, fates): (&Changes<'_>, &Fates), partitions: &Partitions, parent: &Id) {
        for (link, partition) in partitions.get(parent).into_iter().flatten() {
            if changes.to.objects.contains_key(partition) && !self.after.contains(partition) {
                self.leaving.push(link.clone());
                continue;
            }
            self.covered.insert(partition.clone());
            if fates.stays(partition) {
                self.staying.insert(partition.clone());
            } else {
                self.cover((changes, fates), partitions, partition);
            }
        }
    }
}

impl Plan<'_> {
    /// Returns the tree whose root the table is, where its rows go through a table aside.
    pub(super) fn tree(&self, table: &Id) -> Option<&Tree> {
        self.trees.iter().find(|tree| tree.table == *table && !common(self, table).is_empty())
    }

    /// Returns whether the rows of the table are kept with those of the table that it is a partition of.
    pub(super) fn is_covered(&self, table: &Id) -> bool {
        self.trees.iter().any(|tree| tree.covered.contains(table) && self.tree(&tree.table).is_some())
    }

    /// Returns whether the table stays while its rows are kept with those of the table that it is a partition of.
    pub(super) fn is_emptied(&self, table: &Id) -> bool {
        self.is_covered(table) && self.trees.iter().any(|tree| tree.staying.contains(table))
    }

    /// Lets the rows be kept while all of them are there, and put back once all partitions are.
    pub(super) fn rows_through(&self, graph: &mut Graph<Step>) {
        for tree in self.trees.iter().filter(|tree| self.tree(&tree.table).is_some()) {
            let save = (Verb::Save, tree.table.clone());
            let fill = (Verb::Fill, tree.table.clone());
            let links = self.from().of_kind(Kind::Inheritance);
            let links =
                links.filter(|(_, entry)| entry.on.as_ref().is_some_and(|on| tree.covered.contains(on)));
            let gone = links.map(|(link, _)| link).chain(&tree.covered).chain([&tree.table]);
            for step in gone.filter_map(|id| self.drop_step(id)) {
                graph.wait(step, &save);
            }
            for step in tree.leaving.iter().filter_map(|link| self.drop_step(link)) {
                graph.wait(&save, step);
            }
            for step in tree.links.iter().chain(&tree.after).filter_map(|id| self.make_step(id)) {
                graph.wait(&fill, step);
            }
            for (id, _) in self.fates.iter().filter(|(id, _)| self.sees_rows(tree, id)) {
                self.make_step(id).into_iter().for_each(|step| graph.wait(step, &fill));
            }
        }
    }

    /// Returns whether the object is made once the rows are there: it would see them come, or is made of them.
    fn sees_rows(&self, tree: &Tree, id: &Id) -> bool {
        let Some(entry) = self.to().objects.get(id) else { return false };
        let in_tree = |on: &Option<Id>| on.as_ref().is_some_and(|on| tree.after.contains(on));
        match &entry.object {
            Object::Trigger(_) => in_tree(&entry.on),
            Object::View(_) => id.kind() == Kind::MaterializedView,
            Object::Constraint(constraint) if constraint.form == "f" => {
                let needs = self.to().needs.get(id).into_iter().flatten();
                let mut homes = needs.filter_map(|need| self.to().objects.get(need));
                in_tree(&entry.on) || homes.any(|home| in_tree(&home.on))
            }
            _ => false,
        }
    }
}
