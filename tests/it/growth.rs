//! What the catalog engine costs grows with the size of the schemas and no faster, whatever differs.

use std::collections::{BTreeMap, BTreeSet};

use crmdb::catalog::diff::{Options, diff};
use crmdb::catalog::model::{
    Column, Constraint, Entry, Function, Index, Inheritance, Object, Relation, Table,
};
use crmdb::catalog::{Catalog, Id, Kind, ddl};
use serde_json::{Value, json};

const FEW: usize = 60;
const MANY: usize = 8 * FEW;
/// Eight times as much may cost so many times as much; at a cost for each pair it would be 64.
const LIMIT: f64 = 24.0;

#[test]
fn cost_grows_with_the_size_of_the_schemas_and_no_faster() {
    let nothing = |_| Catalog::default();
    let cases: [(&str, Make, Make); 8] = [
        ("equal", &|n| tables("s", n), &|n| tables("s", n)),
        ("made", &nothing, &|n| tables("s", n)),
        ("dropped", &|n| tables("s", n), &nothing),
        ("made elsewhere", &|n| tables("s", n), &|n| tables("t", n)),
        ("indexes renamed", &|n| indexes(tables("s", n), "old"), &|n| indexes(tables("s", n), "new")),
        ("columns renamed", &|n| columns(tables("s", n), "old"), &|n| columns(tables("s", n), "new")),
        ("routines that name tables", &nothing, &|n| routines(tables("s", n), n)),
        ("partitions", &|n| partitions(n / 4, "old"), &|n| partitions(n / 4, "new")),
    ];
    let mut slow = Vec::new();
    for (name, from, to) in cases {
        // Another process can spoil the caches for one measurement; not for three.
        let ratio = (0..3).map(|_| cost(from, to, MANY) / cost(from, to, FEW)).find(|ratio| *ratio < LIMIT);
        if ratio.is_none() {
            slow.push(name);
        }
    }
    assert!(slow.is_empty(), "grows faster than the schemas: {slow:?}");
}

type Make<'a> = &'a dyn Fn(usize) -> Catalog;

/// Returns the processor's nanoseconds for the difference and its statements.
fn cost(from: Make<'_>, to: Make<'_>, tables: usize) -> f64 {
    let (from, to) = (from(tables), to(tables));
    let before = spent();
    let changes = diff(&from, &to, &Options::default());
    ddl::statements(&changes).unwrap();
    spent() - before
}

/// Returns the processor's nanoseconds for this thread so far, which other processes do not lengthen.
fn spent() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

/// Tables whose foreign keys lead from each to the next and from the last to the first.
fn tables(schema: &str, count: usize) -> Catalog {
    let mut catalog = Catalog { role: "me".to_owned(), version: 16, ..Catalog::default() };
    let home = Id::new(Kind::Schema, "", schema);
    add(&mut catalog, (&home, None), &[], Object::Named);
    for number in 0..count {
        let table = Id::new(Kind::Table, schema, format!("t{number}"));
        add(&mut catalog, (&table, None), &[&home], Object::Table(Box::new(definition())));
        for (position, name) in ["id", "next", "name", "note"].into_iter().enumerate() {
            add_column(&mut catalog, &table, name, i64::try_from(position).unwrap());
        }
        let key = table.with(Kind::Constraint, format!("t{number}_pkey"));
        let definition = constraint("p", "PRIMARY KEY (id)");
        add(&mut catalog, (&key, Some(&table)), &[&table.with(Kind::Column, "id")], definition);
    }
    for number in 0..count {
        let table = Id::new(Kind::Table, schema, format!("t{number}"));
        let next = Id::new(Kind::Table, schema, format!("t{}", (number + 1) % count));
        let key = table.with(Kind::Constraint, "to_the_next");
        let pkey = next.with(Kind::Constraint, format!("{}_pkey", next.name()));
        let needs = [&table.with(Kind::Column, "next"), &next.with(Kind::Column, "id"), &pkey];
        let text = format!("FOREIGN KEY (next) REFERENCES {}(id)", next.qualified());
        add(&mut catalog, (&key, Some(&table)), &needs, constraint("f", &text));
    }
    catalog
}

fn indexes(mut catalog: Catalog, prefix: &str) -> Catalog {
    let tables: Vec<Id> = catalog.of_kind(Kind::Table).map(|(id, _)| id.clone()).collect();
    for table in tables {
        let index = Id::new(Kind::Index, table.schema(), format!("{prefix}_{}", table.name()));
        let text = format!("CREATE INDEX {} ON {} USING btree (name)", index.name(), table.qualified());
        add(
            &mut catalog,
            (&index, Some(&table)),
            &[&table.with(Kind::Column, "name")],
            plain_index(&text, None),
        );
    }
    catalog
}

