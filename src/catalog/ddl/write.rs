//! The statements of one step, by kind. Pure.

use super::plan::{Plan, Step, Verb};
use super::statement::{Hazard, Statement};
use super::{carry, circle, column, dress, index, online, sequence, small, subscription, table, types, view};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Constraint, Entry, Inheritance, Object, Ownership, Sequence};
use crate::sql::quote::held::{identifier, qualified};

/// Returns the statements of a step; `members` are the objects whose statements it writes.
pub(super) fn step(plan: &Plan<'_>, (verb, id): &Step, members: &[Id]) -> Vec<Statement> {
    match verb {
        Verb::Away => small::move_aside(id),
        Verb::Drop => drop(plan, id),
        Verb::Hollow => vec![circle::columns(plan.from(), id, "CREATE OR REPLACE VIEW")],
        Verb::Sketch => vec![circle::columns(plan.to(), id, "CREATE VIEW")],
        Verb::Save => carry::save(plan, id),
        Verb::Build => online::build(plan, id).into_iter().collect(),
        Verb::Fill => carry::restore(plan, id),
        Verb::Make => {
            let mut out = Vec::new();
            if members.contains(id) {
                out.extend(if plan.fates.comes(id) { create(plan, id, members) } else { alter(plan, id) });
            }
            for member in members {
                if member != id {
                    out.extend(brought(plan, member, members));
                }
                out.extend(dress::statements(plan, member));
            }
            out
        }
    }
}

fn create(plan: &Plan<'_>, id: &Id, members: &[Id]) -> Vec<Statement> {
    match &plan.to().objects[id].object {
        Object::Named if id.kind() == Kind::Schema => {
            vec![Statement::new(id, format!("CREATE SCHEMA {}", id.address()))]
        }
        Object::Named if id.kind() == Kind::Composite => types::create_composite(plan, id),
        Object::Named | Object::DefaultPrivileges(_) => Vec::new(),
        Object::Extension(extension) => small::create_extension(id, extension),
        Object::Enum(labels) => types::create_enum(id, labels),
        Object::Domain(domain) => types::create_domain(plan, id, domain, members),
        Object::DomainConstraint(check) => small::create_domain_constraint(id, check),
        Object::Function(function) => small::function(id, function),
        Object::Sequence(sequence) => sequence::create(id, sequence),
        Object::Table(table) => {
            let mut out = table::create(plan, id, table, members);
            if carry::is_carried(plan, id) {
                out.extend(carry::restore(plan, id));
            }
            out
        }
        Object::Column(column) if id.kind() == Kind::Attribute => types::add_attribute(plan, id, column),
        Object::Column(column) => {
            let default = id.with(Kind::Default, id.part());
            let default = members.contains(&default).then(|| plan.to().objects.get(&default)).flatten();
            let default = default.and_then(|entry| match &entry.object {
                Object::Default(default) => Some(default.expression.as_str()),
                _ => None,
            });
            column::add(plan, id, column, default)
        }
        Object::Default(default) => small::set_default(plan, id, default),
        Object::Ownership(owner) => {
            small::own(id, owner).into_iter().chain(continued(plan, id, owner)).collect()
        }
        Object::View(view) => view::create(plan, id, view),
        Object::Index(index) => index::create(plan, id, index),
        Object::Constraint(constraint) => index::create_constraint(plan, id, constraint),
        Object::Inheritance(link) => {
            let table = plan.to().objects[id].on.as_ref();
            let mut out = Vec::new();
            if let Some(table) = table.filter(|table| plan.is_emptied(table)) {
                let empty = format!("TRUNCATE TABLE {}", table.address());
                out.push(Statement::new(id, empty).with(&[Hazard::AccessExclusiveLock]));
            }
            let hazards: &[Hazard] =
                if is_scanned(plan, id, link) { &[Hazard::LongScan, Hazard::DataDependent] } else { &[] };
            out.push(small::link(id, link).with(hazards));
            out
        }
        Object::Trigger(trigger) => small::create_trigger(id, trigger),
        Object::Policy(policy) => small::create_policy(id, policy),
        Object::Plain(plain) => small::create_plain(id, plain),
        Object::Subscription(subscription) => subscription::create(id, subscription),
    }
}

