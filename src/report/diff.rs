//! The report of a difference: a tree of objects, the statements, or both as JSON.

use serde::Serialize;
use serde_json::Value;

use super::listing::{Listed, Listing, Suite};
use super::style::Role;
use super::text::count;
use super::{Report, Style, to_json};
use crate::catalog::ddl::{Statement, script};
use crate::catalog::diff::{Changes, Property};
use crate::catalog::id::Kind;
use crate::error::Exit;

/// What differs between two schemas.
#[derive(Debug, Serialize)]
pub struct Difference {
    /// What is.
    pub from: String,
    /// What shall be.
    pub to: String,
    /// Objects that have another name.
    pub renamed: Vec<Renamed>,
    /// Objects that are not there yet.
    pub created: Vec<String>,
    /// Objects that shall not be there.
    pub dropped: Vec<String>,
    /// Objects that differ, with the properties that do.
    pub altered: Vec<Altered>,
    /// Tables whose columns stand in another order, which no statement changes.
    pub reordered: Vec<String>,
    /// Indexes that PostgreSQL gave up building on the side that shall be, which no statement makes.
    pub dead: Vec<String>,
    /// What removes the difference, in order.
    pub statements: Vec<Statement>,
}

/// An object that has another name.
#[derive(Debug, Serialize)]
pub struct Renamed {
    /// What it is called.
    pub from: String,
    /// What it shall be called.
    pub to: String,
}

/// An object that differs.
#[derive(Debug, Serialize)]
pub struct Altered {
    /// The object.
    pub object: String,
    /// The properties that differ.
    pub properties: Vec<Property>,
}

impl Difference {
    /// Makes the report of `changes` and the statements for them.
    pub fn new((from, to): (&str, &str), changes: &Changes<'_>, statements: Vec<Statement>) -> Self {
        let names = |ids: &std::collections::BTreeSet<crate::catalog::Id>| {
            // What it is the shell of says it all.
            let told = ids.iter().filter(|id| id.kind() != Kind::ShellType);
            told.map(ToString::to_string).collect()
        };
        Self {
            from: without_password(from),
            to: without_password(to),
            renamed: changes
                .renamed
                .iter()
                .map(|rename| Renamed { from: rename.from.to_string(), to: rename.to.to_string() })
                .collect(),
            created: names(&changes.created),
            dropped: names(&changes.dropped),
            altered: changes
                .altered
                .iter()
                .map(|(id, properties)| Altered { object: id.to_string(), properties: properties.clone() })
                .collect(),
            reordered: names(&changes.reordered),
            dead: names(&changes.dead),
            statements,
        }
    }

    fn is_empty(&self) -> bool {
        self.renamed.is_empty()
            && self.created.is_empty()
            && self.dropped.is_empty()
            && self.altered.is_empty()
    }

    pub(super) fn tree(&self, style: Style) -> String {
        let mut text = String::new();
        let mut line =
            |role, sign: &str, what: &str| text += &format!("{} {what}\n", style.paint(role, sign));
        for rename in &self.renamed {
            line(Role::Warning, "~", &format!("{} is renamed to {}", rename.from, rename.to));
        }
        for object in &self.dropped {
            line(Role::Bad, "-", object);
        }
        for object in &self.created {
            line(Role::Good, "+", object);
        }
        for altered in &self.altered {
            line(Role::Warning, "~", &altered.object);
            for property in &altered.properties {
                let (from, to) = contrast(&property.from, &property.to);
                line(Role::Aside, "   ", &format!("{}: {from} -> {to}", property.name));
            }
        }
        for table in &self.reordered {
            line(Role::Aside, "=", &format!("{table}: its columns stand in another order, which stays"));
        }
        for index in &self.dead {
            let why = "PostgreSQL gave up building it on the other side, where it answers no query";
            line(Role::Aside, "=", &format!("{index}: {why}"));
        }
        text
    }
}

/// Names only what a connection string says of the place.
fn without_password(side: &str) -> String {
    if side.contains("://") || side.contains('=') {
        "the database of the URL".to_owned()
    } else {
        side.to_owned()
    }
}

/// How many characters of a value are shown.
const SHOWN: usize = 100;

/// Returns both values as they are shown: of long ones the part in which they differ.
fn contrast(from: &Value, to: &Value) -> (String, String) {
    let whole = (text(from), text(to));
    if [&whole.0, &whole.1].iter().all(|text| text.chars().count() <= SHOWN) {
        return whole;
    }
    let apart = match (from, to) {
        (Value::Array(one), Value::Array(other)) => (without(one, other), without(other, one)),
        _ => whole,
    };
    let alike = apart.0.chars().zip(apart.1.chars()).take_while(|(one, other)| one == other).count();
    // Both from the same place on, so that they can be laid side by side.
    let longest = apart.0.chars().count().max(apart.1.chars().count());
    let start = if alike < SHOWN / 2 { 0 } else { (alike - SHOWN / 4).min(longest.saturating_sub(SHOWN)) };
    (window(&apart.0, start), window(&apart.1, start))
}

