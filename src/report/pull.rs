//! The report of `schema pull`: which files were written, or are stale.

use serde_json::{Value, json};

use super::style::Role;
use super::text::{count, printable};
use super::{Report, Style};
use crate::error::Exit;

/// What became of the files, or would.
#[derive(Debug)]
pub struct Pulled {
    /// The folder as it was named.
    pub folder: String,
    /// Whether the files were written; otherwise what is stale is a finding.
    pub written: bool,
    /// Files that are new.
    pub added: Vec<String>,
    /// Files that said something else.
    pub changed: Vec<String>,
    /// Files of objects that are gone.
    pub removed: Vec<String>,
    /// How many files are as they should be.
    pub unchanged: usize,
    /// What crmdb did not write and would have to write over.
    pub in_the_way: Vec<String>,
    /// Other `.sql` files that crmdb did not write.
    pub foreign: Vec<String>,
}

impl Pulled {
    fn is_stale(&self) -> bool {
        let Self { added, changed, removed, in_the_way, .. } = self;
        [added, changed, removed, in_the_way].into_iter().any(|paths| !paths.is_empty())
    }
}

impl Report for Pulled {
    fn command(&self) -> &'static str {
        "schema pull"
    }

    fn human(&self, style: Style) -> String {
        let Self { added, changed, removed, unchanged, in_the_way, foreign, .. } = self;
        let mut text = String::new();
        let mut list = |role, sign: &str, paths: &[String], why: &str| {
            for path in paths {
                text += &format!("{} {}{why}\n", style.paint(role, sign), printable(path));
            }
        };
        // The first pull writes everything: its number says enough.
        if !self.written || *unchanged > 0 {
            list(Role::Good, "+", added, "");
        }
        list(Role::Warning, "~", changed, "");
        list(Role::Bad, "-", removed, "");
        list(Role::Bad, "!", in_the_way, ": not written by crmdb");
        if !foreign.is_empty() && self.written {
            list(Role::Aside, "?", foreign, ": not written by crmdb, left alone");
        }
        let folder = &self.folder;
        text += &match (self.is_stale(), self.written) {
            (false, _) => format!("`{folder}` is as it should be: {}\n", count(*unchanged, "file")),
            (true, true) => format!(
                "wrote {} to `{folder}` ({} new, {} changed), removed {}, left {unchanged} as they were\n",
                count(added.len() + changed.len(), "file"),
                added.len(),
                changed.len(),
                removed.len()
            ),
            (true, false) => format!("`{folder}` is stale: refresh it with `crmdb schema pull`\n"),
        };
        text
    }

    fn json(&self) -> Value {
        let Self { added, changed, removed, unchanged, in_the_way, foreign, .. } = self;
        json!({
            "folder": self.folder,
            "stale": self.is_stale(),
            "written": self.written && self.is_stale(),
            "added": added,
            "changed": changed,
            "removed": removed,
            "unchanged": unchanged,
            "in_the_way": in_the_way,
            "foreign": foreign,
        })
    }

    fn exit(&self) -> Exit {
        if self.is_stale() && !self.written { Exit::Found } else { Exit::Done }
    }
}
