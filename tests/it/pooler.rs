//! Runs through PgBouncer: what works in each of its modes, what is refused, and what others see of it.

use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use postgres::Client;

use crate::faults::value;
use crate::support::pooler::Pooler;
use crate::support::postgres::{Database, Server, wait_until};
use crate::support::project::{Output, Project};

const TRANSACTION: &str = "pool_mode = transaction";

fn transactional() -> Project {
    Project::new()
        .migration("V1__item.sql", "create table item (id int primary key, name text);\n")
        .rollback("V1__item.sql", "drop table item;\n")
        .migration(
            "V2__rows.sql",
            "copy item from stdin;\n1\tone\n2\ttwo\n\\.\nalter table item add price int;\n",
        )
        .rollback("V2__rows.sql", "delete from item;\nalter table item drop price;\n")
}

fn outside() -> Project {
    transactional()
        .migration(
            "V3__index.sql",
            "-- crmdb: no-transaction\ncreate index concurrently item_name on item (name);\n",
        )
        .rollback("V3__index.sql", "-- crmdb: no-transaction\ndrop index concurrently item_name;\n")
}

fn spawn(project: &Project, url: &str, line: &str) -> Child {
    let mut command = project.command(url, line);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_pooler_in_transaction_mode_is_said_and_transactional_migrations_go_through() {
    let (database, project) = (Database::create(), transactional());
    let pooler = Pooler::new(Server::shared(), (TRANSACTION, ""));
    let url = pooler.url(&database);
    insta::assert_snapshot!(project.run_at(&url, "migrate up").expect(0), @r#"
    crmdb migrate up: exit code 0
    --- stdout
    applied   V1__item.sql  <time>
    applied   V2__rows.sql  <time>
    applied 2 migrations on <database> on <host> in <time>
    --- stderr
    note: a pooler in transaction mode stands between: each migration sets what it needs for its transaction alone, and one that runs outside a transaction is refused
    "#);
    let again = project.run_at(&url, "migrate up").expect(0);
    assert_eq!(again.stderr, "", "{again}");
    for line in ["migrate status", "history", "verify", "migrate redo --accept-data-loss", "diff"] {
        project.run_at(&url, line).expect(0);
        project.run_at(&url, line).expect(0);
    }
    project.run_at(&url, "migrate down --all --accept-data-loss").expect(0);
    assert_eq!(value(&database, "select count(*)::text from pg_class where relname = 'item'"), "0");
    project.run_at(&url, "migrate up --single-transaction").expect(0);
}

#[test]
fn outside_a_transaction_a_pooler_in_transaction_mode_is_refused_with_the_way_out() {
    let (database, project) = (Database::create(), outside());
    let pooler = Pooler::new(Server::shared(), (TRANSACTION, ""));
    insta::assert_snapshot!(project.run_at(&pooler.url(&database), "migrate up").expect(4), @r#"
    crmdb migrate up: exit code 4
    --- stderr
    note: a pooler in transaction mode stands between: each migration sets what it needs for its transaction alone, and one that runs outside a transaction is refused
    error: `V3__index.sql` runs outside a transaction, and the pooler in transaction mode gives its session to others meanwhile; nothing was changed
    hint: connect to the server itself, or to a pool in session mode
    "#);
    assert_eq!(value(&database, "select count(*)::text from crmdb.migration"), "0");
    project.run(&database, "migrate up").expect(0);
    let down = project.run_at(&pooler.url(&database), "migrate down").expect(4);
    assert!(down.stderr.contains("runs outside a transaction"), "{down}");
    assert_eq!(value(&database, "select count(*)::text from crmdb.migration"), "3");
}

#[test]
fn through_a_pooler_in_session_mode_everything_works() {
    let (database, project) = (Database::create(), outside());
    let pooler = Pooler::new(Server::shared(), ("pool_mode = session", ""));
    let url = pooler.url(&database);
    for _ in 0..2 {
        let up = project.run_at(&url, "migrate up").expect(0);
        assert_eq!(up.stderr, "", "{up}");
        project.run_at(&url, "verify").expect(0);
        project.run_at(&url, "migrate redo --accept-data-loss").expect(0);
        project.run_at(&url, "migrate down --all --accept-data-loss").expect(0);
    }
    // The process that works is not the one that the login named, and who blocks it is named all the same.
    project.run_at(&url, "migrate up --to 2").expect(0);
    let mut holder = database.client();
    holder.batch_execute("begin; select from item").unwrap();
    let line = "migrate down --accept-data-loss --lock-timeout 900ms --lock-retries 0";
    let blocked = project.run_at(&url, line).expect(5);
    assert!(blocked.stderr.contains("in the way: `V2__rows.sql` waits for a lock: pid "), "{blocked}");
}

#[test]
fn a_pooler_that_knows_no_transactions_is_refused_before_anything() {
    let (database, project) = (Database::create(), transactional());
    let pooler = Pooler::new(Server::shared(), ("pool_mode = statement", ""));
    insta::assert_snapshot!(project.run_at(&pooler.url(&database), "migrate up").expect(4), @r#"
    crmdb migrate up: exit code 4
    --- stderr
    error: the pooler before <database> on <host> is in statement mode, which knows no transactions; nothing was changed
    hint: connect to the server itself, or to a pool in session mode
    "#);
}

/// Opens as many transactions as the pool has server processes and returns what each of them has set.
fn settings_of_the_pool(pooler: &Pooler, database: &Database<'_>, processes: usize) -> Vec<String> {
    let mut clients: Vec<Client> = (0..processes).map(|_| pooler.client(database)).collect();
    let sql = "select concat_ws(' ', pg_backend_pid(), current_setting('search_path'), current_setting('work_mem'),
        current_setting('lock_timeout'), current_setting('statement_timeout'), current_setting('idle_session_timeout'),
        current_setting('synchronous_commit'), current_setting('idle_in_transaction_session_timeout'),
        current_setting('role'), session_user, nullif(current_setting('app.tenant', true), ''),
        current_setting('default_tablespace'), current_setting('check_function_bodies'))";
    let ask = |client: &mut Client| {
        client.batch_execute("begin").unwrap();
        let messages = client.simple_query(sql).unwrap();
        messages.iter().find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap().to_owned()),
            _ => None,
        })
    };
    clients.iter_mut().map(|client| ask(client).unwrap()).collect()
}

