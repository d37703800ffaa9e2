//! The command line: what was typed, and what it means together with the environment and `schema.toml`.

pub mod args;
pub mod duration;
mod format;
pub mod seed_args;
mod haste_args;
mod loss_args;
pub mod target;
mod values;
