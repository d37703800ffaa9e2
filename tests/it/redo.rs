//! `crmdb migrate redo`: the last migration goes and comes back.

use insta::assert_snapshot;

use crate::support::postgres::Server;
use crate::support::project::Project;

#[test]
fn redo_takes_the_last_one_back_and_applies_it_again() {
    let database = Server::shared().database();
    let project = Project::of_three();
    project.run(&database, "migrate up").expect(0);
    assert_snapshot!(project.run(&database, "migrate redo").expect(0));
    let broken = project.migration("crm/V3__t3.sql", "CREATE TABLE t3 (oops);\n");
    assert_snapshot!(broken.run(&database, "migrate redo").expect(4));
}
