//! Connection URLs: `postgresql://user:password@host:port,host:port/database?keyword=value`, by libpq's rules.

use std::fmt::Write as _;

use super::error::OptionsError;
use super::settings::{Settings, Source};

const SCHEMES: [&str; 2] = ["postgresql://", "postgres://"];

/// Returns the text after the scheme when `text` is a connection URL. Schemes are case-sensitive, as in libpq.
pub(super) fn after_scheme(text: &str) -> Option<&str> {
    SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme))
}

/// Reads what follows the scheme.
///
/// One thing libpq takes is refused: a bare `@` after the one that ends the user's name and password. It is the
/// mark of a password whose own `@`, `/` or `?` was not percent-encoded, and reading on would take the rest of the
/// password for a host or database name and show it.
pub(super) fn parse(rest: &str) -> Result<Settings, OptionsError> {
    let mut settings = Settings::default();
    let rest = credentials(rest, &mut settings)?;
    let (authority, path) = split_before(rest, &['/', '?']);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if authority.contains('@') || path.contains('@') {
        return Err(OptionsError::Url {
            problem: "there is an `@` after the host; write `@` in a password as `%40`, `/` as `%2F`, `?` as `%3F`",
        });
    }
    hosts(authority, &mut settings)?;
    store(&mut settings, "dbname", path.strip_prefix('/').unwrap_or_default())?;
    parameters(query, &mut settings)?;
    Ok(settings)
}

/// The user and password end at the first `@`, if it comes before any `/`.
fn credentials<'a>(rest: &'a str, settings: &mut Settings) -> Result<&'a str, OptionsError> {
    let (head, tail) = split_before(rest, &['@', '/']);
    let Some(tail) = tail.strip_prefix('@') else { return Ok(rest) };
    let (user, password) = head.split_once(':').unwrap_or((head, ""));
    store(settings, "user", user)?;
    store(settings, "password", password)?;
    Ok(tail)
}

fn hosts(authority: &str, settings: &mut Settings) -> Result<(), OptionsError> {
    let mut names = Vec::new();
    let mut ports = Vec::new();
    for entry in authority.split(',') {
        let (name, port) = match entry.strip_prefix('[') {
            Some(inside) => bracketed(inside)?,
            None => entry.split_once(':').unwrap_or((entry, "")),
        };
        names.push(name);
        ports.push(port);
    }
    store(settings, "host", &names.join(","))?;
    store(settings, "port", &ports.join(","))
}

/// Reads `::1]:5432` into address and port.
fn bracketed(inside: &str) -> Result<(&str, &str), OptionsError> {
    let malformed = |problem| Err(OptionsError::Url { problem });
    match inside.split_once(']') {
        None => malformed("the `[` of an IPv6 address is never closed"),
        Some(("", _)) => malformed("the IPv6 address between `[` and `]` is empty"),
        Some((address, "")) => Ok((address, "")),
        Some((address, after)) => match after.strip_prefix(':') {
            Some(port) => Ok((address, port)),
            None => malformed("only a port, a path or another host may follow the `]` of an IPv6 address"),
        },
    }
}

fn parameters(query: &str, settings: &mut Settings) -> Result<(), OptionsError> {
    // libpq lets the list end with `&` but not start with it or hold two in a row.
    if query.is_empty() {
        return Ok(());
    }
    let query = query.strip_suffix('&').unwrap_or(query);
    for parameter in query.split('&') {
        let Some((keyword, value)) = parameter.split_once('=') else {
            return Err(OptionsError::Url { problem: "a parameter after `?` has no `=`" });
        };
        if value.contains('=') {
            return Err(OptionsError::Url {
                problem: "a parameter after `?` has two `=`; write the one in the value as `%3D`",
            });
        }
        let (keyword, value) = (decode(keyword)?, decode(value)?);
        // The JDBC driver's spelling, which libpq takes too.
        let (keyword, value) = match (keyword.as_str(), value.as_str()) {
            ("ssl", "true") => ("sslmode", "require"),
            (keyword, value) => (keyword, value),
        };
        if query.contains('@') && super::keyword::find(keyword).is_none() {
            return Err(OptionsError::Url {
                problem: "an unknown parameter stands before an `@`; write `/` in a password as `%2F`, `?` as `%3F`",
            });
        }
        settings.set(keyword, value, Source::ConnectionString)?;
    }
    Ok(())
}

