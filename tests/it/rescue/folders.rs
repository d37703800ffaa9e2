//! The rescue in files: what dies is read out into a folder first, and comes back from there.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use insta::assert_snapshot;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::{List, NAMES, Report, filled, rows, schemas, value};
use crate::json::read;
use crate::support::pooler::Pooler;
use crate::support::postgres::{Database, Server, wait_until};
use crate::support::project::{Output, Project};

const DOWN: &str = "migrate down --all --accept-data-loss --rescue-dir";

fn folder() -> TempDir {
    tempfile::Builder::new().prefix("crmdb-kept-").tempdir().unwrap()
}

/// Returns the paths in a folder, in order.
fn within(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Makes the names that differ from run to run the same.
fn steady(output: &Output, (parent, made): (&Path, &Path)) -> String {
    let host = nix::unistd::gethostname().unwrap();
    let name = made.file_name().unwrap().to_str().unwrap();
    let text = output.to_string().replace(name, "<folder>").replace(&*parent.display().to_string(), "<kept>");
    let text = text.replace(&format!("on {}", host.to_string_lossy()), "on <machine>");
    // How well times are compressed depends on them.
    regex::Regex::new(r"\d+ bytes").unwrap().replace_all(&text, "<size>").into_owned()
}

#[test]
fn what_dies_goes_to_files_and_comes_back_from_there() {
    let (project, database) = filled();
    let (before, kept) = (rows(&database, &NAMES), folder());
    let down = project.run(&database, &format!("{DOWN} {}", kept.path().display())).expect(0);
    let made = within(kept.path()).remove(0);
    assert_snapshot!("files_taken_back", steady(&down, (kept.path(), &made)));
    assert_eq!(schemas(&database), "");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&made), 0o700);
    assert!(within(&made).iter().all(|file| mode(file) == 0o600), "{:?}", within(&made));
    let list =
        project.run(&database, &format!("rescue list --rescue-dir {}", kept.path().display())).expect(0);
    assert_snapshot!("files_listed", steady(&list, (kept.path(), &made)));
    // What other programs see is what the manifest says.
    let manifest: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(made.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["format"], 1);
    for file in manifest["files"].as_array().unwrap() {
        let path = made.join(file["file"].as_str().unwrap());
        let line = format!("gzip -dc '{0}' | wc -l; sha256sum <'{0}'", path.display());
        let seen = std::process::Command::new("sh").args(["-c", &line]).output().unwrap().stdout;
        let expected = format!("{}\n{}  -\n", file["rows"], file["sha256"].as_str().unwrap());
        assert_eq!(String::from_utf8(seen).unwrap(), expected, "{file}");
    }
    project.run(&database, "migrate up").expect(0);
    // The folder moves to another disk, under another name.
    let elsewhere = folder();
    let moved = elsewhere.path().join("moved");
    std::fs::rename(&made, &moved).unwrap();
    let away = project.run(&database, "rescue restore").expect(1);
    assert!(away.stdout.contains("name the folder that it is in with `--rescue-dir`"), "{away}");
    let here = format!("--rescue-dir {}", moved.display());
    project.run(&database, &format!("rescue restore {here}")).expect(0);
    assert_eq!(rows(&database, &NAMES), before);
    project.run(&database, &format!("rescue drop --yes {here}")).expect(0);
    assert_eq!(within(elsewhere.path()), Vec::<PathBuf>::new());
    let list: List = read(&project.run(&database, "rescue list --format json").expect(0));
    assert!(list.rescues.is_empty() && list.strays.is_empty(), "{list:?}");
}

/// A table with one row, applied.
fn one_table() -> (Project, Database<'static>) {
    let database = Server::shared().database();
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (i int PRIMARY KEY, t text);\n")
        .rollback("V1__a.sql", "DROP TABLE a;\n");
    project.run(&database, "migrate up").expect(0);
    database.client().batch_execute("INSERT INTO a VALUES (1, E'\\uFEFFx\\n\\\\.\\n\\ty')").unwrap();
    (project, database)
}

