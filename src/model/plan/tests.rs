//! Decisions on small projects and ledgers, as tables.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;

use super::judge::judge;
use super::*;
use crate::model::{
    Applied, Checksum, FileName, Installation, Ledger, Migration, Module, Origin, Project, Script,
};
use crate::model::{Installed, Mode, Unfinished, ledger::JournalEntry};

fn migration(version: i64) -> Migration {
    let file = FileName::parse(&format!("V{version}__m.sql")).unwrap();
    let path = |folder: &str| format!("{folder}/{file}");
    Migration {
        up: Script::new(path("migrations"), &format!("create table t{version}();")),
        rollback: Some(Script::new(path("rollbacks"), &format!("drop table t{version};"))),
        file,
    }
}

fn module(name: &str, versions: &[i64]) -> Module {
    Module {
        name: name.to_owned(),
        schema: name.to_owned(),
        depends_on: Vec::new(),
        migrations: versions.iter().map(|&version| migration(version)).collect(),
        deferred_foreign_keys: Vec::new(),
    }
}

fn row(module: &str, version: i64, position: i64) -> Applied {
    let file = migration(version);
    Applied {
        module: module.to_owned(),
        schema: module.to_owned(),
        version: Version(version),
        file: file.file.as_str().to_owned(),
        checksum: file.up.checksum,
        rollback_checksum: file.rollback.map(|script| script.checksum),
        position,
        applied_at: Timestamp::UNIX_EPOCH,
        applied_by: "postgres".to_owned(),
        duration_ms: Some(1),
        tool_version: "0.0.0".to_owned(),
        origin: Origin::Up,
    }
}

fn ledger(rows: &[(&str, i64)]) -> Ledger {
    let applied: Vec<_> =
        rows.iter().zip(1..).map(|((module, version), at)| row(module, *version, at)).collect();
    let installed = applied.iter().map(|row| Installed {
        module: row.module.clone(),
        schema: row.schema.clone(),
        created_schema: true,
    });
    Ledger {
        version: Some(1),
        installed: installed.collect(),
        applied,
        unfinished: Vec::new(),
        foreign_keys: Vec::new(),
    }
}

const PLAIN: UpRequest = UpRequest { goal: Goal::All, out_of_order: false, allow_missing: false };

fn plan_up(modules: &[Module], ledger: &Ledger, request: &UpRequest) -> Result<Vec<String>, Vec<String>> {
    let installations: Vec<_> =
        modules.iter().map(|module| Installation { module, schema: module.schema.clone() }).collect();
    up(&installations, ledger, request)
        .map(|plan| plan.steps.iter().map(crate::model::Step::label).collect())
        .map_err(|findings| findings.iter().map(ToString::to_string).collect())
}

fn plan_down(
    project: &Project,
    ledger: &Ledger,
    goal: Goal,
    modules: &[&str],
) -> Result<Vec<String>, Vec<String>> {
    let modules = modules.iter().map(|&name| name.to_owned()).collect();
    let request = DownRequest { goal, modules, schemas: BTreeMap::new() };
    down(&Source::Files(project), ledger, &request)
        .map(|plan| plan.steps.iter().map(crate::model::Step::label).collect())
        .map_err(|findings| findings.iter().map(ToString::to_string).collect())
}

#[test]
fn up_takes_what_the_ledger_lacks_module_by_module() {
    let modules = [module("auth", &[1]), module("sales", &[1, 2, 10])];
    let ledger = ledger(&[("auth", 1), ("sales", 1)]);
    assert_eq!(plan_up(&modules, &ledger, &PLAIN).unwrap(), ["sales/V2__m.sql", "sales/V10__m.sql"]);
    let two = UpRequest { goal: Goal::Steps(1), ..PLAIN };
    assert_eq!(plan_up(&modules, &ledger, &two).unwrap(), ["sales/V2__m.sql"]);
    let to = UpRequest { goal: Goal::To { module: "sales".to_owned(), version: Version(2) }, ..PLAIN };
    assert_eq!(plan_up(&modules, &ledger, &to).unwrap(), ["sales/V2__m.sql"]);
    let nowhere = UpRequest { goal: Goal::To { module: "sales".to_owned(), version: Version(3) }, ..PLAIN };
    assert_eq!(plan_up(&modules, &ledger, &nowhere).unwrap_err(), ["module `sales` has no migration V3"]);
}

#[test]
fn a_late_file_is_named_and_runs_only_when_asked_for() {
    let modules = [module("sales", &[1, 2, 3])];
    let ledger = ledger(&[("sales", 1), ("sales", 3)]);
    assert_eq!(
        plan_up(&modules, &ledger, &PLAIN).unwrap_err(),
        ["`sales/V2__m.sql` is not applied and older than the applied `sales/V3__m.sql`"]
    );
    let anyway = UpRequest { out_of_order: true, ..PLAIN };
    assert_eq!(plan_up(&modules, &ledger, &anyway).unwrap(), ["sales/V2__m.sql"]);
}

