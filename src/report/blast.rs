//! The blast radius as text: what dies, what else goes, what is locked, who is in the way.

use std::collections::BTreeMap;

use super::Style;
use super::style::Role;
use super::text::{bytes, count, number, printable};
use crate::model::blast::{Amount, Blast, Certainty, Lock, Loss, Lost, User};
use crate::model::policy::Cost;
use crate::model::rehearsal::{LockMode, Work};
use crate::model::rescue::Way;

/// How many names a line lists before it only counts.
const NAMES: usize = 8;

/// Returns what the plan destroys, each line ended; nothing where it destroys nothing and all of it is known.
pub fn human(blast: &Blast, style: Style) -> String {
    let mut text = String::new();
    if !blast.losses.is_empty() {
        text += &format!("{}\n", style.paint(Role::Strong, "what is lost:"));
        text += &losses(&blast.losses, style);
        if let Some(total) = total(&blast.losses) {
            text += &format!("  {}\n", style.paint(Role::Strong, total));
        }
    }
    text += &kept(blast, style);
    if !blast.gone.is_empty() {
        text += &format!("{}\n", style.paint(Role::Strong, "what else goes:"));
        for gone in &blast.gone {
            let with = if gone.with.is_empty() { String::new() } else { format!(" with {}", gone.with) };
            text += &printable(&format!("  {}{with}\n", gone.name));
        }
    }
    text += &locks(&blast.locks, style);
    text += &users(&blast.users, style);
    if !blast.unseen.is_empty() {
        let places = blast.unseen.join(", ");
        text += &format!("{} what {} locks\n", style.paint(Role::Warning, "not seen:"), printable(&places));
    }
    if let Some(made_at) = blast.recorded.as_ref().filter(|_| !text.is_empty()) {
        text += &format!("as rehearsed at {}: the schema is the one of then\n", printable(made_at));
    }
    if let Some(reason) = &blast.unknown {
        text += &format!("{} {}\n", style.paint(Role::Warning, "not known:"), printable(reason));
    }
    text
}

/// Returns each loss on a line. Those that hold something are not to be overlooked among many that hold nothing.
fn losses(losses: &[Loss], style: Style) -> String {
    let (mut text, mut empty) = (String::new(), 0_usize);
    for loss in losses {
        let nothing = loss.amount.is_nothing();
        empty += usize::from(nothing);
        if empty <= NAMES || !nothing {
            let role = if nothing { Role::Aside } else { Role::Bad };
            text += &format!("  {}\n", style.paint(role, printable(&line(loss))));
        }
    }
    if empty > NAMES {
        let rest = format!("{} more that hold nothing", number((empty - NAMES) as u64));
        text += &format!("  {}\n", style.paint(Role::Aside, rest));
    }
    text
}

/// Returns the sum of several losses: `in all 5,000 rows of 2 tables, 100 values of 1 column`.
fn total(losses: &[Loss]) -> Option<String> {
    let is_rows = |loss: &&Loss| matches!(loss.lost, Lost::Table | Lost::Rows | Lost::SomeRows);
    let (rows, values): (Vec<&Loss>, Vec<&Loss>) = losses.iter().partition(is_rows);
    let sum = |losses: &[&Loss], unit: &str, place: &str| {
        let dying = losses.iter().filter(|loss| !loss.amount.is_nothing()).count();
        let sum: u64 = losses.iter().map(|loss| loss.amount.rows).sum();
        (dying > 0).then(|| {
            let unit = if sum == 1 { unit.to_owned() } else { format!("{unit}s") };
            format!("{} {unit} of {}", number(sum), count(dying, place))
        })
    };
    let sums: Vec<String> =
        [sum(&rows, "row", "table"), sum(&values, "value", "column")].into_iter().flatten().collect();
    if losses.len() < 2 || sums.is_empty() {
        return None;
    }
    let is = |certainty: Certainty| losses.iter().filter(|loss| loss.amount.certainty == certainty).count();
    let about = if is(Certainty::Exact) == losses.len() { "" } else { "about " };
    let uncounted = match is(Certainty::Unknown) {
        0 => String::new(),
        some => format!(", and {some} of which nobody knows how many"),
    };
    Some(format!("in all {about}{}{uncounted}", sums.join(", ")))
}

