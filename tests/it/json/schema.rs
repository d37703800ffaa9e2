//! Mirrors of what `diff` and `schema contract` say to programs.

use serde::Deserialize;
use serde_json::Value;

use super::read;
use crate::diff::run;
use crate::support::postgres::Database;
use crate::support::project::Project;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    format: u8,
    command: String,
    from: String,
    to: String,
    renamed: Vec<Renamed>,
    created: Vec<String>,
    dropped: Vec<String>,
    altered: Vec<Altered>,
    reordered: Vec<String>,
    dead: Vec<String>,
    statements: Vec<Statement>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Renamed {
    from: String,
    to: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Altered {
    object: String,
    properties: Vec<Property>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Property {
    name: String,
    from: Value,
    to: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    sql: String,
    hazards: Vec<String>,
    #[serde(rename = "object")]
    _object: Value,
    transactional: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contract {
    format: u8,
    command: String,
    modules: usize,
    stale: bool,
    written: bool,
    difference: Option<String>,
}

#[test]
fn a_difference_lists_objects_and_statements() {
    let project = Project::new()
        .file("before.sql", "CREATE TABLE a (i int, old_name text);\nCREATE TABLE gone ();\n")
        .file("after.sql", "CREATE TABLE a (i bigint, new_name text);\nCREATE TABLE come (i int);\n");
    let line = "diff --from before.sql --to after.sql --format json";
    let found: Difference = read(&run(&project, "postgresql://127.0.0.1:1/nowhere", line).expect(1));
    assert_eq!((found.format, found.command.as_str()), (1, "diff"));
    assert_eq!((found.from.as_str(), found.to.as_str()), ("before.sql", "after.sql"));
    assert!(found.created.iter().any(|name| name.contains("come")), "{found:?}");
    assert!(found.dropped.iter().any(|name| name.contains("gone")), "{found:?}");
    assert!(found.reordered.is_empty() && found.dead.is_empty(), "{found:?}");
    let renamed = &found.renamed[0];
    assert!(renamed.from.contains("old_name") && renamed.to.contains("new_name"), "{found:?}");
    let altered = found.altered.iter().find(|altered| altered.object.contains("column")).unwrap();
    let kind = altered.properties.iter().find(|property| property.name == "type").unwrap();
    assert_ne!(kind.from, kind.to);
    let rewrite = found.statements.iter().find(|statement| statement.sql.contains("bigint")).unwrap();
    assert!(rewrite.hazards.iter().any(|hazard| hazard == "table_rewrite"), "{found:?}");
    assert_eq!(rewrite.transactional, "transactional");
}

#[test]
fn a_contract_tells_whether_it_is_stale_and_how() {
    let (database, project) = (Database::create(), Project::new());
    let project = project.migration("V1__a.sql", "CREATE TABLE a (i int);\n");
    project.run(&database, "migrate up").expect(0);
    let line = "schema contract --from-target --format json";
    let found: Contract = read(&project.run(&database, &format!("{line} --check")).expect(1));
    assert_eq!((found.format, found.command.as_str(), found.modules), (1, "schema contract", 1));
    assert!(
        found.stale && !found.written && found.difference.unwrap().contains("+[modules.public.tables.a]")
    );
    let found: Contract = read(&project.run(&database, line).expect(0));
    assert!(found.stale && found.written && found.difference.is_some());
    let found: Contract = read(&project.run(&database, &format!("{line} --check")).expect(0));
    assert!(!found.stale && !found.written && found.difference.is_none());
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pulled {
    format: u8,
    command: String,
    folder: String,
    stale: bool,
    written: bool,
    added: Vec<String>,
    changed: Vec<String>,
    removed: Vec<String>,
    unchanged: usize,
    in_the_way: Vec<String>,
    foreign: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    format: u8,
    command: String,
    kind: String,
    name: String,
    owner: Option<String>,
    comment: Option<String>,
    rows: Option<i64>,
    bytes: Option<i64>,
    notes: Vec<String>,
    columns: Vec<ShownColumn>,
    constraints: Vec<ShownPart>,
    referenced_by: Vec<ShownPart>,
    indexes: Vec<ShownPart>,
    triggers: Vec<ShownPart>,
    policies: Vec<ShownPart>,
    labels: Vec<String>,
    privileges: Vec<String>,
    definition: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShownColumn {
    name: String,
    #[serde(rename = "type")]
    type_name: String,
    nullable: bool,
    default: Option<String>,
    comment: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShownPart {
    name: String,
    definition: String,
    bytes: Option<i64>,
    comment: Option<String>,
}

#[test]
fn a_pull_lists_its_files_and_what_is_shown_is_data() {
    let (database, project) = (Database::create(), Project::new());
    let sql = "CREATE TABLE a (i int PRIMARY KEY DEFAULT 7); CREATE TABLE b (i int REFERENCES a);
               CREATE INDEX by_i ON b (i); COMMENT ON COLUMN a.i IS 'one';";
    database.client().batch_execute(sql).unwrap();
    let found: Pulled = read(&project.run(&database, "schema pull files --check --format json").expect(1));
    assert_eq!((found.format, found.command.as_str(), found.folder.as_str()), (1, "schema pull", "files"));
    assert!(found.stale && !found.written);
    assert_eq!(
        found.added,
        ["400_tables/public.a.sql", "400_tables/public.b.sql", "600_foreign_keys/public.b.sql"]
    );
    let project = project.file("files/x.sql", "").file("files/400_tables/public.a.sql", "");
    let found: Pulled = read(&project.run(&database, "schema pull files --check --format json").expect(1));
    assert_eq!(
        (found.in_the_way.as_slice(), found.foreign.len()),
        (&["400_tables/public.a.sql".to_owned()][..], 2)
    );
    assert!(found.changed.is_empty() && found.removed.is_empty() && found.unchanged == 0);

    let shown: Shown = read(&project.run(&database, "schema show a --format json").expect(0));
    assert_eq!((shown.format, shown.command.as_str(), shown.kind.as_str()), (1, "schema show", "table"));
    assert_eq!((shown.name.as_str(), shown.owner.as_deref()), ("public.a", Some("postgres")));
    let column = &shown.columns[0];
    assert_eq!((column.name.as_str(), column.type_name.as_str(), column.nullable), ("i", "integer", false));
    assert_eq!((column.default.as_deref(), column.comment.as_deref()), (Some("7"), Some("one")));
    let [key] = shown.constraints.as_slice() else { panic!("{shown:?}") };
    assert_eq!((key.name.as_str(), key.definition.as_str()), ("a_pkey", "PRIMARY KEY (i)"));
    assert!(key.bytes.is_some() && key.comment.is_none() && shown.bytes.is_some() && shown.rows.is_none());
    assert_eq!(shown.referenced_by[0].name, "public.b");
    let nothing = [&shown.triggers, &shown.policies, &shown.indexes].iter().all(|parts| parts.is_empty());
    assert!(nothing && shown.labels.is_empty() && shown.privileges.is_empty() && shown.notes.is_empty());
    assert!(shown.definition.is_none() && shown.comment.is_none());
}
