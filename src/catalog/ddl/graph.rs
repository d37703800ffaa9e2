//! An order in which every step comes after what it waits for, the same on every run. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Steps and what each waits for.
#[derive(Debug)]
pub(super) struct Graph<K: Ord + Clone> {
    after: BTreeMap<K, BTreeSet<K>>,
}

impl<K: Ord + Clone> Graph<K> {
    pub(super) fn new(steps: impl IntoIterator<Item = K>) -> Self {
        Self { after: steps.into_iter().map(|step| (step, BTreeSet::new())).collect() }
    }

    /// Lets `step` wait for `first`; what is no step of the graph and a step's wait for itself do not count.
    pub(super) fn wait(&mut self, step: &K, first: &K) {
        if step != first
            && self.after.contains_key(first)
            && let Some(waits) = self.after.get_mut(step)
        {
            waits.insert(first.clone());
        }
    }

    pub(super) fn waits(&self, step: &K, first: &K) -> bool {
        self.after.get(step).is_some_and(|waits| waits.contains(first))
    }

    /// Returns the steps in order, the least `rank` first among those that may come, or the cycles that prevent it.
    pub(super) fn sorted<R: Ord>(&self, rank: impl Fn(&K) -> R) -> Result<Vec<K>, Vec<Vec<K>>> {
        let mut before: BTreeMap<&K, Vec<&K>> = BTreeMap::new();
        let mut missing: BTreeMap<&K, usize> = BTreeMap::new();
        let mut ready = BinaryHeap::new();
        for (step, waits) in &self.after {
            missing.insert(step, waits.len());
            for first in waits {
                before.entry(first).or_default().push(step);
            }
            if waits.is_empty() {
                ready.push(Reverse((rank(step), step)));
            }
        }
        let mut order = Vec::with_capacity(self.after.len());
        while let Some(Reverse((_, step))) = ready.pop() {
            order.push(step.clone());
            missing.remove(step);
            for next in before.get(step).into_iter().flatten() {
                if let Some(count) = missing.get_mut(next) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push(Reverse((rank(next), next)));
                    }
                }
            }
        }
        if missing.is_empty() { Ok(order) } else { Err(self.cycles(&missing.into_keys().collect())) }
    }

    /// Returns the groups of steps among `left` that wait for each other (Kosaraju's two searches, without recursion).
    fn cycles(&self, left: &BTreeSet<&K>) -> Vec<Vec<K>> {
        let mut before: BTreeMap<&K, Vec<&K>> = BTreeMap::new();
        for step in left {
            for first in self.after[*step].iter().filter(|first| left.contains(first)) {
                before.entry(first).or_default().push(step);
            }
        }
        let mut seen = BTreeSet::new();
        let mut finished = Vec::new();
        for start in left {
            let mut stack = vec![(*start, false)];
            while let Some((step, done)) = stack.pop() {
                if done {
                    finished.push(step);
                } else if seen.insert(step) {
                    stack.push((step, true));
                    stack.extend(before.get(step).into_iter().flatten().map(|next| (*next, false)));
                }
            }
        }
        let mut groups = Vec::new();
        let mut placed = BTreeSet::new();
        for start in finished.into_iter().rev() {
            let mut group = Vec::new();
            let mut stack = vec![start];
            while let Some(step) = stack.pop() {
                if placed.insert(step) {
                    group.push(step.clone());
                    stack.extend(self.after[step].iter().filter(|first| left.contains(first)));
                }
            }
            if group.len() > 1 {
                groups.push(group);
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(waits: &[(u8, u8)]) -> Graph<u8> {
        let mut graph = Graph::new(waits.iter().flat_map(|(step, first)| [*step, *first]));
        for (step, first) in waits {
            graph.wait(step, first);
        }
        graph
    }

    #[test]
    fn a_step_comes_after_what_it_waits_for_and_by_rank_otherwise() {
        let graph = graph(&[(1, 4), (2, 1), (3, 3)]);
        assert_eq!(graph.sorted(|step| *step), Ok(vec![3, 4, 1, 2]));
        assert_eq!(graph.sorted(|step| 9 - *step), Ok(vec![4, 3, 1, 2]));
    }

    #[test]
    fn only_the_steps_of_a_cycle_are_named() {
        let graph = graph(&[(1, 2), (2, 1), (3, 1), (4, 5), (6, 7), (7, 6)]);
        let mut cycles = graph.sorted(|step| *step).expect_err("there are cycles");
        cycles.iter_mut().for_each(|cycle| cycle.sort_unstable());
        cycles.sort();
        assert_eq!(cycles, [vec![1, 2], vec![6, 7]]);
    }
}
