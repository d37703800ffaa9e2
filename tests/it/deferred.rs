//! Deferred foreign keys on a real server: every state, and the way from each to the next.

mod hold;
mod kinds;

use postgres::Client;

use crate::json::Key;
use crate::support::postgres::Database;
use crate::support::project::{Output, Project};

const KEY: &str = "items.product_id -> product.id on delete set null";

/// A module `shop` whose first migration makes `items` and whose second makes `product`.
fn shop(keys: &[&str]) -> Project {
    let keys: String = keys.iter().map(|key| format!("  {key:?},\n")).collect();
    Project::new()
        .file("schema.toml", &format!("[modules.shop]\ndeferred_foreign_keys = [\n{keys}]\n"))
        .migration("shop/V1__items.sql", "create table items (id int primary key, product_id int);\n")
        .rollback("shop/V1__items.sql", "drop table items;\n")
        .migration("shop/V2__product.sql", "create table product (id int primary key);\n")
        .rollback("shop/V2__product.sql", "drop table product;\n")
}

/// The foreign keys of the database as the server writes them, `NOT VALID` included.
fn constraints(client: &mut Client) -> Vec<String> {
    let sql = "SELECT conname || ': ' || pg_get_constraintdef(oid) FROM pg_constraint \
        WHERE contype = 'f' AND connamespace::regnamespace::text NOT IN ('crmdb', 'pg_catalog') AND conparentid = 0 \
        ORDER BY conname";
    client.query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

const THERE: &str =
    "items_product_id_fkey: FOREIGN KEY (product_id) REFERENCES shop.product(id) ON DELETE SET NULL";

/// Runs `crmdb <line>`, which ends with the exit code.
#[track_caller]
fn run(project: &Project, database: &Database<'_>, (line, code): (&str, i32)) {
    drop(project.run(database, line).expect(code));
}

/// The lines of a report that are about keys.
fn lines<'o>(output: &'o Output, words: &str) -> Vec<&'o str> {
    output.stdout.lines().filter(|line| line.contains(words)).map(str::trim).collect()
}

/// The keys of a JSON report.
fn keys(output: &Output) -> Vec<Key> {
    let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    serde_json::from_value(document["foreign_keys"].clone())
        .unwrap_or_else(|error| panic!("{error}: {output}"))
}

/// The state of the first one, and whether it is a finding.
fn state(output: &Output) -> (String, bool) {
    let key = keys(output).remove(0);
    (key.state, key.finding)
}

#[test]
fn a_key_waits_for_its_table_and_is_added_and_validated_when_it_comes() {
    let (database, project) = (Database::create(), shop(&[KEY]));
    let mut client = database.client();
    let planned = project.run(&database, "migrate up --dry-run").expect(0);
    assert_eq!(
        lines(&planned, "foreign key"),
        ["-- foreign key shop.items_product_id_fkey: waiting for table shop.items and table shop.product"]
    );
    let first = project.run(&database, "migrate up --to shop:1").expect(0);
    assert_eq!(lines(&first, "fkey"), Vec::<&str>::new());
    let status = project.run(&database, "migrate status").expect(0);
    assert_eq!(lines(&status, "fkey"), ["shop.items_product_id_fkey  waiting for table shop.product"]);
    client.batch_execute("insert into shop.items values (1, null)").unwrap();
    let second = project.run(&database, "migrate up").expect(0);
    assert_eq!(lines(&second, "fkey"), ["key       shop.items_product_id_fkey  added, validated"]);
    assert_eq!(constraints(&mut client), [THERE]);
    let third = project.run(&database, "migrate up").expect(0);
    assert!(third.stdout.starts_with("nothing to apply"), "{third}");
    assert_eq!(
        state(&project.run(&database, "migrate status --format json").expect(0)),
        ("valid".to_owned(), false)
    );
    let history = project.run(&database, "history --format json").expect(0);
    for words in ["added `items_product_id_fkey` on `items`", "validated `items_product_id_fkey` on `items`"]
    {
        assert!(history.stdout.contains(words), "{history}");
    }
}

