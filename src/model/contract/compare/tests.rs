//! Tests of the comparison: each way in which a schema can differ, and each in which it may.

use super::*;

fn places() -> BTreeMap<String, String> {
    BTreeMap::from([("auth".to_owned(), "auth_2".to_owned()), ("crm".to_owned(), "tenant".to_owned())])
}

fn key(text: &str) -> ForeignKey {
    text.parse().unwrap()
}

fn found_key(text: &str) -> FoundKey {
    FoundKey { name: "fk".to_owned(), key: key(text), to_primary_key: true, validated: true }
}

#[test]
fn a_foreign_key_is_met_by_what_it_means() {
    for (declared, found, met) in [
        ("a -> users", "a -> tenant.users.id", true),
        ("a -> users.id", "a -> tenant.users.id", true),
        ("a -> users.email", "a -> tenant.users.id", false),
        ("a -> crm.users.id", "a -> tenant.users.id", true),
        ("a -> auth.users.id", "a -> auth_2.users.id", true),
        ("a -> auth.users.id", "a -> auth.users.id", false),
        ("a -> elsewhere.users.id", "a -> elsewhere.users.id", true),
        ("a -> users.id", "a -> auth_2.users.id", false),
        ("a -> users.id on delete cascade", "a -> tenant.users.id", false),
        ("a -> users.id on update cascade", "a -> tenant.users.id on update cascade", true),
        ("a -> users.id deferrable", "a -> tenant.users.id deferrable initially deferred", false),
        ("(a, b) -> users(id, c)", "(a, b) -> tenant.users(id, c)", true),
        ("(a, b) -> users(id, c) match full", "(a, b) -> tenant.users(id, c)", false),
        ("a -> users.id as fk", "a -> tenant.users.id", true),
        ("a -> users.id as other", "a -> tenant.users.id", false),
    ] {
        let met_here = key_satisfies(&key(declared), &found_key(found), ("tenant", &places()));
        assert_eq!(met_here, met, "{declared} by {found}");
    }
    let unique = FoundKey { to_primary_key: false, ..found_key("a -> tenant.users.email") };
    assert!(!key_satisfies(&key("a -> users"), &unique, ("tenant", &places())));
}

#[test]
fn a_key_is_written_with_the_names_of_modules() {
    for (found, written) in [
        ("a -> tenant.users.id", "a -> users.id"),
        ("a -> auth_2.users.id", "a -> auth.users.id"),
        ("a -> public.users.id on delete cascade", "a -> public.users.id on delete cascade"),
    ] {
        assert_eq!(as_declared(&key(found), "tenant", &places()).to_string(), written);
    }
}

fn item(name: &str, definition: &str) -> Item {
    Item { name: name.to_owned(), definition: definition.to_owned(), defect: None, implied: false }
}

#[test]
fn an_entry_is_met_by_name_and_by_what_is_written_of_the_definition() {
    for (kind, entry, definition, met) in [
        (Kind::Index, "i", "(amount)", true),
        (Kind::Index, "i (amount)", "(amount)", true),
        (Kind::Index, "i (amount)", "(amount, id)", false),
        (Kind::Index, "j", "(amount)", false),
        (Kind::Function, "i()", "() returns trigger", true),
        (Kind::Function, "i() returns trigger", "() returns trigger", true),
        (Kind::Function, "i() returns text", "() returns trigger", false),
        (Kind::Function, "i(int)", "(integer) returns trigger", false),
        (Kind::Column, "i int", "integer default 3", true),
        (Kind::Column, "i int not null", "integer", false),
        (Kind::Extension, "i", "1.3", true),
        (Kind::Extension, "i 1.4", "1.3", false),
    ] {
        let entry = Entry::parse(entry, 1).unwrap();
        assert_eq!(satisfies(kind, &entry, &item("i", definition)), met, "{entry} by {definition}");
    }
}

fn texts(contract: &Contract, found: &Found) -> Vec<String> {
    compare(contract, found, ("crm", "tenant"), &places()).iter().map(ToString::to_string).collect()
}

#[test]
fn of_several_functions_of_one_name_any_may_be_meant() {
    let functions = |texts: &[&str]| texts.iter().map(|text| Entry::parse(text, 1).unwrap()).collect();
    let found = Found {
        lists: BTreeMap::from([(Kind::Function, vec![item("f", "(integer)"), item("f", "(text)")])]),
        ..Found::default()
    };
    let contract = |texts: &[&str]| Contract {
        lists: BTreeMap::from([(Kind::Function, functions(texts))]),
        ..Contract::default()
    };
    assert!(texts(&contract(&["f(text)", "f"]), &found).is_empty());
    assert_eq!(
        texts(&contract(&["f(date)"]), &found),
        ["function `tenant.f` is different: expected `(date)`, found `(integer); (text)`"]
    );
}

#[test]
fn strict_closes_what_is_listed_and_nothing_else() {
    let table = |name: &str| (name.to_owned(), FoundTable::default());
    let mut found = Found { tables: BTreeMap::from([table("a"), table("b")]), ..Found::default() };
    let listed = found.tables.get_mut("a").unwrap();
    let constraint = Item { implied: true, ..item("a_pkey", "unique (id)") };
    listed.lists.insert(Kind::Index, vec![item("stray", "(x)"), constraint]);
    listed.lists.insert(Kind::Trigger, vec![item("not_listed", "")]);
    listed.foreign_keys = vec![found_key("late -> tenant.b.id"), found_key("c -> tenant.b.id")];
    let partition = FoundTable { partition: true, ..FoundTable::default() };
    found.tables.insert("a_2026".to_owned(), partition);
    let declared = DeclaredTable {
        name: "a".to_owned(),
        lists: BTreeMap::from([(Kind::Index, Vec::new())]),
        foreign_keys: Some(Vec::new()),
        ..DeclaredTable::default()
    };
    let deferred = vec![key("a.late -> b.id")];
    let mut contract = Contract { tables: vec![declared], deferred, ..Contract::default() };
    assert!(texts(&contract, &found).is_empty());
    contract.strict = true;
    assert_eq!(
        texts(&contract, &found),
        [
            "index `stray` of `tenant.a` is not declared: `(x)`",
            "foreign key `fk` of `tenant.a` is not declared: `c -> b.id`",
            "table `tenant.b` is not declared",
        ]
    );
}

#[test]
fn a_pending_migration_takes_back_only_what_it_may_change() {
    use super::super::Words;
    let declared = DeclaredTable {
        name: "a".to_owned(),
        lists: BTreeMap::from([(Kind::Index, vec![Entry::parse("a_x", 1).unwrap()])]),
        foreign_keys: Some(vec![super::super::DeclaredKey { key: key("x -> other.id"), line: 1 }]),
        ..DeclaredTable::default()
    };
    let contract = Contract { tables: vec![declared], ..Contract::default() };
    let found =
        Found { tables: BTreeMap::from([("a".to_owned(), FoundTable::default())]), ..Found::default() };
    let [index, foreign_key] = &compare(&contract, &found, ("crm", "tenant"), &places())[..] else {
        panic!("an index and a foreign key are missing");
    };
    for (sql, of_index, of_key) in [
        ("CREATE INDEX \"A_X\" ON somewhere (x)", true, false),
        ("ALTER TABLE a ADD x int", true, true),
        ("DROP TABLE other CASCADE", false, true),
        ("CREATE TABLE b ()", false, false),
        ("", false, false),
    ] {
        let words = Words::of([sql]);
        assert_eq!(
            (index.may_be_pending(&words), foreign_key.may_be_pending(&words)),
            (of_index, of_key),
            "{sql}"
        );
    }
}
