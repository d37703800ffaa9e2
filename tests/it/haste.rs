//! Runs in a hurry: who is in the way is named and, where that is asked for, cancelled; a deadline stops between migrations.

use insta::assert_snapshot;
use postgres::Client;

use crate::support::postgres::{Database, Server};
use crate::support::project::Project;
use crate::support::proxy::{HowFar, Proxy, StopAt};

/// Three tables, each of which its own migration makes.
fn three() -> (Project, Database<'static>) {
    let mut project = Project::new();
    for n in 1..=3 {
        let name = format!("V{n}__t{n}.sql");
        project = project
            .migration(&name, &format!("CREATE TABLE t{n} ();\n"))
            .rollback(&name, &format!("DROP TABLE t{n};\n"));
    }
    let database = Server::shared().database();
    project.run(&database, "migrate up").expect(0);
    (project, database)
}

/// A session with an open transaction that reads a table.
fn reader(database: &Database<'_>, table: &str) -> Client {
    let mut client = database.client();
    let read = format!("SET application_name = 'report'; BEGIN; SELECT count(*) FROM {table}");
    client.batch_execute(&read).unwrap();
    client
}

fn is_alive(client: &mut Client) -> bool {
    client.batch_execute("SELECT 1").is_ok()
}

fn tables(database: &Database<'_>) -> i64 {
    let sql = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    database.client().query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn who_holds_the_lock_is_named_while_a_migration_waits() {
    let (project, database) = three();
    let mut reader = reader(&database, "t3");
    let output = project.run(&database, "migrate down --lock-timeout 900ms --lock-retries 0").expect(5);
    let words = "in the way: `V3__t3.sql` waits for a lock: pid ";
    assert!(output.stderr.contains(words), "{output}");
    assert!(
        output.stderr.contains("of role `postgres` from local, `report`: idle in transaction, for"),
        "{output}"
    );
    assert!(is_alive(&mut reader) && !output.stderr.contains("cancelled"), "{output}");
}

#[test]
fn only_what_blocks_is_cancelled_and_only_when_asked() {
    let (project, database) = three();
    let (mut in_the_way, mut elsewhere) = (reader(&database, "t3"), reader(&database, "t1"));
    let output = project.run(&database, "migrate down --cancel-blockers").expect(0);
    let (listed, ended) = (output.stderr.find("in the way: "), output.stderr.find("its session was ended"));
    assert!(listed.is_some() && listed < ended, "{output}");
    assert!(!is_alive(&mut in_the_way) && is_alive(&mut elsewhere));
    assert_eq!(tables(&database), 2);
}

#[test]
fn a_running_statement_is_cancelled_and_its_session_lives() {
    let (project, database) = three();
    let url = database.url();
    let busy = std::thread::spawn(move || {
        let mut client = Client::connect(&url, postgres::NoTls).unwrap();
        let slept = client.batch_execute("BEGIN; SELECT count(*) FROM t3; SELECT pg_sleep(60)");
        (
            slept.unwrap_err().code().map(|code| code.code().to_owned()),
            client.batch_execute("ROLLBACK").is_ok(),
        )
    });
    let sleeps = "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND wait_event = 'PgSleep' \
                  AND datname = current_database()";
    while database.client().query(sleeps, &[]).unwrap().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let output = project.run(&database, "migrate down --cancel-blockers").expect(0);
    assert!(output.stderr.contains("its statement was cancelled"), "{output}");
    assert_eq!(busy.join().unwrap(), (Some("57014".to_owned()), true));
}

#[test]
fn a_deadline_stops_between_migrations_and_says_how_to_go_on() {
    let (project, database) = three();
    let mut reader = reader(&database, "t2");
    let line = "migrate down --steps 3 --yes --deadline 3s --lock-timeout 500ms";
    let output = project.run(&database, line).expect(5);
    let hint = "hint: run `crmdb migrate down --steps 2` again: it goes on from here by itself";
    assert!(
        output.stderr.contains("error: the deadline has come; no further migration was begun in "),
        "{output}"
    );
    assert!(
        output.stderr.contains("`V2__t2.sql` is left for the next run; `V3__t3.sql` stays taken back"),
        "{output}"
    );
    assert!(output.stderr.contains(hint), "{output}");
    assert_eq!(tables(&database), 2);
    reader.batch_execute("ROLLBACK").unwrap();
    project.run(&database, "migrate down --steps 2 --yes").expect(0);
    assert_eq!(tables(&database), 0);
}

#[test]
fn nothing_begins_after_the_deadline_and_no_statement_outlasts_it() {
    let (project, database) = three();
    let output = project.run(&database, "migrate down --deadline 0ms").expect(5);
    assert!(
        output.stderr.contains("`V3__t3.sql` is left for the next run; nothing else was changed"),
        "{output}"
    );
    // The command that goes on is one for the same database; a password is not in it.
    let url = database.url();
    let again = |url: &str| {
        let output = project.run_at(
            "postgresql://127.0.0.1:1/x",
            &format!("migrate down --deadline 0ms --database-url {url}"),
        );
        output.expect(5).stderr
    };
    let told = again(&url);
    assert!(told.contains(&format!("`crmdb migrate down --database-url '{url}'`")), "{told}");
    let told = again(&url.replace("postgres@", "postgres:geheim@"));
    assert!(told.contains("`crmdb migrate down --database-url …`") && !told.contains("geheim"), "{told}");
    let project = project.migration("V4__slow.sql", "CREATE TABLE t4 ();\nSELECT pg_sleep(60);\n");
    let output = project.run(&database, "migrate up --deadline 1500ms").expect(5);
    assert!(output.stderr.contains("the deadline has come"), "{output}");
    assert_eq!(tables(&database), 3);
}

#[test]
fn outside_a_transaction_too_a_blocker_is_named_the_deadline_holds_and_a_later_run_cancels() {
    let (project, database) = three();
    let project = project.migration(
        "V4__index.sql",
        "-- crmdb: no-transaction\nALTER TABLE t1 ADD i int;\nCREATE INDEX CONCURRENTLY t2_idx ON t2 ((1));\n",
    );
    let writer = |table: &str| {
        let mut client = database.client();
        let lock = format!("SET application_name = 'nightly'; BEGIN; LOCK {table} IN ROW EXCLUSIVE MODE");
        client.batch_execute(&lock).unwrap();
        client
    };
    let in_the_way = "in the way: `V4__index.sql` waits for a lock: pid ";
    let mut on_the_first = writer("t1");
    let output = project.run(&database, "migrate up --lock-timeout 900ms --lock-retries 0").expect(5);
    assert!(output.stderr.contains(in_the_way) && output.stderr.contains("`nightly`"), "{output}");
    on_the_first.batch_execute("ROLLBACK").unwrap();
    // A concurrent index waits for whoever may write, and for that its lock timeout is not in force.
    let mut on_the_second = writer("t2");
    let output = project.run(&database, "migrate up --deadline 2500ms --lock-timeout 100ms").expect(5);
    assert!(output.stderr.contains(in_the_way), "{output}");
    assert!(
        output.stderr.contains("`V4__index.sql` is left for the next run, which goes on where it stands"),
        "{output}"
    );
    let output = project.run(&database, "migrate up --cancel-blockers").expect(0);
    assert!(output.stderr.contains("its session was ended"), "{output}");
    assert!(!is_alive(&mut on_the_second) && is_alive(&mut on_the_first));
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 't2_idx'::regclass";
    assert!(database.client().query_one(valid, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn a_server_that_says_nothing_does_not_hold_a_run_beyond_its_deadline() {
    let (project, database) = three();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgresql://op@{}/crm?sslmode=disable", silent.local_addr().unwrap());
    assert_snapshot!(project.run_at(&url, "migrate down --from-ledger --deadline 100ms").expect(3));
    let proxy = Proxy::stopping(Server::shared(), StopAt { message: 12, how_far: HowFar::Held });
    let output = project.run_at(&proxy.url(&database), "migrate down --deadline 1s").expect(3);
    assert!(
        output.stderr.contains("error: the deadline has come and the server does not answer"),
        "{output}"
    );
    proxy.cut();
    project.run(&database, "migrate down").expect(0);
}

#[test]
fn a_prepared_transaction_is_named_and_never_ended() {
    let (project, database) = three();
    let mut client = database.client();
    let name = format!("of {}", database.name());
    client.batch_execute(&format!("BEGIN; SELECT FROM t3; PREPARE TRANSACTION '{name}'")).unwrap();
    let line = "migrate down --lock-timeout 900ms --lock-retries 0 --cancel-blockers";
    let output = project.run(&database, line).expect(5);
    client.batch_execute(&format!("ROLLBACK PREPARED '{name}'")).unwrap();
    let words = format!("waits for a lock: the prepared transaction `{name}` of role `postgres`, for ");
    assert!(output.stderr.contains(&words) && output.stderr.contains("not cancelled: "), "{output}");
    project.run(&database, "migrate down").expect(0);
}

#[test]
fn a_rollback_that_is_not_the_recorded_one_is_a_question() {
    let (project, database) = three();
    let project = project.rollback("V3__t3.sql", "DROP TABLE t3; CREATE TABLE from_file ();\n");
    assert_snapshot!(project.run(&database, "migrate down").expect(4));
    assert_snapshot!(project.run(&database, "migrate down --yes").expect(4));
    project.run(&database, "migrate down --dry-run").expect(0);
    project.run(&database, "migrate down --from-files").expect(0);
    database.client().batch_execute("TABLE from_file").unwrap();
}

#[test]
fn who_applied_what_the_ledger_takes_back_is_shown() {
    let (_, database) = three();
    let output = Project::new().run(&database, "migrate down --from-ledger").expect(0);
    assert_snapshot!(output);
}

#[test]
fn a_rollback_in_the_ledger_that_was_tampered_with_is_refused() {
    let (_, database) = three();
    let sql = "UPDATE crmdb.migration SET rollback_sql = 'DROP TABLE t1;' || chr(10) WHERE version = 3";
    database.client().batch_execute(sql).unwrap();
    let output = Project::new().run(&database, "migrate down --from-ledger").expect(4);
    let words = "a rollback of `ledger:V3__t3.sql` that is not the one its checksum was made of";
    assert!(output.stderr.contains(words), "{output}");
    assert_eq!(tables(&database), 3);
}
