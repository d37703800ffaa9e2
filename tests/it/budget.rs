//! The lock budget: what `up --dry-run` tells of each statement before it runs, and what `[policy]` refuses.

use insta::assert_snapshot;
use serde::Deserialize;

use crate::support::postgres::{Database, Server};
use crate::support::project::{Output, Project};

const TABLES: &str = "\
CREATE TABLE leads (id int PRIMARY KEY, name text, amount int, score int);
CREATE TABLE notes (id int PRIMARY KEY, lead int, text text);
";
const CHANGES: &str = "\
ALTER TABLE leads ADD COLUMN source text DEFAULT 'web';
ALTER TABLE leads ALTER amount TYPE bigint;
ALTER TABLE leads ALTER name SET NOT NULL;
CREATE INDEX leads_name_idx ON leads (name);
ALTER TABLE notes ADD CONSTRAINT notes_lead_fkey FOREIGN KEY (lead) REFERENCES leads NOT VALID;
ALTER TABLE notes VALIDATE CONSTRAINT notes_lead_fkey;
UPDATE notes SET text = '' WHERE text IS NULL;
CREATE TABLE own (id int);
ALTER TABLE own ALTER id TYPE bigint;
";
const CONCURRENTLY: &str = "\
-- crmdb: no-transaction
CREATE INDEX CONCURRENTLY leads_score_idx ON leads (score);
ALTER TABLE notes ADD COLUMN pinned boolean;
";

/// A project whose first migration is applied to a database with rows, and two that are pending.
fn pending() -> (Project, Database<'static>) {
    let (project, database) =
        (Project::new().migration("V1__tables.sql", TABLES), Server::shared().database());
    project.run(&database, "migrate up").expect(0);
    let rows = "INSERT INTO leads SELECT i, 'n', i, i FROM generate_series(1, 2000) AS i; \
                INSERT INTO notes SELECT i, i, 't' FROM generate_series(1, 500) AS i; ANALYZE";
    database.client().batch_execute(rows).unwrap();
    let project =
        project.migration("V2__changes.sql", CHANGES).migration("V3__concurrently.sql", CONCURRENTLY);
    (project, database)
}

fn with_policy(project: Project, policy: &str) -> Project {
    project.file("schema.toml", &format!("[policy]\n{policy}\n"))
}

#[test]
fn a_dry_run_tells_what_each_statement_locks_reads_and_writes() {
    let (project, database) = pending();
    assert_snapshot!(project.run(&database, "migrate up --dry-run").expect(0));
    let mut reader = database.client();
    reader.batch_execute("SET application_name = 'report'; BEGIN; SELECT FROM leads").unwrap();
    let output = project.run(&database, "migrate up --dry-run").expect(0);
    assert!(
        output.stdout.contains("`report` holds ACCESS SHARE on public.leads: idle in transaction, for "),
        "{output}"
    );
}

#[test]
fn a_rewrite_over_the_budget_is_refused_before_anything_runs() {
    let (project, database) = pending();
    let project = with_policy(project, "max_rewrite = \"100kB\"\nmax_scan = \"100kB\"");
    assert_snapshot!(project.run(&database, "migrate up").expect(4));
    let refused = project.run(&database, "migrate up --accept-rewrite").expect(4);
    assert!(!refused.stderr.contains("rewrites") && refused.stderr.contains("reads all of"), "{refused}");
    let applied = "SELECT count(*) FROM crmdb.migration";
    assert_eq!(database.client().query_one(applied, &[]).unwrap().get::<_, i64>(0), 1);
    project.run(&database, "migrate up --accept-rewrite --accept-scan").expect(0);
}

#[test]
fn what_the_budget_allows_runs_and_says_what_it_locks() {
    let (project, database) = pending();
    let project = with_policy(project, "max_rewrite = \"1GB\"");
    let done = project.run(&database, "migrate up").expect(0);
    assert!(done.stderr.contains("ACCESS EXCLUSIVE (stops reads and writes) on: public.leads"), "{done}");
    let nothing = project.run(&database, "migrate up").expect(0);
    assert_eq!(nothing.stderr, "", "{nothing}");
}

#[test]
fn a_budget_that_can_not_be_checked_is_not_kept() {
    let (project, database) = pending();
    let run = |project: &Project, line: &str| {
        let mut command = project.command(&database.url(), line);
        command.env("CRMDB_PG_BIN", "/nonexistent");
        Output::new(line, command.output().unwrap())
    };
    let project = with_policy(project, "max_rewrite = \"1GB\"");
    assert_snapshot!(run(&project, "migrate up").expect(4));
    run(&project, "migrate up --accept-rewrite --accept-data-loss").expect(0);
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cost {
    migration: String,
    line: usize,
    statement: String,
    relation: Relation,
    lock: Option<String>,
    held: Option<String>,
    work: String,
    bytes: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Relation {
    schema: String,
    name: String,
}

#[test]
fn programs_read_what_each_statement_costs() {
    let (project, database) = pending();
    let drop = "-- crmdb: no-transaction\nDROP INDEX CONCURRENTLY leads_score_idx;\n";
    let project = project.migration("V4__drop.sql", drop);
    let output = project.run(&database, "migrate up --dry-run --format json").expect(0);
    let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let costs: Vec<Cost> = serde_json::from_value(document["blast"]["costs"].clone()).unwrap();
    let cost = |line: usize, name: &str| {
        let mut costs = costs.iter().filter(|cost| cost.migration == "V2__changes.sql");
        costs.find(|cost| cost.line == line && cost.relation.name == name).unwrap()
    };
    let rewrite = cost(2, "leads");
    assert_eq!((rewrite.work.as_str(), rewrite.lock.as_deref()), ("rewrite", None));
    assert_eq!(
        (rewrite.held.as_deref(), rewrite.relation.schema.as_str()),
        (Some("access-exclusive"), "public")
    );
    assert!(
        rewrite.bytes.unwrap() > 100_000 && rewrite.statement.starts_with("ALTER TABLE leads ALTER amount")
    );
    assert_eq!((cost(6, "notes").work.as_str(), cost(7, "notes").work.as_str()), ("scan", "write"));
    assert!(
        costs.iter().all(|cost| cost.relation.name != "own"),
        "what the plan makes costs nobody anything"
    );
    let concurrently = costs.iter().find(|cost| cost.migration == "V3__concurrently.sql").unwrap();
    assert_eq!(
        (concurrently.relation.name.as_str(), concurrently.lock.as_deref()),
        ("leads", Some("share-update-exclusive"))
    );
    let drop = costs.iter().find(|cost| cost.migration == "V4__drop.sql").unwrap();
    assert_eq!((drop.relation.name.as_str(), drop.work.as_str()), ("leads", "none"));
    assert_eq!(document["blast"]["unseen"], serde_json::json!([]));
}
