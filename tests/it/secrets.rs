//! A password in every place where one can be given, in every command and every way to fail: it must not be seen in the
//! output, in the list of processes, in the ledger or in the server's log.

mod statements;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::postgres::{Database, Server};
use crate::support::project::{Output, Project};

const SECRET: &str = "S3cr3t-Passw0rd";
/// What a URL needs to hold it.
const ENCODED: &str = "S3cr3t%2DPassw0rd";

const COMMANDS: &[&str] = &[
    "migrate up",
    "migrate up --format json",
    "migrate up --dry-run",
    "status",
    "status --format json",
    "history",
    "verify",
    "migrate redo",
    "migrate repair",
    "migrate baseline --to 1",
    "migrate down",
    "seed",
    "migrate nonsense",
    "status --nonsense",
];

/// Those that take a shadow server or write files: one way to give the password is enough for them.
const ONCE: &[&str] = &[
    "diff",
    "migrate plan --out plan.json",
    "migrate plan --rollback 0 --out back.json",
    "migrate down --plan nowhere.json",
    "migrate up --prove",
    "prove --pending",
    "schema contract --from-target",
    "schema pull tree",
    "schema show a",
    "seed status",
    "seed --generate 1 --yes",
    "migrate down --from-ledger --dry-run --format json",
    "migrate rollback 1 --force",
    "migrate new by_hand --from-diff",
    "migrate up",
    "migrate down --rescue --accept-data-loss",
    "migrate up",
    "rescue list --format json",
    "rescue restore",
    "rescue drop 1 --yes",
    "migrate down --rescue-dir missing --accept-data-loss",
    "verify --format sarif",
];

fn project() -> Project {
    Project::new()
        .migration("V1__a.sql", "create table a (i int);\n")
        .rollback("V1__a.sql", "drop table a;\n")
        .file("seeds/dev/01_a.sql", "insert into a values (1);\n")
}

/// Fails where the secret, or a part of it that is long enough to help, is in the text.
fn keeps_the_secret(what: &str, text: &str) {
    for part in [SECRET, ENCODED, "Passw0rd", "S3cr3t"] {
        assert!(!text.contains(part), "{what} shows the password:\n{text}");
    }
}

/// A server that asks the role `guarded` for its password and logs every statement.
fn guarded() -> (Server, String) {
    let server = Server::private();
    let mut client = server.client("postgres");
    let hash = "set password_encryption = 'scram-sha-256'";
    client.batch_execute(hash).unwrap();
    client.batch_execute(&format!("create role guarded superuser login password '{SECRET}'")).unwrap();
    server.ask_for_password("guarded");
    for setting in ["log_statement = 'all'", "log_connections = on", "log_min_messages = debug1"] {
        client.batch_execute(&format!("alter system set {setting}")).unwrap();
    }
    client.batch_execute("select pg_reload_conf(), pg_sleep(0.3)").unwrap();
    let host = server.socket().parent().unwrap().display().to_string();
    (server, host)
}

