//! The judge of the catalog tests: `pg_dump -s`, on a cluster with the roles and tablespaces that the cases name.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::support::postgres::{Server, pg_dump};

/// The roles and tablespaces that the cases may name.
const SURROUNDINGS: &str = "CREATE ROLE app; CREATE ROLE reader; CREATE ROLE writer; CREATE ROLE admin; \
                            CREATE ROLE \"Odd Role\"; GRANT app TO admin";
const TABLESPACES: [&str; 2] =
    ["CREATE TABLESPACE fast LOCATION ''", "CREATE TABLESPACE \"Slow Disk\" LOCATION ''"];

/// Returns the server that the catalog tests share: a private one, or the one that `CRMDB_TEST_SERVER` names.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let named = std::env::var_os("CRMDB_TEST_SERVER").is_some();
    let server = if named { Server::shared() } else { SERVER.get_or_init(Server::private) };
    static FURNISHED: OnceLock<()> = OnceLock::new();
    FURNISHED.get_or_init(|| {
        let mut session = server.client("postgres");
        let there = session.query("SELECT FROM pg_roles WHERE rolname = 'Odd Role'", &[]).unwrap();
        if there.is_empty() {
            session.batch_execute(SURROUNDINGS).unwrap();
            // In place: without a folder of their own outside the cluster's.
            session.batch_execute("SET allow_in_place_tablespaces = on").unwrap();
            TABLESPACES.iter().for_each(|sql| session.batch_execute(sql).unwrap());
        }
    });
    server
}

/// Returns the major version of that server.
pub(crate) fn major() -> u32 {
    static MAJOR: OnceLock<u32> = OnceLock::new();
    *MAJOR.get_or_init(|| {
        let sql = "SELECT current_setting('server_version_num')::int / 10000";
        let major: i32 = server().client("postgres").query_one(sql, &[]).unwrap().get(0);
        major.unsigned_abs()
    })
}

/// Returns what `pg_dump -s` says, without what is no difference: its header, the order of entries and columns.
pub(crate) fn dump(url: &str) -> String {
    let output = pg_dump().args(["-s", "-d", url]).output().unwrap();
    assert!(output.status.success(), "pg_dump failed: {}", String::from_utf8_lossy(&output.stderr));
    normalised(&String::from_utf8(output.stdout).unwrap())
}

fn normalised(dump: &str) -> String {
    let mut entries: Vec<String> = Vec::new();
    // What `SET default_…` says holds for the entries behind it.
    let (mut tablespace, mut method) = (String::new(), String::new());
    for block in dump.split("\n--\n-- Name: ").skip(1) {
        let (head, body) = block.split_once("\n--\n").unwrap_or((block, ""));
        let head = head.split(';').take(3).collect::<Vec<_>>().join(";");
        let is =
            |kind: &str| head.split(';').nth(1).is_some_and(|part| part.trim() == format!("Type: {kind}"));
        let acl = is("ACL") || is("DEFAULT ACL");
        let stored = is("TABLE") || is("MATERIALIZED VIEW");
        let placed = stored || is("INDEX") || is("CONSTRAINT");
        let place = if placed { tablespace.clone() } else { String::new() };
        let plain = stored && !body.contains("\nPARTITION BY ");
        let access = if plain { method.clone() } else { String::new() };
        let mut lines: Vec<&str> = Vec::new();
        for line in body.lines() {
            if let Some(rest) = line.strip_prefix("SET default_tablespace = ") {
                tablespace = rest.replace("''", "");
            } else if let Some(rest) = line.strip_prefix("SET default_table_access_method = ") {
                method = rest.to_owned();
            } else {
                let frame = line.starts_with("-- PostgreSQL database dump") || line == "--";
                if !(line.is_empty() || line.starts_with('\\') || frame) {
                    lines.push(line);
                }
            }
        }
        if acl {
            lines = sorted_grants(&lines);
        }
        let statistics = lines.first().and_then(|line| sorted_statistics(line));
        if let Some(sorted) = &statistics {
            lines[0] = sorted;
        }
        sort_settings(&mut lines);
        entries.push(format!("-- {head} {place} {access}\n{}\n", sorted_columns(&lines).join("\n")));
    }
    entries.sort();
    entries.concat()
}

/// Sorts what is set for single columns, which stands in the order of the columns.
fn sort_settings(lines: &mut [&str]) {
    let setting = |line: &&str| line.starts_with("ALTER TABLE ONLY ") && line.contains(" ALTER COLUMN ");
    for run in lines.chunk_by_mut(|one, other| setting(one) && setting(other)) {
        run.sort_unstable();
    }
}

/// Sorts the columns of `CREATE STATISTICS`, which stand as in the table.
fn sorted_statistics(line: &str) -> Option<String> {
    let (head, rest) = line.strip_prefix("CREATE STATISTICS ")?.split_once(" ON ")?;
    let (columns, table) = rest.rsplit_once(" FROM ")?;
    let mut columns: Vec<&str> = columns.split(", ").collect();
    columns.sort_unstable();
    Some(format!("CREATE STATISTICS {head} ON {} FROM {table}", columns.join(", ")))
}

/// Sorts the grants: those of the owner, then those that another role made, each with the lines around it.
fn sorted_grants<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let (mut own, mut foreign) = (Vec::new(), Vec::new());
    let mut open = false;
    for line in lines {
        open |= line.starts_with("SET SESSION AUTHORIZATION");
        (if open { &mut foreign } else { &mut own }).push(*line);
        open &= !line.starts_with("RESET SESSION AUTHORIZATION");
    }
    own.sort_unstable();
    let mut blocks: Vec<&[&str]> = foreign.split_inclusive(|line| line.starts_with("RESET ")).collect();
    blocks.sort_unstable();
    own.into_iter().chain(blocks.concat()).collect()
}

/// Sorts the lines between the parentheses of `CREATE TABLE` and `CREATE TYPE … AS`: columns cannot be moved.
fn sorted_columns(lines: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    let mut columns: Option<BTreeSet<String>> = None;
    for line in lines {
        match &mut columns {
            Some(found) if line.starts_with(')') => {
                out.extend(std::mem::take(found));
                out.push((*line).to_owned());
                columns = None;
            }
            Some(found) => drop(found.insert(line.trim_end_matches(',').to_owned())),
            None => {
                let opens = line.starts_with("CREATE ") && line.contains("TABLE ") && line.ends_with('(')
                    || line.starts_with("CREATE TYPE ") && line.ends_with(" AS (");
                columns = opens.then(BTreeSet::new);
                out.push((*line).to_owned());
            }
        }
    }
    out.extend(columns.into_iter().flatten());
    out
}
