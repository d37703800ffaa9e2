//! What the line of a foreign key means, and what is wrong with one that means nothing.

use proptest::prelude::*;

use super::*;

fn key(text: &str) -> ForeignKey {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn a_line_says_the_columns_and_what_they_refer_to() {
    for (text, table, columns, place, target, referenced) in [
        ("customer_id -> customers.id", None, &["customer_id"][..], None, "customers", &["id"][..]),
        ("customer_id->customers", None, &["customer_id"], None, "customers", &[]),
        (
            "Order_Items.Product_ID -> product.id",
            Some("order_items"),
            &["product_id"],
            None,
            "product",
            &["id"],
        ),
        ("a -> auth.users.id", None, &["a"], Some("auth"), "users", &["id"]),
        ("t(a, b) -> o.u(x,y)", Some("t"), &["a", "b"], Some("o"), "u", &["x", "y"]),
        ("(a, b) -> u(x, y)", None, &["a", "b"], None, "u", &["x", "y"]),
        ("(a, b) -> u", None, &["a", "b"], None, "u", &[]),
        (r#""Order"."A.B" -> "Odd ""Table""".on"#, Some("Order"), &["A.B"], None, "Odd \"Table\"", &["on"]),
    ] {
        let key = key(text);
        assert_eq!(key.table.as_deref(), table, "{text}");
        assert_eq!(key.columns, owned(columns), "{text}");
        let expected =
            Target { place: place.map(str::to_owned), table: target.to_owned(), columns: owned(referenced) };
        assert_eq!(key.target, expected, "{text}");
    }
}

#[test]
fn clauses_come_in_any_order_and_any_case() {
    let one =
        key("a -> b ON DELETE SET NULL on update cascade match full deferrable initially deferred as a_b");
    assert_eq!(one, key("a -> b as a_b initially deferred match FULL on update cascade on delete set null"));
    assert_eq!(one.on_delete, Action::SetNull(Vec::new()));
    assert_eq!(one.on_update, Action::Cascade);
    assert_eq!((one.matching, one.deferral), (Matching::Full, Deferral::InitiallyDeferred));
    assert_eq!(one.name.as_deref(), Some("a_b"));
}

#[test]
fn what_is_the_default_may_be_said() {
    let said =
        "a -> b on delete no action on update no action match simple not deferrable initially immediate";
    assert_eq!(key(said), key("a -> b"));
    assert_eq!(key("a -> b deferrable").deferral, Deferral::Deferrable);
    assert_eq!(key("a -> b deferrable initially immediate").deferral, Deferral::Deferrable);
    assert_eq!(key("a -> b initially deferred").deferral, Deferral::InitiallyDeferred);
    assert_eq!(key("a -> b on delete restrict").on_delete, Action::Restrict);
}

#[test]
fn an_action_may_set_some_of_the_columns() {
    let one = key("t(tenant, owner) -> users(tenant, id) on delete set null (owner)");
    assert_eq!(one.on_delete, Action::SetNull(owned(&["owner"])));
    assert_eq!(one.to_string(), "t(tenant, owner) -> users(tenant, id) on delete set null (owner)");
}

#[test]
fn a_mistake_is_named_with_its_place() {
    for (text, offset, words) in [
        ("", 0, "the end of the text stands where a column or a table should be"),
        ("a", 1, "the end of the text stands where `->` should be"),
        ("a = b", 2, "`=` stands where `->` should be"),
        ("a -> ", 5, "the end of the text stands where a table should be"),
        (
            "a -> b c",
            7,
            "`c` stands where `on delete`, `on update`, `match`, `deferrable`, `initially` or `as` should be",
        ),
        (
            "a -> b on delete explode",
            17,
            "`explode` stands where `cascade`, `restrict`, `set null`, `set default` or `no action` should be",
        ),
        ("a -> b on insert cascade", 10, "`insert` stands where `delete` or `update` should be"),
        ("a -> b on delete set nul", 21, "`nul` stands where `null` or `default` should be"),
        ("a -> b on delete cascade on delete cascade", 25, "`on delete` is said twice"),
        (
            "a -> b not deferrable initially deferred",
            40,
            "`not deferrable` stands where `deferrable`, which `initially deferred` needs, should be",
        ),
        ("s.t.a -> b", 3, "the referencing table is one of the module itself: write it without a schema"),
        ("(a, b) -> c.d", 10, "2 referencing and 1 referenced columns do not fit each other"),
        (
            "a -> b.c.d.e",
            10,
            "`.` stands where `on delete`, `on update`, `match`, `deferrable`, `initially` or `as` should be",
        ),
        ("t(a) -> b on delete set null (c)", 29, "`c` is not a column of the key"),
        (
            "a -> b on update set null (a)",
            26,
            "`(` stands where `on delete`, `on update`, `match`, `deferrable`, `initially` or `as` should be",
        ),
        ("t() -> b", 2, "`)` stands where a column should be"),
        ("t(a b) -> c", 4, "`b` stands where `,` or `)` should be"),
        ("a -> \"b", 5, "the text ends inside a quoted name or comment"),
        ("a -> \"\"", 5, "`\"\"` stands where a table should be"),
    ] {
        let error = text.parse::<ForeignKey>().expect_err(text);
        assert_eq!((error.offset, error.to_string().as_str()), (offset, words), "{text}");
    }
}

#[test]
fn the_default_name_is_the_one_that_postgresql_gives() {
    // Read off a PostgreSQL 15.
    for (text, table, expected) in [
        ("product_id -> product.id", "order_items", "order_items_product_id_fkey"),
        ("(a, b) -> c", "t", "t_a_b_fkey"),
        (
            "a_column_with_a_name_that_is_rather_long -> c",
            "a_table_with_a_name_that_is_rather_long",
            "a_table_with_a_name_that_is_r_a_column_with_a_name_that_is_fkey",
        ),
        ("aäääääääääääääääääääääääääääääää -> c", "tä", "tä_aääääääääääääääääääääääääää_fkey"),
        ("a -> c", &"t".repeat(63), "tttttttttttttttttttttttttttttttttttttttttttttttttttttttt_a_fkey"),
    ] {
        let name = key(text).default_name(table);
        assert!(name.len() <= 63, "{name}");
        assert_eq!(name, expected, "{text} on {table}");
    }
}

fn names(most: usize) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[a-zA-Zä\" .0]{1,6}|on|match|order", 1..=most)
}

fn action(key: Vec<String>) -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::NoAction),
        Just(Action::Restrict),
        Just(Action::Cascade),
        Just(Action::SetNull(Vec::new())),
        Just(Action::SetDefault(key)),
    ]
}

prop_compose! {
    fn any_key()(columns in names(3))(
        on_delete in action(columns.clone()),
        on_update in action(Vec::new()),
        target in names(1), place in proptest::option::of("[a-z]{1,3}"),
        table in proptest::option::of("[a-zA-Z]{1,3}"), name in proptest::option::of("[a-z A-Z]{1,3}"),
        full in any::<bool>(), deferral in 0..3, columns in Just(columns),
    ) -> ForeignKey {
        ForeignKey {
            table,
            target: Target { place, table: target.concat(), columns: columns.clone() },
            columns,
            on_delete,
            on_update,
            matching: if full { Matching::Full } else { Matching::Simple },
            deferral: [Deferral::NotDeferrable, Deferral::Deferrable, Deferral::InitiallyDeferred][deferral as usize],
            name,
        }
    }
}

proptest! {
    #[test]
    fn a_key_reads_back_from_its_text(key in any_key()) {
        prop_assert_eq!(key.to_string().parse::<ForeignKey>(), Ok(key));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a-z ->.,()\"'/*$]{0,30}|.{0,20}") {
        if let Err(error) = text.parse::<ForeignKey>() {
            prop_assert!(error.offset <= text.len());
        }
    }
}
