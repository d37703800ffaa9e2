//! `crmdb migrate repair`: the difference that is shown, and the file that is accepted.

use insta::assert_snapshot;

use crate::support::postgres::Server;
use crate::support::project::Project;

fn applied() -> Project {
    Project::new()
        .migration("V1__a.sql", "CREATE TABLE a ();\n")
        .rollback("V1__a.sql", "DROP TABLE a;\n")
        .migration("V2__b.sql", "CREATE TABLE b ();\n")
}

#[test]
fn repair_shows_the_difference_and_accepts_the_file() {
    let database = Server::shared().database();
    let project = applied();
    project.run(&database, "migrate up").expect(0);
    let project = project.migration("V1__a.sql", "-- the first table\nCREATE TABLE a ();\n");
    assert_snapshot!(project.run(&database, "migrate repair").expect(4));
    assert_snapshot!(project.run(&database, "migrate repair --yes").expect(0));
    assert_snapshot!(project.run(&database, "status").expect(0));
    assert_snapshot!(project.run(&database, "migrate repair").expect(0));
}
