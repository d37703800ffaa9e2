//! `crmdb migrate redo`: the last migration goes and comes back.

use insta::assert_snapshot;

use crate::support::postgres::Server;
use crate::support::project::Project;

fn three_migrations() -> Project {
    let mut project = Project::new().file("schema.toml", "[modules.crm]\n");
    for number in 1..=3 {
        let name = format!("crm/V{number}__t{number}.sql");
        project = project
            .migration(&name, &format!("CREATE TABLE t{number} ();\n"))
            .rollback(&name, &format!("DROP TABLE t{number};\n"));
    }
    project
}

#[test]
fn redo_takes_the_last_one_back_and_applies_it_again() {
    let database = Server::shared().database();
    let project = three_migrations();
    project.run(&database, "migrate up").expect(0);
    assert_snapshot!(project.run(&database, "migrate redo").expect(0));
    let broken = project.migration("crm/V3__t3.sql", "CREATE TABLE t3 (oops);\n");
    assert_snapshot!(broken.run(&database, "migrate redo").expect(4));
}
