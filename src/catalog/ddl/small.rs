//! The kinds whose statements are one line each. Pure.

use super::column::table_of;
use super::options;
use super::plan::Plan;
use super::statement::{Hazard, Statement};
use crate::catalog::diff::{Changes, Rename};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{
    Default, DomainConstraint, Extension, Function, Inheritance, Ownership, Plain, Policy, Trigger,
};
use crate::sql::quote::held::{identifier, literal};

/// Returns `CREATE EXTENSION`.
pub(super) fn create_extension(id: &Id, extension: &Extension) -> Vec<Statement> {
    let sql = format!("CREATE EXTENSION {} WITH SCHEMA {}", id.address(), identifier(&extension.schema));
    vec![Statement::new(id, format!("{sql} VERSION {}", literal(&extension.version)))]
}

/// Returns the statements that move and update an extension.
pub(super) fn alter_extension(id: &Id, from: &Extension, to: &Extension) -> Vec<Statement> {
    let mut out = Vec::new();
    if from.schema != to.schema {
        out.push(Statement::new(
            id,
            format!("ALTER EXTENSION {} SET SCHEMA {}", id.address(), identifier(&to.schema)),
        ));
    }
    if from.version != to.version {
        out.push(Statement::new(
            id,
            format!("ALTER EXTENSION {} UPDATE TO {}", id.address(), literal(&to.version)),
        ));
    }
    out
}

/// Returns `CREATE OR REPLACE FUNCTION`.
pub(super) fn function(id: &Id, function: &Function) -> Vec<Statement> {
    vec![Statement::new(id, function.definition.trim_end())]
}

/// Returns `ALTER TABLE … SET DEFAULT`.
pub(super) fn set_default(plan: &Plan<'_>, id: &Id, default: &Default) -> Vec<Statement> {
    let alter = format!("{} ALTER COLUMN {}", table_of(plan, id, "ONLY "), identifier(id.part()));
    vec![Statement::new(id, format!("{alter} SET DEFAULT {}", default.expression))]
}

/// Returns `ALTER SEQUENCE … OWNED BY`.
pub(super) fn own(id: &Id, owner: &Ownership) -> Vec<Statement> {
    let column = format!("{}.{}", owner.table.qualified(), identifier(&owner.column));
    vec![Statement::new(id, format!("ALTER SEQUENCE {} OWNED BY {column}", id.qualified()))]
}

/// Returns `ALTER DOMAIN … ADD CONSTRAINT`.
pub(super) fn create_domain_constraint(id: &Id, check: &DomainConstraint) -> Vec<Statement> {
    let name = identifier(id.part());
    let sql = format!("ALTER DOMAIN {} ADD CONSTRAINT {name} {}", id.qualified(), check.definition);
    vec![Statement::new(id, sql).with(&[Hazard::LongScan, Hazard::DataDependent])]
}

/// Returns `ALTER DOMAIN … VALIDATE CONSTRAINT` when the check begins to hold for every value.
pub(super) fn alter_domain_constraint(
    id: &Id,
    from: &DomainConstraint,
    to: &DomainConstraint,
) -> Vec<Statement> {
    if from.validated || !to.validated {
        return Vec::new();
    }
    let sql = format!("ALTER DOMAIN {} VALIDATE CONSTRAINT {}", id.qualified(), identifier(id.part()));
    vec![Statement::new(id, sql).with(&[Hazard::LongScan, Hazard::DataDependent])]
}

/// Returns the statement that makes a table a partition or child.
pub(super) fn link(id: &Id, link: &Inheritance) -> Statement {
    let (parent, child) = (link.parent.qualified(), id.qualified());
    let sql = match &link.bound {
        Some(bound) => format!("ALTER TABLE ONLY {parent} ATTACH PARTITION {child} {bound}"),
        None => format!("ALTER TABLE {child} INHERIT {parent}"),
    };
    Statement::new(id, sql)
}

