//! Trying hosts and their addresses in order until one gives a session.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::Instant;

use super::cancel::Cancel;
use super::choice::{HostOrder, SessionAttrs, SslMode};
use super::connect_error::{ConnectError, Failure, HostFailure, Next};
use super::host::{Host, Place};
use super::login::{self, Connected, Login, Session, TlsName};
use super::options::Options;
use super::session;
use super::socket::{self, Address};
use super::tls::Tls;

/// The longest pause between two rounds of attempts while waiting for a server.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Opens a session on the first host that gives one, as libpq would choose it; `application_name` is `crmdb`.
///
/// Every address of a host is tried before the next host. A server that is up and turns the user away ends the
/// search. With `wait`, a server that is not there or is starting up (`57P03`) is tried again until that time is over.
/// `connect_timeout` limits each address, not the whole.
pub async fn connect(options: &Options, wait: Option<Duration>) -> Result<Connected, ConnectError> {
    let deadline = wait.map(|wait| Instant::now() + wait);
    let networked = options.hosts.iter().any(|host| matches!(host.place, Place::Network { .. }));
    let tls = match options.tls.mode {
        SslMode::Disable => None,
        _ if !networked => None,
        _ => Some(Tls::load(&options.tls)?),
    };
    let mut pause = Duration::from_millis(50);
    loop {
        let error = match round(options, tls.as_ref()).await {
            Ok(connected) => return Ok(connected),
            Err(error) => error,
        };
        match deadline {
            Some(deadline) if error.is_transient() && Instant::now() + pause < deadline => {
                tokio::time::sleep(pause).await;
            }
            _ => return Err(error),
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Tries every host once, or twice when a standby is preferred.
async fn round(options: &Options, tls: Option<&Tls>) -> Result<Connected, ConnectError> {
    let mut hosts: Vec<&Host> = options.hosts.iter().collect();
    if options.host_order == HostOrder::Random {
        fastrand::shuffle(&mut hosts);
    }
    let search = Search { options, tls, wanted: options.session_attrs };
    match search.hosts(&hosts).await {
        Err(ConnectError::Hosts(failures))
            if options.session_attrs == SessionAttrs::PreferStandby
                && failures.iter().any(|failure| matches!(failure.cause, Failure::WrongSession(_))) =>
        {
            Search { wanted: SessionAttrs::Any, ..search }.hosts(&hosts).await
        }
        outcome => outcome,
    }
}

struct Search<'a> {
    options: &'a Options,
    tls: Option<&'a Tls>,
    wanted: SessionAttrs,
}

impl Search<'_> {
    async fn hosts(&self, hosts: &[&Host]) -> Result<Connected, ConnectError> {
        let mut failures = Vec::new();
        for host in hosts {
            let addresses = match addresses(host, self.options.host_order).await {
                Ok(addresses) => addresses,
                Err(cause) => {
                    failures.push(HostFailure { host: host.to_string(), cause });
                    continue;
                }
            };
            let several = addresses.len() > 1;
            for address in addresses {
                let shown = match &address {
                    Address::Network(address) if several => format!("{host} ({})", address.ip()),
                    _ => host.to_string(),
                };
                let cause = match self.timed(host, &address).await {
                    Ok(connected) => return Ok(connected),
                    Err(cause) => cause,
                };
                let next = cause.next();
                failures.push(HostFailure { host: shown, cause });
                match next {
                    Next::Address => {}
                    Next::Host => break,
                    Next::Nothing => return Err(ConnectError::Hosts(failures)),
                }
            }
        }
        Err(ConnectError::Hosts(failures))
    }

    async fn timed(&self, host: &Host, address: &Address) -> Result<Connected, Failure> {
        match self.options.connect_timeout {
            None => self.address(host, address).await,
            Some(limit) => tokio::time::timeout(limit, self.address(host, address))
                .await
                .unwrap_or(Err(Failure::Timeout(limit))),
        }
    }

    async fn address(&self, host: &Host, address: &Address) -> Result<Connected, Failure> {
        let mut session = match address {
            Address::Network(address) => self.network(host, *address).await?,
            Address::Socket(path) => self.local(host, path).await?,
        };
        session::check(&mut session, self.wanted).await?;
        Ok(Connected {
            tls: session.tls.is_some(),
            cancel: Cancel {
                token: session.client.cancel_token(),
                address: address.clone(),
                tls: session.tls,
                keepalive: self.options.keepalive.clone(),
                timeout: self.options.connect_timeout,
            },
            client: session.client,
            messages: session.messages,
            host: host.to_string(),
            server_version: session.server_version,
            backend_pid: session.backend_pid,
        })
    }

    /// As in libpq, `sslmode` means nothing on a Unix socket.
    async fn local(&self, host: &Host, path: &PathBuf) -> Result<Session, Failure> {
        let (stream, found) = socket::open_local(path).await?;
        match &self.options.require_peer {
            Some(wanted) if *wanted != found => Err(Failure::WrongPeer { wanted: wanted.clone(), found }),
            _ => Login::new(self.options, host).plain(stream).await,
        }
    }

    /// Logs in with the encryption that `sslmode` wants, and for `allow` and `prefer` with the other if that fails.
    async fn network(&self, host: &Host, address: SocketAddr) -> Result<Session, Failure> {
        let Some(tls) = self.tls else { return self.plain(host, address).await };
        match tls.mode {
            SslMode::Disable => self.plain(host, address).await,
            SslMode::Allow => match self.plain(host, address).await {
                Err(first) if first.may_depend_on_encryption() => {
                    let second = self.encrypted(tls, host, address).await;
                    second.map_err(|second| better(first, second))
                }
                outcome => outcome,
            },
            SslMode::Prefer => match self.encrypted(tls, host, address).await {
                Err(first) if matches!(first, Failure::Tls(_)) || first.may_depend_on_encryption() => {
                    let second = self.plain(host, address).await;
                    second.map_err(|second| better(first, second))
                }
                outcome => outcome,
            },
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
                self.encrypted(tls, host, address).await
            }
        }
    }

    async fn plain(&self, host: &Host, address: SocketAddr) -> Result<Session, Failure> {
        let stream = self.options.keepalive.open(address).await?;
        Login::new(self.options, host).plain(stream).await
    }

    async fn encrypted(&self, tls: &Tls, host: &Host, address: SocketAddr) -> Result<Session, Failure> {
        let mut stream = self.options.keepalive.open(address).await?;
        let login = Login::new(self.options, host);
        if login::offers_tls(&mut stream, tls.negotiation).await? {
            let name = match &host.place {
                Place::Network { name, .. } => name.as_deref(),
                Place::Socket(_) => None,
            };
            let server_name = tls.server_name(name, address.ip())?;
            return login.encrypted(stream, TlsName { tls: tls.clone(), server_name }).await;
        }
        match tls.mode {
            SslMode::Prefer => login.plain(stream).await,
            mode => Err(Failure::TlsNotOffered { mode: mode.word() }),
        }
    }
}

