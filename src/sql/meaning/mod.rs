//! What one statement means to a migration, read from its first words.
//!
//! Each question is a function of its own, cheap enough to be asked of every statement of a large file: it reads as many
//! tokens as it needs and never builds a tree. A parser with a tree answers the same questions, but recurses over the
//! nesting of the text and so can be made to overflow the stack by a statement that is text alone.

mod batch;
mod confined;
mod control;
mod copy;
mod effect;
mod loss;
mod reader;
mod recast;
mod refusal;
mod rows;
mod setting;
mod shared;

pub use batch::{Batch, Ranged, Unbatched, batch};
pub use confined::{Confined, Escape, confined};
pub use control::{Control, control};
pub use copy::sends_rows;
pub use effect::{Detach, Effect, Global, Reindexed, effect};
pub use loss::{RowsLost, drops_tables, may_destroy, may_overwrite, rows_lost};
pub use recast::computed_columns;
pub use refusal::{Refusal, refusal, talks_to_publisher};
pub use rows::{changes_rows, filled_tables};
pub use setting::{Change, Parameter, Reach, change};
pub use shared::{RoleChange, created_extension, role_change};
