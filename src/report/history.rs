//! The report of the event log.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::style::Role;
use super::table::Column::{Fixed, Flowing};
use super::table::table;
use super::text::{duration, minute, printable, time};
use super::{Report, Style, to_json};
use crate::model::step::label;
use crate::model::{Event, EventKind, Outcome};

/// The newest events of a target.
#[derive(Debug, Serialize)]
pub struct History {
    /// Host, port and database.
    pub target: String,
    /// Newest first.
    pub events: Vec<Event>,
    /// How many were asked for.
    #[serde(skip)]
    pub limit: u32,
}

impl Report for History {
    fn command(&self) -> &'static str {
        "history"
    }

    fn human(&self, style: Style) -> String {
        if self.limit == 0 {
            return format!("`--limit 0` shows none of the events on {}\n", self.target);
        }
        if self.events.is_empty() {
            return format!("no events on {}\n", self.target);
        }
        let rows = self.events.iter().map(|event| {
            let what = match (&event.module, &event.file) {
                (Some(module), Some(file)) => label(module, file),
                (None, _) if event.detail.is_some() => printable(event.detail.as_deref().unwrap_or_default()),
                (Some(module), None) => match (&event.kind, &event.detail) {
                    (EventKind::ForeignKey | EventKind::Rescue, Some(detail)) => {
                        format!("{module}: {}", printable(detail))
                    }
                    _ => module.clone(),
                },
                _ => String::new(),
            };
            let took = event.duration_ms.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis);
            vec![
                minute(event.at),
                event.kind.as_str().to_owned(),
                event.outcome.as_str().to_owned(),
                what,
                took.map(duration).unwrap_or_default(),
                format!("{} ({})", event.role, event.client),
            ]
        });
        let columns = [
            Fixed("at"),
            Fixed("what"),
            Fixed("outcome"),
            Flowing("migration"),
            Fixed("took"),
            Flowing("who"),
        ];
        let mut text = table(style, &columns, rows);
        for event in self
            .events
            .iter()
            .filter(|event| event.outcome != Outcome::Done && event.kind != EventKind::ForeignKey)
        {
            if let Some(detail) = &event.detail {
                let head = format!("{} {}:", time(event.at), event.outcome.as_str());
                text += &format!("{} {}\n", style.paint(Role::Warning, head), printable(detail));
            }
        }
        text
    }

    fn json(&self) -> Value {
        to_json(self)
    }
}
