//! Columns: their definition in `CREATE TABLE`, and what alters them. Pure.

use super::not_null;
use super::options;
use super::plan::Plan;
use super::retype;
use super::sequence;
use super::statement::{Hazard, Statement};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Column, Object, Sequence};
use crate::sql::quote::held::{identifier, literal, qualified};

/// Returns the column's definition as `CREATE TABLE` and `ADD COLUMN` write it, with its default where it is given.
pub(super) fn definition(plan: &Plan<'_>, id: &Id, column: &Column, default: Option<&str>) -> String {
    let mut sql = format!("{} {}", identifier(id.part()), column.type_name);
    if let Some(compression) = &column.compression {
        sql.push_str(&format!(" COMPRESSION {}", compression_word(compression)));
    }
    sql.push_str(&options::foreign(&column.server_options));
    if let Some(collation) = &column.collation {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    sql.push_str(&constraints(plan, id, column, default));
    sql
}

/// Returns what follows a column's name and type: default, generation, identity and nullability.
pub(super) fn constraints(plan: &Plan<'_>, id: &Id, column: &Column, default: Option<&str>) -> String {
    let mut sql = String::new();
    if let (Some(kind), Some(expression)) = (&column.generated, &column.expression) {
        let kind = if kind == "v" { "VIRTUAL" } else { "STORED" };
        sql.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {kind}"));
    }
    if let (Some(identity), Some(sequence)) = (&column.identity, &column.sequence) {
        let options = sequence::identity_options(id, &column.base, sequence);
        sql.push_str(&format!(" GENERATED {} AS IDENTITY{options}", identity_word(identity)));
    }
    if let Some(default) = default {
        sql.push_str(&format!(" DEFAULT {default}"));
    }
    if column.not_null && column.not_null_valid {
        sql.push_str(&not_null::definition(plan, id, column));
    }
    sql
}

fn identity_word(identity: &str) -> &'static str {
    if identity == "a" { "ALWAYS" } else { "BY DEFAULT" }
}

fn compression_word(letter: &str) -> &'static str {
    if letter == "l" { "lz4" } else { "pglz" }
}

/// Returns `ALTER TABLE [ONLY] table`, by the table's kind.
pub(super) fn table_of(plan: &Plan<'_>, part: &Id, only: &str) -> String {
    let on = plan
        .to()
        .objects
        .get(part)
        .or_else(|| plan.from().objects.get(part))
        .and_then(|entry| entry.on.clone());
    let (noun, only) = match on.map_or(Kind::Table, |on| on.kind()) {
        Kind::Table => ("TABLE", only),
        Kind::ForeignTable => ("FOREIGN TABLE", only),
        Kind::MaterializedView => ("MATERIALIZED VIEW", ""),
        _ => ("VIEW", ""),
    };
    format!("ALTER {noun} {only}{}", part.qualified())
}

/// Returns `ALTER TABLE … ADD COLUMN` and what it cannot say.
pub(super) fn add(plan: &Plan<'_>, id: &Id, column: &Column, default: Option<&str>) -> Vec<Statement> {
    if let Some(generation) = identity_apart(plan, id, column) {
        return generation;
    }
    let stored = plan.to().objects[id].on.as_ref().is_some_and(|on| plan.stored.contains(on));
    if let (true, Some(default)) = (stored, default) {
        return default_apart(plan, id, column, default);
    }
    let sql = format!("{} ADD COLUMN {}", table_of(plan, id, ""), definition(plan, id, column, default));
    let mut statement = Statement::new(id, sql);
    if column.not_null && default.is_none() && column.generated.is_none() && column.identity.is_none() {
        statement = statement.with(&[Hazard::DataDependent]);
    }
    if column.generated.as_deref() == Some("s") || column.identity.is_some() {
        statement = statement.with(&[Hazard::TableRewrite]);
    }
    let mut out = vec![statement];
    out.extend(settings(plan, id, None, column));
    out
}

