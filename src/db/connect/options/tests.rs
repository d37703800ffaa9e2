//! Tables for what settings are resolved to, from which place.
#![expect(clippy::disallowed_methods, reason = "the tests write the files that are to be read")]

use super::*;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::db::connect::SslMode;

fn surroundings(variables: &[(&str, &str)]) -> Environment {
    Environment {
        variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        os_user: Some("me".to_owned()),
        ..Environment::default()
    }
}

fn resolved(conninfo: &str, environment: &Environment) -> Options {
    match Options::resolve(Some(conninfo), environment) {
        Ok(Resolved { options, warnings }) if warnings.is_empty() => options,
        other => panic!("{conninfo}: {other:?}"),
    }
}

fn refused(conninfo: &str, environment: &Environment) -> String {
    match Options::resolve(Some(conninfo), environment) {
        Err(error) => error.to_string(),
        Ok(resolved) => panic!("{conninfo}: {resolved:?}"),
    }
}

#[test]
fn the_connection_string_comes_before_the_environment_and_that_before_defaults() {
    let environment = [("PGHOST", "env"), ("PGPORT", "1"), ("PGUSER", "eve"), ("PGDATABASE", "envdb")];
    for (conninfo, variables, expected) in [
        ("host=h", &[][..], "me on h:5432 as me"),
        ("host=h user=u", &[], "u on h:5432 as u"),
        ("postgresql://h/d", &environment[..], "d on h:1 as eve"),
        ("", &environment[..], "envdb on env:1 as eve"),
        ("port=2", &environment[..], "envdb on env:2 as eve"),
        ("host=h port=''", &environment[..], "envdb on h:5432 as eve"),
        ("host=h", &[("PGUSER", "")], "me on h:5432 as me"),
        ("host=/run/x dbname=d", &[("PGUSER", "u")], "d on /run/x/.s.PGSQL.5432 as u"),
        ("host=a,b port=1,2", &[], "me on a:1, b:2 as me"),
    ] {
        assert_eq!(
            resolved(conninfo, &surroundings(variables)).to_string(),
            expected,
            "{conninfo} {variables:?}"
        );
    }
    let nobody = Environment::default();
    assert_eq!(Options::resolve(Some("host=h"), &nobody), Err(OptionsError::NoUser));
}

#[test]
fn a_service_comes_between_the_connection_string_and_the_environment() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("services");
    std::fs::write(&file, "[crm]\nhost=db.service\nport=6000\ndbname=sdb\n").expect("written");
    let path = file.display().to_string();
    let variables = [("PGSERVICEFILE", path.as_str()), ("PGPORT", "1"), ("PGUSER", "eve")];
    let options = resolved("service=crm dbname=own", &surroundings(&variables));
    assert_eq!(options.to_string(), "own on db.service:6000 as eve");
    let by_variable = [&variables[..], &[("PGSERVICE", "crm")]].concat();
    assert_eq!(resolved("", &surroundings(&by_variable)).to_string(), "sdb on db.service:6000 as eve");
    assert!(
        refused("service=other", &surroundings(&variables))
            .contains("connection service `other` is in none of")
    );
    let gone = surroundings(&[("PGSERVICEFILE", "/nowhere/services")]);
    assert!(refused("service=crm", &gone).starts_with("service file `/nowhere/services`: "));
}

fn with_passfile(folder: &Path, text: &str) -> Environment {
    let path = folder.join(".pgpass");
    std::fs::write(&path, text).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("mode set");
    Environment { home: Some(folder.to_owned()), ..surroundings(&[]) }
}

fn password(options: &Options, host: usize) -> Option<String> {
    options.password_for(&options.hosts[host]).map(|secret| secret.expose().to_owned())
}

