//! Takes a key back to waiting, inside the transaction of the rollback that would stand on it.

use crate::db::record::{Author, TOOL_VERSION};
use crate::model::deferred::Recorded;
use crate::sql::quote;

const RELEASE: &str = include_str!("../queries/release_foreign_key.sql");

/// Returns the statements that drop the key, where it still is, and take it out of the ledger with an event.
pub(in crate::db) fn release(key: &Recorded, author: &Author) -> [String; 2] {
    [drop_key(key), forget(key, author)]
}

/// Returns the statement that drops the key, where it still is.
pub(in crate::db) fn drop_key(key: &Recorded) -> String {
    let name = |text: &str| quote::identifier(text).expect("a name from the ledger is one of a catalog");
    let table = format!("{}.{}", name(&key.schema), name(&key.table));
    format!("ALTER TABLE IF EXISTS {table} DROP CONSTRAINT IF EXISTS {}", name(&key.constraint))
}

/// Returns the statement that takes the key out of the ledger with an event.
pub(super) fn forget(key: &Recorded, author: &Author) -> String {
    let literal = |text: &str| quote::literal(text).expect("a text from the ledger has no NUL");
    let detail = format!("`{}` on `{}` is waiting again", key.constraint, key.table);
    RELEASE
        .replace("{schema}", &literal(&key.schema))
        .replace("{table}", &literal(&key.table))
        .replace("{name}", &literal(&key.name))
        .replace("{client}", &literal(&author.client))
        .replace("{tool_version}", &literal(TOOL_VERSION))
        .replace("{detail}", &literal(&detail))
}
