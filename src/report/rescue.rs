//! The reports of what is kept of destroyed data: listed, put back, dropped.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::style::Role;
use super::text::{bytes, count, duration, minute, number, printable, rows};
use super::{Report, Style, to_json};
use crate::db::rescue::{Restored, RestoredItem};
use crate::error::Exit;
use crate::model::rescue::Rescue;
use crate::vault::Stray;

/// A rescue, for people and programs.
#[derive(Clone, Debug, Serialize)]
pub struct RescueStatus {
    /// Its number.
    pub id: i64,
    /// The schema that it is in, or the name of its folder.
    pub place: String,
    /// Where its folder was written; `None` where it is in a schema.
    pub folder: Option<String>,
    /// The machine on which that was.
    pub host: Option<String>,
    /// What is wrong with its files, where they were looked at.
    pub trouble: Option<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// By which role.
    pub made_by: String,
    /// The reason that was given.
    pub reason: Option<String>,
    /// When it may go.
    pub keep_until: Timestamp,
    /// Whether that is over.
    pub over: bool,
    /// When all of it was put back.
    pub restored_at: Option<Timestamp>,
    /// The rows and values that it keeps.
    pub rows: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What it keeps.
    pub items: Vec<RescueItem>,
}

/// One kept table.
#[derive(Clone, Debug, Serialize)]
pub struct RescueItem {
    /// What it is: `table s.a`.
    pub what: String,
    /// The table or file that holds it.
    pub place: String,
    /// The SHA-256 of the file.
    pub checksum: Option<String>,
    /// `move`, `copy` or `capture`.
    pub way: String,
    /// Rows or values.
    pub rows: i64,
    /// Their bytes.
    pub bytes: i64,
    /// When it was put back whole.
    pub restored_at: Option<Timestamp>,
}

impl RescueStatus {
    /// Makes the value of a rescue at a time.
    pub fn new(rescue: &Rescue, now: Timestamp) -> Self {
        let (rows, bytes) = rescue.size();
        let items = rescue.items.iter().map(|item| RescueItem {
            what: item.keep.to_string(),
            place: item.place.clone(),
            checksum: item.checksum.clone(),
            way: item.way.clone(),
            rows: item.rows,
            bytes: item.bytes,
            restored_at: item.restored_at,
        });
        Self {
            id: rescue.id,
            place: rescue.place.clone(),
            folder: rescue.folder.as_ref().map(|folder| folder.path.clone()),
            host: rescue.folder.as_ref().map(|folder| folder.host.clone()),
            trouble: None,
            made_at: rescue.made_at,
            made_by: rescue.made_by.clone(),
            reason: rescue.reason.clone(),
            keep_until: rescue.keep_until,
            over: rescue.keep_until < now,
            restored_at: rescue.restored_at,
            rows,
            bytes,
            items: items.collect(),
        }
    }

    /// Returns it in one line: `rescue 3: 12 rows of 2 tables, 48 kB, in crmdb_rescue_3, kept until …`.
    pub fn line(&self) -> String {
        let tables = count(self.items.len(), "part");
        let state = match self.restored_at {
            Some(at) => format!("put back {}", minute(at)),
            None if self.over => format!("was to be kept until {}", minute(self.keep_until)),
            None => format!("kept until {}", minute(self.keep_until)),
        };
        format!(
            "rescue {}: {} in {tables}, {}, in {}, {state}",
            self.id,
            amount(self.rows),
            bytes(self.bytes),
            self.where_it_is()
        )
    }

    fn where_it_is(&self) -> String {
        match (&self.folder, &self.host) {
            (Some(folder), Some(host)) => format!("the folder {folder} on {host}"),
            _ => format!("the schema {}", self.place),
        }
    }

    /// Returns what a run says of what it kept.
    pub fn notice(&self, style: Style) -> String {
        let word = style.paint(Role::Good, format!("{:<9}", "kept"));
        format!(
            "{word} {} in {}; they come back with `crmdb rescue restore {}` after the next `up`\n",
            amount(self.rows),
            printable(self.folder.as_ref().unwrap_or(&self.place)),
            self.id
        )
    }

    /// Returns what `status` reminds of.
    pub fn reminder(&self, style: Style) -> String {
        let way = match (self.restored_at, self.over) {
            (None, false) => format!("put it back with `crmdb rescue restore {}`", self.id),
            (None, true) => format!(
                "put it back with `crmdb rescue restore {0}`, or drop it with `crmdb rescue drop {0}`",
                self.id
            ),
            (Some(_), _) => format!("drop it with `crmdb rescue drop {}`", self.id),
        };
        format!("{}\n  {}\n", printable(&self.line()), style.paint(Role::Aside, way))
    }
}

/// All rescues that are there.
#[derive(Debug, Serialize)]
pub struct RescueList {
    /// Host, port and database.
    pub target: String,
    /// The newest first.
    pub rescues: Vec<RescueStatus>,
    /// What is in the folders that were looked at and no rescue counts.
    pub strays: Vec<Stray>,
}