#[test]
fn orphans_are_counted_and_sampled_and_the_key_is_tried_again_by_repair() {
    let (database, project) = (Database::create(), shop(&[KEY]));
    let mut client = database.client();
    run(&project, &database, ("migrate up --to shop:1", 0));
    client.batch_execute("insert into shop.items select i, 1 + i % 7 from generate_series(1, 70) i").unwrap();
    let up = project.run(&database, "migrate up").expect(1);
    assert!(
        up.stdout.contains("finding: foreign key shop.items_product_id_fkey is not valid (70 orphans)\n"),
        "{up}"
    );
    assert_eq!(
        lines(&up, " in 10 rows"),
        ["(1) in 10 rows", "(2) in 10 rows", "(3) in 10 rows", "(4) in 10 rows", "(5) in 10 rows"]
    );
    assert_eq!(constraints(&mut client), [format!("{THERE} NOT VALID")]);
    let told = keys(&project.run(&database, "migrate status --format json").expect(1)).remove(0);
    assert_eq!((told.module.as_str(), told.schema.as_str(), told.table.as_str()), ("shop", "shop", "items"));
    assert_eq!((told.definition.as_str(), told.orphans), (KEY, Some(70)));
    assert!(told.samples.is_empty() && told.done.is_empty() && told.error.is_none(), "{told:?}");
    assert!(told.hint.unwrap().contains("`crmdb migrate repair --foreign-keys`"));
    // The key checks what is written from here on.
    assert!(client.batch_execute("insert into shop.items values (71, 1)").is_err());
    client.batch_execute("insert into shop.product select generate_series(1, 6)").unwrap();
    let again = project.run(&database, "migrate up").expect(1);
    assert!(again.stdout.contains("not valid (70 orphans)"), "counting again is up to repair: {again}");
    let status = project.run(&database, "migrate status").expect(1);
    assert_eq!(lines(&status, "fkey  "), ["shop.items_product_id_fkey  not valid (70 orphans)"]);
    let counted =
        keys(&project.run(&database, "migrate repair --foreign-keys --format json").expect(1)).remove(0);
    assert_eq!((counted.name.as_str(), counted.orphans), ("items_product_id_fkey", Some(10)));
    assert_eq!((&*counted.samples[0].values, counted.samples[0].rows), (&[Some("7".to_owned())][..], 10));
    let repair = project.run(&database, "migrate repair --foreign-keys").expect(1);
    assert!(
        repair.stdout.contains("not valid (10 orphans)\n  (7) in 10 rows\n  all of them: SELECT o.* FROM"),
        "{repair}"
    );
    assert_eq!(client.query(&counted.query.unwrap(), &[]).unwrap().len(), 10);
    client.batch_execute("delete from shop.items where product_id = 7").unwrap();
    let repair = project.run(&database, "migrate repair --foreign-keys").expect(0);
    assert_eq!(lines(&repair, "fkey"), ["key       shop.items_product_id_fkey  validated"]);
    assert_eq!(constraints(&mut client), [THERE]);
    run(&project, &database, ("migrate up", 0));
}

#[test]
fn a_key_that_was_dropped_by_hand_is_missing_until_it_is_repaired() {
    let (database, project) = (Database::create(), shop(&[KEY]));
    let mut client = database.client();
    run(&project, &database, ("migrate up", 0));
    client.batch_execute("alter table shop.items drop constraint items_product_id_fkey").unwrap();
    assert_eq!(
        state(&project.run(&database, "migrate status --format json").expect(1)),
        ("missing".to_owned(), true)
    );
    assert_eq!(
        state(&project.run(&database, "migrate up --format json").expect(1)),
        ("missing".to_owned(), true)
    );
    assert!(constraints(&mut client).is_empty());
    run(&project, &database, ("migrate repair --foreign-keys", 0));
    assert_eq!(constraints(&mut client), [THERE]);
}

