//! A plan in a file: made and rehearsed when there is time, run when there is none, and only on the target that it was
//! made for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Goal, Plan};
use crate::model::blast::Blast;
use crate::model::{Checksum, Direction, Ledger, Mode, Script, Version};

/// The only format there is.
const FORMAT: u32 = 1;

/// A plan with everything that is needed to run it, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// The version of this shape.
    pub format: u32,
    /// The fingerprint of the file's text, in which this is left empty; empty in a plan that is not written yet.
    pub seal: String,
    /// The way of all steps.
    pub direction: Direction,
    /// The name of the database.
    pub database: String,
    /// When it was made, in UTC.
    pub made_at: String,
    /// The operating system's user and host that made it.
    pub made_by: String,
    /// The version of crmdb that made it.
    pub tool_version: String,
    /// The fingerprint of the target's schema and ledger.
    pub fingerprint: String,
    /// Where a rollback ends; `None` for a plan of everything that was pending.
    pub to: Option<End>,
    /// What runs, in order.
    pub steps: Vec<FileStep>,
    /// How long it took on the shadow, in milliseconds; `None` where it could not be rehearsed.
    pub duration_ms: Option<f64>,
    /// What it destroys and locks, as it was when the plan was made.
    pub blast: Blast,
}

/// The version at which a rollback leaves a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// The module's name.
    pub module: String,
    /// The version.
    pub version: i64,
}

/// One step of a plan in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileStep {
    /// The module's name.
    pub module: String,
    /// The schema that its SQL runs in.
    pub schema: String,
    /// The version within the module.
    pub version: i64,
    /// The migration file's name.
    pub file: String,
    /// Where the SQL came from.
    pub path: String,
    /// Whether it runs in a transaction.
    pub transactional: bool,
    /// The fingerprint of the migration's text.
    pub migration: String,
    /// What runs.
    pub sql: String,
    /// The fingerprint of `sql`.
    pub checksum: String,
}

impl PlanFile {
    /// Reads the text of a file. The error says what it is not.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if file.format != FORMAT {
            return Err(format!("it has the format {}, and this crmdb knows format {FORMAT}", file.format));
        }
        for step in &file.steps {
            if Checksum::of(&step.sql).to_string() != step.checksum {
                return Err(format!("the SQL of `{}` is not what its checksum was made of", step.path));
            }
        }
        let unsealed = text.replacen(&seal(&file.seal), &seal(""), 1);
        if file.seal != Checksum::of(&unsealed).to_string() {
            return Err(
                "it was edited after it was made, or is cut off: make it again with `crmdb migrate plan`"
                    .to_owned(),
            );
        }
        Ok(Self { seal: String::new(), ..file })
    }

    /// Returns the file's text.
    pub fn text(&self) -> String {
        let unsealed = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        unsealed.replacen(&seal(""), &seal(&Checksum::of(&unsealed).to_string()), 1)
    }

    /// Returns the goal of the plan.
    pub fn goal(&self) -> Goal {
        match &self.to {
            Some(End { module, version }) => Goal::To { module: module.clone(), version: Version(*version) },
            None => Goal::All,
        }
    }

    /// Returns the SQL of each step by the position of its row in `ledger`.
    pub fn scripts(&self, ledger: &Ledger) -> BTreeMap<i64, Script> {
        let position = |step: &FileStep| {
            let mut rows = ledger.applied_to(&step.module, &step.schema);
            rows.find(|row| row.version.0 == step.version).map(|row| row.position)
        };
        let scripts = self.steps.iter();
        scripts.filter_map(|step| Some((position(step)?, Script::new(&step.path, &step.sql)))).collect()
    }

    /// Tells whether `plan` runs what the file says, in its order.
    pub fn is(&self, plan: &Plan) -> bool {
        self.direction == plan.direction && self.steps == FileStep::of(plan)
    }
}

/// Returns the field as it is in the text. Within a string the text has its quotes escaped.
fn seal(value: &str) -> String {
    format!("\"seal\": \"{value}\"")
}

impl FileStep {
    /// Returns the steps of a plan.
    pub fn of(plan: &Plan) -> Vec<Self> {
        let steps = plan.steps.iter().map(|step| Self {
            module: step.module.clone(),
            schema: step.schema.clone(),
            version: step.version.0,
            file: step.file.clone(),
            path: step.script.path.clone(),
            transactional: step.mode == Mode::Transaction,
            migration: step.checksum.to_string(),
            sql: step.script.text.to_string(),
            checksum: step.script.checksum.to_string(),
        });
        steps.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> PlanFile {
        let text = |text: &str| text.to_owned();
        PlanFile {
            format: FORMAT,
            seal: String::new(),
            direction: Direction::Down,
            database: text("crm"),
            made_at: text("2026-01-31T12:00:00Z"),
            made_by: text("dba@host"),
            tool_version: text("0.1.0"),
            fingerprint: text("00"),
            to: Some(End { module: text("sales"), version: 1 }),
            steps: vec![FileStep {
                module: text("sales"),
                schema: text("sales"),
                version: 2,
                file: text("V2__b.sql"),
                path: text("rollbacks/sales/V2__b.sql"),
                transactional: true,
                migration: Checksum::of("CREATE TABLE b ();\n").to_string(),
                sql: text("DROP TABLE b;\n"),
                checksum: Checksum::of("DROP TABLE b;\n").to_string(),
            }],
            duration_ms: Some(1.5),
            blast: Blast::empty(),
        }
    }

    #[test]
    fn a_file_is_read_back_as_it_was_written() {
        let text = file().text();
        assert_eq!(PlanFile::parse(&text), Ok(file()));
        assert_eq!(PlanFile::parse(&text.replace('\n', "\r\n")), Ok(file()));
    }

    #[test]
    fn a_file_that_was_edited_is_refused() {
        let text = file().text();
        let edited = PlanFile::parse(&text.replace("DROP TABLE b", "DROP TABLE c")).unwrap_err();
        assert!(edited.contains("is not what its checksum was made of"), "{edited}");
        let later = PlanFile::parse(&text.replace("\"format\": 1", "\"format\": 2")).unwrap_err();
        assert_eq!(later, "it has the format 2, and this crmdb knows format 1");
        for (before, after) in
            [("\"crm\"", "\"erp\""), ("\"losses\": []", "\"losses\":  []"), (": 1.5", ": 2.5")]
        {
            let edited = PlanFile::parse(&text.replace(before, after)).unwrap_err();
            assert!(edited.starts_with("it was edited after it was made"), "{before}: {edited}");
        }
        assert!(PlanFile::parse("{}").is_err() && PlanFile::parse(&text.replace("made_by", "by")).is_err());
    }
}