#[test]
fn every_finding_is_told_not_only_the_first() {
    let mut ledger = ledger(&[("sales", 1), ("sales", 2), ("sales", 3), ("sales", 9)]);
    ledger.applied[0].checksum = Checksum::of("something else");
    ledger.applied[2].file = "V3__other.sql".to_owned();
    let modules = [module("sales", &[1, 3, 4])];
    let findings = plan_up(&modules, &ledger, &PLAIN).unwrap_err();
    assert_eq!(findings.len(), 5, "{findings:#?}");
    assert!(findings[0].starts_with("`sales/V1__m.sql` was edited after it was applied"));
    assert_eq!(findings[1], "`sales/V2__m.sql` is applied and its file is missing");
    assert_eq!(findings[2], "`sales/V3__m.sql` was applied under the name `V3__other.sql`");
    assert_eq!(findings[3], "`sales/V9__m.sql` is applied and later than every file here");
    assert_eq!(findings[4], "`sales/V4__m.sql` is not applied and older than the applied `sales/V9__m.sql`");
}

#[test]
fn missing_files_can_be_allowed() {
    let modules = [module("sales", &[1, 3])];
    let allow = UpRequest { allow_missing: true, ..PLAIN };
    assert_eq!(
        plan_up(&modules, &ledger(&[("sales", 1), ("sales", 2)]), &allow).unwrap(),
        ["sales/V3__m.sql"]
    );
}

#[test]
fn the_first_step_of_a_module_makes_its_schema_and_the_last_rollback_drops_it() {
    let modules = vec![module("a", &[1, 2]), module("b", &[1])];
    let installations: Vec<_> =
        modules.iter().map(|module| Installation { module, schema: module.schema.clone() }).collect();
    let boundaries = |plan: Plan| plan.steps.iter().map(|step| step.boundary).collect::<Vec<_>>();
    assert_eq!(boundaries(up(&installations, &Ledger::default(), &PLAIN).unwrap()), [true, false, true]);
    let request = DownRequest { goal: Goal::All, modules: Vec::new(), schemas: BTreeMap::new() };
    let applied = ledger(&[("a", 1), ("a", 2), ("b", 1)]);
    let project = Project { modules: modules.clone() };
    assert_eq!(boundaries(down(&Source::Files(&project), &applied, &request).unwrap()), [true, false, true]);
}

#[test]
fn down_goes_back_in_the_order_of_application() {
    let project = Project { modules: vec![module("a", &[1, 2]), module("b", &[1, 2])] };
    let applied = ledger(&[("a", 1), ("b", 1), ("b", 2), ("a", 2)]);
    let at = |goal, modules: &[&str]| plan_down(&project, &applied, goal, modules).unwrap();
    assert_eq!(at(Goal::Steps(1), &[]), ["a/V2__m.sql"]);
    assert_eq!(at(Goal::All, &[]), ["a/V2__m.sql", "b/V2__m.sql", "b/V1__m.sql", "a/V1__m.sql"]);
    assert_eq!(at(Goal::Steps(1), &["b"]), ["b/V2__m.sql"]);
    assert_eq!(at(Goal::To { module: "b".to_owned(), version: Version(1) }, &[]), ["b/V2__m.sql"]);
    assert_eq!(
        at(Goal::To { module: "b".to_owned(), version: Version(0) }, &[]),
        ["b/V2__m.sql", "b/V1__m.sql"]
    );
}

#[test]
fn down_to_a_version_that_is_nowhere_is_refused() {
    let project = Project { modules: vec![module("a", &[1, 2, 3])] };
    let applied = ledger(&[("a", 1), ("a", 2)]);
    let to = |version| {
        plan_down(&project, &applied, Goal::To { module: "a".to_owned(), version: Version(version) }, &[])
    };
    assert_eq!(to(20).unwrap_err(), ["module `a` has no migration V20"]);
    assert_eq!(to(3).unwrap(), [""; 0]);
    assert_eq!(to(1).unwrap(), ["a/V2__m.sql"]);
}

#[test]
fn down_stops_before_anything_runs_where_a_rollback_is_absent() {
    let mut project = Project { modules: vec![module("a", &[1, 2])] };
    project.modules[0].migrations[0].rollback = None;
    let applied = ledger(&[("a", 1), ("a", 2)]);
    assert_eq!(
        plan_down(&project, &applied, Goal::All, &[]).unwrap_err(),
        ["`a/V1__m.sql` has no rollback in rollbacks/"]
    );
    assert_eq!(plan_down(&project, &applied, Goal::Steps(1), &[]).unwrap(), ["a/V2__m.sql"]);
}

