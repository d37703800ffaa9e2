//! What can be wrong with a project's files, each problem naming its file.

use std::fmt;

use crate::model::migration::FileNameError;
use crate::model::order::OrderError;

/// One problem of one file or module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The operating system would not give the file.
    #[error("`{path}` can't be read: {reason}")]
    Unreadable {
        /// From the project's folder on.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// The operating system would not take the file.
    #[error("`{path}` can't be written: {reason}")]
    Unwritable {
        /// From the project's folder on.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// A file that exists would be written over.
    #[error("`{path}` is there already; nothing was written")]
    Exists {
        /// From the project's folder on.
        path: String,
    },
    /// A file's name is not a migration's.
    #[error("`{path}` {error}")]
    Name {
        /// From the project's folder on.
        path: String,
        /// What is wrong with it.
        error: FileNameError,
    },
    /// A file's text is not UTF-8.
    #[error("`{path}` is not UTF-8: byte {offset} (line {line})")]
    NotUtf8 {
        /// From the project's folder on.
        path: String,
        /// Of the first bad byte, from 0.
        offset: usize,
        /// Of the first bad byte, from 1.
        line: usize,
    },
    /// Two files have one version.
    #[error("`{first}` and `{second}` have the same version")]
    SameVersion {
        /// The one that sorts first.
        first: String,
        /// The other.
        second: String,
    },
    /// A rollback takes back a migration that does not exist.
    #[error("`{path}` is a rollback without a migration: there is no `{expected}`")]
    NoMigration {
        /// The rollback's path.
        path: String,
        /// The path that the migration would have.
        expected: String,
    },
    /// `migrations/` holds both SQL files and module folders.
    #[error(
        "`migrations/` holds both SQL files (`{file}`) and module folders (`{folder}`): a project is one module or several"
    )]
    Mixed {
        /// One of the files.
        file: String,
        /// One of the folders.
        folder: String,
    },
    /// A folder lies inside a module's folder.
    #[error("`{path}` is a folder inside a module; a module's files lie directly in its folder")]
    Nested {
        /// From the project's folder on.
        path: String,
    },
    /// A symbolic link leads out of the project.
    #[error("`{path}` is a link that leads out of the project")]
    Outside {
        /// From the project's folder on.
        path: String,
    },
    /// A module's name can't be one.
    #[error("`{path}` can't be a module's name: {reason}")]
    ModuleName {
        /// The folder.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file or folder of seeds lies where none belongs.
    #[error(
        "`{path}` is not in a profile's folder: seeds are `seeds/<module>/<profile>/NN_name.sql` or `.csv`, without `<module>` where the project is one"
    )]
    SeedPlace {
        /// From the project's folder on.
        path: String,
    },
    /// A folder of seeds is for a module that does not exist.
    #[error("`{path}` holds seeds of module `{module}`, which is not a module of this project")]
    SeedModule {
        /// The folder.
        path: String,
        /// Its name.
        module: String,
    },
    /// A file's name is not a seed's.
    #[error("`{path}` is not named `NN_name.sql` or `NN_table.csv` (digits, an underscore, a name)")]
    SeedName {
        /// From the project's folder on.
        path: String,
    },
    /// A CSV seed has no header.
    #[error("{path}:1: the first line must be the table's column names, in UTF-8, each quote closed")]
    SeedHeader {
        /// From the project's folder on.
        path: String,
    },
    /// A CSV seed holds the line that ends a COPY.
    #[error("{path}:{line}: a line `\\.` ends the rows for PostgreSQL, so what follows would be lost")]
    SeedEndMarker {
        /// From the project's folder on.
        path: String,
        /// From 1.
        line: usize,
    },
    /// `schema.toml` declares a module that has no folder.
    #[error("module `{module}` has no folder `migrations/{module}/`")]
    NoFolder {
        /// The declared name.
        module: String,
    },
    /// A module's schema can't be made.
    #[error("module `{module}` has schema `{schema}`, which {reason}")]
    Schema {
        /// The module.
        module: String,
        /// Its schema.
        schema: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Two modules share a schema.
    #[error("modules `{first}` and `{second}` have the same schema `{schema}`")]
    SharedSchema {
        /// The schema.
        schema: String,
        /// The module installed first.
        first: String,
        /// The module installed after it.
        second: String,
    },
    /// A file below `verify/` is not a validation query.
    #[error("`{path}` {reason}")]
    NoQuery {
        /// From the project's folder on.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A validation query is of no module.
    #[error("`{path}` is the query of a module that the project does not have")]
    QueryOfNone {
        /// From the project's folder on.
        path: String,
    },
    /// Modules can't be put in order.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// `schema.toml` is not what it should be.
    #[error("schema.toml:{line}:{column}: {message}")]
    Manifest {
        /// From 1.
        line: usize,
        /// In characters, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
}

impl Problem {
    /// Returns the file or folder that is there and could not be read.
    pub(super) fn unread(&self) -> Option<&str> {
        match self {
            Self::Unreadable { path, .. } | Self::NotUtf8 { path, .. } => Some(path),
            _ => None,
        }
    }

    /// Makes the problem that shows at byte `offset` of the text of `schema.toml`.
    pub(super) fn manifest(text: &str, offset: usize, message: String) -> Self {
        let before = text.get(..offset.min(text.len())).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Self::Manifest {
            line: 1 + before.matches('\n').count(),
            column: 1 + before[start..].chars().count(),
            message,
        }
    }

    pub(super) fn unreadable(path: impl Into<String>, error: &std::io::Error) -> Self {
        Self::Unreadable { path: path.into(), reason: error.to_string() }
    }
}

/// All that is wrong with a project; at least one problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectError {
    /// In the order of the files.
    pub problems: Vec<Problem>,
}

impl From<Problem> for ProjectError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for ProjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [only] => only.fmt(f),
            several => {
                write!(f, "the project has {} problems", several.len())?;
                several.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl std::error::Error for ProjectError {}
