//! The queries that read a schema's objects, and what their rows become.

use std::collections::BTreeSet;

use tokio_postgres::Row;

use crate::model::contract::{Found, FoundKey, FoundTable, Item, Kind, RowSecurity, fold};
use crate::model::foreign_key::{Action, Deferral, ForeignKey, Matching, Target};

const RELATIONS: &str = include_str!("../queries/contract/relations.sql");
const ENUMS: &str = include_str!("../queries/contract/enums.sql");
const COLUMNS: &str = include_str!("../queries/contract/columns.sql");
const INDEXES: &str = include_str!("../queries/contract/indexes.sql");
const CONSTRAINTS: &str = include_str!("../queries/contract/constraints.sql");
const UNIQUE_INDEXES: &str = include_str!("../queries/contract/unique_indexes.sql");
const POLICIES: &str = include_str!("../queries/contract/policies.sql");
const TRIGGERS: &str = include_str!("../queries/contract/triggers.sql");
const FUNCTIONS: &str = include_str!("../queries/contract/functions.sql");
const EXTENSIONS: &str = include_str!("../queries/contract/extensions.sql");
const VIEWS: &str = include_str!("../queries/contract/views.sql");
const SEQUENCES: &str = include_str!("../queries/contract/sequences.sql");
const DOMAINS: &str = include_str!("../queries/contract/domains.sql");

/// Every query with the kinds that it reads; relations come first, because the others add to their tables.
const QUERIES: [(&str, &[Kind]); 13] = [
    (RELATIONS, &[]),
    (ENUMS, &[Kind::Enum]),
    (COLUMNS, &[Kind::Column]),
    (INDEXES, &[Kind::Index]),
    (CONSTRAINTS, &[Kind::PrimaryKey, Kind::Unique, Kind::Check, Kind::ForeignKey]),
    (UNIQUE_INDEXES, &[Kind::Unique]),
    (POLICIES, &[Kind::Policy]),
    (TRIGGERS, &[Kind::Trigger]),
    (FUNCTIONS, &[Kind::Function]),
    (EXTENSIONS, &[Kind::Extension]),
    (VIEWS, &[Kind::ViewDefinition]),
    (SEQUENCES, &[Kind::Sequence]),
    (DOMAINS, &[Kind::Domain]),
];

/// Returns the queries that read these kinds, in the order they are sent.
pub(super) fn statements(wanted: &BTreeSet<Kind>) -> impl Iterator<Item = &'static str> {
    QUERIES
        .into_iter()
        .filter(|(_, kinds)| kinds.is_empty() || kinds.iter().any(|kind| wanted.contains(kind)))
        .map(|(sql, _)| sql)
}

/// Adds the rows that `sql` returned to what is found.
pub(super) fn take(sql: &'static str, rows: &[Row], wanted: &BTreeSet<Kind>, found: &mut Found) {
    match sql {
        RELATIONS => relations(rows, wanted, found),
        ENUMS => {
            found.enums = rows.iter().map(|row| (row.get("name"), row.get("labels"))).collect();
        }
        COLUMNS => of_tables(rows, Kind::Column, found),
        INDEXES => of_tables(rows, Kind::Index, found),
        POLICIES => of_tables(rows, Kind::Policy, found),
        TRIGGERS => of_tables(rows, Kind::Trigger, found),
        CONSTRAINTS => rows.iter().for_each(|row| constraint(row, found)),
        UNIQUE_INDEXES => {
            for row in rows {
                let item = Item { implied: true, ..named(columns(row, "columns").join(", ")) };
                add(row, Kind::Unique, item, found);
            }
        }
        FUNCTIONS => list(rows, Kind::Function, found),
        // In place of the names alone.
        VIEWS => list(rows, Kind::View, found),
        SEQUENCES => list(rows, Kind::Sequence, found),
        DOMAINS => list(rows, Kind::Domain, found),
        _ => list(rows, Kind::Extension, found),
    }
}