#[test]
fn a_key_that_exists_with_another_definition_is_told_and_left_alone() {
    let (database, project) = (Database::create(), shop(&[KEY]));
    let mut client = database.client();
    let other = "alter table shop.items add constraint items_product_id_fkey foreign key (product_id) \
        references shop.product on delete cascade";
    let project = project.migration("shop/V3__by_hand.sql", other);
    let up = project.run(&database, "migrate up").expect(1);
    let told = "is different: `items_product_id_fkey` is FOREIGN KEY (product_id) REFERENCES shop.product(id) ON DELETE CASCADE";
    assert!(up.stdout.contains(told), "{up}");
    run(&project, &database, ("migrate repair --foreign-keys", 1));
    assert_eq!(constraints(&mut client), [THERE.replace("SET NULL", "CASCADE")]);
    client.batch_execute("alter table shop.items drop constraint items_product_id_fkey").unwrap();
    run(&project, &database, ("migrate up", 0));
    assert_eq!(constraints(&mut client), [THERE]);
}

#[test]
fn the_same_key_made_by_hand_under_another_name_is_adopted() {
    let (database, project) = (Database::create(), shop(&[KEY]));
    let mut client = database.client();
    let by_hand = "alter table items add constraint by_hand foreign key (product_id) references product on delete set null";
    let project = project.migration("shop/V3__by_hand.sql", by_hand);
    let up = project.run(&database, "migrate up").expect(0);
    assert_eq!(lines(&up, "fkey"), ["key       shop.items_product_id_fkey  adopted"]);
    assert_eq!(constraints(&mut client), [THERE.replace("items_product_id_fkey", "by_hand")]);
    let again = project.run(&database, "migrate up").expect(0);
    assert!(again.stdout.starts_with("nothing to apply"), "{again}");
}

#[test]
fn down_past_the_target_takes_the_key_back_to_waiting_with_files_and_without() {
    for flags in ["", " --from-ledger", " --single-transaction"] {
        let (database, project) = (Database::create(), shop(&[KEY]));
        let mut client = database.client();
        run(&project, &database, ("migrate up", 0));
        let line = format!("migrate down --to shop:1 --yes{flags}");
        let planned = project.run(&database, &format!("{line} --dry-run")).expect(0);
        assert!(
            planned
                .stdout
                .contains("-- takes the foreign key shop.items_product_id_fkey back to waiting first\n")
        );
        let locked =
            "-- ACCESS EXCLUSIVE (stops reads and writes) on: shop.items (8 kB), shop.product (8 kB)";
        assert!(planned.stdout.contains(locked), "{planned}");
        let down = project.run(&database, &line).expect(0);
        assert_eq!(
            lines(&down, "fkey"),
            ["key       shop.items_product_id_fkey  taken back, waiting for table shop.product"]
        );
        assert!(constraints(&mut client).is_empty());
        assert_eq!(
            state(&project.run(&database, "migrate status --format json").expect(0)),
            ("waiting".to_owned(), false)
        );
        let rows = client.query_one("select count(*) from crmdb.foreign_key", &[]).unwrap();
        assert_eq!(rows.get::<_, i64>(0), 0);
        let event =
            "select count(*) from crmdb.event where kind = 'foreign-key' and detail like '%is waiting again'";
        assert_eq!(client.query_one(event, &[]).unwrap().get::<_, i64>(0), 1);
        run(&project, &database, ("migrate up", 0));
        assert_eq!(constraints(&mut client), [THERE]);
        run(&project, &database, ("migrate down --all --yes", 0));
        run(&project, &database, ("migrate up", 0));
        assert_eq!(constraints(&mut client), [THERE]);
    }
}

#[test]
fn a_rollback_that_leaves_the_tables_gets_the_key_back_at_once() {
    let (database, project) = (Database::create(), shop(&[KEY]));
    let project = project
        .migration("shop/V3__note.sql", "alter table product add column note text;\n")
        .rollback("shop/V3__note.sql", "alter table product drop column note;\n");
    let mut client = database.client();
    run(&project, &database, ("migrate up", 0));
    let down = project.run(&database, "migrate down").expect(0);
    assert_eq!(lines(&down, "fkey"), ["key       shop.items_product_id_fkey  taken back, added, validated"]);
    assert_eq!(constraints(&mut client), [THERE]);
    run(&project, &database, ("migrate up", 0));
    run(&project, &database, ("migrate redo", 0));
    assert_eq!(constraints(&mut client), [THERE]);
}

