//! Which of many names a text mentions, in one pass over the text. Pure.

use std::collections::HashMap;

use super::inplace::{is_word, mentions};

/// Names and what each stands for, by the word that they begin with.
#[derive(Debug)]
pub(super) struct Names<'a, T> {
    by_word: HashMap<&'a str, Vec<(&'a str, T)>>,
}

impl<'a, T: Copy> Names<'a, T> {
    pub(super) fn of(names: impl Iterator<Item = (&'a str, T)>) -> Self {
        let mut by_word: HashMap<_, Vec<_>> = HashMap::new();
        for (name, meaning) in names {
            by_word.entry(word_at(name)).or_default().push((name, meaning));
        }
        Self { by_word }
    }

    /// Returns what the names stand for that the text has as words; what is mentioned twice may come twice.
    pub(super) fn within(&self, text: &str) -> Vec<T> {
        // A name that begins with no word, such as `"-"`, can be anywhere.
        let odd = self.by_word.get("").into_iter().flatten();
        let mut found: Vec<T> =
            odd.filter(|(name, _)| mentions(text, name)).map(|(_, meaning)| *meaning).collect();
        let mut rest = text;
        while let Some(start) = rest.find(is_word) {
            rest = &rest[start..];
            let word = word_at(rest);
            for (name, meaning) in self.by_word.get(word).into_iter().flatten() {
                let after = rest.strip_prefix(name);
                if after.is_some_and(|after| !after.starts_with(is_word)) {
                    found.push(*meaning);
                }
            }
            rest = &rest[word.len()..];
        }
        found
    }
}

/// Returns the word at the beginning of the text, empty where there is none.
fn word_at(text: &str) -> &str {
    &text[..text.find(|c| !is_word(c)).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_found_are_those_that_each_search_alone_would_find() {
        let names = ["a", "order", "order item", "é$1", "-", "- x", "item", "order-", "o", ""];
        for text in [
            "SELECT a FROM \"order item\"",
            "order items; order-item",
            "é$1+é",
            "x-y - x",
            "orders, item, a.order_",
            "",
            "--",
        ] {
            let mut found = Names::of(names.iter().map(|name| (*name, *name))).within(text);
            found.sort_unstable();
            found.dedup();
            let mut wanted: Vec<_> = names.iter().copied().filter(|name| mentions(text, name)).collect();
            wanted.sort_unstable();
            assert_eq!(found, wanted, "{text}");
        }
    }
}
