//! The chain of a replay: a fingerprint for each prefix of the migrations, by which a copy of its result is found again.

use super::{Checksum, Step};

/// How crmdb replays: raised when the same migrations would leave another database behind than before.
const REPLAY: u32 = 1;

/// How many hexadecimal digits name a prefix: 160 bits, and a database's name holds no more than 63 bytes.
const NAME: usize = 40;

/// How many hexadecimal digits tell a link of one chain from that of another where nothing but time is lost by a mistake.
const MARK: usize = 8;

/// The fingerprints of the prefixes of a replay, the empty one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    links: Vec<String>,
}

impl Chain {
    /// Makes the chain of `steps`, in the order they run, on what `ground` says: everything beside the steps that decides
    /// what they leave behind.
    pub fn of(ground: &str, steps: &[Step]) -> Self {
        let mut link = Checksum::of(&format!("{REPLAY}\n{ground}")).to_string();
        let mut links = vec![link.clone()];
        for step in steps {
            let rollback = step.rollback.as_ref().map_or_else(String::new, |text| text.checksum.to_string());
            let parts =
                [&link, &step.module, &step.schema, &step.file, &step.checksum.to_string(), &rollback];
            // No part holds a line end but the names, which are quoted.
            link = Checksum::of(&parts.map(|part| format!("{part:?}")).join("\n")).to_string();
            links.push(link.clone());
        }
        Self { links }
    }

    /// Returns how many steps the whole chain has.
    pub fn steps(&self) -> usize {
        self.links.len() - 1
    }

    /// Returns the name of the prefix of so many steps.
    pub fn name(&self, steps: usize) -> &str {
        &self.links[steps][..NAME]
    }

    /// Returns the longest prefix, of at most `most` steps, whose name `is_there`.
    pub fn longest(&self, most: usize, is_there: impl Fn(&str) -> bool) -> Option<usize> {
        (1..=most.min(self.steps())).rev().find(|&steps| is_there(self.name(steps)))
    }

    /// Returns a text by which another chain can tell how far it goes the same way; see [`Chain::shared`].
    pub fn trace(&self, steps: usize) -> String {
        self.links[1..=steps].iter().map(|link| &link[..MARK]).collect()
    }

    /// Returns how many steps this chain shares with the one that left `trace`.
    pub fn shared(&self, trace: &str) -> usize {
        let marks = self.links[1..].iter().map(|link| &link.as_bytes()[..MARK]);
        marks.zip(trace.as_bytes().chunks(MARK)).take_while(|(own, other)| own == other).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Mode, Script, Version};

    fn step(version: i64, text: &str) -> Step {
        let script = Script::new("migrations/x", text);
        Step {
            direction: Direction::Up,
            module: "sales".to_owned(),
            schema: "sales".to_owned(),
            version: Version(version),
            file: format!("V{version}__a.sql"),
            checksum: script.checksum,
            script,
            rollback: None,
            mode: Mode::Transaction,
            boundary: false,
            releases: Vec::new(),
        }
    }

    fn chain(texts: &[&str]) -> Chain {
        let steps: Vec<Step> = (1..).zip(texts).map(|(version, text)| step(version, text)).collect();
        Chain::of("ground", &steps)
    }

    #[test]
    fn chains_share_what_comes_before_the_first_change() {
        let (old, new) = (chain(&["a", "b", "c", "d"]), chain(&["a", "b", "x", "d"]));
        assert_eq!(new.shared(&old.trace(4)), 2);
        assert_eq!(new.shared(&old.trace(1)), 1);
        assert_eq!(new.shared(""), 0);
        assert_eq!((old.name(2), old.name(0)), (new.name(2), new.name(0)));
        assert!((3..=4).all(|steps| old.name(steps) != new.name(steps)));
        assert_ne!(Chain::of("other", &[]).name(0), old.name(0));
    }

    #[test]
    fn the_longest_prefix_that_is_there_is_found() {
        let chain = chain(&["a", "b", "c"]);
        let there = [chain.name(1), chain.name(3)];
        assert_eq!(chain.longest(3, |name| there.contains(&name)), Some(3));
        assert_eq!(chain.longest(2, |name| there.contains(&name)), Some(1));
        assert_eq!(chain.longest(9, |_| false), None);
    }

    #[test]
    fn a_rollback_and_a_schema_are_part_of_the_chain() {
        let plain = step(1, "a");
        let elsewhere = Step { schema: "tenant".to_owned(), ..plain.clone() };
        let with_rollback = Step { rollback: Some(Script::new("r", "b")), ..plain.clone() };
        let names: std::collections::BTreeSet<_> = [plain, elsewhere, with_rollback]
            .into_iter()
            .map(|step| Chain::of("", &[step]).name(1).to_owned())
            .collect();
        assert_eq!(names.len(), 3);
    }
}
