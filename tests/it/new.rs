//! `crmdb migrate new`: writes the pair of files of a migration.

use insta::assert_snapshot;

use crate::support::project::{Output, Project};

fn run(project: &Project, line: &str) -> Output {
    project.run_at("postgresql://nowhere", line)
}

#[test]
fn the_pair_of_files_is_written_with_the_next_version() {
    let project = Project::new().migration("V1__a.sql", "").migration("V2__b.sql", "");
    assert_snapshot!(run(&project, "migrate new Add-Owner").expect(0));
    assert!(project.path().join("migrations/V3__add_owner.sql").is_file());
    assert!(project.path().join("rollbacks/V3__add_owner.sql").is_file());
    assert_snapshot!(run(&project, "migrate new a.b").expect(2));
}

#[test]
fn times_are_gone_on_with_where_versions_are_times() {
    let project = Project::new().migration("V20240131120000__a.sql", "SELECT 1;\n");
    let output = run(&project, "migrate new b").expect(0);
    let name = output.stdout.lines().next().unwrap().trim_start_matches("wrote migrations/V");
    assert!(name.len() == "20240131120000__b.sql".len() && name.starts_with("20"), "{output}");
}
