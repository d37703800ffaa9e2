//! Gives an object of a catalog another name, in every text that has it, as PostgreSQL would. Pure.
//!
//! What PostgreSQL prints of a view, a rule or a parsed body after a rename depends on aliases that the text does not
//! show, so these are marked as differing and written anew.

use super::diff::Rename;
use super::id::{Id, Kind};
use super::model::{Catalog, Entry, Object, Relation};
use crate::sql::quote::held::{identifier, literal, qualified};

/// A text that no server prints.
const UNSETTLED: &str = "\n-- to be written anew";

/// Gives the object its new name.
pub(super) fn apply(catalog: &mut Catalog, rename: &Rename) {
    let (old, new) = (&rename.from, &rename.to);
    if catalog.version >= 18 && matches!(old.kind(), Kind::Table | Kind::Column) {
        settle_not_null(catalog, old);
    }
    match old.kind() {
        Kind::Enum => label(catalog, old, new),
        Kind::Column => {
            for table in family(catalog, old) {
                let part = |id: &Id| id.with(id.kind(), new.part());
                column(catalog, &table.with(Kind::Column, old.part()), &part(&table.with(Kind::Column, "")));
            }
        }
        Kind::Table => table(catalog, old, new),
        Kind::Index => {
            pass_parent(catalog, (old.schema(), old.name()), new.name());
            edit(catalog, |id, entry| {
                if let (true, Object::Index(index)) = (id == old, &mut entry.object) {
                    index.definition = index_definition(&index.definition, old, new);
                }
            });
            move_ids(catalog, |id| (id == old).then(|| new.clone()));
        }
        Kind::Sequence => sequence(catalog, old, new),
        _ => {
            pass_parent(catalog, (old.schema(), old.part()), new.part());
            move_ids(catalog, |id| (id == old).then(|| new.clone()));
        }
    }
}

/// From PostgreSQL 18 on a column's `NOT NULL` has a name, which a rename of the column or table leaves as it is.
fn settle_not_null(catalog: &mut Catalog, old: &Id) {
    edit(catalog, |id, entry| {
        let own = id.schema() == old.schema() && id.name() == old.name();
        if let Object::Column(column) = &mut entry.object
            && own
            && (old.kind() == Kind::Table || id.part() == old.part())
            && column.not_null
            && column.not_null_constraint.is_none()
        {
            column.not_null_constraint = Some(format!("{}_{}_not_null", id.name(), id.part()));
        }
    });
}

/// Gives a partitioned index its new name in its partitions' indexes.
fn pass_parent(catalog: &mut Catalog, (schema, old): (&str, &str), new: &str) {
    edit(catalog, |_, entry| {
        let parent = match &mut entry.object {
            Object::Index(index) => index.parent.as_mut(),
            Object::Constraint(constraint) => constraint.parent.as_mut(),
            _ => None,
        };
        if let Some(parent) = parent.filter(|parent| parent.0 == schema && parent.1 == old) {
            new.clone_into(&mut parent.1);
        }
    });
}

/// Returns an index's definition under its new name.
pub(super) fn index_definition(definition: &str, old: &Id, new: &Id) -> String {
    let (old, new) =
        (format!(" INDEX {} ON ", identifier(old.name())), format!(" INDEX {} ON ", identifier(new.name())));
    definition.replacen(&old, &new, 1)
}

fn edit(catalog: &mut Catalog, mut change: impl FnMut(&Id, &mut Entry)) {
    for (id, entry) in &mut catalog.objects {
        change(id, entry);
    }
}

/// Gives every identity its new name, in objects and in edges.
fn move_ids(catalog: &mut Catalog, new: impl Fn(&Id) -> Option<Id>) {
    let moved = |id: &Id| new(id).unwrap_or_else(|| id.clone());
    let objects = std::mem::take(&mut catalog.objects).into_iter();
    catalog.objects = objects
        .map(|(id, mut entry)| {
            entry.on = entry.on.as_ref().map(&moved);
            (moved(&id), entry)
        })
        .collect();
    let needs = std::mem::take(&mut catalog.needs).into_iter();
    catalog.needs = needs.map(|(id, needs)| (moved(&id), needs.iter().map(&moved).collect())).collect();
}

