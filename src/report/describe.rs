//! What `schema show` says of an object: gathered from the catalog.

use std::collections::{BTreeMap, BTreeSet};

use super::show::{Part, Shown, ShownColumn};
use super::text::count;
use crate::catalog::foreign::ForeignOptions;
use crate::catalog::model::{Column, Constraint, Domain, Object, Policy, Sequence, Table, Trigger};
use crate::catalog::read::Facts;
use crate::catalog::{Catalog, Id, Kind};

/// Returns the object with everything that belongs to it; `id` is in the catalog.
pub fn describe(catalog: &Catalog, id: &Id, facts: &Facts) -> Shown {
    let entry = &catalog.objects[id];
    let routine = matches!(id.kind(), Kind::Function | Kind::Procedure | Kind::Aggregate);
    let mut shown = Shown {
        kind: id.kind().noun().to_lowercase(),
        name: if routine { id.address() } else { id.qualified() },
        owner: entry.owner.clone(),
        comment: entry.comment.clone(),
        rows: facts.rows.filter(|rows| *rows >= 0),
        bytes: facts.bytes,
        notes: notes(catalog, id),
        columns: columns(catalog, id),
        constraints: constraints(catalog, id, facts),
        referenced_by: referenced_by(catalog, id),
        indexes: indexes(catalog, id, facts),
        triggers: triggers(catalog, id),
        policies: policies(catalog, id),
        privileges: privileges(catalog, id),
        ..Shown::default()
    };
    match &entry.object {
        Object::Enum(of) => shown.labels.clone_from(&of.labels),
        Object::View(view) => shown.definition = Some(view.definition.clone()),
        Object::Function(function) => shown.definition = Some(function.definition.clone()),
        Object::Index(index) => shown.definition = Some(index.definition.clone()),
        Object::Plain(plain) => {
            shown.definition = Some(plain.create.clone().unwrap_or_else(|| plain.core.clone()));
        }
        _ => {}
    }
    shown
}

fn notes(catalog: &Catalog, id: &Id) -> Vec<String> {
    let mut notes = match &catalog.objects[id].object {
        Object::Table(table) => of_table(table),
        Object::Domain(domain) => of_domain(domain),
        Object::Sequence(sequence) => of_sequence(sequence),
        Object::View(view) => view.options.clone(),
        Object::Index(index) if !index.valid => vec!["invalid: it answers no query".to_owned()],
        Object::Named if id.kind() == Kind::Schema => of_schema(catalog, id.name()),
        _ => Vec::new(),
    };
    for (_, link) in catalog.parents(id) {
        let parent = link.parent.qualified();
        notes.push(match &link.bound {
            Some(bound) => format!("partition of {parent} {bound}"),
            None => format!("inherits {parent}"),
        });
    }
    let children = catalog.of_kind(Kind::Inheritance).filter(|(_, entry)| match &entry.object {
        Object::Inheritance(link) => {
            (link.parent.0.as_str(), link.parent.1.as_str()) == (id.schema(), id.name())
        }
        _ => false,
    });
    let children = children.count();
    if children > 0 && matches!(id.kind(), Kind::Table | Kind::ForeignTable) {
        notes.push(count(children, "table") + " below it");
    }
    if let Some(Object::Ownership(owner)) =
        catalog.objects.get(&id.with(Kind::Ownership, "")).map(|entry| &entry.object)
    {
        notes.push(format!("belongs to {}, column {}", owner.table.qualified(), owner.column));
    }
    notes
}

fn of_options(options: &ForeignOptions) -> Vec<String> {
    match options {
        ForeignOptions::Unread => vec!["its options are not for this role to see".to_owned()],
        ForeignOptions::Read(options) => {
            options.iter().map(|(name, worth)| format!("option {name}: {}", worth.shown())).collect()
        }
    }
}

