//! Why no session could be opened, as data, host by host. Passwords never get in: causes are taken apart, not quoted.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::choice::SessionAttrs;
use super::watch::ForbiddenAuth;

/// Why [`super::connect`] failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// A certificate or key file cannot be used; no server was contacted.
    #[error("{kind} `{}` cannot be used: {problem}", .path.display())]
    TlsFile {
        /// What the file is for.
        kind: TlsFileKind,
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// The server's certificate is to be verified and there is nothing to verify it with; no server was contacted.
    #[error(
        "`sslmode` `{mode}` needs a root certificate and there is none: name the file with `sslrootcert`, or use `sslrootcert=system`"
    )]
    NoRootCertificate {
        /// The `sslmode` in force.
        mode: &'static str,
    },
    /// `sslrootcert` is `system` and the system has none; no server was contacted.
    #[error("`sslrootcert` is `system` and the system has no root certificates")]
    NoSystemRoots,
    /// Every host failed, or the first that answered refused; one entry for each address that was tried.
    #[error("{}", listed(.0))]
    Hosts(Vec<HostFailure>),
}

/// What a file with certificates or keys is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFileKind {
    /// `sslrootcert`.
    RootCertificate,
    /// `sslcert`.
    ClientCertificate,
    /// `sslkey`.
    PrivateKey,
}

impl fmt::Display for TlsFileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RootCertificate => "root certificate file",
            Self::ClientCertificate => "client certificate file",
            Self::PrivateKey => "private key file",
        })
    }
}

/// What happened with one host, or with one of its addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host}: {cause}")]
pub struct HostFailure {
    /// `db.example:5432`, with the address after it where a name has several, or the path of a socket.
    pub host: String,
    /// What happened.
    pub cause: Failure,
}

/// What can happen with one address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The host's name has no address.
    #[error("the host name cannot be resolved: {0}")]
    NameLookup(String),
    /// The network or the socket failed.
    #[error("{problem}")]
    Network {
        /// The kind of failure.
        kind: io::ErrorKind,
        /// The operating system's words.
        problem: String,
    },
    /// `connect_timeout` passed.
    #[error("no session after {} s (`connect_timeout`)", .0.as_secs_f64())]
    Timeout(Duration),
    /// The server hung up.
    #[error("the server closed the connection before a session began")]
    Closed,
    /// TLS is required and the server has none.
    #[error("the server offers no TLS, which `sslmode` `{mode}` needs")]
    TlsNotOffered {
        /// The `sslmode` in force.
        mode: &'static str,
    },
    /// The handshake failed, or the certificate was not acceptable.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The server answered with an error.
    #[error("{0}")]
    Refused(Refusal),
    /// The server wants a password and there is none.
    #[error(
        "the server asks for a password and none is given (use `PGPASSWORD`, a password file or the connection URL)"
    )]
    NoPassword,
    /// The exchange that proves who each side is did not come to its end.
    #[error("authentication failed: {0}")]
    Authentication(String),
    /// The process behind the socket is not the one `requirepeer` names.
    #[error("the server runs as `{found}`, and `requirepeer` wants `{wanted}`")]
    WrongPeer {
        /// The user that was asked for.
        wanted: String,
        /// The user that the server runs as.
        found: String,
    },
    /// The session is fine but not of the kind that `target_session_attrs` wants.
    #[error("the session is not `{}`, which `target_session_attrs` wants", .0.word())]
    WrongSession(SessionAttrs),
    /// The other side does not speak the PostgreSQL protocol as it should.
    #[error("the server's answer is not understood: {0}")]
    Protocol(String),
}

/// An error that the server sent instead of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The five characters, `28P01` for a wrong password.
    pub sqlstate: String,
    /// The server's message, in its language.
    pub message: String,
    /// More about it.
    pub detail: Option<String>,
    /// What the server suggests.
    pub hint: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (sqlstate {})", self.message, self.sqlstate)?;
        let more = [self.detail.as_deref(), self.hint.as_deref()];
        more.into_iter().flatten().try_for_each(|text| write!(f, "; {text}"))
    }
}

/// What is tried after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Address,
    Host,
    Nothing,
}

impl ConnectError {
    /// Returns whether what the user configured is wrong, rather than that no server gave a session.
    pub fn is_configuration(&self) -> bool {
        !matches!(self, Self::Hosts(_))
    }

