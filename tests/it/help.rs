//! The help of every command that a newcomer meets first.

use insta::assert_snapshot;

use crate::support::project::Project;

#[test]
fn the_help_is_what_it_was() {
    let project = Project::new();
    for line in [
        "--help",
        "migrate --help",
        "migrate up --help",
        "migrate down --help",
        "rescue --help",
        "rescue restore --help",
        "server --help",
        "history --help",
    ] {
        let output = project.run_at("postgresql://nowhere", line).expect(0);
        assert_snapshot!(line.replace(' ', "_"), output);
    }
}
