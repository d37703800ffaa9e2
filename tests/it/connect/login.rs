//! Who may log in, and how: passwords by every method, and what a session knows about itself.

use std::time::Duration;

use crmdb::db::connect::{Options, connect};
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use tokio_postgres::AsyncMessage;

use super::world::{PASSWORD, World};
use super::{apart, ask, at, check, run, same, surroundings, try_connect, with_session};

#[test]
fn passwords_log_in_by_every_method_and_a_wrong_one_is_told_without_showing_it() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let right = surroundings(home.path(), &[("PGPASSWORD", PASSWORD)]);
    let mut rows = Vec::new();
    for user in ["scram_user", "md5_user", "clear_user"] {
        rows.push(same(at(&world.secure, &format!("user={user}")), "tls"));
        rows.push(same(at(&world.plain, &format!("user={user}")), "plain"));
    }
    rows.push(same(at(&world.secure, "user=tls_only sslmode=allow"), "tls"));
    rows.push(same(at(&world.secure, "user=plain_only sslmode=prefer"), "plain"));
    rows.push(same(at(&world.secure, "user=plain_only sslmode=require"), "no pg_hba.conf entry"));
    rows.push(same(at(&world.secure, "user=scram_user channel_binding=require"), "tls"));
    rows.push(same(at(&world.secure, "user=scram_user channel_binding=disable"), "tls"));
    rows.push(same(at(&world.plain, "user=scram_user channel_binding=require"), "channel binding"));
    rows.push(same(at(&world.secure, "user=md5_user channel_binding=require"), "channel binding"));
    rows.push(same(at(&world.secure, "user=scram_user dbname=missing"), "sqlstate 3D000"));
    for (auth, user, expected) in [
        ("scram-sha-256", "scram_user", "tls"),
        ("scram-sha-256", "md5_user", "asks for `md5`, which `require_auth` does not allow"),
        ("scram-sha-256", "clear_user", "asks for `password`, which"),
        ("scram-sha-256", "trusted", "asks for `none`, which"),
        ("!password,!md5", "scram_user", "tls"),
        ("!password,!md5", "clear_user", "asks for `password`, which"),
        ("none", "trusted", "tls"),
    ] {
        rows.push(apart(at(&world.secure, &format!("user={user} require_auth={auth}")), expected));
    }
    check(&rows, &right);

    let wrong = surroundings(home.path(), &[("PGPASSWORD", "open sesame")]);
    for user in ["scram_user", "md5_user", "clear_user"] {
        let error = try_connect(&at(&world.secure, &format!("user={user}")), &wrong).unwrap_err();
        let (port, message) =
            (world.secure.port, format!("password authentication failed for user \"{user}\""));
        assert_eq!(error, format!("cannot connect to localhost:{port}: {message} (sqlstate 28P01)"));
        let error = try_connect(&at(&world.secure, &format!("user={user}")), &surroundings(home.path(), &[]));
        assert!(error.unwrap_err().contains("the server asks for a password and none is given"));
    }
}

#[test]
fn what_the_session_was_told_reaches_the_server() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let environment = surroundings(home.path(), &[("PGAPPNAME", "other"), ("PGTZ", "Asia/Tokyo")]);
    let conninfo = at(&world.secure, "application_name=mine options='-c statement_timeout=7s'");
    for (setting, expected) in [
        ("application_name", "crmdb"),
        ("TimeZone", "Asia/Tokyo"),
        ("statement_timeout", "7s"),
        ("client_encoding", "UTF8"),
    ] {
        let told = with_session(&conninfo, &environment, async |connected| {
            ask(connected, &format!("SHOW {setting}")).await
        });
        assert_eq!(told, expected, "{setting}");
    }
}

#[test]
fn notices_arrive_in_the_order_the_server_sent_them() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let sql = "DO $$ BEGIN FOR i IN 1..5 LOOP RAISE NOTICE 'n%', i; END LOOP; END $$";
    let notices = with_session(&at(&world.secure, ""), &surroundings(home.path(), &[]), async |connected| {
        let mut notices = Vec::new();
        let mut done = std::pin::pin!(connected.client.batch_execute(sql));
        loop {
            match select(done, connected.messages.next()).await {
                Either::Left((outcome, _)) => break outcome.unwrap(),
                Either::Right((message, unfinished)) => {
                    if let Some(Ok(AsyncMessage::Notice(notice))) = message {
                        notices.push(notice.message().to_owned());
                    }
                    done = unfinished;
                }
            }
        }
        notices
    });
    assert_eq!(notices, ["n1", "n2", "n3", "n4", "n5"]);
}

#[test]
fn a_running_statement_is_cancelled_over_tls_and_plain_and_socket() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let socket = format!("host={} port={} dbname=postgres", world.secure.socket.display(), world.secure.port);
    for conninfo in [at(&world.secure, "sslmode=require"), at(&world.secure, "sslmode=disable"), socket] {
        let code = with_session(&conninfo, &surroundings(home.path(), &[]), async |connected| {
            let cancel = connected.cancel.clone();
            let slow = std::pin::pin!(connected.client.batch_execute("SELECT pg_sleep(60)"));
            let later = async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                cancel.send().await.unwrap();
                std::future::pending::<()>().await
            };
            let drive = async { while connected.messages.next().await.is_some() {} };
            let both = std::pin::pin!(async { tokio::join!(later, drive) });
            match select(slow, both).await {
                Either::Left((outcome, _)) => outcome.unwrap_err().code().unwrap().code().to_owned(),
                Either::Right(_) => panic!("the session ended"),
            }
        });
        assert_eq!(code, "57014", "{conninfo}");
    }
}

#[test]
fn no_error_and_no_debug_text_shows_a_password() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let environment = surroundings(home.path(), &[]);
    let secret = "Xq7-secret";
    let mut shown = Vec::new();
    for conninfo in [
        format!("postgresql://scram_user:{secret}@localhost:{}/postgres", world.secure.port),
        format!("postgresql://scram_user:{secret}@localhost:{}/postgres?sslmode=disable", world.secure.port),
        format!("postgresql://cert_user:{secret}@localhost:{}/postgres", world.secure.port),
        format!("postgresql://u:{secret}@localhost:1/postgres"),
        format!("postgresql://u:{secret}@nowhere.invalid/postgres"),
        format!("postgresql://u:{secret}@localhost:99999/postgres"),
        format!("postgresql://u:/{secret}@localhost/postgres"),
        format!("postgresql://u:p@{secret}@localhost/postgres"),
        format!("postgresql://u:%{secret}@localhost/postgres"),
        format!("postgresql://u:{secret}@h/?nonsense=1"),
        format!("host=localhost port=1 password={secret}"),
        format!("host=localhost password='{secret}"),
        format!("host=localhost password=a {secret}"),
        format!("host=localhost password=a {secret}=1"),
        format!("host=localhost sslmode=bogus password={secret}"),
    ] {
        match Options::resolve(Some(&conninfo), &environment) {
            Err(error) => shown.push(format!("{error} {error:?}")),
            Ok(resolved) => {
                shown.push(format!("{resolved:?} {}", resolved.options));
                let error = run(connect(&resolved.options, None)).unwrap_err();
                shown.push(format!("{error} {error:?}"));
            }
        }
    }
    assert!(shown.len() > 15);
    for text in shown {
        assert!(!text.contains(secret), "{text}");
    }
}
