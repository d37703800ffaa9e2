//! `crmdb schema contract`: what it writes into `schema.toml`, and what it finds stale.

use crate::support::postgres::Database;
use crate::verify::crm;

#[test]
fn the_contract_is_written_from_a_target_that_has_everything() {
    let (database, project) = (Database::create(), crm());
    project.run(&database, "migrate up --to 1 --no-verify").expect(0);
    let refused = project.run(&database, "schema contract --from-target").expect(2);
    assert!(refused.stderr.contains("migrations of module `crm` are pending"), "{refused}");
    project.run(&database, "migrate up").expect(0);
    let project = project.file("schema.toml", "# Ours.\n[modules.crm] # the CRM\nstrict = true\n");
    let check = project.run(&database, "schema contract --from-target --check").expect(1);
    assert!(check.stdout.contains("+indexes = ["), "{check}");
    let lists = "--with columns,primary-key,unique,checks,views";
    project.run(&database, &format!("schema contract --from-target {lists}")).expect(0);
    project.run(&database, "schema contract --from-target --check").expect(0);
    let written = std::fs::read_to_string(project.path().join("schema.toml")).unwrap();
    assert!(written.starts_with("# Ours.\n[modules.crm] # the CRM\nstrict = true\n"), "{written}");
    for line in [
        "stage = [\"new\", \"won\", \"lost\"]",
        "views = [\"open_leads as select 1 as one\", \"won_leads as select 2 as two\"]",
        "functions = [\"touch()\"]",
        "unique = [\"email\"]",
        "foreign_keys = [\"lead_id -> leads.id deferrable initially deferred\"]",
        "    \"score numeric(5,2) not null default 0\",",
    ] {
        assert!(written.lines().any(|written| written == line), "{line}: {written}");
    }
    project.run(&database, "verify").expect(0);
}