    /// Returns the SQLSTATE of the last server that answered with an error.
    pub fn sqlstate(&self) -> Option<&str> {
        let Self::Hosts(failures) = self else { return None };
        failures.iter().rev().find_map(|failure| match &failure.cause {
            Failure::Refused(refusal) => Some(refusal.sqlstate.as_str()),
            _ => None,
        })
    }

    /// Returns whether some host was not there yet, or was starting or stopping, and none has turned the user away:
    /// the same may work in a moment.
    pub fn is_transient(&self) -> bool {
        let Self::Hosts(failures) = self else { return false };
        failures.iter().any(|failure| failure.cause.is_transient())
            && failures.iter().all(|failure| failure.cause.next() != Next::Nothing)
    }
}

impl Failure {
    /// SQLSTATE of a server that is starting up, shutting down or recovering.
    const CANNOT_CONNECT_NOW: &str = "57P03";

    /// Returns whether the same attempt may work in a moment.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            // A server that is not up has no socket.
            Self::Network { kind, .. } => {
                matches!(kind, io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound)
            }
            // One that goes down, and a proxy before one that is not up, hang up.
            Self::Closed => true,
            Self::Refused(refusal) => refusal.sqlstate == Self::CANNOT_CONNECT_NOW,
            _ => false,
        }
    }

    /// Returns where libpq would go on: a server that is up and turns the user away ends the search; one that is of
    /// the wrong kind or not ready would say the same at its other addresses.
    pub(super) fn next(&self) -> Next {
        match self {
            Self::WrongSession(_) => Next::Host,
            Self::Refused(refusal) if refusal.sqlstate == Self::CANNOT_CONNECT_NOW => Next::Host,
            Self::Refused(_) | Self::NoPassword | Self::Authentication(_) => Next::Nothing,
            _ => Next::Address,
        }
    }

    /// Returns whether the server may think otherwise of a session with the other kind of encryption: its access
    /// rules said no (class 28). A wrong password stays wrong; libpq would send it once more, in clear after TLS.
    pub(super) fn may_depend_on_encryption(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.sqlstate.starts_with("28") && refusal.sqlstate != "28P01",
            _ => false,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Self::Tls(tls_text(tls));
        }
        if let Some(forbidden) = error.get_ref().and_then(|inner| inner.downcast_ref::<ForbiddenAuth>()) {
            return Self::Authentication(forbidden.to_string());
        }
        let hung_up =
            [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe];
        if hung_up.contains(&error.kind()) {
            return Self::Closed;
        }
        let text = error.to_string();
        let problem = text.split(" (os error").next().unwrap_or_default().to_lowercase();
        Self::Network { kind: error.kind(), problem }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(server) = error.as_db_error() {
            return Self::Refused(Refusal {
                sqlstate: server.code().code().to_owned(),
                message: server.message().to_owned(),
                detail: server.detail().map(str::to_owned),
                hint: server.hint().map(str::to_owned),
            });
        }
        if error.is_closed() {
            return Self::Closed;
        }
        let outer = error.to_string();
        let inner = error.source().map(ToString::to_string).unwrap_or_default();
        match error.into_source().map(|source| source.downcast::<io::Error>()) {
            Some(Ok(io)) => Self::from(*io),
            // The driver has no kind for it; the text is its own (`connect_raw.rs`).
            Some(Err(_)) if inner == "password missing" => Self::NoPassword,
            Some(Err(_)) if outer == "authentication error" => Self::Authentication(inner),
            _ if inner.is_empty() => Self::Protocol(outer),
            _ => Self::Protocol(format!("{outer}: {inner}")),
        }
    }
}

fn tls_text(error: &rustls::Error) -> String {
    use rustls::CertificateError as Bad;
    let bad = match error {
        rustls::Error::InvalidCertificate(bad) => bad,
        rustls::Error::General(text) => return text.clone(),
        _ => return error.to_string(),
    };
    match bad {
        Bad::UnknownIssuer => "no trusted root has signed the server's certificate".to_owned(),
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
            "the server's certificate is not for this host name".to_owned()
        }
        Bad::Expired | Bad::ExpiredContext { .. } => "the server's certificate has expired".to_owned(),
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet".to_owned()
        }
        Bad::BadSignature => "a signature does not fit the server's certificate or its issuer's".to_owned(),
        _ => error.to_string(),
    }
}

fn listed(failures: &[HostFailure]) -> String {
    match failures {
        [] => "no host to connect to".to_owned(),
        [failure] => format!("cannot connect to {failure}"),
        several => {
            let lines: String = several.iter().map(|failure| format!("\n  {failure}")).collect();
            format!("cannot connect to any of the hosts:{lines}")
        }
    }
}
