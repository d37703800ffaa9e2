//! Indexes and table constraints. Pure.

use super::column::table_of;
use super::online;
use super::options;
use super::plan::Plan;
use super::small;
use super::statement::{Hazard, Statement};
use crate::catalog::diff::Locking;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Constraint, Index, Object, Relation};
use crate::sql::quote::held::{identifier, qualified};

/// Returns `CREATE INDEX` and what it cannot say.
pub(super) fn create(plan: &Plan<'_>, id: &Id, index: &Index) -> Vec<Statement> {
    let mut sql = index.definition.clone();
    if let Some(tablespace) = &index.tablespace {
        let clause = format!(" TABLESPACE {}", identifier(tablespace));
        match sql.find(" WHERE ") {
            Some(at) => sql.insert_str(at, &clause),
            None => sql.push_str(&clause),
        }
    }
    let on = plan.to().objects[id].on.clone().unwrap_or_else(|| id.clone());
    let lives = plan.fates.stays(&on);
    let mut out = Vec::new();
    if plan.changes.locking == Locking::Online && lives && !index.partitioned {
        let sql = sql.replacen(" INDEX ", " INDEX CONCURRENTLY ", 1);
        out.push(Statement::new(id, sql).alone());
    } else if lives && !index.partitioned {
        out.push(Statement::new(id, sql).with(&[Hazard::IndexBuild]));
    } else {
        out.push(Statement::new(id, sql));
    }
    out.extend(attach(plan, id, &on, index.parent.as_ref()));
    out.extend(marks(plan, id, None, index));
    out
}

/// Returns whether an index is dropped without shutting out those who use its table. One that is renamed out of the way
/// is dropped when its successor is there.
pub(super) fn drops_concurrently(plan: &Plan<'_>, id: &Id) -> bool {
    let Some(entry) = plan.from().objects.get(id) else { return false };
    let lives = entry.on.as_ref().is_some_and(|on| plan.fates.stays(on));
    plan.changes.locking == Locking::Online
        && lives
        && matches!(&entry.object, Object::Index(index) if !index.partitioned && index.parent.is_none())
}

/// Returns the statement that makes the index a part of its partitioned parent; none when attaching the table does.
fn attach(plan: &Plan<'_>, id: &Id, on: &Id, parent: Option<&Relation>) -> Option<Statement> {
    let parent = parent?;
    let linked = plan.to().parents(on).iter().any(|(_, link)| plan.linked(on, &link.parent));
    let stable = linked || plan.follows_attaching(id);
    let name = if id.kind() == Kind::Constraint { qualified(id.schema(), id.part()) } else { id.address() };
    stable.then(|| Statement::new(id, format!("ALTER INDEX {} ATTACH PARTITION {name}", parent.qualified())))
}

fn marks(plan: &Plan<'_>, id: &Id, from: Option<&Index>, to: &Index) -> Vec<Statement> {
    let mut out = Vec::new();
    let before = from.map(|from| (from.clustered, from.replica_identity)).unwrap_or_default();
    out.extend(table_marks(plan, id, before, (to.clustered, to.replica_identity)));
    let none = std::collections::BTreeMap::new();
    let before = from.map_or(&none, |from| &from.statistics);
    let columns: std::collections::BTreeSet<_> = before.keys().chain(to.statistics.keys()).collect();
    for column in columns {
        if before.get(column) != to.statistics.get(column) {
            let target = to.statistics.get(column).copied().unwrap_or(-1);
            let sql = format!("ALTER INDEX {} ALTER COLUMN {column} SET STATISTICS {target}", id.address());
            out.push(Statement::new(id, sql));
        }
    }
    out
}

/// Whether `CLUSTER` uses an index, and whether it is the replica identity.
type Marks = (bool, bool);

fn marks_of(object: &Object) -> Marks {
    match object {
        Object::Index(index) => (index.clustered, index.replica_identity),
        Object::Constraint(constraint) => (constraint.clustered, constraint.replica_identity),
        _ => (false, false),
    }
}

/// Returns what `ALTER TABLE` says about one of its indexes.
fn table_marks(plan: &Plan<'_>, id: &Id, from: Marks, to: Marks) -> Vec<Statement> {
    let mut out = Vec::new();
    let Some(on) = plan.to().objects[id].on.as_ref() else { return out };
    let name = identifier(if id.kind() == Kind::Constraint { id.part() } else { id.name() });
    // A mark that another index takes over is not taken away first.
    let passed = || {
        let indexes = plan.to().objects.values().filter(|entry| entry.on.as_ref() == Some(on));
        indexes
            .map(|entry| marks_of(&entry.object))
            .fold((false, false), |all, one| (all.0 || one.0, all.1 || one.1))
    };
    let on_address = on.address();
    if from.0 != to.0 && to.0 {
        out.push(Statement::new(id, format!("ALTER TABLE {on_address} CLUSTER ON {name}")));
    } else if from.0 != to.0 && !passed().0 {
        out.push(Statement::new(id, format!("ALTER TABLE {on_address} SET WITHOUT CLUSTER")));
    }
    if from.1 != to.1 && to.1 {
        out.push(Statement::new(
            id,
            format!("ALTER TABLE ONLY {on_address} REPLICA IDENTITY USING INDEX {name}"),
        ));
    } else if from.1 != to.1 && !passed().1 && plan.fates.of(on).is_none() {
        out.push(Statement::new(id, format!("ALTER TABLE ONLY {on_address} REPLICA IDENTITY DEFAULT")));
    }
    out
}

