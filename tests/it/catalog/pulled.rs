//! Schemas as files: what the files make is what they were pulled from.

use std::collections::BTreeMap;
use std::path::Path;

use crmdb::catalog::diff::Options;
use crmdb::catalog::pull::texts;

use super::workbench::Workbench;
use super::{cases, each};

#[test]
fn schemas_of_the_corpus_are_made_again_by_their_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let wanted = std::env::var("CRMDB_CASES").unwrap_or_default();
    let cases = cases(&root).into_iter().filter(|case| case.to_string_lossy().contains(&wanted));
    let names: Vec<_> = cases.map(|case| case.strip_prefix(&root).unwrap().display().to_string()).collect();
    assert!(!wanted.is_empty() || names.len() >= 300, "only {} cases were found", names.len());
    // Neighbours are much alike; a name, also `/`, which all have, takes each.
    let step = if wanted.is_empty() { 3 } else { 1 };
    each(names.into_iter().step_by(step).collect(), |name| {
        let sql = std::fs::read_to_string(root.join(name).join("after.sql")).unwrap();
        let origin = Workbench::new();
        origin.run(&sql)?;
        made_again(&origin)
    });
}

/// Pulls, loads in the order of the paths, each file in a session of its own, and pulls again.
fn made_again(origin: &Workbench) -> Result<(), String> {
    let files = pull(origin)?;
    let copy = Workbench::new();
    for (path, text) in &files {
        copy.run("DISCARD ALL").and_then(|()| copy.run(text)).map_err(|error| {
            let paths: Vec<_> = files.keys().map(String::as_str).collect();
            format!("{path}: {error}\n{text}\nof {}", paths.join("\n"))
        })?;
    }
    let again = pull(&copy)?;
    if again != files {
        let difference = files.iter().filter(|(path, text)| again.get(*path) != Some(text));
        let difference: Vec<_> =
            difference.map(|(path, text)| format!("{path}\n{text}\nis {:?}", again.get(path))).collect();
        return Err(format!("the second pull differs\n{}", difference.join("\n")));
    }
    let (wanted, is) = (origin.dump(), copy.dump());
    if wanted == is {
        return Ok(());
    }
    let difference = similar::TextDiff::from_lines(&is, &wanted);
    Err(format!("the dumps differ\n{}", difference.unified_diff().context_radius(3).header("is", "shall be")))
}

fn pull(origin: &Workbench) -> Result<BTreeMap<String, String>, String> {
    texts(origin.catalog(), "postgres", &Options::default()).map_err(|refusal| refusal.to_string())
}

#[test]
fn objects_that_need_each_other_are_taken_apart_and_names_of_any_kind_are_taken() {
    let origin = Workbench::new();
    let long = "ü".repeat(31);
    let sql = format!(
        r#"CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a);
           ALTER TABLE a ADD b_id int REFERENCES b;
           CREATE FUNCTION tally(a) RETURNS int LANGUAGE sql AS 'SELECT 1';
           CREATE FUNCTION first_b() RETURNS b LANGUAGE sql STABLE BEGIN ATOMIC SELECT * FROM b LIMIT 1; END;
           ALTER TABLE a ADD n int DEFAULT (first_b()).id;
           CREATE INDEX a_tally ON a ((id + 1)); COMMENT ON INDEX a_tally IS 'by one';
           CREATE VIEW z AS SELECT id FROM a; CREATE VIEW m AS SELECT id FROM z; CREATE VIEW c AS SELECT id FROM m;
           CREATE MATERIALIZED VIEW k AS SELECT id FROM c;
           CREATE FUNCTION late() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM later); END';
           CREATE VIEW later AS SELECT late() AS n;
           CREATE TABLE "parts" (id int, at date) PARTITION BY RANGE (at);
           CREATE TABLE a_part PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
           CREATE TABLE "../../etc/passwd" (id serial); CREATE TABLE "Case" (id int); CREATE TABLE "case" (id int);
           CREATE TABLE "con" (id int); CREATE SCHEMA "con"; CREATE TABLE con.t (id int); CREATE TABLE "a.b" (id int);
           CREATE TABLE "{long}" (id int); CREATE TABLE "; DROP TABLE a; --" (id int); CREATE TABLE " " (id int);
           CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
           CREATE FUNCTION f(int, varchar[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
           ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader;
           CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''noted''; END';
           CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE FUNCTION noted();"#
    );
    origin.run(&sql).unwrap();
    made_again(&origin).unwrap();
    let paths: Vec<String> = pull(&origin).unwrap().into_keys().collect();
    insta::assert_snapshot!(paths.join("\n"));
}
