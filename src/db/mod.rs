//! The database edge: connecting, the lock, the ledger, and running a plan.

mod batch;
mod begun;
pub mod blockers;
pub mod connect;
pub mod contract;
mod copy;
pub mod deferred;
pub mod error;
mod footing;
pub mod interrupt;
mod journal;
pub mod ledger;
pub mod lock;
mod peer;
mod pipeline;
mod reconcile;
pub mod record;
mod refusal;
pub mod rehearse;
pub mod rescue;
pub mod run;
pub mod seed;
pub mod session;
pub mod target;
mod transaction;
mod trouble;
mod work_lock;
