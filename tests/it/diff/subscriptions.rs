//! `crmdb diff`: subscriptions, whose password is never shown and whose publisher is never talked to.

use insta::assert_snapshot;

use super::{diff, run};
use crate::support::postgres::Server;
use crate::support::project::Project;

fn subscription(password: &str, publications: &str) -> String {
    format!(
        "CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere password={password}' \
         PUBLICATION {publications} WITH (connect = false);\n"
    )
}

#[test]
fn a_password_is_compared_and_never_shown() {
    let project = Project::new()
        .file("one.sql", &subscription("S3cr3t-one", "p"))
        .file("more.sql", &subscription("S3cr3t-one", "p, q"))
        .file("two.sql", &subscription("S3cr3t-two", "p"));
    assert_snapshot!(diff(&project, "diff --from one.sql --to more.sql --format sql").expect(1));
    assert_snapshot!(diff(&project, "diff --from one.sql --to two.sql").expect(4));
    assert_snapshot!(diff(&project, "diff --from empty --to one.sql").expect(4));
    assert_snapshot!(diff(&project, "diff --from one.sql --to empty --format sql").expect(1));
    let json = diff(&project, "diff --from one.sql --to more.sql --format json").expect(1);
    assert!(!json.stdout.contains("S3cr3t") && !json.stderr.contains("S3cr3t"), "{json}");
}

#[test]
fn a_role_that_may_not_see_the_connection_compares_the_rest() {
    let database = Server::shared().database();
    let role = format!("{}_reader", database.name());
    let sql = format!("CREATE ROLE {role} LOGIN; {}", subscription("S3cr3t-one", "p"));
    database.client().batch_execute(&sql).unwrap();
    let project = Project::new().file("after.sql", &subscription("S3cr3t-two", "p, q"));
    let url =
        format!("{}{}user={role}", database.url(), if database.url().contains('?') { '&' } else { '?' });
    let found =
        run(&project, &url, &format!("diff --from {url} --to after.sql --format sql --no-owner")).expect(1);
    database.client().batch_execute(&format!("DROP ROLE {role}")).unwrap();
    assert!(found.stdout.contains("SET PUBLICATION p, q") && !found.stdout.contains("CONNECTION"), "{found}");
    assert!(found.stderr.contains("the comparison leaves out the connection of subscription s"), "{found}");
}

#[test]
fn a_file_that_would_talk_to_a_publisher_is_not_loaded() {
    let project = Project::new()
        .file("slot.sql", "SELECT 1;\nCREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION p;\n");
    assert_snapshot!(diff(&project, "diff --from empty --to slot.sql").expect(5));
}
