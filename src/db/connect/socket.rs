//! Opening the socket to one address, with the TCP settings that libpq has keywords for.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, UnixStream};

use super::choice;
use super::error::OptionsError;
use super::settings::Settings;

/// One address of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    Network(SocketAddr),
    /// The path of the socket itself.
    Socket(PathBuf),
}

/// How a dead connection is noticed; times that are `None` are the operating system's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keepalive {
    enabled: bool,
    idle: Option<Duration>,
    interval: Option<Duration>,
    count: Option<u32>,
    user_timeout: Option<Duration>,
}

impl Keepalive {
    /// Reads the `keepalives…` keywords and `tcp_user_timeout`.
    pub(super) fn read(settings: &Settings) -> Result<Self, OptionsError> {
        Ok(Self {
            enabled: choice::integer(settings, "keepalives")? != Some(0),
            idle: choice::seconds(settings, "keepalives_idle")?,
            interval: choice::seconds(settings, "keepalives_interval")?,
            count: choice::positive(choice::integer(settings, "keepalives_count")?),
            user_timeout: choice::milliseconds(settings, "tcp_user_timeout")?,
        })
    }

    /// Opens a TCP connection that sends small messages at once.
    pub(super) async fn open(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let socket = SockRef::from(&stream);
        if self.enabled {
            let times = TcpKeepalive::new();
            let times = self.idle.into_iter().fold(times, TcpKeepalive::with_time);
            let times = self.interval.into_iter().fold(times, TcpKeepalive::with_interval);
            let times = self.count.into_iter().fold(times, TcpKeepalive::with_retries);
            socket.set_tcp_keepalive(&times)?;
        }
        #[cfg(target_os = "linux")]
        if let Some(limit) = self.user_timeout {
            socket.set_tcp_user_timeout(Some(limit))?;
        }
        Ok(stream)
    }
}

/// Opens a Unix socket and returns it with the name of the user that the server runs as, or its number.
pub(super) async fn open_local(path: &PathBuf) -> io::Result<(UnixStream, String)> {
    let stream = UnixStream::connect(path).await?;
    let uid = stream.peer_cred()?.uid();
    let account = nix::unistd::User::from_uid(uid.into()).ok().flatten();
    Ok((stream, account.map_or_else(|| uid.to_string(), |account| account.name)))
}
