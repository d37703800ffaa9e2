//! What can be cut into ranges, where the range goes, and what is refused.

use super::*;

fn ranged(statement: &str) -> String {
    let batch = batch(statement).unwrap_or_else(|reason| panic!("{statement}: {reason}"));
    format!("{} | {} | {}", batch.table, batch.alias, batch.within(statement, "R").sql)
}

#[test]
fn the_range_is_written_where_the_rows_are_chosen() {
    for (statement, expected) in [
        ("UPDATE t SET a = 1", "t | t | UPDATE t SET a = 1 WHERE R"),
        ("update only s.t * as x set a = 1;", "s.t | x | update only s.t * as x set a = 1 WHERE R;"),
        (
            "UPDATE \"T\".\"A b\" SET a = 1 -- note",
            "\"T\".\"A b\" | \"A b\" | UPDATE \"T\".\"A b\" SET a = 1 WHERE R -- note",
        ),
        (
            "UPDATE t SET a = 1 WHERE b OR c -- d\n;",
            "t | t | UPDATE t SET a = 1 WHERE R AND (b OR c) -- d\n;",
        ),
        (
            "UPDATE t x SET a = s.a FROM s WHERE s.id = x.id",
            "t | x | UPDATE t x SET a = s.a FROM s WHERE R AND (s.id = x.id)",
        ),
        ("UPDATE t SET a = s.a FROM s", "t | t | UPDATE t SET a = s.a FROM s WHERE R"),
        (
            "UPDATE t SET a = (SELECT max(b) FROM s WHERE s.id = t.id) WHERE a IS DISTINCT FROM 1",
            "t | t | UPDATE t SET a = (SELECT max(b) FROM s WHERE s.id = t.id) WHERE R AND (a IS DISTINCT FROM 1)",
        ),
        ("UPDATE t SET a = b IS DISTINCT FROM c", "t | t | UPDATE t SET a = b IS DISTINCT FROM c WHERE R"),
        ("DELETE FROM t", "t | t | DELETE FROM t WHERE R"),
        (
            "DELETE FROM t USING s WHERE s.id = t.id;",
            "t | t | DELETE FROM t USING s WHERE R AND (s.id = t.id);",
        ),
        (
            "INSERT INTO n (a, b) SELECT o.a, lower(b) FROM s.old o",
            "s.old | o | INSERT INTO n (a, b) SELECT o.a, lower(b) FROM s.old o WHERE R",
        ),
        (
            "INSERT INTO n SELECT * FROM old LEFT JOIN x ON x.id = old.x ON CONFLICT (a) DO UPDATE SET b = 1 WHERE n.b > 0",
            "old | old | INSERT INTO n SELECT * FROM old LEFT JOIN x ON x.id = old.x WHERE R ON CONFLICT (a) DO UPDATE SET b = 1 \
             WHERE n.b > 0",
        ),
        (
            "INSERT INTO n AS m (a) OVERRIDING SYSTEM VALUE SELECT a FROM old, x WHERE old.x = x.id ON CONFLICT DO NOTHING",
            "old | old | INSERT INTO n AS m (a) OVERRIDING SYSTEM VALUE SELECT a FROM old, x WHERE R AND (old.x = x.id) \
             ON CONFLICT DO NOTHING",
        ),
        (
            "INSERT INTO n SELECT right(a, 2) FROM old",
            "old | old | INSERT INTO n SELECT right(a, 2) FROM old WHERE R",
        ),
        (
            "INSERT INTO n SELECT extract(year FROM at) AS \"order\", x AS limit FROM old",
            "old | old | INSERT INTO n SELECT extract(year FROM at) AS \"order\", x AS limit FROM old WHERE R",
        ),
    ] {
        assert_eq!(ranged(statement), expected);
    }
}

