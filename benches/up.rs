//! What a run costs crmdb itself: reading the project, deciding, and an `up` with nothing to do.
#![expect(clippy::disallowed_methods, reason = "a bench writes the projects that it reads")]

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use crmdb::Migrations;
use crmdb::model::plan::{Goal, UpRequest, up};
use crmdb::model::{Installation, Ledger};
use crmdb::server::{Cluster, Environment, ensure};

const COUNTS: [usize; 4] = [1, 100, 1_000, 5_000];

fn project(folder: &Path, count: usize) {
    for sub in ["migrations", "rollbacks"] {
        std::fs::create_dir_all(folder.join(sub)).expect("a folder for the project");
    }
    for number in 1..=count {
        let name = format!("V{number:05}__t.sql");
        let up = format!("CREATE TABLE t{number} (id bigint PRIMARY KEY, name text NOT NULL);\n");
        std::fs::write(folder.join("migrations").join(&name), up).expect("a migration");
        std::fs::write(folder.join("rollbacks").join(&name), format!("DROP TABLE t{number};\n"))
            .expect("a rollback");
    }
}

fn read_and_decide(criterion: &mut Criterion) {
    let request = UpRequest { goal: Goal::All, out_of_order: false, allow_missing: false };
    for count in COUNTS {
        let folder = tempfile::tempdir().expect("a folder");
        project(folder.path(), count);
        criterion.bench_with_input(BenchmarkId::new("read the project", count), &count, |bench, _| {
            bench.iter(|| crmdb::project::open(black_box(folder.path())).expect("a project"));
        });
        let opened = crmdb::project::open(folder.path()).expect("a project");
        let module = &opened.project.modules[0];
        let installations = [Installation { module, schema: "public".to_owned() }];
        criterion.bench_with_input(BenchmarkId::new("decide, nothing applied", count), &count, |bench, _| {
            bench.iter(|| up(black_box(&installations), &Ledger::default(), &request).expect("a plan"));
        });
    }
}

fn nothing_to_do(criterion: &mut Criterion) {
    let environment = Environment::read(env!("CARGO_BIN_EXE_crmdb").into()).expect("an environment");
    let server = ensure(&Cluster::Shadow { major: None }, &environment).expect("a private server");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for count in COUNTS {
        let folder = tempfile::tempdir().expect("a folder");
        project(folder.path(), count);
        let name = format!("bench_{}_{count}", std::process::id());
        let admin = |sql: String| {
            let url = server.url("postgres");
            runtime.block_on(async move {
                let (client, connection) =
                    tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("a session");
                tokio::spawn(connection);
                client.batch_execute(&sql).await.expect("a database");
            });
        };
        admin(format!("CREATE DATABASE {name}"));
        let url = server.url(&name);
        runtime.block_on(Migrations::open(folder.path()).expect("a project").up(&url)).expect("applied");
        criterion.bench_with_input(BenchmarkId::new("up with nothing to do", count), &count, |bench, _| {
            bench.iter(|| {
                let migrations = Migrations::open(folder.path()).expect("a project");
                let done = runtime.block_on(migrations.up(&url)).expect("nothing to do");
                assert!(done.migrations.is_empty());
            });
        });
        admin(format!("DROP DATABASE {name} WITH (FORCE)"));
    }
}

fn configure() -> Criterion {
    Criterion::default().sample_size(10)
}

criterion_group! { name = benches; config = configure(); targets = read_and_decide, nothing_to_do }
criterion_main!(benches);
