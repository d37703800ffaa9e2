//! Schemas, views, routines and subscriptions that only have another name. Pure.

use super::{Sides, key, plain, taken};
use crate::catalog::diff::Rename;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Object};
use crate::catalog::subscription::Connection;
use crate::sql::quote::held::identifier;

/// Schemas that hold the same objects, by kind and name: an empty one is like every other.
pub(super) fn schemas(sides: &Sides<'_>) -> Vec<Rename> {
    let found = sides.pairs(Kind::Schema, |catalog, id| {
        let held = catalog.objects.keys().filter(|held| held.schema() == id.name());
        // What tells routines apart names the schema too.
        let routine = |id: &Id| matches!(id.kind(), Kind::Function | Kind::Procedure | Kind::Aggregate);
        let column = |id: &Id| id.kind() == Kind::Column;
        let held: Vec<_> = held
            .filter(|id| id.kind().is_relation() || id.kind().is_type() || routine(id) || column(id))
            .map(|id| (format!("{:?}", id.kind()), id.name(), if column(id) { id.part() } else { "" }))
            .collect();
        // PostgreSQL looks for `public` by its name.
        (!held.is_empty() && id.name() != "public").then(|| key(&held)).flatten()
    });
    found.into_iter().filter(|rename| rename.to.name() != "public").collect()
}

/// Views with the same query and columns, in the same schema or of the same name.
pub(super) fn views(sides: &Sides<'_>) -> Vec<Rename> {
    let kinds = [Kind::View, Kind::MaterializedView];
    let found = kinds.into_iter().flat_map(|kind| {
        sides.pairs(kind, |catalog, id| {
            let entry = &catalog.objects[id];
            let columns = catalog.columns(id).into_iter();
            let columns: Vec<_> = columns.map(|(id, column)| (id.part(), plain(column))).collect();
            key(&(&entry.object, columns))
        })
    });
    let taken = taken(sides.from);
    // A view that moves takes its indexes along.
    let free = |rename: &Rename| {
        let indexes = sides.from.parts_named(&rename.from, Kind::Index);
        rename.from.schema() == rename.to.schema()
            || indexes.into_iter().all(|index| !taken.contains(&(rename.to.schema(), index.name())))
    };
    found.filter(near).filter(free).collect()
}

/// Routines with the same arguments and body, in the same schema or of the same name.
pub(super) fn routines(sides: &Sides<'_>) -> Vec<Rename> {
    let shape = |catalog: &Catalog, id: &Id| {
        let Object::Function(function) = &catalog.objects[id].object else { return None };
        let mut function = function.clone();
        let head = format!("{}.{}(", identifier(id.schema()), identifier(id.name()));
        function.definition = function.definition.replacen(&head, "(", 1);
        key(&(id.part(), function))
    };
    let kinds = [Kind::Function, Kind::Procedure];
    kinds.into_iter().flat_map(|kind| sides.pairs(kind, shape)).filter(near).collect()
}

/// Subscriptions with the same slot, connection and options.
pub(super) fn subscriptions(sides: &Sides<'_>) -> Vec<Rename> {
    sides.pairs(Kind::Subscription, |catalog, id| {
        let object = &catalog.objects[id].object;
        // What is shown of a connection may hide that it is another one.
        matches!(object, Object::Subscription(one) if one.slot_name.is_some() && one.connection != Connection::Unread)
            .then(|| format!("{object:?}"))
    })
}

fn near(rename: &Rename) -> bool {
    let Rename { from, to } = rename;
    from.schema() == to.schema() || from.name() == to.name()
}
