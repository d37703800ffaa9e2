//! The catalog engine on a real server: two schemas turned into each other, judged by `pg_dump -s`.

mod judge;
mod kept;
mod pulled;
mod random;
mod trial;
mod workbench;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crmdb::catalog::diff::{Locking, Options};
use trial::Trial;

const WORKERS: usize = 3;

/// Those of the kind `online` without blocking anybody; all of them so where `CRMDB_ONLINE` is set.
#[test]
fn every_case_of_the_corpus_goes_there_and_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let wanted = std::env::var("CRMDB_CASES").unwrap_or_default();
    let cases: Vec<PathBuf> =
        cases(&root).into_iter().filter(|case| case.to_string_lossy().contains(&wanted)).collect();
    let named = cases.iter().map(|case| case.strip_prefix(&root).unwrap().display().to_string()).collect();
    each(named, |name| corpus_case(&root.join(name)));
    assert!(!wanted.is_empty() || cases.len() >= 300, "only {} cases were found", cases.len());
}

fn corpus_case(case: &Path) -> Result<(), String> {
    let [before, after] =
        ["before.sql", "after.sql"].map(|file| std::fs::read_to_string(case.join(file)).unwrap());
    let online = case.parent().is_some_and(|kind| kind.ends_with("online"));
    let online = online || std::env::var_os("CRMDB_ONLINE").is_some();
    let locking = if online { Locking::Online } else { Locking::Blocking };
    Trial::of([&before, &after])?.there_and_back(&Options { locking, ..Options::default() })
}

/// Runs every case, several at once, and fails with all that failed.
fn each(names: Vec<String>, run: impl Fn(&str) -> Result<(), String> + Sync) {
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(failure) = run(name) {
                        eprintln!("\n===== {name}\n{failure}");
                        failures.lock().unwrap().push(name.as_str());
                    }
                }
            });
        }
    });
    let mut failed = failures.into_inner().unwrap();
    failed.sort_unstable();
    assert!(failed.is_empty(), "{} of {} cases failed: {}", failed.len(), names.len(), failed.join(" "));
}

/// Returns the folders under `root` that hold a case for this server: `<kind>/<case>/before.sql` and `after.sql`.
fn cases(root: &Path) -> Vec<PathBuf> {
    let folders = |path: &Path| -> BTreeSet<PathBuf> {
        std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect()
    };
    let major = judge::major();
    folders(root).iter().flat_map(|kind| folders(kind)).filter(|case| since(case) <= major).collect()
}

/// Returns the first major version that has what the case needs: both its files may begin with `-- since 17`.
fn since(case: &Path) -> u32 {
    let sql = std::fs::read_to_string(case.join("after.sql")).unwrap();
    let line = sql.lines().next().and_then(|line| line.strip_prefix("-- since "));
    line.map_or(0, |major| major.parse().unwrap())
}
