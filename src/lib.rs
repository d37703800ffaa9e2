//! crmdb applies ordered SQL migrations to PostgreSQL, proves that their rollbacks work and verifies what they made.
//!
//! Data flows one way: files and ledger become a plan, the plan is executed, the execution becomes a report.
//! `model`, `sql`, `report` and most of `catalog` are pure; `project`, `db` and `server` are the edges to the disk,
//! the database and the private server; `commands` is the only place where they meet.

pub mod catalog;
pub mod cli;
pub mod commands;
pub mod db;
pub mod error;
mod library;
pub mod model;
pub mod project;
pub mod report;
pub mod server;
pub mod sql;
pub mod vault;

pub use library::{Applied, DataLoss, Migrations};

/// The README's Rust is compiled with the documentation's tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
