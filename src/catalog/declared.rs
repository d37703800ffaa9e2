//! Whether a table declares itself that a column is not null or only inherits it, which PostgreSQL keeps since 18. Pure.

use super::diff::Property;
use super::id::{Id, Kind};
use super::model::{Catalog, Column, Entry, Object};

/// Returns who declares the constraint, where only that differs and both sides inherit it: a partition's says nothing of it.
pub(super) fn redeclared(
    (from, to): (&Catalog, &Catalog),
    id: &Id,
    sides: (&Entry, &Entry),
) -> Option<Property> {
    let (Object::Column(one), Object::Column(other)) = (&sides.0.object, &sides.1.object) else {
        return None;
    };
    let both = one.not_null && other.not_null && one.not_null_local != other.not_null_local;
    let inherits = |catalog| handing(catalog, id).any(|(_, is_partition)| !is_partition);
    (both && inherits(from) && inherits(to)).then(|| Property {
        name: "not_null_local".to_owned(),
        from: one.not_null_local.into(),
        to: other.not_null_local.into(),
    })
}

/// Returns the parents' columns that hand down that they are not null, and whether the table is a partition of that parent.
pub(super) fn handing<'a>(catalog: &'a Catalog, id: &'a Id) -> impl Iterator<Item = (Id, bool)> + 'a {
    let table = catalog.objects.get(id).and_then(|entry| entry.on.as_ref());
    let parents = table.into_iter().flat_map(|table| catalog.parents(table));
    parents.filter_map(|(parent, link)| {
        let column = parent.with(Kind::Column, id.part());
        match &catalog.objects.get(&column)?.object {
            Object::Column(of) if hands(of) => Some((column, link.bound.is_some())),
            _ => None,
        }
    })
}

/// Returns whether children inherit that the column is not null.
pub(super) fn hands(column: &Column) -> bool {
    column.not_null && !column.not_null_no_inherit
}
