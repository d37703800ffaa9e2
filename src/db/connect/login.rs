//! From an open socket to a session: the startup messages and what comes back.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use futures_util::Stream;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_postgres::config::{SslMode as WireMode, SslNegotiation};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls};

use super::cancel::Cancel;
use super::choice::{ChannelBinding, Negotiation};
use super::connect_error::Failure;
use super::host::Host;
use super::options::Options;
use super::tls::Tls;
use super::watch::{BackendPid, Watch, Watched};

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
    /// The process id that the login gave; it differs from `pg_backend_pid()` behind a pooler.
    pub backend_pid: Option<i32>,
    /// What can interrupt a statement of this session from outside.
    pub cancel: Cancel,
}

impl fmt::Debug for Connected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connected")
            .field("host", &self.host)
            .field("tls", &self.tls)
            .field("server_version", &self.server_version)
            .field("backend_pid", &self.backend_pid)
            .finish_non_exhaustive()
    }
}

/// A session as the protocol gave it, before anyone asked what kind of session it is.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) messages: Messages,
    pub(super) tls: Option<TlsName>,
    pub(super) server_version: Option<String>,
    pub(super) backend_pid: Option<i32>,
    /// `in_hot_standby`, reported by PostgreSQL 14 and later.
    pub(super) in_hot_standby: Option<bool>,
    /// `default_transaction_read_only`, reported by PostgreSQL 14 and later.
    pub(super) read_only_by_default: Option<bool>,
}

/// A TLS configuration and what to call the server in its handshake.
#[derive(Clone)]
pub(super) struct TlsName {
    pub(super) tls: Tls,
    pub(super) server_name: String,
}

/// One login: who, where, and what to watch for.
pub(super) struct Login {
    config: Config,
    watch: Watch,
}

impl Login {
    /// Takes what the options say about logging in to one host.
    pub(super) fn new(options: &Options, host: &Host) -> Self {
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
        let watch = Watch { allowed: options.allowed_auth.clone(), pid: BackendPid::default() };
        Self { config, watch }
    }

    /// Logs in without encryption.
    pub(super) async fn plain<S>(mut self, stream: S) -> Result<Session, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        self.config.ssl_mode(WireMode::Disable);
        let stream = Watched::new(stream, self.watch.clone());
        self.finish(stream, NoTls).await
    }

    /// Logs in with TLS, over a stream on which the server has agreed to it (see [`offers_tls`]).
    pub(super) async fn encrypted<S>(mut self, stream: S, tls: TlsName) -> Result<Session, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        // The question has been asked, so the driver starts with the handshake.
        self.config.ssl_mode(WireMode::Require).ssl_negotiation(SslNegotiation::Direct);
        let connector = WatchedTls { inner: connector::<S>(&tls), watch: self.watch.clone() };
        let session = self.finish(stream, connector).await?;
        Ok(Session { tls: Some(tls), ..session })
    }

    async fn finish<S, T>(self, stream: S, tls: T) -> Result<Session, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        T: TlsConnect<S>,
        T::Stream: Send + 'static,
    {
        let (client, connection) = self.config.connect_raw(stream, tls).await?;
        let on = |name: &str| connection.parameter(name).map(|value| value == "on");
        Ok(Session {
            client,
            tls: None,
            backend_pid: self.watch.pid.value(),
            server_version: connection.parameter("server_version").map(str::to_owned),
            in_hot_standby: on("in_hot_standby"),
            read_only_by_default: on("default_transaction_read_only"),
            messages: messages(connection),
        })
    }
}

fn messages<S, T>(mut connection: Connection<S, T>) -> Messages
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    Box::pin(futures_util::stream::poll_fn(move |context| connection.poll_message(context)))
}

/// Asks whether the server has TLS, unless the settings say to start it at once.
///
/// Reads exactly one byte, so that nothing an attacker sends in clear after it can pass for encrypted.
pub(super) async fn offers_tls<S>(stream: &mut S, negotiation: Negotiation) -> Result<bool, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    /// Length 8, then the code that is no protocol version (`SSLRequest` in PostgreSQL's protocol documentation).
    const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
    if negotiation == Negotiation::Direct {
        return Ok(true);
    }
    stream.write_all(&SSL_REQUEST).await?;
    match stream.read_u8().await? {
        b'S' => Ok(true),
        b'N' => Ok(false),
        b'E' => Err(Failure::Protocol("it answers the request for TLS with an error".to_owned())),
        _ => Err(Failure::Protocol("it is no PostgreSQL server".to_owned())),
    }
}

type RustlsConnector<S> = <tokio_postgres_rustls::MakeRustlsConnect as MakeTlsConnect<S>>::TlsConnect;

/// Returns the driver's connector for one handshake.
pub(super) fn connector<S>(tls: &TlsName) -> RustlsConnector<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut maker = tls.tls.maker.clone();
    match MakeTlsConnect::<S>::make_tls_connect(&mut maker, &tls.server_name) {
        Ok(connector) => connector,
        Err(never) => match never {},
    }
}

/// A TLS connector whose stream is listened to from the first message on.
struct WatchedTls<T> {
    inner: T,
    watch: Watch,
}

impl<S, T> TlsConnect<S> for WatchedTls<T>
where
    T: TlsConnect<S>,
    T::Stream: Unpin,
    T::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    T::Future: Send + 'static,
    S: 'static,
{
    type Stream = Watched<T::Stream>;
    type Error = T::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Stream, Self::Error>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        let handshake = self.inner.connect(stream);
        let watch = self.watch;
        Box::pin(async move { Ok(Watched::new(handshake.await?, watch)) })
    }
}