/// Stores a part of the URL; an empty part is the same as none.
fn store(settings: &mut Settings, keyword: &'static str, encoded: &str) -> Result<(), OptionsError> {
    match decode(encoded)?.as_str() {
        "" => Ok(()),
        text => settings.set(keyword, text, Source::ConnectionString),
    }
}

fn split_before<'a>(text: &'a str, any: &[char]) -> (&'a str, &'a str) {
    text.split_at(text.find(any).unwrap_or(text.len()))
}

/// Takes white space around a part away and refuses it inside, as libpq does since PostgreSQL 17.
fn decode(encoded: &str) -> Result<String, OptionsError> {
    const PROBLEM: &str = "a `%` is not followed by two hexadecimal digits; write a `%` itself as `%25`";
    let encoded = encoded.trim_ascii();
    if encoded.contains(|c: char| c.is_ascii_whitespace()) {
        return Err(OptionsError::Url { problem: "there is white space inside; write a space as `%20`" });
    }
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
        match (digit(), digit()) {
            (Some(0), Some(0)) => {
                return Err(OptionsError::Url { problem: "`%00` cannot be part of any setting" });
            }
            #[expect(clippy::cast_possible_truncation, reason = "two hexadecimal digits fit a byte")]
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            _ => return Err(OptionsError::Url { problem: PROBLEM }),
        }
    }
    String::from_utf8(bytes).map_err(|_| OptionsError::Url { problem: "a percent-encoded part is not UTF-8" })
}

