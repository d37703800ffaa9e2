//! The schema of a database as a value: read, compared, and turned into the SQL that makes one into another.
//!
//! `read` is the only part that talks to a server. What it returns is a [`Catalog`]; [`diff`] compares two and
//! [`ddl`] writes the statements.

pub mod acl;
mod assemble;
pub mod citus;
pub mod ddl;
mod declared;
pub mod diff;
mod edges;
pub mod extract;
pub mod find;
pub mod fingerprint;
pub mod foreign;
pub mod hidden;
pub mod id;
mod major;
pub mod model;
pub mod objects;
pub mod pristine;
pub mod pull;
mod queries;
pub mod read;
mod rename;
mod renamed;
mod scope;
mod settle;
pub mod subscription;

pub use fingerprint::fingerprint;
pub use id::{Id, Kind};
pub use model::Catalog;
