//! The connection keywords that libpq knows, up to PostgreSQL 19, and what crmdb does with each.

/// What crmdb does with a keyword that libpq knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Has the effect it has in libpq.
    Honoured,
    /// Accepted; nothing in crmdb depends on it.
    Harmless,
    /// Only these values can be kept; any other is refused for the reason given. Empty text counts as not given.
    Only(&'static [&'static str], &'static str),
}

/// One row of libpq's table of options (`PQconninfoOptions` in `fe-connect.c`).
#[derive(Debug)]
pub(super) struct Keyword {
    pub(super) name: &'static str,
    pub(super) variable: Option<&'static str>,
    pub(super) treatment: Treatment,
}

const NO_GSS: &str = "encryption by GSSAPI is not built into crmdb, use `sslmode` for TLS";
const NO_CRL: &str = "crmdb reads no certificate revocation lists";
const NO_REPLICATION: &str = "a replication connection cannot run migrations";
const NO_CERT_DEMAND: &str = "crmdb cannot prove that the server asked for the client certificate";
const NO_KEY_LOG: &str = "crmdb writes no TLS session keys";
const NO_OAUTH: &str = "OAuth is not built into crmdb";
const NO_SCRAM_KEYS: &str = "crmdb passes no SCRAM keys through, give a password";

const fn honoured(name: &'static str, variable: &'static str) -> Keyword {
    Keyword { name, variable: Some(variable), treatment: Treatment::Honoured }
}

const fn honoured_without_variable(name: &'static str) -> Keyword {
    Keyword { name, variable: None, treatment: Treatment::Honoured }
}

const fn harmless(name: &'static str, variable: Option<&'static str>) -> Keyword {
    Keyword { name, variable, treatment: Treatment::Harmless }
}

const fn refused(name: &'static str, variable: Option<&'static str>, reason: &'static str) -> Keyword {
    Keyword { name, variable, treatment: Treatment::Only(&[], reason) }
}