/// Returns the statements that alter an index in place.
pub(super) fn alter(plan: &Plan<'_>, id: &Id, from: &Index, to: &Index) -> Vec<Statement> {
    let mut out =
        storage(id, &id.address(), (&from.options, &to.options), (&from.tablespace, &to.tablespace));
    let on = plan.to().objects[id].on.clone().unwrap_or_else(|| id.clone());
    if from.parent != to.parent {
        out.extend(attach(plan, id, &on, to.parent.as_ref()));
    }
    if !from.valid && to.valid && !to.partitioned {
        out.push(Statement::new(id, format!("REINDEX INDEX {}", id.address())).with(&[Hazard::IndexBuild]));
    }
    out.extend(marks(plan, id, Some(from), to));
    out
}

type Both<'a, T> = (&'a T, &'a T);

fn storage(
    id: &Id,
    index: &str,
    options: Both<'_, Vec<String>>,
    tablespace: Both<'_, Option<String>>,
) -> Vec<Statement> {
    let mut clauses = options::changes(options.0, options.1);
    if tablespace.0 != tablespace.1 {
        let name = tablespace.1.as_deref().unwrap_or("pg_default");
        clauses.push(format!("SET TABLESPACE {}", identifier(name)));
    }
    clauses.into_iter().map(|clause| Statement::new(id, format!("ALTER INDEX {index} {clause}"))).collect()
}

fn parameters(constraint: &Constraint) -> String {
    if constraint.options.is_empty() {
        return String::new();
    }
    format!(" WITH ({})", options::list(&constraint.options).join(", "))
}

/// Returns what `CREATE INDEX` says of the storage of a constraint's index.
pub(super) fn storage_clauses(constraint: &Constraint) -> String {
    let tablespace = constraint.tablespace.iter();
    let tablespace = tablespace.map(|tablespace| format!(" TABLESPACE {}", identifier(tablespace)));
    parameters(constraint) + &tablespace.collect::<String>()
}

/// Returns what follows `ADD CONSTRAINT name`, the index's storage included.
pub(super) fn constraint_definition(constraint: &Constraint) -> String {
    let mut extra = String::new();
    // PostgreSQL prints them in an exclusion constraint's definition.
    if constraint.form != "x" {
        extra.push_str(&parameters(constraint));
    }
    if let Some(tablespace) = &constraint.tablespace {
        extra.push_str(&format!(" USING INDEX TABLESPACE {}", identifier(tablespace)));
    }
    let definition = &constraint.definition;
    // The index parameters come before an exclusion's condition and before the deferrability.
    let at = [" WHERE (", " DEFERRABLE"].iter().filter_map(|mark| definition.find(mark)).min();
    let at = at.filter(|_| !extra.is_empty()).unwrap_or(definition.len());
    format!("{}{extra}{}", &definition[..at], &definition[at..])
}

/// Returns `ALTER TABLE … ADD CONSTRAINT` and what it cannot say.
pub(super) fn create_constraint(plan: &Plan<'_>, id: &Id, constraint: &Constraint) -> Vec<Statement> {
    let on = plan.to().objects[id].on.clone().unwrap_or_else(|| id.clone());
    let indexed = matches!(constraint.form.as_str(), "p" | "u" | "x") && !constraint.excludes();
    let branches = indexed && is_partitioned(plan.to(), &on);
    let only = if branches { "ONLY " } else { "" };
    let head = format!("{} ADD CONSTRAINT {} ", table_of(plan, id, only), identifier(id.part()));
    let mut definition = constraint_definition(constraint);
    let lives = plan.fates.stays(&on);
    let checked = matches!(constraint.form.as_str(), "c" | "f") && constraint.validated && lives;
    let hazards: &[Hazard] = match constraint.form.as_str() {
        // A partitioned table has no rows of its own.
        _ if !lives || branches => &[],
        "c" | "f" if constraint.validated => &[Hazard::LongScan, Hazard::DataDependent],
        "c" | "f" => &[],
        _ => &[Hazard::IndexBuild, Hazard::DataDependent],
    };
    let online = checked && plan.changes.locking == Locking::Online && !is_partitioned(plan.to(), &on);
    if online {
        definition.push_str(" NOT VALID");
    }
    let mut out: Vec<Statement> = plan.freed(id).into_iter().collect();
    let adopted = online::adopt(plan, id, constraint);
    let whole = || Statement::new(id, head + &definition).with(if online { &[] } else { hazards });
    out.push(adopted.unwrap_or_else(whole));
    if online {
        out.push(validate(plan, id).after_commit());
    }
    out.extend(attach(plan, id, &on, constraint.parent.as_ref()));
    out.extend(constraint_marks(plan, id, None, constraint));
    out
}

