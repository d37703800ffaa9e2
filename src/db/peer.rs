//! Looks at what a session is connected to, before anything is changed there.

use tokio_postgres::SimpleQueryMessage;

use super::error::DbError;
use super::lock::own_error;
use super::session::Session;
use crate::model::peer::Product;

const PEER: &str = include_str!("queries/peer.sql");
const CITUS_GROUP: &str = include_str!("queries/citus_group.sql");
const BACKEND_PID: &str = include_str!("queries/backend_pid.sql");

/// What a server says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Peer {
    pub(super) product: Product,
    /// The server process that answered.
    pub(super) pid: i32,
}

/// Looks at the server and fails where nothing can be changed on it, or where what crmdb promises does not hold.
///
/// Keeps the server from ending the session while it waits for something else than a statement, where that harms nobody.
pub(super) async fn examine(session: &Session) -> Result<Peer, DbError> {
    let login = session.backend_pid.unwrap_or_default().to_string();
    let row = first(session, &PEER.replace("{login_pid}", &login)).await?;
    let text = |name: &str| row.as_ref().and_then(|row| row.get(name)).unwrap_or_default();
    let target = || session.target().to_owned();
    if text("standby") == "t" {
        return Err(DbError::Standby { target: target() });
    }
    if text("read_only") == "on" {
        return Err(DbError::ReadOnly { target: target() });
    }
    let group = match text("citus") {
        "" => None,
        _ => first(session, CITUS_GROUP).await?.and_then(|row| row.get(0)?.parse().ok()),
    };
    let product = Product::of(text("version"), group);
    if !product.breaks().is_empty() {
        return Err(DbError::Unpromised { target: target(), product });
    }
    Ok(Peer { product, pid: text("pid").parse().unwrap_or_default() })
}

/// Returns the server process that answers just now.
pub(super) async fn backend_pid(session: &Session) -> Result<i32, DbError> {
    let row = first(session, BACKEND_PID).await?;
    Ok(row.and_then(|row| row.get(0)?.parse().ok()).unwrap_or_default())
}

async fn first(session: &Session, sql: &str) -> Result<Option<tokio_postgres::SimpleQueryRow>, DbError> {
    let messages = session.client.simple_query(sql).await;
    let messages = messages.map_err(|error| own_error(session.target(), "looking at the server", &error))?;
    Ok(messages.into_iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    }))
}
