//! The crate in another program: the example, embedded files, many processes at once.

use crmdb::error::Exit;
use crmdb::{DataLoss, Migrations};

use crate::support::postgres::Server;
use crate::support::project::Project;

#[path = "../../examples/start_up.rs"]
#[expect(dead_code, reason = "the example has a main function of its own")]
mod start_up;

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[test]
fn the_example_applies_a_project() {
    let database = Server::shared().database();
    let project = Project::new().migration("V1__a.sql", "CREATE TABLE a ();\n");
    let lines = block_on(start_up::migrate(project.path(), &database.url())).unwrap();
    assert!(lines.len() == 1 && lines[0].starts_with("applied V1__a.sql in "), "{lines:?}");
    assert!(block_on(start_up::migrate(project.path(), &database.url())).unwrap().is_empty());
}

const FILES: &[(&str, &str)] = &[
    ("schema.toml", "[modules.crm]\n"),
    ("migrations/crm/V1__a.sql", "CREATE TABLE a (id integer);\n"),
    ("rollbacks/crm/V1__a.sql", "DROP TABLE a;\n"),
];

#[test]
fn embedded_files_are_a_project_like_any_other() {
    let database = Server::shared().database();
    let migrations = Migrations::embedded(FILES).unwrap().schema("crm", "tenant_1");
    let mut heard = 0;
    let done = block_on(migrations.up_with(&database.url(), &mut |_| heard += 1)).unwrap();
    assert_eq!(done.migrations.len(), 1);
    assert!(heard >= 2, "a start and an end are told");
    assert!(
        !database
            .client()
            .query("select 1 from pg_tables where schemaname = 'tenant_1'", &[])
            .unwrap()
            .is_empty()
    );
    let wrong = Migrations::embedded(&[("migrations/a.sql", "")]).unwrap_err();
    assert_eq!(wrong.exit(), Exit::Usage);
    assert!(wrong.to_string().contains("`migrations/a.sql` is not named"), "{wrong}");
}

#[test]
fn what_may_destroy_data_is_refused_until_the_program_says_that_it_shall() {
    let database = Server::shared().database();
    let (name, url) = (database.name().to_owned(), database.url());
    let mut files = FILES.to_vec();
    files.push(("migrations/crm/V2__b.sql", "SELECT 1;\nALTER TABLE a\n  DROP COLUMN id;\n"));
    let up = |loss: DataLoss| block_on(Migrations::embedded(&files).unwrap().data_loss(loss).up(&url));
    block_on(Migrations::embedded(FILES).unwrap().up(&url)).unwrap();
    database.client().batch_execute("INSERT INTO crm.a VALUES (1)").unwrap();
    let refused = up(DataLoss::default()).unwrap_err();
    assert_eq!((refused.exit(), refused.code()), (Exit::Refused, "data-loss"));
    let says = "data may be lost; nothing was changed\nwhat may be lost, by what the statements say:\n  \
                migrations/crm/V2__b.sql:2: ALTER TABLE a DROP COLUMN id;";
    assert_eq!(refused.to_string(), says);
    let protect = format!("ALTER DATABASE \"{name}\" SET crmdb.protected = 'on'");
    database.client().batch_execute(&protect).unwrap();
    let on = |database: &str| DataLoss::AcceptOn { database: database.to_owned(), reason: "ticket-7".into() };
    for (loss, words) in [(DataLoss::Accept, "is protected"), (on("elsewhere"), "and the database is")] {
        let refused = up(loss).unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
    assert_eq!(up(on(&name)).unwrap().migrations.len(), 1);
    let reason = "SELECT detail FROM crmdb.event WHERE kind = 'up' ORDER BY id DESC LIMIT 1";
    assert_eq!(database.client().query_one(reason, &[]).unwrap().get::<_, &str>(0), "ticket-7");
}

#[test]
fn an_empty_database_has_nothing_to_lose() {
    let database = Server::shared().database();
    let files = [("migrations/V1__a.sql", "CREATE TABLE a (i int, j int);\nALTER TABLE a DROP COLUMN j;\n")];
    let done = block_on(Migrations::embedded(&files).unwrap().up(&database.url())).unwrap();
    assert_eq!(done.migrations.len(), 1);
}

#[test]
fn many_programs_may_start_at_once() {
    let database = Server::shared().database();
    let url = database.url();
    std::thread::scope(|scope| {
        let started: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    block_on(Migrations::embedded(FILES).unwrap().up(&url)).unwrap().migrations.len()
                })
            })
            .collect();
        let applied: usize = started.into_iter().map(|one| one.join().unwrap()).sum();
        assert_eq!(applied, 1);
    });
}
