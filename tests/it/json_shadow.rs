//! The JSON documents of what is tried on shadows, mirrored strictly: `prove`, `migrate squash`, `migrate rollback`.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::support::project::{Output, Project};
use crate::support::site::Site;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proved {
    format: u8,
    command: String,
    server: u32,
    rows: Option<u64>,
    migrations: Vec<ProvedMigration>,
    findings: Vec<ProofFinding>,
    duration_ms: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvedMigration {
    module: String,
    schema: String,
    version: i64,
    file: String,
    label: Option<String>,
    lost: Vec<String>,
    notes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofFinding {
    code: String,
    migration: String,
    message: String,
    hint: String,
    difference: Option<Difference>,
    path: String,
    line: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    from: String,
    to: String,
    renamed: Vec<serde_json::Value>,
    created: Vec<String>,
    dropped: Vec<String>,
    altered: Vec<serde_json::Value>,
    reordered: Vec<String>,
    dead: Vec<String>,
    statements: Vec<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Squashed {
    format: u8,
    command: String,
    migrations: usize,
    files: Vec<String>,
    removed: Vec<String>,
    kept: Vec<Kept>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    path: String,
    line: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: u8,
    command: String,
    files: Vec<String>,
}

fn read<T: DeserializeOwned>(output: &Output) -> T {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output}"))
}

#[test]
fn what_is_tried_on_a_shadow_is_told_in_one_document() {
    let site = Site::new();
    let project = Project::new()
        .migration("V1__a.sql", "CREATE TABLE a (i integer);\n")
        .rollback("V1__a.sql", "DROP TABLE a;\n")
        .migration("V2__b.sql", "ALTER TABLE a ADD COLUMN j text;\nINSERT INTO a VALUES (1);\n")
        .rollback("V2__b.sql", "SELECT 1;\n");
    let run = |line: &str| {
        let mut command = project.command("postgresql://127.0.0.1:1/nowhere", line);
        command.env("CRMDB_SERVER_HOME", site.folder.join("servers"));
        Output::new(line, command.output().unwrap())
    };
    let proved: Proved = read(&run("prove --format json --rows 3").expect(1));
    assert_eq!((proved.format, proved.command.as_str(), proved.rows), (1, "prove", Some(3)));
    assert!(proved.server >= 14 && proved.duration_ms > 0);
    let [first, second] = &proved.migrations[..] else { panic!("{proved:?}") };
    assert_eq!(
        (&*first.module, &*first.schema, first.version, &*first.file),
        ("public", "public", 1, "V1__a.sql")
    );
    assert_eq!((first.label.as_deref(), second.label.as_deref()), (Some("lossless"), Some("irreversible")));
    assert!(first.lost.is_empty() && first.notes.is_empty());
    let [finding] = &proved.findings[..] else { panic!("{proved:?}") };
    assert_eq!((&*finding.code, &*finding.migration), ("not-undone", "V2__b.sql"));
    assert_eq!((&*finding.path, finding.line), ("rollbacks/V2__b.sql", 1));
    assert!(finding.message.contains("V2__b.sql") && finding.hint.contains("--force"));
    let difference = finding.difference.as_ref().unwrap();
    assert_eq!(difference.created, ["column public.a.j"]);
    assert!(difference.dropped.is_empty() && difference.renamed.is_empty() && difference.altered.is_empty());
    assert!(
        difference.statements.is_empty() && difference.reordered.is_empty() && difference.dead.is_empty()
    );
    assert_eq!((&*difference.from, &*difference.to), ("before V2__b.sql", "after its rollback"));

    let written: Written = read(&run("migrate rollback 2 --force --format json").expect(0));
    assert_eq!((written.format, written.command.as_str()), (1, "migrate rollback"));
    assert_eq!(written.files, ["rollbacks/V2__b.sql"]);
    let squashed: Squashed = read(&run("migrate squash --to 2 --yes --format json").expect(0));
    assert_eq!((squashed.format, squashed.command.as_str(), squashed.migrations), (1, "migrate squash", 2));
    assert_eq!(squashed.files, ["migrations/V2__squash.sql", "rollbacks/V2__squash.sql"]);
    assert_eq!(squashed.removed.len(), 4);
    assert_eq!(
        squashed.kept.iter().map(|kept| (&*kept.path, kept.line)).collect::<Vec<_>>(),
        [("migrations/V2__b.sql", 2)]
    );
}