/// Adds how the schema and its tables are distributed.
pub(super) fn distribution(rows: &[Row], found: &mut Found) {
    let (of_schema, of_table): (Vec<&Row>, Vec<&Row>) =
        rows.iter().partition(|row| row.get::<_, Option<&str>>("owner").is_none());
    found.lists.insert(Kind::Distribution, of_schema.into_iter().map(item).collect());
    of_table.into_iter().for_each(|row| add(row, Kind::Distribution, item(row), found));
}

fn list(rows: &[Row], kind: Kind, found: &mut Found) {
    found.lists.insert(kind, rows.iter().map(item).collect());
}

fn relations(rows: &[Row], wanted: &BTreeSet<Kind>, found: &mut Found) {
    let mut views = Vec::new();
    for row in rows {
        let name: String = row.get("name");
        if row.get("is_view") {
            views.push(named(name));
            continue;
        }
        let table = FoundTable {
            partition: row.get("is_partition"),
            row_level_security: match (row.get("row_level_security"), row.get("forced")) {
                (false, _) => RowSecurity::Off,
                (true, false) => RowSecurity::On,
                (true, true) => RowSecurity::Forced,
            },
            ..FoundTable::default()
        };
        found.tables.insert(name, table);
    }
    if wanted.contains(&Kind::View) {
        found.lists.insert(Kind::View, views);
    }
}

fn named(name: String) -> Item {
    Item { name, definition: String::new(), defect: None, implied: false }
}

fn item(row: &Row) -> Item {
    Item {
        name: row.get("name"),
        definition: fold(row.get("definition")),
        defect: row.get("defect"),
        implied: row.get("implied"),
    }
}

fn of_tables(rows: &[Row], kind: Kind, found: &mut Found) {
    for row in rows {
        add(row, kind, item(row), found);
    }
}

/// Rows of other relations than tables, such as the indexes of a materialized view, have no place in a contract.
fn add(row: &Row, kind: Kind, item: Item, found: &mut Found) {
    if let Some(table) = found.tables.get_mut(row.get::<_, &str>("owner")) {
        table.lists.entry(kind).or_default().push(item);
    }
}

fn columns(row: &Row, name: &str) -> Vec<String> {
    row.get(name)
}

fn constraint(row: &Row, found: &mut Found) {
    let Some(table) = found.tables.get_mut(row.get::<_, &str>("owner")) else { return };
    let validated: bool = row.get("validated");
    match row.get("kind") {
        "p" => table.primary_key = columns(row, "columns"),
        "u" => {
            let unique = named(columns(row, "columns").join(", "));
            table.lists.entry(Kind::Unique).or_default().push(unique);
        }
        "c" => {
            let definition = fold(row.get("definition"));
            let definition = definition.strip_suffix(" not valid").unwrap_or(&definition).to_owned();
            let defect = "is not valid: rows that were there before it were not checked";
            let defect = (!validated).then(|| defect.to_owned());
            let check = Item { definition, defect, ..named(row.get("name")) };
            table.lists.entry(Kind::Check).or_default().push(check);
        }
        _ => {
            let key = FoundKey {
                name: row.get("name"),
                key: foreign_key(row),
                to_primary_key: row.get("to_primary_key"),
                validated,
            };
            table.foreign_keys.push(key);
        }
    }
}

fn foreign_key(row: &Row) -> ForeignKey {
    let action = |name: &str, columns: Vec<String>| match row.get(name) {
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull(columns),
        "d" => Action::SetDefault(columns),
        _ => Action::NoAction,
    };
    let deferral = match (row.get("is_deferrable"), row.get("is_deferred")) {
        (_, true) => Deferral::InitiallyDeferred,
        (true, false) => Deferral::Deferrable,
        (false, false) => Deferral::NotDeferrable,
    };
    ForeignKey {
        table: None,
        columns: columns(row, "columns"),
        target: Target {
            place: row.get("target_schema"),
            table: row.get("target_table"),
            columns: columns(row, "target_columns"),
        },
        on_delete: action("on_delete", columns(row, "set_columns")),
        on_update: action("on_update", Vec::new()),
        matching: if row.get::<_, &str>("matching") == "f" { Matching::Full } else { Matching::Simple },
        deferral,
        name: None,
    }
}
