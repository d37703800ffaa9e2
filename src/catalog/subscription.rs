//! Subscriptions, whose connection may hold a password that nobody is to see. Pure.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::diff::Property;
use super::model::{Entry, Object};
use crate::model::Checksum;
use crate::sql::secret::holds_secret;

/// A subscription, in the words of `CREATE SUBSCRIPTION`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "CREATE SUBSCRIPTION's own words")]
pub struct Subscription {
    pub connection: Connection,
    pub publications: Vec<String>,
    /// The slot on the publisher.
    pub slot_name: Option<String>,
    pub enabled: bool,
    pub binary: bool,
    /// `off`, `on` or `parallel` (from PostgreSQL 16 on).
    pub streaming: String,
    pub synchronous_commit: String,
    /// From PostgreSQL 15 on.
    #[serde(default)]
    pub two_phase: bool,
    /// From PostgreSQL 15 on.
    #[serde(default)]
    pub disable_on_error: bool,
    /// From PostgreSQL 16 on.
    #[serde(default = "yes")]
    pub password_required: bool,
    /// From PostgreSQL 16 on.
    #[serde(default)]
    pub run_as_owner: bool,
    /// From PostgreSQL 16 on.
    #[serde(default = "any")]
    pub origin: String,
    /// From PostgreSQL 17 on.
    #[serde(default)]
    pub failover: bool,
}

const fn yes() -> bool {
    true
}

fn any() -> String {
    "any".to_owned()
}

/// Where the publisher is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Option<String>")]
pub enum Connection {
    /// The role that read the catalog may not see it.
    Unread,
    /// It holds no secret.
    Open(String),
    /// It holds a secret and is known by its fingerprint alone.
    Secret(Checksum),
}

/// What is shown in the place of a connection with a secret.
const HIDDEN: &str = "(holds a password, which is not shown)";

impl From<Option<String>> for Connection {
    fn from(text: Option<String>) -> Self {
        match text {
            None => Self::Unread,
            Some(text) if holds_secret(&text) => Self::Secret(Checksum::of(&text)),
            Some(text) => Self::Open(text),
        }
    }
}

impl Serialize for Connection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unread => serializer.serialize_none(),
            Self::Open(text) => serializer.serialize_str(text),
            Self::Secret(_) => serializer.serialize_str(HIDDEN),
        }
    }
}

impl Connection {
    fn value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Returns how the connections differ, where both sides' are known.
pub(super) fn reconnected(from: &Entry, to: &Entry) -> Option<Property> {
    let (Object::Subscription(from), Object::Subscription(to)) = (&from.object, &to.object) else {
        return None;
    };
    let known = from.connection != Connection::Unread && to.connection != Connection::Unread;
    let property = |to| Property { name: "connection".to_owned(), from: from.connection.value(), to };
    match (&from.connection, &to.connection) {
        (one, other) if !known || one == other => None,
        (Connection::Secret(_), Connection::Secret(_)) => Some(property("(another one)".into())),
        (_, other) => Some(property(other.value())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_in_no_text_made_of_it() {
        let connection = Connection::from(Some("host=h password=S3cr3t".to_owned()));
        assert_eq!(serde_json::to_string(&connection).unwrap(), format!("\"{HIDDEN}\""));
        assert!(!format!("{connection:?}").contains("S3cr3t"));
        assert_ne!(connection, Connection::from(Some("host=h password=S3cr3u".to_owned())));
    }
}