/// Returns `CREATE TRIGGER` or `CREATE RULE`, and its enabled state.
pub(super) fn create_trigger(id: &Id, trigger: &Trigger) -> Vec<Statement> {
    let mut out = Vec::new();
    if !trigger.cloned {
        out.push(Statement::new(id, trigger.definition.as_str()));
    }
    if trigger.enabled != "O" || trigger.cloned {
        out.push(enable(id, &trigger.enabled));
    }
    out
}

/// Returns the statements that alter a trigger or rule in place. A trigger that is replaced fires as a new one does; a rule
/// stays as it was enabled.
pub(super) fn alter_trigger(id: &Id, from: &Trigger, to: &Trigger) -> Vec<Statement> {
    let mut out = Vec::new();
    let replaced = from.definition != to.definition;
    if replaced {
        out.push(Statement::new(id, to.definition.replacen("CREATE ", "CREATE OR REPLACE ", 1)));
    }
    let is = if replaced && id.kind() == Kind::Trigger { "O" } else { &from.enabled };
    if is != to.enabled {
        out.push(enable(id, &to.enabled));
    }
    out
}

/// Returns the statement that sets a trigger's or rule's enabled state.
pub(super) fn enable(id: &Id, state: &str) -> Statement {
    let state = match state {
        "D" => "DISABLE",
        "R" => "ENABLE REPLICA",
        "A" => "ENABLE ALWAYS",
        _ => "ENABLE",
    };
    let noun = id.kind().noun();
    Statement::new(id, format!("ALTER TABLE {} {state} {noun} {}", id.qualified(), identifier(id.part())))
}

/// Returns `CREATE POLICY`.
pub(super) fn create_policy(id: &Id, policy: &Policy) -> Vec<Statement> {
    let mut sql = format!("CREATE POLICY {}", id.address());
    if !policy.permissive {
        sql.push_str(" AS RESTRICTIVE");
    }
    sql.push_str(match policy.command.as_str() {
        "r" => " FOR SELECT",
        "a" => " FOR INSERT",
        "w" => " FOR UPDATE",
        "d" => " FOR DELETE",
        _ => "",
    });
    sql.push_str(&format!(" TO {}{}", roles(policy), expressions(policy)));
    vec![Statement::new(id, sql)]
}

fn roles(policy: &Policy) -> String {
    let role = |name: &String| if name.is_empty() { "PUBLIC".to_owned() } else { identifier(name) };
    policy.roles.iter().map(role).collect::<Vec<_>>().join(", ")
}

fn expressions(policy: &Policy) -> String {
    let using = policy.using.as_ref().map(|expression| format!(" USING ({expression})"));
    let check = policy.check.as_ref().map(|expression| format!(" WITH CHECK ({expression})"));
    using.unwrap_or_default() + &check.unwrap_or_default()
}

/// Returns `ALTER POLICY`.
pub(super) fn alter_policy(id: &Id, from: &Policy, to: &Policy) -> Vec<Statement> {
    if (&from.roles, &from.using, &from.check) == (&to.roles, &to.using, &to.check) {
        return Vec::new();
    }
    vec![Statement::new(id, format!("ALTER POLICY {} TO {}{}", id.address(), roles(to), expressions(to)))]
}

/// Returns the statements that make an object of a plain kind.
pub(super) fn create_plain(id: &Id, plain: &Plain) -> Vec<Statement> {
    let create = plain.create.as_ref().unwrap_or(&plain.core);
    let mut out = vec![Statement::new(id, format!("{create}{}", options::foreign(&plain.options)))];
    let later = plain.settings.values().filter(|setting| !setting.inline);
    out.extend(later.map(|setting| Statement::new(id, setting.set.as_str())));
    out
}

