//! The one integration test binary: a file a command, each against a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests look at the disk, the environment and the clock themselves"
)]

mod concurrency;
mod connect;
mod crash;
mod faults;
mod locks;
mod round_trips;
mod server;
mod support;
mod surroundings;
