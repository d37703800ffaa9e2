//! The author's own validation queries: every row that one returns is a finding.

use std::pin::pin;

use futures_util::TryStreamExt as _;
use tokio_postgres::{Client, Error, SimpleQueryMessage};

use crate::db::error::{Refusal, refusal};
use crate::model::Script;
use crate::sql::{Position, statements};

/// How many rows of one query are told; the rest is counted.
pub const MOST_ROWS: usize = 100;

/// What a validation query answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It ran: the first rows as `column: value` texts, and how many there were.
    Rows(Vec<String>, u64),
    /// The server refused it; the line of the file from 1, and its words.
    Refused(usize, Refusal),
}

/// Rows as they come in.
#[derive(Debug, Default)]
pub(super) struct Rows {
    told: Vec<String>,
    count: u64,
}

/// Runs a query by the simple protocol, which has a text for a value of every type. Rows that are only counted are not
/// kept.
pub(super) async fn run(client: &Client, query: &Script) -> Result<Rows, Error> {
    let text = statements(&query.text).find_map(Result::ok).map(|statement| statement.text);
    let mut stream = pin!(client.simple_query_raw(text.unwrap_or_default()).await?);
    let mut rows = Rows::default();
    while let Some(message) = stream.try_next().await? {
        if let SimpleQueryMessage::Row(row) = message {
            rows.count += 1;
            if rows.told.len() < MOST_ROWS {
                let cell = |(index, column): (usize, &tokio_postgres::SimpleColumn)| {
                    format!("{}: {}", column.name(), row.get(index).unwrap_or("null"))
                };
                rows.told.push(row.columns().iter().enumerate().map(cell).collect::<Vec<_>>().join(", "));
            }
        }
    }
    Ok(rows)
}

/// Makes the answer; a lost connection is an error.
pub(super) fn answer(query: &Script, ran: Result<Rows, Error>) -> Result<Answer, Error> {
    match ran {
        Ok(rows) => Ok(Answer::Rows(rows.told, rows.count)),
        Err(error) => {
            let Some(refusal) = refusal(&error) else { return Err(error) };
            let start = statements(&query.text).find_map(Result::ok).map_or(0, |statement| statement.start);
            let character = refusal.character.unwrap_or(1) as usize;
            let place = Position::of_character(&query.text, start, character);
            Ok(Answer::Refused(place.line, refusal))
        }
    }
}
