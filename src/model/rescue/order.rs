//! The order in which tables get their rows back: those that are referred to first, rings together.

use std::collections::BTreeSet;

/// A foreign key: the index of the table that has it, and of the one that it refers to.
pub type Reference = (usize, usize);

/// Returns the indexes below `count` in groups: each group after those that it refers to, tables that refer to each other
/// in one group. Within a group and among free groups the lower index comes first.
pub fn groups(count: usize, references: &[Reference]) -> Vec<Vec<usize>> {
    let reached: Vec<BTreeSet<usize>> = (0..count).map(|from| reach(from, references)).collect();
    let together = |a: usize, b: usize| a == b || reached[a].contains(&b) && reached[b].contains(&a);
    let mut left: BTreeSet<usize> = (0..count).collect();
    let mut ordered = Vec::new();
    while let Some(&first) = left.iter().next() {
        let free = left
            .iter()
            .copied()
            .find(|&one| reached[one].iter().all(|&target| !left.contains(&target) || together(one, target)));
        // Each group that is left refers to one that is free: rings are one group.
        let one = free.unwrap_or(first);
        let group: Vec<usize> = left.iter().copied().filter(|&other| together(one, other)).collect();
        left.retain(|other| !group.contains(other));
        ordered.push(group);
    }
    ordered
}

fn reach(from: usize, references: &[Reference]) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        for (_, target) in references.iter().filter(|(source, _)| *source == at) {
            if reached.insert(*target) {
                open.push(*target);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_come_after_those_they_refer_to_and_rings_together() {
        assert_eq!(groups(3, &[(0, 2), (0, 0)]), [vec![1], vec![2], vec![0]]);
        assert_eq!(groups(4, &[(0, 1), (1, 0), (0, 3), (2, 0)]), [vec![3], vec![0, 1], vec![2]]);
        assert_eq!(groups(0, &[]), Vec::<Vec<usize>>::new());
    }
}
