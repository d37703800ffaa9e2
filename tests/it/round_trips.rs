//! How often crmdb waits for the server: counted by a proxy, never timed.

use crate::support::postgres::{Database, Server};
use crate::support::project::{Output, Project};
use crate::support::proxy::Proxy;

/// Runs `crmdb <line>` through a counting proxy and returns what it wrote and how often it waited.
fn counted(project: &Project, database: &Database<'_>, line: &str) -> (Output, usize) {
    let proxy = Proxy::counting(Server::shared());
    let output = project.run_at(&proxy.url(database), line);
    (output, proxy.round_trips())
}

/// A project of `count` migrations that cost the server nothing.
fn empty_migrations(count: usize) -> Project {
    (1..=count).fold(Project::new(), |project, version| {
        project.migration(&format!("V{version}__nothing.sql"), "-- nothing\n")
    })
}

#[test]
fn doing_nothing_costs_the_same_few_round_trips_however_much_is_applied() {
    let costs = [1, 1_000].map(|count| {
        let database = Database::create();
        let project = empty_migrations(count);
        project.run(&database, "migrate up").expect(0);
        ["migrate up", "migrate status"].map(|line| {
            let (output, trips) = counted(&project, &database, line);
            output.expect(0);
            trips
        })
    });
    // Connecting, looking for the ledger, reading it: of `up` and `status`, with 1 and with 1,000 migrations applied.
    assert_eq!(costs, [[3, 3], [3, 3]]);
}

#[test]
fn deferred_foreign_keys_cost_one_round_trip_more_whatever_their_number() {
    for count in [1, 100] {
        let database = Database::create();
        let keys: String = (1..=count).map(|n| format!("  't.c{n} -> t.id',\n")).collect();
        let columns: String = (1..=count).map(|n| format!(", c{n} int")).collect();
        let project = Project::new()
            .file("schema.toml", &format!("[modules.m]\ndeferred_foreign_keys = [\n{keys}]\n"))
            .migration("m/V1__t.sql", &format!("create table t (id int primary key{columns});\n"));
        let up = project.run(&database, "migrate up").expect(0);
        assert_eq!(up.stdout.matches("added, validated").count(), count);
        for line in ["migrate up", "migrate status"] {
            let (output, trips) = counted(&project, &database, line);
            output.expect(0);
            assert_eq!(trips, 4, "round trips of `{line}` with {count} keys");
        }
    }
}

/// Migrations from version 1, each with `statements` statements.
fn with_statements(migrations: usize, statements: usize) -> Project {
    (1..=migrations).fold(Project::new(), |project, version| {
        let sql: String =
            (1..=statements).map(|n| format!("create table t{version}_{n} (i int);\n")).collect();
        project.migration(&format!("V{version}__tables.sql"), &sql).rollback(
            &format!("V{version}__tables.sql"),
            &sql.replace("create", "drop").replace(" (i int)", ""),
        )
    })
}

#[test]
fn a_migration_costs_at_most_two_round_trips_whatever_it_holds() {
    let trips = |migrations, statements, line| {
        let database = Database::create();
        let project = with_statements(migrations, statements);
        let (output, up) = counted(&project, &database, line);
        output.expect(0);
        let (output, down) = counted(&project, &database, "migrate down --all --yes");
        output.expect(0);
        (up, down)
    };
    let (one, one_down) = trips(1, 1, "migrate up");
    let (two, two_down) = trips(2, 1, "migrate up");
    assert!((1..=2).contains(&(two - one)), "a second migration costs {} round trips", two - one);
    assert!((1..=2).contains(&(two_down - one_down)), "its rollback costs {}", two_down - one_down);
    // So little that all of it is written before an answer can come.
    assert_eq!(trips(1, 30, "migrate up"), (one, one_down), "30 statements cost what one costs");
    let single = "migrate up --single-transaction";
    assert_eq!(trips(2, 30, single).0, one, "two migrations in one transaction cost what one costs");
}

#[test]
fn a_migration_that_fails_costs_no_more_than_its_rollback_and_the_event() {
    let trips = |before| {
        let database = Database::create();
        let good: String = (1..=before).map(|n| format!("create table t{n} (i int);\n")).collect();
        let project = Project::new().migration("V1__bad.sql", &format!("{good}select 1/0;\n{good}"));
        let (output, trips) = counted(&project, &database, "migrate up");
        output.expect(5);
        trips
    };
    let database = Database::create();
    let (output, good) = counted(&with_statements(1, 1), &database, "migrate up");
    output.expect(0);
    let bad = trips(1);
    assert!(bad <= good + 2, "{good} round trips when it is well, {bad} when it fails");
    assert_eq!(trips(100), bad);
}

#[test]
fn verifying_costs_one_round_trip_whatever_is_declared() {
    let trips = [1, 300].map(|tables| {
        let names = (1..=tables).map(|n| format!("t{n}"));
        let sql: String =
            names.clone().map(|name| format!("create table {name} (i int primary key);\n")).collect();
        let contract: String = names
            .map(|name| {
                format!("[modules.public.tables.{name}]\nindexes = []\ncolumns = ['i int not null']\n")
            })
            .collect();
        let project = Project::new()
            .file("schema.toml", &format!("[modules.public]\nstrict = true\nviews = []\n{contract}"))
            .file("verify/own.sql", "select 1 where false")
            .migration("V1__tables.sql", &sql);
        let database = Database::create();
        project.run(&database, "migrate up").expect(0);
        ["migrate up", "migrate up --no-verify", "verify"].map(|line| {
            let (output, trips) = counted(&project, &database, line);
            output.expect(0);
            trips
        })
    });
    assert_eq!(trips[0], trips[1], "with 1 and with 300 tables");
    let [up, unverified, verify] = trips[0];
    assert_eq!((up - unverified, verify), (1, up), "the contract and the own queries go out in one flight");
    assert!(up <= 6, "{up}");
}