/// Returns the text of the list without what the other list has too.
fn without(list: &[Value], other: &[Value]) -> String {
    let own: Vec<Value> = list.iter().filter(|value| !other.contains(value)).cloned().collect();
    match (own.is_empty(), list.len() == other.len()) {
        // Only the order differs.
        (true, true) => text(&Value::Array(list.to_vec())),
        (true, false) => "nothing of it".to_owned(),
        _ => text(&Value::Array(own)),
    }
}

fn text(value: &Value) -> String {
    let text = match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns what can be shown of the line from `start` on.
fn window(line: &str, start: usize) -> String {
    let mut shown: String = line.chars().skip(start).take(SHOWN).collect();
    if start > 0 {
        shown.insert(0, '…');
    }
    if line.chars().count() > start + SHOWN {
        shown.push('…');
    }
    shown
}

/// Returns the tree of a difference that is left over.
pub fn summary(changes: &Changes<'_>) -> String {
    Difference::new(("", ""), changes, Vec::new()).tree(Style::PLAIN)
}

impl Report for Difference {
    fn command(&self) -> &'static str {
        "diff"
    }

    fn human(&self, style: Style) -> String {
        if self.is_empty() {
            return format!("{}no difference from {} to {}\n", self.tree(style), self.from, self.to);
        }
        let head = style.paint(Role::Strong, format!("from {} to {}", self.from, self.to));
        let statements = count(self.statements.len(), "statement");
        format!(
            "{head}\n{}{statements} would remove the difference: see them with `--format sql`\n",
            self.tree(style)
        )
    }

    fn json(&self) -> Value {
        to_json(self)
    }

    fn listing(&self) -> Option<Listing> {
        let listed = |rule, object: &str, message: String| Listed {
            rule,
            object: object.to_owned(),
            message,
            hint: "see the statements with `crmdb diff --format sql`".to_owned(),
            // A difference is between two databases, neither of which may be written in a file.
            place: None,
        };
        let (from, to) = (&self.from, &self.to);
        let mut findings = Vec::new();
        for Renamed { from, to } in &self.renamed {
            findings.push(listed("diff/renamed", from, format!("{from} is renamed to {to}")));
        }
        for object in &self.dropped {
            findings.push(listed("diff/dropped", object, format!("{object} is in {from} and not in {to}")));
        }
        for object in &self.created {
            findings.push(listed("diff/created", object, format!("{object} is in {to} and not in {from}")));
        }
        for Altered { object, properties } in &self.altered {
            let names: Vec<_> = properties.iter().map(|property| property.name.as_str()).collect();
            findings.push(listed(
                "diff/altered",
                object,
                format!("{object} differs in {}", names.join(", ")),
            ));
        }
        Some(Listing { suites: vec![Suite { name: format!("from {from} to {to}"), findings }] })
    }

    fn sql(&self) -> Option<String> {
        Some(script(&self.statements))
    }

    fn exit(&self) -> Exit {
        if self.is_empty() { Exit::Done } else { Exit::Found }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_long_values_the_part_is_shown_in_which_they_differ() {
        let grants = |count: usize| -> Vec<String> {
            (0..count).map(|at| format!("SELECT to role_{at} by owner")).collect()
        };
        let mut more = grants(12);
        more.push("INSERT to role_3 by owner".to_owned());
        assert_eq!(
            contrast(&json!(grants(12)), &json!(more)),
            ("nothing of it".to_owned(), "[\"INSERT to role_3 by owner\"]".to_owned())
        );
        assert_eq!(
            contrast(&json!(["a"]), &json!(["a", "b"])),
            ("[\"a\"]".to_owned(), "[\"a\",\"b\"]".to_owned())
        );
        let long = "x".repeat(300);
        let (from, to) = contrast(&json!(format!("{long} AND a")), &json!(format!("{long} AND b{long}")));
        assert!(from.starts_with("…x") && from.ends_with("x AND a"), "{from}");
        assert!(to.contains(" AND bx") && to.ends_with('…'), "{to}");
        let (from, to) = contrast(&json!(format!("a{long}")), &json!(format!("b{long}")));
        assert!(from.starts_with("ax") && to.starts_with("bx") && to.ends_with('…'), "{from} {to}");
    }
}
