//! Keys while others are at work: writers are not kept waiting, and a killed run goes on.

use std::time::{Duration, Instant};

use super::{KEY, THERE, constraints, run, shop, state};
use crate::support::postgres::{Database, wait_until};

/// The writer's longest wait may pass the lock timeout by what a busy machine adds.
const SLACK: Duration = Duration::from_millis(700);

#[test]
fn a_writer_never_waits_longer_than_the_lock_timeout_while_a_key_is_added() {
    for locked in ["items", "product"] {
        let (database, project) = (Database::create(), shop(&[]));
        run(&project, &database, ("migrate up", 0));
        let project =
            project.file("schema.toml", &format!("[modules.shop]\ndeferred_foreign_keys = [{KEY:?}]\n"));
        let mut holder = database.client();
        holder.batch_execute(&format!("begin; insert into shop.{locked} values (-1)")).unwrap();
        let line = "migrate up --lock-timeout 400ms --lock-retries 50";
        let mut process = project.command(&database.url(), line);
        let process = process
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut writer = database.client();
        let (mut longest, start, mut number) = (Duration::ZERO, Instant::now(), 0);
        while start.elapsed() < Duration::from_secs(3) {
            let began = Instant::now();
            number += 1;
            writer.execute("insert into shop.items values ($1)", &[&number]).unwrap();
            writer.execute("insert into shop.product values ($1)", &[&number]).unwrap();
            longest = longest.max(began.elapsed());
        }
        assert!(longest < Duration::from_millis(400) + SLACK, "a writer waited {longest:?} ({locked} held)");
        assert!(constraints(&mut writer).is_empty());
        holder.batch_execute("commit").unwrap();
        let output = process.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
        assert!(
            told.contains(
                "retry: foreign key `shop.items_product_id_fkey` (canceling statement due to lock timeout)"
            ),
            "{told}"
        );
        assert_eq!(constraints(&mut writer), [THERE]);
    }
}

#[test]
fn a_lock_that_is_never_to_be_had_fails_the_key_and_the_next_run_adds_it() {
    let (database, project) = (Database::create(), shop(&[]));
    run(&project, &database, ("migrate up", 0));
    let project =
        project.file("schema.toml", &format!("[modules.shop]\ndeferred_foreign_keys = [{KEY:?}]\n"));
    let mut holder = database.client();
    holder.batch_execute("begin; lock table shop.product").unwrap();
    let up = project.run(&database, "migrate up --lock-timeout 50ms --lock-retries 1").expect(5);
    assert!(up.stdout.contains("sqlstate 55P03"), "{up}");
    let named = project.run(&database, "migrate up --lock-timeout 2s --lock-retries 0").expect(5);
    let words = "in the way: foreign key `shop.items_product_id_fkey` waits for a lock: pid ";
    assert!(named.stderr.contains(words) && !named.stderr.contains("cancelled"), "{named}");
    // The application reads on; only who holds the lock is in the way.
    let mut reader = database.client();
    reader.batch_execute("begin; select from shop.items").unwrap();
    let up = project.run(&database, "migrate up --cancel-blockers").expect(0);
    assert_eq!(up.stderr.matches("its session was ended").count(), 1, "{up}");
    assert!(holder.is_closed() || holder.batch_execute("rollback").is_err());
    reader.batch_execute("commit").unwrap();
    assert_eq!(constraints(&mut reader), [THERE]);
}

#[test]
fn a_run_that_is_killed_between_adding_and_validating_goes_on() {
    let (database, project) = (Database::create(), shop(&[KEY]));
    let mut client = database.client();
    client
        .batch_execute(
            "create function public.dawdle() returns event_trigger language plpgsql as $$ begin \
               if exists (select from pg_constraint where conname = 'items_product_id_fkey') then \
                 perform pg_sleep(600); \
               end if; end $$; \
             create event trigger dawdle on ddl_command_start when tag in ('ALTER TABLE') \
               execute function public.dawdle()",
        )
        .unwrap();
    let mut process = project.command(&database.url(), "migrate up --quiet").spawn().unwrap();
    wait_until("the key is added", Duration::from_secs(30), || !constraints(&mut client).is_empty());
    process.kill().unwrap();
    process.wait().unwrap();
    wait_until("the killed run's statement has ended", Duration::from_secs(30), || {
        let others =
            "select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
        client.query(others, &[]).unwrap().is_empty()
    });
    client.batch_execute("drop event trigger dawdle").unwrap();
    assert_eq!(constraints(&mut client), [format!("{THERE} NOT VALID")]);
    let status = project.run(&database, "migrate status --format json").expect(0);
    assert_eq!(state(&status), ("not-valid".to_owned(), false));
    // As a VACUUM of the table holds it: nothing that reads or writes minds, and validating waits for it.
    let mut holder = database.client();
    holder.batch_execute("begin; lock table shop.items in share update exclusive mode").unwrap();
    let named = project.run(&database, "migrate up --lock-timeout 900ms --lock-retries 0").expect(5);
    let words = "in the way: foreign key `shop.items_product_id_fkey` waits for a lock: pid ";
    assert!(named.stderr.contains(words), "{named}");
    let up = project.run(&database, "migrate up --cancel-blockers").expect(0);
    assert!(up.stderr.contains("its session was ended"), "{up}");
    assert!(holder.batch_execute("rollback").is_err());
    assert_eq!(constraints(&mut client), [THERE]);
}
