//! The report of `schema contract`: whether `schema.toml` says what the migrations make.

use serde_json::{Value, json};

use super::repair::difference;
use super::text::count;
use super::{Report, Style};
use crate::error::Exit;

/// The text of `schema.toml` as it was and as it should be.
#[derive(Debug)]
pub struct ContractText {
    /// The command's path.
    pub command: &'static str,
    /// How many modules were looked at.
    pub modules: usize,
    /// As it was.
    pub before: String,
    /// As it should be.
    pub after: String,
    /// Whether it was written; otherwise a difference is a finding.
    pub written: bool,
}

impl ContractText {
    fn is_stale(&self) -> bool {
        self.before != self.after
    }
}

impl Report for ContractText {
    fn command(&self) -> &'static str {
        self.command
    }

    fn human(&self, style: Style) -> String {
        let modules = count(self.modules, "module");
        match (self.is_stale(), self.written) {
            (false, _) => format!("schema.toml has the contract of {modules} as it should be\n"),
            (true, true) => format!("wrote the contract of {modules} to schema.toml\n"),
            (true, false) => {
                let difference = difference(style, "schema.toml", &self.before, &self.after);
                format!("{difference}schema.toml is stale: refresh it with `crmdb schema contract`\n")
            }
        }
    }

    fn json(&self) -> Value {
        let difference =
            self.is_stale().then(|| difference(Style::PLAIN, "schema.toml", &self.before, &self.after));
        json!({
            "modules": self.modules,
            "stale": self.is_stale(),
            "written": self.written && self.is_stale(),
            "difference": difference,
        })
    }

    fn exit(&self) -> Exit {
        if self.is_stale() && !self.written { Exit::Found } else { Exit::Done }
    }
}
