//! Enums, domains and composite types. Pure.

use super::plan::Plan;
use super::retype;
use super::statement::{Hazard, Statement};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Column, Domain, Entry, Enum, Object};
use crate::sql::quote::held::{identifier, literal};

/// Returns `CREATE TYPE … AS ENUM`.
pub(super) fn create_enum(id: &Id, labels: &Enum) -> Vec<Statement> {
    let labels: Vec<_> = labels.labels.iter().map(|label| literal(label)).collect();
    vec![Statement::new(id, format!("CREATE TYPE {} AS ENUM ({})", id.address(), labels.join(", ")))]
}

/// Returns the `ADD VALUE` of each label that is not there, each at its place.
pub(super) fn alter_enum(id: &Id, from: &Enum, to: &Enum) -> Vec<Statement> {
    let mut present: Vec<&String> = from.labels.iter().collect();
    let mut out = Vec::new();
    for (at, label) in to.labels.iter().enumerate() {
        if present.contains(&label) {
            continue;
        }
        let next = to.labels[at + 1..].iter().find(|next| present.contains(next));
        let place = next.map(|next| format!(" BEFORE {}", literal(next))).unwrap_or_default();
        let sql = format!("ALTER TYPE {} ADD VALUE {}{place}", id.address(), literal(label));
        out.push(Statement::new(id, sql));
        present.push(label);
    }
    out
}

/// Returns `CREATE DOMAIN` with those checks that are folded into it.
pub(super) fn create_domain(plan: &Plan<'_>, id: &Id, domain: &Domain, members: &[Id]) -> Vec<Statement> {
    let mut sql = format!("CREATE DOMAIN {} AS {}", id.address(), domain.type_name);
    if let Some(collation) = &domain.collation {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(default) = &domain.default {
        sql.push_str(&format!(" DEFAULT {default}"));
    }
    if domain.not_null {
        let name = domain.not_null_constraint.as_ref();
        sql.extend(name.map(|name| format!(" CONSTRAINT {}", identifier(name))));
        sql.push_str(" NOT NULL");
    }
    let mut later = Vec::new();
    for member in members {
        if let Object::DomainConstraint(check) = &plan.to().objects[member].object {
            let constraint = format!("CONSTRAINT {} {}", identifier(member.part()), check.definition);
            if check.validated {
                sql.push_str(&format!("\n    {constraint}"));
            } else {
                later.push(Statement::new(member, format!("ALTER DOMAIN {} ADD {constraint}", id.address())));
            }
        }
    }
    let mut out = vec![Statement::new(id, sql)];
    out.extend(later);
    out.extend(not_null_comment(id, None, domain));
    out
}

fn not_null_name(id: &Id, domain: &Domain) -> String {
    identifier(&domain.not_null_constraint.clone().unwrap_or_else(|| format!("{}_not_null", id.name())))
}

fn not_null_comment(id: &Id, from: Option<&Domain>, to: &Domain) -> Option<Statement> {
    let before = from.filter(|from| from.not_null).and_then(|from| from.not_null_comment.as_ref());
    (to.not_null && before != to.not_null_comment.as_ref()).then(|| {
        let text = to.not_null_comment.as_deref().map_or_else(|| "NULL".to_owned(), literal);
        let name = not_null_name(id, to);
        Statement::new(id, format!("COMMENT ON CONSTRAINT {name} ON DOMAIN {} IS {text}", id.address()))
    })
}

/// Returns the statements that alter a domain in place.
pub(super) fn alter_domain(id: &Id, from: &Domain, to: &Domain) -> Vec<Statement> {
    let mut out = Vec::new();
    let mut alter = |clause: String, hazards: &[Hazard]| {
        out.push(Statement::new(id, format!("ALTER DOMAIN {} {clause}", id.address())).with(hazards));
    };
    if from.default != to.default {
        alter(
            to.default
                .as_ref()
                .map_or_else(|| "DROP DEFAULT".to_owned(), |value| format!("SET DEFAULT {value}")),
            &[],
        );
    }
    if from.not_null && !to.not_null {
        alter("DROP NOT NULL".to_owned(), &[]);
    }
    if !from.not_null && to.not_null {
        let name = to.not_null_constraint.as_ref().map(|name| identifier(name));
        let named = name.map(|name| format!("ADD CONSTRAINT {name} NOT NULL"));
        let clause = named.unwrap_or_else(|| "SET NOT NULL".to_owned());
        alter(clause, &[Hazard::LongScan, Hazard::DataDependent]);
    }
    if from.not_null && to.not_null && from.not_null_constraint != to.not_null_constraint {
        alter(format!("RENAME CONSTRAINT {} TO {}", not_null_name(id, from), not_null_name(id, to)), &[]);
    }
    out.extend(not_null_comment(id, Some(from), to));
    out
}

/// Returns whether the base type is more than a shell.
pub(super) fn is_defined(base: &Entry) -> bool {
    matches!(&base.object, Object::Plain(plain) if plain.create.is_some())
}

/// Returns the base type that the object is the shell of or a function that it needs back: PostgreSQL drops them together.
pub(super) fn defined_by(catalog: &Catalog, id: &Id) -> Option<Id> {
    let base = |shell: &Id| shell.with(Kind::BaseType, "");
    match id.kind() {
        Kind::ShellType => Some(base(id)),
        Kind::Function => {
            let needs = catalog.needs.get(id)?.iter();
            let mut types = needs.filter(|need| need.kind() == Kind::ShellType).map(base);
            types.find(|base| catalog.needs.get(base).is_some_and(|needs| needs.binary_search(id).is_ok()))
        }
        _ => None,
    }
}

/// Returns `CREATE TYPE … AS (…)`.
pub(super) fn create_composite(plan: &Plan<'_>, id: &Id) -> Vec<Statement> {
    let columns = plan.to().columns(id);
    let attributes: Vec<_> = columns.iter().map(|(id, column)| attribute(id, column)).collect();
    let body = if attributes.is_empty() {
        "()".to_owned()
    } else {
        format!("(\n    {}\n)", attributes.join(",\n    "))
    };
    vec![Statement::new(id, format!("CREATE TYPE {} AS {body}", id.address()))]
}

fn attribute(id: &Id, column: &Column) -> String {
    let collation = column.collation.as_ref().map(|name| format!(" COLLATE {name}")).unwrap_or_default();
    format!("{} {}{collation}", identifier(id.part()), column.type_name)
}

/// Returns `ALTER TYPE … ADD ATTRIBUTE`.
pub(super) fn add_attribute(plan: &Plan<'_>, id: &Id, column: &Column) -> Vec<Statement> {
    let sql = format!("ALTER TYPE {} ADD ATTRIBUTE {}", id.qualified(), attribute(id, column));
    vec![Statement::new(id, sql + cascade(plan, id))]
}

/// Returns `ALTER TYPE … DROP ATTRIBUTE`.
pub(super) fn drop_attribute(plan: &Plan<'_>, id: &Id) -> String {
    format!("ALTER TYPE {} DROP ATTRIBUTE {}{}", id.qualified(), identifier(id.part()), cascade(plan, id))
}

/// Returns the word that takes the tables of the type along, where there are any.
fn cascade(plan: &Plan<'_>, id: &Id) -> &'static str {
    if typed(plan.from(), id).next().is_some() { " CASCADE" } else { "" }
}

/// Returns the tables of the attribute's type.
fn typed<'a>(catalog: &'a Catalog, attribute: &Id) -> impl Iterator<Item = &'a Id> {
    let home = attribute.qualified();
    let tables = catalog.of_kind(Kind::Table);
    let of_type = move |entry: &Entry| matches!(&entry.object, Object::Table(table) if table.of_type.as_ref() == Some(&home));
    tables.filter(move |(_, entry)| of_type(entry)).map(|(id, _)| id)
}

