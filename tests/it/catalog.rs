//! The catalog engine on a real server: each case of the corpus there and back, judged by `pg_dump -s`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crmdb::catalog::diff::{Options, diff};
use crmdb::catalog::{Catalog, ddl, read};

use crate::catalog_support::{Cluster, cases};

const WORKERS: usize = 3;

#[test]
fn every_case_of_the_corpus_goes_there_and_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let wanted = std::env::var("CRMDB_CASES").unwrap_or_default();
    let cases: Vec<PathBuf> =
        cases(&root).into_iter().filter(|case| case.to_string_lossy().contains(&wanted)).collect();
    let cluster = Cluster::start();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let number = next.fetch_add(0, Ordering::Relaxed);
                    let name = case.strip_prefix(&root).unwrap().display().to_string();
                    let trial = Trial::new(&cluster, &name, number);
                    if let Err(failure) = trial.run(case) {
                        failures.lock().unwrap().push((name, failure));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    for (name, failure) in &failures {
        eprintln!("\n===== {name}\n{failure}");
    }
    let names: Vec<_> = failures.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.is_empty(), "{} of {} cases failed: {}", names.len(), cases.len(), names.join(" "));
    assert!(!wanted.is_empty() || cases.len() >= 300, "only {} cases were found", cases.len());
}

/// One case: two databases, one that is changed into the other.
struct Trial<'a> {
    cluster: &'a Cluster,
    before: String,
    after: String,
}

impl<'a> Trial<'a> {
    fn new(cluster: &'a Cluster, name: &str, number: usize) -> Self {
        let key = format!("{}_{number}_{:x}", std::process::id(), name.len());
        let trial = Self { cluster, before: format!("before_{key}"), after: format!("after_{key}") };
        let mut session = cluster.session("postgres");
        for database in [&trial.before, &trial.after] {
            session
                .batch_execute(&format!("CREATE DATABASE {database} TEMPLATE template0 STRATEGY wal_log"))
                .unwrap();
        }
        trial
    }

    fn run(&self, case: &Path) -> Result<(), String> {
        for (database, file) in [(&self.before, "before.sql"), (&self.after, "after.sql")] {
            let sql = std::fs::read_to_string(case.join(file)).unwrap();
            let loaded = self.cluster.session(database).batch_execute(&sql);
            loaded.map_err(|error| format!("{file} does not load: {}", text(&error)))?;
        }
        let dumps = [self.cluster.dump(&self.before), self.cluster.dump(&self.after)];
        let catalogs = [self.read(&self.before), self.read(&self.after)];
        self.go(&self.before, (&catalogs[0], &catalogs[1]), &dumps[1])
            .map_err(|text| format!("there: {text}"))?;
        self.go(&self.after, (&catalogs[1], &catalogs[0]), &dumps[0]).map_err(|text| format!("back: {text}"))
    }

    fn go(&self, database: &str, (from, to): (&Catalog, &Catalog), wanted: &str) -> Result<(), String> {
        let changes = diff(from, to, &Options::default());
        let statements = ddl::statements(&changes).map_err(|refusal| format!("refused: {refusal}"))?;
        let script = ddl::script(&statements);
        if std::env::var_os("CRMDB_SHOW").is_some() {
            eprintln!("----- {database}\n{script}");
        }
        let applied = self.cluster.session(database).batch_execute(&script);
        applied.map_err(|error| format!("{}\n{script}", text(&error)))?;
        let dump = self.cluster.dump(database);
        if dump != wanted {
            let difference = similar::TextDiff::from_lines(&dump, wanted);
            let difference = difference.unified_diff().context_radius(3).header("is", "shall be").to_string();
            return Err(format!("the dumps differ\n{script}\n{difference}"));
        }
        let reached = self.read(database);
        let left = diff(&reached, to, &Options::default());
        if left.is_empty() {
            return Ok(());
        }
        let mut report = String::new();
        writeln!(report, "created {:?}\ndropped {:?}", left.created, left.dropped).unwrap();
        for (id, properties) in &left.altered {
            writeln!(report, "{id}: {properties:?}").unwrap();
        }
        Err(format!("a difference is left\n{script}\n{report}"))
    }

    fn read(&self, database: &str) -> Catalog {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut config = tokio_postgres::Config::new();
            config.host_path(&self.cluster.socket).user("postgres").dbname(database);
            let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
            let driver = tokio::spawn(connection);
            let catalog = read::read(&client).await.unwrap_or_else(|error| panic!("{database}: {error}"));
            drop(client);
            driver.await.unwrap().unwrap();
            catalog
        })
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        let mut session = self.cluster.session("postgres");
        for database in [&self.before, &self.after] {
            session.batch_execute(&format!("DROP DATABASE {database} WITH (FORCE)")).unwrap();
        }
    }
}

fn text(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.to_string(),
        |error| {
            let detail = error.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
            format!("{}{detail}", error.message())
        },
    )
}
