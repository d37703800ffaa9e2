//! Listening in on the start of a session: which authentication the server asks for, and its process id.
//!
//! The driver tells neither. `require_auth` needs the first before any password is sent; the second, compared with
//! `pg_backend_pid()`, shows whether a pooler stands between.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsStream};

use super::choice::AuthMethod;

/// The process id that the server gave the session, filled in when the login is over; 0 until then.
#[derive(Debug, Clone, Default)]
pub(super) struct BackendPid(Arc<AtomicI32>);

impl BackendPid {
    pub(super) fn value(&self) -> Option<i32> {
        Some(self.0.load(Ordering::Relaxed)).filter(|pid| *pid != 0)
    }
}

/// The server asks for an authentication that `require_auth` does not allow; nothing was sent in answer.
#[derive(Debug, thiserror::Error)]
#[error("the server asks for `{0}`, which `require_auth` does not allow")]
pub(super) struct ForbiddenAuth(pub(super) &'static str);

/// What the listener must know and where it leaves what it hears.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    pub(super) allowed: Option<Vec<AuthMethod>>,
    pub(super) pid: BackendPid,
}

/// A stream that passes everything through and reads along until the server is ready for queries.
pub(super) struct Watched<S> {
    inner: S,
    listener: Option<Listener>,
}

impl<S> Watched<S> {
    pub(super) fn new(inner: S, watch: Watch) -> Self {
        let listener = Listener { watch, header: Vec::new(), skip: 0, asked: false };
        Self { inner, listener: Some(listener) }
    }
}

struct Listener {
    watch: Watch,
    /// The part of the current message that is read along: type, length and four bytes of the body.
    header: Vec<u8>,
    /// Bytes of the current message that do not matter.
    skip: usize,
    asked: bool,
}

#[derive(PartialEq, Eq)]
enum Heard {
    More,
    Ready,
}

impl Listener {
    fn hear(&mut self, mut bytes: &[u8]) -> Result<Heard, ForbiddenAuth> {
        while !bytes.is_empty() {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            bytes = &bytes[skipped..];
            let Some((byte, rest)) = bytes.split_first() else { break };
            self.header.push(*byte);
            bytes = rest;
            if self.header.len() < 5 {
                continue;
            }
            // The length counts its own four bytes and not the type.
            let body = (number(&self.header[1..5]) as usize).saturating_sub(4);
            if self.header.len() < 5 + body.min(4) {
                continue;
            }
            self.skip = body.saturating_sub(4);
            let message = std::mem::take(&mut self.header);
            match (message[0], message.len()) {
                (b'R', 9) => self.check(number(&message[5..9]))?,
                (b'K', 9) => self.watch.pid.0.store(number(&message[5..9]).cast_signed(), Ordering::Relaxed),
                (b'Z', _) => return Ok(Heard::Ready),
                _ => {}
            }
        }
        Ok(Heard::More)
    }

    /// Judges an authentication request by its code (`AUTH_REQ_…` in PostgreSQL's `protocol.h`).
    fn check(&mut self, code: u32) -> Result<(), ForbiddenAuth> {
        let (method, word) = match code {
            0 if self.asked => return Ok(()),
            0 => (AuthMethod::None, "none"),
            3 => (AuthMethod::Password, "password"),
            5 => (AuthMethod::Md5, "md5"),
            7 => (AuthMethod::Foreign, "gss"),
            9 => (AuthMethod::Foreign, "sspi"),
            10 => (AuthMethod::ScramSha256, "scram-sha-256"),
            _ => return Ok(()),
        };
        self.asked = true;
        match &self.watch.allowed {
            Some(allowed) if !allowed.contains(&method) => Err(ForbiddenAuth(word)),
            _ => Ok(()),
        }
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        if let Some(listener) = &mut self.listener {
            let heard = listener.hear(&buffer.filled()[before..]).map_err(io::Error::other)?;
            if heard == Heard::Ready {
                self.listener = None;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

impl<S: TlsStream + Unpin> TlsStream for Watched<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.inner.channel_binding()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5_THEN_READY: &[u8] = b"R\0\0\0\x0c\0\0\0\x05saltR\0\0\0\x08\0\0\0\0S\0\0\0\x08a\0b\0\
                                    K\0\0\0\x0c\0\0\x04\xd2keysZ\0\0\0\x05I";

    fn hear(allowed: Option<Vec<AuthMethod>>, chunk: usize) -> (Result<Heard, ForbiddenAuth>, Option<i32>) {
        let pid = BackendPid::default();
        let watch = Watch { allowed, pid: pid.clone() };
        let mut listener = Listener { watch, header: Vec::new(), skip: 0, asked: false };
        let mut heard = Ok(Heard::More);
        for part in MD5_THEN_READY.chunks(chunk) {
            heard = listener.hear(part);
            if !matches!(heard, Ok(Heard::More)) {
                break;
            }
        }
        (heard, pid.value())
    }

    #[test]
    fn messages_are_understood_however_they_are_cut() {
        for chunk in 1..=MD5_THEN_READY.len() {
            let (heard, pid) = hear(None, chunk);
            assert!(matches!(heard, Ok(Heard::Ready)), "{chunk}");
            assert_eq!(pid, Some(1234), "{chunk}");
        }
    }

    #[test]
    fn a_method_that_is_not_allowed_stops_the_login_at_once() {
        for chunk in [1, 4, 100] {
            assert!(hear(Some(vec![AuthMethod::Md5]), chunk).0.is_ok());
            let (heard, pid) = hear(Some(vec![AuthMethod::ScramSha256, AuthMethod::None]), chunk);
            assert!(matches!(heard, Err(ForbiddenAuth("md5"))));
            assert_eq!(pid, None);
        }
    }
}
