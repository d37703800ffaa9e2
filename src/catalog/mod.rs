//! The schema of a database as a value: read, compared, and turned into the SQL that makes one into another.
//!
//! `read` is the only part that talks to a server. What it returns is a [`Catalog`]; [`diff`] compares two and
//! [`ddl`] writes the statements.

pub mod acl;
mod assemble;
mod citus;
pub mod ddl;
pub mod diff;
mod edges;
mod fingerprint;
pub mod id;
pub mod model;
pub mod objects;
mod queries;
pub mod read;
mod rename;
mod renamed;
mod scope;

pub use fingerprint::fingerprint;
pub use id::{Id, Kind};
pub use model::Catalog;
