//! The disk edge: `schema.toml` and the SQL files of a project become values. Nothing else reads a project's folder.
#![expect(clippy::disallowed_methods, reason = "this is the disk edge")]

mod contract;
mod deferred;
mod error;
mod files;
mod manifest;
mod place;
pub mod pulled;
mod queries;
mod refresh;
mod seeds;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use error::{Problem, ProjectError};
pub use manifest::{Database, Execution, LedgerSettings, Manifest, ModuleManifest};
pub use refresh::{Fresh, USUAL, refresh};
pub use seeds::{Seeds, open_seed, read_seeds};
pub use write::{Over, Written, exists, init, new_migration, remove, write_manifest, write_texts};

use crate::model::order::{OrderError, order};
use crate::model::project::schema_problem;
use crate::model::step::ONLY_MODULE;
use crate::model::{Module, Project, Script};
use place::placed;

/// A project's folder, read whole.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The folder that holds `schema.toml`, `migrations/` and `rollbacks/`.
    pub root: PathBuf,
    /// What `schema.toml` says; its default where there is none.
    pub manifest: Manifest,
    /// The modules with their migrations.
    pub project: Project,
    /// The author's validation queries by module, in the order of their files' names.
    pub queries: BTreeMap<String, Vec<Script>>,
}

/// Finds the project's folder: `start` or the nearest folder above it with a `schema.toml` or a `migrations` folder.
pub fn find_root(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .find(|folder| folder.join("schema.toml").is_file() || folder.join("migrations").is_dir())
        .map(Path::to_path_buf)
}

/// Reads `schema.toml` in `root`.
pub fn read_manifest(root: &Path) -> Result<Manifest, ProjectError> {
    Ok(Manifest::parse(&manifest_text(root)?)?)
}

/// Reads the text of `schema.toml` in `root`; empty where there is none.
pub fn manifest_text(root: &Path) -> Result<String, ProjectError> {
    match std::fs::read_to_string(root.join("schema.toml")) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Problem::unreadable("schema.toml", &error).into()),
    }
}

/// Reads the project in `root`. Every problem of every file is in the error, not only the first.
pub fn open(root: &Path) -> Result<Opened, ProjectError> {
    let text = manifest_text(root)?;
    let manifest = Manifest::parse(&text)?;
    let mut found = files::read(root)?;
    let modules: Vec<&str> = found.modules.keys().map(String::as_str).collect();
    let queries = queries::read(root, &modules, &mut found.problems)?;
    Ok(Opened { root: root.to_path_buf(), queries, ..assemble((&text, manifest), found)? })
}

/// Makes a project of files that are part of a program: pairs of a path from the project's folder on and a text.
pub fn embedded(files: &[(&str, &str)]) -> Result<Opened, ProjectError> {
    let text = files.iter().find(|(path, _)| *path == "schema.toml").map_or("", |(_, text)| text);
    let manifest = Manifest::parse(text)?;
    let mut found = files::of_texts(files);
    let modules: Vec<&str> = found.modules.keys().map(String::as_str).collect();
    let queries = queries::of_texts(files, &modules, &mut found.problems);
    Ok(Opened { queries, ..assemble((text, manifest), found)? })
}

fn assemble((text, manifest): (&str, Manifest), mut found: files::Found) -> Result<Opened, ProjectError> {
    let mut problems = std::mem::take(&mut found.problems);
    for name in manifest.modules.keys().filter(|name| !found.modules.contains_key(*name)) {
        let problem = Problem::NoFolder { module: name.clone() };
        problems.push(placed(problem, text, &["modules", name]));
    }
    let declared = |name: &str| manifest.modules.get(name).cloned().unwrap_or_default();
    let depends_on: BTreeMap<String, Vec<String>> =
        found.modules.keys().map(|name| (name.clone(), declared(name).depends_on)).collect();
    let ordered = order(&depends_on).unwrap_or_else(|error| {
        let path = match &error {
            OrderError::Missing { module, missing } => ["modules", module, "depends_on", missing],
            OrderError::Ring(ring) => ["modules", &ring[0], "depends_on", ring.get(1).unwrap_or(&ring[0])],
        };
        problems.push(placed(Problem::Order(error.clone()), text, &path));
        Vec::new()
    });
    let mut modules = Vec::with_capacity(ordered.len());
    for name in ordered {
        let schema = declared(&name).schema.unwrap_or_else(|| name.clone());
        if let Some(reason) = schema_problem(&schema) {
            let problem = Problem::Schema { module: name.clone(), schema: schema.clone(), reason };
            problems.push(placed(problem, text, &["modules", &name, "schema"]));
        }
        let migrations = found.modules.remove(&name).unwrap_or_default();
        let deferred_foreign_keys = declared(&name).foreign_keys;
        let depends_on = depends_on[&name].clone();
        modules.push(Module { depends_on, name, schema, migrations, deferred_foreign_keys });
    }
    problems.extend(shared_schemas(&modules, text));
    if problems.is_empty() {
        Ok(Opened { root: PathBuf::new(), manifest, project: Project { modules }, queries: BTreeMap::new() })
    } else {
        Err(ProjectError { problems })
    }
}

fn shared_schemas(modules: &[Module], text: &str) -> Vec<Problem> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let mut told = BTreeSet::new();
    let mut problems = Vec::new();
    for module in modules.iter().filter(|module| module.schema != ONLY_MODULE) {
        if let Some(first) = seen.insert(&module.schema, &module.name)
            && told.insert(&module.schema)
        {
            let problem = Problem::SharedSchema {
                schema: module.schema.clone(),
                first: first.to_owned(),
                second: module.name.clone(),
            };
            // One of the two has its name for its schema, at most.
            let named = if module.schema == module.name { first } else { &module.name };
            problems.push(placed(problem, text, &["modules", named, "schema"]));
        }
    }
    problems
}
