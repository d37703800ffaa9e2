//! An order in which every step comes after what it waits for, the same on every run. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::hash::Hash;

/// Steps and what each waits for. A step is its place among all in their order.
#[derive(Debug)]
pub(super) struct Graph<K> {
    steps: Vec<K>,
    places: HashMap<K, usize>,
    after: Vec<BTreeSet<usize>>,
}

impl<K: Ord + Hash + Clone> Graph<K> {
    pub(super) fn new(steps: impl IntoIterator<Item = K>) -> Self {
        let mut steps: Vec<K> = steps.into_iter().collect();
        steps.sort();
        steps.dedup();
        let places = steps.iter().enumerate().map(|(place, step)| (step.clone(), place)).collect();
        let after = vec![BTreeSet::new(); steps.len()];
        Self { steps, places, after }
    }

    /// Lets `step` wait for `first`; what is no step of the graph and a step's wait for itself do not count.
    pub(super) fn wait(&mut self, step: &K, first: &K) {
        if let (Some(step), Some(first)) = (self.places.get(step), self.places.get(first))
            && step != first
        {
            self.after[*step].insert(*first);
        }
    }

    pub(super) fn waits(&self, step: &K, first: &K) -> bool {
        match (self.places.get(step), self.places.get(first)) {
            (Some(step), Some(first)) => self.after[*step].contains(first),
            _ => false,
        }
    }

    /// Returns what the step waits for, in order.
    pub(super) fn firsts(&self, step: &K) -> impl Iterator<Item = &K> {
        let place = self.places.get(step);
        place.into_iter().flat_map(|place| &self.after[*place]).map(|first| &self.steps[*first])
    }

    /// Returns the steps in order, the least `rank` first among those that may come, or the cycles that prevent it.
    pub(super) fn sorted<R: Ord>(&self, rank: impl Fn(&K) -> R) -> Result<Vec<K>, Vec<Vec<K>>> {
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.steps.len()];
        let mut missing: Vec<usize> = Vec::with_capacity(self.steps.len());
        let mut ready = BinaryHeap::new();
        for (step, waits) in self.after.iter().enumerate() {
            missing.push(waits.len());
            waits.iter().for_each(|first| before[*first].push(step));
            if waits.is_empty() {
                ready.push(Reverse((rank(&self.steps[step]), step)));
            }
        }
        let mut order = Vec::with_capacity(self.steps.len());
        while let Some(Reverse((_, step))) = ready.pop() {
            order.push(self.steps[step].clone());
            for next in &before[step] {
                missing[*next] -= 1;
                if missing[*next] == 0 {
                    ready.push(Reverse((rank(&self.steps[*next]), *next)));
                }
            }
        }
        if order.len() == self.steps.len() {
            return Ok(order);
        }
        let left: Vec<bool> = missing.iter().map(|missing| *missing > 0).collect();
        let cycles = self.cycles(&left, &before).into_iter();
        Err(cycles.map(|cycle| cycle.into_iter().map(|step| self.steps[step].clone()).collect()).collect())
    }

    /// Returns the groups of steps among `left` that wait for each other (Kosaraju's two searches, without recursion).
    fn cycles(&self, left: &[bool], before: &[Vec<usize>]) -> Vec<Vec<usize>> {
        let mut seen = vec![false; left.len()];
        let mut finished = Vec::new();
        for start in (0..left.len()).filter(|start| left[*start]) {
            let mut stack = vec![(start, false)];
            while let Some((step, done)) = stack.pop() {
                if done {
                    finished.push(step);
                } else if !std::mem::replace(&mut seen[step], true) {
                    stack.push((step, true));
                    stack.extend(before[step].iter().filter(|next| left[**next]).map(|next| (*next, false)));
                }
            }
        }
        let mut groups = Vec::new();
        let mut placed = vec![false; left.len()];
        for start in finished.into_iter().rev() {
            let mut group = Vec::new();
            let mut stack = vec![start];
            while let Some(step) = stack.pop() {
                if !std::mem::replace(&mut placed[step], true) {
                    group.push(step);
                    stack.extend(self.after[step].iter().filter(|first| left[**first]));
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
