//! Connection settings as text: keyword → value and where it came from, before they are given a meaning.

use std::collections::BTreeMap;
use std::fmt;

use super::error::OptionsError;
use super::keyword::{self, Treatment};

/// Where a setting was given; errors name it so that the user knows which place to correct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The connection URL or key=value string.
    ConnectionString,
    /// The named service's section of a service file.
    Service(String),
    /// The named environment variable.
    Variable(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectionString => f.write_str("the connection string"),
            Self::Service(name) => write!(f, "service `{name}`"),
            Self::Variable(name) => write!(f, "`{name}`"),
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
struct Setting {
    value: String,
    source: Source,
}

/// Settings by keyword. Only keywords of the table get in; `Debug` hides the values of secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Settings(BTreeMap<&'static str, Setting>);

impl Settings {
    /// Sets a value, over an earlier one: in a connection string the last of a repeated keyword counts.
    ///
    /// Refuses a keyword that libpq does not know and a value that crmdb cannot keep.
    pub(super) fn set(&mut self, name: &str, value: &str, source: Source) -> Result<(), OptionsError> {
        // The old spelling, from before there were modes; libpq still takes it.
        let (name, value) = match name {
            "requiressl" if value.starts_with('1') => ("sslmode", "require"),
            "requiressl" => ("sslmode", "prefer"),
            _ => (name, value),
        };
        let Some(keyword) = keyword::find(name) else {
            return Err(OptionsError::UnknownKeyword {
                keyword: name.escape_debug().to_string(),
                nearest: keyword::nearest(name),
                origin: source,
            });
        };
        if let Treatment::Only(kept, reason) = keyword.treatment
            && !value.is_empty()
            && !kept.contains(&value)
        {
            return Err(OptionsError::Refused { keyword: keyword.name, reason, origin: source });
        }
        if value.contains('\0') {
            return Err(OptionsError::Invalid {
                keyword: keyword.name,
                expected: "text without zero bytes",
                shown: None,
                origin: source,
            });
        }
        self.0.insert(keyword.name, Setting { value: value.to_owned(), source });
        Ok(())
    }

    /// Sets a value unless a stronger place has given one, be it empty.
    pub(super) fn fill(&mut self, name: &str, value: &str, source: Source) -> Result<(), OptionsError> {
        if self.0.contains_key(name) { Ok(()) } else { self.set(name, value, source) }
    }

    /// Returns the value; `Some("")` when it was given as empty.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        debug_assert!(keyword::find(name).is_some(), "{name} is not in the table");
        self.0.get(name).map(|setting| setting.value.as_str())
    }

    /// Returns the value, `None` when it is absent or empty: for keywords where libpq takes empty text for the default.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.given(name).filter(|value| !value.is_empty())
    }

    /// Returns every keyword and value, by keyword.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, setting)| (*name, setting.value.as_str()))
    }

    /// Makes the error for a value that is given but not understood.
    pub(super) fn invalid(&self, name: &'static str, expected: &'static str) -> OptionsError {
        let (shown, origin) = match self.0.get(name) {
            Some(setting) => (showable(name, &setting.value), setting.source.clone()),
            None => (None, Source::ConnectionString),
        };
        OptionsError::Invalid { keyword: name, expected, shown, origin }
    }
}

/// Returns the value when it may be shown. A port is not: in `user:pass/word@host` the password ends up there.
fn showable(name: &str, value: &str) -> Option<String> {
    let plain =
        value.len() <= 40 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.,! ".contains(&b));
    (plain && !keyword::is_secret(name) && name != "port" && name != "host").then(|| value.to_owned())
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(
                self.iter().map(|(name, value)| (name, if keyword::is_secret(name) { "***" } else { value })),
            )
            .finish()
    }
}