/// Writes settings as a URL that `parse` and libpq read back as the same settings, all of them as parameters.
pub(super) fn print<'a>(settings: impl Iterator<Item = (&'static str, &'a str)>) -> String {
    let mut url = SCHEMES[0].to_owned();
    for (index, (keyword, value)) in settings.enumerate() {
        url.push(if index == 0 { '?' } else { '&' });
        url.push_str(keyword);
        url.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~/:,".contains(&byte) {
                url.push(char::from(byte));
            } else {
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::db::connect::key_value;
    use crate::db::connect::keyword::{KEYWORDS, Treatment};

    fn read(url: &str) -> Result<Vec<(&'static str, String)>, OptionsError> {
        let settings = parse(after_scheme(url).unwrap_or_else(|| panic!("{url} has no scheme")))?;
        Ok(settings.iter().map(|(name, value)| (name, value.to_owned())).collect())
    }

    #[test]
    fn urls_are_read_as_libpq_reads_them() {
        for (url, expected) in [
            ("postgresql://", ""),
            (
                "postgres://u:p@h1:1,h2:2/db?sslmode=allow&ssl=true",
                "dbname=db host=h1,h2 password=p port=1,2 sslmode=require user=u",
            ),
            ("postgresql://u@/db", "dbname=db user=u"),
            ("postgresql:///db?host=/tmp", "dbname=db host=/tmp"),
            ("postgresql://[::1]:5433/x", "dbname=x host=::1 port=5433"),
            ("postgresql://h,h2", "host=h,h2 port=,"),
            ("postgresql://h:,h2:3", "host=h,h2 port=,3"),
            ("postgresql://:p@h", "host=h password=p"),
            ("postgresql://u:@h", "host=h user=u"),
            ("postgresql://u:p:q?r@h", "host=h password=p:q?r user=u"),
            ("postgresql://h?", "host=h"),
            ("postgresql://%2Ftmp/d%20b", "dbname='d b' host=/tmp"),
            ("postgresql://h/db?host=a&host=b&", "dbname=db host=b"),
            ("postgresql://h?dbname=x", "dbname=x host=h"),
            ("postgresql://h/db?application%5Fname=z", "application_name=z dbname=db host=h"),
            ("postgresql://h,[::1]:3,k/d?port=7", "dbname=d host=h,::1,k port=7"),
            ("postgresql://h:1:2/x", "dbname=x host=h port=1:2"),
            ("postgresql://h/a/b", "dbname=a/b host=h"),
            ("postgres://h#frag", "host=h#frag"),
            ("postgresql://u%40x:%3A%2f%25@h", "host=h password=:/% user=u@x"),
            ("postgresql:// u:p @h/db\n", "dbname=db host=h password=p user=u"),
            ("postgresql://h?options=-c%20a%3Db", "host=h options='-c a=b'"),
        ] {
            let same = key_value::parse(expected).unwrap_or_else(|error| panic!("{expected}: {error}"));
            let same: Vec<_> = same.iter().map(|(name, value)| (name, value.to_owned())).collect();
            assert_eq!(read(url), Ok(same), "{url}");
        }
    }

    #[test]
    fn malformed_urls_are_refused_without_showing_them() {
        for url in [
            "postgresql://[::1]x",
            "postgresql://[]/x",
            "postgresql://[::1",
            "postgresql://h/?secret",
            "postgresql://h/?host=secret=b",
            "postgresql://h/?&host=secret",
            "postgresql://secret/?&",
            "postgresql://h/?host=secret&&port=1",
            "postgresql://h/secret%2",
            "postgresql://u:secret word@h",
            "postgresql://h/secret?user=a b",
            "postgresql://h/secret%zz",
            "postgresql://h/secret%00",
            "postgresql://h/secret%FF",
            "postgresql://u:p@secret@h/db",
            "postgresql://u:p/secret@h/db",
            "postgresql://u:p@h/secret@x",
            "postgresql://u:p/x?secret=y@h/db",
        ] {
            let error = read(url).expect_err(url).to_string();
            assert!(!error.contains("secret"), "{url}: {error}");
        }
    }

    #[test]
    fn a_scheme_in_capitals_is_no_url() {
        assert_eq!(after_scheme("POSTGRESQL://h"), None);
        assert_eq!(after_scheme("postgresql:/h"), None);
    }

    fn settings() -> impl Strategy<Value = Settings> {
        let honoured: Vec<_> = KEYWORDS
            .iter()
            .filter(|keyword| !matches!(keyword.treatment, Treatment::Only(..)))
            .map(|keyword| keyword.name)
            .collect();
        let pair = (proptest::sample::select(honoured), "[^\0]{0,12}");
        proptest::collection::vec(pair, 0..6).prop_map(|pairs| {
            let mut settings = Settings::default();
            for (name, value) in pairs {
                settings.set(name, &value, Source::ConnectionString).expect("a known keyword takes any text");
            }
            settings
        })
    }

    proptest! {
        #[test]
        fn printed_settings_are_read_back(settings in settings()) {
            let url = print(settings.iter());
            prop_assert!(url.is_ascii());
            prop_assert_eq!(parse(after_scheme(&url).expect("it starts with the scheme")), Ok(settings));
        }

        #[test]
        fn no_text_makes_the_parsers_panic(text in "\\PC{0,40}", tail in "[\\[\\]:/?&=@%,' \\\\a0]{0,30}") {
            for text in [&text, &tail, &format!("{text}{tail}")] {
                let _ = parse(text);
                let _ = key_value::parse(text);
            }
        }

        #[test]
        fn an_encoded_password_is_read_back_and_never_shown(password in "[^\0]{1,20}") {
            let encoded: String = password.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let settings = parse(&format!("u:{encoded}@h/db")).expect("well-formed");
            prop_assert_eq!(settings.text("password"), Some(password.as_str()));
            let shown = format!("{settings:?}");
            prop_assert!(shown.contains("\"password\": \"***\""), "{}", shown);
        }
    }
}
