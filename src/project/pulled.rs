//! The folder of a schema as files: which of them crmdb wrote, what differs from what shall be there, and the writing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use super::error::{Problem, ProjectError};

/// A folder that was looked at.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// How each file begins that crmdb wrote and may write over or remove.
    mark: &'static str,
    /// The files with the mark, by their path from the folder on.
    own: BTreeMap<String, Vec<u8>>,
    /// Other `.sql` files, and links: paths from the folder on.
    foreign: BTreeSet<String>,
}

/// What a folder does not have as it should be; paths from the folder on.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Stale {
    /// Files that are not there.
    pub added: Vec<String>,
    /// Files that say something else.
    pub changed: Vec<String>,
    /// Files of objects that are gone.
    pub removed: Vec<String>,
    /// How many files are as they should be.
    pub unchanged: usize,
    /// What crmdb did not write and would have to write over.
    pub in_the_way: Vec<String>,
    /// The other `.sql` files that crmdb did not write.
    pub foreign: Vec<String>,
}

impl Folder {
    /// Looks at the folder, which need not exist. Links are not followed.
    pub fn open(root: &Path, mark: &'static str) -> Result<Self, ProjectError> {
        let mut folder =
            Self { root: root.to_path_buf(), mark, own: BTreeMap::new(), foreign: BTreeSet::new() };
        let mut open = vec![String::new()];
        while let Some(path) = open.pop() {
            match folder.list(&path, &mut open) {
                Err(error) if error.kind() == ErrorKind::NotFound && path.is_empty() => {}
                Err(error) => return Err(Problem::unreadable(folder.shown(&path), &error).into()),
                Ok(()) => {}
            }
        }
        Ok(folder)
    }

    fn list(&mut self, folder: &str, open: &mut Vec<String>) -> Result<(), Error> {
        for entry in std::fs::read_dir(self.root.join(folder))? {
            let entry = entry?;
            let name = entry.file_name();
            // What is hidden is of other programs; what crmdb writes has ASCII names.
            let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() && name.ends_with(".sql") {
                let text = std::fs::read(entry.path())?;
                if text.starts_with(self.mark.as_bytes()) {
                    self.own.insert(path, text);
                } else {
                    self.foreign.insert(path);
                }
            } else if kind.is_symlink() || name.ends_with(".sql") {
                self.foreign.insert(path);
            }
        }
        Ok(())
    }

    /// Compares what is there with what shall be: texts by path.
    pub fn stale(&self, wanted: &BTreeMap<String, String>) -> Stale {
        let mut stale = Stale::default();
        for (path, text) in wanted {
            let folder = path.split_once('/').map_or("", |(folder, _)| folder);
            let blocked = [path.as_str(), folder].into_iter().find(|path| self.foreign.contains(*path));
            match self.own.get(path) {
                _ if blocked.is_some() => stale.in_the_way.extend(blocked.map(str::to_owned)),
                None => stale.added.push(path.clone()),
                Some(found) if found == text.as_bytes() => stale.unchanged += 1,
                Some(_) => stale.changed.push(path.clone()),
            }
        }
        stale.in_the_way.dedup();
        stale.removed = self.own.keys().filter(|path| !wanted.contains_key(*path)).cloned().collect();
        stale.foreign = self.foreign.iter().filter(|path| path.ends_with(".sql")).cloned().collect();
        stale
    }

    /// Brings the folder up to date. Files that are as they should be are not touched.
    pub fn write(&self, wanted: &BTreeMap<String, String>, stale: &Stale) -> Result<(), ProjectError> {
        for path in stale.added.iter().chain(&stale.changed) {
            let unwritable = |error: Error| self.unwritable(path, &error);
            let file = self.root.join(path);
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder).map_err(unwritable)?;
            }
            // A reader sees the old text or the new one, never half of it.
            let aside = file.with_extension("sql.new");
            std::fs::write(&aside, &wanted[path]).map_err(unwritable)?;
            std::fs::rename(&aside, &file).map_err(unwritable)?;
        }
        for path in &stale.removed {
            let file = self.root.join(path);
            std::fs::remove_file(&file).map_err(|error| self.unwritable(path, &error))?;
            if let Some(folder) = file.parent().filter(|folder| *folder != self.root) {
                // It stays when something else is in it.
                std::fs::remove_dir(folder).ok();
            }
        }
        Ok(())
    }

    fn shown(&self, path: &str) -> String {
        if path.is_empty() {
            return self.root.display().to_string();
        }
        self.root.join(path).display().to_string()
    }

    fn unwritable(&self, path: &str, error: &Error) -> ProjectError {
        Problem::Unwritable { path: self.shown(path), reason: error.to_string() }.into()
    }
}
