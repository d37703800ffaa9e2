//! The one integration test binary: a file a command, each against a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests look at the disk, the environment and the clock themselves"
)]

mod connect;
mod deferred;
mod server;
mod support;
