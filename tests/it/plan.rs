//! `crmdb migrate plan`: a plan that is made when there is time and run when there is none.

use insta::assert_snapshot;

use crate::support::postgres::{Database, Server};
use crate::support::project::{Output, Project};

/// Two applied migrations, the second one's column filled.
fn filled() -> (Project, Database<'static>) {
    let project = Project::new()
        .migration("V1__leads.sql", "CREATE TABLE leads (id int PRIMARY KEY);\n")
        .rollback("V1__leads.sql", "DROP TABLE leads;\n")
        .migration("V2__score.sql", "ALTER TABLE leads ADD score int;\n")
        .rollback("V2__score.sql", "ALTER TABLE leads DROP score;\n");
    let database = Server::shared().database();
    project.run(&database, "migrate up").expect(0);
    database
        .client()
        .batch_execute("INSERT INTO leads SELECT i, i FROM generate_series(1, 30) AS i")
        .unwrap();
    (project, database)
}

/// Runs without a PostgreSQL for shadows.
fn bare(project: &Project, database: &Database<'_>, line: &str) -> Output {
    let mut command = project.command(&database.url(), line);
    command.env("CRMDB_PG_BIN", "/nonexistent");
    Output::new(line, command.output().unwrap())
}

fn edit(project: &Project, edit: impl Fn(&str) -> String) {
    let path = project.path().join("plan.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, edit(&text)).unwrap();
}

#[test]
fn a_planned_rollback_needs_the_file_and_the_database_alone() {
    let (project, database) = filled();
    assert_snapshot!(project.run(&database, "migrate plan --rollback 1 --out plan.json").expect(0));
    let text = std::fs::read_to_string(project.path().join("plan.json")).unwrap();
    let elsewhere = Project::new().file("plan.json", &text);
    let refused = bare(&elsewhere, &database, "migrate down --plan plan.json").expect(4);
    assert!(refused.stderr.contains("column public.leads.score: 30 values"), "{refused}");
    assert!(refused.stderr.contains("the plan that "), "{refused}");
    bare(&elsewhere, &database, "migrate down --plan plan.json --accept-data-loss").expect(0);
    let columns =
        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'leads'::regclass AND attname = 'score'";
    assert_eq!(database.client().query_one(columns, &[]).unwrap().get::<_, i64>(0), 0);
    let again = bare(&elsewhere, &database, "migrate down --plan plan.json --accept-data-loss").expect(4);
    assert!(again.stderr.contains("other migrations are due than those that it names"), "{again}");
}

#[test]
fn a_plan_says_what_it_was_rehearsed_to_destroy() {
    let (project, database) = filled();
    project.run(&database, "migrate plan --rollback 0 --from-ledger --out plan.json").expect(0);
    let text = std::fs::read_to_string(project.path().join("plan.json")).unwrap();
    let file = crmdb::model::plan::PlanFile::parse(&text).unwrap();
    assert_eq!((file.format, file.database.as_str()), (1, database.name()));
    assert_eq!(file.to.as_ref().map(|end| (end.module.as_str(), end.version)), Some(("public", 0)));
    let paths: Vec<_> = file.steps.iter().map(|step| (step.version, step.sql.as_str())).collect();
    assert_eq!(paths, [(2, "ALTER TABLE leads DROP score;\n"), (1, "DROP TABLE leads;\n")]);
    assert_eq!((file.blast.losses.len(), file.blast.losses[0].amount.rows), (1, 30));
    assert!(file.duration_ms.unwrap() > 0.0 && file.made_by.contains('@') && file.made_at.ends_with('Z'));
}

#[test]
fn a_target_that_changed_is_refused() {
    let (project, database) = filled();
    project.run(&database, "migrate plan --rollback 1 --out plan.json").expect(0);
    database.client().batch_execute("CREATE INDEX by_hand ON leads (score)").unwrap();
    let refused = project.run(&database, "migrate down --plan plan.json --accept-data-loss").expect(4);
    assert!(
        refused.stderr.contains("is not for this target: the schema of the target has changed since"),
        "{refused}"
    );
    database.client().batch_execute("DROP INDEX by_hand").unwrap();
    let other = Server::shared().database();
    project.run(&other, "migrate up").expect(0);
    let refused = project.run(&other, "migrate down --plan plan.json --accept-data-loss").expect(4);
    assert!(refused.stderr.contains("it was made for the database `"), "{refused}");
    project.run(&database, "migrate down --plan plan.json --accept-data-loss").expect(0);
}

#[test]
fn a_file_that_was_edited_or_is_something_else_is_refused() {
    let (project, database) = filled();
    project.run(&database, "migrate plan --rollback 1 --out plan.json").expect(0);
    let wrong = project.run(&database, "migrate up --plan plan.json").expect(2);
    assert!(wrong.stderr.contains("it is one for `crmdb migrate down`"), "{wrong}");
    // What it is said to destroy is sealed as its SQL is.
    let path = project.path().join("plan.json");
    let whole = std::fs::read_to_string(&path).unwrap();
    edit(&project, |text| text.replace("\"rows\": 30", "\"rows\": 0"));
    let edited = project.run(&database, "migrate down --plan plan.json").expect(2);
    assert!(edited.stderr.contains("it was edited after it was made"), "{edited}");
    std::fs::write(&path, &whole).unwrap();
    edit(&project, |text| text.replace("DROP score", "DROP id"));
    assert_snapshot!(project.run(&database, "migrate down --plan plan.json").expect(2));
    assert!(
        project
            .run(&database, "migrate down --plan nowhere")
            .expect(2)
            .stderr
            .contains("`nowhere` is not a plan")
    );
    project.run(&database, "migrate plan --from-ledger --out plan.json").expect(2);
}

#[test]
fn what_is_pending_is_planned_and_run_too() {
    let (project, database) = filled();
    let project = project.migration("V3__name.sql", "ALTER TABLE leads ADD name text;\n");
    project.run(&database, "migrate plan --out plan.json").expect(0);
    let project = project.migration("V4__more.sql", "CREATE TABLE more ();\n");
    let refused = project.run(&database, "migrate up --plan plan.json").expect(4);
    assert!(refused.stderr.contains("other migrations are due"), "{refused}");
    std::fs::remove_file(project.path().join("migrations/V4__more.sql")).unwrap();
    let done = project.run(&database, "migrate up --plan plan.json").expect(0);
    assert!(done.stdout.contains("applied   V3__name.sql"), "{done}");
}
