//! Which objects and aspects of a catalog count. Pure.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::diff::{Aspect, Options};
use super::id::{Id, Kind};
use super::model::Catalog;

/// Returns the part of the catalog that the options ask for.
pub(super) fn scoped<'a>(catalog: &'a Catalog, options: &Options) -> Cow<'a, Catalog> {
    if options.schemas.is_empty() && options.exclude.is_empty() && options.ignore.is_empty() {
        return Cow::Borrowed(catalog);
    }
    let mut catalog = catalog.clone();
    let ignored = |aspect| options.ignore.contains(&aspect);
    if ignored(Aspect::Privileges) {
        catalog
            .objects
            .retain(|id, _| !matches!(id.kind(), Kind::DefaultPrivileges | Kind::InitialPrivileges));
    }
    if !options.schemas.is_empty() || !options.exclude.is_empty() {
        let mut gone: BTreeSet<Id> =
            catalog.objects.keys().filter(|id| !counts(id, options)).cloned().collect();
        // A part goes with what it is a part of.
        gone.extend(
            catalog
                .objects
                .iter()
                .filter(|(_, entry)| entry.on.as_ref().is_some_and(|on| gone.contains(on)))
                .map(|(id, _)| id.clone())
                .collect::<Vec<_>>(),
        );
        catalog.objects.retain(|id, _| !gone.contains(id));
    }
    for entry in catalog.objects.values_mut() {
        if ignored(Aspect::Privileges) {
            entry.acl = None;
        }
        if ignored(Aspect::Owner) {
            entry.owner = None;
        }
        if ignored(Aspect::Comments) {
            entry.comment = None;
        }
    }
    let objects = &catalog.objects;
    catalog.needs.retain(|id, needs| {
        needs.retain(|need| objects.contains_key(need));
        objects.contains_key(id) && !needs.is_empty()
    });
    Cow::Owned(catalog)
}

fn counts(id: &Id, options: &Options) -> bool {
    let schema = if id.kind() == Kind::Schema { id.name() } else { id.schema() };
    let listed = options.schemas.is_empty() || options.schemas.iter().any(|name| name == schema);
    let full = format!("{}.{}", id.schema(), id.name());
    let excluded = options.exclude.iter().any(|pattern| {
        // What has no name of its own, such as a user mapping, is named as reports name it.
        let named = pattern.contains(' ') && matches(pattern, &id.to_string());
        named || matches(pattern, id.name()) || matches(pattern, &full)
    });
    listed && !excluded
}

/// Returns whether the pattern, in which `*` stands for any characters and `?` for one, covers all of `text`.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pattern_rest = pattern.chars();
    match pattern_rest.next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = pattern_rest.as_str();
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| matches(rest, &text[at..]))
        }
        Some(wanted) => {
            let mut text_rest = text.chars();
            text_rest.next().is_some_and(|found| wanted == '?' || wanted == found)
                && matches(pattern_rest.as_str(), text_rest.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks_stand_for_characters() {
        for (pattern, text, covered) in [
            ("*", "", true),
            ("tmp_*", "tmp_a", true),
            ("tmp_*", "a_tmp_a", false),
            ("*.audit", "app.audit", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("é*", "éa", true),
        ] {
            assert_eq!(matches(pattern, text), covered, "{pattern} {text}");
        }
    }
}
