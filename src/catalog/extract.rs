//! The part of a catalog that is in certain schemas, under other names. Pure.

use super::id::{Id, Kind};
use super::model::Catalog;
use super::renamed;

/// Returns what is in the schemas; each pair is a schema's name and the one that it gets. The schemas themselves are left
/// out.
#[must_use]
pub fn extract(mut catalog: Catalog, schemas: &[(String, String)]) -> Catalog {
    let inside = |id: &Id| schemas.iter().any(|(schema, _)| schema == id.schema());
    catalog.objects.retain(|id, _| id.kind() != Kind::Schema && inside(id));
    catalog.needs.retain(|id, needs| {
        needs.retain(|need| need.kind() != Kind::Schema && inside(need));
        inside(id) && !needs.is_empty()
    });
    catalog.unknown.clear();
    for (schema, name) in schemas {
        renamed::rename_schema(&mut catalog, schema, name);
    }
    catalog
}
