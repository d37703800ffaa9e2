//! The deferred foreign keys of `schema.toml`: one line each.

use std::collections::BTreeSet;

use toml::Spanned;

use super::error::Problem;
use crate::model::ForeignKey;
use crate::model::foreign_key::ForeignKeyError;

/// Reads one line; `text` is the whole file.
pub(super) fn parse(line: &Spanned<String>, text: &str) -> Result<ForeignKey, Problem> {
    let (start, inside) = (line.span().start, line.get_ref());
    // A string of one line without escapes stands in the file as it is, one quote after its start.
    let plain = text.get(start + 1..).is_some_and(|rest| rest.starts_with(inside.as_str()));
    inside.parse().map_err(|error: ForeignKeyError| {
        let offset = if plain { start + 1 + error.offset } else { start };
        let message = format!(
            "`{inside}` is not a foreign key: {error}; one is written `order_items.product_id -> product.id on \
             delete cascade`, several columns as `items(tenant_id, no) -> stock(tenant_id, no)`"
        );
        Problem::manifest(text, offset, message)
    })
}

/// Reads the lines of one module; `text` is the whole file. Each must name its table, and no two may have one name there.
pub(super) fn read(lines: &[Spanned<String>], text: &str) -> Result<Vec<ForeignKey>, Problem> {
    let mut keys = Vec::with_capacity(lines.len());
    let mut names = BTreeSet::new();
    for line in lines {
        let (start, inside) = (line.span().start, line.get_ref());
        let key = parse(line, text)?;
        let Some(table) = &key.table else {
            let message = format!("`{inside}` names no table: write it as `table.column -> table.column`");
            return Err(Problem::manifest(text, start, message));
        };
        let name = key.name.clone().unwrap_or_else(|| key.default_name(table));
        if !names.insert((table.clone(), name.clone())) {
            let message = format!("`{name}` on `{table}` is declared twice: name one of them with `as`");
            return Err(Problem::manifest(text, start, message));
        }
        keys.push(key);
    }
    Ok(keys)
}