/// Returns the statements that unset and set what differs.
pub(super) fn alter_plain(id: &Id, from: &Plain, to: &Plain) -> Vec<Statement> {
    let mut out = Vec::new();
    for (name, old) in &from.settings {
        if to.settings.get(name).map(|new| &new.set) != Some(&old.set) {
            out.extend(old.unset.as_ref().map(|sql| Statement::new(id, sql.as_str())));
        }
    }
    if let Some(clause) = options::foreign_changes(&from.options, &to.options) {
        out.push(Statement::new(id, format!("ALTER {} {} {clause}", id.kind().noun(), id.address())));
    }
    for (name, new) in &to.settings {
        if from.settings.get(name).map(|old| &old.set) != Some(&new.set) {
            out.push(Statement::new(id, new.set.as_str()));
        }
    }
    out
}

/// Returns the statements that give an object another name or schema.
pub(super) fn rename(changes: &Changes<'_>, rename: &Rename) -> Vec<Statement> {
    let (old, new) = (&rename.from, &rename.to);
    let (table, part) = (old.qualified(), identifier(new.part()));
    let part_of_table = matches!(old.kind(), Kind::Column | Kind::Constraint | Kind::Trigger | Kind::Rule);
    let part_of_other = matches!(old.kind(), Kind::Attribute | Kind::DomainConstraint | Kind::Policy);
    let label = old.kind() == Kind::Enum && !old.part().is_empty();
    let whole = !(part_of_table || part_of_other || label);
    let mut out = Vec::new();
    let noun = old.kind().noun();
    if whole && old.schema() != new.schema() {
        let sql = format!("ALTER {noun} {} SET SCHEMA {}", old.address(), identifier(new.schema()));
        out.push(Statement::new(new, sql));
    }
    let sql = match old.kind() {
        _ if whole && old.name() == new.name() => return out,
        Kind::Enum if !whole => {
            format!("ALTER TYPE {table} RENAME VALUE {} TO {}", literal(old.part()), literal(new.part()))
        }
        Kind::Column => {
            let on = changes.to.objects.get(new).and_then(|entry| entry.on.as_ref());
            let noun = on.map_or(Kind::Table, Id::kind).noun();
            format!("ALTER {noun} {table} RENAME COLUMN {} TO {part}", identifier(old.part()))
        }
        Kind::Attribute => {
            format!("ALTER TYPE {table} RENAME ATTRIBUTE {} TO {part} CASCADE", identifier(old.part()))
        }
        Kind::Constraint => {
            format!("ALTER TABLE {table} RENAME CONSTRAINT {} TO {part}", identifier(old.part()))
        }
        Kind::DomainConstraint => {
            format!("ALTER DOMAIN {table} RENAME CONSTRAINT {} TO {part}", identifier(old.part()))
        }
        Kind::Trigger | Kind::Rule | Kind::Policy => {
            format!("ALTER {noun} {} RENAME TO {part}", old.address())
        }
        kind => {
            let moved = Id::new(kind, new.schema(), old.name()).with(kind, old.part());
            format!("ALTER {noun} {} RENAME TO {}", moved.address(), identifier(new.name()))
        }
    };
    out.push(Statement::new(new, sql));
    out
}

/// Returns the name that an object has while its successor is made.
pub(super) fn aside(id: &Id) -> String {
    shortened(id.name(), "__former")
}

/// Returns the name with something behind it, cut so that PostgreSQL, which keeps 63 bytes, keeps all of it.
pub(super) fn shortened(name: &str, behind: &str) -> String {
    let mut name = name.to_owned();
    while name.len() + behind.len() > 63 {
        name.pop();
    }
    name + behind
}

/// Returns the statement that moves a type or collation aside.
pub(super) fn move_aside(id: &Id) -> Vec<Statement> {
    let noun = id.kind().noun();
    vec![Statement::new(id, format!("ALTER {noun} {} RENAME TO {}", id.address(), identifier(&aside(id))))]
}

/// Returns whether the routine's body is text that PostgreSQL would check when it is made.
pub(super) fn has_text(function: &Function) -> bool {
    function.text.is_some()
}
