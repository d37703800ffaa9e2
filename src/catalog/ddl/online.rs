//! Indexes that are built beside what they take the place of, while everybody reads and writes. Pure.
//!
//! An index that is made anew is renamed out of the way first and dropped when its successor is there; a primary key or unique
//! constraint gets an index that was built before (`ADD CONSTRAINT … USING INDEX`, the manual's ALTER TABLE), or takes over a
//! unique index that is there, also where others are shut out.

use std::collections::{BTreeMap, HashSet};

use super::column::table_of;
use super::fate::{Fate, Fates};
use super::graph::Graph;
use super::index::{is_partitioned, storage_clauses};
use super::inplace::without_options;
use super::plan::{Plan, Step, Verb};
use super::rested::Users;
use super::small::{aside, shortened};
use super::statement::{Hazard, Statement};
use crate::catalog::diff::{Changes, Locking};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Constraint, Object};
use crate::sql::quote::held::identifier;

/// Returns the indexes that stay until their successors are there.
pub(super) fn succeeded<'c>(
    changes: &'c Changes<'_>,
    fates: &'c Fates,
    users: &'c Users<'_>,
) -> impl Iterator<Item = Id> + 'c {
    let own = |catalog: &Catalog, id: &Id| match &catalog.objects[id].object {
        Object::Index(index) => !index.partitioned && index.parent.is_none(),
        _ => false,
    };
    let free = |id: &&Id| {
        let aside = Id::new(Kind::Index, id.schema(), aside(id));
        users.get(*id).is_none_or(Vec::is_empty) && !changes.from.objects.contains_key(&aside)
    };
    let replaced = fates.iter().filter(|(id, fate)| id.kind() == Kind::Index && *fate == Fate::Replace);
    let replaced =
        replaced.map(|(id, _)| id).filter(move |id| own(&changes.from, id) && own(&changes.to, id));
    replaced
        .filter(|_| changes.locking == Locking::Online)
        .filter(free)
        .filter(|id| is_untouched(changes, fates, id))
        .cloned()
}

/// Returns whether nothing that the object needs on one side goes, or is altered in a way that it hinders.
fn is_untouched(changes: &Changes<'_>, fates: &Fates, id: &Id) -> bool {
    let nullable = |catalog: &Catalog, column: &Id| {
        let column = catalog.objects.get(column).map(|entry| &entry.object);
        matches!(column, Some(Object::Column(column)) if !column.not_null)
    };
    let calm = |need: &Id| match (fates.of(need), need.kind()) {
        (None | Some(Fate::Create), _) | (Some(Fate::Alter), Kind::Table) => true,
        (Some(Fate::Alter), Kind::Column) => {
            !fates.retyped.contains(need) && (nullable(&changes.from, need) || !nullable(&changes.to, need))
        }
        _ => false,
    };
    let needs = |catalog: &'_ Catalog| catalog.needs.get(id).into_iter().flatten().all(calm);
    needs(&changes.from) && needs(&changes.to)
}

/// The index of a constraint that is built before the constraint is added.
#[derive(Debug)]
pub(super) struct Built {
    /// Its name until then.
    name: String,
    /// Whether the constraint that it takes the place of stays until it is there.
    beside: bool,
}

/// Returns the constraints whose indexes are built before them.
pub(super) fn built(changes: &Changes<'_>, fates: &Fates) -> BTreeMap<Id, Built> {
    let mut built = BTreeMap::new();
    if changes.locking == Locking::Blocking {
        return built;
    }
    let names: HashSet<_> = changes.from.objects.keys().filter_map(relation_name).collect();
    for (id, _) in fates.iter().filter(|(id, _)| id.kind() == Kind::Constraint && fates.comes(id)) {
        let entry = &changes.to.objects[id];
        let (Object::Constraint(constraint), Some(on)) = (&entry.object, &entry.on) else { continue };
        let key = matches!(constraint.form.as_str(), "p" | "u") && !constraint.excludes();
        let there = is_taken_over(changes, fates, &Id::new(Kind::Index, id.schema(), id.part()));
        if key && !there && fates.stays(on) && !is_partitioned(&changes.to, on) {
            let taken = names.contains(&(id.schema(), id.part()));
            let name = if taken { shortened(id.part(), "__coming") } else { id.part().to_owned() };
            let beside = fates.goes(id) && is_untouched(changes, fates, id);
            built.insert(id.clone(), Built { name, beside });
        }
    }
    built
}

/// Returns the schema and name that an object takes among relations; a constraint's are those of its index.
fn relation_name(id: &Id) -> Option<(&str, &str)> {
    match id.kind() {
        Kind::Constraint => Some((id.schema(), id.part())),
        kind => kind.is_relation().then(|| (id.schema(), id.name())),
    }
}

/// Returns the statement that builds a constraint's index.
pub(super) fn build(plan: &Plan<'_>, id: &Id) -> Option<Statement> {
    let (Built { name, .. }, Object::Constraint(constraint)) =
        (plan.built.get(id)?, &plan.to().objects[id].object)
    else {
        return None;
    };
    let sql = format!(
        "CREATE UNIQUE INDEX CONCURRENTLY {} ON {} USING btree {}{}",
        identifier(name),
        plan.to().objects[id].on.as_ref()?.address(),
        columns(constraint)?,
        storage_clauses(constraint),
    );
    Some(Statement::new(id, sql).with(&[Hazard::DataDependent]).alone())
}

