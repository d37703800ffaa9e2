//! The report of `repair` and `baseline`: what the ledger says differently.

use serde::Serialize;
use serde_json::Value;
use similar::TextDiff;

use super::foreign_keys::{KeyStatus, exit, lines};
use super::style::{Colour, Role};
use super::text::count;
use super::{Report, Style, to_json};
use crate::error::Exit;

/// The migrations whose ledger rows were changed.
#[derive(Debug, Serialize)]
pub struct Recorded {
    /// The command's path.
    #[serde(skip)]
    pub command: &'static str,
    /// Host, port and database.
    pub target: String,
    /// Their labels.
    pub migrations: Vec<String>,
}

impl Report for Recorded {
    fn command(&self) -> &'static str {
        self.command
    }

    fn human(&self, _: Style) -> String {
        let rows: String = self.migrations.iter().map(|label| format!("recorded  {label}\n")).collect();
        match self.migrations.len() {
            0 => format!("nothing to record on {}\n", self.target),
            number => format!("{rows}recorded {} on {}\n", count(number, "migration"), self.target),
        }
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}

/// The deferred foreign keys after they were tried again.
#[derive(Debug, Serialize)]
pub struct KeysTried {
    /// Host, port and database.
    pub target: String,
    /// All of them.
    pub foreign_keys: Vec<KeyStatus>,
}

impl Report for KeysTried {
    fn command(&self) -> &'static str {
        "migrate repair"
    }

    fn human(&self, style: Style) -> String {
        let valid = self.foreign_keys.iter().filter(|key| key.state == "valid").count();
        let keys = count(self.foreign_keys.len(), "deferred foreign key");
        lines(&self.foreign_keys, style) + &format!("{valid} of {keys} valid on {}\n", self.target)
    }

    fn json(&self) -> Value {
        to_json(self)
    }

    fn exit(&self) -> Exit {
        exit(&self.foreign_keys)
    }
}

/// Returns the difference between what was applied and what is there, as a unified diff.
pub fn difference(style: Style, path: &str, recorded: &str, present: &str) -> String {
    let diff = TextDiff::from_lines(recorded, present);
    let unified =
        diff.unified_diff().header(&format!("{path} (applied)"), &format!("{path} (present)")).to_string();
    if style.colour == Colour::Off {
        return unified;
    }
    let paint = |line: &str| match line.as_bytes().first() {
        Some(b'+') => style.paint(Role::Good, line),
        Some(b'-') => style.paint(Role::Bad, line),
        _ => line.to_owned(),
    };
    unified.lines().map(|line| paint(line) + "\n").collect()
}
