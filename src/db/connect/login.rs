//! From an open socket to a session: the startup messages and what comes back.

use std::fmt;
use std::pin::Pin;

use futures_util::Stream;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::tls::TlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls};

use super::cancel::Cancel;
use super::choice::ChannelBinding;
use super::connect_error::Failure;
use super::host::Host;
use super::options::Options;

/// The session's other half: it must be polled for the client to get answers, and yields notices and notifications
/// in the order the server sent them. It ends when the client is dropped.
pub type Messages = Pin<Box<dyn Stream<Item = Result<AsyncMessage, tokio_postgres::Error>> + Send>>;

/// An open session.
pub struct Connected {
    /// Where statements are sent.
    pub client: Client,
    /// What drives the session.
    pub messages: Messages,
    /// The host that answered: `db.example:5432` or the path of a socket.
    pub host: String,
    /// Whether the session is encrypted.
    pub tls: bool,
    /// `server_version` as the server reports it.
    pub server_version: Option<String>,
    /// What can interrupt a statement of this session from outside.
    pub cancel: Cancel,
}

impl fmt::Debug for Connected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connected")
            .field("host", &self.host)
            .field("tls", &self.tls)
            .field("server_version", &self.server_version)
            .finish_non_exhaustive()
    }
}

/// A session as the protocol gave it, before anyone asked what kind of session it is.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) messages: Messages,
    pub(super) server_version: Option<String>,
    /// `in_hot_standby`, reported by PostgreSQL 14 and later.
    pub(super) in_hot_standby: Option<bool>,
    /// `default_transaction_read_only`, reported by PostgreSQL 14 and later.
    pub(super) read_only_by_default: Option<bool>,
}

/// Returns the driver's settings for one host: who logs in where. Encryption is decided before.
pub(super) fn config(options: &Options, host: &Host) -> Config {
    let mut config = Config::new();
    config.user(options.user()).dbname(options.database()).application_name("crmdb");
    if let Some(password) = options.password_for(host) {
        config.password(password.expose());
    }
    if let Some(text) = &options.server_options {
        config.options(text);
    }
    config.channel_binding(match options.channel_binding {
        ChannelBinding::Disable => tokio_postgres::config::ChannelBinding::Disable,
        ChannelBinding::Prefer => tokio_postgres::config::ChannelBinding::Prefer,
        ChannelBinding::Require => tokio_postgres::config::ChannelBinding::Require,
    });
    config
}

/// Logs in without encryption.
pub(super) async fn plain<S>(mut config: Config, stream: S) -> Result<Session, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    config.ssl_mode(tokio_postgres::config::SslMode::Disable);
    log_in(&config, stream, NoTls).await
}

async fn log_in<S, T>(config: &Config, stream: S, tls: T) -> Result<Session, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: TlsConnect<S>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect_raw(stream, tls).await?;
    let on = |name: &str| connection.parameter(name).map(|value| value == "on");
    Ok(Session {
        client,
        server_version: connection.parameter("server_version").map(str::to_owned),
        in_hot_standby: on("in_hot_standby"),
        read_only_by_default: on("default_transaction_read_only"),
        messages: messages(connection),
    })
}

fn messages<S, T>(mut connection: Connection<S, T>) -> Messages
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    Box::pin(futures_util::stream::poll_fn(move |context| connection.poll_message(context)))
}
