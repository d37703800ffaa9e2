//! Subscriptions, whose connection may hold a password that nobody is to see. Pure.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::diff::Property;
use super::model::{Entry, Object};
use crate::model::Checksum;

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

/// The parameters that are secrets (src/interfaces/libpq/fe-connect.c: those with a `*` in `PQconninfoOptions`).
const SECRETS: [&str; 5] =
    ["password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"];

/// Returns whether the connection string may hold a secret; what can't be told counts as one.
pub(super) fn holds_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let place = text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://"));
    if let Some(place) = place {
        // A user with a password, or a parameter whose name is not written plainly.
        let user = place.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
        let query = place.split_once('?').map_or("", |(_, query)| query);
        let odd = |pair: &str| pair.split('=').next().is_some_and(|name| name.contains('%'));
        if user || query.split('&').any(odd) {
            return true;
        }
    }
    let named = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let begins = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            begins && text[at + name.len()..].trim_start().starts_with('=')
        })
    };
    SECRETS.iter().any(|name| named(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_both_forms_of_a_connection_string() {
        for (text, found) in [
            ("host=h dbname=d user=u", false),
            ("host=h passfile=/home/u/.pgpass service=s sslkey=k", false),
            ("host=h require_auth=password", false),
            ("host=h password=x", true),
            ("host=h PASSWORD = 'x y'", true),
            ("password='x'", true),
            ("host=h sslpassword=x", true),
            ("host=h user=u scram_client_key=x", true),
            ("postgresql://u@h:5432/d?sslmode=require", false),
            ("postgresql://h:5432,i:5433/d", false),
            ("postgresql://u:x@h/d", true),
            ("postgres://u:@h", true),
            ("postgres://u:x/y@h/d", true),
            ("postgres://h/d?user=u&password=x", true),
            ("postgres://h/d?p%61ssword=x", true),
        ] {
            assert_eq!(holds_secret(text), found, "{text}");
        }
    }

    #[test]
    fn a_secret_is_in_no_text_made_of_it() {
        let connection = Connection::from(Some("host=h password=S3cr3t".to_owned()));
        assert_eq!(serde_json::to_string(&connection).unwrap(), format!("\"{HIDDEN}\""));
        assert!(!format!("{connection:?}").contains("S3cr3t"));
        assert_ne!(connection, Connection::from(Some("host=h password=S3cr3u".to_owned())));
    }
}
