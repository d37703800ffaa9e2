//! The lines that a run writes while it goes on.

use super::Style;
use super::style::Role;
use super::text::{duration, printable};
use crate::model::Mode;
use crate::model::progress::{Progress, Waiting};
use crate::model::seed::SeedProgress;

/// Returns the line for what happened; `None` where there is nothing to say to a person.
pub fn line(progress: &Progress<'_>, style: Style) -> Option<String> {
    let warning = |word: &str| style.paint(Role::Warning, word);
    Some(match progress {
        Progress::Waiting(Some(holder)) => {
            format!("{} another run is at work: {holder}", warning("waiting:"))
        }
        Progress::Waiting(None) => format!("{} another run is at work", warning("waiting:")),
        Progress::Pooled => {
            "note: a pooler in transaction mode stands between: each migration sets what it needs for its \
                             transaction alone, and one that runs outside a transaction is refused"
                .to_owned()
        }
        Progress::Notice { step, line, severity, message } => {
            let place = line.map_or_else(|| step.label(), |line| format!("{}:{line}", step.script.path));
            format!("{} {place}: {}", warning(&format!("{}:", severity.to_lowercase())), printable(message))
        }
        Progress::Retry { step, attempt, pause, reason } => format!(
            "{} {}`{}` was rolled back ({}); attempt {} in {}",
            warning("retry:"),
            match step.mode {
                Mode::Transaction => "",
                Mode::Journal(_) => "a statement of ",
                Mode::Batch { .. } => "a batch of ",
            },
            step.label(),
            printable(reason),
            attempt + 1,
            duration(*pause)
        ),
        Progress::Blocked { waiting, by } => {
            let who = match waiting {
                Waiting::Step(step) => format!("`{}`", step.label()),
                Waiting::Key(key) => format!("foreign key `{key}`"),
            };
            format!("{} {who} waits for a lock: {}", warning("in the way:"), printable(by))
        }
        Progress::Prepared { name } => format!(
            "{} the prepared transaction `{name}`: whoever made it ends it, with ROLLBACK PREPARED or COMMIT PREPARED",
            warning("not cancelled:")
        ),
        Progress::Cancelled { pid, what } => format!("{} pid {pid}: {what}", warning("cancelled:")),
        Progress::Resumed { step, ordinal, found } => {
            format!("{} `{}` statement {ordinal}: {found}", warning("resumed:"), step.label())
        }
        Progress::Seed(seed) => return seed_line(seed, style),
        Progress::Key { key, what } => format!("foreign key `{key}` {what}"),
        Progress::KeyRetry { key, attempt, pause, reason } => format!(
            "{} foreign key `{key}` ({}); attempt {} in {}",
            warning("retry:"),
            printable(reason),
            attempt + 1,
            duration(*pause)
        ),
        Progress::Behind { .. } | Progress::Unseen { .. } => return standby_line(progress, style),
        Progress::Batch { .. } | Progress::Started { .. } | Progress::Finished { .. } => return None,
    })
}

fn standby_line(progress: &Progress<'_>, style: Style) -> Option<String> {
    Some(match progress {
        Progress::Behind { step, standby, behind } => format!(
            "{} `{}`: the next batch waits for the standby {}, which is {} behind",
            style.paint(Role::Warning, "waiting:"),
            step.label(),
            printable(standby),
            duration(*behind)
        ),
        Progress::Unseen { step } => format!(
            "note: `{}`: how far the standbys are behind is not shown to the role, so no batch waits for them; `GRANT \
             pg_monitor` shows it",
            step.label()
        ),
        _ => return None,
    })
}

fn seed_line(progress: &SeedProgress<'_>, style: Style) -> Option<String> {
    let warning = |word: &str| style.paint(Role::Warning, word);
    match progress {
        SeedProgress::Notice { path, line, severity, message } => {
            let word = warning(&format!("{}:", severity.to_lowercase()));
            Some(format!("{word} {path}:{line}: {}", printable(message)))
        }
        SeedProgress::Retry { attempt, pause, reason } => Some(format!(
            "{} the seeds were rolled back ({}); attempt {} in {}",
            warning("retry:"),
            printable(reason),
            attempt + 1,
            duration(*pause)
        )),
        SeedProgress::Started { .. } | SeedProgress::Advanced { .. } => None,
    }
}
