//! One connection to the target, its notices in the order in which the server sent them.

use futures_util::StreamExt as _;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_postgres::error::DbError as ServerMessage;
use tokio_postgres::{AsyncMessage, Client};

use super::connect::{Connected, Options, connect};
use super::error::DbError;
use super::lock::own_error;

const STAY_AWAKE: &str = include_str!("queries/stay_awake.sql");

/// A connection whose messages a task of its own reads.
#[derive(Debug)]
pub struct Session {
    /// Sends statements; several may be under way at once.
    pub(super) client: Client,
    /// NOTICE and WARNING messages that no statement has taken yet.
    pub(super) notices: UnboundedReceiver<ServerMessage>,
    /// Where it is connected to, without a password.
    pub(super) target: String,
    reader: JoinHandle<()>,
}

impl Session {
    /// Connects to the target.
    pub async fn open(options: &Options) -> Result<Self, DbError> {
        let Connected { client, mut messages, host, .. } = connect(options, None).await?;
        let (sender, notices) = unbounded_channel();
        let reader = tokio::spawn(async move {
            while let Some(message) = messages.next().await {
                if !pass_on(message, &sender) {
                    break;
                }
                // The task that waits for statements gets its turn between two messages, so that it sees which
                // statement was running when a notice came.
                tokio::task::yield_now().await;
            }
        });
        Ok(Self { client, notices, target: host, reader })
    }

    /// Keeps the server from ending the session while it waits for something else than a statement.
    pub async fn stay_awake(&self) -> Result<(), DbError> {
        let done = self.client.batch_execute(STAY_AWAKE).await;
        done.map_err(|error| own_error(&self.target, "setting up the session", &error))
    }

    /// Tells whether the connection has ended.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Returns a name for the target to show to people: host and port.
    pub fn target(&self) -> &str {
        &self.target
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

fn pass_on(
    message: Result<AsyncMessage, tokio_postgres::Error>,
    sender: &UnboundedSender<ServerMessage>,
) -> bool {
    match message {
        Ok(AsyncMessage::Notice(notice)) => sender.send(notice).is_ok(),
        Ok(_) => true,
        Err(_) => false,
    }
}