pub(super) fn is_partitioned(catalog: &Catalog, table: &Id) -> bool {
    let entry = catalog.objects.get(table);
    matches!(entry.map(|entry| &entry.object), Some(Object::Table(table)) if table.partition_key.is_some())
}

fn validate(plan: &Plan<'_>, id: &Id) -> Statement {
    let sql = format!("{} VALIDATE CONSTRAINT {}", table_of(plan, id, ""), identifier(id.part()));
    Statement::new(id, sql).with(&[Hazard::LongScan, Hazard::DataDependent])
}

/// Returns what a constraint that came with its parent's, or with being attached, needs besides. A check that is added `NOT
/// VALID` to a parent is so in the children, where it may hold for every row.
pub(super) fn brought(plan: &Plan<'_>, id: &Id, constraint: &Constraint) -> Option<Statement> {
    let origins = plan.inherited_from(plan.to(), id);
    let doubtful = |origin: &Id| match &plan.to().objects[origin].object {
        Object::Constraint(origin) => !origin.validated,
        _ => false,
    };
    if constraint.form == "c" && constraint.validated && origins.iter().any(doubtful) {
        return Some(validate(plan, id));
    }
    let chosen =
        (constraint.parent.is_some() && constraint.excludes()).then(|| chosen_name(id, constraint))?;
    (chosen != id.part()).then(|| {
        let (table, old, new) = (table_of(plan, id, ""), identifier(&chosen), identifier(id.part()));
        Statement::new(id, format!("{table} RENAME CONSTRAINT {old} TO {new}"))
    })
}

/// Returns the name that PostgreSQL gives a partition's constraint that excludes (`ChooseIndexName` in
/// src/backend/commands/indexcmds.c).
fn chosen_name(id: &Id, constraint: &Constraint) -> String {
    if constraint.form == "p" {
        return small::shortened(id.name(), "_pkey");
    }
    let list = constraint.definition.split_once('(').map_or("", |(_, list)| list);
    let name = |element: &str| match element.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default().to_owned(),
        None if element.starts_with('(') || element.contains('(') => "expr".to_owned(),
        None => element.split([' ', ')']).next().unwrap_or_default().to_owned(),
    };
    let end = [" WITHOUT OVERLAPS)", ")"].iter().find_map(|end| list.find(end)).unwrap_or(list.len());
    let names: Vec<String> = list[..end].split(", ").map(name).collect();
    small::shortened(&format!("{}_{}", id.name(), names.join("_")), "_excl")
}

/// Returns what is said about a constraint's index apart from the constraint.
pub(super) fn constraint_marks(
    plan: &Plan<'_>,
    id: &Id,
    from: Option<&Constraint>,
    to: &Constraint,
) -> Vec<Statement> {
    let before = from.map(|from| (from.clustered, from.replica_identity)).unwrap_or_default();
    table_marks(plan, id, before, (to.clustered, to.replica_identity))
}

/// Returns the statements that alter a constraint in place.
pub(super) fn alter_constraint(
    plan: &Plan<'_>,
    id: &Id,
    from: &Constraint,
    to: &Constraint,
) -> Vec<Statement> {
    let mut out = Vec::new();
    if from.form == "f" && (from.deferrable, from.deferred) != (to.deferrable, to.deferred) {
        let when = match (to.deferrable, to.deferred) {
            (true, true) => "DEFERRABLE INITIALLY DEFERRED",
            (true, false) => "DEFERRABLE INITIALLY IMMEDIATE",
            _ => "NOT DEFERRABLE",
        };
        let sql = format!("{} ALTER CONSTRAINT {} {when}", table_of(plan, id, ""), identifier(id.part()));
        out.push(Statement::new(id, sql));
    }
    if !from.validated && to.validated {
        out.push(validate(plan, id));
    }
    let index = qualified(id.schema(), id.part());
    out.extend(storage(id, &index, (&from.options, &to.options), (&from.tablespace, &to.tablespace)));
    if from.parent != to.parent {
        let on = plan.to().objects[id].on.clone().unwrap_or_else(|| id.clone());
        out.extend(attach(plan, id, &on, to.parent.as_ref()));
    }
    out.extend(constraint_marks(plan, id, Some(from), to));
    out
}
