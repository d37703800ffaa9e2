//! Connecting to real servers: every `sslmode` against every kind of certificate, authentication, files, several hosts,
//! and servers that are not there or say nothing. Where libpq can do the same, psql must come to the same end.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use crmdb::db::connect::{
    ConnectError, Connected, Environment, Failure, Options, OptionsError, Resolved, Warning, connect,
};
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use tokio_postgres::{AsyncMessage, SimpleQueryMessage};

use crate::connect_support::{PASSWORD, Server, World, psql, write_private};

/// Surroundings with a home folder of their own and nothing else.
fn surroundings(home: &Path, variables: &[(&str, &str)]) -> Environment {
    let variables: BTreeMap<_, _> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Environment {
        variables,
        home: Some(home.to_owned()),
        os_user: Some("trusted".to_owned()),
        ..Environment::default()
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}

/// Resolves in the given surroundings and connects once.
fn try_connect(conninfo: &str, environment: &Environment) -> Result<Connected, String> {
    let resolved = Options::resolve(Some(conninfo), environment).map_err(|error| error.to_string())?;
    run(connect(&resolved.options, None)).map_err(|error| error.to_string())
}

/// Returns `tls` or `plain` or the error, having asked the server itself.
fn outcome(conninfo: &str, environment: &Environment) -> String {
    let resolved = match Options::resolve(Some(conninfo), environment) {
        Ok(resolved) => resolved,
        Err(error) => return error.to_string(),
    };
    run(async {
        match connect(&resolved.options, None).await {
            Ok(mut connected) => {
                let sql = "SELECT CASE WHEN ssl THEN 'tls' ELSE 'plain' END || ' ' || pid \
                           FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
                let told = ask(&mut connected, sql).await;
                let claimed = if connected.tls { "tls" } else { "plain" };
                assert_eq!(told, format!("{claimed} {}", connected.backend_pid.unwrap()), "{conninfo}");
                claimed.to_owned()
            }
            Err(error) => error.to_string(),
        }
    })
}

/// Returns what psql makes of the same: `tls`, `plain` or `failed`.
fn psql_outcome(conninfo: &str, environment: &Environment) -> String {
    let mut command = psql();
    command.envs(&environment.variables).env("HOME", environment.home.as_ref().unwrap());
    if !environment.variables.contains_key("PGUSER") {
        command.env("PGUSER", environment.os_user.as_ref().unwrap());
    }
    let sql =
        "SELECT CASE WHEN ssl THEN 'tls' ELSE 'plain' END FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let output = command.args(["-XAtw", "-d", conninfo, "-c", sql]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    if output.status.success() { text } else { "failed".to_owned() }
}

/// Runs one query, driving the session meanwhile, and returns its one value.
async fn ask(connected: &mut Connected, sql: &str) -> String {
    let query = Box::pin(connected.client.simple_query(sql));
    let rows = match select(query, connected.messages.next()).await {
        Either::Left((rows, _)) => rows.unwrap(),
        Either::Right((message, _)) => panic!("{sql}: {message:?}"),
    };
    let row = rows.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    row.unwrap_or_default()
}

fn at(server: &Server, rest: &str) -> String {
    format!("host=localhost port={} dbname=postgres {rest}", server.port)
}

/// One row: conninfo, what crmdb must come to (`tls`, `plain`, or a part of the error), and whether libpq agrees.
struct Row {
    conninfo: String,
    expected: &'static str,
    psql_agrees: Agreement,
}

#[derive(PartialEq, Eq)]
enum Agreement {
    Same,
    /// crmdb is stricter on purpose, or this libpq is too old for the keyword.
    Apart,
}

fn same(conninfo: String, expected: &'static str) -> Row {
    Row { conninfo, expected, psql_agrees: Agreement::Same }
}

fn apart(conninfo: String, expected: &'static str) -> Row {
    Row { conninfo, expected, psql_agrees: Agreement::Apart }
}

fn check(rows: &[Row], environment: &Environment) {
    let mut wrong = Vec::new();
    for Row { conninfo, expected, psql_agrees } in rows {
        let found = outcome(conninfo, environment);
        let fits =
            if matches!(*expected, "tls" | "plain") { found == *expected } else { found.contains(expected) };
        if !fits || found.contains(PASSWORD) {
            wrong.push(format!("{conninfo}\n  expected {expected}\n  found    {found}"));
        }
        if *psql_agrees == Agreement::Same {
            let theirs = psql_outcome(conninfo, environment);
            let ours = if matches!(found.as_str(), "tls" | "plain") { found.as_str() } else { "failed" };
            if theirs != ours {
                wrong.push(format!("{conninfo}\n  psql says {theirs}, crmdb {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_sslmode_ends_as_in_libpq_with_and_without_tls_on_the_server() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let mut rows = Vec::new();
    for (mode, secure, plain) in [
        ("disable", "plain", "plain"),
        ("allow", "plain", "plain"),
        ("prefer", "tls", "plain"),
        ("require", "tls", "the server offers no TLS, which `sslmode` `require` needs"),
    ] {
        rows.push(same(at(&world.secure, &format!("sslmode={mode}")), secure));
        rows.push(same(at(&world.plain, &format!("sslmode={mode}")), plain));
    }
    rows.push(same(at(&world.secure, ""), "tls"));
    for mode in ["verify-ca", "verify-full"] {
        rows.push(same(at(&world.secure, &format!("sslmode={mode}")), "there is none: name the file"));
    }
    for mode in ["disable", "allow", "prefer"] {
        rows.push(same(
            at(&world.secure, &format!("user=tls_only password=x sslmode={mode}")),
            "sqlstate 28",
        ));
    }
    check(&rows, &surroundings(home.path(), &[]));
}

#[test]
fn certificates_are_judged_as_in_libpq() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let (good, bad, own) = (world.file("ca.crt"), world.file("other_ca.crt"), world.file("self_signed.crt"));
    let untrusted = "no trusted root has signed";
    let mut rows = Vec::new();
    for mode in ["require", "verify-ca", "verify-full"] {
        for server in [&world.secure, &world.version_one] {
            rows.push(same(at(server, &format!("sslmode={mode} sslrootcert={good}")), "tls"));
            rows.push(same(at(server, &format!("sslmode={mode} sslrootcert={bad}")), untrusted));
        }
        rows.push(same(at(&world.self_signed, &format!("sslmode={mode} sslrootcert={own}")), "tls"));
        rows.push(same(at(&world.self_signed, &format!("sslmode={mode} sslrootcert={good}")), untrusted));
        rows.push(same(at(&world.secure, &format!("sslmode={mode} sslrootcert={own}")), untrusted));
        let tls12 = format!("sslmode={mode} sslrootcert={good} ssl_max_protocol_version=TLSv1.2");
        rows.push(same(at(&world.version_one, &tls12), "tls"));
        rows.push(apart(
            at(&world.secure, &format!("sslmode={mode} sslrootcert=/nowhere/root.crt")),
            "/nowhere",
        ));
    }
    rows.push(same(at(&world.secure, &format!("sslmode=prefer sslrootcert={bad}")), "plain"));
    for server in [&world.secure, &world.version_one] {
        let by_address = |rest: &str| format!("host=127.0.0.1 port={} dbname=postgres {rest}", server.port);
        rows.push(same(by_address(&format!("sslmode=verify-ca sslrootcert={good}")), "tls"));
        rows.push(same(
            by_address(&format!("sslmode=verify-full sslrootcert={good}")),
            "not for this host name",
        ));
        let named = format!("sslmode=verify-full sslrootcert={good}").replace("host=127.0.0.1", "");
        let named = format!("host=localhost hostaddr=127.0.0.1 port={} dbname=postgres {named}", server.port);
        rows.push(same(named, "tls"));
    }
    let nameless =
        format!("hostaddr=127.0.0.1 port={} dbname=postgres sslrootcert={good}", world.secure.port);
    rows.push(same(format!("{nameless} sslmode=verify-full"), "needs a host name"));
    rows.push(same(format!("{nameless} sslmode=verify-ca"), "tls"));
    rows.push(apart(
        at(&world.secure, "sslrootcert=system sslmode=require"),
        "too weak for `sslrootcert` `system`",
    ));
    rows.push(apart(at(&world.secure, "sslrootcert=system"), "TLS failed"));
    check(&rows, &surroundings(home.path(), &[]));
}

#[test]
fn a_root_certificate_at_its_usual_place_is_used_in_every_mode() {
    let world = World::shared();
    for (root, expected_require, expected_prefer) in
        [("ca.crt", "tls", "tls"), ("other_ca.crt", "no trusted root", "plain")]
    {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".postgresql")).unwrap();
        std::fs::copy(world.file(root), home.path().join(".postgresql/root.crt")).unwrap();
        let rows = [
            same(at(&world.secure, "sslmode=require"), expected_require),
            same(at(&world.secure, "sslmode=verify-full"), expected_require),
            same(at(&world.secure, "sslmode=prefer"), expected_prefer),
        ];
        check(&rows, &surroundings(home.path(), &[]));
    }
}

#[test]
fn a_client_certificate_logs_in_from_named_files_and_from_the_usual_place() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let with = |certificate: &str, key: &str| {
        let (certificate, key) = (world.file(certificate), world.file(key));
        at(&world.secure, &format!("user=cert_user sslmode=require sslcert={certificate} sslkey={key}"))
    };
    let rows = [
        same(with("cert_user.crt", "cert_user.key"), "tls"),
        same(at(&world.secure, "user=cert_user sslmode=require"), "sqlstate 28000"),
        same(with("stranger.crt", "stranger.key"), "sqlstate 28000"),
        same(with("cert_user.crt", "stranger.key"), "does not belong to the certificate"),
        same(with("cert_user.crt", "missing.key"), "missing.key"),
        apart(with("missing.crt", "cert_user.key"), "missing.crt"),
        same(with("cert_user.crt", "open.key"), "chmod 0600"),
        apart(with("cert_user.crt", "encrypted.key"), "it is encrypted"),
        same(with("cert_user.crt", "ca.crt"), "cannot be used"),
        same(at(&world.secure, "user=cert_user sslmode=disable"), "no pg_hba.conf entry"),
    ];
    check(&rows, &surroundings(home.path(), &[]));

    let usual = home.path().join(".postgresql");
    std::fs::create_dir(&usual).unwrap();
    std::fs::copy(world.file("cert_user.crt"), usual.join("postgresql.crt")).unwrap();
    std::fs::copy(world.file("cert_user.key"), usual.join("postgresql.key")).unwrap();
    let rows = [
        same(at(&world.secure, "user=cert_user sslmode=require"), "tls"),
        apart(at(&world.secure, "user=cert_user sslmode=require sslcertmode=disable"), "sqlstate 28000"),
    ];
    check(&rows, &surroundings(home.path(), &[]));
}

#[test]
fn passwords_log_in_by_every_method_and_a_wrong_one_is_told_without_showing_it() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let right = surroundings(home.path(), &[("PGPASSWORD", PASSWORD)]);
    let mut rows = Vec::new();
    for user in ["scram_user", "md5_user", "clear_user"] {
        rows.push(same(at(&world.secure, &format!("user={user}")), "tls"));
        rows.push(same(at(&world.plain, &format!("user={user}")), "plain"));
    }
    rows.push(same(at(&world.secure, "user=tls_only sslmode=allow"), "tls"));
    rows.push(same(at(&world.secure, "user=plain_only sslmode=prefer"), "plain"));
    rows.push(same(at(&world.secure, "user=plain_only sslmode=require"), "no pg_hba.conf entry"));
    rows.push(same(at(&world.secure, "user=scram_user channel_binding=require"), "tls"));
    rows.push(same(at(&world.secure, "user=scram_user channel_binding=disable"), "tls"));
    rows.push(same(at(&world.plain, "user=scram_user channel_binding=require"), "channel binding"));
    rows.push(same(at(&world.secure, "user=md5_user channel_binding=require"), "channel binding"));
    rows.push(same(at(&world.secure, "user=scram_user dbname=missing"), "sqlstate 3D000"));
    for (auth, user, expected) in [
        ("scram-sha-256", "scram_user", "tls"),
        ("scram-sha-256", "md5_user", "asks for `md5`, which `require_auth` does not allow"),
        ("scram-sha-256", "clear_user", "asks for `password`, which"),
        ("scram-sha-256", "trusted", "asks for `none`, which"),
        ("!password,!md5", "scram_user", "tls"),
        ("!password,!md5", "clear_user", "asks for `password`, which"),
        ("none", "trusted", "tls"),
    ] {
        rows.push(apart(at(&world.secure, &format!("user={user} require_auth={auth}")), expected));
    }
    check(&rows, &right);

    let wrong = surroundings(home.path(), &[("PGPASSWORD", "open sesame")]);
    for user in ["scram_user", "md5_user", "clear_user"] {
        let error = try_connect(&at(&world.secure, &format!("user={user}")), &wrong).unwrap_err();
        let (port, message) =
            (world.secure.port, format!("password authentication failed for user \"{user}\""));
        assert_eq!(error, format!("cannot connect to localhost:{port}: {message} (sqlstate 28P01)"));
        let error = try_connect(&at(&world.secure, &format!("user={user}")), &surroundings(home.path(), &[]));
        assert!(error.unwrap_err().contains("the server asks for a password and none is given"));
    }
}
