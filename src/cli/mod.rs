//! The command line: what was typed, and what it means together with the environment and `schema.toml`.

pub mod args;
mod contract_args;
mod format;
mod haste_args;
mod loss_args;
pub mod mending_args;
mod plan_args;
pub mod prove_args;
pub mod rescue_args;
mod schema_args;
pub mod seed_args;
pub mod target;
pub mod tip;
mod values;
