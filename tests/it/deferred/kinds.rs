//! Keys of every kind: composite, circular, to other modules, of partitioned tables.

use super::{KEY, THERE, constraints, keys, run, shop};
use crate::support::postgres::Database;
use crate::support::project::Project;

#[test]
fn columns_and_unique_keys_are_waited_for_too() {
    let database = Database::create();
    let project = shop(&["items.sku -> product.sku"])
        .migration("shop/V3__a.sql", "alter table items add column sku text;\n")
        .migration("shop/V4__b.sql", "alter table product add column sku text;\n")
        .migration("shop/V5__c.sql", "create unique index product_sku on product (sku) where sku <> '';\n")
        .migration("shop/V6__d.sql", "alter table product add constraint sku_key unique (sku);\n");
    let waits = |to: &str| {
        run(&project, &database, (&format!("migrate up --to shop:{to}"), 0));
        let status = project.run(&database, "migrate status --format json").expect(0);
        keys(&status).remove(0).message
    };
    assert_eq!(waits("2"), "waiting for column shop.items.sku and column shop.product.sku");
    assert_eq!(waits("3"), "waiting for column shop.product.sku");
    assert_eq!(waits("4"), "waiting for a unique key shop.product.sku");
    assert_eq!(waits("5"), "waiting for a unique key shop.product.sku");
    assert_eq!(waits("6"), "valid");
}

#[test]
fn two_tables_may_refer_to_each_other() {
    let keys =
        ["items.product_id -> product.id", "product.first_item -> items.id deferrable initially deferred"];
    let (database, project) = (Database::create(), shop(&keys));
    let project = project
        .migration("shop/V3__first.sql", "alter table product add column first_item int;\n")
        .rollback("shop/V3__first.sql", "alter table product drop column first_item;\n");
    run(&project, &database, ("migrate up", 0));
    assert_eq!(
        constraints(&mut database.client()),
        [
            "items_product_id_fkey: FOREIGN KEY (product_id) REFERENCES shop.product(id)",
            "product_first_item_fkey: FOREIGN KEY (first_item) REFERENCES shop.items(id) DEFERRABLE INITIALLY DEFERRED",
        ]
    );
    run(&project, &database, ("migrate down --all --yes", 0));
}

#[test]
fn a_composite_key_with_all_clauses_is_what_was_declared() {
    let key = "items(tenant, \"Product\") -> product(tenant, id) match full on update cascade as \"Items To Product\"";
    let (database, project) = (Database::create(), shop(&[key]));
    let project = project.migration(
        "shop/V3__tenant.sql",
        "alter table items add column tenant int, add column \"Product\" int;\n\
         alter table product add column tenant int, add unique (id, tenant);\n\
         insert into items (id, tenant) values (1, 7), (2, null);\n",
    );
    let up = project.run(&database, "migrate up").expect(1);
    assert!(up.stdout.contains("is not valid (1 orphan)\n  (7, null) in 1 row\n"), "{up}");
    let mut client = database.client();
    client.batch_execute("delete from shop.items where id = 1").unwrap();
    run(&project, &database, ("migrate repair --foreign-keys", 0));
    assert_eq!(
        constraints(&mut client),
        [
            "Items To Product: FOREIGN KEY (tenant, \"Product\") REFERENCES shop.product(tenant, id) MATCH FULL ON UPDATE CASCADE"
        ]
    );
    run(&project, &database, ("migrate up", 0));
}

#[test]
fn orphans_are_compared_as_the_key_compares() {
    let (database, project) = (Database::create(), shop(&["items.code -> product.code"]));
    let mut client = database.client();
    let contrib = client.query("select from pg_available_extensions where name = 'citext'", &[]).unwrap();
    // Equal in the eyes of the key, though not by their bytes, nor by an operator that the search path finds.
    let types = if contrib.is_empty() {
        "create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);\n\
         alter table items add column code text collate loose;\n\
         alter table product add column code text collate loose unique;\n"
    } else {
        "create schema ext; create extension citext schema ext;\n\
         alter table items add column code ext.citext;\n\
         alter table product add column code ext.citext unique;\n"
    };
    let rows = "insert into product values (1, 'ABC'); insert into items values (1, null, 'abc'), (2, null, 'xyz');\n";
    let project = project.migration("shop/V3__code.sql", &format!("{types}{rows}"));
    let up = project.run(&database, "migrate up").expect(1);
    assert!(up.stdout.contains("is not valid (1 orphan)\n  (xyz) in 1 row\n"), "{up}");
}

#[test]
fn a_reference_to_another_module_follows_it_to_its_schema() {
    let (database, project) = (Database::create(), Project::new());
    let project = project
        .file(
            "schema.toml",
            "[modules.a]\ndeferred_foreign_keys = ['t.u -> b.t.id', 't.x -> ext.t.id']\n[modules.b]\n",
        )
        .migration("a/V1__t.sql", "create table t (u int, x int);\n")
        .migration("b/V1__t.sql", "create table t (id int primary key);\n");
    let mut client = database.client();
    client.batch_execute("create schema ext; create table ext.t (id int primary key)").unwrap();
    run(&project, &database, ("migrate up --schema b=other --schema a=mine", 0));
    assert_eq!(
        constraints(&mut client),
        [
            "t_u_fkey: FOREIGN KEY (u) REFERENCES other.t(id)",
            "t_x_fkey: FOREIGN KEY (x) REFERENCES ext.t(id)"
        ]
    );
    let only = Database::create();
    only.client().batch_execute("create schema ext; create table ext.t (id int primary key)").unwrap();
    let up = project.run(&only, "migrate up --module a --format json").expect(0);
    let states: Vec<_> = keys(&up).into_iter().map(|key| (key.state, key.finding)).collect();
    assert_eq!(
        states,
        [("waiting".to_owned(), false), ("valid".to_owned(), false)],
        "module `b` may still come"
    );
}

#[test]
fn a_partitioned_table_gets_its_key_whole_and_a_finding_where_orphans_are() {
    let (database, project) = (Database::create(), Project::new());
    let project = project
        .file("schema.toml", &format!("[modules.shop]\ndeferred_foreign_keys = ['{KEY}']\n"))
        .migration(
            "shop/V1__items.sql",
            "create table items (id int, product_id int) partition by range (id);\n\
             create table items_1 partition of items for values from (0) to (100);\n\
             insert into items values (1, 5);\n",
        )
        .migration("shop/V2__product.sql", "create table product (id int primary key);\n");
    let up = project.run(&database, "migrate up").expect(1);
    let mut client = database.client();
    let version: i32 =
        client.query_one("select current_setting('server_version_num')::int", &[]).unwrap().get(0);
    if version < 180_000 {
        assert!(up.stdout.contains("is not added (1 orphan)\n  (5) in 1 row\n"), "{up}");
        assert!(up.stderr.contains("writers of both tables wait while its rows are checked"), "{up}");
        assert!(constraints(&mut client).is_empty());
    }
    run(&project, &database, ("migrate up", 1));
    client.batch_execute("insert into shop.product values (5)").unwrap();
    run(&project, &database, ("migrate repair --foreign-keys", 0));
    assert_eq!(constraints(&mut client), [THERE]);
    run(&project, &database, ("migrate up", 0));
}
