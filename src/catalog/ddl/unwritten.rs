//! What no statement makes, and why. Pure.

use super::fate::Fate;
use super::inplace::is_stored;
use super::options;
use super::subscription::unsaid;
use crate::catalog::diff::Changes;
use crate::catalog::foreign::{ForeignOptions, options_of};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::Object;
use crate::catalog::subscription::Connection;
use crate::sql::quote::held::identifier;

/// Returns why no statement brings about what happens to the object; none where one does.
pub(super) fn why(changes: &Changes<'_>, id: &Id, fate: Fate) -> Option<String> {
    let from = changes.from.objects.get(id).map(|entry| &entry.object);
    let to = changes.to.objects.get(id).map(|entry| &entry.object);
    match (from, to) {
        (Some(Object::Extension(from)), Some(Object::Extension(to))) if fate == Fate::Alter => {
            // Made anew it would take the values of its types along.
            let way = from.version == to.version || from.updates.contains(&to.version);
            let moves = from.schema == to.schema || from.relocatable;
            match (way, moves) {
                (false, _) => {
                    Some(format!("its version {} can't be updated to {}", from.version, to.version))
                }
                (_, false) => {
                    Some(format!("it can't be moved to the schema `{}`: it is not relocatable", to.schema))
                }
                _ => None,
            }
        }
        (Some(Object::Subscription(from)), Some(Object::Subscription(to))) if fate == Fate::Alter => {
            let said = from.connection == to.connection || from.connection == Connection::Unread;
            unsaid(&to.connection).filter(|_| !said && to.connection != Connection::Unread).map(str::to_owned)
        }
        (_, Some(Object::Subscription(subscription))) if fate != Fate::Drop => {
            unsaid(&subscription.connection).map(str::to_owned)
        }
        (Some(Object::Plain(_)), Some(Object::Plain(_)))
            if id.kind() == Kind::BaseType && fate == Fate::Replace && is_stored(changes, id) =>
        {
            Some("columns hold its values, which go when it or one of its functions is made anew".to_owned())
        }
        (from, Some(to)) if fate != Fate::Drop => {
            let from = from.filter(|_| fate == Fate::Alter).and_then(options_of);
            secret(id, (from, options_of(to)?), to)
        }
        _ => None,
    }
}

/// Returns why the object's options can't be written, with the statement for people; none where they can.
fn secret(
    id: &Id,
    (from, to): (Option<&ForeignOptions>, &ForeignOptions),
    object: &Object,
) -> Option<String> {
    let none = ForeignOptions::default();
    if from.is_none() && *to == ForeignOptions::Unread {
        return Some(
            "the role that reads the catalog may not see its options (`pg_user_mapping.umoptions`), a superuser may"
                .to_owned(),
        );
    }
    let names = options::unsaid(from.unwrap_or(&none), to);
    if names.is_empty() {
        return None;
    }
    let clause = options::foreign_changes(from.unwrap_or(&none), to)?;
    let by_hand = match object {
        Object::Plain(plain) if from.is_none() => {
            format!("{}{}", plain.create.as_ref().unwrap_or(&plain.core), options::foreign(to))
        }
        _ if from.is_none() => options::foreign(to).trim_start().to_owned(),
        Object::Column(_) => {
            let table = Id::new(Kind::ForeignTable, id.schema(), id.name());
            format!("ALTER FOREIGN TABLE {} ALTER COLUMN {} {clause}", table.address(), identifier(id.part()))
        }
        _ => format!("ALTER {} {} {clause}", id.kind().noun(), id.address()),
    };
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    Some(format!(
        "{} may hold a secret, which is not written down; with the value in the place of `…`: `{by_hand}`",
        names.join(", ")
    ))
}
