//! `crmdb prove` and `crmdb migrate up --prove`.

use insta::assert_snapshot;

use crate::support::postgres::{Database, Server};
use crate::support::project::{Output, Project};

const NOWHERE: &str = "postgresql://127.0.0.1:1/nowhere";

fn prove(project: &Project, line: &str) -> Output {
    project.run_at(NOWHERE, line)
}

fn fingerprint(database: &Database<'_>) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let catalog = crmdb::catalog::read::read(&client).await.unwrap();
        crmdb::catalog::fingerprint(&catalog, "public").to_string()
    })
}

fn sound() -> Project {
    Project::new()
        .migration(
            "V1__customers.sql",
            "CREATE TABLE customers (id integer PRIMARY KEY, mail text NOT NULL);\n",
        )
        .rollback("V1__customers.sql", "DROP TABLE customers;\n")
        .migration("V2__phone.sql", "ALTER TABLE customers ADD COLUMN phone text;\n")
        .rollback("V2__phone.sql", "ALTER TABLE customers DROP COLUMN phone;\n")
        .migration("V3__no_mail.sql", "ALTER TABLE customers DROP COLUMN mail;\n")
        .rollback(
            "V3__no_mail.sql",
            "ALTER TABLE customers ADD COLUMN mail text NOT NULL DEFAULT '';\n\
             ALTER TABLE customers ALTER COLUMN mail DROP DEFAULT;\n",
        )
        .migration(
            "V4__index.sql",
            "-- crmdb: no-transaction\nCREATE INDEX CONCURRENTLY customers_phone_idx ON customers (phone);\n",
        )
        .rollback("V4__index.sql", "-- crmdb: no-transaction\nDROP INDEX CONCURRENTLY customers_phone_idx;\n")
}

#[test]
fn what_leads_back_is_proved_and_what_is_lost_is_named() {
    let project = sound();
    assert_snapshot!(prove(&project, "prove").expect(0));
    assert_snapshot!(prove(&project, "prove --rows 30").expect(0));
    assert_snapshot!(prove(&project, "prove --from 2 --to 3").expect(0));
    assert_snapshot!(prove(&project, "prove --from 8").expect(2));
    assert_snapshot!(prove(&project, "prove --rows 0").expect(2));
    assert_snapshot!(prove(&Project::new(), "prove").expect(0));
    let both = project
        .migration("V5__unique.sql", "ALTER TABLE customers ADD CONSTRAINT few CHECK (id < 0);\n")
        .rollback("V5__unique.sql", "ALTER TABLE customers DROP CONSTRAINT few;\n");
    assert_snapshot!(prove(&both, "prove --rows 30 --from 5").expect(0));
}

/// Migrations of which each fails its proof in a way of its own.
fn unsound() -> Project {
    Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (i integer, j text);\n")
        .rollback("V1__a.sql", "DROP TABLE a;\n")
        .migration(
            "V2__forgets.sql",
            "CREATE INDEX a_i ON a (i);\nALTER TABLE a ALTER COLUMN j SET NOT NULL;\n",
        )
        .rollback("V2__forgets.sql", "DROP INDEX a_i;\n")
        .migration("V3__fails.sql", "CREATE TABLE b (i integer);\n")
        .rollback("V3__fails.sql", "\nDROP TABLE c;\n")
        .migration("V4__none.sql", "CREATE TABLE d (i integer);\n")
        .migration(
            "V5__once.sql",
            "CREATE TABLE IF NOT EXISTS e (i integer);\nALTER TABLE e ADD COLUMN j text;\n",
        )
        .rollback("V5__once.sql", "SELECT 1;\n")
        .migration("V6__sound.sql", "CREATE TABLE f (i integer);\n")
        .rollback("V6__sound.sql", "DROP TABLE f;\n")
        .migration("V7__broken.sql", "CREATE TABLE g (i integer);\nALTER TABLE g ADD COLUMN j nosuch;\n")
        .rollback("V7__broken.sql", "DROP TABLE g;\n")
        .migration("V8__behind.sql", "CREATE TABLE h (i integer);\n")
        .rollback("V8__behind.sql", "DROP TABLE h;\n")
}

