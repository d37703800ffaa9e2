//! What crmdb leaves in the server's log: nothing that looks like a failure, where nothing failed.

use crate::support::postgres::Server;
use crate::support::project::Project;

/// Commands that are all well, one after the other, on a database that nobody has touched before.
const COURSE: &[&str] = &[
    "status",
    "history",
    "verify --module crm",
    "diff --from live --to migrations",
    "migrate up --dry-run",
    "migrate up --prove --to 2",
    "migrate up",
    "migrate up",
    "status",
    "history",
    "verify",
    "seed",
    "seed",
    "seed status",
    "diff",
    "prove",
    "schema show t1",
    "schema pull pulled",
    "migrate redo",
    "migrate down --dry-run",
    "migrate down",
    "migrate down --from-ledger --all --yes --accept-data-loss",
    "migrate baseline --to 2",
    "migrate repair",
    "migrate up",
];

#[test]
fn no_command_leaves_an_error_in_the_log_of_a_server_on_which_all_is_well() {
    let server = Server::private();
    let database = server.database();
    let project = Project::of_three()
        .migration("crm/V4__index.sql", "-- crmdb: no-transaction\nCREATE INDEX CONCURRENTLY i ON t4 (n);\n")
        .migration("crm/V3__t3.sql", "CREATE TABLE t3 ();\nCREATE TABLE t4 (n int);\n")
        .rollback("crm/V3__t3.sql", "DROP TABLE t4;\nDROP TABLE t3;\n")
        .rollback("crm/V4__index.sql", "-- crmdb: no-transaction\nDROP INDEX CONCURRENTLY i;\n")
        .file("seeds/crm/dev/01_t4.sql", "INSERT INTO t4 VALUES (1);\n");
    for line in COURSE {
        let output = project.run(&database, line);
        let errors: Vec<String> = server
            .log()
            .lines()
            .filter(|line| ["ERROR:", "FATAL:", "PANIC:"].iter().any(|word| line.contains(word)))
            .map(str::to_owned)
            .collect();
        assert!(errors.is_empty(), "{output}\n{}", errors.join("\n"));
        assert!(matches!(output.code, Some(0 | 1)), "{output}");
    }
}
