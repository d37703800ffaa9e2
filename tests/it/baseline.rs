//! `crmdb migrate baseline`: records without running.

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
fn baseline_records_without_running() {
    let database = Server::shared().database();
    let project = applied();
    assert_snapshot!(project.run(&database, "migrate baseline --to 1").expect(0));
    assert_snapshot!(project.run(&database, "migrate up").expect(0));
    assert!(
        database.client().query("select 1 from pg_tables where tablename = 'a'", &[]).unwrap().is_empty()
    );
    assert_snapshot!(project.run(&database, "migrate baseline --to 9").expect(4));
}
