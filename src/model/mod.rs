//! Plain values and pure decisions: what a project holds, what a ledger records and what a run will do.
//!
//! Nothing here touches a disk, a server, a clock or a terminal.

pub mod blast;
pub mod chain;
pub mod checksum;
pub mod contract;
pub mod deferred;
pub mod duration;
pub mod event;
pub mod foreign_key;
pub mod holder;
pub mod ledger;
pub mod migration;
pub mod order;
pub mod peer;
pub mod plan;
pub mod policy;
pub mod progress;
pub mod project;
mod promise;
pub mod proof;
pub mod rehearsal;
pub mod replay;
pub mod rescue;
pub mod seed;
pub mod squash;
pub mod step;

pub use checksum::Checksum;
pub use event::{Event, EventKind, Outcome};
pub use foreign_key::ForeignKey;
pub use holder::Holder;
pub use ledger::{Applied, Installed, Ledger, Origin, Unfinished};
pub use migration::{FileName, Migration, Script, Version};
pub use peer::{Product, Route};
pub use plan::{Finding, Goal, Plan};
pub use project::{Installation, Module, Project};
pub use proof::Proof;
pub use step::{Direction, Mode, Step};
