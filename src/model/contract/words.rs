//! The words of SQL texts: what a migration that is not applied may yet create or change.

use std::collections::HashSet;

/// Every run of letters, digits, `_` and `$` in some texts, in lower case: names, and much else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(HashSet<String>);

impl Words {
    /// Takes the words of `texts`, those inside quotes and comments too: SQL may be built from them.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(texts.into_iter().flat_map(words).collect())
    }

    /// Tells whether all words of `name` are among these.
    pub fn mention(&self, name: &str) -> bool {
        !self.0.is_empty() && words(name).all(|word| self.0.contains(&word))
    }

    /// Returns those of these that are not among others.
    pub fn without(self, others: &Self) -> Self {
        Self(self.0.into_iter().filter(|word| !others.0.contains(word)).collect())
    }

    /// Tells whether any of these is among others.
    pub fn any_in(&self, others: &Self) -> bool {
        self.0.iter().any(|word| others.0.contains(word))
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_mentioned_as_a_whole_word_in_any_case() {
        let words = Words::of(["ALTER TABLE sales.\"Leads\" ADD note text", "SELECT 'task status'"]);
        for (name, mentioned) in [
            ("leads", true),
            ("Leads", true),
            ("lead", false),
            ("task status", true),
            ("task", true),
            ("x", false),
        ] {
            assert_eq!(words.mention(name), mentioned, "{name}");
        }
        assert!(!Words::of([]).mention("leads"));
    }
}