/// PostgreSQL does not add a column with a default to a table whose rows something stores as values.
fn default_apart(plan: &Plan<'_>, id: &Id, column: &Column, default: &str) -> Vec<Statement> {
    let (table, name) = (table_of(plan, id, ""), identifier(id.part()));
    let mut plain = column.clone();
    plain.not_null = false;
    let mut out = add(plan, id, &plain, None);
    out.push(Statement::new(id, format!("{table} ALTER COLUMN {name} SET DEFAULT {default}")));
    let fill = format!("UPDATE {} SET {name} = DEFAULT", id.qualified());
    out.push(Statement::new(id, fill).with(&[Hazard::TableRewrite]));
    if column.not_null {
        out.extend(not_null::added(plan, id, column));
    }
    out
}

/// PostgreSQL does not add an identity column to a table that others inherit: they would not have the identity.
fn identity_apart(plan: &Plan<'_>, id: &Id, column: &Column) -> Option<Vec<Statement>> {
    column.identity.as_ref()?;
    let on = plan.to().objects.get(id)?.on.as_ref()?;
    if !plan.inherited.contains(on) {
        return None;
    }
    let mut plain = column.clone();
    (plain.identity, plain.sequence) = (None, None);
    let mut out = add(plan, id, &plain, None);
    let table = table_of(plan, id, "ONLY ");
    out.extend(identity(id, (&plain, column), &format!("{table} ALTER COLUMN {}", identifier(id.part()))));
    Some(out)
}

/// Returns what is set apart from the definition: storage, statistics, options.
pub(super) fn settings(plan: &Plan<'_>, id: &Id, from: Option<&Column>, to: &Column) -> Vec<Statement> {
    let alter = format!("{} ALTER COLUMN {}", table_of(plan, id, "ONLY "), identifier(id.part()));
    let mut out = Vec::new();
    if let (None, Some(shall)) = (from, to.sequence.as_ref().filter(|_| to.identity.is_some())) {
        out.extend(sequence::made_for(id, &to.base, shall));
    }
    let mut set = |clause: String| out.push(Statement::new(id, format!("{alter} {clause}")));
    if from.and_then(|from| from.storage.as_ref()) != to.storage.as_ref() {
        let word = to.storage.as_deref().or_else(|| default_storage(&to.base));
        set(format!("SET STORAGE {}", word.map_or("DEFAULT", storage_word)));
    }
    if from.is_some_and(|from| from.compression != to.compression) {
        let word = to.compression.as_deref().map_or("DEFAULT", compression_word);
        set(format!("SET COMPRESSION {word}"));
    }
    if from.and_then(|from| from.statistics) != to.statistics {
        set(format!("SET STATISTICS {}", to.statistics.unwrap_or(-1)));
    }
    let none = Vec::new();
    for clause in options::changes(from.map_or(&none, |from| &from.options), &to.options) {
        set(clause);
    }
    if let Some(clause) =
        from.and_then(|from| options::foreign_changes(&from.server_options, &to.server_options))
    {
        set(clause);
    }
    out.extend(logged(plan, id, from, to));
    if from.is_none() {
        out.extend(not_null::created(plan, id, to));
    }
    out
}

/// An identity's sequence is logged as its table is when it is made; from PostgreSQL 15 on it may be otherwise.
fn logged(plan: &Plan<'_>, id: &Id, from: Option<&Column>, to: &Column) -> Option<Statement> {
    let sequence = to.sequence.as_ref().filter(|_| plan.to().version >= 15)?;
    let on = plan.to().objects.get(id)?.on.as_ref().filter(|on| plan.logged_anew(on).is_none())?;
    let table = match &plan.to().objects.get(on)?.object {
        Object::Table(table) => &table.persistence,
        _ => return None,
    };
    let born = from.and_then(|from| from.sequence.as_ref()).map_or(table, |old| &old.persistence);
    (*born != sequence.persistence).then(|| sequence::logged(id, sequence))
}

