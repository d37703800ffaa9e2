//! The blast radius as programs read it: a strict mirror of its part of the JSON document.

use serde::Deserialize;

use super::filled;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Blast {
    pub(super) losses: Vec<Loss>,
    pub(super) gone: Vec<Vanished>,
    pub(super) locks: Vec<Lock>,
    /// Its fields are those of `tests/it/budget.rs`.
    pub(super) costs: Vec<serde_json::Value>,
    pub(super) unseen: Vec<String>,
    pub(super) users: Vec<User>,
    pub(super) unknown: Option<String>,
    pub(super) kept: Vec<serde_json::Value>,
    pub(super) unkept: Option<String>,
    pub(super) kept_in: Option<String>,
    pub(super) recorded: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Loss {
    pub(super) migration: String,
    pub(super) relation: Relation,
    pub(super) lost: String,
    pub(super) column: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) array: Option<bool>,
    pub(super) of: Option<String>,
    pub(super) value: Option<String>,
    pub(super) with: String,
    pub(super) amount: Amount,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Relation {
    pub(super) schema: String,
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Amount {
    pub(super) rows: u64,
    pub(super) certainty: String,
    pub(super) bytes: Option<u64>,
    pub(super) since: Option<Since>,
    pub(super) why: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    pub(super) rows: u64,
    pub(super) by: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vanished {
    pub(super) migration: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) with: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lock {
    pub(super) migration: String,
    pub(super) relation: Relation,
    pub(super) mode: String,
    pub(super) bytes: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct User {
    pub(super) pid: i32,
    pub(super) role: String,
    pub(super) application: String,
    pub(super) host: String,
    pub(super) state: String,
    pub(super) seconds: i64,
    pub(super) relation: Relation,
    pub(super) mode: String,
}

#[test]
fn programs_read_the_same() {
    let (project, database) = filled();
    let mut reader = database.client();
    reader.batch_execute("BEGIN; SELECT FROM customers").unwrap();
    let output = project.run(&database, "migrate down --dry-run --format json").expect(0);
    let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let blast: Blast = serde_json::from_value(document["blast"].clone()).unwrap();
    let loss = |lost: &str| blast.losses.iter().find(|loss| loss.lost == lost).unwrap();
    let column = loss("column");
    assert_eq!((column.column.as_deref(), column.migration.as_str()), (Some("industry"), "V2__changes.sql"));
    assert_eq!((column.relation.schema.as_str(), column.relation.name.as_str()), ("public", "customers"));
    assert_eq!(
        (column.amount.rows, column.amount.certainty.as_str(), column.amount.bytes),
        (5, "exact", Some(30))
    );
    let since = column.amount.since.as_ref().unwrap();
    assert_eq!((since.rows, since.by.as_str()), (1, "created_at"));
    assert!(column.with.is_empty() && column.amount.why.is_none());
    let converted = loss("converted");
    assert_eq!(
        (converted.from.as_deref(), converted.to.as_deref()),
        (Some("numeric(10,4)"), Some("numeric(8,2)"))
    );
    let value = loss("enum-value");
    assert_eq!(
        (value.of.as_deref(), value.value.as_deref(), value.array),
        (Some("public.mood"), Some("angry"), Some(false))
    );
    assert_eq!((value.amount.rows, loss("some-rows").amount.certainty.as_str()), (5, "at-most"));
    let gone: Vec<_> = blast.gone.iter().map(|gone| (gone.kind.as_str(), gone.name.as_str())).collect();
    assert_eq!(gone, [("view", "view public.glad"), ("policy", "policy mine of public.orders")]);
    assert!(blast.gone.iter().all(|gone| gone.with.is_empty() && gone.migration == "V2__changes.sql"));
    let lock = blast.locks.iter().find(|lock| lock.relation.name == "orders").unwrap();
    assert!(lock.mode == "access-exclusive" && lock.bytes.unwrap() > 0 && lock.migration == column.migration);
    let user = &blast.users[0];
    assert!(user.pid > 0 && user.seconds >= 0 && user.application.is_empty() && user.host == "local");
    assert_eq!((user.role.as_str(), user.state.as_str()), ("postgres", "idle in transaction"));
    assert_eq!((user.relation.name.as_str(), user.mode.as_str()), ("customers", "access-share"));
    assert!(blast.kept.is_empty() && blast.unkept.is_none() && blast.kept_in.is_none());
    assert!(blast.unknown.is_none() && blast.unseen.is_empty() && !blast.costs.is_empty());

    let refused = project.run(&database, "migrate down --format json").expect(4);
    let document: serde_json::Value = serde_json::from_str(&refused.stdout).unwrap();
    assert_eq!(document["error"]["code"], "data-loss");
}
