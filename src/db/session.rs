//! One connection to the target, its notices in the order in which the server sent them.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_postgres::error::DbError as ServerMessage;
use tokio_postgres::{AsyncMessage, Client, SimpleQueryMessage};

use super::connect::{Cancel, Connected, Options, connect};
use super::copy::copy_rows;
use super::error::DbError;
use super::footing::{Bounds, Durability, Footing, Found, TAKEN_OVER};
use super::lock::own_error;
use crate::model::Route;
use crate::sql::Statement;

/// How many statements are on their way at once: enough to keep the server busy, few to run in vain behind a failure.
const IN_FLIGHT: usize = 64;

const FOUND_IN_POOL: &str = include_str!("queries/found_in_pool.sql");
const STAY_AWAKE: &str = include_str!("queries/stay_awake.sql");

/// A connection whose messages a task of its own reads.
#[derive(Debug)]
pub struct Session {
    /// Sends statements; several may be under way at once.
    pub(super) client: Client,
    /// NOTICE and WARNING messages that no statement has taken yet.
    pub(super) notices: UnboundedReceiver<ServerMessage>,
    /// The database and where it is, without a password: `crm on db.example:5432`.
    pub(super) target: String,
    /// The process id that the login named.
    pub(super) backend_pid: Option<i32>,
    /// The server process that does the work, where a pooler keeps one for the session and names another at the login.
    pub(super) behind_pool: Option<i32>,
    /// Interrupts the statement that is running.
    pub(super) cancel: Cancel,
    /// What its transactions have to heed.
    pub(super) footing: Footing,
    reader: JoinHandle<()>,
}

impl Session {
    /// Connects to the target.
    pub async fn open(options: &Options) -> Result<Self, DbError> {
        let Connected { client, mut messages, host, server_version, backend_pid, cancel, .. } =
            connect(options, None).await?;
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
        let footing = Footing { major: major(server_version.as_deref()), ..Footing::default() };
        let target = format!("{} on {host}", options.database());
        Ok(Self { client, notices, target, backend_pid, behind_pool: None, cancel, footing, reader })
    }

    /// Returns what stands between this session and its server process, as far as it is known: a run learns it when it
    /// takes the lock.
    pub fn route(&self) -> Route {
        self.footing.route
    }

    /// Returns the server process that does the work; `None` where it is now this one, now that one.
    pub(super) fn server_process(&self) -> Option<i32> {
        match self.footing.route {
            Route::Direct => self.backend_pid,
            Route::SessionPool => self.behind_pool,
            Route::TransactionPool => None,
        }
    }

    /// Keeps the server from ending the session while it waits for something else than a statement. Behind a pooler that
    /// would be set for others.
    pub(super) async fn stay_awake(&self) -> Result<(), DbError> {
        if self.footing.route != Route::Direct {
            return Ok(());
        }
        let done = self.client.batch_execute(STAY_AWAKE).await;
        done.map_err(|error| own_error(&self.target, "setting up the session", &error))
    }

    /// Begins a transaction with `begin`, which the footing gave, unless another run has taken over.
    pub(super) async fn begin(&self, doing: &'static str, begin: &str) -> Result<(), DbError> {
        self.run(doing, begin).await.map_err(|error| match error.refusal() {
            Some(refusal) if refusal.sqlstate == TAKEN_OVER => {
                DbError::TakenOver { target: self.target.clone() }
            }
            _ => error,
        })
    }

    /// Returns what begins and ends the next transaction. Behind a pooler it has begun already, because what the session
    /// is like must be known to put it back.
    pub(super) async fn bounds(&self, durability: Durability) -> Result<Bounds, DbError> {
        let doing = "beginning a transaction";
        if self.footing.route == Route::Direct {
            return Ok(self.footing.bounds(durability));
        }
        self.begin(doing, &self.footing.begin_alone()).await?;
        let messages = self.client.simple_query(FOUND_IN_POOL).await;
        let messages = messages.map_err(|error| own_error(&self.target, doing, &error))?;
        let row = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let text = |name: &str| row.and_then(|row| row.get(name)).unwrap_or_default();
        let found = Found { settings: text("settings"), role: text("role"), user: text("user") };
        Ok(self.footing.bounds_in_pool(durability, &found))
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

    /// Runs somebody's statements one after the other, without waiting for one before the next is sent; a failure tells
    /// which of them it is and the server's words. What was sent behind it may have run by then.
    pub async fn flight(&self, statements: &[&str]) -> Result<(), (usize, String)> {
        let run = async |(at, sql): (usize, &&str)| self.plain(sql).await.map_err(|reason| (at, reason));
        let mut answers = stream::iter(statements.iter().enumerate().map(run)).buffered(IN_FLIGHT);
        while let Some(answer) = answers.next().await {
            answer?;
        }
        Ok(())
    }

    /// Runs a statement of a file, with its rows where it is a COPY.
    pub async fn statement(&self, statement: &Statement<'_>) -> Result<(), String> {
        let done = match statement.rows {
            Some(rows) => copy_rows(&self.client, statement.text, rows).await,
            None => self.client.batch_execute(statement.text).await,
        };
        done.map_err(|error| words(&error))
    }

    /// Returns a name for the target to show to people: `crm on db.example:5432`.
    pub fn target(&self) -> &str {
        &self.target
    }
}

/// `15.20 (Debian 15.20-0+deb12u1)` is 15.
fn major(version: Option<&str>) -> u32 {
    let digits = version.and_then(|text| text.split(|c: char| !c.is_ascii_digit()).next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_default()
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
