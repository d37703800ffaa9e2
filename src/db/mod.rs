//! The edge to the target database.

pub mod connect;