/// Returns where what dies is kept, and how.
fn kept(blast: &Blast, style: Style) -> String {
    let mut text = String::new();
    if let Some(reason) = &blast.unkept {
        text += &format!("{} {}\n", style.paint(Role::Warning, "can't be kept:"), printable(reason));
    }
    let Some(place) = &blast.kept_in else { return text };
    let mut kept = blast.kept.iter().filter(|keep| !blast.leaves_nothing(keep)).peekable();
    if kept.peek().is_some() {
        let head = style.paint(Role::Strong, format!("what is kept, in {}:", printable(place)));
        text += &format!("{head}\n");
    }
    for keep in kept {
        let way = match (keep.way, &keep.why) {
            (Way::Move(_), _) => "moved, no row of it is read".to_owned(),
            (Way::Copy, Some(why)) => format!("copied: {why}"),
            (Way::Copy, None) => "copied".to_owned(),
            (Way::Capture, _) => "copied as they are changed or deleted".to_owned(),
        };
        text += &printable(&format!("  {keep}: {way}\n"));
    }
    text
}

fn line(loss: &Loss) -> String {
    let table = &loss.relation;
    let amount = |unit: &str| amount(&loss.amount, unit);
    let with = if loss.with.is_empty() { String::new() } else { format!("; with {}", loss.with) };
    match &loss.lost {
        Lost::Table => format!("table {table}: {}{with}", amount("row")),
        Lost::Rows => format!("all rows of {table}: {}", amount("row")),
        Lost::SomeRows => format!("rows of {table}: {}", amount("row")),
        Lost::Column { column } => format!("column {table}.{column}: {}", amount("value")),
        Lost::Converted { column, from, to } if from == to => {
            format!("column {table}.{column}, computed anew: {}", amount("value"))
        }
        Lost::Converted { column, from, to } => {
            format!("column {table}.{column}, from {from} to {to}: {}", amount("value"))
        }
        Lost::EnumValue { column, of, value, .. } => {
            format!("value `{value}` of {of} in {table}.{column}: {}", amount("row"))
        }
    }
}

fn amount(amount: &Amount, unit: &str) -> String {
    let rows =
        if amount.rows == 1 { format!("1 {unit}") } else { format!("{} {unit}s", number(amount.rows)) };
    let mut text = match amount.certainty {
        Certainty::Exact if amount.rows == 0 => return format!("no {unit}s"),
        Certainty::Exact => rows,
        Certainty::AtMost => format!("at most {rows}"),
        Certainty::Estimate => format!("about {rows}"),
        Certainty::Unknown => format!("nobody knows how many {unit}s"),
    };
    if let Some(size) = amount.bytes {
        text += &format!(", {}", bytes(size));
    }
    if let Some(since) = &amount.since {
        text += &match since.by.as_str() {
            "statistics" => format!(", {} written or updated since the statistics began", number(since.rows)),
            column => format!(", {} with a `{column}` after it was applied", number(since.rows)),
        };
    }
    match &amount.why {
        Some(why) => format!("{text} ({why})"),
        None => text,
    }
}

/// Returns the locks by mode, the strongest first, the largest tables first.
pub fn locks(locks: &[Lock], style: Style) -> String {
    let mut modes: BTreeMap<std::cmp::Reverse<LockMode>, Vec<&Lock>> = BTreeMap::new();
    for lock in locks.iter().filter(|lock| lock.mode > LockMode::AccessShare) {
        modes.entry(std::cmp::Reverse(lock.mode)).or_default().push(lock);
    }
    let mut text = String::new();
    for (mode, mut locks) in modes {
        locks.sort_by_key(|lock| (std::cmp::Reverse(lock.bytes), &lock.relation));
        locks.dedup_by_key(|lock| &lock.relation);
        let names = locks.iter().take(NAMES).map(|lock| match lock.bytes {
            Some(size) if size > 0 => format!("{} ({})", lock.relation, bytes(size)),
            _ => lock.relation.to_string(),
        });
        let names = names.collect::<Vec<_>>().join(", ");
        let more = match locks.len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let head = style.paint(Role::Strong, format!("{} ({}) on:", mode.0, mode.0.stops()));
        text += &format!("{head} {}{more}\n", printable(&names));
    }
    text
}

