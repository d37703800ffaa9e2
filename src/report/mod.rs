//! What a command found, as text for people and as JSON for programs. Only `terminal` prints.

pub mod blast;
pub mod contract;
pub mod describe;
pub mod diff;
pub mod error;
pub mod files;
pub mod foreign_keys;
mod github;
pub mod history;
mod junit;
pub mod listing;
pub mod plan;
pub mod progress;
pub mod prove;
pub mod pull;
pub mod repair;
pub mod rescue;
pub mod run;
mod sarif;
pub mod seed;
pub mod seed_generate;
pub mod seed_status;
pub mod server;
pub mod show;
pub mod squash;
pub mod status;
pub mod style;
mod table;
pub mod terminal;
pub mod text;
pub mod verify;

use serde_json::Value;

pub use style::Style;

use listing::Listing;

use crate::error::Exit;

/// The outcome of a command.
pub trait Report {
    /// Returns the command's path, `migrate up`.
    fn command(&self) -> &'static str;

    /// Returns the text for people, each line ended.
    fn human(&self, style: Style) -> String;

    /// Returns an object with the fields of the JSON document beside `format` and `command`.
    fn json(&self) -> Value;

    /// Returns what was found, for the formats that list findings; `None` where the command finds nothing.
    fn listing(&self) -> Option<Listing> {
        None
    }

    /// Returns the statements that the report is about; `None` where it is about none.
    fn sql(&self) -> Option<String> {
        None
    }

    /// Returns how the command ends.
    fn exit(&self) -> Exit {
        Exit::Done
    }
}

/// Returns the whole JSON document of a report.
pub fn document(report: &dyn Report) -> Value {
    let mut document = serde_json::json!({ "format": 1, "command": report.command() });
    if let (Value::Object(document), Value::Object(fields)) = (&mut document, report.json()) {
        document.extend(fields);
    }
    document
}

/// Turns a value of own structs into JSON; those have text keys and finite numbers only.
fn to_json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}