/// Returns `ALTER TYPE … ALTER ATTRIBUTE` when the type differs. It has no `USING`: where PostgreSQL does not convert the
/// values of the type's tables by itself, those are altered apart from the type meanwhile.
pub(super) fn alter_attribute(plan: &Plan<'_>, id: &Id, from: &Column, to: &Column) -> Vec<Statement> {
    if (&from.type_name, &from.collation) == (&to.type_name, &to.collation) {
        return Vec::new();
    }
    let name = identifier(id.part());
    let collation = to.collation.as_ref().map(|name| format!(" COLLATE {name}")).unwrap_or_default();
    let sql =
        format!("ALTER TYPE {} ALTER ATTRIBUTE {name} TYPE {}{collation}", id.qualified(), to.type_name);
    let tables: Vec<&Id> = typed(plan.from(), id).collect();
    let stays = |table: &&Id| typed(plan.to(), id).any(|other| other == *table) && plan.fates.stays(table);
    if retype::conversion(plan.from(), from, to).is_none() || !tables.iter().all(stays) {
        let fails = !retype::takes_all(plan.from(), from, to);
        let hazards = if tables.is_empty() { &[] } else { retype::hazards(from, to, fails) };
        return vec![Statement::new(id, sql + cascade(plan, id)).with(hazards)];
    }
    let alter = |clause: &str| {
        let clause = |table: &&Id| Statement::new(id, format!("ALTER TABLE {} {clause}", table.address()));
        tables.iter().map(clause).collect::<Vec<_>>()
    };
    let mut out = alter("NOT OF");
    for table in &tables {
        let column = table.with(Kind::Column, id.part());
        let alter = format!("ALTER TABLE {} ALTER COLUMN {name}", table.address());
        out.push(retype::statement(plan, &column, (from, to), &alter));
    }
    out.push(Statement::new(id, sql));
    out.extend(alter(&format!("OF {}", id.qualified())));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_added_each_before_the_next_that_is_there() {
        let labels = |text: &str| Enum { labels: text.chars().map(String::from).collect() };
        let id = Id::new(Kind::Enum, "s", "e");
        let sql: Vec<_> = alter_enum(&id, &labels("bd"), &labels("abcde"))
            .into_iter()
            .map(|statement| statement.sql)
            .collect();
        assert_eq!(
            sql,
            [
                "ALTER TYPE s.e ADD VALUE 'a' BEFORE 'b'",
                "ALTER TYPE s.e ADD VALUE 'c' BEFORE 'd'",
                "ALTER TYPE s.e ADD VALUE 'e'"
            ]
        );
    }
}