/// Returns whether attaching the partition reads rows: its own, or those of the default partition, which must hold none of
/// its.
fn is_scanned(plan: &Plan<'_>, id: &Id, link: &Inheritance) -> bool {
    let holds =
        |table: &Id| table.kind() == Kind::Table && plan.fates.stays(table) && !plan.is_emptied(table);
    let beside = plan.to().of_kind(Kind::Inheritance).filter_map(|(other, entry)| match &entry.object {
        Object::Inheritance(other_link) if plan.fates.stays(other) => {
            let default = other_link.bound.as_deref() == Some("DEFAULT");
            entry.on.as_ref().filter(|_| default && other_link.parent == link.parent)
        }
        _ => None,
    });
    link.bound.is_some() && plan.to().objects[id].on.iter().chain(beside).any(holds)
}

/// Returns what a child's column or check that came with its parent's has and the parent's has not.
fn brought(plan: &Plan<'_>, id: &Id, members: &[Id]) -> Vec<Statement> {
    match &plan.to().objects[id].object {
        Object::Column(_) if plan.fates.comes(id) => column::brought(plan, id, members),
        Object::Constraint(constraint) if plan.fates.comes(id) => {
            index::brought(plan, id, constraint).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn alter(plan: &Plan<'_>, id: &Id) -> Vec<Statement> {
    let (Some(from), Some(to)) = (plan.from().objects.get(id), plan.to().objects.get(id)) else {
        return Vec::new();
    };
    match (&from.object, &to.object) {
        (Object::Extension(from), Object::Extension(to)) => small::alter_extension(id, from, to),
        (Object::Enum(from), Object::Enum(to)) => types::alter_enum(id, from, to),
        (Object::Domain(from), Object::Domain(to)) => types::alter_domain(id, from, to),
        (Object::DomainConstraint(from), Object::DomainConstraint(to)) => {
            small::alter_domain_constraint(id, from, to)
        }
        (Object::Function(from), Object::Function(to)) if from != to => small::function(id, to),
        (Object::Sequence(from), Object::Sequence(to)) => {
            sequence::alter(id, &followed(plan, id, (from, to)), to)
        }
        (Object::Table(from), Object::Table(to)) => table::alter(plan, id, (from, to)),
        (Object::Column(from), Object::Column(to)) if id.kind() == Kind::Attribute => {
            types::alter_attribute(plan, id, from, to)
        }
        (Object::Column(from), Object::Column(to)) => column::alter(plan, id, from, to),
        (Object::Default(from), Object::Default(to)) if from != to => small::set_default(plan, id, to),
        (Object::Ownership(from), Object::Ownership(to)) if from != to => small::own(id, to),
        (Object::View(from), Object::View(to)) => view::alter(plan, id, from, to),
        (Object::Index(from), Object::Index(to)) => index::alter(plan, id, from, to),
        (Object::Constraint(from), Object::Constraint(to)) => index::alter_constraint(plan, id, from, to),
        (Object::Trigger(from), Object::Trigger(to)) => small::alter_trigger(id, from, to),
        (Object::Policy(from), Object::Policy(to)) => small::alter_policy(id, from, to),
        (Object::Plain(from), Object::Plain(to)) => small::alter_plain(id, from, to),
        (Object::Subscription(from), Object::Subscription(to)) => subscription::alter(id, from, to),
        _ => Vec::new(),
    }
}

/// Returns the statement that lets a sequence that is made for a column go on after the values that the column has.
fn continued(plan: &Plan<'_>, id: &Id, owner: &Ownership) -> Option<Statement> {
    let sequence = Id::new(Kind::Sequence, id.schema(), id.name());
    let column = plan.to().objects[id].on.as_ref()?.with(Kind::Column, &owner.column);
    if !plan.fates.comes(&sequence) || !plan.from().objects.contains_key(&column) {
        return None;
    }
    match (&plan.to().objects.get(&sequence)?.object, &plan.to().objects.get(&column)?.object) {
        (Object::Sequence(made), Object::Column(owning))
            if ["smallint", "integer", "bigint"].contains(&owning.base.as_str()) =>
        {
            Some(column::continued(&column, made))
        }
        _ => None,
    }
}

/// Returns the sequence as it is once its owner's table is logged or unlogged: that sees to the sequence too.
fn followed(plan: &Plan<'_>, id: &Id, (from, to): (&Sequence, &Sequence)) -> Sequence {
    let owner = |catalog: &Catalog| catalog.objects.get(&id.with(Kind::Ownership, ""))?.on.clone();
    let table = owner(plan.from()).filter(|table| owner(plan.to()).as_ref() == Some(table));
    let turned = table.is_some_and(|table| plan.logged_anew(&table).is_some());
    Sequence { persistence: if turned { &to.persistence } else { &from.persistence }.clone(), ..from.clone() }
}

/// Returns whether the trigger that a partition's one is a copy of goes, or the link to it, and the copy with it.
fn loses_original(plan: &Plan<'_>, copy: &Id) -> bool {
    let mut on = plan.from().objects[copy].on.clone();
    while let Some(table) = on {
        let trigger = table.with(Kind::Trigger, copy.part());
        match plan.from().objects.get(&trigger).map(|entry| &entry.object) {
            Some(Object::Trigger(original)) if !original.cloned => return plan.fates.goes(&trigger),
            _ => {
                let parent = plan.from().parents(&table).into_iter().next();
                let link =
                    parent.as_ref().map(|(_, link)| table.with(Kind::Inheritance, link.parent.qualified()));
                if link.is_some_and(|link| plan.fates.goes(&link)) {
                    return true;
                }
                on = parent.map(|(parent, _)| parent);
            }
        }
    }
    false
}

fn drop(plan: &Plan<'_>, id: &Id) -> Vec<Statement> {
    let entry = &plan.from().objects[id];
    let away = plan.away_step(id).is_some();
    let table = |only| column::table_of(plan, id, only);
    let part = || identifier(id.part());
    let sql = match &entry.object {
        Object::Column(_) if id.kind() == Kind::Attribute => types::drop_attribute(plan, id),
        Object::Column(_) => format!("{} DROP COLUMN {}", table(""), part()),
        Object::Default(_) => format!("{} ALTER COLUMN {} DROP DEFAULT", table("ONLY "), part()),
        Object::Ownership(_) => format!("ALTER SEQUENCE {} OWNED BY NONE", id.qualified()),
        Object::Constraint(_) => format!("{} DROP CONSTRAINT {}", table(""), part()),
        Object::DomainConstraint(_) => format!("ALTER DOMAIN {} DROP CONSTRAINT {}", id.qualified(), part()),
        Object::Inheritance(link) if link.bound.is_some() => {
            format!("ALTER TABLE {} DETACH PARTITION {}", link.parent.qualified(), id.qualified())
        }
        Object::Inheritance(link) => {
            format!("ALTER TABLE {} NO INHERIT {}", id.qualified(), link.parent.qualified())
        }
        Object::DefaultPrivileges(privileges) => {
            let base = crate::catalog::acl::Acl::parse(&privileges.base);
            let held = entry.acl.clone().unwrap_or_default();
            let owner = entry.owner.clone().unwrap_or_default();
            return dress::deviation(id, &owner, &held, &base);
        }
        Object::Trigger(trigger) if trigger.cloned => {
            let on_again = vec![small::enable(id, "O")];
            return if loses_original(plan, id) { Vec::new() } else { on_again };
        }
        Object::Subscription(subscription) => return subscription::drop(id, subscription),
        Object::Plain(plain) if plain.drop.is_some() => plain.drop.clone().unwrap_or_default(),
        // Its functions go with it.
        _ if id.kind() == Kind::BaseType && types::is_defined(entry) => {
            format!("DROP TYPE {} CASCADE", id.address())
        }
        _ if away => {
            format!("DROP {} {}", id.kind().noun(), qualified(id.schema(), &small::aside(id)))
        }
        _ => format!("DROP {} {}", id.kind().noun(), id.address()),
    };
    if online::is_taken_over(plan.changes, &plan.fates, id) {
        return Vec::new();
    }
    if index::drops_concurrently(plan, id) {
        return vec![Statement::new(id, sql.replacen("DROP INDEX ", "DROP INDEX CONCURRENTLY ", 1)).alone()];
    }
    if carry::is_carried(plan, id) {
        let hazards = [Hazard::AccessExclusiveLock];
        let mut out = carry::save(plan, id);
        out.push(Statement::new(id, sql).with(&hazards));
        return out;
    }
    let kept = plan.tree(id).is_some() || plan.is_covered(id);
    vec![Statement::new(id, sql).with(if kept { &[Hazard::AccessExclusiveLock] } else { loss(entry, id) })]
}

/// Returns what is lost with the object.
fn loss(entry: &Entry, id: &Id) -> &'static [Hazard] {
    match (&entry.object, id.kind()) {
        (Object::Column(column), Kind::Column) if column.generated.is_some() => {
            &[Hazard::AccessExclusiveLock]
        }
        (Object::Table(table), _) if table.server.is_some() => &[],
        (Object::Table(_) | Object::Column(_), _) => &[Hazard::DataLoss, Hazard::AccessExclusiveLock],
        (Object::Sequence(_) | Object::Enum(_) | Object::Extension(_), _) => &[Hazard::DataLoss],
        (Object::Constraint(Constraint { .. }) | Object::Inheritance(_), _) => &[Hazard::AccessExclusiveLock],
        _ => &[],
    }
}
