//! The SQL files of a project: every file is a migration, a rollback, or an error that names it.

use std::collections::BTreeMap;
use std::fs::{DirEntry, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;

use super::error::{Problem, ProjectError};
use crate::model::step::ONLY_MODULE;
use crate::model::{FileName, Migration, Script};

/// The migrations found, by module, and what is wrong with the files.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) modules: BTreeMap<String, Vec<Migration>>,
    pub(super) problems: Vec<Problem>,
}

/// A file with a migration's name.
struct Named {
    file: FileName,
    script: Script,
}

/// Reads `migrations/` and `rollbacks/` below `root`.
pub(super) fn read(root: &Path) -> Result<Found, ProjectError> {
    let mut problems = Vec::new();
    let ups = tree(root, "migrations", &mut problems)?;
    let downs = tree(root, "rollbacks", &mut problems)?;
    Ok(pair(ups, downs, problems))
}

/// Takes the files of `migrations/` and `rollbacks/` from texts; other paths are not a project's SQL.
pub(super) fn of_texts(files: &[(&str, &str)]) -> Found {
    let mut problems = Vec::new();
    let (mut ups, mut downs) = (Tree::new(), Tree::new());
    for (path, text) in files {
        let parts: Vec<&str> = path.split('/').collect();
        let (folder, module, name) = match parts.as_slice() {
            [folder, name] => (*folder, ONLY_MODULE, *name),
            [folder, module, name] => (*folder, *module, *name),
            _ => continue,
        };
        let tree = match folder {
            "migrations" => &mut ups,
            "rollbacks" => &mut downs,
            _ => continue,
        };
        match FileName::parse(name) {
            Ok(file) => {
                let named = Named { file, script: Script::new(*path, text) };
                tree.entry(module.to_owned()).or_default().insert(name.to_owned(), named);
            }
            Err(error) => problems.push(Problem::Name { path: (*path).to_owned(), error }),
        }
    }
    pair(ups, downs, problems)
}

fn pair(ups: Tree, mut downs: Tree, problems: Vec<Problem>) -> Found {
    let mut found = Found { modules: BTreeMap::new(), problems };
    for (module, files) in ups {
        let mut rollbacks = downs.remove(&module).unwrap_or_default();
        let migrations = files
            .into_values()
            .map(|up| {
                let rollback = rollbacks.remove(up.file.as_str()).map(|down| down.script);
                Migration { file: up.file, up: up.script, rollback }
            })
            .collect();
        let migrations = one_a_version(migrations, &mut found.problems);
        found.problems.extend(rollbacks.into_values().map(|down| orphan(&down)));
        found.modules.insert(module, migrations);
    }
    found.problems.extend(downs.into_values().flat_map(BTreeMap::into_values).map(|down| orphan(&down)));
    without_consequences(&mut found.problems);
    found
}

/// Takes out the rollbacks that lack a migration only because that could not be read.
fn without_consequences(problems: &mut Vec<Problem>) {
    let unread: Vec<String> = problems.iter().filter_map(Problem::unread).map(str::to_owned).collect();
    problems.retain(|problem| match problem {
        Problem::NoMigration { expected, .. } => {
            !unread.iter().any(|path| Path::new(expected).starts_with(path))
        }
        _ => true,
    });
}

fn orphan(down: &Named) -> Problem {
    let path = down.script.path.clone();
    Problem::NoMigration { expected: path.replacen("rollbacks/", "migrations/", 1), path }
}

fn one_a_version(mut migrations: Vec<Migration>, problems: &mut Vec<Problem>) -> Vec<Migration> {
    migrations.sort();
    for pair in migrations.windows(2) {
        if let [first, second] = pair
            && first.version() == second.version()
        {
            problems
                .push(Problem::SameVersion { first: first.up.path.clone(), second: second.up.path.clone() });
        }
    }
    migrations
}

/// The files of `migrations/` or `rollbacks/` by module and file name.
type Tree = BTreeMap<String, BTreeMap<String, Named>>;

fn tree(root: &Path, folder: &str, problems: &mut Vec<Problem>) -> Result<Tree, ProjectError> {
    let mut modules = Tree::new();
    let (folders, files) = entries(root, folder)?;
    if let (Some(first_folder), Some(file)) = (folders.first(), files.first()) {
        let (file, folder) = (name_of(file), name_of(first_folder));
        problems.push(Problem::Mixed { file, folder });
        return Ok(modules);
    }
    if !files.is_empty() {
        modules.insert(ONLY_MODULE.to_owned(), scripts(root, folder, &files, problems));
    }
    for module in &folders {
        let name = name_of(module);
        let path = format!("{folder}/{name}");
        if let Some(reason) = module_name_problem(&name) {
            problems.push(Problem::ModuleName { path, reason });
            continue;
        }
        let (nested, files) = entries(root, &path)?;
        problems.extend(
            nested.iter().map(|entry| Problem::Nested { path: format!("{path}/{}", name_of(entry)) }),
        );
        modules.insert(name, scripts(root, &path, &files, problems));
    }
    Ok(modules)
}

