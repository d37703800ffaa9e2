//! Reports of files that were written, and of texts that are the report themselves.

use serde::Serialize;
use serde_json::Value;

use super::{Report, Style, to_json};

/// Files that a command wrote.
#[derive(Debug, Serialize)]
pub struct Written {
    /// The command's path.
    #[serde(skip)]
    pub command: &'static str,
    /// Their paths.
    pub files: Vec<String>,
    /// What to do next.
    #[serde(skip)]
    pub next: String,
}

impl Report for Written {
    fn command(&self) -> &'static str {
        self.command
    }

    fn human(&self, _: Style) -> String {
        let files: String = self.files.iter().map(|file| format!("wrote {file}\n")).collect();
        format!("{files}{}\n", self.next)
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}

/// A text that is the whole report.
#[derive(Debug, Serialize)]
pub struct Plain {
    /// The command's path.
    #[serde(skip)]
    pub command: &'static str,
    /// The text, its last line ended.
    pub text: String,
}

impl Report for Plain {
    fn command(&self) -> &'static str {
        self.command
    }

    fn human(&self, _: Style) -> String {
        self.text.clone()
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}
