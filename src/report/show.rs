//! The report of `schema show`: an object as a person wants to read it.

use serde::Serialize;
use serde_json::Value;

use super::style::Role;
use super::table::{Column, table};
use super::text::{bytes, number, printable};
use super::{Report, Style, to_json};

/// An object with everything that belongs to it. Sections without rows are left out of the text.
#[derive(Debug, Default, Serialize)]
pub struct Shown {
    /// The word for its kind, `table`.
    pub kind: String,
    /// Its name as SQL takes it.
    pub name: String,
    /// Who owns it.
    pub owner: Option<String>,
    /// What is said about it.
    pub comment: Option<String>,
    /// How many rows the server reckons with; none for what has no rows or was never counted.
    pub rows: Option<i64>,
    /// What it takes on the disk, with its indexes and partitions.
    pub bytes: Option<i64>,
    /// What is unusual about it, a sentence each.
    pub notes: Vec<String>,
    /// In the order they are declared.
    pub columns: Vec<ShownColumn>,
    /// Primary key first.
    pub constraints: Vec<Part>,
    /// Foreign keys of other tables.
    pub referenced_by: Vec<Part>,
    /// Those of constraints too.
    pub indexes: Vec<Part>,
    /// Triggers and rules.
    pub triggers: Vec<Part>,
    /// Row level security policies.
    pub policies: Vec<Part>,
    /// The labels of an enum, in order.
    pub labels: Vec<String>,
    /// Who may do what.
    pub privileges: Vec<String>,
    /// The statement or query that defines it, where it has one.
    pub definition: Option<String>,
}

/// A column or attribute.
#[derive(Debug, Serialize)]
pub struct ShownColumn {
    /// Its name.
    pub name: String,
    /// The type with its modifiers.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Whether it may be null.
    pub nullable: bool,
    /// Its default, or how it is generated.
    pub default: Option<String>,
    /// What is said about it.
    pub comment: Option<String>,
}

/// Something with a name that belongs to the object.
#[derive(Debug, Serialize)]
pub struct Part {
    /// Its name; of another table's foreign key, the table.
    pub name: String,
    /// What it says.
    pub definition: String,
    /// What it takes on the disk.
    pub bytes: Option<i64>,
    /// What is said about it.
    pub comment: Option<String>,
}

impl Report for Shown {
    fn command(&self) -> &'static str {
        "schema show"
    }

    fn human(&self, style: Style) -> String {
        let head = format!("{} {}", self.kind, printable(&self.name));
        let mut text = format!("{}\n", style.paint(Role::Strong, head));
        if let Some(comment) = &self.comment {
            text += &format!("{}\n", printable(comment));
        }
        let facts = self.facts();
        if !facts.is_empty() {
            text += &format!("{}\n", style.paint(Role::Aside, facts));
        }
        for note in &self.notes {
            text += &format!("{}\n", printable(note));
        }
        text += &self.columns(style);
        for (title, parts) in [
            ("constraints", &self.constraints),
            ("referenced by", &self.referenced_by),
            ("indexes", &self.indexes),
            ("triggers and rules", &self.triggers),
            ("policies", &self.policies),
        ] {
            text += &section(style, title, parts);
        }
        for (title, lines) in [("labels", &self.labels), ("privileges", &self.privileges)] {
            if !lines.is_empty() {
                text += &format!("\n{}\n", style.paint(Role::Strong, title));
                text += &lines.iter().map(|line| format!(" {}\n", printable(line))).collect::<String>();
            }
        }
        if let Some(definition) = &self.definition {
            text += &format!("\n{}\n", style.paint(Role::Strong, "definition"));
            text += &format!("{}\n", printable(definition.trim_matches('\n')));
        }
        text
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}

impl Shown {
    fn facts(&self) -> String {
        let owner = self.owner.as_ref().map(|owner| format!("owner {}", printable(owner)));
        let rows = self.rows.map(|rows| format!("about {} rows", number(rows.unsigned_abs())));
        let size = self.bytes.map(|size| bytes(size.unsigned_abs()));
        [owner, rows, size].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn columns(&self, style: Style) -> String {
        if self.columns.is_empty() {
            return String::new();
        }
        let commented = self.columns.iter().any(|column| column.comment.is_some());
        let mut heads = vec![
            Column::Fixed("column"),
            Column::Flowing("type"),
            Column::Fixed("null"),
            Column::Flowing("default"),
        ];
        heads.extend(commented.then_some(Column::Flowing("comment")));
        let rows = self.columns.iter().map(|column| {
            let or_empty = |text: &Option<String>| printable(text.as_deref().unwrap_or_default());
            let null = if column.nullable { "" } else { "not null" };
            let mut cells = vec![printable(&column.name), printable(&column.type_name), null.to_owned()];
            cells.push(or_empty(&column.default));
            cells.extend(commented.then(|| or_empty(&column.comment)));
            cells
        });
        format!("\n{}", table(style, &heads, rows))
    }
}

fn section(style: Style, title: &'static str, parts: &[Part]) -> String {
    if parts.is_empty() {
        return String::new();
    }
    let sized = parts.iter().any(|part| part.bytes.is_some());
    let commented = parts.iter().any(|part| part.comment.is_some());
    let mut heads = vec![Column::Fixed(title), Column::Flowing("")];
    heads.extend(sized.then_some(Column::Fixed("size")));
    heads.extend(commented.then_some(Column::Flowing("comment")));
    let rows = parts.iter().map(|part| {
        let mut cells = vec![printable(&part.name), printable(&part.definition)];
        cells.extend(sized.then(|| part.bytes.map(|size| bytes(size.unsigned_abs())).unwrap_or_default()));
        cells.extend(commented.then(|| printable(part.comment.as_deref().unwrap_or_default())));
        cells
    });
    format!("\n{}", table(style, &heads, rows))
}
