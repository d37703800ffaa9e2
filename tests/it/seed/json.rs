//! Mirrors of what `crmdb seed` says to programs.

use super::project::Project;

#[test]
fn the_json_of_a_run_has_these_fields_and_no_others() {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "a mirror of the document: that every field is there is the test")]
    struct Document {
        format: u8,
        command: String,
        target: String,
        profile: String,
        emptied: Vec<Emptied>,
        seeds: Vec<Seed>,
        unchanged: Vec<String>,
        absent: Vec<String>,
        gone: Vec<String>,
        duration_ms: u64,
    }
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "a mirror of the document: that every field is there is the test")]
    struct Emptied {
        table: String,
        rows: u64,
        owned: bool,
    }
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "a mirror of the document: that every field is there is the test")]
    struct Seed {
        module: String,
        schema: String,
        path: String,
        reason: String,
        rows: Option<u64>,
        written: Option<u64>,
        duration_ms: f64,
    }
    let project = Project::new();
    project.ok("migrate up");
    let document: Document = serde_json::from_str(&project.ok("seed --format json")).unwrap();
    assert_eq!((document.format, document.command.as_str(), document.seeds.len()), (1, "seed", 2));
    assert_eq!((document.seeds[0].rows, document.seeds[0].reason.as_str()), (Some(2), "new"));
    let document: Document =
        serde_json::from_str(&project.ok("seed --reset --accept-data-loss --format json")).unwrap();
    assert_eq!(document.emptied.iter().map(|table| table.rows).sum::<u64>(), 3);
    assert!(document.emptied.iter().all(|table| table.owned));
}

#[test]
fn the_json_of_a_plan_has_these_fields_and_no_others() {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Document {
        format: u8,
        command: String,
        target: String,
        profile: String,
        emptied: Vec<serde_json::Value>,
        seeds: Vec<Planned>,
        unchanged: Vec<String>,
        absent: Vec<String>,
    }
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Planned {
        module: String,
        schema: String,
        path: String,
        reason: String,
        table: Option<String>,
        sql: Option<String>,
    }
    let project = Project::new();
    project.ok("migrate up");
    let document: Document = serde_json::from_str(&project.ok("seed --dry-run --format json")).unwrap();
    assert_eq!((document.format, document.command.as_str(), document.profile.as_str()), (1, "seed", "dev"));
    assert!(document.target.contains(" on ") && document.emptied.is_empty());
    assert!(document.unchanged.is_empty() && document.absent.is_empty());
    let [rows, script] = document.seeds.try_into().unwrap_or_else(|_| panic!("two seeds"));
    assert_eq!((rows.path.as_str(), rows.reason.as_str()), ("seeds/dev/01_people.csv", "new"));
    assert_eq!((rows.module.as_str(), rows.schema.as_str()), ("public", "public"));
    assert_eq!((rows.table.as_deref(), rows.sql), (Some("public.people"), None));
    assert!(script.table.is_none() && script.sql.unwrap().starts_with("INSERT INTO notes"));
    assert_eq!(project.value("SELECT count(*)::text FROM people"), "0");
}