/// Every keyword, in libpq's order.
pub(super) const KEYWORDS: &[Keyword] = &[
    honoured("service", "PGSERVICE"),
    honoured("servicefile", "PGSERVICEFILE"),
    honoured("user", "PGUSER"),
    honoured("password", "PGPASSWORD"),
    honoured("passfile", "PGPASSFILE"),
    honoured("channel_binding", "PGCHANNELBINDING"),
    honoured("connect_timeout", "PGCONNECT_TIMEOUT"),
    honoured("dbname", "PGDATABASE"),
    honoured("host", "PGHOST"),
    honoured("hostaddr", "PGHOSTADDR"),
    honoured("port", "PGPORT"),
    honoured("client_encoding", "PGCLIENTENCODING"),
    honoured("options", "PGOPTIONS"),
    harmless("application_name", Some("PGAPPNAME")),
    harmless("fallback_application_name", None),
    honoured_without_variable("keepalives"),
    honoured_without_variable("keepalives_idle"),
    honoured_without_variable("keepalives_interval"),
    honoured_without_variable("keepalives_count"),
    honoured_without_variable("tcp_user_timeout"),
    honoured("sslmode", "PGSSLMODE"),
    honoured("sslnegotiation", "PGSSLNEGOTIATION"),
    harmless("sslcompression", Some("PGSSLCOMPRESSION")),
    honoured("sslcert", "PGSSLCERT"),
    honoured("sslkey", "PGSSLKEY"),
    Keyword {
        name: "sslcertmode",
        variable: Some("PGSSLCERTMODE"),
        treatment: Treatment::Only(&["disable", "allow"], NO_CERT_DEMAND),
    },
    harmless("sslpassword", None),
    honoured("sslrootcert", "PGSSLROOTCERT"),
    refused("sslcrl", Some("PGSSLCRL"), NO_CRL),
    refused("sslcrldir", Some("PGSSLCRLDIR"), NO_CRL),
    refused("sslkeylogfile", None, NO_KEY_LOG),
    honoured("sslsni", "PGSSLSNI"),
    honoured("requirepeer", "PGREQUIREPEER"),
    honoured("require_auth", "PGREQUIREAUTH"),
    honoured("min_protocol_version", "PGMINPROTOCOLVERSION"),
    honoured("max_protocol_version", "PGMAXPROTOCOLVERSION"),
    honoured("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
    honoured("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
    Keyword {
        name: "gssencmode",
        variable: Some("PGGSSENCMODE"),
        treatment: Treatment::Only(&["disable", "prefer"], NO_GSS),
    },
    harmless("krbsrvname", Some("PGKRBSRVNAME")),
    harmless("gsslib", Some("PGGSSLIB")),
    harmless("gssdelegation", Some("PGGSSDELEGATION")),
    Keyword {
        name: "replication",
        variable: None,
        treatment: Treatment::Only(&["false", "off", "no", "0"], NO_REPLICATION),
    },
    honoured("target_session_attrs", "PGTARGETSESSIONATTRS"),
    honoured("load_balance_hosts", "PGLOADBALANCEHOSTS"),
    refused("scram_client_key", None, NO_SCRAM_KEYS),
    refused("scram_server_key", None, NO_SCRAM_KEYS),
    refused("oauth_issuer", None, NO_OAUTH),
    refused("oauth_client_id", None, NO_OAUTH),
    refused("oauth_client_secret", None, NO_OAUTH),
    refused("oauth_scope", None, NO_OAUTH),
];

/// Variables that libpq reads beside the table: where service files are, and session settings it sends at the start.
pub(super) const OTHER_VARIABLES: &[&str] =
    &["PGSYSCONFDIR", "PGTZ", "PGDATESTYLE", "PGGEQO", "PGREQUIRESSL"];

/// Returns the row of a keyword; keywords are case-sensitive, as in libpq.
pub(super) fn find(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

/// Returns whether the keyword's value must never be shown.
pub(super) fn is_secret(name: &str) -> bool {
    matches!(
        name,
        "password" | "sslpassword" | "scram_client_key" | "scram_server_key" | "oauth_client_secret"
    )
}

/// Returns the known keyword that is most like `typed`, when one is close enough to be a slip of the hand.
pub(super) fn nearest(typed: &str) -> Option<&'static str> {
    let typed = typed.to_ascii_lowercase();
    let own = KEYWORDS.iter().map(|keyword| (keyword.name, keyword.name));
    own.chain(OTHER_TOOLS_WORDS.iter().copied())
        .map(|(word, name)| (distance(&typed, word), word.len(), name))
        .min()
        .filter(|(distance, length, _)| *distance <= length.div_ceil(4))
        .map(|(_, _, name)| name)
}

/// What other drivers call some of the keywords.
const OTHER_TOOLS_WORDS: &[(&str, &str)] = &[
    ("username", "user"),
    ("database", "dbname"),
    ("db", "dbname"),
    ("hostname", "host"),
    ("server", "host"),
    ("pass", "password"),
    ("pwd", "password"),
    ("ssl", "sslmode"),
    ("tls", "sslmode"),
    ("timeout", "connect_timeout"),
];

/// Levenshtein distance in bytes.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, r) in right.bytes().enumerate() {
            let substituted = diagonal + usize::from(l != r);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_finds_its_keyword() {
        for (typed, expected) in [
            ("sslmod", Some("sslmode")),
            ("SSLMODE", Some("sslmode")),
            ("databse", Some("dbname")),
            ("dbnam", Some("dbname")),
            ("hots", None),
            ("hosts", Some("host")),
            ("username", Some("user")),
            ("database", Some("dbname")),
            ("target_session_attr", Some("target_session_attrs")),
            ("zzzz", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed), expected, "{typed}");
        }
    }

    #[test]
    fn no_keyword_and_no_variable_is_listed_twice() {
        let mut names: Vec<_> = KEYWORDS.iter().map(|k| k.name).collect();
        let mut variables: Vec<_> = KEYWORDS.iter().filter_map(|k| k.variable).collect();
        for list in [&mut names, &mut variables] {
            list.sort_unstable();
            let before = list.len();
            list.dedup();
            assert_eq!(list.len(), before);
        }
    }
}
