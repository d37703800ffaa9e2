//! Which deferred keys a rollback takes back to waiting before it runs.

use super::Recorded;
use crate::model::Step;

/// Returns the keys that `step` might stand on: those with a table that its text names.
///
/// What a statement does to a table can't be told from its text (it may be in a `DO` block or a function), but a rollback
/// that drops a table, a column or a unique constraint names the table. A name is looked for as a word, anywhere, also in
/// strings and comments: a key too many is put back after the rollback, a missing one would stop it.
pub fn released_by<'a>(step: &Step, recorded: &'a [Recorded]) -> Vec<&'a Recorded> {
    let text = step.script.text.to_lowercase();
    let named = |schema: &str, table: &str| {
        (schema == step.schema || has_word(&text, schema)) && has_word(&text, table)
    };
    recorded
        .iter()
        .filter(|key| {
            let target = &key.definition.target;
            let target_schema = target.place.as_deref().unwrap_or(&key.schema);
            named(&key.schema, &key.table) || named(target_schema, &target.table)
        })
        .collect()
}

fn has_word(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let name = name.to_lowercase();
    text.match_indices(&name)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::deferred::Progress;
    use crate::model::{Direction, Mode, Script, Version};
    use jiff::Timestamp;

    fn key(schema: &str, line: &str) -> Recorded {
        let definition: crate::model::ForeignKey = line.parse().unwrap();
        Recorded {
            module: "erp".to_owned(),
            schema: schema.to_owned(),
            table: definition.table.clone().unwrap(),
            name: "k".to_owned(),
            constraint: "k".to_owned(),
            definition,
            progress: Progress::Valid,
            tables: (1, 2),
            changed_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn released(text: &str) -> Vec<String> {
        let script = Script::new("rollbacks/erp/V1__a.sql", text);
        let step = Step {
            direction: Direction::Down,
            module: "erp".to_owned(),
            schema: "erp".to_owned(),
            version: Version(1),
            file: "V1__a.sql".to_owned(),
            checksum: script.checksum,
            script,
            rollback: None,
            mode: Mode::Transaction,
            boundary: false,
            releases: Vec::new(),
        };
        let keys = [
            key("erp", "items.product_id -> erp.product.id"),
            key("erp", "leads.order_id -> erp.\"Orders\".id"),
            key("sales", "visits.user_id -> auth.users.id"),
        ];
        released_by(&step, &keys).iter().map(|key| key.table.clone()).collect()
    }

    #[test]
    fn a_rollback_releases_the_keys_of_the_tables_that_it_names() {
        for (text, expected) in [
            ("drop table product;", &["items"][..]),
            ("DROP TABLE IF EXISTS erp.Items CASCADE;", &["items"]),
            ("alter table \"Orders\" drop column total;", &["leads"]),
            ("do $$ begin execute 'drop table product, leads'; end $$;", &["items", "leads"]),
            ("drop table products, my_items, items2;", &[]),
            ("drop table users;", &[]),
            ("drop table auth.users;", &["visits"]),
            ("drop index product_sku_idx;", &[]),
            ("", &[]),
        ] {
            assert_eq!(released(text), expected, "{text}");
        }
    }
}
