//! The one integration test binary: a file a command, each against a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests look at the disk, the environment and the clock themselves"
)]
#![expect(clippy::print_stderr, reason = "a test of many cases says which of them failed")]

mod architecture;
mod baseline;
mod batch;
mod blast;
mod budget;
mod catalog;
mod citus;
mod completions;
mod concurrency;
mod connect;
mod crash;
mod deferred;
mod diff;
mod down;
mod errors;
mod faults;
mod fence;
mod haste;
mod help;
mod history;
mod hostile;
mod init;
mod json;
mod json_shadow;
mod library;
mod locks;
mod new;
mod outage;
mod plan;
mod pooler;
mod products;
mod prove;
mod pull;
mod random_history;
mod redo;
mod repair;
mod rescue;
mod rollback;
mod round_trips;
mod schema;
mod schema_toml;
mod secrets;
mod seed;
mod server;
mod server_log;
mod shadow;
mod shipped;
mod show;
mod signals;
mod squash;
mod support;
mod surroundings;
mod up;
mod verify;
