//! A statement of a file that the server refused, and the place in the file that it complains of.

use super::error::Refusal;
use crate::sql::{self, Position};

/// What kind of file a statement is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A migration or its rollback.
    Migration,
    /// A seed.
    Seed,
}

impl Subject {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Migration => "migration",
            Self::Seed => "seed",
        }
    }
}

/// A statement of a file that the server refused, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{migration}` failed: {}", .refusal.message)]
pub struct StatementError {
    /// What kind of file it is.
    pub subject: Subject,
    /// The migration's label, or the seed's path.
    pub migration: String,
    /// The script's path.
    pub path: String,
    /// Where it failed: the failing character, or the statement's first where the server does not tell.
    pub place: Position,
    /// Whether `place` is the failing character itself.
    pub exact: bool,
    /// The line of the file at `place`.
    pub excerpt: String,
    /// The server's words.
    pub refusal: Refusal,
}

impl StatementError {
    /// Makes the error of the statement that begins at byte `start` of the step's script.
    pub(super) fn new(step: &crate::model::Step, start: usize, refusal: Refusal) -> Self {
        Self::of(Subject::Migration, (&step.script, step.label(), start), refusal)
    }

    /// Makes the error of the statement that begins at byte `start` of `script`, which people know as `label`.
    ///
    /// The statement is found again by its start: errors are rare, and a list of all statements would cost memory.
    pub(super) fn of(
        subject: Subject,
        (script, label, start): (&crate::model::Script, String, usize),
        refusal: Refusal,
    ) -> Self {
        let text: &str = &script.text;
        let character = refusal.character.map(|character| character as usize);
        let named = || {
            let mut statements = sql::statements(text).map_while(Result::ok);
            let statement = statements.find(|statement| statement.start == start)?;
            let offset = named_once(statement.text, &refusal.message)?;
            Some(Position::of_offset(text, start + offset))
        };
        let exact = character.map(|character| Position::of_character(text, start, character)).or_else(named);
        let place = exact.unwrap_or_else(|| Position::of_offset(text, start));
        Self {
            subject,
            migration: label,
            path: script.path.clone(),
            excerpt: text.lines().nth(place.line - 1).unwrap_or_default().to_owned(),
            exact: exact.is_some(),
            place,
            refusal,
        }
    }
}

/// Returns where the name stands that the server's message quotes first: for many DDL errors it gives no position.
/// Only a name that stands once in the statement tells the place.
fn named_once(statement: &str, message: &str) -> Option<usize> {
    let name = message.split('"').nth(1).filter(|name| !name.is_empty())?;
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut whole = statement.match_indices(name).filter(|(at, found)| {
        let before = statement[..*at].chars().next_back();
        let after = statement[at + found.len()..].chars().next();
        !before.is_some_and(part_of_name) && !after.is_some_and(part_of_name)
    });
    let (first, _) = whole.next()?;
    whole.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_the_message_tells_the_place_when_it_stands_there_once() {
        let statement = "CREATE INDEX industri_idx ON customers (industri);";
        let message = "column \"industri\" does not exist";
        assert_eq!(named_once(statement, message), Some(40));
        assert_eq!(named_once("ALTER TABLE a ADD b int, ADD b int;", "column \"b\" specified twice"), None);
        assert_eq!(named_once("DROP TABLE é;", "table \"é\" does not exist"), Some(11));
        assert_eq!(named_once("DROP TABLE a;", "syntax error"), None);
        assert_eq!(named_once("DROP TABLE a;", "zero-length \"\" name"), None);
    }
}
