//! What is kept of the data that a step destroys, and what the ledger says about it.

mod design;
mod lifetime;
mod order;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::rehearsal::Relation;

pub use design::{Scene, Seen, design, forced};
pub use lifetime::{Lifetime, LifetimeError};
pub use order::{Reference, groups};

/// The beginning of the names of the schemas that hold rescues; the number follows.
pub const SCHEMA_PREFIX: &str = "crmdb_rescue_";

/// What is kept of one table before a step destroys it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// The label of the migration whose step destroys it.
    pub migration: String,
    /// The schema that the step runs in: with the label it names the step.
    pub schema: String,
    /// The table, by the name that the target knows it by before the run.
    pub relation: Relation,
    /// Its name when the step begins: an earlier step of the run may have renamed it.
    pub at: Relation,
    /// What of it.
    pub kept: Kept,
    /// How.
    pub way: Way,
    /// Why it is not moved, where it would be worth it.
    pub why: Option<String>,
    /// What the table looks like when the step begins.
    pub shape: Shape,
}

/// What is kept of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kept", rename_all = "kebab-case")]
pub enum Kept {
    /// The table, which goes.
    Table,
    /// All of its rows, which go or may be changed; the table stays.
    Rows,
    /// The rows that the step deletes or updates, as they were.
    Changed,
    /// The values of a column with the key of their rows.
    Column {
        /// Its name.
        column: String,
        /// The one value whose rows count, and whether the column holds arrays of it; `None` where all do.
        value: Option<(String, bool)>,
    },
}

/// How it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The table itself, taken away before this statement of the step, counted from 0; no row of it is read.
    Move(usize),
    /// A copy, made when the step begins.
    Copy,
    /// What the step's statements overwrite and delete, by triggers.
    Capture,
}

impl Way {
    /// The word in the table `crmdb.rescue_item`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Move(_) => "move",
            Self::Copy => "copy",
            Self::Capture => "capture",
        }
    }
}

/// What a table looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The columns of its primary key, or else of a unique key without nulls; empty where there is none.
    pub key: Vec<String>,
    /// The partitioned table at the top, where it is a partition.
    pub root: Option<Relation>,
    /// The sequences that its columns take values from.
    pub sequences: Vec<Sequence>,
    /// Whether rows come and go through other tables of a partitioned table or an inheritance tree too.
    pub family: bool,
    /// Why the table can't be moved; `None` where nothing is known to be in the way.
    pub immovable: Option<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its number in the table.
    pub number: i32,
    /// Its type, with the schema where that is not PostgreSQL's own.
    pub type_name: String,
    /// Whether the type is PostgreSQL's own; values of others are kept as text, so that the type can go.
    pub own: bool,
    /// Whether its values come from other columns.
    pub generated: bool,
}

/// A sequence that a column takes its values from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// The column.
    pub column: String,
    /// The sequence.
    pub name: Relation,
}

impl Kept {
    /// Tells whether it is values of a column and not rows.
    pub fn is_column(&self) -> bool {
        matches!(self, Self::Column { .. })
    }
}

impl Keep {
    /// Returns the keep that reads the rows where it would have taken the table away: into a folder no table can be moved.
    pub fn read_out(&self) -> Self {
        match self.way {
            Way::Move(_) | Way::Copy => Self { way: Way::Copy, why: None, ..self.clone() },
            Way::Capture => self.clone(),
        }
    }

    /// Returns the columns that are kept, in order: for a column's values those of the key too, or all where there is no
    /// key.
    pub fn columns(&self) -> Vec<&Column> {
        let all = self.shape.columns.iter();
        match &self.kept {
            Kept::Column { column, .. } if !self.shape.key.is_empty() => {
                all.filter(|one| self.shape.key.contains(&one.name) || one.name == *column).collect()
            }
            _ => all.filter(|one| !one.generated).collect(),
        }
    }

    /// Returns the name of the table that holds it, made of `taken` ones none.
    pub fn place(&self, taken: &[String]) -> String {
        /// PostgreSQL keeps 63 bytes; the rest is for a number.
        const BYTES: usize = 56;
        let mut name = match &self.kept {
            Kept::Table | Kept::Rows => self.relation.name.clone(),
            Kept::Changed => format!("{}_changed", self.relation.name),
            Kept::Column { column, .. } => format!("{}_{column}", self.relation.name),
        };
        while name.len() > BYTES {
            name.pop();
        }
        let mut number = 1;
        let mut free = name.clone();
        while taken.contains(&free) {
            number += 1;
            free = format!("{name}_{number}");
        }
        free
    }
}

/// A rescue as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rescue {
    /// The number.
    pub id: i64,
    /// The schema that it is in, or the name of its folder.
    pub place: String,
    /// The folder; `None` where it is in a schema.
    pub folder: Option<Folder>,
    /// When it was made.
    pub made_at: Timestamp,
    /// By which role.
    pub made_by: String,
    /// The reason that was given.
    pub reason: Option<String>,
    /// When it may go.
    pub keep_until: Timestamp,
    /// When all of it was put back.
    pub restored_at: Option<Timestamp>,
    /// When it was dropped.
    pub dropped_at: Option<Timestamp>,
    /// What it holds, in the order it was kept.
    pub items: Vec<Item>,
}

/// A folder that holds a rescue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Folder {
    /// Where it was written.
    pub path: String,
    /// The machine on which that is.
    pub host: String,
}

/// One table of a rescue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its number within the rescue.
    pub ordinal: i32,
    /// The table or file that holds the rows.
    pub place: String,
    /// The SHA-256 of the file, in hexadecimal digits; `None` of a table.
    pub checksum: Option<String>,
    /// `move`, `copy` or `capture`.
    pub way: String,
    /// How many rows.
    pub rows: i64,
    /// How many bytes.
    pub bytes: i64,
    /// What it is.
    #[serde(skip)]
    pub keep: Keep,
    /// How far the sequences had come: column, last value, whether that was given out.
    #[serde(skip)]
    pub sequences: Vec<Reached>,
    /// The table that it is from, by the oid of then.
    #[serde(skip)]
    pub home: u32,
    /// The transaction that destroyed it.
    #[serde(skip)]
    pub xid: u32,
    /// When it was put back whole.
    pub restored_at: Option<Timestamp>,
}

/// How far a sequence had come.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reached {
    /// The column that takes its values.
    pub column: String,
    /// Its last value.
    pub last_value: i64,
    /// Whether that one was given out.
    pub is_called: bool,
}

impl Rescue {
    /// Tells whether it is still there.
    pub fn is_there(&self) -> bool {
        self.dropped_at.is_none()
    }

    /// Tells whether something of it waits to be put back.
    pub fn is_open(&self) -> bool {
        self.is_there() && self.restored_at.is_none()
    }

    /// Returns how many rows and bytes it holds.
    pub fn size(&self) -> (u64, u64) {
        let sum = |number: fn(&Item) -> i64| {
            self.items.iter().map(|item| u64::try_from(number(item)).unwrap_or_default()).sum()
        };
        (sum(|item| item.rows), sum(|item| item.bytes))
    }
}

impl std::fmt::Display for Keep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let table = &self.relation;
        match &self.kept {
            Kept::Table => write!(f, "table {table}"),
            Kept::Rows => write!(f, "all rows of {table}"),
            Kept::Changed => write!(f, "changed rows of {table}"),
            Kept::Column { column, value: None } => write!(f, "column {table}.{column}"),
            Kept::Column { column, value: Some((value, _)) } => {
                write!(f, "value `{value}` in {table}.{column}")
            }
        }
    }
}
