//! What is read from files: the password file, service files; and what a child of crmdb is given instead.

use std::os::unix::fs::PermissionsExt as _;

use crmdb::db::connect::{Environment, Options, Resolved, Warning};

use super::world::{PASSWORD, World, psql, write_private};
use super::{apart, ask, at, check, same, surroundings, try_connect, with_session};

/// The password as the password file writes it.
fn escaped() -> String {
    PASSWORD.replace('\\', "\\\\").replace(':', "\\:")
}

#[test]
fn the_password_file_logs_in_and_one_open_to_others_does_not() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".pgpass");
    let port = world.secure.port;
    let line = format!("localhost:{port}:postgres:scram_user:{}\n", escaped());
    write_private(&file, &format!("# ours\nlocalhost:1:*:*:wrong\n{line}*:*:*:*:wrong\n"));
    let environment = surroundings(home.path(), &[]);
    let conninfo = at(&world.secure, "user=scram_user");
    check(&[same(conninfo.clone(), "tls")], &environment);

    let other = home.path().join("elsewhere");
    write_private(&other, &line);
    std::fs::remove_file(&file).unwrap();
    check(&[same(conninfo.clone(), "the server asks for a password")], &environment);
    check(&[same(format!("{conninfo} passfile={}", other.display()), "tls")], &environment);
    let named = [("PGPASSFILE", other.to_str().unwrap())];
    check(&[same(conninfo.clone(), "tls")], &surroundings(home.path(), &named));

    std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o644)).unwrap();
    let environment = surroundings(home.path(), &named);
    check(&[same(conninfo.clone(), "the server asks for a password")], &environment);
    let Resolved { warnings, .. } = Options::resolve(Some(&conninfo), &environment).unwrap();
    assert_eq!(warnings, [Warning::PassfileOpenToOthers { path: other.clone(), mode: 0o644 }]);
    let text = warnings[0].to_string();
    assert!(text.contains("0644") && text.contains(&format!("chmod 0600 {}", other.display())), "{text}");
}

#[test]
fn a_service_logs_in_from_its_file_and_the_environment_fills_the_rest() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let port = world.secure.port;
    let text =
        format!("[other]\nhost=nowhere.invalid\n\n[crm]\nhost=localhost\nport={port}\nuser=scram_user\n");
    std::fs::write(home.path().join(".pg_service.conf"), text).unwrap();
    let environment = surroundings(home.path(), &[("PGDATABASE", "postgres"), ("PGPASSWORD", PASSWORD)]);
    let rows = [
        same("service=crm".to_owned(), "tls"),
        same("service=crm sslmode=disable".to_owned(), "plain"),
        same("service=crm user=trusted".to_owned(), "tls"),
        same("postgresql:///?service=crm".to_owned(), "tls"),
        same("service=missing".to_owned(), "connection service `missing` is in none of"),
    ];
    check(&rows, &environment);
    let named = [("PGSERVICE", "crm"), ("PGDATABASE", "postgres"), ("PGPASSWORD", PASSWORD)];
    check(&[same(String::new(), "tls")], &surroundings(home.path(), &named));
}

#[test]
fn a_unix_socket_is_found_by_its_folder_in_every_spelling() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let (folder, port) = (world.secure.socket.display().to_string(), world.secure.port);
    let encoded = folder.replace('/', "%2F");
    let rows = [
        same(format!("host={folder} port={port} dbname=postgres"), "plain"),
        same(format!("host={folder} port={port} dbname=postgres sslmode=require"), "plain"),
        same(format!("postgresql://{encoded}:{port}/postgres"), "plain"),
        same(format!("postgresql:///postgres?host={folder}&port={port}"), "plain"),
        same(
            format!("host={folder} port={port} dbname=postgres requirepeer=nobody"),
            "`requirepeer` wants `nobody`",
        ),
        same(format!("host=@{folder} port={port} dbname=postgres"), "plain"),
        same(format!("host={folder} port=1 dbname=postgres"), "no such file or directory"),
    ];
    check(&rows, &surroundings(home.path(), &[]));
    let owner = super::world::server_user_name();
    let conninfo = format!("host={folder} port={port} dbname=postgres requirepeer={owner}");
    check(&[same(conninfo, "plain")], &surroundings(home.path(), &[]));
    let connected = try_connect(&rows[0].conninfo, &surroundings(home.path(), &[])).unwrap();
    assert_eq!(connected.host, format!("{folder}/.s.PGSQL.{port}"));
}

#[test]
fn a_child_reaches_the_same_session_by_url_and_by_variables() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let environment = surroundings(home.path(), &[("PGPASSWORD", PASSWORD)]);
    let conninfo = at(
        &world.secure,
        &format!(
            "user=scram_user sslmode=verify-full sslrootcert={} options='-c work_mem=3MB'",
            world.file("ca.crt")
        ),
    );
    let sql = "SELECT concat_ws(' ', current_user, current_database(), current_setting('work_mem'), ssl) \
               FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let ours = with_session(&conninfo, &environment, async |connected| ask(connected, sql).await);
    assert_eq!(ours, "scram_user postgres 3MB t");

    let options = Options::resolve(Some(&conninfo), &environment).unwrap().options;
    let variables = options.to_libpq_env();
    let run = |command: &mut std::process::Command| {
        let output = command.args(["-XAtw", "-c", sql]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(run(psql().envs(variables)), ours);
    let url = options.to_url_without_password();
    assert_eq!(run(psql().arg(&url).env("PGPASSWORD", PASSWORD)), ours);
}

#[test]
fn the_process_environment_is_read_whole() {
    let environment = Environment::read();
    assert_eq!(environment.home, std::env::var_os("HOME").map(Into::into));
    assert!(environment.os_user.is_some());
    for (name, value) in &environment.variables {
        assert_eq!(std::env::var(name).as_ref(), Ok(value));
    }
    check(
        &[apart("host=/nowhere".to_owned(), "no such file or directory")],
        &Environment { os_user: environment.os_user, ..Environment::default() },
    );
}
