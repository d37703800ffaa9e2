//! Shadow databases: kept results of replays, what a schema needs of its server, what is left behind, `--shadow-url`.

use std::path::Path;
use std::process::Child;

use crmdb::server::{Client as Hold, Cluster, ensure};
use insta::assert_snapshot;
use postgres::{Client, NoTls};

use crate::support::postgres::{Database, Server};
use crate::support::project::{Output, Project};
use crate::support::site::Site;

const NOWHERE: &str = "postgresql://127.0.0.1:1/nowhere";
const REPLAY: &str = "diff --from empty --to migrations";

/// A shadow server of the test's own.
struct Ground {
    site: Site,
    hold: Hold,
}

impl Ground {
    fn new() -> Self {
        let site = Site::new();
        let hold = ensure(&Cluster::Shadow { major: None }, &site.environment()).unwrap();
        Self { site, hold }
    }

    fn command(&self, project: &Project, line: &str) -> std::process::Command {
        let mut command = project.command(NOWHERE, line);
        command.env("CRMDB_SERVER_HOME", self.site.folder.join("servers"));
        command
    }

    fn run(&self, project: &Project, line: &str) -> Output {
        Output::new(line, self.command(project, line).output().unwrap())
    }

    fn client(&self) -> Client {
        Client::connect(&self.hold.url("postgres"), NoTls).unwrap()
    }

