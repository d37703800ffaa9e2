//! Input that nobody sane writes: it is refused with its place named, or works; it never breaks crmdb, and nothing is half
//! understood.

use std::os::unix::fs::symlink;

use crate::faults::{one, value};
use crate::support::postgres::Database;
use crate::support::project::{Output, Project};

const NOWHERE: &str = "postgresql://127.0.0.1:1/x";

fn never_breaks(output: &Output) {
    assert!(!output.stderr.contains("panicked"), "{output}");
    assert!(output.code.is_some_and(|code| code <= 5), "{output}");
}

#[test]
fn file_names_that_are_no_migrations_are_named_and_nothing_is_connected_to() {
    for name in [
        "V1__a b.sql",
        "V1__a'b.sql",
        "V1__a\"b.sql",
        "V1__a;drop table b.sql",
        "V1__..sql",
        "V1____.sql\n.sql",
        "V1__\u{202e}lqs.sql",
        "V1__a\u{1b}[31mred.sql",
        "V99999999999999999999__big.sql",
        "V-1__minus.sql",
        "V1__.sql",
        "V__none.sql",
    ] {
        let project = Project::new().migration(name, "create table a (i int);\n");
        let output = project.run_at(NOWHERE, "migrate up");
        never_breaks(&output);
        assert_eq!(output.code, Some(2), "{name:?}\n{output}");
        assert!(
            !output.stderr.contains('\u{1b}') && !output.stderr.contains('\u{202e}'),
            "{name:?}\n{output}"
        );
    }
    let database = Database::create();
    for (version, name) in ["größe", "日本", "_", "1", &"n".repeat(230)].iter().enumerate() {
        let project = Project::new().migration(&format!("V{}__{name}.sql", version + 1), "select 1;\n");
        let output = project.run(&database, "migrate up --allow-missing").expect(0);
        never_breaks(&output);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_name_that_is_not_utf8_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let project = Project::new();
    let name = std::ffi::OsStr::from_bytes(b"V1__caf\xe9.sql");
    std::fs::write(project.path().join("migrations").join(name), "select 1;\n").unwrap();
    let output = project.run_at(NOWHERE, "migrate up").expect(2);
    assert!(output.stderr.contains("V1__caf"), "{output}");
}

#[test]
fn modules_of_any_name_work_or_are_named() {
    for module in ["a b", "a'b", "a\"b", "größe", "..a", "a:b", "a`b", "-rf", "a\\b", &"m".repeat(64)] {
        let database = Database::create();
        let project = Project::new()
            .migration(&format!("{module}/V1__a.sql"), "create table a (i int);\n")
            .rollback(&format!("{module}/V1__a.sql"), "drop table a;\n");
        let up = project.run(&database, "migrate up");
        never_breaks(&up);
        if module.starts_with('.') {
            // Hidden, as editors and tools keep their own things in a folder.
            assert!(up.stdout.contains("nothing"), "{up}");
        } else if up.code == Some(0) {
            let schema = value(&database, "select schema from crmdb.migration");
            assert_eq!(schema, *module, "{up}");
            let home = "select n.nspname::text from pg_class c join pg_namespace n on n.oid = relnamespace
                        where relname = 'a'";
            assert_eq!(value(&database, home), *module, "{up}");
            project.run(&database, "migrate down --yes").expect(0);
        } else {
            assert_eq!(up.code, Some(2), "{module:?}\n{up}");
            assert_eq!(value(&database, "select coalesce(to_regnamespace('crmdb')::text, 'none')"), "none");
        }
    }
}

#[test]
fn a_module_goes_to_a_schema_of_any_name_and_nowhere_else() {
    let database = Database::create();
    for schema in ["a\"b", "a'b", "a b", "größe", "..", "../../etc", "a;drop schema public", "Public", "\""]
    {
        let manifest = format!("[modules.shop]\nschema = '''{schema}'''\n[modules.shop.tables.a]\n");
        let project = Project::new()
            .file("schema.toml", &manifest)
            .migration("shop/V1__a.sql", "create table a (i int);\n")
            .rollback("shop/V1__a.sql", "drop table a;\n");
        project.run(&database, "migrate up").expect(0);
        project.run(&database, "verify").expect(0);
        let home = "select string_agg(relnamespace::regnamespace::oid::text, ' ') = max(n.oid)::text
                    from pg_class c, pg_namespace n where relname = 'a' and nspname = $1";
        let alone: bool = database.client().query_one(home, &[&schema]).unwrap().get(0);
        assert!(alone, "{schema}");
        project.run(&database, "migrate down").expect(0);
        assert_eq!(value(&database, "select count(*)::text from pg_namespace where nspname = 'public'"), "1");
    }
    for schema in ["$user", "pg_temp", "crmdb", "crmdb_rescue_1", "information_schema", ""] {
        let manifest = format!("[modules.shop]\nschema = '{schema}'\n");
        let project =
            Project::new().file("schema.toml", &manifest).migration("shop/V1__a.sql", "select 1;\n");
        let output = project.run_at(NOWHERE, "migrate up").expect(2);
        assert!(output.stderr.contains("error: schema.toml:2:10: module `shop` has schema"), "{output}");
    }
}

#[test]
fn a_schema_name_that_postgresql_would_cut_is_refused() {
    let database = Database::create();
    for name in ["s".repeat(64), "ß".repeat(32)] {
        let manifest = format!("[modules.shop]\nschema = '{name}'\n");
        let project =
            Project::new().file("schema.toml", &manifest).migration("shop/V1__a.sql", "select 1;\n");
        let output = project.run(&database, "migrate up").expect(2);
        assert!(output.stderr.contains("63"), "{output}");
        let flag = Project::new().migration("shop/V1__a.sql", "select 1;\n");
        let mut command = flag.command(&database.url(), "migrate up --schema");
        let output = Output::new("", command.arg(format!("shop={name}")).output().unwrap());
        assert_eq!(output.code, Some(2), "{output}");
    }
}

#[test]
fn links_that_lead_out_of_the_project_are_refused() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("V1__a.sql"), "create table a (i int);\n").unwrap();
    for place in ["migrations/shop", "rollbacks/shop", "migrations/shop/V1__a.sql"] {
        let project = Project::new().migration("other/V1__b.sql", "select 1;\n");
        let link = project.path().join(place);
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        let file = place.ends_with(".sql");
        symlink(if file { outside.path().join("V1__a.sql") } else { outside.path().to_owned() }, &link)
            .unwrap();
        let output = project.run_at(NOWHERE, "migrate up");
        assert_eq!(output.code, Some(2), "{place}\n{output}");
        assert!(output.stderr.contains("shop"), "{place}\n{output}");
    }
    for (folder, line) in [("migrations", "migrate up"), ("seeds", "seed"), ("verify", "verify")] {
        for target in [outside.path().to_owned(), outside.path().join("nowhere")] {
            let (database, project) = (Database::create(), Project::new());
            let link = project.path().join(folder);
            let _ = std::fs::remove_dir(&link);
            symlink(target, link).unwrap();
            let output = project.run(&database, line).expect(2);
            assert!(output.stderr.contains(&format!("`{folder}`")), "{output}");
        }
    }
    let project = Project::new().migration("V1__a.sql", "select 1;\n");
    symlink("..", project.path().join("migrations/loop")).unwrap();
    never_breaks(&project.run_at(NOWHERE, "status"));
}

