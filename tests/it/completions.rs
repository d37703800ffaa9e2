//! `crmdb completions`: the script for a shell.

use crate::support::project::Project;

#[test]
fn each_shell_has_its_script() {
    let project = Project::new();
    for (shell, word) in [
        ("bash", "complete -F _crmdb"),
        ("zsh", "#compdef crmdb"),
        ("fish", "complete -c crmdb"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let output = project.run_at("postgresql://nowhere", &format!("completions {shell}")).expect(0);
        assert!(output.stdout.contains(word), "{output}");
    }
}
