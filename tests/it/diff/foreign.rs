//! `crmdb diff`: options of foreign-data objects, those that may hold a secret and are never shown.

use insta::assert_snapshot;

use super::{diff, run};
use crate::support::postgres::Server;
use crate::support::project::{Output, Project};

/// A server, a mapping, a table and a column with a secret each.
fn far(secret: &str, user: &str) -> String {
    format!(
        "CREATE FOREIGN DATA WRAPPER w OPTIONS (token 'S3cr3t-{secret}');\n\
         CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', api_key 'S3cr3t-{secret}');\n\
         CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (user '{user}', password 'S3cr3t-{secret}');\n\
         CREATE FOREIGN TABLE t (a int OPTIONS (secret 'S3cr3t-{secret}', name '{user}')) SERVER s\n\
             OPTIONS (url 'http://u:S3cr3t-{secret}@h/', name '{user}');\n"
    )
}

#[test]
fn a_secret_of_a_foreign_server_is_compared_and_never_shown() {
    let project = Project::new()
        .file("one.sql", &far("one", "u"))
        .file("user.sql", &far("one", "v"))
        .file("two.sql", &far("two", "u"));
    assert_snapshot!(diff(&project, "diff --from one.sql --to user.sql").expect(1));
    assert_snapshot!(diff(&project, "diff --from one.sql --to user.sql --format sql").expect(1));
    assert_snapshot!(diff(&project, "diff --from one.sql --to two.sql").expect(4));
    assert_snapshot!(diff(&project, "diff --from empty --to one.sql").expect(4));
    assert_snapshot!(diff(&project, "diff --from one.sql --to empty --format sql").expect(1));
}

#[test]
fn a_mapping_is_left_out_by_the_name_that_reports_give_it() {
    let server = "CREATE FOREIGN DATA WRAPPER w;\nCREATE SERVER s FOREIGN DATA WRAPPER w;\n";
    let mapping = "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'S3cr3t');\n";
    let project = Project::new().file("far.sql", &format!("{server}{mapping}"));
    let mut command = project.command("", "diff --from empty --to far.sql --format sql --untried");
    let output = command.args(["--exclude", "user mapping *"]).output().unwrap();
    let output = Output::new("diff", output).expect(1);
    assert!(output.stdout.contains("CREATE SERVER s") && !output.stdout.contains("MAPPING"), "{output}");
}

#[test]
fn a_role_that_may_not_see_the_options_of_a_mapping_compares_the_rest() {
    let database = Server::shared().database();
    let role = format!("{}_reader", database.name());
    let mapped = |options: &str, version: &str| {
        format!(
            "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s VERSION '{version}' FOREIGN DATA WRAPPER w;\n\
             CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS ({options});\n"
        )
    };
    let sql = format!("CREATE ROLE {role} LOGIN; {}", mapped("user 'u', password 'S3cr3t'", "1"));
    database.client().batch_execute(&sql).unwrap();
    let project = Project::new().file("after.sql", &mapped("user 'v'", "2"));
    let url =
        format!("{}{}user={role}", database.url(), if database.url().contains('?') { '&' } else { '?' });
    let found =
        run(&project, &url, &format!("diff --from {url} --to after.sql --format sql --no-owner")).expect(1);
    database.client().batch_execute(&format!("DROP ROLE {role}")).unwrap();
    assert!(found.stdout.contains("VERSION '2'") && !found.stdout.contains("USER MAPPING"), "{found}");
    assert!(found.stderr.contains("leaves out the options of user mapping FOR PUBLIC SERVER s"), "{found}");
    assert!(!found.stderr.contains("not tried"), "{found}");
}
