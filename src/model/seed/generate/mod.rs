//! Rows made up from the catalog alone: what its types, constraints and names allow.
//!
//! A row is made up whole and then judged by the table's CHECK conditions and unique keys; the columns of what fails are
//! made up again. What can't be judged here (an unknown function) is left to the server.

mod domain;
mod evaluate;
mod expression;
mod layout;
mod pattern;
mod pool;
mod row;
mod sample;
mod text;
mod value;
mod words;

pub use layout::{KeySql, Layout, Reference};
pub use row::{Generator, Start, Stopped};
pub use value::{TimeForm, Value, write_field};

use super::order::by_references;
use super::{SeedFinding, Table, Tables};

/// Returns the tables that are filled, in the order of their references: those that are named, else all in the schemas.
pub fn chosen<'a>(
    tables: &'a Tables,
    named: &[String],
    schemas: &[String],
) -> Result<Vec<&'a Table>, Vec<SeedFinding>> {
    let inside = |table: &&Table| schemas.contains(&table.schema);
    let mut oids = Vec::new();
    let mut findings = Vec::new();
    for name in named {
        let found: Vec<&Table> = tables
            .iter()
            .filter(|table| table.label() == *name || (table.name == *name && inside(table)))
            .collect();
        match found.as_slice() {
            [only] => oids.push(only.oid),
            _ => findings.push(SeedFinding::UnknownTable { table: name.clone() }),
        }
    }
    if named.is_empty() {
        let mut all: Vec<&Table> = tables.iter().filter(inside).collect();
        all.sort_by_key(|table| table.label());
        oids.extend(all.iter().map(|table| table.oid));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(by_references(tables, &oids).into_iter().filter_map(|oid| tables.by_oid(oid)).collect())
}
