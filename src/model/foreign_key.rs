//! A foreign key as one line: `order_items.product_id -> product.id on delete set null`.
//!
//! ```text
//! key       = source "->" target clause*
//! source    = [table "."] column | [table] "(" columns ")"
//! target    = [place "."] table ["." column | "(" columns ")"]       a place needs a column
//! clause    = "on" ("delete" | "update") action | "match" ("full" | "simple")
//!           | ["not"] "deferrable" | "initially" ("deferred" | "immediate") | "as" name
//! action    = "no action" | "restrict" | "cascade" | ("set null" | "set default") ["(" columns ")"]
//! ```
//!
//! Names are SQL names: folded to lower case unless they are in double quotes. A target without columns is the table's
//! primary key. A place is the name of a module, which means the schema that the module is installed under, or, where
//! there is no such module, of a schema.

mod parse;

use std::fmt;

use crate::sql::{MAX_BYTES, quote};

/// A declared foreign key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForeignKey {
    /// The table that holds the columns; `None` where the surroundings say which it is.
    pub table: Option<String>,
    /// The referencing columns, in order; at least one.
    pub columns: Vec<String>,
    /// What they refer to.
    pub target: Target,
    /// What becomes of a row whose target is deleted.
    pub on_delete: Action,
    /// What becomes of a row whose target gets another key.
    pub on_update: Action,
    /// Whether some of several columns may be null.
    pub matching: Matching,
    /// When it is checked.
    pub deferral: Deferral,
    /// The constraint's name; `None` leaves it to [`ForeignKey::default_name`].
    pub name: Option<String>,
}

/// The table and columns that a foreign key refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// A module or a schema; `None` for the schema of the referencing table. Columns are named where it is.
    pub place: Option<String>,
    /// The table's name.
    pub table: String,
    /// In the order of the referencing columns and as many; empty for the primary key.
    pub columns: Vec<String>,
}

/// What a foreign key does to the referencing rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// The statement fails when the constraint is checked.
    #[default]
    NoAction,
    /// The statement fails at once.
    Restrict,
    /// The rows follow.
    Cascade,
    /// The columns become null: these, or all of the key where there are none (PostgreSQL 15, deletion alone).
    SetNull(Vec<String>),
    /// The columns get their defaults: these, or all of the key where there are none (PostgreSQL 15, deletion alone).
    SetDefault(Vec<String>),
}

/// What a row of several columns must have to refer to nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Matching {
    /// One null is enough.
    #[default]
    Simple,
    /// All are null or none is.
    Full,
}

/// When a foreign key is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deferral {
    /// After each statement, always.
    #[default]
    NotDeferrable,
    /// After each statement, unless the transaction puts it off.
    Deferrable,
    /// At the end of the transaction, unless that asks for more.
    InitiallyDeferred,
}

/// Why a text is not a foreign key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct ForeignKeyError {
    /// What is wrong.
    pub problem: Problem,
    /// The byte of the text where it shows; its length where the text ends too early.
    pub offset: usize,
}

/// What is wrong with a text that should be a foreign key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It can't be split into words.
    #[error("the text ends inside a quoted name or comment")]
    Unclosed,
    /// Something else stands there, or nothing.
    #[error("{} stands where {expected} should be", or_the_end(.found))]
    Unexpected {
        /// What should be there.
        expected: &'static str,
        /// What is; empty at the end of the text.
        found: String,
    },
    /// A clause that may be there once.
    #[error("`{0}` is said twice")]
    Twice(&'static str),
    /// The referencing table is qualified.
    #[error("the referencing table is one of the module itself: write it without a schema")]
    ForeignSource,
    /// The two lists differ in length.
    #[error("{source_columns} referencing and {target_columns} referenced columns do not fit each other")]
    Lengths {
        /// How many columns refer.
        source_columns: usize,
        /// How many are referred to.
        target_columns: usize,
    },
    /// A column that an action names and the key does not hold.
    #[error("`{0}` is not a column of the key")]
    NotOfTheKey(String),
}

fn or_the_end(text: &str) -> String {
    if text.is_empty() { "the end of the text".to_owned() } else { format!("`{text}`") }
}

impl ForeignKey {
    /// Returns the name that PostgreSQL itself would give the constraint on `table`, were it the only one there:
    /// `<table>_<columns>_fkey`, the longer part cut first so that it fits 63 bytes (`makeObjectName` in
    /// `src/backend/commands/indexcmds.c`).
    pub fn default_name(&self, table: &str) -> String {
        let columns = self.columns.join("_");
        let available = MAX_BYTES - "__fkey".len();
        let (mut left, mut right) = (table.len(), columns.len());
        while left + right > available {
            if left > right { left -= 1 } else { right -= 1 }
        }
        format!("{}_{}_fkey", clipped(table, left), clipped(&columns, right))
    }
}

/// Cuts at a character.
fn clipped(text: &str, mut bytes: usize) -> &str {
    while !text.is_char_boundary(bytes) {
        bytes -= 1;
    }
    &text[..bytes]
}

impl Action {
    /// Returns the words of SQL, without the columns.
    pub fn words(&self) -> &'static str {
        match self {
            Self::NoAction => "no action",
            Self::Restrict => "restrict",
            Self::Cascade => "cascade",
            Self::SetNull(_) => "set null",
            Self::SetDefault(_) => "set default",
        }
    }

    /// Returns the columns that are set; empty for all.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::SetNull(columns) | Self::SetDefault(columns) => columns,
            Self::NoAction | Self::Restrict | Self::Cascade => &[],
        }
    }
}

impl Deferral {
    /// Returns the clause of SQL; empty for the default.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotDeferrable => "",
            Self::Deferrable => "deferrable",
            Self::InitiallyDeferred => "deferrable initially deferred",
        }
    }
}

/// The text that reads back as the same key.
impl fmt::Display for ForeignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.table, self.columns.as_slice()) {
            (None, [column]) => write!(f, "{}", name(column))?,
            (None, columns) => write!(f, "({})", names(columns))?,
            (Some(table), [column]) => write!(f, "{}.{}", name(table), name(column))?,
            (Some(table), columns) => write!(f, "{}({})", name(table), names(columns))?,
        }
        write!(f, " -> {}", self.target)?;
        for (event, action) in [("delete", &self.on_delete), ("update", &self.on_update)] {
            match action {
                Action::NoAction => {}
                action if action.columns().is_empty() => write!(f, " on {event} {}", action.words())?,
                action => write!(f, " on {event} {} ({})", action.words(), names(action.columns()))?,
            }
        }
        if self.matching == Matching::Full {
            f.write_str(" match full")?;
        }
        if self.deferral != Deferral::NotDeferrable {
            write!(f, " {}", self.deferral.words())?;
        }
        self.name.as_ref().map_or(Ok(()), |constraint| write!(f, " as {}", name(constraint)))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}.", name(place))?;
        }
        f.write_str(&name(&self.table))?;
        match self.columns.as_slice() {
            [] => Ok(()),
            [column] => write!(f, ".{}", name(column)),
            columns => write!(f, "({})", names(columns)),
        }
    }
}

/// The names were read as SQL or come from a catalog, so they can be written as SQL.
fn name(name: &str) -> String {
    quote::identifier(name).unwrap_or_else(|_| name.to_owned())
}

fn names(columns: &[String]) -> String {
    columns.iter().map(|column| name(column)).collect::<Vec<_>>().join(", ")
}

impl TryFrom<String> for ForeignKey {
    type Error = ForeignKeyError;

    fn try_from(text: String) -> Result<Self, ForeignKeyError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests;
