//! Options of foreign-data objects, some of which hold secrets that nobody is to see. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::diff::Property;
use super::model::{Entry, Object};
use crate::model::Checksum;
use crate::sql::secret::{is_name_of_secret, may_hold_secret};

/// The options of a foreign-data object; their order says nothing (`pg_dump` writes them by name).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Option<Vec<String>>")]
pub enum ForeignOptions {
    /// The role that read the catalog may not see them.
    Unread,
    /// By name.
    Read(BTreeMap<String, Worth>),
}

/// What an option is set to.
#[derive(Debug, Clone, PartialEq)]
pub enum Worth {
    /// It is no secret.
    Open(String),
    /// It may be a secret and is known by its fingerprint alone.
    Secret(Checksum),
}

/// What is shown in the place of a secret.
const HIDDEN: &str = "(not shown)";

/// The value that a shadow's option has in the place of a secret.
const STAND_IN: &str = "hidden";

impl Default for ForeignOptions {
    fn default() -> Self {
        Self::Read(BTreeMap::new())
    }
}

impl From<Option<Vec<String>>> for ForeignOptions {
    /// Takes options as `name=value`, the way the system catalogs hold them.
    fn from(options: Option<Vec<String>>) -> Self {
        let worth = |option: String| {
            let (name, value) = option.split_once('=').unwrap_or((&option, ""));
            let secret = is_name_of_secret(name) || may_hold_secret(value);
            (name.to_owned(), Worth::of(value, secret))
        };
        options.map_or(Self::Unread, |options| Self::Read(options.into_iter().map(worth).collect()))
    }
}

impl Worth {
    fn of(value: &str, secret: bool) -> Self {
        if secret { Self::Secret(Checksum::of(value)) } else { Self::Open(value.to_owned()) }
    }

    /// Returns the value as reports show it.
    #[must_use]
    pub fn shown(&self) -> &str {
        match self {
            Self::Open(value) => value,
            Self::Secret(_) => HIDDEN,
        }
    }
}

impl Serialize for ForeignOptions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unread => serializer.serialize_none(),
            Self::Read(options) => serializer
                .collect_seq(options.iter().map(|(name, worth)| format!("{name}={}", worth.shown()))),
        }
    }
}

impl ForeignOptions {
    /// Returns the options of a user mapping, which is there to hold what nobody else is to know.
    #[must_use]
    pub(super) fn of_mapping(self) -> Self {
        let Self::Read(options) = self else { return self };
        let guarded = options.into_iter().map(|(name, worth)| match worth {
            Worth::Open(value) => {
                let secret = !is_harmless_in_mapping(&name);
                (name, Worth::of(&value, secret))
            }
            secret @ Worth::Secret(_) => (name, secret),
        });
        Self::Read(guarded.collect())
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Read(options) if options.is_empty())
    }

    /// Returns the options that a shadow has.
    pub(super) fn stood_in(&mut self) {
        match self {
            Self::Unread => *self = Self::default(),
            Self::Read(options) => {
                for worth in options.values_mut().filter(|worth| matches!(worth, Worth::Secret(_))) {
                    *worth = Worth::Open(STAND_IN.to_owned());
                }
            }
        }
    }
}

/// Returns the options of an object that may have some.
pub(super) fn options_of(object: &Object) -> Option<&ForeignOptions> {
    match object {
        Object::Plain(plain) => Some(&plain.options),
        Object::Table(table) => Some(&table.server_options),
        Object::Column(column) => Some(&column.server_options),
        _ => None,
    }
}

/// Returns the options of an object that may have some.
pub(super) fn options_in(object: &mut Object) -> Option<&mut ForeignOptions> {
    match object {
        Object::Plain(plain) => Some(&mut plain.options),
        Object::Table(table) => Some(&mut table.server_options),
        Object::Column(column) => Some(&mut column.server_options),
        _ => None,
    }
}

