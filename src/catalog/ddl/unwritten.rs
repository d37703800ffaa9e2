//! What no statement makes, and why. Pure.

use super::fate::Fate;
use super::inplace::is_stored;
use super::subscription::unsaid;
use crate::catalog::diff::Changes;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::Object;
use crate::catalog::subscription::Connection;

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
        _ => None,
    }
}