#[test]
fn a_damaged_or_missing_file_puts_no_row_back() {
    let (project, database) = one_table();
    let (before, kept) = (rows(&database, &["a"]), folder());
    project.run(&database, &format!("{DOWN} {}", kept.path().display())).expect(0);
    project.run(&database, "migrate up").expect(0);
    let file = within(&within(kept.path())[0]).remove(0);
    let whole = std::fs::read(&file).unwrap();
    let restored = |wanted: &str| {
        let restored: Report = read(&project.run(&database, "rescue restore --format json").expect(1));
        let waits = restored.rescues[0].items[0].waits.clone().unwrap();
        assert!(waits.contains(wanted), "{waits}");
        assert_eq!(rows(&database, &["a"]), ["a: "]);
    };
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(&file, &damaged).unwrap();
    restored("is damaged: its SHA-256 is");
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    restored("is damaged");
    let listed = project.run(&database, "rescue list").expect(0);
    assert!(listed.stdout.contains("bytes, and"), "{listed}");
    std::fs::remove_file(&file).unwrap();
    restored("can't be read: No such file or directory");
    nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).unwrap();
    restored("is not a file");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    restored("is not a file");
    std::fs::remove_dir(&file).unwrap();
    std::fs::write(&file, &whole).unwrap();
    project.run(&database, "rescue restore").expect(0);
    assert_eq!(rows(&database, &["a"]), before);
}

#[test]
fn a_folder_that_will_not_do_is_refused_before_anything_is_touched() {
    let (project, database) = one_table();
    let kept = folder();
    std::fs::write(kept.path().join("file"), "").unwrap();
    std::os::unix::fs::symlink(kept.path().join("nowhere"), kept.path().join("link")).unwrap();
    for name in ["missing", "file", "link"] {
        let refused = project.run(&database, &format!("{DOWN} {}/{name}", kept.path().display())).expect(2);
        assert!(refused.stderr.contains("nothing can be kept in `"), "{refused}");
    }
    // The system lets nobody make a folder there, whoever asks.
    let refused = project.run(&database, &format!("{DOWN} /proc/self")).code;
    assert!(matches!(refused, Some(2 | 5)), "{refused:?}");
    assert_eq!(value(&database, "SELECT count(*)::text FROM a"), "1");
    project.run(&database, &format!("{DOWN} {} --no-rescue", kept.path().display())).expect(2);
    // A database that can't be changed is told as such, whatever is to be kept where.
    let publish = "CREATE PUBLICATION p FOR TABLE a; DELETE FROM a; INSERT INTO a VALUES (1, 'x')";
    database.client().batch_execute(publish).unwrap();
    let off = format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name());
    database.client().batch_execute(&off).unwrap();
    for line in ["migrate down --rescue --accept-data-loss", &format!("{DOWN} {}", kept.path().display())] {
        let refused = project.run(&database, line).expect(4);
        assert!(refused.stderr.contains("`default_transaction_read_only` is on for this role"), "{refused}");
        assert!(refused.stderr.contains("with 1 constraint, 1 publication"), "{refused}");
    }
    assert_eq!(within(kept.path()).len(), 2);
}

/// Runs the binary after `limits` of the shell.
fn limited(project: &Project, database: &Database<'_>, (limits, line): (&str, &str)) -> Output {
    let command = project.command(&database.url(), "");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("{limits}; exec \"$0\" {line}")]).arg(command.get_program());
    shell.current_dir(project.path()).stdin(Stdio::null()).env_clear();
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Output::new(line, shell.output().unwrap())
}

#[test]
fn a_full_disk_rolls_the_migration_back_and_leaves_nothing() {
    let (project, database) = one_table();
    let kept = folder();
    let fill =
        "INSERT INTO a SELECT i, md5(i::text) || md5((i + 1)::text) FROM generate_series(2, 60000) AS i";
    database.client().batch_execute(fill).unwrap();
    let line = format!("{DOWN} {}", kept.path().display());
    // The shadow's server is started before the limit is there.
    project.run(&database, "migrate down --dry-run").expect(0);
    let output = limited(&project, &database, ("trap '' XFSZ; ulimit -f 600", &line)).expect(5);
    assert!(output.stderr.contains("File too large"), "{output}");
    assert!(
        output.stderr.contains("make room there, or name another folder with `--rescue-dir`"),
        "{output}"
    );
    assert_eq!(value(&database, "SELECT count(*)::text FROM a"), "60000");
    assert_eq!(within(kept.path()), Vec::<PathBuf>::new());
    let failed = "SELECT count(*)::text FROM crmdb.event WHERE kind = 'down' AND outcome = 'failed'";
    assert_eq!(value(&database, failed), "1");
}

