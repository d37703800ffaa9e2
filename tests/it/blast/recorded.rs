//! Rollbacks that were rehearsed when their migrations were applied: at night the ledger is enough.

use super::document::Blast;
use super::{ROWS, crm, number, uncounted};
use crate::support::project::{Output, Project};

#[test]
fn a_rollback_that_was_rehearsed_when_it_was_applied_needs_no_shadow_while_the_schema_is_the_same() {
    let (project, database) = (crm(), uncounted());
    project.run(&database, "migrate up --prove").expect(0);
    database.client().batch_execute(ROWS).unwrap();
    let elsewhere = Project::new();
    let run = |line: &str| {
        let mut command = elsewhere.command(&database.url(), line);
        command.env("CRMDB_PG_BIN", "/nonexistent");
        Output::new(line, command.output().unwrap())
    };
    let told = |output: &Output| {
        let lines = output.stderr.lines().skip_while(|line| !line.starts_with("what is lost"));
        lines.filter(|line| !line.starts_with("as rehearsed at ")).collect::<Vec<_>>().join("\n")
    };
    for line in ["migrate down --from-ledger", "migrate down --from-ledger --all"] {
        let recorded = run(line).expect(4);
        assert!(recorded.stderr.contains("as rehearsed at "), "{recorded}");
        database.client().batch_execute("ALTER TABLE crmdb.rehearsal RENAME TO hidden").unwrap();
        let rehearsed = project.run(&database, line).expect(4);
        database.client().batch_execute("ALTER TABLE crmdb.hidden RENAME TO rehearsal").unwrap();
        assert_eq!(told(&recorded), told(&rehearsed), "{line}");
    }
    let dry = run("migrate down --from-ledger --dry-run --format json").expect(0);
    let document: serde_json::Value = serde_json::from_str(&dry.stdout).unwrap();
    let blast: Blast = serde_json::from_value(document["blast"].clone()).unwrap();
    assert!(blast.recorded.is_some_and(|at| at.ends_with('Z')) && !blast.locks.is_empty());
    // What was not there then might go too.
    database.client().batch_execute("CREATE VIEW by_hand AS SELECT industry FROM customers").unwrap();
    let output = run("migrate down --from-ledger").expect(4);
    assert!(output.stderr.contains("; the schema is not the one of 20"), "{output}");
    database.client().batch_execute("DROP VIEW by_hand; GRANT SELECT ON customers TO PUBLIC").unwrap();
    run("migrate down --from-ledger --accept-data-loss").expect(0);
    assert_eq!(number(&database, "SELECT count(*) FROM crmdb.rehearsal"), 0);
}
