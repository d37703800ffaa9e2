//! What reading a catalog and comparing two costs, by the number of tables, and how much memory it takes.
//!
//! Each table has eight columns, three indexes and a foreign key.
#![expect(clippy::disallowed_methods, reason = "peak memory is read from /proc")]
#![expect(clippy::print_stderr, reason = "the table of the peaks goes beside criterion's own output")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use crmdb::catalog::diff::{Options, diff};
use crmdb::catalog::{Catalog, Id, Kind, ddl, read};
use crmdb::server::{Client, Cluster, Environment, ensure};
use tokio::runtime::Runtime;

const COUNTS: [usize; 3] = [100, 1_000, 5_000];

/// A server with one database a bench run.
struct Bench {
    server: Client,
    runtime: Runtime,
}

impl Bench {
    fn start() -> Self {
        let environment = Environment::read(env!("CARGO_BIN_EXE_crmdb").into()).expect("an environment");
        let server = ensure(&Cluster::Shadow { major: None }, &environment).expect("a private server");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { server, runtime }
    }

    fn run(&self, database: &str, statements: &[String]) {
        self.runtime.block_on(async {
            let url = self.server.url(database);
            let (client, connection) =
                tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("a session");
            tokio::spawn(connection);
            for statement in statements {
                client.batch_execute(statement).await.expect("a statement");
            }
        });
    }

    fn read(&self, database: &str) -> Catalog {
        self.runtime.block_on(async {
            let url = self.server.url(database);
            let (client, connection) =
                tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("a session");
            tokio::spawn(connection);
            read::read(&client).await.expect("a catalog")
        })
    }
}

fn tables(count: usize) -> Vec<String> {
    let table = |number: usize| {
        let parent = number.div_ceil(2);
        format!(
            "CREATE TABLE t{number} (id bigint PRIMARY KEY, parent_id bigint REFERENCES t{parent}, \
             name text NOT NULL, email varchar(200), amount numeric(12,2) DEFAULT 0, \
             created timestamptz NOT NULL DEFAULT now(), active boolean, note text); \
             CREATE INDEX ON t{number} (parent_id); CREATE UNIQUE INDEX ON t{number} (email); \
             CREATE INDEX ON t{number} (created, active);"
        )
    };
    // So many to a transaction that their locks fit.
    let numbers: Vec<usize> = (1..=count).collect();
    numbers.chunks(50).map(|numbers| numbers.iter().map(|number| table(*number)).collect()).collect()
}

fn catalogs(criterion: &mut Criterion) {
    let bench = Bench::start();
    for count in COUNTS {
        let name = format!("bench_catalog_{}_{count}", std::process::id());
        bench.run("postgres", &[format!("CREATE DATABASE {name}")]);
        bench.run(&name, &tables(count));
        criterion.bench_with_input(BenchmarkId::new("read", count), &count, |bencher, _| {
            bencher.iter(|| bench.read(black_box(&name)));
        });
        compare(criterion, count, &bench.read(&name));
        peaks(&bench, &name, count);
        bench.run("postgres", &[format!("DROP DATABASE {name} WITH (FORCE)")]);
    }
}

fn compare(criterion: &mut Criterion, count: usize, catalog: &Catalog) {
    let options = Options::default();
    criterion.bench_with_input(BenchmarkId::new("diff, equal", count), &count, |bencher, _| {
        bencher.iter(|| assert!(diff(black_box(catalog), catalog, &options).is_empty()));
    });
    let mut nearly = catalog.clone();
    nearly.objects.retain(|id, _| id.name() != "t7_email_idx");
    for needs in nearly.needs.values_mut() {
        needs.retain(|id| id.name() != "t7_email_idx");
    }
    nearly.needs.retain(|id, _| id.name() != "t7_email_idx");
    criterion.bench_with_input(
        BenchmarkId::new("diff and SQL, nearly equal", count),
        &count,
        |bencher, _| {
            bencher.iter(|| statements(black_box(&nearly), catalog, 1));
        },
    );
    let mut nothing = catalog.clone();
    // What initdb made is on both sides.
    let made = |id: &Id| matches!(id.kind(), Kind::Schema | Kind::InitialPrivileges);
    nothing.objects.retain(|id, _| made(id));
    nothing.needs.retain(|id, _| made(id));
    criterion.bench_with_input(
        BenchmarkId::new("diff and SQL, from nothing", count),
        &count,
        |bencher, _| {
            bencher.iter(|| statements(black_box(&nothing), catalog, 5 * count));
        },
    );
}

fn statements(from: &Catalog, to: &Catalog, count: usize) {
    let changes = diff(from, to, &Options::default());
    assert_eq!(ddl::statements(&changes).expect("statements").len(), count);
}

/// Prints the memory at its highest while the catalog is read, and while two are compared.
fn peaks(bench: &Bench, name: &str, count: usize) {
    let before = forget_peak();
    let catalog = bench.read(name);
    let read = peak().saturating_sub(before);
    let before = forget_peak();
    let changes = diff(&catalog, &catalog, &Options::default());
    let compared = peak().saturating_sub(before);
    drop(changes);
    eprintln!("peak memory, {count} tables: {read} kB more to read, {compared} kB more to compare");
}

/// Lets the highest mark begin at what is in use, which it returns in kB.
fn forget_peak() -> u64 {
    // Linux: writing 5 resets VmHWM (proc_pid_clear_refs(5)).
    std::fs::write("/proc/self/clear_refs", "5").expect("a Linux that counts");
    peak()
}

fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a Linux that counts");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}

fn configure() -> Criterion {
    Criterion::default().sample_size(10)
}

criterion_group! { name = benches; config = configure(); targets = catalogs }
criterion_main!(benches);
