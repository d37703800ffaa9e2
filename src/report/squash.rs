//! The report of `squash`: what was written, what went, and which statements were kept as they were.

use serde::Serialize;
use serde_json::Value;

use super::text::count;
use super::{Report, Style, to_json};

/// One migration in the place of several.
#[derive(Debug, Serialize)]
pub struct Squashed {
    /// How many migrations it stands for.
    pub migrations: usize,
    /// The files that were written.
    pub files: Vec<String>,
    /// The files that are gone.
    pub removed: Vec<String>,
    /// The statements that change rows, which no catalog holds.
    pub kept: Vec<Kept>,
}

/// A statement that was kept as it was.
#[derive(Debug, Serialize)]
pub struct Kept {
    /// The file that it was in.
    pub path: String,
    /// Its line there, from 1.
    pub line: usize,
}

impl Report for Squashed {
    fn command(&self) -> &'static str {
        "migrate squash"
    }

    fn human(&self, _: Style) -> String {
        let mut text: String = self.files.iter().map(|file| format!("wrote {file}\n")).collect();
        text += &self.removed.iter().map(|file| format!("removed {file}\n")).collect::<String>();
        for Kept { path, line } in &self.kept {
            text += &format!("kept the statement of {path}:{line}, which changes rows\n");
        }
        text + &format!(
            "schema and rows are the same as before; databases that hold all of the {} go on as they are\n",
            count(self.migrations, "migration")
        )
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}
