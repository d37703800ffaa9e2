//! Who is at work on a target.

use std::fmt;

use serde::Serialize;

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// The server process.
    pub pid: i32,
    /// The database role.
    pub role: String,
    /// The client's address, or `local` over a unix socket.
    pub host: String,
    /// How long it has held the lock, in seconds.
    pub seconds: i64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pid {} of role `{}` from {}, for {} s", self.pid, self.role, self.host, self.seconds)
    }
}