fn of_table(table: &Table) -> Vec<String> {
    let said = |holds: bool, text: &str| holds.then(|| text.to_owned());
    let options = (!table.options.is_empty()).then(|| format!("with {}", table.options.join(", ")));
    let security = match (table.row_security, table.force_row_security) {
        (true, true) => Some("row level security is on, for the owner too".to_owned()),
        (true, false) => Some("row level security is on".to_owned()),
        (false, _) => None,
    };
    [
        said(table.persistence == "u", "unlogged: empty after a crash"),
        table.partition_key.as_ref().map(|key| format!("partitioned by {key}")),
        table.of_type.as_ref().map(|name| format!("of type {name}")),
        table.server.as_ref().map(|server| format!("on the foreign server {server}")),
        table.tablespace.as_ref().map(|name| format!("in tablespace {name}")),
        options,
        security,
    ]
    .into_iter()
    .flatten()
    .chain(of_options(&table.server_options))
    .collect()
}

fn of_domain(domain: &Domain) -> Vec<String> {
    let mut text = domain.type_name.clone();
    if domain.not_null {
        text += ", not null";
    }
    if let Some(default) = &domain.default {
        text += &format!(", default {default}");
    }
    vec![text]
}

fn of_sequence(sequence: &Sequence) -> Vec<String> {
    let Sequence { type_name, start, increment, min, max, .. } = sequence;
    let cycle = if sequence.cycle { ", then again" } else { "" };
    vec![format!("{type_name} from {start} by {increment}, between {min} and {max}{cycle}")]
}

fn of_schema(catalog: &Catalog, name: &str) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, _) in catalog.objects.iter().filter(|(id, entry)| id.schema() == name && entry.on.is_none()) {
        *counts.entry(id.kind().noun()).or_default() += 1;
    }
    counts.iter().map(|(noun, number)| count(*number, &noun.to_lowercase())).collect()
}

fn columns(catalog: &Catalog, id: &Id) -> Vec<ShownColumn> {
    let shown = |(column_id, column): (&Id, &Column)| {
        let default = catalog.objects.get(&column_id.with(Kind::Default, column_id.part()));
        let default = default.and_then(|entry| match &entry.object {
            Object::Default(default) => Some(default.expression.clone()),
            _ => None,
        });
        let identity = column.identity.as_ref().map(|form| match form.as_str() {
            "a" => "identity, always".to_owned(),
            _ => "identity, by default".to_owned(),
        });
        let generated = column.expression.as_ref().map(|expression| format!("generated: {expression}"));
        ShownColumn {
            name: column_id.part().to_owned(),
            type_name: column.type_name.clone(),
            nullable: !column.not_null,
            default: generated.or(identity).or(default),
            comment: catalog.objects[column_id].comment.clone(),
        }
    };
    catalog.columns(id).into_iter().map(shown).collect()
}

fn constraints(catalog: &Catalog, id: &Id, facts: &Facts) -> Vec<Part> {
    let mut found: Vec<(usize, Part)> = Vec::new();
    for (part, entry) in catalog.parts(id, Kind::Constraint).chain(catalog.parts(id, Kind::DomainConstraint))
    {
        let (form, definition) = match &entry.object {
            Object::Constraint(constraint) => (constraint.form.as_str(), validity(constraint)),
            Object::DomainConstraint(check) => ("c", check.definition.clone()),
            _ => continue,
        };
        let part = Part {
            name: part.part().to_owned(),
            definition,
            bytes: facts.indexes.get(part.part()).copied(),
            comment: entry.comment.clone(),
        };
        found.push((["p", "u", "x", "c", "f"].iter().position(|known| *known == form).unwrap_or(5), part));
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, part)| part).collect()
}

fn validity(constraint: &Constraint) -> String {
    let said = constraint.validated || constraint.definition.ends_with("NOT VALID");
    format!("{}{}", constraint.definition, if said { "" } else { " NOT VALID" })
}

fn referenced_by(catalog: &Catalog, id: &Id) -> Vec<Part> {
    let mut parts = Vec::new();
    for (key, entry) in catalog.of_kind(Kind::Constraint) {
        let (Object::Constraint(constraint), Some(on)) = (&entry.object, &entry.on) else { continue };
        let needs = catalog.needs.get(key).into_iter().flatten();
        let mut columns = needs.filter(|need| need.kind() == Kind::Column);
        let of_this =
            |column: &Id| catalog.objects.get(column).is_some_and(|entry| entry.on.as_ref() == Some(id));
        if constraint.form == "f" && on != id && constraint.original.is_none() && columns.any(of_this) {
            parts.push(Part {
                name: on.qualified(),
                definition: validity(constraint),
                bytes: None,
                comment: entry.comment.clone(),
            });
        }
    }
    parts
}

