//! The house keeps its shape: each layer uses only the layers it may, and every file says what it owns.

use std::path::{Path, PathBuf};

/// What each layer may use of the others. `server` and `sql` are used by name where listed; the rest is refused.
const LAYERS: &[(&str, &[&str])] = &[
    ("sql", &[]),
    ("model", &["sql"]),
    ("catalog", &["model", "sql"]),
    ("project", &["model", "sql"]),
    ("vault", &["model"]),
    ("db", &["model", "sql", "catalog", "vault"]),
    ("server", &[]),
    ("error", &["catalog", "db", "model", "project", "server", "sql"]),
    ("report", &["db", "error", "model", "catalog", "vault"]),
    ("cli", &["model"]),
    ("commands", &["catalog", "cli", "db", "error", "model", "project", "report", "server", "sql", "vault"]),
    ("library", &["cli", "commands", "db", "error", "model", "project", "report"]),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn layer(source: &Path, file: &Path) -> String {
    let first = file.strip_prefix(source).unwrap().components().next().unwrap();
    first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

#[test]
fn layers_use_only_what_they_may() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for file in files(&source) {
        let name = layer(&source, &file);
        let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
            assert!(name == "lib" || name == "main", "{} belongs to no layer", file.display());
            continue;
        };
        let text = std::fs::read_to_string(&file).unwrap();
        // Tests at the foot of a file may use what they need.
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if used != name && !allowed.contains(&used.as_str()) {
                    wrong.push(format!("{}:{}: `{name}` may not use `{used}`", file.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_owns_and_stays_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    for file in files(&root.join("src")).into_iter().chain(files(&root.join("tests"))) {
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text.lines().count();
        if !text.starts_with("//! ") {
            wrong.push(format!("{} does not begin with `//! `", file.display()));
        }
        if lines > 400 {
            wrong.push(format!("{} has {lines} lines", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_test_file_is_part_of_the_binary() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = std::fs::read_to_string(tests.join("main.rs")).unwrap();
    for entry in std::fs::read_dir(&tests).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_module = path.extension().is_some_and(|extension| extension == "rs") && name != "main";
        assert!(!is_module || main.contains(&format!("mod {name};")), "tests/it/{name}.rs is not in main.rs");
    }
}
