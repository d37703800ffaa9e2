//! Which differences PostgreSQL can alter in place, without dropping the object. Pure.

use std::collections::{BTreeSet, HashMap};

use super::fate::is_table;
use super::index::is_partitioned;
use crate::catalog::diff::Changes;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Column, Constraint, Object, Plain, Relation, Table, Trigger};

/// Returns whether the object's difference can be altered in place.
pub(super) fn possible(changes: &Changes<'_>, id: &Id) -> bool {
    let (Some(from), Some(to)) = (changes.from.objects.get(id), changes.to.objects.get(id)) else {
        return true;
    };
    match (&from.object, &to.object) {
        (Object::Extension(from), Object::Extension(to)) => {
            let updates = from.version == to.version || from.updates.contains(&to.version);
            let moves = from.schema == to.schema || from.relocatable;
            (moves && updates) || is_stored(changes, id)
        }
        (Object::Enum(from), Object::Enum(to)) => is_subsequence(&from.labels, &to.labels),
        (Object::Domain(from), Object::Domain(to)) => {
            from.type_name == to.type_name && from.collation == to.collation
        }
        (Object::DomainConstraint(from), Object::DomainConstraint(to)) => {
            validated(&from.definition) == validated(&to.definition) && (to.validated || !from.validated)
        }
        (Object::Function(from), Object::Function(to)) => {
            from.result == to.result
                && from.arguments == to.arguments
                && from.window == to.window
                && from.defaults <= to.defaults
        }
        (Object::Ownership(from), Object::Ownership(to)) => {
            // A sequence changes its owner only while no table owns it.
            let sequence = Id::new(Kind::Sequence, id.schema(), id.name());
            let owner =
                |catalog: &Catalog| catalog.objects.get(&sequence).and_then(|entry| entry.owner.clone());
            from.table == to.table || owner(&changes.from) == owner(&changes.to)
        }
        (Object::Table(from), Object::Table(to)) => table(changes, from, to),
        (Object::Column(from), Object::Column(to)) => column(changes, id, (from, to)),
        (Object::View(from), Object::View(to)) => {
            from.definition == to.definition
                || (id.kind() == Kind::View && extends(&changes.from, &changes.to, id))
        }
        (Object::Index(from), Object::Index(to)) => {
            without_options(&from.definition, &from.options) == without_options(&to.definition, &to.options)
        }
        (Object::Constraint(from), Object::Constraint(to)) => constraint(from, to),
        (Object::Inheritance(from), Object::Inheritance(to)) => from.bound == to.bound,
        (Object::Trigger(from), Object::Trigger(to)) => {
            from.definition == to.definition || is_replaceable(changes, id, [from, to])
        }
        (Object::Policy(from), Object::Policy(to)) => {
            from.command == to.command
                && from.permissive == to.permissive
                && (from.using.is_none() || to.using.is_some())
                && (from.check.is_none() || to.check.is_some())
        }
        // To alter these PostgreSQL alters the slot on the publisher.
        (Object::Subscription(from), Object::Subscription(to)) => {
            from.two_phase == to.two_phase && from.failover == to.failover
        }
        (Object::Plain(from), Object::Plain(to)) => {
            // PostgreSQL does not turn the storage of a base type back.
            let plain =
                |of: &Plain| of.settings.get("storage").is_some_and(|one| one.set.ends_with(" = plain)"));
            from.core == to.core && !(id.kind() == Kind::BaseType && plain(to) && !plain(from))
        }
        _ => true,
    }
}

/// Returns whether `CREATE OR REPLACE` turns the trigger or rule into the other: it knows no constraint triggers, and those of
/// a partitioned table have copies, whose enabled state it would change.
fn is_replaceable(changes: &Changes<'_>, id: &Id, sides: [&Trigger; 2]) -> bool {
    let on = changes.from.objects.get(id).and_then(|entry| entry.on.as_ref());
    let partitioned = on.is_some_and(|on| is_partitioned(&changes.from, on));
    let plain =
        |trigger: &&Trigger| !trigger.cloned && !trigger.definition.starts_with("CREATE CONSTRAINT TRIGGER");
    id.kind() == Kind::Rule || !partitioned && sides.iter().all(plain)
}

/// Returns whether a column holds values of the type or of a type of the extension, which are lost when it is made again.
pub(super) fn is_stored(changes: &Changes<'_>, of: &Id) -> bool {
    let holds = |(id, needs): (&Id, &Vec<Id>)| {
        matches!(id.kind(), Kind::Column | Kind::Attribute | Kind::Domain | Kind::Range)
            && needs.binary_search(of).is_ok()
    };
    changes.from.needs.iter().any(holds)
}

/// Returns the composite type of an attribute that gets another type while something stores values of the composite:
/// PostgreSQL refuses that, so the whole type is made again.
pub(super) fn pinned(changes: &Changes<'_>, needed_by: &HashMap<&Id, Vec<&Id>>, id: &Id) -> Option<Id> {
    let home = changes.from.objects.get(id)?.on.as_ref().filter(|_| id.kind() == Kind::Attribute)?;
    let stores = |user: &&Id| {
        let part = changes.from.objects.get(*user).and_then(|entry| entry.on.as_ref()) == Some(home);
        !part && matches!(user.kind(), Kind::Column | Kind::Attribute | Kind::Domain | Kind::Range)
    };
    let stored = needed_by.get(home).into_iter().flatten().any(stores);
    (stored && retypes(changes, id)).then(|| home.clone())
}

