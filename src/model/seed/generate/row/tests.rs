//! Made-up rows against the constraints of small tables.

use super::*;
use crate::model::seed::table::tests::{column, reference, table};
use crate::model::seed::{Column, Table, Unique};

fn rows(table: &Table, pools: &[&[&str]], count: usize) -> Result<Vec<Vec<Option<String>>>, Stopped> {
    let layout = Layout::new(table).unwrap();
    let mut generator = Generator::new(&layout, Start { seed: 1, rows: 0 });
    for (index, pool) in pools.iter().enumerate() {
        generator.offer(index, pool.iter().map(|&id| vec![id.to_owned()]).collect());
    }
    let text = |value: &Option<Value>| value.as_ref().and_then(Value::text);
    (0..count).map(|_| Ok(generator.next_row()?.iter().map(text).collect())).collect()
}

fn typed(name: &str, base: &str) -> Column {
    let category = if base.starts_with("int") { "N" } else { "S" };
    Column { base: base.to_owned(), category: category.to_owned(), ..column(name) }
}

#[test]
fn rows_satisfy_their_checks() {
    let mut stock = table(1, "stock", &["id", "product", "variant", "material", "low", "high", "state"]);
    stock.columns[4] = typed("low", "int4");
    stock.columns[5] = typed("high", "int4");
    stock.checks = vec![
        "(num_nonnulls(product, variant, material) = 1)".to_owned(),
        "(high > low)".to_owned(),
        "(state = ANY (ARRAY['open'::text, 'closed'::text]))".to_owned(),
        "((state <> 'closed'::text) OR (high < 500))".to_owned(),
    ];
    for row in rows(&stock, &[], 300).unwrap() {
        assert_eq!(row[1..4].iter().flatten().count(), 1, "{row:?}");
        let number = |at: usize| row[at].as_ref().map(|text: &String| text.parse::<i64>().unwrap());
        assert!(number(4).zip(number(5)).is_none_or(|(low, high)| high > low), "{row:?}");
        assert!(row[6].as_deref().is_none_or(|state| ["open", "closed"].contains(&state)), "{row:?}");
    }
}

#[test]
fn unique_keys_hold_partial_ones_and_those_of_expressions_too() {
    let mut users = table(1, "users", &["email", "owner", "is_main", "deleted"]);
    users.primary_key.clear();
    users.columns[2] = Column { not_null: true, category: "B".to_owned(), ..typed("is_main", "bool") };
    users.foreign_keys = vec![reference("owner", 2)];
    let unique = |columns: &[&str], expressions: &[&str], predicate: Option<&str>| Unique {
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        expressions: expressions.iter().map(|&sql| sql.to_owned()).collect(),
        predicate: predicate.map(str::to_owned),
        nulls_equal: false,
        reads: ["email", "owner", "is_main"].iter().map(|&name| name.to_owned()).collect(),
    };
    users.uniques = vec![
        unique(&[], &["lower(email)"], None),
        unique(&["owner"], &[], Some("(is_main AND (deleted IS NULL))")),
    ];
    let rows = rows(&users, &[&["1", "2", "3", "4", "5", "6"]], 200);
    // Each owner can be taken only once by the exclusive reference, so the other rows go without one.
    let rows = rows.unwrap();
    let mut emails: Vec<_> =
        rows.iter().filter_map(|row| row[0].clone()).map(|mail| mail.to_lowercase()).collect();
    let before = emails.len();
    emails.sort();
    emails.dedup();
    assert_eq!(emails.len(), before);
}

#[test]
fn an_exclusive_reference_takes_each_row_once_and_then_stops() {
    let mut profiles = table(1, "profiles", &["user"]);
    profiles.columns[0].not_null = true;
    profiles.foreign_keys = vec![reference("user", 2)];
    let two = rows(&profiles, &[&["a", "b"]], 2).unwrap();
    assert_ne!(two[0], two[1]);
    let stopped = rows(&profiles, &[&["a", "b"]], 3).unwrap_err();
    assert_eq!(stopped.reason, "there is no row left that `user` could refer to");
}

#[test]
fn the_same_seed_gives_the_same_rows() {
    let people = table(1, "people", &["id", "name", "email", "note"]);
    assert_eq!(rows(&people, &[], 50), rows(&people, &[], 50));
    let layout = Layout::new(&people).unwrap();
    let other = Generator::new(&layout, Start { seed: 2, rows: 0 }).next_row().unwrap().to_vec();
    assert_ne!(Generator::new(&layout, Start { seed: 1, rows: 0 }).next_row().unwrap(), other);
}

#[test]
fn what_can_not_be_satisfied_is_told() {
    let mut odd = table(1, "odd", &["id", "n"]);
    odd.columns[1] = Column { not_null: true, ..typed("n", "int4") };
    odd.checks = vec!["((n % 2) = 5)".to_owned()];
    assert_eq!(rows(&odd, &[], 1).unwrap_err().reason, "no row satisfies CHECK ((n % 2) = 5)");
}
