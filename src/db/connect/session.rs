//! Whether a session is of the kind that `target_session_attrs` wants.

use std::pin::pin;

use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use tokio_postgres::SimpleQueryMessage;

use super::choice::SessionAttrs;
use super::connect_error::Failure;
use super::login::Session;

/// Fails unless the session is of the wanted kind.
///
/// Asks the server nothing for `any`, nor where it has reported the answer (PostgreSQL 14 and later), else once.
/// libpq does the same, in `CONNECTION_CHECK_TARGET` of `fe-connect.c`.
pub(super) async fn check(session: &mut Session, wanted: SessionAttrs) -> Result<(), Failure> {
    let fits = match wanted {
        SessionAttrs::Any => true,
        SessionAttrs::ReadWrite => !is_read_only(session).await?,
        SessionAttrs::ReadOnly => is_read_only(session).await?,
        SessionAttrs::Primary => !is_standby(session).await?,
        SessionAttrs::Standby | SessionAttrs::PreferStandby => is_standby(session).await?,
    };
    if fits { Ok(()) } else { Err(Failure::WrongSession(wanted)) }
}

async fn is_read_only(session: &mut Session) -> Result<bool, Failure> {
    match (session.read_only_by_default, session.in_hot_standby) {
        (Some(read_only), Some(standby)) => Ok(read_only || standby),
        _ => Ok(answer(session, "SHOW transaction_read_only").await? == "on"),
    }
}

async fn is_standby(session: &mut Session) -> Result<bool, Failure> {
    match session.in_hot_standby {
        Some(standby) => Ok(standby),
        None => Ok(answer(session, "SELECT pg_catalog.pg_is_in_recovery()").await? == "t"),
    }
}

/// Returns the one value that `sql` selects, driving the session meanwhile.
async fn answer(session: &mut Session, sql: &str) -> Result<String, Failure> {
    let mut query = pin!(session.client.simple_query(sql));
    loop {
        let rows = match select(query, session.messages.next()).await {
            Either::Left((rows, _)) => rows?,
            Either::Right((Some(Ok(_)), unfinished)) => {
                query = unfinished;
                continue;
            }
            Either::Right((Some(Err(error)), _)) => return Err(error.into()),
            Either::Right((None, _)) => return Err(Failure::Closed),
        };
        return Ok(rows
            .iter()
            .find_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .unwrap_or_default());
    }
}
