//! `crmdb verify` and the verification inside every run: each kind of finding on a real server, and nothing else.

mod edits;
mod elsewhere;

use serde::Deserialize;

use crate::support::postgres::Database;
use crate::support::project::{Output, Project};

const CONTRACT: &str = "\
[modules.crm]
strict = true
functions = ['touch() returns trigger']
views = ['open_leads AS SELECT 1 AS one', 'won_leads']
sequences = ['invoice_number as bigint increment by 10 start with 1000']
domains = [\"email as text not null constraint email_check check ((value ~ '@'::text))\"]
extensions = ['plpgsql']

[modules.crm.enums]
stage = ['new', 'won', 'lost']

[modules.crm.tables.customers]
columns = ['id int not null', 'email varchar(50)', 'Name', 'score numeric(5, 2) not null default 0']
primary_key = ['id']
unique = ['email']
indexes = ['customers_name (lower(name))']

[modules.crm.tables.leads]
row_level_security = true
checks = ['leads_amount_check ((amount > 0))']
indexes = ['leads_amount unique (amount, id) where (amount > 10)', 'leads_customer']
policies = ['\"Own leads\" for select to public using ((customer_id > 0))']
triggers = ['touch_leads before update for each row execute function touch()']
foreign_keys = ['customer_id -> customers on delete cascade']

[modules.crm.tables.notes]
foreign_keys = ['lead_id -> leads.id deferrable initially deferred']
";

const FIRST: &str = "\
CREATE TYPE stage AS ENUM ('new', 'won');
CREATE TABLE customers (
  id int PRIMARY KEY, email varchar(50) UNIQUE, name text, score numeric(5, 2) NOT NULL DEFAULT 0
);
CREATE INDEX customers_name ON customers (lower(name));
CREATE TABLE leads (
  id int PRIMARY KEY, customer_id int, amount int CONSTRAINT leads_amount_check CHECK (amount > 0),
  CONSTRAINT leads_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE
);
CREATE INDEX leads_customer ON leads (customer_id);
ALTER TABLE leads ENABLE ROW LEVEL SECURITY;
CREATE POLICY \"Own leads\" ON leads FOR SELECT USING (customer_id > 0);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch_leads BEFORE UPDATE ON leads FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW open_leads AS SELECT 1 AS one;
CREATE VIEW won_leads AS SELECT 2 AS two;
CREATE SEQUENCE invoice_number INCREMENT 10 START 1000;
CREATE DOMAIN email AS text NOT NULL CONSTRAINT email_check CHECK (value ~ '@');
";

const FIRST_DOWN: &str = "\
DROP DOMAIN email;
DROP SEQUENCE invoice_number;
DROP VIEW won_leads, open_leads;
DROP TABLE leads;
DROP FUNCTION touch();
DROP TABLE customers;
DROP TYPE stage;
";

const SECOND: &str = "\
ALTER TYPE stage ADD VALUE 'lost';
CREATE UNIQUE INDEX leads_amount ON leads (amount, id) WHERE amount > 10;
CREATE TABLE notes (
  lead_id int CONSTRAINT notes_lead_id_fkey REFERENCES leads DEFERRABLE INITIALLY DEFERRED
);
";

const SECOND_DOWN: &str = "\
DROP TABLE notes;
DROP INDEX leads_amount;
ALTER TABLE leads ALTER amount TYPE int;
DROP TYPE stage;
CREATE TYPE stage AS ENUM ('new', 'won');
";

/// A project of one module that declares something of every kind.
pub(crate) fn crm() -> Project {
    Project::new()
        .file("schema.toml", CONTRACT)
        .migration("crm/V1__leads.sql", FIRST)
        .rollback("crm/V1__leads.sql", FIRST_DOWN)
        .migration("crm/V2__notes.sql", SECOND)
        .rollback("crm/V2__notes.sql", SECOND_DOWN)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verification {
    format: u8,
    command: String,
    target: String,
    modules: Vec<Module>,
    findings: Vec<Finding>,
    #[serde(rename = "duration_ms")]
    _duration_ms: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Module {
    module: String,
    schema: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    code: String,
    kind: String,
    module: String,
    schema: String,
    table: Option<String>,
    name: String,
    expected: Option<String>,
    found: Option<String>,
    hint: String,
    path: String,
    line: usize,
    message: String,
}

fn verification(output: &Output) -> Verification {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output}"))
}

fn messages(project: &Project, database: &Database<'_>) -> Vec<String> {
    let found = verification(&project.run(database, "verify --format json"));
    found.findings.into_iter().map(|finding| finding.message).collect()
}

#[test]
fn what_is_as_declared_is_no_finding() {
    let (database, project) = (Database::create(), crm());
    let up = project.run(&database, "migrate up").expect(0);
    assert!(up.stdout.ends_with("verified 1 module: as declared\n"), "{up}");
    let found = verification(&project.run(&database, "migrate verify --format json").expect(0));
    assert_eq!((found.format, found.command.as_str(), found.findings.len()), (1, "verify", 0));
    assert!(found.target.contains(" on "), "{}", found.target);
    assert_eq!((found.modules[0].module.as_str(), found.modules[0].schema.as_str()), ("crm", "crm"));
    project.run(&database, "migrate up --schema crm=beside").expect(0);
    project.run(&database, "verify --schema crm=beside").expect(0);
}

#[test]
fn every_run_ends_with_a_look_at_the_contract() {
    let (database, project) = (Database::create(), crm());
    project.run(&database, "migrate up").expect(0);
    database.client().batch_execute("DROP INDEX crm.leads_customer").unwrap();
    let up = project.run(&database, "migrate up").expect(1);
    insta::assert_snapshot!(up, @r#"
    crmdb migrate up: exit code 1
    --- stdout
    nothing to apply on <database> on <host>
    finding: index `leads_customer` of `crm.leads` is missing
      bring it back with a new migration; if it went for good, refresh the contract with `crmdb schema contract` (schema.toml:21)
    verified 1 module: 1 finding
    "#);
    project.run(&database, "migrate up --no-verify").expect(0);
    let redo = project.run(&database, "migrate redo").expect(1);
    assert!(redo.stdout.contains("index `leads_customer` of `crm.leads` is missing"), "{redo}");
    project.run(&database, "migrate redo --no-verify").expect(0);
}

#[test]
fn of_a_module_with_pending_migrations_only_what_they_do_not_touch_is_verified() {
    let (database, project) = (Database::create(), crm());
    project.run(&database, "migrate up --to 1").expect(0);
    // Something that the second migration does not name.
    database.client().batch_execute("DROP INDEX crm.customers_name").unwrap();
    let up = project.run(&database, "migrate up --steps 0").expect(1);
    assert!(up.stdout.contains("verified 1 module: 1 finding"), "{up}");
    assert!(up.stdout.contains("index `customers_name` of `crm.customers` is missing"), "{up}");
    // Asked for by itself, it is the whole contract.
    let all = messages(&project, &database);
    assert!(all.iter().any(|message| message == "table `crm.notes` is missing"), "{all:?}");
    let verify = project.run(&database, "verify").expect(1);
    assert!(verify.stdout.contains("are pending: apply them with `crmdb migrate up`"), "{verify}");
    let repair = "CREATE INDEX customers_name ON crm.customers (lower(name))";
    database.client().batch_execute(repair).unwrap();
    project.run(&database, "migrate up").expect(0);
    let down = project.run(&database, "migrate down").expect(0);
    assert!(down.stdout.ends_with("verified 1 module: as declared\n"), "{down}");
    database.client().batch_execute("ALTER TABLE crm.customers DROP email").unwrap();
    project.run(&database, "migrate up --no-verify").expect(0);
    let down = project.run(&database, "migrate down").expect(1);
    assert!(down.stdout.contains("column `email` of `crm.customers` is missing"), "{down}");
    let down = project.run(&database, "migrate down --all").expect(0);
    assert!(!down.stdout.contains("verified"), "{down}");
}

#[test]
fn a_module_that_is_not_installed_is_a_finding() {
    let (database, project) = (Database::create(), crm());
    let output = project.run(&database, "verify").expect(1);
    insta::assert_snapshot!(output, @r#"
    crmdb verify: exit code 1
    --- stdout
    <database> on <host>
    finding: module `crm` is not installed
      install it with `crmdb migrate up --module crm`, or verify others with `--module` (schema.toml:1)
    verified 1 module: 1 finding
    "#);
    let nothing = Project::new().migration("V1__a.sql", "CREATE TABLE a ();\n");
    let output = nothing.run(&database, "verify").expect(0);
    assert!(output.stdout.starts_with("nothing is declared of "), "{output}");
}

#[test]
fn each_row_of_an_own_query_is_a_finding() {
    let database = Database::create();
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (i int); INSERT INTO a SELECT generate_series(1, 3);\n")
        .file("verify/big.sql", "-- no number is above two\nSELECT i, NULL AS nothing FROM a WHERE i > 2")
        .file("verify/clean.sql", "SELECT FROM a WHERE i > 3;\n")
        .file("verify/many.sql", "/* few numbers */ SELECT generate_series(1, 250)")
        .file("verify/wrong.sql", "-- a typing error\nSELECT\n  j FROM a")
        .file("verify/writes.sql", "-- changes nothing\nWITH gone AS (DELETE FROM a RETURNING i) TABLE gone")
        .file("verify/z_slow.sql", "SELECT pg_sleep(60)");
    let up = project.run(&database, "migrate up --statement-timeout 500ms").expect(1);
    assert!(up.stdout.contains("applied 1 migration"), "{up}");
    let output = project.run(&database, "verify --statement-timeout 500ms --format json").expect(1);
    let findings = verification(&output).findings;
    let rows = |path: &str| {
        let own = findings.iter().filter(|finding| finding.path == path);
        own.map(|finding| (finding.code.as_str(), finding.line, finding.message.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(rows("verify/big.sql"), [("row", 1, "no number is above two: i: 3, nothing: null")]);
    assert_eq!(rows("verify/clean.sql"), []);
    assert_eq!(rows("verify/many.sql").len(), 101);
    assert_eq!(rows("verify/many.sql")[100].2, "few numbers: and 150 more rows");
    let [(code, line, message)] = rows("verify/wrong.sql")[..] else { panic!("{findings:?}") };
    assert_eq!((code, line), ("failed", 3));
    assert!(message.ends_with("column \"j\" does not exist"), "{message}");
    assert!(rows("verify/writes.sql")[0].2.contains("read-only transaction"), "{findings:?}");
    assert!(rows("verify/z_slow.sql")[0].2.contains("statement timeout"), "{findings:?}");
    let count: i64 = database.client().query_one("SELECT count(*) FROM a", &[]).unwrap().get(0);
    assert_eq!(count, 3);
}

#[test]
fn an_own_query_is_read_with_the_project() {
    let database = Database::create();
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a ();\n")
        .file("verify/two.sql", "SELECT 1; SELECT 2")
        .file("verify/hr/a.sql", "SELECT 1");
    let output = project.run(&database, "verify").expect(2);
    assert!(output.stderr.contains("`verify/two.sql` holds more than one statement"), "{output}");
    assert!(output.stderr.contains("`verify/hr/a.sql` is the query of a module"), "{output}");
}

#[test]
fn findings_are_listed_for_other_programs() {
    let (database, project) = (Database::create(), crm());
    project.run(&database, "migrate up").expect(0);
    let clean = project.run(&database, "verify --format github").expect(0);
    assert_eq!(clean.stdout, "");
    database.client().batch_execute("DROP INDEX crm.leads_customer").unwrap();
    let github = project.run(&database, "verify --format github").expect(1);
    assert_eq!(
        github.stdout.split("%0A").next(),
        Some(
            "::error file=schema.toml,line=21,title=contract/missing::index `leads_customer` of `crm.leads` is missing"
        )
    );
    let junit = project.run(&database, "verify --format junit").expect(1);
    assert!(junit.stdout.contains("<testsuites name=\"crmdb\" tests=\"1\" failures=\"1\">"), "{junit}");
    let sarif = project.run(&database, "migrate up --format sarif").expect(1);
    let sarif: serde_json::Value = serde_json::from_str(&sarif.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "contract/missing");
    let status = project.run(&database, "status --format junit").expect(2);
    assert!(status.stdout.contains("<error type=\"usage\""), "{status}");
}
