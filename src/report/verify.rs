//! The report of a verification: what differs from the contract, object by object.

use serde::Serialize;
use serde_json::Value;

use super::listing::{Listed, Listing, Place, Suite};
use super::style::Role;
use super::text::{count, printable};
use super::{Report, Style, to_json};
use crate::error::Exit;
use crate::model::contract::{Code, Finding};

/// What was verified, and what was found.
#[derive(Debug, Default, Serialize)]
pub struct Verified {
    /// The modules of which something is declared.
    pub modules: Vec<VerifiedModule>,
    /// In the order of the modules.
    pub findings: Vec<FindingRow>,
}

/// A module that was verified.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct VerifiedModule {
    /// The module's name.
    pub module: String,
    /// The schema it is installed under.
    pub schema: String,
}

/// A finding with its text.
#[derive(Debug, Serialize)]
pub struct FindingRow {
    /// The data.
    #[serde(flatten)]
    pub finding: Finding,
    /// The text.
    pub message: String,
}

impl From<Finding> for FindingRow {
    fn from(finding: Finding) -> Self {
        Self { message: finding.to_string(), finding }
    }
}

impl VerifiedModule {
    /// Makes the row of a module.
    pub fn of(module: &str, schema: &str) -> Self {
        Self { module: module.to_owned(), schema: schema.to_owned() }
    }
}

impl Verified {
    /// Returns the findings for people, and a line that sums up.
    pub(super) fn human(&self, style: Style) -> String {
        let mut text = String::new();
        for FindingRow { finding, message } in &self.findings {
            text += &format!("{} {}\n", style.paint(Role::Bad, "finding:"), printable(message));
            let place = format!("{} ({}:{})", finding.hint, finding.path, finding.line);
            text += &format!("  {}\n", style.paint(Role::Aside, place));
        }
        let modules = count(self.modules.len(), "module");
        match self.findings.len() {
            0 if self.modules.is_empty() => {}
            0 => text += &format!("verified {modules}: as declared\n"),
            number => text += &format!("verified {modules}: {}\n", count(number, "finding")),
        }
        text
    }

    /// Returns how the command ends.
    pub(super) fn exit(&self) -> Exit {
        if self.findings.is_empty() { Exit::Done } else { Exit::Found }
    }

    /// Returns the findings as other programs list them, a suite for each module.
    pub(super) fn listing(&self) -> Listing {
        let suite = |module: &VerifiedModule| {
            let own = self.findings.iter().filter(|row| row.finding.object.module == module.module);
            Suite { name: format!("contract of {}", module.module), findings: own.map(listed).collect() }
        };
        Listing { suites: self.modules.iter().map(suite).collect() }
    }
}

fn listed(row: &FindingRow) -> Listed {
    let finding = &row.finding;
    let rule = match finding.code {
        Code::Missing => "contract/missing",
        Code::Unexpected => "contract/unexpected",
        Code::Different => "contract/different",
        Code::Row => "contract/row",
        Code::Failed => "contract/failed",
    };
    Listed {
        rule,
        object: finding.object.to_string(),
        message: row.message.clone(),
        hint: finding.hint.clone(),
        place: Some(Place { path: finding.path.clone(), line: finding.line }),
    }
}

/// What `crmdb verify` found.
#[derive(Debug, Serialize)]
pub struct Verification {
    /// Host, port and database.
    pub target: String,
    /// What was verified and found.
    #[serde(flatten)]
    pub verified: Verified,
    /// Wall time in milliseconds, connection included.
    pub duration_ms: u64,
}

impl Report for Verification {
    fn command(&self) -> &'static str {
        "verify"
    }

    fn human(&self, style: Style) -> String {
        if self.verified.modules.is_empty() {
            return format!(
                "nothing is declared of {}: write the contract with `crmdb schema contract`\n",
                self.target
            );
        }
        format!("{}\n{}", style.paint(Role::Strong, &self.target), self.verified.human(style))
    }

    fn json(&self) -> Value {
        to_json(self)
    }

    fn exit(&self) -> Exit {
        self.verified.exit()
    }

    fn listing(&self) -> Option<Listing> {
        Some(self.verified.listing())
    }
}
