//! Where something stands in the text of `schema.toml`.

use toml_edit::{Document, Item};

use super::error::Problem;

/// Gives the problem the place of what is at fault, where that is in `text`: the table or value under the keys of `path`,
/// or the text in the array there that is the last one of `path`.
pub(super) fn placed(problem: Problem, text: &str, path: &[&str]) -> Problem {
    match offset(text, path) {
        Some(offset) => Problem::manifest(text, offset, problem.to_string()),
        None => problem,
    }
}

fn offset(text: &str, path: &[&str]) -> Option<usize> {
    let document = Document::parse(text).ok()?;
    let mut item = document.as_item();
    for key in path {
        if let Some(array) = item.as_array() {
            let found = array.iter().find(|value| value.as_str() == Some(*key))?;
            return found.span().map(|span| span.start);
        }
        item = item.get(key)?;
    }
    start(item)
}

/// A table that only the headers of its tables imply begins with the first of them.
fn start(item: &Item) -> Option<usize> {
    let begins = |item: &Item| item.span().map(|span| span.start);
    begins(item).or_else(|| item.as_table()?.iter().filter_map(|(_, inner)| start(inner)).min())
}