#[test]
fn each_host_and_database_has_its_own_password_in_the_password_file() {
    let folder = tempfile::tempdir().expect("folder");
    let environment =
        with_passfile(folder.path(), "a:*:crm:*:for a\nb:*:crm:*:for b\n*:*:other:*:for other\nc:*:*:*:\n");
    let options = resolved("host=a,b,c dbname=crm", &environment);
    let found: Vec<_> = (0..3).map(|host| password(&options, host)).collect();
    assert_eq!(found, [Some("for a".to_owned()), Some("for b".to_owned()), None]);
    let other = options.with_database("other");
    assert_eq!((other.database(), password(&other, 0)), ("other", Some("for other".to_owned())));
    assert!(other.to_url_without_password().contains("dbname=other"));
    assert_eq!(
        password(&resolved("host=a dbname=crm password=own", &environment), 0),
        Some("own".to_owned())
    );
}

#[test]
fn a_target_is_handed_to_a_child_without_its_password_in_the_url() {
    let given = "postgresql://app:hunter2@h:1/crm?sslmode=require&sslpassword=hunter3&keepalives=0&application_name=x";
    let options = resolved(given, &surroundings(&[("PGOPTIONS", "-c a=b")]));
    let url = options.to_url_without_password();
    assert_eq!(
        url,
        "postgresql://?application_name=x&dbname=crm&host=h&keepalives=0&options=-c%20a%3Db&port=1&sslmode=require&user=app"
    );
    let variables = options.to_libpq_env();
    let expected = [
        ("PGUSER", "app"),
        ("PGPASSWORD", "hunter2"),
        ("PGDATABASE", "crm"),
        ("PGHOST", "h"),
        ("PGPORT", "1"),
        ("PGOPTIONS", "-c a=b"),
        ("PGAPPNAME", "x"),
        ("PGSSLMODE", "require"),
    ];
    assert_eq!(variables, expected.map(|(name, value)| (name, value.to_owned())));
    for shown in [
        format!("{options}"),
        format!("{options:?}"),
        format!("{:?}", surroundings(&[("PGPASSWORD", "hunter2")])),
    ] {
        assert!(!shown.contains("hunter"), "{shown}");
    }
}

#[test]
fn what_cannot_be_kept_is_refused_by_name() {
    for (conninfo, part) in [
        (
            "sslmod=require",
            "unknown connection keyword `sslmod` in the connection string; did you mean `sslmode`?",
        ),
        (
            "sslmode=yes",
            "`sslmode` in the connection string is not valid: `yes`, it must be `disable`, `allow`",
        ),
        ("sslmode=''", "`sslmode` in the connection string is not valid"),
        ("replication=database", "`replication` in the connection string cannot be honoured: a replication"),
        ("gssencmode=require", "`gssencmode`"),
        ("sslcrl=x", "`sslcrl`"),
        ("sslcertmode=require", "`sslcertmode`"),
        ("client_encoding=LATIN1", "`UTF8` or `auto`"),
        ("min_protocol_version=3.2", "`min_protocol_version`"),
        ("target_session_attrs=master", "`prefer-standby`"),
        ("load_balance_hosts=yes", "`random`"),
        ("channel_binding=on", "`require`"),
        ("sslnegotiation=direct", "needs `require` or stronger"),
        ("sslrootcert=system sslmode=verify-ca", "needs `verify-full`"),
        ("ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2", "leave no TLS version"),
        ("ssl_max_protocol_version=TLSv1.1", "leave no TLS version"),
        ("ssl_min_protocol_version=SSLv3", "`TLSv1.2`"),
        ("sslsni=2", "`0` or `1`"),
        ("require_auth=gss", "crmdb has"),
        ("host=a,b port=1,2,3", "3 `port` values do not match 2 `host` values"),
        ("port=54x", "`port` in the connection string is not valid, it must be"),
        ("keepalives=maybe", "whole number"),
    ] {
        let error = refused(&format!("host=h {conninfo}"), &surroundings(&[]));
        assert!(error.contains(part), "{conninfo}: {error}");
    }
    let error = refused("host=h", &surroundings(&[("PGSSLMODE", "on")]));
    assert!(error.starts_with("`sslmode` in `PGSSLMODE` is not valid: `on`"), "{error}");
    let unreadable = Environment { unreadable: vec!["PGHOST".to_owned()], ..surroundings(&[]) };
    assert_eq!(refused("host=h", &unreadable), "the value of `PGHOST` is not UTF-8");
}