fn columns(mut catalog: Catalog, name: &str) -> Catalog {
    let tables: Vec<Id> = catalog.of_kind(Kind::Table).map(|(id, _)| id.clone()).collect();
    for table in tables {
        add_column(&mut catalog, &table, name, 4);
    }
    catalog
}

fn routines(mut catalog: Catalog, count: usize) -> Catalog {
    for number in 0..count {
        let id = Id::new(Kind::Function, "s", format!("f{number}"));
        let text = format!("SELECT id FROM s.t{number} WHERE note <> 'unused word of a longer body'");
        let function = Function {
            definition: format!("CREATE OR REPLACE FUNCTION s.f{number}() AS '{text}'"),
            window: false,
            result: Some("bigint".to_owned()),
            arguments: String::new(),
            defaults: 0,
            text: Some(text),
        };
        add(&mut catalog, (&id, None), &[&Id::new(Kind::Schema, "", "s")], Object::Function(function));
    }
    catalog
}

/// Partitions of one table, each with its part of a partitioned index.
fn partitions(count: usize, prefix: &str) -> Catalog {
    let mut catalog = tables("s", count);
    let parent = Id::new(Kind::Table, "s", "all");
    let mut table = definition();
    table.partition_key = Some("LIST (id)".to_owned());
    add(&mut catalog, (&parent, None), &[&Id::new(Kind::Schema, "", "s")], Object::Table(Box::new(table)));
    for (position, name) in ["id", "next", "name", "note"].into_iter().enumerate() {
        add_column(&mut catalog, &parent, name, i64::try_from(position).unwrap());
    }
    let whole = Id::new(Kind::Index, "s", format!("{prefix}_all"));
    let text = format!("CREATE INDEX {} ON ONLY s.\"all\" USING btree (note)", whole.name());
    add(&mut catalog, (&whole, Some(&parent)), &[], plain_index(&text, None));
    for number in 0..count {
        let on = Id::new(Kind::Table, "s", format!("t{number}"));
        let link = Inheritance {
            parent: Relation("s".to_owned(), "all".to_owned()),
            bound: Some(format!("FOR VALUES IN ({number})")),
            position: 1,
            detaching: false,
        };
        let id = on.with(Kind::Inheritance, parent.qualified());
        add(&mut catalog, (&id, Some(&on)), &[&parent], Object::Inheritance(link));
        let index = Id::new(Kind::Index, "s", format!("{prefix}_{number}"));
        let text = format!("CREATE INDEX {} ON s.t{number} USING btree (note)", index.name());
        add(&mut catalog, (&index, Some(&on)), &[&whole], plain_index(&text, Some(whole.name())));
    }
    catalog
}

fn add(catalog: &mut Catalog, (id, on): (&Id, Option<&Id>), needs: &[&Id], object: Object) {
    let needs: BTreeSet<Id> = needs.iter().copied().chain(on).cloned().collect();
    let parts = (BTreeMap::new(), BTreeSet::new());
    let owner = on.is_none().then(|| "me".to_owned());
    let entry = Entry {
        on: on.cloned(),
        owner,
        acl: None,
        comment: None,
        labels: parts.0,
        extensions: parts.1,
        object,
    };
    catalog.objects.insert(id.clone(), entry);
    catalog.needs.insert(id.clone(), needs.into_iter().collect());
}

fn add_column(catalog: &mut Catalog, table: &Id, name: &str, position: i64) {
    let column: Column = shape(json!({
        "position": position, "type": "bigint", "base": "bigint", "not_null": false,
        "options": [], "server_options": [], "local": true, "inherited": false
    }));
    let id = table.with(Kind::Column, name);
    add(catalog, (&id, Some(table)), &[], Object::Column(Box::new(column)));
}

fn definition() -> Table {
    shape(json!({
        "persistence": "p", "access_method": "heap", "options": [], "toast_options": [], "row_security": false,
        "force_row_security": false, "replica_identity": "d", "server_options": []
    }))
}

fn constraint(form: &str, definition: &str) -> Object {
    let constraint: Constraint = shape(json!({
        "type": form, "definition": definition, "validated": true, "deferrable": false, "deferred": false,
        "local": true, "inherited": false, "cloned": false, "options": [], "clustered": false,
        "replica_identity": false
    }));
    Object::Constraint(constraint)
}

fn plain_index(definition: &str, parent: Option<&str>) -> Object {
    let index: Index = shape(json!({
        "definition": definition, "valid": true, "clustered": false, "replica_identity": false, "options": [],
        "partitioned": parent.is_none(), "parent": parent.map(|name| ["s", name]), "statistics": {}
    }));
    Object::Index(index)
}

fn shape<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}
