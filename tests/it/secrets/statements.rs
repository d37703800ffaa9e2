//! Secrets that stand in statements: in migrations that fail, and in what foreign servers are told.

use super::{SECRET, files, guarded, keeps_the_secret, ledger, project};
use crate::support::postgres::Database;
use crate::support::project::Project;

#[test]
fn a_password_in_a_statement_that_fails_is_not_shown_with_it() {
    let database = Database::create();
    let role = format!("crmdb_no_role_{}", std::process::id());
    for (sql, place) in [
        (format!("ALTER ROLE {role} PASSWORD '{SECRET}';\n"), "1:12"),
        (format!("CREATE ROLE r LOGIN\n  PASSWORD '{SECRET}' NONSENSE;\n"), "2:30"),
        (
            format!("CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (dsn 'host=h password={SECRET}');\n"),
            "1:38",
        ),
        // What stands on the line beside it.
        (
            format!(
                "CREATE ROLE {role} PASSWORD '{SECRET}'; NONSENSE; ALTER ROLE {role} PASSWORD '{SECRET}';\n"
            ),
            "1:",
        ),
        (format!("DO $$ BEGIN EXECUTE 'ALTER ROLE {role} PASSWORD ''{SECRET}'''; END $$;\n"), "1:33"),
        (format!("DO $$\nBEGIN\n  ALTER ROLE {role} PASSWORD '{SECRET}';\nEND $$;\n"), "3:14"),
    ] {
        let project = Project::new().migration("V1__role.sql", &sql);
        for line in ["migrate up", "--format json migrate up"] {
            let output = project.run(&database, line).expect(5);
            keeps_the_secret(&sql, &output.to_string());
            assert!(output.stderr.contains(&format!("V1__role.sql:{place}")), "{output}");
        }
        keeps_the_secret(&sql, &ledger(&database));
    }
}

/// What a foreign server is called by and what its secrets are, as `database` has them.
fn far(password: &str, user: &str) -> String {
    format!(
        "create foreign data wrapper w options (token '{password}');
         create server s foreign data wrapper w options (host 'h', api_key '{password}');
         create user mapping for public server s options (user '{user}', password '{password}', other '{password}');
         create foreign table t (a int options (secret '{password}')) server s options (url 'http://u:{password}@h/');"
    )
}

#[test]
fn a_secret_of_a_foreign_server_is_seen_nowhere() {
    let (server, _) = guarded();
    let hold = |sql: &str| {
        let database = server.database();
        let mut client = database.client();
        client.batch_execute("set log_statement = none").unwrap();
        client.batch_execute(sql).unwrap();
        drop(client);
        database
    };
    let one = hold(&far(SECRET, "u"));
    let user = hold(&far(SECRET, "v"));
    let two = hold(&far(&format!("{SECRET}-2"), "u"));
    let project = project();
    let run = |database: &Database<'_>, line: &str| {
        let output = project.run(database, line);
        keeps_the_secret(line, &output.to_string());
        output
    };
    let [to_user, to_two] =
        [&user, &two].map(|other| format!("diff --to {} --rollback back.sql", other.url()));
    for (line, code) in [
        (to_user.as_str(), 1),
        (&format!("{to_user} --format sql"), 1),
        (&format!("{to_user} --format json"), 1),
        (&format!("{to_user} --format github"), 1),
        (&format!("{to_user} --format junit"), 1),
        (&to_two, 4),
        (&format!("{to_two} --format json"), 4),
        ("diff --to empty --format sql", 1),
        ("diff --to empty --rollback back.sql", 4),
        ("diff --from migrations --to live --write far", 4),
        ("schema pull tree", 4),
        ("schema show t", 0),
        ("migrate up --prove", 0),
        ("schema contract --from-target", 0),
        ("verify", 0),
        ("migrate down --dry-run --format json", 0),
        ("migrate down --yes --accept-data-loss", 0),
    ] {
        let output = run(&one, line);
        assert_eq!(output.code, Some(code), "{output}");
    }
    for file in files(project.path()) {
        keeps_the_secret(&file.display().to_string(), &std::fs::read_to_string(&file).unwrap());
    }
    keeps_the_secret("the ledger", &ledger(&one));
    keeps_the_secret("the server's log", &server.log());
}