#[test]
fn what_does_not_lead_back_is_shown_as_a_difference_in_every_format() {
    let project = unsound();
    assert_snapshot!(prove(&project, "prove").expect(1));
    for format in ["github", "junit", "sarif"] {
        assert_snapshot!(prove(&project, &format!("prove --format {format}")).expect(1));
    }
    let target: Database<'_> = Server::shared().database();
    assert_snapshot!(project.run_at(&target.url(), "migrate up --prove").expect(4));
    assert_snapshot!(project.run_at(&target.url(), "migrate status").expect(0));
}

#[test]
fn modules_are_proved_with_their_deferred_foreign_keys() {
    let project = Project::new()
        .file(
            "schema.toml",
            "[modules.shop]\ndeferred_foreign_keys = [\"orders.product_id -> stock.products.id\"]\n[modules.stock]\n",
        )
        .migration("shop/V1__orders.sql", "CREATE TABLE orders (id integer PRIMARY KEY, product_id integer);\n")
        .rollback("shop/V1__orders.sql", "DROP TABLE orders;\n")
        .migration("stock/V1__products.sql", "CREATE TABLE products (id integer PRIMARY KEY);\n")
        .rollback("stock/V1__products.sql", "DROP TABLE products;\n")
        .migration("stock/V2__price.sql", "ALTER TABLE products ADD COLUMN price numeric;\n")
        .rollback("stock/V2__price.sql", "ALTER TABLE products DROP COLUMN price;\n");
    assert_snapshot!(prove(&project, "prove").expect(0));
    assert_snapshot!(prove(&project, "prove --module stock").expect(0));
}

#[test]
fn up_records_in_the_ledger_what_was_proved() {
    let project = sound();
    let target = Server::shared().database();
    project.run_at(&target.url(), "migrate up --prove --to 1").expect(0);
    project.run_at(&target.url(), "migrate up --to 2").expect(0);
    assert_snapshot!(project.run_at(&target.url(), "prove --pending --rows 5").expect(0));
    project.run_at(&target.url(), "migrate up --prove=20").expect(0);
    let proofs = |columns: &str| -> Vec<String> {
        let sql = format!("SELECT concat_ws(' ', {columns}) FROM crmdb.proof ORDER BY version");
        target.client().query(&sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    };
    assert_eq!(
        proofs("version, label, rows, lost"),
        ["1 reversible 0 {}", "3 lossy 20 {public.customers.mail}", "4 lossless 20 {}"]
    );
    let fingerprints = proofs("catalog_before, catalog_after");
    let (third, fourth) =
        (fingerprints[1].split_once(' ').unwrap(), fingerprints[2].split_once(' ').unwrap());
    assert_eq!(third.1, fourth.0);
    assert_ne!(third.0, third.1);
    // The shadow and the target hold the same, so a rollback can be trusted there.
    assert_eq!(fourth.1, fingerprint(&target));
    target.client().batch_execute("ALTER TABLE customers OWNER TO pg_monitor").unwrap();
    assert_eq!(fourth.1, fingerprint(&target));
    target.client().batch_execute("ALTER TABLE customers ADD COLUMN by_hand text").unwrap();
    assert_ne!(fourth.1, fingerprint(&target));
    target.client().batch_execute("ALTER TABLE customers DROP COLUMN by_hand").unwrap();
    project.run_at(&target.url(), "migrate down").expect(0);
    assert_eq!(proofs("version").len(), 2);
    assert_snapshot!(project.run_at(&target.url(), "migrate up --prove --dry-run").expect(2));
}

#[test]
fn the_shipped_systems_are_proved() {
    let shipped =
        concat!("prove -C ", env!("CARGO_MANIFEST_DIR"), " --module sales --module accounts --rows 10");
    let output = prove(&Project::new(), shipped).expect(0);
    for label in ["lossless     accounts/V001", "lossless     sales/V0001", "lossless     sales/V0002"] {
        assert!(output.stdout.contains(label), "{output}");
    }
}
