//! The one integration test binary.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on panics, and tests are at the edge of everything"
)]

mod connect;