fn storage_word(letter: &str) -> &'static str {
    match letter {
        "p" => "PLAIN",
        "e" => "EXTERNAL",
        "m" => "MAIN",
        _ => "EXTENDED",
    }
}

/// Returns the storage of types for which `SET STORAGE DEFAULT`, which PostgreSQL 16 brought, must be spelled out.
fn default_storage(base: &str) -> Option<&'static str> {
    match base {
        "numeric" | "inet" | "cidr" => Some("m"),
        _ => Some("x"),
    }
}

/// Returns the statements that alter a column in place.
pub(super) fn alter(plan: &Plan<'_>, id: &Id, from: &Column, to: &Column) -> Vec<Statement> {
    let table = table_of(plan, id, "");
    let alter = format!("{table} ALTER COLUMN {}", identifier(id.part()));
    let inherited =
        !plan.inherited_from(plan.to(), id).is_empty() || plan.attribute_of(plan.to(), id).is_some();
    let (from, to) = (&own_identity(plan, plan.from(), id, from), &own_identity(plan, plan.to(), id, to));
    let mut out = Vec::new();
    if from.identity.is_some() && to.identity.is_none() {
        out.push(Statement::new(id, format!("{alter} DROP IDENTITY")));
    }
    let dropped = |from: &Column, to: &Column| from.generated.is_some() && to.generated.is_none();
    if dropped(from, to) && !parents_change(plan, id, dropped) {
        out.push(Statement::new(id, format!("{alter} DROP EXPRESSION")));
    }
    out.extend(not_null::dropped(plan, id, from, to));
    if plan.fates.retyped.contains(id) && !inherited {
        out.push(retype::statement(plan, id, (from, to), &alter));
    }
    if let (true, Some(expression)) =
        (to.generated.is_some() && from.expression != to.expression, &to.expression)
    {
        // A child's may differ: it has a statement of its own.
        let only = table_of(plan, id, "ONLY ");
        let sql = format!("{only} ALTER COLUMN {} SET EXPRESSION AS ({expression})", identifier(id.part()));
        out.push(Statement::new(id, sql).with(&[Hazard::TableRewrite, Hazard::AccessExclusiveLock]));
    }
    out.extend(not_null::changed(plan, id, from, to));
    out.extend(identity(id, (from, to), &alter));
    out.extend(settings(plan, id, Some(&left_by_retyping(plan, id, from)), to));
    out
}

/// `ALTER COLUMN … TYPE` leaves the new type's storage and compression, whatever the column had.
fn left_by_retyping(plan: &Plan<'_>, id: &Id, from: &Column) -> Column {
    let mut column = from.clone();
    if plan.fates.retyped.contains(id) {
        (column.storage, column.compression) = (None, None);
    }
    column
}

/// Returns what a column has that `ADD COLUMN` on a parent or `ADD ATTRIBUTE` of its type brought, and what it was made
/// after has not.
pub(super) fn brought(plan: &Plan<'_>, id: &Id, members: &[Id]) -> Vec<Statement> {
    let column = |id: &Id| match plan.to().objects.get(id).map(|entry| &entry.object) {
        Some(Object::Column(column)) => Some(column),
        _ => None,
    };
    let origins = plan.inherited_from(plan.to(), id).into_iter();
    let origin = origins.chain(plan.attribute_of(plan.to(), id)).next();
    let (Some(own), Some(origin)) = (column(id), &origin) else { return Vec::new() };
    let Some(parent) = column(origin) else { return Vec::new() };
    let alter = format!("{} ALTER COLUMN {}", table_of(plan, id, "ONLY "), identifier(id.part()));
    let mut out = Vec::new();
    let default = |id: &Id| id.with(Kind::Default, id.part());
    if members.contains(&default(origin)) && !plan.to().objects.contains_key(&default(id)) {
        out.push(Statement::new(id, format!("{alter} DROP DEFAULT")));
    }
    if own.not_null && !parent.not_null {
        out.extend(not_null::added(plan, id, own));
    }
    let mut born = own.clone();
    (born.storage, born.statistics, born.options) = (None, None, Vec::new());
    born.compression.clone_from(&parent.compression);
    out.extend(settings(plan, id, Some(&born), own));
    out
}

