//! The statements that make a schema, one file an object, in folders of which each needs only those before it. Pure.
//!
//! Objects that need each other are taken apart: what can wait goes to a second file of the object in a later folder.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;
use super::held::held;
use super::place::{Place, Section, home, place};
use super::plan::{Plan, Step};
use super::{Bodies, Ordered, Refusal, Statement, checks_body, ordered, planned, write};
use crate::catalog::diff::Changes;
use crate::catalog::id::Id;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// From the folder on, with `/`: `400_tables/sales.orders.sql`. Lower case ASCII letters, digits, `_`, `-`, `.`.
    pub path: String,
    /// What the file is about.
    pub object: Id,
    /// In the order they must run.
    pub statements: Vec<Statement>,
    /// Whether PostgreSQL would look into bodies of routines for what may not be there yet.
    pub checks_bodies: bool,
}

/// Returns the files that turn `changes.from` into `changes.to` when they run in the order of their paths, which is
/// the order they are in. No file needs another one of its own folder.
///
/// # Errors
///
/// As [`statements`](super::statements).
pub fn files(changes: &Changes<'_>) -> Result<Vec<File>, Refusal> {
    let mut plan = planned(changes)?;
    let Ordered { steps, order, graph } = ordered(&mut plan, Bodies::Unread)?;
    let layout = Layout::of(&plan, &order, &graph);
    let slots = layout.slots().map_err(|cycles| {
        let names = cycles.iter().flatten().flat_map(|node| &layout.nodes[*node].steps);
        Refusal::Cycle(
            names.map(|step| order[*step].1.to_string()).collect::<BTreeSet<_>>().into_iter().collect(),
        )
    })?;
    let mut content: BTreeMap<(u32, &Place), (&Id, Vec<usize>)> = BTreeMap::new();
    for (node, slot) in layout.nodes.iter().zip(slots) {
        let file = content.entry((slot, &node.place)).or_insert_with(|| (&node.home, Vec::new()));
        file.1.extend(&node.steps);
    }
    let digits = content.keys().map(|(slot, _)| slot.to_string().len()).max().unwrap_or(0).max(3);
    let file = |((slot, place), (object, mut own)): ((u32, &Place), (&Id, Vec<usize>))| {
        own.sort_unstable();
        File {
            path: format!("{slot:0digits$}_{}/{}.sql", place.folder, place.stem),
            object: object.clone(),
            statements: own
                .iter()
                .flat_map(|step| write::step(&plan, &order[*step], &steps[&order[*step]]))
                .map(|statement| held(&plan, statement))
                .collect(),
            checks_bodies: own.iter().any(|step| checks_body(changes, &order[*step].1)),
        }
    };
    let files = content.into_iter().map(file).filter(|file| !file.statements.is_empty());
    Ok(files.collect())
}

/// Steps that go to one file: all of an object, or one of an object that was taken apart.
struct Node {
    home: Id,
    place: Place,
    /// Places in the order of all steps.
    steps: Vec<usize>,
}

struct Layout {
    nodes: Vec<Node>,
    /// For each node those it needs.
    needs: Vec<BTreeSet<usize>>,
}

impl Layout {
    fn of(plan: &Plan<'_>, order: &[Step], graph: &Graph<Step>) -> Self {
        let mut objects: BTreeMap<(Id, Section), Vec<usize>> = BTreeMap::new();
        for (at, (_, id)) in order.iter().enumerate() {
            objects.entry(home(plan, id)).or_default().push(at);
        }
        let places = place(objects.keys());
        let nodes = objects.into_iter().map(|((home, section), steps)| {
            let place = places[&(home.clone(), section)].clone();
            Node { home, place, steps }
        });
        let whole = Self::linked(nodes.collect(), order, graph);
        let Err(cycles) = whole.sorted() else { return whole };
        let entwined: BTreeSet<usize> = cycles.into_iter().flatten().collect();
        let nodes = whole.nodes.into_iter().enumerate().flat_map(|(at, node)| {
            let Node { home, place, steps } = node;
            let apart: Vec<Vec<usize>> = match entwined.contains(&at) {
                true => steps.into_iter().map(|step| vec![step]).collect(),
                false => vec![steps],
            };
            apart.into_iter().map(move |steps| Node { home: home.clone(), place: place.clone(), steps })
        });
        Self::linked(nodes.collect(), order, graph)
    }

    fn linked(nodes: Vec<Node>, order: &[Step], graph: &Graph<Step>) -> Self {
        let mut node_of = vec![0; order.len()];
        for (at, node) in nodes.iter().enumerate() {
            node.steps.iter().for_each(|step| node_of[*step] = at);
        }
        let place_of: BTreeMap<&Step, usize> = order.iter().zip(node_of).collect();
        let needs = nodes.iter().enumerate().map(|(at, node)| {
            let first = node.steps.iter().flat_map(|step| graph.firsts(&order[*step]));
            first.map(|step| place_of[step]).filter(|first| *first != at).collect()
        });
        Self { needs: needs.collect(), nodes }
    }

    fn sorted(&self) -> Result<Vec<usize>, Vec<Vec<usize>>> {
        let mut graph = Graph::new(0..self.nodes.len());
        for (node, needs) in self.needs.iter().enumerate() {
            needs.iter().for_each(|first| graph.wait(&node, first));
        }
        graph.sorted(|node| *node)
    }

    /// Returns the number of each node's folder: the least that its kind may have and that is greater than those of
    /// what it needs, but for what is in the same file.
    fn slots(&self) -> Result<Vec<u32>, Vec<Vec<usize>>> {
        let mut slots = vec![0; self.nodes.len()];
        for node in self.sorted()? {
            let own = &self.nodes[node].place;
            let after = self.needs[node].iter().map(|first| {
                let same = self.nodes[*first].place == *own;
                slots[*first] + u32::from(!same)
            });
            slots[node] = after.max().unwrap_or(0).max(own.slot);
        }
        Ok(slots)
    }
}
