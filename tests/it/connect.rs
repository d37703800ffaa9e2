//! Connecting to real servers: every `sslmode` against every kind of certificate, authentication, files, several hosts,
//! and servers that are not there or say nothing. Where libpq can do the same, psql must come to the same end.

mod files;
mod hosts;
mod login;
mod tls;
mod world;

use std::collections::BTreeMap;
use std::path::Path;

use crmdb::db::connect::{Connected, Environment, Options, connect};
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use tokio_postgres::SimpleQueryMessage;

use world::{PASSWORD, Server, psql};

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

/// Connects and does something with the session, which must open.
fn with_session<T>(
    conninfo: &str,
    environment: &Environment,
    act: impl AsyncFnOnce(&mut Connected) -> T,
) -> T {
    let resolved = Options::resolve(Some(conninfo), environment).unwrap();
    run(async { act(&mut connect(&resolved.options, None).await.unwrap()).await })
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