/// Chooses which of two failures to show: the second try's, unless it adds nothing to the first's.
fn better(first: Failure, second: Failure) -> Failure {
    match (&first, &second) {
        (_, Failure::TlsNotOffered { .. }) => first,
        (Failure::Refused(one), Failure::Refused(other)) if one.sqlstate == other.sqlstate => first,
        _ => second,
    }
}

/// Returns the addresses of a host, at least one.
async fn addresses(host: &Host, order: HostOrder) -> Result<Vec<Address>, Failure> {
    let port = host.port;
    let name = match &host.place {
        Place::Socket(folder) => return Ok(vec![Address::Socket(Host::socket_path(folder, port))]),
        Place::Network { address: Some(address), .. } => {
            return Ok(vec![Address::Network((*address, port).into())]);
        }
        Place::Network { name, address: None } => name.as_deref().unwrap_or("localhost"),
    };
    let found = tokio::net::lookup_host((name, port)).await.map_err(|error| {
        let text = error.to_string();
        // The resolver's own sentence comes after this; the rest says what `Failure` says.
        Failure::NameLookup(text.trim_start_matches("failed to lookup address information: ").to_lowercase())
    })?;
    let mut addresses: Vec<_> = found.map(Address::Network).collect();
    if order == HostOrder::Random {
        fastrand::shuffle(&mut addresses);
    }
    if addresses.is_empty() {
        return Err(Failure::NameLookup("it has no address".to_owned()));
    }
    Ok(addresses)
}