/// Returns what the statements of one migration cost, as comments of SQL: a line for each that locks, reads or writes.
pub fn costs(costs: &[&Cost]) -> String {
    let mut text = String::new();
    let told = costs.iter().filter(|cost| cost.lock > Some(LockMode::AccessShare) || cost.work != Work::None);
    for cost in told {
        let lock = cost.lock.map(|lock| format!("{lock} on ")).unwrap_or_default();
        let held = cost.held.filter(|_| cost.lock.is_none());
        let held = held.map(|held| format!(", under {held}")).unwrap_or_default();
        let size = cost.bytes.filter(|size| *size > 0);
        let size = size.map(|size| format!(" ({})", bytes(size))).unwrap_or_default();
        let work = match cost.work {
            Work::None => "",
            Work::Scan => ", reads it whole",
            Work::Write => ", writes rows",
            Work::Delete => ", may delete rows",
            Work::Rewrite => ", writes it anew",
            Work::Empty => ", empties it",
        };
        text += &printable(&format!("-- line {}: {lock}{}{size}{work}{held}\n", cost.line, cost.relation));
    }
    text
}

/// Returns who is in the way, a line each.
pub fn users(users: &[User], style: Style) -> String {
    let mut text = String::new();
    for user in users.iter().take(NAMES) {
        let application =
            if user.application.is_empty() { String::new() } else { format!(", `{}`", user.application) };
        let state = if user.state.is_empty() { "a background process" } else { &user.state };
        let who = format!(
            "pid {} of role `{}` from {}{application} holds {} on {}: {state}, for {} s",
            user.pid, user.role, user.host, user.mode, user.relation, user.seconds,
        );
        text += &format!("{} {}\n", style.paint(Role::Warning, "in the way:"), printable(&who));
    }
    if users.len() > NAMES {
        text += &format!("{} in all are in the way\n", count(users.len(), "lock"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::blast::Since;
    use crate::model::rehearsal::Relation;

    #[test]
    fn what_holds_something_stands_out_among_many_that_hold_nothing() {
        let loss = |n: u64| Loss {
            migration: format!("V{n}__t.sql"),
            step: 0,
            relation: Relation { schema: "public".to_owned(), name: format!("t{n}") },
            lost: Lost::Table,
            with: String::new(),
            amount: Amount { rows: n / 20, certainty: Certainty::Exact, bytes: None, since: None, why: None },
        };
        let text = losses(&(1..=20).map(loss).collect::<Vec<_>>(), Style::PLAIN);
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        assert_eq!((lines.len(), lines[7]), (NAMES + 2, "table public.t8: no rows"));
        assert_eq!(lines[8..], ["table public.t20: 1 row", "11 more that hold nothing"]);
    }

    #[test]
    fn an_amount_says_how_sure_it_is() {
        let exact = Amount {
            rows: 12_431,
            certainty: Certainty::Exact,
            bytes: Some(3_355_443),
            since: Some(Since { rows: 12, by: "created_at".to_owned() }),
            why: None,
        };
        assert_eq!(amount(&exact, "row"), "12,431 rows, 3.2 MB, 12 with a `created_at` after it was applied");
        let why = Some("counting took too long".to_owned());
        let guessed =
            Amount { certainty: Certainty::Estimate, bytes: None, since: None, why, ..exact.clone() };
        assert_eq!(amount(&guessed, "value"), "about 12,431 values (counting took too long)");
        assert_eq!(amount(&Amount { rows: 0, ..exact }, "row"), "no rows");
        assert_eq!(amount(&Amount::unknown(), "row"), "nobody knows how many rows");
    }
}
