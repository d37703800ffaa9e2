//! The seed plan as tables of files, ledger rows and what is loaded.

use super::super::table::tests::{reference, table};
use super::*;
use crate::model::{Checksum, Installed, Module};

fn csv(name: &str, columns: &[&str]) -> SeedFile {
    let (number, rest) = name.split_once('_').unwrap();
    let content = Content::Csv(Csv {
        table: rest.trim_end_matches(".csv").to_owned(),
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        bytes: 10,
    });
    seed(name, number, content)
}

fn sql_file(name: &str, text: &str) -> SeedFile {
    let number = name.split_once('_').unwrap().0;
    seed(name, number, Content::Sql(Script::new(format!("seeds/m/dev/{name}"), text)))
}

fn seed(name: &str, number: &str, content: Content) -> SeedFile {
    SeedFile {
        module: "m".to_owned(),
        name: name.to_owned(),
        number: number.parse().unwrap(),
        path: format!("seeds/m/dev/{name}"),
        checksum: Checksum::of(name),
        content,
    }
}

fn loaded(file: &SeedFile) -> Loaded {
    Loaded {
        module: "m".to_owned(),
        schema: "s".to_owned(),
        profile: "dev".to_owned(),
        file: file.name.clone(),
        checksum: file.checksum,
        tables_stand: true,
        loaded_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn tables() -> Tables {
    let mut leads = table(1, "leads", &["id", "owner"]);
    leads.foreign_keys = vec![reference("owner", 2)];
    Tables::new([leads, table(2, "users", &["id", "name"]), table(3, "Odd Name", &["id"])])
}

fn decide(files: &[SeedFile], loaded: &[Loaded], named: &[String]) -> Result<SeedPlan, Vec<SeedFinding>> {
    decide_on(&ledger(), files, (loaded, named))
}

fn ledger() -> Ledger {
    let installed = Installed { module: "m".to_owned(), schema: "s".to_owned(), created_schema: true };
    Ledger { version: Some(2), installed: vec![installed], ..Ledger::default() }
}

fn decide_on(
    ledger: &Ledger,
    files: &[SeedFile],
    (loaded, named): (&[Loaded], &[String]),
) -> Result<SeedPlan, Vec<SeedFinding>> {
    let module = Module {
        name: "m".to_owned(),
        schema: "s".to_owned(),
        depends_on: vec![],
        migrations: vec![],
        deferred_foreign_keys: vec![],
    };
    let installations = [Installation { module: &module, schema: "s".to_owned() }];
    let chosen =
        Chosen { profile: "dev", files, installations: &installations, named, again: Again::Changed };
    plan(&chosen, &Held { ledger, loaded, tables: &tables() })
}

fn names(plan: &SeedPlan) -> Vec<(&str, Reason)> {
    plan.steps.iter().map(|step| (step.file.name.as_str(), step.reason)).collect()
}

pub(in super::super) fn any_step() -> SeedStep {
    decide(&[sql_file("01_a.sql", "select 1")], &[], &[]).unwrap().steps.remove(0)
}

#[test]
fn what_is_new_changed_or_lost_its_table_is_loaded_and_the_rest_is_not() {
    let files = [
        csv("01_users.csv", &["id"]),
        csv("02_leads.csv", &["id"]),
        sql_file("03_x.sql", "select 1"),
        sql_file("04_y.sql", "select 2"),
    ];
    let mut rows: Vec<Loaded> = files[..3].iter().map(loaded).collect();
    rows[1].checksum = Checksum::of("another text");
    rows[2].tables_stand = false;
    rows.push(Loaded { file: "00_gone.sql".to_owned(), ..rows[0].clone() });
    rows.push(Loaded { profile: "demo".to_owned(), file: "04_y.sql".to_owned(), ..rows[0].clone() });
    let plan = decide(&files, &rows, &[]).unwrap();
    let expected =
        [("02_leads.csv", Reason::Changed), ("03_x.sql", Reason::TablesReplaced), ("04_y.sql", Reason::New)];
    assert_eq!(names(&plan), expected);
    assert_eq!(plan.unchanged, ["seeds/m/dev/01_users.csv"]);
    assert_eq!(plan.gone.iter().map(|row| row.file.as_str()).collect::<Vec<_>>(), ["00_gone.sql"]);
}

#[test]
fn a_csv_file_waits_for_the_first_file_that_fills_what_it_refers_to() {
    let order = |files: &[SeedFile]| {
        let plan = decide(files, &[], &[]).unwrap();
        names(&plan).into_iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
    };
    let leads = || csv("1_leads.csv", &["id"]);
    assert_eq!(order(&[leads(), csv("2_users.csv", &["id"])]), ["2_users.csv", "1_leads.csv"]);
    let users = sql_file("2_users.sql", "insert into users select 1");
    assert_eq!(
        order(&[leads(), users.clone(), sql_file("3_x.sql", "select 1")]),
        ["2_users.sql", "1_leads.csv", "3_x.sql"]
    );
    assert_eq!(
        order(&[csv("0_users.csv", &["id"]), leads(), users.clone()]),
        ["0_users.csv", "1_leads.csv", "2_users.sql"]
    );
    let own = sql_file("1_leads.sql", "insert into leads select 1");
    assert_eq!(order(&[own, users]), ["1_leads.sql", "2_users.sql"]);
}

#[test]
fn files_go_by_number_and_of_one_number_by_references() {
    let files = [
        csv("10_users.csv", &["id"]),
        csv("9_leads.csv", &["id"]),
        sql_file("9_a.sql", "select 1"),
        csv("09_users.csv", &["id"]),
    ];
    let plan = decide(&files, &[], &[]).unwrap();
    let order: Vec<_> = names(&plan).into_iter().map(|(name, _)| name).collect();
    assert_eq!(order, ["9_a.sql", "09_users.csv", "9_leads.csv", "10_users.csv"]);
}

#[test]
fn the_tables_of_a_seed_are_those_it_names() {
    let text =
        "insert into leads select 1; insert into s.\"Odd Name\" select 2; insert into other.t select 3;";
    let plan = decide(&[sql_file("01_a.sql", text), csv("02_users.csv", &["name", "id"])], &[], &[]).unwrap();
    assert_eq!(plan.steps[0].tables, [1, 3]);
    assert_eq!(plan.steps[1].tables, [2]);
    let SeedWork::Csv(work) = &plan.steps[1].work else { panic!("not CSV") };
    assert_eq!(work.key.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["id"]);
    assert_eq!(work.changeable().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["name"]);
}

#[test]
fn a_header_without_the_whole_key_can_only_add() {
    let plan = decide(&[csv("02_users.csv", &["name"])], &[], &[]).unwrap();
    let SeedWork::Csv(work) = &plan.steps[0].work else { panic!("not CSV") };
    assert!(work.key.is_empty());
}

#[test]
fn everything_that_forbids_the_run_is_told_at_once() {
    let files = [
        csv("01_nope.csv", &["id"]),
        csv("02_users.csv", &["id", "nome", "id"]),
        sql_file("03_a.sql", "select 1;\nbegin;\ncommit;"),
        sql_file("04_b.sql", "-- crmdb: no-transaction\nselect 1;"),
    ];
    let findings = decide(&files, &[], &[]).unwrap_err();
    let texts: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "`seeds/m/dev/01_nope.csv` is for table `nope`, which is not in schema `s`",
            "seeds/m/dev/02_users.csv:1: table `s.users` has no column `nome`",
            "seeds/m/dev/02_users.csv:1: column `id` is named twice",
            "seeds/m/dev/03_a.sql:2:1: `BEGIN` can't stand in a seed",
            "seeds/m/dev/03_a.sql:3:1: `COMMIT` can't stand in a seed",
            "seeds/m/dev/04_b.sql:1:1: a seed can't run outside a transaction",
        ]
    );
}

#[test]
fn a_module_that_is_not_installed_is_passed_over_unless_it_was_named_or_nothing_is_left() {
    let files = [csv("01_users.csv", &["id"])];
    let nothing = Ledger::default();
    for named in [vec![], vec!["m".to_owned()]] {
        let findings = decide_on(&nothing, &files, (&[], &named)).unwrap_err();
        assert_eq!(findings[0].to_string(), "module `m` is not installed in schema `s`");
    }
}
