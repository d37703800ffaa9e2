//! Foreign keys onto partitioned tables: PostgreSQL makes one more for each partition, on the same table and with a name of
//! its own choice, which another constraint may want. Pure.

use super::column::table_of;
use super::graph::Graph;
use super::plan::{Plan, Step};
use super::small::shortened;
use super::statement::Statement;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Object};
use crate::sql::quote::held::identifier;

fn automatic<'a>(catalog: &'a Catalog, id: &Id) -> &'a [String] {
    match catalog.objects.get(id).map(|entry| &entry.object) {
        Some(Object::Constraint(constraint)) => &constraint.automatic,
        _ => &[],
    }
}

impl Plan<'_> {
    /// Lets a foreign key with companions come once every other constraint of its table has its name, and a constraint once
    /// a foreign key is gone whose companion has its name.
    pub(super) fn companions(&self, graph: &mut Graph<Step>) {
        for (id, _) in self.to().of_kind(Kind::Constraint).filter(|(id, _)| self.fates.comes(id)) {
            let (Some(on), Some(make)) = (&self.to().objects[id].on, self.make_step(id)) else { continue };
            if !automatic(self.to(), id).is_empty() {
                let others = self.to().parts(on, Kind::Constraint).map(|(other, _)| other);
                let plain = others.filter(|other| automatic(self.to(), other).is_empty());
                plain.filter_map(|other| self.make_step(other)).for_each(|first| graph.wait(make, first));
            }
            let gone = self.from().parts(on, Kind::Constraint).map(|(other, _)| other);
            for key in gone.filter(|key| automatic(self.from(), key).iter().any(|name| name == id.part())) {
                self.drop_step(key).into_iter().for_each(|first| graph.wait(make, first));
            }
        }
    }

    /// Returns the statement that takes the constraint's name from the companion of a foreign key that stays.
    pub(super) fn freed(&self, id: &Id) -> Option<Statement> {
        let on = self.to().objects.get(id)?.on.as_ref().filter(|on| self.fates.stays(on))?;
        let name = id.part();
        let mut keys = self.from().parts(on, Kind::Constraint).map(|(key, _)| key);
        keys.find(|key| self.fates.stays(key) && automatic(self.from(), key).iter().any(|one| one == name))?;
        let free = identifier(&shortened(name, "__companion"));
        let sql = format!("{} RENAME CONSTRAINT {} TO {free}", table_of(self, id, ""), identifier(name));
        Some(Statement::new(id, sql))
    }
}
