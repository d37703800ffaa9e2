//! The JSON Schema of `schema.toml`: it names the keys that crmdb takes, and no others.

use std::collections::BTreeSet;

use crmdb::project::Manifest;
use serde_json::Value;

/// Returns the keys that crmdb says it takes where it does not know one; `head` is the header of their table.
fn taken(head: &str) -> BTreeSet<String> {
    let refusal = Manifest::parse(&format!("{head}\n\"no such key\" = 1\n")).unwrap_err().to_string();
    let (_, expected) = refusal.split_once("expected").unwrap_or_else(|| panic!("{refusal}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_json_schema_names_the_keys_that_are_taken() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/schema.toml.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (head, place) in [
        ("", ""),
        ("[database]", "/properties/database"),
        ("[ledger]", "/properties/ledger"),
        ("[execution]", "/properties/execution"),
        ("[rescue]", "/properties/rescue"),
        ("[policy]", "/properties/policy"),
        ("[modules.a]", "/definitions/module"),
        ("[modules.a.tables.t]", "/definitions/table"),
    ] {
        let object = schema.pointer(place).unwrap();
        let described: BTreeSet<String> = object["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(described, taken(head), "{head}");
        assert_eq!(object["additionalProperties"], Value::Bool(false), "{head}");
    }
}

#[test]
fn every_list_of_the_contract_takes_texts_alone() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/schema.toml.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (place, head) in
        [("/definitions/table", "[modules.a.tables.t]"), ("/definitions/module", "[modules.a]")]
    {
        for (key, described) in schema.pointer(place).unwrap()["properties"].as_object().unwrap() {
            if described["$ref"] == "#/definitions/names" {
                let error = Manifest::parse(&format!("{head}\n{key} = [1]\n")).unwrap_err().to_string();
                assert!(error.contains("expected a string"), "{key}: {error}");
                Manifest::parse(&format!("{head}\n{key} = []\n")).unwrap();
            }
        }
    }
}
