//! Which object a person means by a name. Pure.

use super::id::{Id, Kind};
use super::model::Catalog;

/// What a name stands for.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// One object.
    One(&'a Id),
    /// Several, in order.
    Several(Vec<&'a Id>),
    /// None; with those whose names are most like it, the likest first.
    None(Vec<&'a Id>),
}

/// Finds relations, types, routines, sequences, indexes and schemas by `name`, `schema.name` or `name(argument types)`.
///
/// A name in double quotes or in the case of the object is taken first; else case does not count.
#[must_use]
pub fn find<'a>(catalog: &'a Catalog, name: &str) -> Found<'a> {
    let wanted = name.trim().replace('"', "");
    let objects = || catalog.objects.keys().filter(|id| is_shown(id.kind()));
    let exact: Vec<&Id> = objects().filter(|id| calls(id).contains(&wanted)).collect();
    let lower = wanted.to_lowercase();
    let loose = || objects().filter(|id| calls(id).iter().any(|call| call.to_lowercase() == lower)).collect();
    let found = if exact.is_empty() { loose() } else { exact };
    match found.as_slice() {
        [one] => Found::One(one),
        [] => Found::None(likest(objects(), &lower)),
        _ => Found::Several(found),
    }
}

/// Returns how the object can be written to name it: without schema, with it, a routine also with its arguments.
fn calls(id: &Id) -> Vec<String> {
    let mut calls = vec![id.name().to_owned()];
    if !id.schema().is_empty() {
        calls.push(format!("{}.{}", id.schema(), id.name()));
    }
    if is_routine(id.kind()) {
        let with = |call: &String| format!("{call}({})", id.part().replace('"', ""));
        calls.extend(calls.iter().map(with).collect::<Vec<_>>());
    }
    calls
}

fn is_routine(kind: Kind) -> bool {
    matches!(kind, Kind::Function | Kind::Procedure | Kind::Aggregate)
}

fn is_shown(kind: Kind) -> bool {
    is_routine(kind) || kind.is_relation() || kind.is_type() || kind == Kind::Schema
}

const ENOUGH: f32 = 0.75;
const FEW: usize = 3;

fn likest<'a>(objects: impl Iterator<Item = &'a Id>, name: &str) -> Vec<&'a Id> {
    let alike = |call: &String| similar::TextDiff::from_chars(call.to_lowercase().as_str(), name).ratio();
    let mut near: Vec<(f32, &Id)> = objects
        .map(|id| (calls(id).iter().map(alike).fold(0.0, f32::max), id))
        .filter(|(likeness, _)| *likeness >= ENOUGH)
        .collect();
    near.sort_by(|(one, a), (other, b)| other.total_cmp(one).then_with(|| a.cmp(b)));
    near.truncate(FEW);
    near.into_iter().map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::catalog::model::{Entry, Object};

    fn catalog(ids: &[Id]) -> Catalog {
        let entry = || Entry {
            on: None,
            owner: None,
            acl: None,
            comment: None,
            labels: BTreeMap::new(),
            extensions: BTreeSet::new(),
            object: Object::Named,
        };
        let objects = ids.iter().map(|id| (id.clone(), entry())).collect();
        Catalog { objects, ..Catalog::default() }
    }

    #[test]
    fn names_are_found_in_any_case_but_their_own_first() {
        let ids = [
            Id::new(Kind::Table, "shop", "orders"),
            Id::new(Kind::Table, "old", "orders"),
            Id::new(Kind::Table, "shop", "Customers"),
            Id::new(Kind::Table, "shop", "leads"),
            Id::new(Kind::Table, "shop", "LEADS"),
            Id::new(Kind::Function, "shop", "total").with(Kind::Function, "integer"),
            Id::new(Kind::Function, "shop", "total").with(Kind::Function, "integer, text"),
            Id::new(Kind::Column, "shop", "orders").with(Kind::Column, "id"),
        ];
        let catalog = catalog(&ids);
        for (name, index) in [
            ("shop.orders", 0),
            ("SHOP.Orders", 0),
            ("customers", 2),
            ("\"Customers\"", 2),
            ("leads", 3),
            ("LEADS", 4),
            ("total(integer, text)", 6),
        ] {
            assert_eq!(find(&catalog, name), Found::One(&ids[index]), "{name}");
        }
        assert_eq!(find(&catalog, "orders"), Found::Several(vec![&ids[1], &ids[0]]));
        assert_eq!(find(&catalog, "total"), Found::Several(vec![&ids[5], &ids[6]]));
        assert_eq!(find(&catalog, "Leads"), Found::Several(vec![&ids[4], &ids[3]]));
        assert_eq!(find(&catalog, "custmers"), Found::None(vec![&ids[2]]));
        assert_eq!(find(&catalog, "xyz"), Found::None(vec![]));
    }
}