    /// Returns the databases whose name begins so.
    fn databases(&self, prefix: &str) -> Vec<String> {
        let sql = "SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY 1";
        let rows = self.client().query(sql, &[&prefix]).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    fn values(&self, sql: &str) -> Vec<String> {
        self.client().query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    }
}

/// Migrations that each write a line to a file outside the database when they are run.
fn told(counter: &Path, texts: &[&str]) -> Project {
    let project = Project::new();
    (1..).zip(texts).fold(project, |project, (number, text)| {
        let sql = format!(
            "CREATE TABLE t{number} ({text} integer);\n\
             COPY (SELECT {number}) TO PROGRAM 'cat >>{}';\n",
            counter.display()
        );
        project.migration(&format!("V{number}__a.sql"), &sql)
    })
}

/// Returns the numbers of the migrations that were run since the last look.
fn ran(counter: &Path) -> String {
    let text = std::fs::read_to_string(counter).unwrap_or_default();
    let _ = std::fs::remove_file(counter);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_was_replayed_once_is_copied_and_a_change_is_replayed_from_there_on() {
    let ground = Ground::new();
    let open: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    let folder = ground.site.folder.join("count");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, open).unwrap();
    let counter = folder.join("ran");
    let replay = |texts: &[&str]| {
        let output = ground.run(&told(&counter, texts), REPLAY).expect(1);
        assert!(output.stdout.contains(&format!("table public.t{}", texts.len())), "{output}");
        ran(&counter)
    };
    assert_eq!(replay(&["a", "b", "c", "d", "e"]), "1 2 3 4 5");
    assert_eq!(replay(&["a", "b", "c", "d", "e"]), "");
    assert_eq!(replay(&["a", "b", "c", "d", "e", "f"]), "6");
    // The first edit shows where somebody is at work; from then on what comes before is there.
    assert_eq!(replay(&["a", "b", "c", "x", "e"]), "1 2 3 4 5");
    assert_eq!(replay(&["a", "b", "c", "y", "e"]), "4 5");
    assert_eq!(replay(&["a", "b", "c", "z", "e"]), "4 5");
    assert_eq!(replay(&["a", "b", "c", "d", "e"]), "");
    assert!(ground.databases("crmdb_shadow_").is_empty());

    let rows = "SELECT count(*)::text FROM pg_database WHERE starts_with(datname, 'crmdb_template_') AND NOT datallowconn";
    assert_eq!(ground.values(rows), ["6"]);
    let other = told(&counter, &["q"]);
    let mut small = ground.command(&other, REPLAY);
    small.env("CRMDB_SHADOW_CACHE", "20");
    Output::new(REPLAY, small.output().unwrap()).expect(1);
    assert!((1..=2).contains(&ground.databases("crmdb_template_").len()));
    ran(&counter);
    assert_eq!(replay(&["q"]), "", "the one that was just made is not the one to go");
    let mut wrong = ground.command(&other, REPLAY);
    wrong.env("CRMDB_SHADOW_CACHE", "much");
    assert_snapshot!(Output::new(REPLAY, wrong.output().unwrap()).expect(2));
}

#[test]
fn runs_that_are_killed_leave_nothing_behind_and_no_half_result_is_used() {
    let ground = Ground::new();
    let project = (1..40).fold(Project::new(), |project, number| {
        project.migration(
            &format!("V{number}__a.sql"),
            &format!("CREATE TABLE t{number} (i integer PRIMARY KEY, j text UNIQUE);\n"),
        )
    });
    for round in 0..4u64 {
        let start = |_| -> Child {
            let mut command = ground.command(&project, REPLAY);
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
        };
        let mut children: Vec<Child> = (0..6).map(start).collect();
        for (number, child) in (0..).zip(&mut children) {
            std::thread::sleep(std::time::Duration::from_millis(40 * round + 25 * number));
            child.kill().unwrap();
        }
        for mut child in children {
            child.wait().unwrap();
        }
    }
    let whole = ground.run(&project, REPLAY).expect(1);
    // The backends of killed processes end when they notice.
    crate::support::postgres::wait_until("nothing is left", std::time::Duration::from_secs(20), || {
        ground.run(&project, REPLAY).expect(1);
        ground.databases("crmdb_shadow_").is_empty()
    });
    assert!(whole.stdout.contains("table public.t39"), "{whole}");
    for template in ground.databases("crmdb_template_") {
        let copy = format!("CREATE DATABASE of_template TEMPLATE {template}");
        ground.client().batch_execute(&copy).unwrap();
        let mut client = Client::connect(&ground.hold.url("of_template"), NoTls).unwrap();
        let of = |sql: &str, client: &mut Client| client.query_one(sql, &[]).unwrap().get::<_, i64>(0);
        let tables = of("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", &mut client);
        assert_eq!(of("SELECT count(*) FROM crmdb.migration", &mut client), tables, "{template}");
        drop(client);
        ground.client().batch_execute("DROP DATABASE of_template WITH (FORCE)").unwrap();
    }
}

#[test]
fn many_runs_at_once_share_roles_and_results_and_leave_nothing_behind() {
    let ground = Ground::new();
    let project = Project::new()
        .migration(
            "V1__a.sql",
            "CREATE ROLE maker;\nCREATE TABLE a (i integer);\nALTER TABLE a OWNER TO maker;\n",
        )
        .migration(
            "V2__b.sql",
            "DO $$ BEGIN EXECUTE 'GRANT SELECT ON a TO reader, \"Other One\"'; END $$;\n",
        );
    let children: Vec<Child> = (0..24)
        .map(|number| {
            // Half of them with a migration of their own, so that they do not all copy the same result.
            let line = if number % 2 == 0 { REPLAY } else { "schema contract --check" };
            let mut command = ground.command(&project, line);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        Output::new("parallel", child.wait_with_output().unwrap()).expect(1);
    }
    assert!(ground.databases("crmdb_shadow_").is_empty());
    let roles = "SELECT rolname::text || ' ' || rolsuper || ' ' || rolcanlogin FROM pg_roles \
                 WHERE rolname !~ '^pg_' AND rolname <> 'postgres' ORDER BY 1";
    assert_eq!(ground.values(roles), ["Other One false false", "maker false false", "reader false false"]);
}

#[test]
fn what_a_schema_needs_of_its_server_is_made_or_named_first() {
    let ground = Ground::new();
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (i integer) TABLESPACE fast;\n")
        .migration("V2__b.sql", "CREATE POLICY p ON a TO reader USING (true);\nCREATE ROLE reader;\n");
    ground.run(&project, REPLAY).expect(1);
    assert_eq!(ground.values("SELECT spcname::text FROM pg_tablespace WHERE spcname !~ '^pg_'"), ["fast"]);
    let lacking = Project::new().migration(
        "V1__a.sql",
        "CREATE TABLE a (i integer);\nCREATE EXTENSION IF NOT EXISTS vector;\nCREATE EXTENSION \"no such\";\n",
    );
    assert_snapshot!(ground.run(&lacking, "schema contract").expect(4));
    let beyond = Project::new().migration(
        "V1__a.sql",
        "-- crmdb: no-transaction\nCREATE SUBSCRIPTION s CONNECTION 'host=db.example' PUBLICATION p;\n",
    );
    assert_snapshot!(ground.run(&beyond, REPLAY).expect(4));
    let broken =
        Project::new().migration("V1__a.sql", "CREATE TABLE a (i integer);\nALTER TABLE b ADD c text;\n");
    assert_snapshot!(ground.run(&broken, "schema contract").expect(5));
    assert!(ground.databases("crmdb_shadow_").is_empty());
}

fn with_shadow(project: &Project, target: &str, (shadow, line): (&str, &str)) -> Output {
    let mut command = project.command(target, line);
    command.env("CRMDB_SHADOW_URL", shadow).env("CRMDB_SERVER_HOME", "/nowhere/to/be/made");
    Output::new(line, command.output().unwrap())
}

fn two_tables() -> Project {
    Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (i integer);\nCREATE TYPE public.e AS ENUM ('x');\n")
}

#[test]
fn a_server_of_the_users_is_used_and_left_as_it_was() {
    let server = Server::private();
    let count = "SELECT count(*) FROM pg_database";
    let databases = || server.client("postgres").query_one(count, &[]).unwrap().get::<_, i64>(0);
    let before = databases();
    for _ in 0..2 {
        let output = with_shadow(&two_tables(), NOWHERE, (&server.url("postgres"), REPLAY)).expect(1);
        assert!(output.stdout.contains("table public.a"), "{output}");
    }
    assert_eq!(databases(), before);
}

/// A database that a role without any rights beyond it owns.
fn owned(server: &Server) -> (Database<'_>, String) {
    let database = server.database();
    let name = database.name().to_owned();
    server
        .client("postgres")
        .batch_execute(&format!(
            "DO $$ BEGIN CREATE ROLE plain LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; \
             ALTER DATABASE \"{name}\" OWNER TO plain"
        ))
        .unwrap();
    let url = database.url().replace("postgres@", "plain@");
    (database, url)
}

#[test]
fn one_database_is_emptied_when_it_is_the_shadows_and_never_else() {
    let server = Server::private();
    let (database, url) = owned(&server);
    let project = two_tables();
    for _ in 0..2 {
        let output = with_shadow(&project, NOWHERE, (&url, REPLAY)).expect(1);
        assert!(output.stdout.contains("table public.a") && output.stdout.contains("public.e"), "{output}");
    }
    let (full, full_url) = owned(&server);
    full.client().batch_execute("CREATE TABLE precious (i integer)").unwrap();
    assert_snapshot!(with_shadow(&project, NOWHERE, (&full_url, REPLAY)).expect(4));
    full.client().batch_execute("TABLE precious").unwrap();
    let (_target, target_url) = owned(&server);
    assert_snapshot!(with_shadow(&project, &target_url, (&target_url, REPLAY)).expect(4));
    let mut other = Client::connect(&url, NoTls).unwrap();
    other.batch_execute("SELECT pg_advisory_lock(1668443507, 0)").unwrap();
    assert_snapshot!(with_shadow(&project, NOWHERE, (&url, REPLAY)).expect(4));
    drop(other);
    drop(database);
}