#[test]
fn what_changes_nothing_is_taken() {
    for conninfo in [
        "application_name=x fallback_application_name=y",
        "gssencmode=prefer krbsrvname=pg gsslib=gssapi gssdelegation=1",
        "gssencmode=disable sslcompression=1 replication=false sslcertmode=allow sslcrl='' sslcrldir=''",
        "client_encoding=utf-8 max_protocol_version=latest min_protocol_version=3.0 max_protocol_version=3.2",
        "client_encoding=auto sslcert='' sslkey='' sslrootcert='' options='' require_auth='' requirepeer=''",
        "ssl_min_protocol_version=tlsv1 ssl_max_protocol_version='' sslsni=0",
    ] {
        resolved(&format!("host=h {conninfo}"), &surroundings(&[]));
    }
}

#[test]
fn session_settings_of_the_environment_follow_the_options() {
    let environment =
        surroundings(&[("PGTZ", "Europe/Paris"), ("PGDATESTYLE", "ISO, DMY"), ("PGGEQO", "default")]);
    let options = resolved("host=h options='-c work_mem=1MB'", &environment);
    let expected = "-c work_mem=1MB -c TimeZone=Europe/Paris -c DateStyle=ISO,\\ DMY";
    assert_eq!(options.server_options.as_deref(), Some(expected));
}

#[test]
fn the_old_variable_that_requires_tls_still_does() {
    let old = [("PGREQUIRESSL", "1")];
    assert_eq!(resolved("host=h", &surroundings(&old)).tls.mode, SslMode::Require);
    assert_eq!(resolved("host=h sslmode=disable", &surroundings(&old)).tls.mode, SslMode::Disable);
    assert_eq!(resolved("host=h", &surroundings(&[])).tls.mode, SslMode::Prefer);
    assert_eq!(resolved("host=h sslrootcert=system", &surroundings(&[])).tls.mode, SslMode::VerifyFull);
}

proptest::proptest! {
    #[test]
    fn no_settings_make_resolving_panic_or_show_the_password(
        pairs in proptest::collection::vec((0..KEYWORDS.len(), "[-a-z0-9,!./ ]{0,8}|[^\0]{0,5}"), 0..8),
        by_variable in proptest::bool::ANY,
    ) {
        const SECRET: &str = "Xq7=secret";
        let mut environment = surroundings(&[("PGPASSWORD", SECRET)]);
        let mut pairs: Vec<_> = pairs.iter().map(|(index, value)| (&KEYWORDS[*index], value.as_str())).collect();
        pairs.retain(|(keyword, _)| {
            !is_service(keyword.name) && !is_secret(keyword.name) && keyword.name != "passfile"
        });
        if by_variable {
            let variables = pairs.iter().filter_map(|(keyword, value)| Some((keyword.variable?, *value)));
            environment.variables.extend(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
            pairs.clear();
        }
        let url = url::print(pairs.iter().map(|(keyword, value)| (keyword.name, *value)));
        let shown = match Options::resolve(Some(&url), &environment) {
            Ok(resolved) => {
                let options = &resolved.options;
                let again = Options::resolve(Some(&options.to_url_without_password()), &environment);
                // What differs is where each setting came from, which `Debug` leaves out.
                proptest::prop_assert_eq!(format!("{:?}", again), format!("{:?}", Ok::<_, ()>(&resolved)));
                format!("{resolved:?} {options} {}", options.to_url_without_password())
            }
            Err(error) => format!("{error} {error:?}"),
        };
        proptest::prop_assert!(!shown.contains(SECRET), "{}", shown);
    }
}