#[test]
fn text_that_is_no_sql_is_refused_before_anything_runs() {
    let database = Database::create();
    for (text, code) in [
        (b"create table a (i int);\n\0\n".as_slice(), 2),
        (b"select 'a\0b';\n", 2),
        (b"create table a (i int);\xff\n", 2),
        (b"\xed\xa0\x80", 2),
        (b"create table a (i int);\nselect 'open", 4),
        (b"create table a (i int);\n/* open /* nested */", 4),
        (b"create table a (i int);\nselect $tag$ open", 4),
        (b"create table a (i int);\ncopy a from stdin;\n1\n", 4),
    ] {
        let project = Project::new();
        std::fs::write(project.path().join("migrations/V1__a.sql"), text).unwrap();
        let output = project.run(&database, "migrate up");
        never_breaks(&output);
        let shown = String::from_utf8_lossy(text).into_owned();
        assert!(matches!(output.code, Some(2 | 4)) || output.code == Some(code), "{shown:?}\n{output}");
        assert!(output.stderr.contains("V1__a.sql"), "{shown:?}\n{output}");
        let left = "select count(*)::text from pg_class where relname = 'a'";
        assert_eq!(value(&database, left), "0", "{shown:?}\n{output}");
    }
}

#[test]
fn lines_of_a_hundred_megabytes_pass_through() {
    let database = Database::create();
    let comment = format!("--{}\ncreate table a (i int);\n", "x".repeat(100 << 20));
    one(&comment).file("schema.toml", "[ledger]\nstore_sql = false\n").run(&database, "migrate up").expect(0);
    // An error in such a line is told with its place, and without the line.
    let wrong = format!("create table b (t text default '{}', u integr);\n", "y".repeat(8 << 20));
    let (database, project) = (Database::create(), one(&wrong));
    let output = project.run(&database, "migrate up").expect(5);
    assert!(
        output.stderr.contains("type \"integr\" does not exist"),
        "{}",
        &output.stderr[..2000.min(output.stderr.len())]
    );
    assert!(output.stderr.len() < 10_000, "the message has {} bytes", output.stderr.len());
}