#[test]
fn a_module_that_another_one_needs_does_not_go_whole() {
    let mut project = Project { modules: vec![module("auth", &[1]), module("erp", &[1])] };
    project.modules[1].depends_on = vec!["auth".to_owned()];
    let applied = ledger(&[("auth", 1), ("erp", 1)]);
    assert_eq!(
        plan_down(&project, &applied, Goal::All, &["auth"]).unwrap_err(),
        ["module `auth` can't be taken back whole: `erp` depends on it and is installed"]
    );
    assert!(plan_down(&project, &applied, Goal::All, &[]).is_ok());
}

#[test]
fn an_unfinished_migration_is_gone_on_with_unless_what_is_done_changed() {
    let mut file = migration(1);
    file.up = Script::new("migrations/V1__m.sql", "-- crmdb: no-transaction\nvacuum;\nvacuum;\n");
    let mut modules = [module("a", &[])];
    modules[0].migrations.push(file.clone());
    let journal = vec![JournalEntry { ordinal: 1, checksum: Checksum::of("vacuum;"), finished: true }];
    let mut open = Ledger { version: Some(1), ..Ledger::default() };
    open.unfinished.push(Unfinished {
        module: "a".to_owned(),
        schema: "a".to_owned(),
        version: Version(1),
        direction: Direction::Up,
        file: file.file.as_str().to_owned(),
        checksum: file.up.checksum,
        journal: journal.clone(),
    });
    let installations = [Installation { module: &modules[0], schema: "a".to_owned() }];
    let plan = up(&installations, &open, &PLAIN).unwrap();
    assert_eq!(plan.steps[0].mode, Mode::Journal(journal));
    assert!(plan.steps[0].resumes());
    open.unfinished[0].checksum = Checksum::of("a text that was corrected behind what is done");
    assert!(up(&installations, &open, &PLAIN).is_ok());
    open.unfinished[0].journal[0].checksum = Checksum::of("another statement");
    let findings = up(&installations, &open, &PLAIN).unwrap_err();
    assert_eq!(
        findings[0].to_string(),
        "`a/V1__m.sql` stopped after 1 statement and what is done was edited since"
    );
    open.unfinished[0].direction = Direction::Down;
    let findings = up(&installations, &open, &PLAIN).unwrap_err();
    assert_eq!(findings[0].to_string(), "the rollback of `a/V1__m.sql` stopped in the middle");
}

proptest! {
    /// Matching equal pairs first and asking refinery about the rest decides the same as asking it about everything.
    #[test]
    fn refinery_decides_the_same_about_the_rest_as_about_everything(applied in 0_usize..12, total in 0_usize..20) {
        let versions: Vec<i64> = (1..=total as i64).collect();
        let module = module("a", &versions);
        let applied = applied.min(total);
        let files: Vec<&Migration> = module.migrations.iter().collect();
        let rows: Vec<_> = module.migrations[..applied].iter().zip(1..).map(|(file, at)| (row("a", file.version().0, at), file)).collect();
        let latest = rows.last().map(|(row, file)| (row, *file));
        let rest = judge(&files[applied..], latest).unwrap();
        let expected: Vec<Version> = versions[applied..].iter().map(|&version| Version(version)).collect();
        prop_assert_eq!(rest, expected);
    }

    /// Applying a plan to the ledger leaves nothing to do, and taking everything back empties it, whatever was applied.
    #[test]
    fn up_then_down_is_the_identity(seen in proptest::collection::vec(any::<bool>(), 1..16)) {
        let versions: Vec<i64> = (1..=seen.len() as i64).collect();
        let modules = [module("a", &versions)];
        let rows: Vec<(&str, i64)> = versions.iter().filter(|&&v| seen[v as usize - 1]).map(|&v| ("a", v)).collect();
        let before = ledger(&rows);
        let request = UpRequest { out_of_order: true, ..PLAIN };
        let installations = [Installation { module: &modules[0], schema: "a".to_owned() }];
        let plan = up(&installations, &before, &request).unwrap();
        prop_assert_eq!(plan.steps.len() + rows.len(), versions.len());
        let mut after = before.clone();
        for (step, at) in plan.steps.iter().zip(100..) {
            after.applied.push(row("a", step.version.0, at));
        }
        prop_assert!(up(&installations, &after, &request).unwrap().steps.is_empty());
        let project = Project { modules: modules.to_vec() };
        let back = DownRequest { goal: Goal::Steps(plan.steps.len()), modules: Vec::new(), schemas: BTreeMap::new() };
        let down = down(&Source::Files(&project), &after, &back).unwrap();
        let undone: Vec<_> = down.steps.iter().rev().map(|step| step.version).collect();
        let done: Vec<_> = plan.steps.iter().map(|step| step.version).collect();
        prop_assert_eq!(undone, done);
    }
}
