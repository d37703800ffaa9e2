//! `crmdb schema show`: objects as people read them.

use insta::assert_snapshot;

use crate::support::postgres::Database;
use crate::support::project::Project;

const SHOP: &str = "CREATE SCHEMA shop; COMMENT ON SCHEMA shop IS 'what is sold';
    CREATE TYPE shop.state AS ENUM ('open', 'paid', 'sent');
    CREATE DOMAIN shop.email AS text NOT NULL CHECK (VALUE LIKE '%@%');
    CREATE TYPE shop.address AS (street text, zip varchar(10));
    CREATE TABLE shop.customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email shop.email UNIQUE);
    CREATE TABLE shop.orders (
        id bigserial PRIMARY KEY, customer_id bigint NOT NULL REFERENCES shop.customers ON DELETE CASCADE,
        state shop.state NOT NULL DEFAULT 'open', net numeric(12,2) CHECK (net >= 0),
        gross numeric(12,2) GENERATED ALWAYS AS (net * 1.19) STORED);
    COMMENT ON TABLE shop.orders IS 'an order, from the basket to the parcel';
    COMMENT ON COLUMN shop.orders.net IS 'without tax';
    CREATE UNIQUE INDEX open_orders ON shop.orders (customer_id) WHERE state = 'open';
    CREATE TABLE shop.items (order_id bigint REFERENCES shop.orders, sku text);
    ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON shop.orders FOR SELECT TO PUBLIC USING (customer_id > 0);
    CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
    CREATE TRIGGER touched BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();
    ALTER TABLE shop.orders DISABLE TRIGGER touched;
    CREATE VIEW shop.paid AS SELECT o.id, o.net
        FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id WHERE o.state = 'paid';
    GRANT SELECT ON shop.orders, shop.paid TO PUBLIC; GRANT UPDATE (net) ON shop.orders TO PUBLIC;
    CREATE TABLE public.orders (id int); CREATE TABLE public.\"Leads\" (at date) PARTITION BY RANGE (at);
    CREATE TABLE leads_2026 PARTITION OF \"Leads\" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    INSERT INTO shop.customers (email) SELECT n || '@example.com' FROM generate_series(1, 1500) n;
    ANALYZE shop.customers;";

#[test]
fn every_kind_is_described_with_what_belongs_to_it() {
    let (database, project) = (Database::create(), Project::new());
    database.client().batch_execute(SHOP).unwrap();
    let names = [
        "shop.orders",
        "Customers",
        "paid",
        "shop.state",
        "email",
        "address",
        "touch()",
        "orders_id_seq",
        "open_orders",
        "leads",
        "leads_2026",
        "shop",
    ];
    let shown: Vec<_> =
        names.map(|name| project.run(&database, &format!("schema show {name}")).expect(0).to_string()).into();
    assert_snapshot!(shown.join("\n"));
}

#[test]
fn a_name_that_is_no_name_or_several_is_explained() {
    let (database, project) = (Database::create(), Project::new());
    database.client().batch_execute(SHOP).unwrap();
    for name in ["orders", "shop.custmers", "nothing_like_it"] {
        assert_snapshot!(project.run(&database, &format!("schema show {name}")));
    }
    let nowhere = project.run_at("postgresql://127.0.0.1:1/nowhere", "schema show orders").expect(3);
    assert!(nowhere.stderr.contains("error: "), "{nowhere}");
}