/// Returns the table of the column and those that inherit it.
fn family(catalog: &Catalog, column: &Id) -> Vec<Id> {
    let mut tables: Vec<Id> =
        catalog.objects.get(column).and_then(|entry| entry.on.clone()).into_iter().collect();
    let mut at = 0;
    while let Some(parent) = tables.get(at).cloned() {
        let relation = Relation(parent.schema().to_owned(), parent.name().to_owned());
        for entry in catalog.objects.values() {
            if let (Object::Inheritance(link), Some(on)) = (&entry.object, &entry.on)
                && link.parent == relation
                && !tables.contains(on)
            {
                tables.push(on.clone());
            }
        }
        at += 1;
    }
    tables
}

fn label(catalog: &mut Catalog, old: &Id, new: &Id) {
    let id = Id::new(Kind::Enum, old.schema(), old.name());
    let constant = |label: &Id| format!("{}::{}", literal(label.part()), id.qualified());
    let (from, to) = (constant(old), constant(new));
    edit(catalog, |other, entry| {
        if let (true, Object::Enum(labels)) = (*other == id, &mut entry.object) {
            for label in &mut labels.labels {
                if label == old.part() {
                    new.part().clone_into(label);
                }
            }
        }
        for text in texts(&mut entry.object) {
            *text = text.replace(&from, &to);
        }
    });
}

fn column(catalog: &mut Catalog, old: &Id, new: &Id) {
    let users = users(catalog, old);
    let (from, to) = (identifier(old.part()), identifier(new.part()));
    let relation = Relation(old.schema().to_owned(), old.name().to_owned());
    edit(catalog, |id, entry| {
        if let Object::Ownership(owner) = &mut entry.object
            && owner.table == relation
            && owner.column == old.part()
        {
            new.part().clone_into(&mut owner.column);
        }
        if users.contains(id) {
            unsettle_or(&mut entry.object, |text| words(text, &from, &to));
        }
    });
    move_ids(catalog, |id| {
        let part = matches!(id.kind(), Kind::Column | Kind::Default);
        let same = part && id.schema() == old.schema() && id.name() == old.name() && id.part() == old.part();
        same.then(|| id.with(id.kind(), new.part()))
    });
}

fn table(catalog: &mut Catalog, old: &Id, new: &Id) {
    let mut users = users(catalog, old);
    for (id, _) in catalog.columns(old) {
        users.extend(self::users(catalog, id));
    }
    let (from, to) = (old.qualified(), new.qualified());
    let relation = |id: &Id| Relation(id.schema().to_owned(), id.name().to_owned());
    let (old_relation, new_relation) = (relation(old), relation(new));
    edit(catalog, |id, entry| {
        if let Object::Ownership(owner) = &mut entry.object
            && owner.table == old_relation
        {
            owner.table = new_relation.clone();
        }
        if let Object::Inheritance(link) = &mut entry.object
            && link.parent == old_relation
        {
            link.parent = new_relation.clone();
        }
        if users.contains(id) {
            unsettle_or(&mut entry.object, |text| words(text, &from, &to));
        }
    });
    move_ids(catalog, |id| {
        // A table's index, sequence and type have names of their own.
        let part = matches!(
            id.kind(),
            Kind::Table
                | Kind::Column
                | Kind::Default
                | Kind::Constraint
                | Kind::Trigger
                | Kind::Rule
                | Kind::Policy
        );
        let same = part && id.schema() == old.schema() && id.name() == old.name();
        if same {
            return Some(Id::new(id.kind(), new.schema(), new.name()).with(id.kind(), id.part()));
        }
        match id.kind() {
            Kind::PublicationTable if id.part() == from => Some(id.with(id.kind(), to.as_str())),
            Kind::Inheritance if id.part() == from => Some(id.with(id.kind(), to.as_str())),
            _ => None,
        }
    });
}