#[test]
fn what_a_killed_run_left_is_told_from_what_was_destroyed() {
    let (project, database) = filled();
    let before = rows(&database, &NAMES);
    let kept = folder();
    let mut holder = database.client();
    let line = format!("{DOWN} {} --lock-timeout 1h", kept.path().display());
    let waiting = "SELECT count(*)::text FROM pg_locks WHERE NOT granted AND relation = 'crmdb.event'::regclass \
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let waits = |wanted: &'static str| {
        wait_until("the run waits", Duration::from_secs(60), || value(&database, waiting) == wanted);
    };
    let start = || {
        let mut command = project.command(&database.url(), &line);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    // Ended when its files are on the disk and the transaction has still to enter what is in them.
    // One that can hear the signal rolls back, and takes its files away; SIGINT is ignored where the tests run behind
    // `nohup … &`.
    for signal in [Signal::SIGKILL, Signal::SIGTERM] {
        holder.batch_execute("BEGIN; LOCK TABLE crmdb.event IN SHARE MODE").unwrap();
        let mut child = start();
        waits("1");
        kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(signal as i32));
        holder.batch_execute("ROLLBACK").unwrap();
        waits("0");
        assert_eq!(rows(&database, &NAMES), before);
    }
    let left = within(kept.path());
    let dir = format!("--rescue-dir {}", kept.path().display());
    let list: List = read(&project.run(&database, &format!("rescue list {dir} --format json")).expect(0));
    assert!(list.rescues.is_empty(), "{list:?}");
    let strays: BTreeSet<PathBuf> = list.strays.iter().map(|stray| PathBuf::from(&stray.path)).collect();
    assert!(list.strays.iter().all(|stray| stray.what.contains("that was not committed")), "{list:?}");
    assert_eq!((strays, left.len()), (left.iter().cloned().collect(), 1));
    // The next run has a folder of its own, and comes back from it.
    project.run(&database, &line).expect(0);
    project.run(&database, "migrate up").expect(0);
    let made = within(kept.path()).into_iter().find(|path| !left.contains(path)).unwrap();
    for folder in [&made, &left[0]] {
        std::fs::write(folder.join("099_x.copy.gz.part"), "").unwrap();
    }
    let list: List = read(&project.run(&database, &format!("rescue list {dir} --format json")).expect(0));
    assert!(list.rescues[0].trouble.is_none(), "{list:?}");
    let told = |words: &str| list.strays.iter().filter(|stray| stray.what.contains(words)).count();
    assert_eq!((told("that was not committed"), told("not written to its end")), (1, 1), "{list:?}");
    project.run(&database, "rescue restore").expect(0);
    assert_eq!(rows(&database, &NAMES), before);
}

#[test]
fn many_rows_go_through_little_memory_and_a_pooler() {
    let (project, database) = one_table();
    let kept = folder();
    let fill =
        "TRUNCATE a; INSERT INTO a SELECT i, repeat(md5(i::text), 4) FROM generate_series(1, 200000) AS i";
    database.client().batch_execute(fill).unwrap();
    let sum = "SELECT count(*) || ' ' || sum(hashtext(t::text)) FROM a AS t";
    let before = value(&database, sum);
    let pooler = Pooler::new(Server::shared(), ("pool_mode = transaction", ""));
    let url = pooler.url(&database);
    let line = format!("{DOWN} {} --count-budget 0ms --from-ledger", kept.path().display());
    project.run_at(&url, &line).expect(0);
    project.run_at(&url, "migrate up").expect(0);
    // The rows are 27 MB as text; the program alone takes a good part of the rest.
    limited(&project, &database, ("ulimit -v 100000", "rescue restore")).expect(0);
    assert_eq!(value(&database, sum), before);
}