#[test]
fn what_would_be_something_else_in_ranges_is_refused() {
    use Unbatched::{Has, NotAChange, ReadsItself};
    for (statement, reason) in [
        ("SELECT 1", NotAChange),
        ("TRUNCATE t", NotAChange),
        ("INSERT INTO n VALUES (1)", NotAChange),
        ("INSERT INTO n SELECT 1", NotAChange),
        ("INSERT INTO n SELECT * FROM generate_series(1, 9)", NotAChange),
        ("INSERT INTO n TABLE old", NotAChange),
        ("WITH a AS (SELECT 1) UPDATE t SET b = 1", Has("WITH")),
        ("UPDATE t SET a = 1 RETURNING a", Has("returning")),
        ("DELETE FROM t WHERE CURRENT OF c", Has("WHERE CURRENT OF")),
        ("INSERT INTO n SELECT a FROM old ORDER BY a", Has("order")),
        ("INSERT INTO n SELECT DISTINCT a FROM old", Has("distinct")),
        ("INSERT INTO n SELECT a FROM old GROUP BY a", Has("group")),
        ("INSERT INTO n SELECT row_number() OVER () FROM old", Has("over")),
        ("INSERT INTO n SELECT a FROM old UNION SELECT b FROM x", Has("union")),
        ("INSERT INTO n SELECT a FROM old RIGHT JOIN x ON true", Has("right")),
        ("INSERT INTO n SELECT a FROM old LIMIT 5", Has("limit")),
        ("UPDATE t SET a = b.a FROM t b WHERE b.id = t.id - 1", ReadsItself),
        ("UPDATE t SET a = (SELECT max(a) FROM s.t)", ReadsItself),
        ("DELETE FROM t WHERE EXISTS (SELECT FROM x, t u WHERE u.id > t.id)", ReadsItself),
        ("INSERT INTO n SELECT a FROM old WHERE NOT EXISTS (SELECT FROM n WHERE n.a = old.a)", ReadsItself),
        ("INSERT INTO n SELECT a FROM n", ReadsItself),
        ("UPDATE t SET a = (1", Unbatched::Unreadable),
        ("UPDATE t SET a = 1 WHERE", Unbatched::Unreadable),
    ] {
        assert_eq!(batch(statement), Err(reason), "{statement}");
    }
}

#[test]
fn assigned_columns_and_called_functions_are_told() {
    let assigned = |statement: &str| batch(statement).unwrap().assigned;
    assert_eq!(
        assigned("UPDATE t SET a = f(b, c), \"B\" = 2, (c, d) = (SELECT 1, 2) WHERE e = 1"),
        ["a", "B", "c", "d"]
    );
    let called =
        batch("INSERT INTO n SELECT count(*), (SELECT max(b) FROM x), s.lower(a) FROM old WHERE abs(a) > 1");
    assert_eq!(called.unwrap().called, ["abs", "count", "lower"]);
}

#[test]
fn a_place_in_the_sql_is_a_place_in_the_statement() {
    let statement = "UPDATE té SET a = 1 WHERE b = c; ";
    let ranged = batch(statement).unwrap().within(statement, "(té.id) > (1)");
    for (at, own) in statement.chars().enumerate().filter(|(_, c)| "tabc;".contains(*c)) {
        let found = ranged.sql.char_indices().filter(|(_, c)| *c == own).count();
        assert!(found > 0, "{at}");
    }
    let of_sql =
        |word: &str| u32::try_from(ranged.sql.split(word).next().unwrap().chars().count() + 1).unwrap();
    let own = |word: &str| u32::try_from(statement.split(word).next().unwrap().chars().count() + 1).unwrap();
    for word in ["té", "a = 1", "b = c", ";"] {
        assert_eq!(ranged.character(of_sql(word)), Some(own(word)), "{word}");
    }
    assert_eq!(ranged.character(of_sql("(té.id) >")), None);
    assert_eq!(ranged.character(0), None);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "(update|delete|insert|into|from|select|where|set|t|,|\\(|\\)|\\.|=|a|on|conflict| |;|')*") {
        if let Ok(batch) = batch(&text) {
            let ranged = batch.within(&text, "R");
            proptest::prop_assert!(ranged.sql.len() > text.len());
        }
    }
}