#[test]
fn a_rollback_outside_a_transaction_takes_the_key_back_too() {
    let (database, project) = (Database::create(), shop(&[KEY]));
    let project = project.rollback("shop/V2__product.sql", "-- crmdb: no-transaction\ndrop table product;\n");
    run(&project, &database, ("migrate up", 0));
    run(&project, &database, ("migrate down", 0));
    assert_eq!(
        state(&project.run(&database, "migrate status --format json").expect(0)),
        ("waiting".to_owned(), false)
    );
}

#[test]
fn a_key_whose_table_a_migration_dropped_leaves_the_ledger() {
    let (database, project) = (Database::create(), shop(&[KEY]));
    run(&project, &database, ("migrate up", 0));
    let project = project.migration("shop/V3__drop.sql", "drop table product cascade;\n");
    let up = project.run(&database, "migrate up").expect(1);
    assert!(up.stdout.contains("taken back, waiting for table shop.product"), "{up}");
    assert!(
        up.stdout.contains("is waiting for table shop.product, which no migration that is left brings"),
        "{up}"
    );
    let project = project.migration("shop/V4__again.sql", "create table product (id int primary key);\n");
    run(&project, &database, ("migrate up", 0));
    assert_eq!(constraints(&mut database.client()), [THERE]);
}

#[test]
fn a_key_to_a_table_that_no_migration_makes_is_a_finding() {
    let (database, project) = (Database::create(), shop(&["items.product_id -> produkt.id"]));
    run(&project, &database, ("migrate up --to shop:1", 0));
    let up = project.run(&database, "migrate up").expect(1);
    let told = "is waiting for table shop.produkt, which no migration that is left brings";
    assert!(up.stdout.contains(told), "{up}");
    assert_eq!(
        state(&project.run(&database, "migrate status --format json").expect(1)),
        ("waiting".to_owned(), true)
    );
}

#[test]
fn a_key_that_the_server_refuses_fails_alone() {
    let (database, project) = (Database::create(), shop(&["items.name -> product.id", KEY]));
    let project = project.migration("shop/V3__name.sql", "alter table items add column name date;\n");
    let up = project.run(&database, "migrate up").expect(5);
    assert!(up.stdout.contains("failed: foreign key shop.items_name_fkey: foreign key constraint \"items_name_fkey\" cannot be implemented\n"), "{up}");
    assert!(up.stdout.contains("  sqlstate 42804\n"), "{up}");
    let again = keys(&project.run(&database, "migrate up --format json").expect(5)).remove(0);
    let error = again.error.unwrap();
    assert_eq!((again.state.as_str(), error.sqlstate.as_str()), ("due", "42804"));
    assert!(
        error.message.contains("cannot be implemented")
            && error.detail.unwrap().contains("incompatible types")
    );
    assert_eq!(constraints(&mut database.client()), [THERE]);
}

#[test]
fn a_mistake_in_a_key_is_told_with_its_place() {
    let (database, project) = (Database::create(), shop(&[KEY, "items.a -> b.c on delete explode"]));
    let output = project.run(&database, "migrate up").expect(2);
    assert!(output.stderr.starts_with("error: schema.toml:4:29: `items.a -> b.c on delete explode` is not a foreign key: `explode` stands where"), "{output}");
}

#[test]
fn the_library_adds_the_keys_too() {
    let (database, project) = (Database::create(), shop(&[KEY]));
    let migrations = crmdb::Migrations::open(project.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let applied = runtime.block_on(migrations.up(&database.url())).unwrap();
    assert_eq!(applied.foreign_keys[0].state, "valid");
    assert_eq!(applied.foreign_keys[0].done, ["added", "validated"]);
}