/// Returns each option that differs, where both sides' are known.
pub(super) fn reoptioned(from: &Entry, to: &Entry) -> Vec<Property> {
    let (Some(ForeignOptions::Read(from)), Some(ForeignOptions::Read(to))) =
        (options_of(&from.object), options_of(&to.object))
    else {
        return Vec::new();
    };
    let names = from.keys().chain(to.keys().filter(|name| !from.contains_key(*name)));
    let differing = names.filter(|name| from.get(*name) != to.get(*name));
    let value = |worth: Option<&Worth>| worth.map_or(Value::Null, |worth| worth.shown().into());
    let property = |name: &String| {
        let (from, to) = (from.get(name), to.get(name));
        let both = matches!((from, to), (Some(Worth::Secret(_)), Some(Worth::Secret(_))));
        let other = if both { "(another one, not shown)".into() } else { value(to) };
        Property { name: format!("option {name}"), from: value(from), to: other }
    };
    differing.map(property).collect()
}

/// Options of user mappings that are known to be no secret.
const HARMLESS: [&str; 17] = [
    "user",
    "username",
    "user_name",
    "userid",
    "user_id",
    "uid",
    "login",
    "remote_user",
    "remoteuser",
    "role",
    "schema",
    "dbname",
    "sslcert",
    "sslkey",
    "password_required",
    "use_scram_passthrough",
    "gssdelegation",
];

fn is_harmless_in_mapping(name: &str) -> bool {
    HARMLESS.contains(&name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(option: &str) -> ForeignOptions {
        ForeignOptions::from(Some(vec![option.to_owned()]))
    }

    fn is_hidden(options: &ForeignOptions) -> bool {
        matches!(options, ForeignOptions::Read(options)
            if options.values().all(|worth| matches!(worth, Worth::Secret(_))))
    }

    #[test]
    fn the_name_of_an_option_or_its_value_says_whether_it_is_a_secret() {
        // The option, whether it is hidden, and whether it is in a user mapping.
        for (option, anywhere, in_mapping) in [
            ("host=h", false, true),
            ("user=u", false, false),
            ("USER=u", false, false),
            ("username=u", false, false),
            ("password_required=false", false, false),
            ("sslkey=/home/u/key", false, false),
            ("password=p", true, true),
            ("Password=p", true, true),
            ("passwd=p", true, true),
            ("sslpassword=p", true, true),
            ("oauth_client_secret=p", true, true),
            ("scram_client_key=p", true, true),
            ("aws_secret_access_key=p", true, true),
            ("awsSecretAccessKey=p", true, true),
            ("api_key=p", true, true),
            ("api-key=p", true, true),
            ("apiKey=p", true, true),
            ("bearer_token=p", true, true),
            ("credentials=p", true, true),
            ("private_key=p", true, true),
            ("passfile=/home/u/.pgpass", false, true),
            ("anything=p", false, true),
            ("tokenizer=p", false, true),
            ("key_columns=a,b", false, true),
            ("table_name=passwords", false, true),
            ("url=http://h:80/x@y:z", false, true),
            ("url=http://u:p@h/x", true, true),
            ("user=http://u:p@h/x", true, true),
            ("url=jdbc:postgresql://h/d?user=u&password=p", true, true),
            ("odbc=Driver=x;UID=u;PWD=p", true, true),
            ("conn=host=h password=p", true, true),
            ("conn=host=h user=u", false, true),
            ("query=select 'a=b'", false, true),
            ("password=", true, true),
        ] {
            assert_eq!(is_hidden(&read(option)), anywhere, "{option}");
            assert_eq!(is_hidden(&read(option).of_mapping()), in_mapping, "{option} in a mapping");
        }
    }

    #[test]
    fn a_secret_is_in_no_text_made_of_it() {
        let options = read("password=S3cr3t");
        assert_eq!(serde_json::to_string(&options).unwrap(), "[\"password=(not shown)\"]");
        assert!(!format!("{options:?}").contains("S3cr3t"));
        assert_ne!(options, read("password=S3cr3u"));
        assert_eq!(options, read("password=S3cr3t"));
    }
}
