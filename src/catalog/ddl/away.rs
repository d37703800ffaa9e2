//! Which types and collations are renamed out of the way, because columns use them until they have their successors. Pure.

use std::collections::HashSet;

use super::fate::{Fate, Fates};
use crate::catalog::diff::Changes;
use crate::catalog::id::{Id, Kind};

/// Returns what the columns that get another type use now, and what that rests on, where the names are needed before the
/// columns have their new types.
pub(super) fn decide(changes: &Changes<'_>, fates: &Fates) -> HashSet<Id> {
    let needs = |id: &Id| changes.from.needs.get(id).into_iter().flatten();
    let attributes = |id| changes.from.columns(id).into_iter().flat_map(|(attribute, _)| needs(attribute));
    let in_the_way = |id: &&Id| match fates.of(id) {
        _ if !matches!(id.kind(), Kind::Enum | Kind::Domain | Kind::Composite | Kind::Collation) => false,
        Some(Fate::Replace) => true,
        Some(Fate::Drop) => has_namesake(changes, id),
        _ => false,
    };
    let mut away = HashSet::new();
    let mut queue: Vec<&Id> = fates.retyped.iter().flat_map(needs).collect();
    while let Some(used) = queue.pop() {
        if in_the_way(&used) && away.insert(used.clone()) {
            queue.extend(needs(used).chain(attributes(used)));
        }
    }
    away
}

/// Returns whether a type of another kind comes under the same name.
fn has_namesake(changes: &Changes<'_>, gone: &Id) -> bool {
    let mut types = changes.created.iter().filter(|id| id.kind().is_type());
    types.any(|id| (id.schema(), id.name()) == (gone.schema(), gone.name()))
}
