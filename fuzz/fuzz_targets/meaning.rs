//! Asks any text, as a statement, what it means: `RUSTC_BOOTSTRAP=1 cargo fuzz run meaning`.
#![no_main]

use std::collections::BTreeMap;

use crmdb::sql::{QualifiedName, lexemes, meaning, quote, rename_qualifiers, unqualified};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|sql: &str| {
    let _ = (meaning::control(sql), meaning::refusal(sql), meaning::effect(sql), meaning::change(sql));
    let _ = (meaning::rows_lost(sql), meaning::may_destroy(sql), meaning::changes_rows(sql));
    let _ = (meaning::filled_tables(sql), meaning::role_change(sql), meaning::created_extension(sql));
    if let Ok(batch) = meaning::batch(sql) {
        let ranged = batch.within(sql, "true");
        let _ = (1..=ranged.sql.chars().count()).filter_map(|at| ranged.character(u32::try_from(at).ok()?)).count();
    }
    let _ = lexemes(sql);
    let nothing = BTreeMap::new();
    assert_eq!(rename_qualifiers(sql, &nothing), sql);
    let _ = unqualified(sql, "a");
    if let Ok(quoted) = quote::identifier(sql) {
        assert_eq!(QualifiedName::parse(&quoted).map(|name| name.name), Some(sql.to_owned()));
    }
});
