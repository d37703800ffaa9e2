//! The templates of objects: `random.txt`.
//!
//! A block begins with `kind weight`, perhaps `of` the kind of which the object is a part. Each line after it that
//! begins with `- ` is one way to make the object; the ways are each other's mutations. In them `<@>` is the object's own
//! name, `<table>` another object's, `<table/column>` a part's of that one, with a dot behind it the bare name, and
//! `<#a|b>` one of the words. `class a = b c` lets `<a>` be either.

use std::collections::BTreeMap;

/// All templates, by the order in which the file has them.
pub(super) struct Library {
    pub(super) templates: Vec<Template>,
    classes: BTreeMap<String, Vec<String>>,
}

/// One kind of object and the ways to make it.
pub(super) struct Template {
    pub(super) kind: String,
    pub(super) weight: u32,
    pub(super) part_of: Option<String>,
    pub(super) ways: Vec<String>,
}

impl Library {
    pub(super) fn read(text: &str) -> Self {
        let (mut templates, mut classes) = (Vec::<Template>::new(), BTreeMap::new());
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            if let Some(way) = line.strip_prefix("- ") {
                templates.last_mut().unwrap().ways.push(way.to_owned());
            } else if line.starts_with("  ") {
                let way = templates.last_mut().unwrap().ways.last_mut().unwrap();
                way.push('\n');
                way.push_str(line.trim_start());
            } else if let ["class", name, "=", members @ ..] = words.as_slice() {
                let members = members.iter().map(|member| (*member).to_owned()).collect();
                classes.insert((*name).to_owned(), members);
            } else {
                let part_of = words.iter().position(|word| *word == "of").map(|at| words[at + 1].to_owned());
                let weight = words[1].parse().unwrap_or_else(|_| panic!("no weight in `{line}`"));
                templates.push(Template { kind: words[0].to_owned(), weight, part_of, ways: Vec::new() });
            }
        }
        Self { templates, classes }
    }

    /// Tells whether an object of the kind is meant by the word.
    pub(super) fn means(&self, word: &str, kind: &str) -> bool {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        word == kind
            || self.classes.get(word).is_some_and(|members| members.iter().any(|member| member == kind))
    }
}

/// Returns the texts between `<` and `>` that are references, each with where it begins and ends.
pub(super) fn references(way: &str) -> Vec<(usize, usize, &str)> {
    let mut found = Vec::new();
    for (start, _) in way.match_indices('<') {
        let rest = &way[start + 1..];
        let Some(end) = rest.find('>') else { continue };
        let word = &rest[..end];
        let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '/' | '.' | '@');
        let first = word.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c == '@');
        if word.starts_with('#') || (first && word.chars().all(name)) {
            found.push((start, start + end + 2, word));
        }
    }
    found
}
