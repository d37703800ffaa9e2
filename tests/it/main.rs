//! The one integration test binary.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test fails by panicking, reads its cases from the disk and says which of them failed"
)]

mod catalog;
mod catalog_support;
