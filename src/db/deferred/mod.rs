//! Deferred foreign keys in the target: looked at in one round trip, added, validated, taken back.

mod attempt;
mod observe;
mod orphans;
mod release;
mod settle;

pub use observe::observe;
pub use orphans::{Orphans, Sample};
pub(super) use release::{drop_key, release};
pub use settle::{Settled, settle};
