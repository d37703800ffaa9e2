//! New files of a project: the first ones, and the pair of a new migration. Never writes over a file but `schema.toml`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use super::error::{Problem, ProjectError};
use crate::model::FileName;

/// The paths of files that were written, from the project's folder on.
pub type Written = Vec<String>;

const SCHEMA_TOML: &str = include_str!("template/schema.toml");
const FIRST_UP: &str = include_str!("template/first_up.sql");
const FIRST_DOWN: &str = include_str!("template/first_down.sql");

/// Writes a minimal project into `root`: `schema.toml` and one migration with its rollback.
pub fn init(root: &Path) -> Result<Written, ProjectError> {
    let files = [
        ("schema.toml", SCHEMA_TOML),
        ("migrations/V0001__create_customers.sql", FIRST_UP),
        ("rollbacks/V0001__create_customers.sql", FIRST_DOWN),
    ];
    if root.join("migrations").exists() {
        return Err(Problem::Exists { path: "migrations".to_owned() }.into());
    }
    write_texts(root, &files, Over::Nothing)
}

/// Writes an empty migration and its rollback for `module` (`None` where the project is one module).
pub fn new_migration(root: &Path, module: Option<&str>, file: &FileName) -> Result<Written, ProjectError> {
    let folder = module.map(|name| format!("{name}/")).unwrap_or_default();
    let name = file.name().replace('_', " ");
    let up = format!("-- {name}\n\n");
    let down = format!("-- takes back: {name}\n\n");
    let paths = [format!("migrations/{folder}{file}"), format!("rollbacks/{folder}{file}")];
    write_texts(root, &[(&paths[0], &up), (&paths[1], &down)], Over::Nothing)
}

/// Writes the text of `schema.toml`.
pub fn write_manifest(root: &Path, text: &str) -> Result<(), ProjectError> {
    std::fs::write(root.join("schema.toml"), text).map_err(|error| {
        Problem::Unwritable { path: "schema.toml".to_owned(), reason: error.to_string() }.into()
    })
}

/// What a new file may be written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Nothing.
    Nothing,
    /// The file that has its name.
    Present,
}

/// Makes the error of a file that would be written over.
pub fn exists(path: &str) -> ProjectError {
    Problem::Exists { path: path.to_owned() }.into()
}

/// Writes files; nothing where one of them is there and may not be written over.
pub fn write_texts(root: &Path, files: &[(&str, &str)], over: Over) -> Result<Written, ProjectError> {
    let present = files.iter().find(|(path, _)| over == Over::Nothing && root.join(path).exists());
    if let Some((path, _)) = present {
        return Err(exists(path));
    }
    for (path, text) in files {
        let unwritable = |error: std::io::Error| Problem::Unwritable {
            path: (*path).to_owned(),
            reason: error.to_string(),
        };
        let file = root.join(path);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(unwritable)?;
        }
        let mut options = OpenOptions::new();
        match over {
            Over::Nothing => options.write(true).create_new(true),
            Over::Present => options.write(true).create(true).truncate(true),
        };
        let mut file = options.open(&file).map_err(unwritable)?;
        file.write_all(text.as_bytes()).map_err(unwritable)?;
    }
    Ok(files.iter().map(|(path, _)| (*path).to_owned()).collect())
}

/// Removes files.
pub fn remove(root: &Path, paths: &[&str]) -> Result<(), ProjectError> {
    for path in paths {
        std::fs::remove_file(root.join(path))
            .map_err(|error| Problem::Unwritable { path: (*path).to_owned(), reason: error.to_string() })?;
    }
    Ok(())
}