fn sequence(catalog: &mut Catalog, old: &Id, new: &Id) {
    let users = users(catalog, old);
    let quoted = |id: &Id| literal(&qualified(id.schema(), id.name()));
    let (from, to) = (quoted(old), quoted(new));
    edit(catalog, |id, entry| {
        if let (true, Object::Sequence(sequence)) = (id == old, &mut entry.object) {
            new.name().clone_into(&mut sequence.name);
        }
        if users.contains(id) {
            unsettle_or(&mut entry.object, |text| text.replace(&from, &to));
        }
    });
    move_ids(catalog, |id| {
        let own = matches!(id.kind(), Kind::Sequence | Kind::Ownership);
        (own && id.schema() == old.schema() && id.name() == old.name())
            .then(|| Id::new(id.kind(), new.schema(), new.name()))
    });
}

/// Returns what needs the object.
fn users(catalog: &Catalog, id: &Id) -> Vec<Id> {
    catalog.needs.iter().filter(|(_, needs)| needs.contains(id)).map(|(user, _)| user.clone()).collect()
}

fn unsettle_or(object: &mut Object, change: impl Fn(&str) -> String) {
    match object {
        Object::View(view) => view.definition.push_str(UNSETTLED),
        Object::Function(function) if function.text.is_none() => function.definition.push_str(UNSETTLED),
        Object::Function(_) => {}
        Object::Trigger(rule) if rule.definition.starts_with("CREATE RULE") => {
            rule.definition.push_str(UNSETTLED)
        }
        Object::Policy(policy) => {
            for text in [&mut policy.using, &mut policy.check].into_iter().flatten() {
                *text = if text.contains("SELECT") { format!("{text}{UNSETTLED}") } else { change(text) };
            }
        }
        other => {
            for text in texts(other) {
                *text = change(text);
            }
        }
    }
}

/// Returns the SQL texts of a definition.
fn texts(object: &mut Object) -> Vec<&mut String> {
    match object {
        Object::Domain(domain) => domain.default.iter_mut().collect(),
        Object::DomainConstraint(check) => vec![&mut check.definition],
        Object::Column(column) => column.expression.iter_mut().collect(),
        Object::Default(default) => vec![&mut default.expression],
        Object::View(view) => vec![&mut view.definition],
        Object::Index(index) => vec![&mut index.definition],
        Object::Constraint(constraint) => vec![&mut constraint.definition],
        Object::Trigger(trigger) => vec![&mut trigger.definition],
        Object::Policy(policy) => [&mut policy.using, &mut policy.check].into_iter().flatten().collect(),
        Object::Plain(plain) => {
            let mut texts = vec![&mut plain.core];
            texts.extend(&mut plain.create);
            texts.extend(&mut plain.drop);
            texts
        }
        _ => Vec::new(),
    }
}

/// Returns the text with each word `from` as `to`, outside string literals.
fn words(text: &str, from: &str, to: &str) -> String {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '"');
    let mut out = String::with_capacity(text.len());
    for (at, piece) in text.split('\'').enumerate() {
        if at > 0 {
            out.push('\'');
        }
        if at % 2 == 1 {
            out.push_str(piece);
            continue;
        }
        let mut rest = piece;
        while let Some(found) = rest.find(from) {
            let start = piece.len() - rest.len() + found;
            let end = start + from.len();
            let before = piece[..start].chars().next_back().is_some_and(part);
            let after = piece[end..].chars().next().is_some_and(part);
            out.push_str(&rest[..found]);
            out.push_str(if before || after { from } else { to });
            rest = &piece[end..];
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_renamed_outside_literals_only() {
        for (text, renamed) in [
            ("CHECK ((a <> 'a'::text))", "CHECK ((b <> 'a'::text))"),
            ("CHECK ((aa > a))", "CHECK ((aa > b))"),
            ("(a || 'it''s a') || a", "(b || 'it''s a') || b"),
        ] {
            assert_eq!(words(text, "a", "b"), renamed);
        }
    }
}