/// A way to give a password: arguments of the environment, and files by their names.
struct Way {
    name: &'static str,
    url: Option<String>,
    variables: Vec<(&'static str, String)>,
    files: Vec<(&'static str, String)>,
}

fn ways(host: &str, database: &str, password: &str) -> Vec<Way> {
    let encoded = host.replace('/', "%2F");
    let plain = format!("host={host} port=5432 user=guarded dbname={database}");
    let way = |name, url: Option<String>| Way { name, url, variables: Vec::new(), files: Vec::new() };
    let escaped = password.replace('-', "%2D");
    vec![
        way("a URL", Some(format!("postgresql://guarded:{escaped}@{encoded}:5432/{database}"))),
        way(
            "a parameter of a URL",
            Some(format!("postgresql:///{database}?host={host}&user=guarded&password={escaped}")),
        ),
        way("key=value", Some(format!("{plain} password='{password}'"))),
        Way {
            variables: vec![("PGPASSWORD", password.to_owned())],
            ..way("PGPASSWORD", Some(plain.clone()))
        },
        Way {
            variables: vec![(
                "DATABASE_URL",
                format!("postgresql://guarded:{escaped}@{encoded}:5432/{database}"),
            )],
            ..way("DATABASE_URL", None)
        },
        Way {
            variables: vec![("PGPASSFILE", "pgpass".to_owned())],
            files: vec![("pgpass", format!("*:*:*:*:{password}\n"))],
            ..way("a password file", Some(plain.clone()))
        },
        Way {
            variables: vec![("PGSERVICEFILE", "services".to_owned())],
            files: vec![(
                "services",
                format!(
                    "[mine]\nhost={host}\nport=5432\nuser=guarded\ndbname={database}\npassword={password}\n"
                ),
            )],
            ..way("a service file", Some("service=mine".to_owned()))
        },
        Way {
            files: vec![(
                "schema.toml",
                format!("[database]\nurl = 'postgresql://guarded:{escaped}@{encoded}:5432/{database}'\n"),
            )],
            ..way("schema.toml", None)
        },
        way("sslpassword", Some(format!("{plain} password='{password}' sslpassword='{password}'"))),
    ]
}

impl Way {
    fn command(&self, project: &Project, line: &str) -> Command {
        for (name, text) in &self.files {
            let file = project.path().join(name);
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        }
        let mut command = project.command(self.url.as_deref().unwrap_or_default(), line);
        if self.url.is_none() {
            command.env_remove("CRMDB_DATABASE_URL");
        }
        for (name, value) in &self.variables {
            let file = project.path().join(value);
            command.env(name, if file.exists() { file.display().to_string() } else { value.clone() });
        }
        command
    }
}

fn run(way: &Way, project: &Project, line: &str) -> Output {
    let output = Output::new(line, way.command(project, line).output().unwrap());
    keeps_the_secret(&format!("`{line}` with the password in {}", way.name), &output.to_string());
    output
}

/// Everything that crmdb keeps in the database, as one text.
fn ledger(database: &Database<'_>) -> String {
    let sql = "select string_agg(query_to_xml(format('table %s', c.oid::regclass), true, true, '')::text, '')
               from pg_class c where relkind = 'r' and relnamespace = to_regnamespace('crmdb')";
    let text: Option<String> = database.client().query_one(sql, &[]).unwrap().get(0);
    text.unwrap_or_default()
}

/// Every file of a project, those that crmdb wrote among them.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_password_is_seen_nowhere_whichever_way_it_was_given() {
    let (server, host) = guarded();
    for number in 0..ways(&host, "", SECRET).len() {
        let database = server.database();
        let way = &ways(&host, database.name(), SECRET)[number];
        let project = project();
        let up = run(way, &project, "migrate up");
        assert_eq!(up.code, Some(0), "{}: {up}", way.name);
        for line in COMMANDS {
            run(way, &project, line);
        }
        keeps_the_secret("the ledger", &ledger(&database));
        if number == 0 {
            for line in ONCE {
                run(way, &project, line);
            }
            let shadow = ways(&host, "postgres", SECRET).remove(0).url.unwrap();
            let way = Way {
                variables: vec![("CRMDB_SHADOW_URL", shadow)],
                ..ways(&host, database.name(), SECRET).remove(0)
            };
            assert_eq!(run(&way, &project, "prove").code, Some(0));
            keeps_the_secret("the ledger", &ledger(&database));
            let written = files(project.path());
            assert!(
                ["plan.json", "schema.toml", "public.a.sql"]
                    .iter()
                    .all(|name| { written.iter().any(|file| file.ends_with(name)) }),
                "{written:?}"
            );
            for file in written {
                keeps_the_secret(&file.display().to_string(), &std::fs::read_to_string(&file).unwrap());
            }
        }
    }
    keeps_the_secret("the server's log", &server.log());
}

#[test]
fn a_password_that_is_wrong_or_leads_nowhere_is_not_shown_either() {
    let (server, host) = guarded();
    let wrong = SECRET;
    server.client("postgres").batch_execute("alter role guarded password 'another'").unwrap();
    for (host, database) in
        [(host.as_str(), "postgres"), (host.as_str(), "missing"), ("/nowhere", "postgres")]
    {
        for way in ways(host, database, wrong) {
            for line in ["migrate up", "status --format json", "migrate down"] {
                let output = run(&way, &project(), line);
                assert!(matches!(output.code, Some(2 | 3)), "{}: {output}", way.name);
            }
        }
    }
}

#[test]
fn a_connection_string_that_is_not_one_is_told_without_its_password() {
    for url in [
        format!("postgresql://u:{SECRET}@host:notaport/x"),
        format!("postgresql://u:{SECRET}@host/x?nonsense=1"),
        format!("postgresql://u:{SECRET}@[::1/x"),
        format!("postgresql://u:{SECRET}%zz@host/x"),
        format!("postgresql://u:{SECRET}/x@host/x"),
        format!("postgres//u:{SECRET}@host/x"),
        format!("mysql://u:{SECRET}@host/x"),
        format!("host=x password='{SECRET}"),
        format!("host=x password={SECRET} nonsense=1"),
        format!("host=x password={SECRET} port=none"),
        format!("host=x pasword={SECRET}"),
        format!("password={SECRET} ="),
        SECRET.to_owned(),
        format!("u:{SECRET}@host/x"),
    ] {
        let project = project();
        for line in ["status", "status --format json", "migrate up"] {
            let output = project.run_at(&url, line);
            assert!(matches!(output.code, Some(2 | 3)), "{url}\n{output}");
            keeps_the_secret(&format!("`{line}` on `{url}`"), &output.to_string());
        }
        for flags in [
            vec!["status", "--database-url", &url],
            vec!["diff", "--from", &url, "--to", "empty"],
            vec!["prove", "--shadow-url", &url],
        ] {
            let mut command = project.command("", "");
            let output = Output::new("", command.args(&flags).output().unwrap());
            assert_ne!(output.code, Some(0), "{output}");
            keeps_the_secret(&format!("{flags:?}"), &output.to_string());
        }
    }
}

#[test]
fn a_manifest_that_can_not_be_read_is_told_without_the_password_in_it() {
    for manifest in [
        format!("[database]\nurl = 'postgresql://u:{SECRET}@host/x\n"),
        format!("[database]\nurl = \"postgresql://u:{SECRET}\\q@host/x\"\n"),
        format!("[database]\nurl = postgresql://u:{SECRET}@host/x\n"),
        format!("[database]\nurl = ['postgresql://u:{SECRET}@host/x']\n"),
        format!("[database]\nuri = 'postgresql://u:{SECRET}@host/x'\n"),
        format!("[database]\npassword = '{SECRET}'\n"),
        format!("[databse]\nurl = 'postgresql://u:{SECRET}@host/x'\n"),
        format!("[database]\nurl = 'postgresql://u:{SECRET}@host/x' protected = true\n"),
        format!("[database]\nurl = 'postgresql://u:{SECRET}@host/x'\nurl = 'again'\n"),
    ] {
        let project = project().file("schema.toml", &manifest);
        for line in ["status", "status --format json", "migrate up", "migrate new next"] {
            let mut command = project.command("", line);
            let output = Output::new(line, command.env_remove("CRMDB_DATABASE_URL").output().unwrap());
            assert_eq!(output.code, Some(2), "{manifest}\n{output}");
            keeps_the_secret(&format!("`{line}` with the manifest\n{manifest}"), &output.to_string());
        }
    }
}

#[test]
fn a_password_from_the_environment_is_in_no_list_of_processes() {
    let (server, host) = guarded();
    let database = server.database();
    let way = &ways(&host, database.name(), SECRET)[0];
    let project = project().migration("V2__slow.sql", "select pg_sleep(1);\n");
    let mut run = way.command(&project, "migrate up").spawn().unwrap();
    let mut watcher = server.client("postgres");
    crate::support::postgres::wait_until("the run is at work", std::time::Duration::from_secs(20), || {
        let sql = "select from pg_stat_activity where query like '%pg_sleep(1)%' and pid <> pg_backend_pid()";
        !watcher.query(sql, &[]).unwrap().is_empty()
    });
    let ps = Command::new("ps").args(["-eo", "args="]).output().unwrap();
    keeps_the_secret("the list of processes", &String::from_utf8_lossy(&ps.stdout));
    let mine = std::fs::read(Path::new("/proc").join(run.id().to_string()).join("cmdline")).unwrap();
    keeps_the_secret("its own arguments", &String::from_utf8_lossy(&mine));
    let activity = "select string_agg(query || application_name, ' ') from pg_stat_activity";
    let activity: String = watcher.query_one(activity, &[]).unwrap().get(0);
    keeps_the_secret("pg_stat_activity", &activity);
    assert!(run.wait().unwrap().success());
}
