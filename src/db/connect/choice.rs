//! The values of keywords that choose among a few words, and of whole numbers.

use std::time::Duration;

use super::error::OptionsError;
use super::settings::Settings;

/// How far TLS is wanted and proved; libpq's `sslmode`, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SslMode {
    /// Never TLS.
    Disable,
    /// TLS only where the server refuses a plain connection.
    Allow,
    /// TLS where the server has it, plain otherwise.
    Prefer,
    /// TLS or nothing; the certificate is verified only when a root certificate file is there.
    Require,
    /// TLS with a certificate that a trusted root signed, for whatever host.
    VerifyCa,
    /// TLS with a certificate that a trusted root signed for this host.
    VerifyFull,
}

impl SslMode {
    /// Returns libpq's word for it.
    pub fn word(self) -> &'static str {
        SSL_MODES.iter().find(|(_, mode)| *mode == self).map_or("", |(word, _)| word)
    }
}

pub(super) const SSL_MODES: &[(&str, SslMode)] = &[
    ("disable", SslMode::Disable),
    ("allow", SslMode::Allow),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

/// Which server of several is acceptable; libpq's `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionAttrs {
    /// Any server that lets the user in.
    Any,
    /// One where transactions may write by default.
    ReadWrite,
    /// One where they may not.
    ReadOnly,
    /// One that is not in recovery.
    Primary,
    /// One in hot standby.
    Standby,
    /// One in hot standby; if there is none among the hosts, any.
    PreferStandby,
}

impl SessionAttrs {
    /// Returns libpq's word for it.
    pub fn word(self) -> &'static str {
        SESSION_ATTRS.iter().find(|(_, attrs)| *attrs == self).map_or("", |(word, _)| word)
    }
}

pub(super) const SESSION_ATTRS: &[(&str, SessionAttrs)] = &[
    ("any", SessionAttrs::Any),
    ("read-write", SessionAttrs::ReadWrite),
    ("read-only", SessionAttrs::ReadOnly),
    ("primary", SessionAttrs::Primary),
    ("standby", SessionAttrs::Standby),
    ("prefer-standby", SessionAttrs::PreferStandby),
];

/// The order in which hosts are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostOrder {
    AsListed,
    Random,
}

/// How TLS starts: after asking in the PostgreSQL protocol, or at once (PostgreSQL 17 and later).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Negotiation {
    Asked,
    Direct,
}

/// Whether the password exchange is tied to the TLS session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChannelBinding {
    Disable,
    Prefer,
    Require,
}

/// The TLS versions there are; rustls speaks the last two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TlsVersion {
    V1_0,
    V1_1,
    V1_2,
    V1_3,
}

const TLS_VERSIONS: &[(&str, TlsVersion)] = &[
    ("tlsv1", TlsVersion::V1_0),
    ("tlsv1.1", TlsVersion::V1_1),
    ("tlsv1.2", TlsVersion::V1_2),
    ("tlsv1.3", TlsVersion::V1_3),
];

/// A way for a client to prove who it is that the server may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthMethod {
    Password,
    Md5,
    ScramSha256,
    /// None beyond a client certificate.
    None,
    /// One that crmdb has not.
    Foreign,
}

const AUTH_METHODS: &[(&str, AuthMethod)] = &[
    ("password", AuthMethod::Password),
    ("md5", AuthMethod::Md5),
    ("scram-sha-256", AuthMethod::ScramSha256),
    ("none", AuthMethod::None),
    ("gss", AuthMethod::Foreign),
    ("sspi", AuthMethod::Foreign),
    ("oauth", AuthMethod::Foreign),
];

/// Reads a keyword that takes one of `words`; `expected` lists them for the error.
pub(super) fn word<T: Copy>(
    settings: &Settings,
    name: &'static str,
    words: &[(&str, T)],
    expected: &'static str,
) -> Result<Option<T>, OptionsError> {
    let Some(given) = settings.given(name) else { return Ok(None) };
    match words.iter().find(|(word, _)| *word == given) {
        Some((_, value)) => Ok(Some(*value)),
        None => Err(settings.invalid(name, expected)),
    }
}

/// Reads a TLS version; libpq ignores letter case here, and takes empty text for the default.
pub(super) fn tls_version(
    settings: &Settings,
    name: &'static str,
) -> Result<Option<TlsVersion>, OptionsError> {
    let Some(given) = settings.text(name) else { return Ok(None) };
    match TLS_VERSIONS.iter().find(|(word, _)| given.eq_ignore_ascii_case(word)) {
        Some((_, version)) => Ok(Some(*version)),
        None => Err(settings.invalid(name, "`TLSv1`, `TLSv1.1`, `TLSv1.2` or `TLSv1.3`")),
    }
}

