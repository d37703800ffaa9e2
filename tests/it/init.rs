//! `crmdb init`: writes a minimal project.

use insta::assert_snapshot;

use crate::support::project::Project;

#[test]
fn a_project_is_written_once_and_never_over_another() {
    let project = Project::new();
    let run = |line: &str| project.run_at("postgresql://nowhere", line);
    assert_snapshot!(run("init fresh").expect(0));
    assert_snapshot!(run("init fresh").expect(2));
    assert_snapshot!(run("init").expect(2));
}