/// A module's name stands in `module:version`, in labels with `/`, and for its schema.
fn module_name_problem(name: &str) -> Option<&'static str> {
    if name.len() > 63 {
        Some("it is longer than PostgreSQL's 63 bytes")
    } else if name.contains([':', '\\', '\u{fffd}']) || name.chars().any(char::is_control) {
        Some("it holds a colon, a backslash, a control character or a byte that is not UTF-8")
    } else {
        None
    }
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Returns the folders and the files in `root/folder`, sorted; none where it does not exist. Hidden files and Markdown
/// are not a project's SQL.
pub(super) fn entries(root: &Path, folder: &str) -> Result<(Vec<PathBuf>, Vec<PathBuf>), ProjectError> {
    let unreadable = |error: &std::io::Error| ProjectError::from(Problem::unreadable(folder, error));
    let place = root.join(folder);
    if place.is_symlink() && !is_inside(root, &place.canonicalize().map_err(|error| unreadable(&error))?) {
        return Err(Problem::Outside { path: folder.to_owned() }.into());
    }
    let list = match std::fs::read_dir(place) {
        Ok(list) => list,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
        Err(error) => return Err(unreadable(&error)),
    };
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in list {
        let entry = entry.map_err(|error| unreadable(&error))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name.ends_with(".md") {
            continue;
        }
        let path = inside(root, &entry).map_err(|error| unreadable(&error))?;
        let Some(is_dir) = path else {
            return Err(Problem::Outside { path: format!("{folder}/{name}") }.into());
        };
        if is_dir { folders.push(entry.path()) } else { files.push(entry.path()) }
    }
    // In one folder the order of the paths is that of their bytes, without taking each apart for each comparison.
    for list in [&mut folders, &mut files] {
        list.sort_unstable_by(|a: &PathBuf, b| a.as_os_str().cmp(b.as_os_str()));
    }
    Ok((folders, files))
}

/// Tells whether the entry is a folder; `None` for a link that leads out of the project.
fn inside(root: &Path, entry: &DirEntry) -> std::io::Result<Option<bool>> {
    let kind = entry.file_type()?;
    if !kind.is_symlink() {
        return Ok(Some(kind.is_dir()));
    }
    let target = entry.path().canonicalize()?;
    Ok(is_inside(root, &target).then(|| target.is_dir()))
}

/// Tells whether what a link leads to is in the project.
fn is_inside(root: &Path, target: &Path) -> bool {
    root.canonicalize().is_ok_and(|root| target.starts_with(root))
}

fn scripts(
    root: &Path,
    folder: &str,
    files: &[PathBuf],
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Named> {
    let mut scripts = BTreeMap::new();
    let mut texts = match Texts::open(&root.join(folder)) {
        Ok(texts) => texts,
        Err(error) => {
            problems.push(Problem::unreadable(folder, &error));
            return scripts;
        }
    };
    for file in files {
        let name = name_of(file);
        let path = format!("{folder}/{name}");
        match FileName::parse(&name) {
            Err(error) => problems.push(Problem::Name { path, error }),
            Ok(parsed) => match texts.read(&name, &path) {
                Err(problem) => problems.push(problem),
                Ok(text) => {
                    let script = Script::new(path, text);
                    scripts.insert(name, Named { file: parsed, script });
                }
            },
        }
    }
    scripts
}

/// Reads the files of one folder: from the folder on, so that its path is walked once, into one buffer.
struct Texts {
    folder: File,
    buffer: Vec<u8>,
}

impl Texts {
    fn open(folder: &Path) -> std::io::Result<Self> {
        Ok(Self { folder: File::open(folder)?, buffer: Vec::with_capacity(64 << 10) })
    }

    /// Reads a file of the folder; `path` is what people know it by.
    fn read(&mut self, name: &str, path: &str) -> Result<&str, Problem> {
        self.buffer.clear();
        let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC;
        let opened = openat(&self.folder, name, flags, Mode::empty()).map_err(std::io::Error::from);
        // `Take` asks for no size: most files are shorter than the buffer.
        let read = opened.and_then(|file| File::from(file).take(u64::MAX).read_to_end(&mut self.buffer));
        read.map_err(|error| Problem::unreadable(path, &error))?;
        utf8(&self.buffer, path)
    }
}

pub(super) fn text(file: &Path, path: &str) -> Result<String, Problem> {
    let bytes = std::fs::read(file).map_err(|error| Problem::unreadable(path, &error))?;
    utf8(&bytes, path).map(str::to_owned)
}

fn utf8<'b>(bytes: &'b [u8], path: &str) -> Result<&'b str, Problem> {
    std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let line = 1 + bytes[..offset].iter().filter(|&&byte| byte == b'\n').count();
        Problem::NotUtf8 { path: path.to_owned(), offset, line }
    })
}
