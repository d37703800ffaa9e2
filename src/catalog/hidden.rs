//! What nobody is to see, or the reading role may not: how it is left out, and what a shadow has in its place. Pure.

use super::foreign::{ForeignOptions, options_in, options_of};
use super::model::{Catalog, Object};
use super::subscription::Connection;

/// What a shadow's subscription is connected to: it never is.
const NOWHERE: &str = "dbname=nowhere";

/// Something that the role that read the catalog may not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The object and what of it.
    pub what: String,
    /// The column of the system catalogs that holds it.
    pub place: &'static str,
}

impl Catalog {
    /// Returns the catalog as a shadow has it, which neither knows secrets nor connects.
    #[must_use]
    pub fn disconnected(mut self) -> Self {
        for entry in self.objects.values_mut() {
            if let Object::Subscription(subscription) = &mut entry.object {
                subscription.enabled = false;
                if !matches!(subscription.connection, Connection::Open(_)) {
                    subscription.connection = Connection::Open(NOWHERE.to_owned());
                }
            }
            if let Some(options) = options_in(&mut entry.object) {
                options.stood_in();
            }
        }
        self
    }

    /// Returns the catalog, read on a shadow, with what `original` has in the place of what stands in for it.
    #[must_use]
    pub fn reconnected(mut self, original: &Self) -> Self {
        for (id, entry) in &original.objects {
            if matches!(entry.object, Object::Subscription(_)) {
                self.objects.insert(id.clone(), entry.clone());
            } else if let Some(options) = options_of(&entry.object)
                && let Some(own) = self.objects.get_mut(id).and_then(|entry| options_in(&mut entry.object))
            {
                own.clone_from(options);
            }
        }
        self
    }

    /// Returns the catalog without what the role that read `other` may not see: so it is not compared.
    #[must_use]
    pub fn as_seen_by(mut self, other: &Self) -> Self {
        for (id, entry) in &other.objects {
            let Some(own) = self.objects.get_mut(id) else { continue };
            match (&entry.object, &mut own.object) {
                (Object::Subscription(other), Object::Subscription(own)) => {
                    if other.connection == Connection::Unread {
                        own.connection = Connection::Unread;
                    }
                }
                (other, own) => {
                    if let (Some(ForeignOptions::Unread), Some(own)) = (options_of(other), options_in(own)) {
                        *own = ForeignOptions::Unread;
                    }
                }
            }
        }
        self
    }

    /// Returns what the role that read the catalog may not see of it.
    #[must_use]
    pub fn unread(&self) -> Vec<Unread> {
        let unread = self.objects.iter().filter_map(|(id, entry)| match &entry.object {
            Object::Subscription(one) if one.connection == Connection::Unread => {
                Some(Unread { what: format!("the connection of {id}"), place: "pg_subscription.subconninfo" })
            }
            object if options_of(object) == Some(&ForeignOptions::Unread) => {
                Some(Unread { what: format!("the options of {id}"), place: "pg_user_mapping.umoptions" })
            }
            _ => None,
        });
        unread.collect()
    }
}