/// Notes the server process in which a migration or seed runs.
const IN: &str = "insert into public.worked select pg_backend_pid();\n";

#[test]
fn nothing_that_a_run_or_a_migration_sets_reaches_other_clients_of_the_pool() {
    let database = Database::create();
    let query = "connect_query='set work_mem = ''55MB''; set search_path = theirs, public'";
    let settings = format!("{TRANSACTION}\ndefault_pool_size = 3\nmin_pool_size = 3");
    let pooler = Pooler::new(Server::shared(), (&settings, query));
    let role = format!("{}_role", database.name());
    database.client().batch_execute(&format!("create role \"{role}\"")).unwrap();
    let clean = |one: &String| one.ends_with(" theirs, public 55MB 0 0 0 on 0 none postgres  on");
    let before = settings_of_the_pool(&pooler, &database, 3);
    assert!(before.iter().all(clean), "{before:?}");
    let project = transactional()
        .migration(
            "V3__dump.sql",
            "create table worked as select pg_backend_pid() as pid;\nset statement_timeout = 0;\nset lock_timeout = 0;\nset check_function_bodies = false;\n\
             select pg_catalog.set_config('search_path', '', false);\nset app.tenant = 'seven';\n",
        )
        .migration("V4__same.sql", &format!("{IN}set search_path = public;\nset work_mem = '77MB';\n"))
        .migration(
            "V5__hidden.sql",
            &format!(
                "{IN}do $$ begin perform set_config('role', '{role}', false), set_config('work_mem', '88MB', false); end $$;\n\
                 reset all;\n"
            ),
        )
        .migration("V6__user.sql", &format!("{IN}set session authorization \"{role}\";\nset role \"{role}\";\n"))
        .file("seeds/dev/01_one.sql", &format!("{IN}set work_mem = '99MB';\nset search_path = '';\nset role \"{role}\";\n"));
    let url = pooler.url(&database);
    for line in ["migrate up", "seed"] {
        project.run_at(&url, line).expect(0);
        let after = settings_of_the_pool(&pooler, &database, 3);
        assert!(after.iter().all(clean), "{after:?}");
        // A process that the pooler has opened instead would show nothing.
        let worked = "select string_agg(distinct pid::text, ' ') from worked";
        for pid in value(&database, worked).split(' ') {
            assert!(after.iter().any(|one| one.starts_with(&format!("{pid} "))), "{pid} of {after:?}");
        }
        database.client().batch_execute("truncate worked").unwrap();
    }
    drop(pooler);
    database.client().batch_execute(&format!("drop role \"{role}\"")).unwrap();
}

