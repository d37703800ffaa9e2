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
    assert!(found.reordered.is_empty(), "{found:?}");
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
