//! Modules under other schemas than their own: definitions that name another module are the same wherever it is.

use crate::support::postgres::Database;
use crate::support::project::Project;

const AUTH: &str = "\
CREATE TABLE users (id uuid PRIMARY KEY, name text);
CREATE TYPE role AS ENUM ('user', 'admin');
CREATE DOMAIN mail AS text CHECK (value ~ '@');
CREATE SEQUENCE numbers;
CREATE FUNCTION uid() RETURNS uuid LANGUAGE sql STABLE RETURN NULL::uuid;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
";

/// Every way in which a definition names an object of another schema.
const CRM: &str = "\
CREATE TABLE accounts (
  id int PRIMARY KEY DEFAULT nextval('{auth}.numbers'),
  owner uuid NOT NULL DEFAULT {auth}.uid() REFERENCES {auth}.users ON DELETE CASCADE,
  role {auth}.role NOT NULL DEFAULT 'user', roles {auth}.role[], mail {auth}.mail,
  CONSTRAINT own CHECK (owner <> {auth}.uid() OR role = 'admin'::{auth}.role)
);
CREATE INDEX admins ON accounts (owner) WHERE role = 'admin'::{auth}.role;
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (owner = {auth}.uid());
CREATE TRIGGER stamp BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION {auth}.stamp();
CREATE FUNCTION of_role({auth}.role) RETURNS SETOF {auth}.users LANGUAGE sql BEGIN ATOMIC SELECT * FROM {auth}.users; END;
CREATE VIEW owners AS SELECT a.id, u.name FROM accounts a JOIN {auth}.users u ON u.id = a.owner;
CREATE DOMAIN work_mail AS {auth}.mail;
";

fn project(auth: &str) -> Project {
    Project::new()
        .file("schema.toml", "[modules.auth]\n[modules.crm]\ndepends_on = ['auth']\n")
        .migration("auth/V1__auth.sql", AUTH)
        .migration("crm/V1__crm.sql", &CRM.replace("{auth}", auth))
}

const ALL: &str = "--with columns,primary-key,unique,checks,views";

#[test]
fn a_contract_holds_when_both_modules_are_installed_under_other_names() {
    let database = Database::create();
    let home = project("auth");
    home.run(&database, "migrate up").expect(0);
    home.run(&database, &format!("schema contract --from-target {ALL}")).expect(0);
    home.run(&database, "verify").expect(0);
    let written = std::fs::read_to_string(home.path().join("schema.toml")).unwrap();
    for line in [
        "row_level_security = \"forced\"",
        "domains = [\"work_mail as auth.mail\"]",
        "functions = [\"of_role(auth.role)\"]",
        "policies = [\"own for all to public using ((owner = auth.uid()))\"]",
    ] {
        assert!(written.lines().any(|written| written == line), "{line}: {written}");
    }
    // The same contract in a database where both are somewhere else, one under a name that wants quotes.
    let moved = Database::create();
    let away = project("\"Login 2\"").file("schema.toml", &written);
    std::fs::write(away.path().join("migrations/auth/V1__auth.sql"), AUTH).unwrap();
    let schemas = ["--schema", "crm=tenant_42", "--schema", "auth=Login 2"];
    let run = |words: &[&str]| {
        let mut command = away.command(&moved.url(), "");
        command.args(words).args(schemas);
        crate::support::project::Output::new("elsewhere", command.output().unwrap())
    };
    let up = run(&["migrate", "up"]).expect(0);
    assert!(up.stdout.ends_with("verified 2 modules: as declared\n"), "{up}");
    run(&["verify"]).expect(0);
    run(&["schema", "contract", "--from-target", "--check"]).expect(0);
    // Another function of the same name in a third schema is no such thing.
    let forged = "CREATE SCHEMA auth; CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE RETURN NULL::uuid; \
                  ALTER POLICY own ON tenant_42.accounts USING (owner = \"Login 2\".uid() OR true)";
    moved.client().batch_execute(forged).unwrap();
    let found = run(&["verify"]).expect(1);
    assert!(found.stdout.contains("policy `own` of `tenant_42.accounts` is different"), "{found}");
}

#[test]
fn a_contract_may_call_a_module_by_its_schema() {
    let database = Database::create();
    let manifest = "[modules.auth]\nschema = 'login'\n[modules.crm]\ndepends_on = ['auth']\n\
                    [modules.crm.tables.accounts]\n";
    for uid in ["login.uid()", "auth.uid()"] {
        let policies = format!("policies = ['own for all to public using ((owner = {uid}))']\n");
        let project = project("login").file("schema.toml", &format!("{manifest}{policies}"));
        project.run(&database, "migrate up").expect(0);
        project.run(&database, "verify").expect(0);
        project.run(&database, "schema contract --from-target").expect(0);
        let written = std::fs::read_to_string(project.path().join("schema.toml")).unwrap();
        assert!(written.contains(&policies), "what is true stays as it is written: {written}");
    }
}