/// Reads a whole number as C's `int`, white space around it allowed.
pub(super) fn integer(settings: &Settings, name: &'static str) -> Result<Option<i32>, OptionsError> {
    let Some(given) = settings.given(name) else { return Ok(None) };
    match given.trim_ascii().parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(settings.invalid(name, "a whole number")),
    }
}

/// How long an address is waited for where nothing is said: a server that accepts and stays silent must not hold a run for
/// ever. libpq has no such limit; `connect_timeout=0` is as there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Reads how long an address is waited for; `None` for ever.
pub(super) fn connect_timeout(settings: &Settings) -> Result<Option<Duration>, OptionsError> {
    let named = settings.text("connect_timeout").is_some();
    Ok(seconds(settings, "connect_timeout")?.or((!named).then_some(CONNECT_TIMEOUT)))
}

/// Reads a time in seconds; zero and less mean the default, as in libpq.
pub(super) fn seconds(settings: &Settings, name: &'static str) -> Result<Option<Duration>, OptionsError> {
    Ok(positive(integer(settings, name)?).map(|seconds| Duration::from_secs(seconds.into())))
}

/// Reads a time in milliseconds; zero and less mean the default, as in libpq.
pub(super) fn milliseconds(
    settings: &Settings,
    name: &'static str,
) -> Result<Option<Duration>, OptionsError> {
    Ok(positive(integer(settings, name)?).map(|milliseconds| Duration::from_millis(milliseconds.into())))
}

/// Returns the number when it is more than zero.
pub(super) fn positive(number: Option<i32>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0)
}

/// Reads `require_auth` into the methods that the server may use; `None` means any.
pub(super) fn auth_methods(settings: &Settings) -> Result<Option<Vec<AuthMethod>>, OptionsError> {
    let Some(given) = settings.text("require_auth") else { return Ok(None) };
    let invalid = || {
        let expected = "a list of `password`, `md5`, `scram-sha-256`, `gss`, `sspi`, `oauth`, `none`, \
                        either all or none of them with a `!` before it";
        settings.invalid("require_auth", expected)
    };
    let mut named = Vec::new();
    let negated = given.trim_ascii_start().starts_with('!');
    for item in given.split(',').map(str::trim_ascii) {
        let word = match (negated, item.strip_prefix('!')) {
            (true, Some(word)) => word,
            (false, None) => item,
            _ => return Err(invalid()),
        };
        let (_, method) = AUTH_METHODS.iter().find(|(known, _)| *known == word).ok_or_else(invalid)?;
        named.push(*method);
    }
    let allowed: Vec<_> = AUTH_METHODS
        .iter()
        .map(|(_, method)| *method)
        .filter(|method| named.contains(method) != negated)
        .collect();
    if allowed.iter().all(|method| *method == AuthMethod::Foreign) {
        return Err(OptionsError::NoAuthMethod);
    }
    Ok(Some(allowed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::connect::settings::Source;

    fn settings(name: &str, value: &str) -> Settings {
        let mut settings = Settings::default();
        settings.set(name, value, Source::ConnectionString).expect("known");
        settings
    }

    #[test]
    fn require_auth_lists_what_may_be_used() {
        use AuthMethod::{Foreign, Md5, None, Password, ScramSha256};
        for (value, expected) in [
            ("scram-sha-256", vec![ScramSha256]),
            ("md5, password", vec![Password, Md5]),
            ("!password,!md5", vec![ScramSha256, None, Foreign, Foreign, Foreign]),
            ("none,gss", vec![None, Foreign, Foreign, Foreign]),
        ] {
            assert_eq!(auth_methods(&settings("require_auth", value)), Ok(Some(expected)), "{value}");
        }
        for value in ["!md5,password", "md5,!password", "md5,,password", "kerberos", "gss"] {
            assert!(auth_methods(&settings("require_auth", value)).is_err(), "{value}");
        }
        assert_eq!(auth_methods(&settings("require_auth", "")), Ok(Option::None));
    }

    #[test]
    fn zero_and_negative_times_mean_the_default() {
        for (value, expected) in [("5", Some(5)), ("0", None), ("-1", None), (" 7 ", Some(7))] {
            let found = seconds(&settings("connect_timeout", value), "connect_timeout").expect("number");
            assert_eq!(found, expected.map(Duration::from_secs), "{value:?}");
        }
        for value in ["", "5s", "99999999999", "1.5"] {
            assert!(seconds(&settings("connect_timeout", value), "connect_timeout").is_err(), "{value:?}");
        }
    }
}