fn indexes(catalog: &Catalog, id: &Id, facts: &Facts) -> Vec<Part> {
    let of_this = catalog.of_kind(Kind::Index).filter(|(_, entry)| entry.on.as_ref() == Some(id));
    let part = |(index_id, entry): (&Id, &crate::catalog::model::Entry)| {
        let Object::Index(index) = &entry.object else { return None };
        let (head, rest) = index.definition.split_once(" USING ").unwrap_or(("", &index.definition));
        let unique = if head.starts_with("CREATE UNIQUE") { "unique, " } else { "" };
        let invalid = if index.valid { "" } else { " (invalid)" };
        Some(Part {
            name: index_id.name().to_owned(),
            definition: format!("{unique}{rest}{invalid}"),
            bytes: facts.indexes.get(index_id.name()).copied(),
            comment: entry.comment.clone(),
        })
    };
    of_this.filter_map(part).collect()
}

fn triggers(catalog: &Catalog, id: &Id) -> Vec<Part> {
    let found = catalog.parts(id, Kind::Trigger).chain(catalog.parts(id, Kind::Rule));
    let part = |(part, entry): (&Id, &crate::catalog::model::Entry)| {
        let Object::Trigger(trigger) = &entry.object else { return None };
        Some(Part {
            name: part.part().to_owned(),
            definition: format!("{}{}", without_head(trigger), state(trigger)),
            bytes: None,
            comment: entry.comment.clone(),
        })
    };
    found.filter_map(part).collect()
}

/// Returns the definition from where it says when it fires.
fn without_head(trigger: &Trigger) -> &str {
    let starts = [" BEFORE ", " AFTER ", " INSTEAD OF ", " AS\n"];
    let start = starts.iter().filter_map(|word| trigger.definition.find(word)).min();
    start.map_or(trigger.definition.as_str(), |start| trigger.definition[start..].trim_start())
}

fn state(trigger: &Trigger) -> &'static str {
    match trigger.enabled.as_str() {
        "D" => " (disabled)",
        "R" => " (on replicas only)",
        "A" => " (on replicas too)",
        _ => "",
    }
}

fn policies(catalog: &Catalog, id: &Id) -> Vec<Part> {
    let part = |(part, entry): (&Id, &crate::catalog::model::Entry)| {
        let Object::Policy(policy) = &entry.object else { return None };
        let (name, comment) = (part.part().to_owned(), entry.comment.clone());
        Some(Part { name, definition: terms(policy), bytes: None, comment })
    };
    catalog.parts(id, Kind::Policy).filter_map(part).collect()
}

fn terms(policy: &Policy) -> String {
    let command = match policy.command.as_str() {
        "r" => "select",
        "a" => "insert",
        "w" => "update",
        "d" => "delete",
        _ => "all",
    };
    let role = |name: &String| if name.is_empty() { "public".to_owned() } else { name.clone() };
    let roles: Vec<_> = policy.roles.iter().map(role).collect();
    let mut text = format!("for {command} to {}", roles.join(", "));
    if !policy.permissive {
        text = format!("restrictive, {text}");
    }
    if let Some(using) = &policy.using {
        text += &format!(" using ({using})");
    }
    if let Some(check) = &policy.check {
        text += &format!(" with check ({check})");
    }
    text
}

/// Returns what others than the owner may do, a line a role; of columns too.
fn privileges(catalog: &Catalog, id: &Id) -> Vec<String> {
    let owner = catalog.objects[id].owner.as_deref();
    let columns = catalog.columns(id).into_iter().map(|(column, _)| column);
    let mut lines = Vec::new();
    for object in std::iter::once(id).chain(columns) {
        let Some(acl) = &catalog.objects[object].acl else { continue };
        let mut by_role: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for grant in acl.grants.iter().filter(|grant| Some(grant.grantee.as_str()) != owner) {
            by_role.entry(&grant.grantee).or_default().insert(grant.word());
        }
        for (role, words) in by_role {
            let role = if role.is_empty() { "everyone" } else { role };
            let words: Vec<_> = words.into_iter().collect();
            let on = if object == id { String::new() } else { format!(" on column {}", object.part()) };
            lines.push(format!("{role}: {}{on}", words.join(", ")));
        }
    }
    lines
}