/// Returns the domains that get a check or `NOT NULL` while arrays or composites of them are stored: PostgreSQL does not
/// look into those, so it refuses.
pub(super) fn contained(changes: &Changes<'_>, needed_by: &HashMap<&Id, Vec<&Id>>) -> BTreeSet<Id> {
    let checks = changes.created.iter().chain(changes.altered.keys());
    let checked = checks.filter_map(|id| match (&changes.to.objects[id].object, id.kind()) {
        (Object::DomainConstraint(check), _) if check.validated => changes.to.objects[id].on.clone(),
        (Object::Domain(domain), _) if domain.not_null => Some(id.clone()),
        _ => None,
    });
    checked
        .filter(|domain| changes.from.objects.contains_key(domain))
        .filter(|domain| is_stored_inside(changes, needed_by, domain))
        .collect()
}

/// Returns whether something else than the domain is stored that holds values of it.
fn is_stored_inside(changes: &Changes<'_>, needed_by: &HashMap<&Id, Vec<&Id>>, domain: &Id) -> bool {
    let users = |id: &Id| needed_by.get(id).into_iter().flatten();
    users(domain).any(|user| match &changes.from.objects[*user].object {
        Object::Column(column) => user.kind() == Kind::Attribute || column.base.ends_with("[]"),
        Object::Domain(over) if over.type_name.ends_with("[]") => {
            users(user).any(|id| matches!(id.kind(), Kind::Column | Kind::Attribute | Kind::Domain))
        }
        Object::Domain(_) => is_stored_inside(changes, needed_by, user),
        _ => user.kind() == Kind::Range,
    })
}

/// Returns the children of which other columns or checks than before are their own besides being inherited: no statement
/// says that of a table that is there. A partition's are never its own.
pub(super) fn redeclared(changes: &Changes<'_>) -> BTreeSet<Id> {
    let own = |object: &Object| match object {
        Object::Column(column) => Some((column.local, column.inherited)),
        Object::Constraint(constraint) if constraint.form == "c" => {
            Some((constraint.local, constraint.inherited))
        }
        _ => None,
    };
    let mut tables = BTreeSet::new();
    for (id, entry) in &changes.to.objects {
        let (Some((local, true)), Some(on)) = (own(&entry.object), &entry.on) else { continue };
        if !is_table(on) || tables.contains(on) || !changes.from.objects.contains_key(on) {
            continue;
        }
        let links = |catalog: &Catalog| {
            let parents = catalog.parents(on).into_iter();
            parents.map(|(_, link)| (link.parent.clone(), link.bound.is_some())).collect::<Vec<_>>()
        };
        let (before, after) = (links(&changes.from), links(&changes.to));
        let was = changes.from.objects.get(id).and_then(|entry| own(&entry.object));
        let differs = match was {
            Some((was_local, true)) if brought(changes, id, (&before, &after)) => was_local != local,
            // Its former parent lets it go as the table's own.
            Some((_, true)) => !local,
            // What was its own stays its own; what is new comes with the parent's only over a link that is there.
            Some((_, false)) => !local,
            None if brought(changes, id, (&before, &after)) => local,
            None => !local && after.iter().any(|link| !before.contains(link)),
        };
        if differs && !after.iter().any(|(_, partition)| *partition) {
            tables.insert(on.clone());
        }
    }
    tables
}

/// Returns whether the check is its table's own before and after, and the same: the parent's is merged with it.
pub(super) fn keeps_own(changes: &Changes<'_>, check: &Id) -> bool {
    let own = |catalog: &Catalog| match &catalog.objects.get(check)?.object {
        Object::Constraint(own) if own.form == "c" && own.local => Some(own.definition.clone()),
        _ => None,
    };
    let definition = own(&changes.from);
    definition.is_some() && definition == own(&changes.to)
}

type Links<'a> = &'a [(Relation, bool)];

/// Returns whether a parent that the table has before and after has the object.
fn brought(changes: &Changes<'_>, id: &Id, (before, after): (Links<'_>, Links<'_>)) -> bool {
    let kept = before.iter().filter(|link| after.contains(link));
    let mut parents = kept.filter_map(|(parent, _)| changes.to.table(parent));
    parents.any(|parent| changes.to.objects.contains_key(&parent.with(id.kind(), id.part())))
}

/// Returns whether the column's type, typmod or collation differs.
pub(super) fn retypes(changes: &Changes<'_>, id: &Id) -> bool {
    let column = |catalog: &Catalog| match &catalog.objects.get(id)?.object {
        Object::Column(column) => Some((column.type_name.clone(), column.collation.clone())),
        _ => None,
    };
    column(&changes.from) != column(&changes.to)
}

