//! `crmdb seed status` through the binary against a real server.

use super::project::Project;

#[test]
fn rows_that_were_edited_by_hand_are_shown_by_their_keys() {
    let project = Project::new();
    project.write("seeds/dev/03_people.csv", "id,name\n7,Gus\n");
    project.ok("migrate up");
    project.ok("seed");
    assert!(
        project
            .run("seed status")
            .ends_with("3 loaded, 0 to load; 0 rows of CSV seeds differ\n--- stderr\n--- exit 0\n")
    );
    project.sql(
        "UPDATE people SET name = 'Bo', \"Note\" = 'x' WHERE id = 2; UPDATE people SET \"Note\" = 'not in the file' WHERE id = 7;
         DELETE FROM notes; DELETE FROM people WHERE id = 1; INSERT INTO people (name) VALUES ('by hand')",
    );
    project.write("seeds/dev/02_notes.sql", "SELECT 1;\n");
    insta::assert_snapshot!(project.run("seed status"), @r"
    DATABASE on HOST, profile dev
     seed                     state                        at
     seeds/dev/01_people.csv  loaded                       MOMENT
     seeds/dev/02_notes.sql   changed since it was loaded  MOMENT
     seeds/dev/03_people.csv  loaded                       MOMENT
    public.people differs from seeds/dev/01_people.csv, seeds/dev/03_people.csv
      missing  1
      changed  2: name, Note
      extra    8
    2 loaded, 1 to load; 3 rows of CSV seeds differ
    --- stderr
    --- exit 1
    ");
    // Nothing was touched by looking.
    assert_eq!(project.value("SELECT count(*)::text FROM people"), "3");
    let document = project.output("seed status --format json").stdout;
    let document: Document = serde_json::from_slice(&document).unwrap();
    assert_eq!(document.tables[0].changed.rows[0].columns, ["name", "Note"]);
    assert_eq!(document.tables[0].missing.total, 1);
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "a mirror of the document: that every field is there is the test")]
struct Document {
    format: u8,
    command: String,
    target: String,
    profile: String,
    seeds: Vec<Seed>,
    absent: Vec<String>,
    tables: Vec<Table>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "a mirror of the document: that every field is there is the test")]
struct Seed {
    module: String,
    schema: String,
    path: String,
    loaded_at: Option<String>,
    pending: Option<String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "a mirror of the document: that every field is there is the test")]
struct Table {
    table: String,
    paths: Vec<String>,
    missing: Differences,
    changed: Differences,
    extra: Differences,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Differences {
    total: u64,
    rows: Vec<Difference>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "a mirror of the document: that every field is there is the test")]
struct Difference {
    key: String,
    columns: Vec<String>,
}
