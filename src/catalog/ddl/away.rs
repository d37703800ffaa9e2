//! Which types and collations are renamed out of the way, because columns use them until they have their successors. Pure.

use std::collections::HashSet;

use super::fate::{Fate, Fates};
use crate::catalog::diff::Changes;
use crate::catalog::id::{Id, Kind};

/// Returns what the columns that get another type use now, where its name is needed before they have that.
pub(super) fn decide(changes: &Changes<'_>, fates: &Fates) -> HashSet<Id> {
    let used = fates.retyped.iter().flat_map(|column| changes.from.needs.get(column).into_iter().flatten());
    let movable =
        used.filter(|id| matches!(id.kind(), Kind::Enum | Kind::Domain | Kind::Composite | Kind::Collation));
    let in_the_way = |id: &&Id| match fates.of(id) {
        Some(Fate::Replace) => true,
        Some(Fate::Drop) => has_namesake(changes, id),
        _ => false,
    };
    movable.filter(in_the_way).cloned().collect()
}

/// Returns whether a type of another kind comes under the same name.
fn has_namesake(changes: &Changes<'_>, gone: &Id) -> bool {
    let mut types = changes.created.iter().filter(|id| id.kind().is_type());
    types.any(|id| (id.schema(), id.name()) == (gone.schema(), gone.name()))
}