#[test]
fn a_run_does_not_take_what_others_left_in_the_pool_for_its_own() {
    let database = Database::create();
    let settings = format!("{TRANSACTION}\ndefault_pool_size = 2");
    let pooler = Pooler::new(Server::shared(), (&settings, ""));
    let mut clients = [pooler.client(&database), pooler.client(&database)];
    for client in &mut clients {
        client.batch_execute("begin; set search_path = elsewhere; set work_mem = '66MB'").unwrap();
    }
    clients.iter_mut().for_each(|client| client.batch_execute("commit").unwrap());
    let project = Project::new().migration(
        "V1__who.sql",
        "create table who as select current_setting('work_mem') as memory, current_setting('search_path') as path;\n",
    );
    project.run_at(&pooler.url(&database), "migrate up").expect(0);
    assert_eq!(value(&database, "select concat_ws(' ', memory, path) from public.who"), "4MB public");
    let left = settings_of_the_pool(&pooler, &database, 1);
    assert!(left[0].contains("elsewhere 66MB"), "{left:?}");
}

#[test]
fn eight_runs_at_once_through_a_pool_that_others_use_apply_each_migration_once() {
    let (database, project) = (Database::create(), transactional());
    let pooler = Pooler::new(Server::shared(), (TRANSACTION, ""));
    let url = pooler.url(&database);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut client = pooler.client(&database);
                while !over.load(Ordering::Relaxed) {
                    client.batch_execute("begin; select pg_sleep(0.001); commit").unwrap();
                }
            });
        }
        let runs: Vec<Child> = (0..8).map(|_| spawn(&project, &url, "migrate up")).collect();
        let outputs: Vec<_> = runs.into_iter().map(|run| run.wait_with_output().unwrap()).collect();
        over.store(true, Ordering::Relaxed);
        outputs.into_iter().for_each(|output| _ = Output::new("migrate up", output).expect(0));
    });
    let done =
        "select string_agg(file, ' ' order by id) from crmdb.event where kind = 'up' and outcome = 'done'";
    assert_eq!(value(&database, done), "V1__item.sql V2__rows.sql");
}

#[test]
fn a_run_that_is_killed_behind_a_pooler_frees_the_lock_and_is_completed_by_the_next() {
    let database = Database::create();
    let pooler = Pooler::new(Server::shared(), (TRANSACTION, ""));
    let project = Project::new().migration("V1__slow.sql", "create table t (i int);\nselect pg_sleep(30);\n");
    let url = pooler.url(&database);
    let mut run = spawn(&project, &url, "migrate up");
    let mut watcher = database.client();
    wait_until("the run is at work", Duration::from_secs(20), || {
        let sql =
            "select from pg_stat_activity where datname = current_database() and query like '%pg_sleep(30)%'
                   and pid <> pg_backend_pid()";
        !watcher.query(sql, &[]).unwrap().is_empty()
    });
    run.kill().unwrap();
    run.wait().unwrap();
    let project = project.migration("V1__slow.sql", "create table t (i int);\n");
    project.run_at(&url, "migrate up").expect(0);
    assert_eq!(value(&database, "select count(*)::text from t"), "0");
}

#[test]
fn a_pool_of_one_server_process_is_too_small_and_said_to_be() {
    let (database, project) = (Database::create(), transactional());
    let pooler = Pooler::new(Server::shared(), (&format!("{TRANSACTION}\ndefault_pool_size = 1"), ""));
    insta::assert_snapshot!(project.run_at(&pooler.url(&database), "migrate up").expect(3), @r#"
    crmdb migrate up: exit code 3
    --- stderr
    error: the pooler before <database> on <host> gives no second server process, and crmdb needs two at once; nothing was changed
    hint: raise the pool's size (`default_pool_size` of PgBouncer), or connect to the server itself
    "#);
    assert_eq!(value(&database, "select coalesce(to_regnamespace('crmdb')::text, 'none')"), "none");
}
