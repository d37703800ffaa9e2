//! One connection to the target, its notices in the order in which the server sent them.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_postgres::error::DbError as ServerMessage;
use tokio_postgres::{AsyncMessage, Client, SimpleQueryMessage};

use super::connect::{Connected, Options, connect};
use super::copy::copy_rows;
use super::error::DbError;
use super::lock::own_error;
use crate::sql::Statement;

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

    /// Returns the client, for reading the catalog.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Runs SQL of crmdb's own.
    pub async fn run(&self, doing: &'static str, sql: &str) -> Result<(), DbError> {
        self.client.batch_execute(sql).await.map_err(|error| own_error(&self.target, doing, &error))
    }

    /// Returns the first column of the rows that SQL of crmdb's own gives, as texts.
    pub async fn values(&self, doing: &'static str, sql: &str) -> Result<Vec<String>, DbError> {
        let messages = self.client.simple_query(sql).await;
        let messages = messages.map_err(|error| own_error(&self.target, doing, &error))?;
        Ok(messages
            .iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .collect())
    }

    /// Runs somebody's statement and returns the server's words when it fails.
    pub async fn plain(&self, sql: &str) -> Result<(), String> {
        self.client.batch_execute(sql).await.map_err(|error| words(&error))
    }

    /// Runs a statement of a file, with its rows where it is a COPY.
    pub async fn statement(&self, statement: &Statement<'_>) -> Result<(), String> {
        let done = match statement.rows {
            Some(rows) => copy_rows(&self.client, statement.text, rows).await,
            None => self.client.batch_execute(statement.text).await,
        };
        done.map_err(|error| words(&error))
    }

    /// Returns a name for the target to show to people: host and port.
    pub fn target(&self) -> &str {
        &self.target
    }
}

fn words(error: &tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| "the connection was lost".to_owned(), |error| error.message().to_owned())
}

/// How long the goodbye to a server may take before the connection is cut.
const GOODBYE: Duration = Duration::from_secs(1);

impl Drop for Session {
    /// Without the client the reader says goodbye to the server, which would otherwise log a client that was lost.
    fn drop(&mut self) {
        let reader = self.reader.abort_handle();
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                tokio::time::sleep(GOODBYE).await;
                reader.abort();
            })),
            Err(_) => reader.abort(),
        }
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
