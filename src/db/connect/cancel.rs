//! Asking the server to interrupt a statement, over a connection of its own.

use std::fmt;
use std::time::Duration;

use tokio_postgres::{CancelToken, NoTls};

use super::connect_error::Failure;
use super::login::{self, TlsName};
use super::socket::{self, Address, Keepalive};

/// What can interrupt a session's running statement: sent to the same address, with the same encryption.
#[derive(Clone)]
pub struct Cancel {
    pub(super) token: CancelToken,
    pub(super) address: Address,
    pub(super) tls: Option<TlsName>,
    pub(super) keepalive: Keepalive,
    pub(super) timeout: Option<Duration>,
}

impl Cancel {
    /// Sends the request. The server does not say whether it interrupted anything: that shows in the statement,
    /// which fails with `57014` if it was still running.
    pub async fn send(&self) -> Result<(), Failure> {
        match self.timeout {
            None => self.send_untimed().await,
            Some(limit) => {
                tokio::time::timeout(limit, self.send_untimed()).await.map_err(|_| Failure::Timeout(limit))?
            }
        }
    }

    async fn send_untimed(&self) -> Result<(), Failure> {
        match (&self.address, &self.tls) {
            (Address::Socket(path), _) => {
                let (stream, _) = socket::open_local(path).await?;
                Ok(self.token.cancel_query_raw(stream, NoTls).await?)
            }
            (Address::Network(address), None) => {
                let stream = self.keepalive.open(*address).await?;
                Ok(self.token.cancel_query_raw(stream, NoTls).await?)
            }
            (Address::Network(address), Some(tls)) => {
                let mut stream = self.keepalive.open(*address).await?;
                if !login::offers_tls(&mut stream, tls.tls.negotiation).await? {
                    return Err(Failure::TlsNotOffered { mode: tls.tls.mode.word() });
                }
                let connector = login::connector::<tokio::net::TcpStream>(tls);
                Ok(self.token.cancel_query_raw(stream, connector).await?)
            }
        }
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancel").field("address", &self.address).finish_non_exhaustive()
    }
}
