//! One short value for what a schema holds, equal where [`diff`](super::diff::diff) finds nothing. Pure.

use super::diff::{Aspect, Options, flat};
use super::model::Catalog;
use super::scope::scoped;
use crate::model::Checksum;

/// Returns the fingerprint of what `schema` holds, owners and privileges left out: those are the target's own affair.
///
/// Definitions are the server's words, so fingerprints compare only between servers of one major version.
#[must_use]
pub fn fingerprint(catalog: &Catalog, schema: &str) -> Checksum {
    of(catalog, vec![schema.to_owned()])
}

/// Returns the fingerprint of everything that the database holds, owners and privileges left out.
#[must_use]
pub fn whole(catalog: &Catalog) -> Checksum {
    of(catalog, Vec::new())
}

fn of(catalog: &Catalog, schemas: Vec<String>) -> Checksum {
    let options =
        Options { schemas, ignore: [Aspect::Owner, Aspect::Privileges].into(), ..Options::default() };
    let scoped = scoped(catalog, &options);
    let mut text = String::new();
    for (id, entry) in &scoped.objects {
        text += &format!("{id:?} {}\n", serde_json::to_string(&flat(entry)).unwrap_or_default());
    }
    Checksum::of(&text)
}