impl Report for RescueList {
    fn command(&self) -> &'static str {
        "rescue list"
    }

    fn human(&self, style: Style) -> String {
        let mut text = String::new();
        if self.rescues.is_empty() {
            text += &format!("nothing is kept on {}\n", self.target);
        }
        for rescue in &self.rescues {
            text += &format!("{}\n", style.paint(Role::Strong, printable(&rescue.line())));
            let reason = rescue.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            text +=
                &printable(&format!("  made {} by `{}`{reason}\n", minute(rescue.made_at), rescue.made_by));
            for item in &rescue.items {
                let back = if item.restored_at.is_some() { ", put back" } else { "" };
                let [number, size] =
                    [item.rows, item.bytes].map(|number| u64::try_from(number).unwrap_or_default());
                let (rows, bytes) = (rows(number), bytes(size));
                let place = if rescue.folder.is_some() {
                    item.place.clone()
                } else {
                    format!("{}.{}", rescue.place, item.place)
                };
                text += &printable(&format!("  {}: {rows}, {bytes}, in {place}{back}\n", item.what));
            }
            if let Some(trouble) = &rescue.trouble {
                let word = style.paint(Role::Warning, "can't be put back:");
                text += &format!("  {word} {}\n", printable(trouble));
            }
        }
        for stray in &self.strays {
            let word = style.paint(Role::Warning, "left over:");
            text += &format!("{word} {}\n", printable(&format!("`{}`: {}", stray.path, stray.what)));
        }
        text
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}

/// What is kept are rows of tables and values of columns.
fn amount(rows: u64) -> String {
    if rows == 1 { "1 row or value".to_owned() } else { format!("{} rows and values", number(rows)) }
}

/// What was put back.
#[derive(Debug, Serialize)]
pub struct RestoreReport {
    /// Host, port and database.
    pub target: String,
    /// The rescues, in the order they were put back.
    pub rescues: Vec<Restored>,
    /// Wall time of the whole in milliseconds.
    pub duration_ms: u64,
}

impl Report for RestoreReport {
    fn command(&self) -> &'static str {
        "rescue restore"
    }

    fn human(&self, style: Style) -> String {
        let mut text = String::new();
        for rescue in &self.rescues {
            for item in &rescue.items {
                text += &printable(&of_item(item, style));
            }
        }
        let sum = |number: fn(&RestoredItem) -> u64| -> u64 {
            self.rescues.iter().flat_map(|rescue| &rescue.items).map(number).sum()
        };
        let (put, unfit) = (sum(|item| item.put), sum(|item| item.unfit));
        if self.rescues.is_empty() {
            return format!("nothing waits to be put back on {}\n", self.target);
        }
        let left = if unfit == 0 {
            String::new()
        } else {
            format!("; {} {} in the rescue", rows(unfit), if unfit == 1 { "stays" } else { "stay" })
        };
        let took = duration(Duration::from_millis(self.duration_ms));
        text + &format!("put back {} on {} in {took}{left}\n", rows(put), self.target)
    }

    fn json(&self) -> Value {
        to_json(self)
    }

    fn exit(&self) -> Exit {
        let whole = self.rescues.iter().flat_map(|rescue| &rescue.items).all(RestoredItem::is_whole);
        if whole { Exit::Done } else { Exit::Found }
    }
}

fn of_item(item: &RestoredItem, style: Style) -> String {
    let there = if item.there == 0 { String::new() } else { format!(", {} there", number(item.there)) };
    let role = if item.is_whole() { Role::Good } else { Role::Warning };
    let word = style.paint(role, if item.is_whole() { "put back" } else { "not all " });
    let mut text = format!("{word}  {}: {}{there}", item.what, rows(item.put));
    if let Some(why) = &item.waits {
        text = format!("{}  {}: {why}", style.paint(role, "waits   "), item.what);
    } else if item.unfit > 0 {
        text += &format!(", {} not", number(item.unfit));
    }
    text.push('\n');
    for sample in &item.samples {
        text += &format!("          {}: {}\n", sample.row, sample.why);
    }
    if !item.missing.is_empty() && item.waits.is_none() {
        text += &format!("          the table does not have: {}\n", item.missing.join(", "));
    }
    text
}

/// What was dropped.
#[derive(Debug, Serialize)]
pub struct RescueDrop {
    /// Host, port and database.
    pub target: String,
    /// The rescues that are gone.
    pub rescues: Vec<RescueStatus>,
    /// How many are kept yet.
    #[serde(skip)]
    pub left: usize,
}

impl Report for RescueDrop {
    fn command(&self) -> &'static str {
        "rescue drop"
    }

    fn human(&self, _style: Style) -> String {
        match (self.rescues.len(), self.left) {
            (0, 0) => return format!("nothing is kept on {}\n", self.target),
            (0, _) => {
                return format!(
                    "nothing is to be dropped on {}: what is kept waits to be put back; name its number to drop it \
                     all the same\n",
                    self.target
                );
            }
            _ => {}
        }
        let lines = self.rescues.iter().map(|rescue| {
            format!("dropped rescue {}: {}, {}\n", rescue.id, rows(rescue.rows), bytes(rescue.bytes))
        });
        lines.collect()
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}