/// Returns whether the column's values are computed anew by another expression.
pub(super) fn rewrites(changes: &Changes<'_>, id: &Id) -> bool {
    let expression = |catalog: &Catalog| match &catalog.objects.get(id)?.object {
        Object::Column(column) if column.generated.as_deref() == Some("s") => column.expression.clone(),
        _ => None,
    };
    let (from, to) = (expression(&changes.from), expression(&changes.to));
    from.is_some() && to.is_some() && from != to
}

fn is_subsequence(few: &[String], many: &[String]) -> bool {
    let mut rest = many.iter();
    few.iter().all(|label| rest.any(|other| other == label))
}

/// Returns a constraint's definition without the mark that it does not hold for every row.
pub(super) fn validated(definition: &str) -> &str {
    definition.strip_suffix(" NOT VALID").unwrap_or(definition)
}

fn table(changes: &Changes<'_>, from: &Table, to: &Table) -> bool {
    from.partition_key == to.partition_key
        && from.server == to.server
        // What becomes a table of a type must have its columns already, and then none of them can be altered.
        && (from.of_type == to.of_type || to.of_type.is_none())
        && (from.access_method == to.access_method || changes.from.version >= 15)
        && (from.partition_key.is_none() || from.persistence == to.persistence || changes.from.version < 18)
}

fn column(changes: &Changes<'_>, id: &Id, (from, to): (&Column, &Column)) -> bool {
    let on = changes.from.objects.get(id).and_then(|entry| entry.on.as_ref());
    if !on.is_some_and(is_table) {
        return true;
    }
    let settable = changes.from.version >= 17 && from.generated == to.generated && !retypes(changes, id);
    match (&from.generated, &to.generated) {
        (None, None) => true,
        (Some(kind), None) => kind == "s",
        (None, Some(_)) => false,
        (Some(_), Some(_)) => {
            from.generated == to.generated && (from.expression == to.expression || settable)
        }
    }
}

/// Returns the partitioned table whose key has the column: PostgreSQL neither drops nor retypes such a column.
pub(super) fn keyed(changes: &Changes<'_>, column: &Id) -> Option<Id> {
    let on = changes.from.objects.get(column)?.on.as_ref()?;
    match &changes.from.objects.get(on)?.object {
        Object::Table(table) => {
            table.partition_key.as_ref().filter(|key| mentions(key, column.part())).map(|_| on.clone())
        }
        _ => None,
    }
}

/// Returns whether the SQL text has the name as a word.
pub(super) fn mentions(sql: &str, name: &str) -> bool {
    sql.match_indices(name).any(|(at, _)| {
        !sql[..at].chars().next_back().is_some_and(is_word)
            && !sql[at + name.len()..].chars().next().is_some_and(is_word)
    })
}

/// Returns whether the character can be a part of a bare name.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Returns whether the view's columns begin with those it has, as `CREATE OR REPLACE VIEW` demands.
fn extends(from: &Catalog, to: &Catalog, view: &Id) -> bool {
    let (from, to) = (from.columns(view), to.columns(view));
    from.len() <= to.len()
        && from.iter().zip(&to).all(|((from_id, from), (to_id, to))| {
            from_id == to_id && from.type_name == to.type_name && from.collation == to.collation
        })
}

/// Returns an index's definition without its storage parameters.
pub(super) fn without_options(definition: &str, options: &[String]) -> String {
    if options.is_empty() {
        return definition.to_owned();
    }
    let Some(start) = definition.find(" WITH (") else { return definition.to_owned() };
    let end = definition[start..].find(')').map_or(definition.len(), |length| start + length + 1);
    format!("{}{}", &definition[..start], &definition[end..])
}

fn constraint(from: &Constraint, to: &Constraint) -> bool {
    let core = |constraint: &Constraint| {
        let definition = validated(&constraint.definition);
        // Only a foreign key's deferrability can be altered.
        if constraint.form == "f" {
            undeferred(definition)
        } else {
            without_options(definition, &constraint.options)
        }
    };
    from.form == to.form && core(from) == core(to) && (to.validated || !from.validated)
}

fn undeferred(definition: &str) -> String {
    definition.replace(" DEFERRABLE", "").replace(" INITIALLY DEFERRED", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_as_a_word_only() {
        for (sql, name, found) in [
            ("RANGE (created_at)", "created_at", true),
            ("RANGE (created_at)", "created", false),
            ("LIST (lower(kind))", "kind", true),
        ] {
            assert_eq!(mentions(sql, name), found);
        }
    }

    #[test]
    fn storage_parameters_are_cut_from_an_index_definition() {
        let options = ["fillfactor=70".to_owned()];
        assert_eq!(
            without_options("CREATE INDEX i ON t USING btree (a) WITH (fillfactor='70') WHERE a", &options),
            "CREATE INDEX i ON t USING btree (a) WHERE a"
        );
    }

    #[test]
    fn labels_may_only_be_added_in_place() {
        let labels = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        assert!(is_subsequence(&labels("ac"), &labels("abcd")));
        assert!(!is_subsequence(&labels("ca"), &labels("abc")));
        assert!(!is_subsequence(&labels("ab"), &labels("a")));
    }
}