/// Returns whether a parent's column, which takes its children's along, changes like that in place.
fn parents_change(plan: &Plan<'_>, id: &Id, like_that: impl Fn(&Column, &Column) -> bool) -> bool {
    let column = |catalog: &Catalog, id: &Id| match &catalog.objects.get(id)?.object {
        Object::Column(column) => Some(column.clone()),
        _ => None,
    };
    plan.inherited_from(plan.to(), id).iter().any(|origin| {
        let sides = column(plan.from(), origin).zip(column(plan.to(), origin));
        sides.is_some_and(|(from, to)| like_that(&from, &to))
    })
}

/// A partition has its parent's identity since PostgreSQL 17: it comes and goes with being attached and with the parent's.
pub(super) fn own_identity(plan: &Plan<'_>, catalog: &Catalog, id: &Id, column: &Column) -> Column {
    let mut own = column.clone();
    let on = catalog.objects.get(id).and_then(|entry| entry.on.as_ref());
    let partition = |on: &Id| catalog.parents(on).iter().any(|(_, link)| link.bound.is_some());
    if plan.to().version >= 17 && column.identity.is_some() && column.inherited && on.is_some_and(partition) {
        (own.identity, own.sequence) = (None, None);
    }
    own
}

fn identity(id: &Id, (from, to): (&Column, &Column), alter: &str) -> Vec<Statement> {
    let mut out = Vec::new();
    let (Some(word), Some(sequence)) = (&to.identity, &to.sequence) else { return out };
    let Some(old) = from.sequence.as_ref().filter(|_| from.identity.is_some()) else {
        let options = sequence::identity_options(id, &to.base, sequence);
        out.push(Statement::new(
            id,
            format!("{alter} ADD GENERATED {} AS IDENTITY{options}", identity_word(word)),
        ));
        out.extend(sequence::made_for(id, &to.base, sequence));
        out.push(continued(id, sequence));
        return out;
    };
    if from.identity != to.identity {
        out.push(Statement::new(id, format!("{alter} SET GENERATED {}", identity_word(word))));
    }
    let same_name = old.name == sequence.name && old.schema == sequence.schema;
    if !same_name {
        let name = qualified(&old.schema, &old.name);
        out.push(Statement::new(
            id,
            format!("ALTER SEQUENCE {name} RENAME TO {}", identifier(&sequence.name)),
        ));
    }
    // A column that gets another type gives it to its sequence.
    let is = if from.base == to.base { (**old).clone() } else { sequence::retyped(old, &to.base) };
    if is.type_name != sequence.type_name {
        out.extend(sequence::altered(id, &is, sequence));
        return out;
    }
    let options: Vec<_> =
        sequence::changed(&is, sequence).into_iter().map(|option| format!("SET {option}")).collect();
    if !options.is_empty() {
        let options = options.join(" ").replace("SET RESTART", "RESTART");
        out.push(Statement::new(id, format!("{alter} {options}")));
    }
    out
}

/// Returns the statement that lets a new sequence go on after the values that the column has.
pub(super) fn continued(id: &Id, sequence: &Sequence) -> Statement {
    let name = literal(&qualified(&sequence.schema, &sequence.name));
    let (pick, column) = (if sequence.increment > 0 { "max" } else { "min" }, identifier(id.part()));
    let sql = format!(
        "SELECT pg_catalog.setval({name}, {pick}({column})) FROM {} HAVING {pick}({column}) BETWEEN {} AND {}",
        id.qualified(),
        sequence.min,
        sequence.max,
    );
    Statement::new(id, sql)
}
