//! An error as text for people and as JSON.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::Style;
use super::style::{Colour, Role};
use super::text::printable;
use crate::db::error::{DbError, StatementError};
use crate::error::{Deed, Error, RunFailure};

/// Returns the text of an error, each line ended.
pub fn human(error: &Error, style: Style) -> String {
    let mut text = match error.statement() {
        Some(statement) => failed_statement(statement, error, style),
        None => format!("{} {}\n", style.paint(Role::Bad, "error:"), printable(&error.to_string())),
    };
    if let Error::Run(failure) = error
        && error.statement().is_none()
    {
        text += &format!("  {}\n", aftermath(failure));
    }
    for hint in error.hints() {
        text += &format!("{} {hint}\n", style.paint(Role::Good, "hint:"));
    }
    text
}

/// The error with the line of the file and a caret, and below it what the server said besides.
fn failed_statement(statement: &StatementError, error: &Error, style: Style) -> String {
    let title = printable(&format!("{} {statement}", statement.subject.as_str()));
    let excerpt = statement.excerpt.replace('\t', " ");
    let excerpt = printable(&excerpt);
    let column = statement.place.column.saturating_sub(1).min(excerpt.chars().count());
    let start = excerpt.char_indices().nth(column).map_or(excerpt.len(), |(at, _)| at);
    // Where the server does not tell the place, the statement's line is all there is to show.
    let end = match (statement.exact, excerpt[start..].chars().next()) {
        (true, Some(first)) => start + first.len_utf8(),
        _ => excerpt.trim_end().len().max(start),
    };
    let source = Snippet::source(excerpt.as_str()).line_start(statement.place.line).path(&statement.path);
    let snippet = source.annotation(AnnotationKind::Primary.span(start..end));
    let report = [Level::ERROR.primary_title(title).element(snippet)];
    let renderer = if style.colour == Colour::On { Renderer::styled() } else { Renderer::plain() };
    let mut text = renderer.term_width(usize::from(style.width.unwrap_or(80))).render(&report) + "\n";
    let refusal = &statement.refusal;
    let parts =
        [("detail", &refusal.detail), ("hint of the server", &refusal.hint), ("context", &refusal.context)];
    for (name, part) in parts.iter().filter_map(|(name, part)| Some((name, part.as_ref()?))) {
        text += &format!("  {name}: {}\n", printable(part).replace('\n', "\n    "));
    }
    let state = match error {
        Error::Run(failure) => format!("; {}", aftermath(failure)),
        _ => String::new(),
    };
    text + &format!("  sqlstate {}{state}\n", refusal.sqlstate)
}

/// Says what became of the migration that stopped the run, and of those before it.
fn aftermath(failure: &RunFailure) -> String {
    let label = &failure.stopped;
    // Seeds share one transaction.
    if failure.deed == Deed::Load {
        return "the run was rolled back; nothing was changed".to_owned();
    }
    let stopped = match (failure.rolled_back, failure.deed) {
        (true, _) if is_early(&failure.error) => {
            format!("`{label}` is left for the next run")
        }
        (false, _) if is_early(&failure.error) => {
            format!("`{label}` is left for the next run, which goes on where it stands in the journal")
        }
        (true, Deed::TakeBack) => format!("`{label}` stays applied"),
        (true, _) => format!("`{label}` was rolled back"),
        (false, _) => format!("`{label}` stopped in the middle and is in the journal"),
    };
    let verb = if failure.deed == Deed::TakeBack { "taken back" } else { "applied" };
    let stays = match failure.done.as_slice() {
        [] => "nothing else was changed".to_owned(),
        [only] => format!("`{only}` stays {verb}"),
        several => {
            format!("{} migrations stay {verb}, the last is `{}`", several.len(), several[several.len() - 1])
        }
    };
    format!("{stopped}; {stays}")
}

/// Tells whether a run ended before it was done because somebody wished so, then or before it began.
fn is_early(error: &DbError) -> bool {
    matches!(error, DbError::Deadline { .. } | DbError::Interrupted { .. })
}

/// Returns the JSON document of an error.
pub fn json(error: &Error) -> Value {
    let mut value = json!({
        "code": error.code(),
        "exit": error.exit() as u8,
        "message": error.to_string(),
        "hints": error.hints(),
    });
    if let Some(statement) = error.statement() {
        value["statement"] = json!({
            statement.subject.as_str(): statement.migration,
            "path": statement.path,
            "line": statement.place.line,
            "column": statement.place.column,
            "sqlstate": statement.refusal.sqlstate,
            "message": statement.refusal.message,
            "detail": statement.refusal.detail,
            "hint": statement.refusal.hint,
            "context": statement.refusal.context,
        });
    }
    match error {
        Error::Refused(findings) => {
            let findings: Vec<_> = findings.iter().map(super::status::FindingStatus::from).collect();
            value["findings"] = super::to_json(&findings);
        }
        Error::Unproved { findings } => value["findings"] = super::to_json(findings),
        Error::SeedsRefused(findings) => {
            let findings: Vec<_> = findings.iter().map(super::seed::FindingText::from).collect();
            value["findings"] = super::to_json(&findings);
        }
        Error::Run(failure) => {
            value["stopped"] = failure.stopped.clone().into();
            value["done"] = failure.done.clone().into();
        }
        _ => {}
    }
    json!({ "format": 1, "error": value })
}