/// Returns the columns of a key's index and what it says about nulls, as `CREATE INDEX` has them.
fn columns(constraint: &Constraint) -> Option<String> {
    if !matches!(constraint.form.as_str(), "p" | "u") {
        return None;
    }
    // `UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) DEFERRABLE`
    let definition = constraint.definition.strip_suffix(deferral(constraint))?;
    let (head, columns) = definition.split_at(definition.find('(')?);
    let nulls = if head.ends_with("NULLS NOT DISTINCT ") { " NULLS NOT DISTINCT" } else { "" };
    Some(format!("{columns}{nulls}"))
}

/// Returns what a key's definition ends with (`pg_get_constraintdef_worker` in src/backend/utils/adt/ruleutils.c).
fn deferral(constraint: &Constraint) -> &'static str {
    match (constraint.deferrable, constraint.deferred) {
        (_, true) => " DEFERRABLE INITIALLY DEFERRED",
        (true, false) => " DEFERRABLE",
        (false, false) => "",
    }
}

/// Returns whether a constraint that comes takes the unique index that is there as its own: it has its name and columns, and
/// nothing is said of the index alone.
pub(super) fn is_taken_over(changes: &Changes<'_>, fates: &Fates, index: &Id) -> bool {
    let Some(entry) = changes.from.objects.get(index) else { return false };
    let (Object::Index(is), Some(on)) = (&entry.object, &entry.on) else { return false };
    let id = on.with(Kind::Constraint, index.name());
    let Some(Object::Constraint(shall)) = changes.to.objects.get(&id).map(|entry| &entry.object) else {
        return false;
    };
    let (Some(columns), name) = (columns(shall), identifier(index.name())) else { return false };
    let unique = format!("CREATE UNIQUE INDEX {name} ON {} USING btree {columns}", on.qualified());
    let plain = entry.comment.is_none() && is.statistics.is_empty() && !(is.clustered || is.replica_identity);
    let whole = is.valid && is.parent.is_none() && shall.parent.is_none();
    let stays = |need: &Id| need.kind() != Kind::Column || fates.stays(need);
    fates.stays(on)
        && fates.of(&id) == Some(Fate::Create)
        && (plain && whole)
        && (&is.options, &is.tablespace) == (&shall.options, &shall.tablespace)
        && without_options(&is.definition, &is.options) == unique
        && changes.from.needs.get(index).into_iter().flatten().all(stays)
}

/// Returns what makes the index that was built, or is there already, the constraint's; none where there is none.
pub(super) fn adopt(plan: &Plan<'_>, id: &Id, constraint: &Constraint) -> Option<Statement> {
    let index = Id::new(Kind::Index, id.schema(), id.part());
    let there = is_taken_over(plan.changes, &plan.fates, &index).then_some(id.part());
    let name = there.or_else(|| Some(plan.built.get(id)?.name.as_str()))?;
    let form = if constraint.form == "p" { "PRIMARY KEY" } else { "UNIQUE" };
    let (table, own, name) = (table_of(plan, id, ""), identifier(id.part()), identifier(name));
    let sql = format!("{table} ADD CONSTRAINT {own} {form} USING INDEX {name}{}", deferral(constraint));
    Some(Statement::new(id, sql))
}

impl Plan<'_> {
    /// Returns the step that builds a constraint's index before the constraint is added.
    pub(super) fn build_step(&self, id: &Id) -> Option<Step> {
        self.built.contains_key(id).then(|| (Verb::Build, id.clone()))
    }

    /// Returns whether an index or a constraint stays until what takes its place is built.
    pub(super) fn is_succeeded(&self, id: &Id) -> bool {
        let beside = self.built.get(id).is_some_and(|built| built.beside);
        beside || id.kind() == Kind::Index && self.away_step(id).is_some()
    }

    /// A foreign key that comes is not to rest on what stays for a while only.
    fn referring_last(&self, graph: &mut Graph<Step>, id: &Id) {
        let Some(gone) = self.drop_step(id).filter(|_| self.is_succeeded(id)) else { return };
        let table = self.from().objects[id].on.as_ref();
        let of_table =
            |need: &Id| self.to().objects.get(need).is_some_and(|entry| entry.on.as_ref() == table);
        for (key, entry) in self.to().of_kind(Kind::Constraint).filter(|(key, _)| self.fates.comes(key)) {
            let refers = matches!(&entry.object, Object::Constraint(key) if key.form == "f")
                && self.to().needs.get(key).into_iter().flatten().any(of_table);
            if refers && let Some(make) = self.make_step(key) {
                graph.wait(make, gone);
            }
        }
    }

    /// Lets what is built beside its predecessor come before that goes.
    pub(super) fn successors_first(&self, graph: &mut Graph<Step>) {
        for (id, _) in self.fates.iter() {
            let (Some(make), drop) = (self.make_step(id), self.drop_step(id)) else { continue };
            self.referring_last(graph, id);
            if id.kind() == Kind::Index && self.is_succeeded(id) {
                drop.into_iter().for_each(|drop| graph.wait(drop, make));
            }
            let Some(build) = self.build_step(id) else { continue };
            graph.wait(make, &build);
            for need in self.to().needs.get(id).into_iter().flatten() {
                self.make_step(need).into_iter().for_each(|first| graph.wait(&build, first));
            }
            if let Some(drop) = drop {
                let (last, first) = if self.is_succeeded(id) { (drop, &build) } else { (&build, drop) };
                graph.wait(last, first);
            }
        }
    }
}
