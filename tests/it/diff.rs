//! `crmdb diff`: the two sides, the formats, the trial, the way back.

mod confined;
mod foreign;
mod subscriptions;
mod ways;

use std::sync::OnceLock;

use insta::assert_snapshot;

use crate::support::postgres::Server;
use crate::support::project::{Output, Project};
use crate::support::site::Site;

const BEFORE: &str = "CREATE TABLE customers (id integer PRIMARY KEY, mail text);\n\
                      COMMENT ON TABLE customers IS 'who buys';\n";
const AFTER: &str = "CREATE TABLE customers (id integer PRIMARY KEY, mail text NOT NULL, phone text);\n\
                     CREATE INDEX customers_phone_idx ON customers (phone);\n";

/// Runs `crmdb <line>` in a folder on a target, with the shadow server that all these tests share.
pub(crate) fn run(project: &Project, url: &str, line: &str) -> Output {
    static SITE: OnceLock<Site> = OnceLock::new();
    let mut command = project.command(url, line);
    command.env("CRMDB_SERVER_HOME", SITE.get_or_init(Site::new).folder.join("servers"));
    Output::new(line, command.output().unwrap())
}

fn diff(project: &Project, line: &str) -> Output {
    run(project, "postgresql://127.0.0.1:1/nowhere", line)
}

fn two_files() -> Project {
    Project::new().file("before.sql", BEFORE).file("after.sql", AFTER)
}

#[test]
fn files_are_compared_on_shadows_and_the_statements_are_tried() {
    let project = two_files();
    assert_snapshot!(diff(&project, "diff --from before.sql --to after.sql").expect(1));
    assert_snapshot!(
        diff(&project, "diff --from before.sql --to after.sql --format sql --rollback back.sql").expect(1)
    );
    assert_snapshot!(std::fs::read_to_string(project.path().join("back.sql")).unwrap());
    assert_snapshot!(diff(&project, "diff --from after.sql --to after.sql").expect(0));
    let nothing = diff(&project, "diff --from after.sql --to after.sql --format sql").expect(0);
    assert!(nothing.stdout.is_empty(), "{nothing}");
    let unlike =
        diff(&project, "diff --from before.sql --to after.sql --no-comments --exclude customers_phone_idx")
            .expect(1);
    assert!(
        !unlike.stdout.contains("who buys") && !unlike.stdout.contains("customers_phone_idx"),
        "{unlike}"
    );
    assert_snapshot!(diff(&project, "diff --from nowhere --to after.sql").expect(2));
    let broken = project.file("broken.sql", "SELECT 1;\n\nCREATE TABLE a (b nosuchtype);\n");
    assert_snapshot!(diff(&broken, "diff --from empty --to broken.sql").expect(5));
}

#[test]
fn a_database_that_is_what_the_migrations_say_does_not_differ() {
    let database = Server::shared().database();
    let project =
        Project::new().migration("V1__a.sql", BEFORE).rollback("V1__a.sql", "DROP TABLE customers;\n");
    project.run(&database, "migrate up").expect(0);
    let run = |line: &str| run(&project, &database.url(), line);
    run("diff").expect(0);
    database.client().batch_execute("ALTER TABLE customers ADD COLUMN by_hand text").unwrap();
    assert_snapshot!(run("diff").expect(1));
    let sql = run("diff --format sql").expect(1).stdout;
    database.client().batch_execute(&sql).unwrap();
    run("diff").expect(0);
}

#[test]
fn two_urls_need_no_project() {
    let (from, to) = (Server::shared().database(), Server::shared().database());
    from.client().batch_execute(BEFORE).unwrap();
    to.client().batch_execute(AFTER).unwrap();
    let folder = Project::new();
    std::fs::remove_dir(folder.path().join("migrations")).unwrap();
    let line = format!("diff --from {} --to {} --format sql", from.url(), to.url());
    let sql = diff(&folder, &line).expect(1).stdout;
    from.client().batch_execute(&sql).unwrap();
    let equal = diff(&folder, &line).expect(0);
    assert!(equal.stdout.is_empty(), "{equal}");
}

#[test]
fn what_only_a_superuser_may_own_is_tried() {
    let (from, to) = (Server::shared().database(), Server::shared().database());
    let watch = "CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';\n\
                 CREATE EVENT TRIGGER watched ON ddl_command_start EXECUTE FUNCTION watch();\n\
                 CREATE FOREIGN DATA WRAPPER afar;\n";
    from.client().batch_execute(watch).unwrap();
    let owned = "CREATE ROLE highest SUPERUSER; ALTER EVENT TRIGGER watched OWNER TO highest;\n\
                 ALTER FOREIGN DATA WRAPPER afar OWNER TO highest;\n";
    to.client().batch_execute(&format!("{watch}{owned}")).unwrap();
    let line = |from: &str, to: &str| format!("diff --from {from} --to {to} --format sql");
    for line in [line(&from.url(), &to.url()), line(&to.url(), &from.url())] {
        let output = diff(&Project::new(), &line).expect(1);
        assert!(output.stderr.is_empty() && output.stdout.contains("ALTER EVENT TRIGGER"), "{output}");
    }
}
