//! The modules that the repository ships: what their documents say of them, and what holds for every set of migrations.

use std::process::Command;

use crmdb::server::{Environment, Installation};
use postgres::Client;

use crate::support::postgres::Database;
use crate::support::project::{Output, Project};
use crate::support::site::Site;

/// Every module with what it depends on.
const MODULES: [(&str, &[&str], &str); 6] = [
    ("auth", &[], include_str!("shipped/auth.sql")),
    ("accounts", &["auth"], include_str!("shipped/accounts.sql")),
    ("sales", &[], include_str!("shipped/sales.sql")),
    ("tinedy", &[], include_str!("shipped/tinedy.sql")),
    ("organization", &[], include_str!("shipped/organization.sql")),
    ("erp", &["auth"], include_str!("shipped/erp.sql")),
];

fn run(database: &Database<'_>, line: &str) -> Output {
    Project::new().run(database, &format!("-C {} {line}", env!("CARGO_MANIFEST_DIR")))
}

/// Queries stand behind a comment whose last line is `-- expect: ` and the one text that they return; a blank line ends
/// them.
fn facts(text: &str) -> Vec<(String, &str, String)> {
    let mut facts = Vec::new();
    for block in text.split("\n\n") {
        let (comments, sql): (Vec<&str>, Vec<&str>) = block.lines().partition(|line| line.starts_with("--"));
        let expected = comments.iter().find_map(|line| line.strip_prefix("-- expect: "));
        let about = comments.iter().filter(|line| !line.starts_with("-- expect: ")).copied();
        let expected = expected.unwrap_or_else(|| panic!("no expectation: {block}"));
        facts.push((about.collect::<Vec<_>>().join("\n"), expected, sql.join("\n")));
    }
    facts
}

/// Asserts what must be there of a module under a schema.
fn assert_facts(client: &mut Client, text: &str, schema: &str) {
    client.batch_execute(&format!("SET search_path = {schema}, public")).unwrap();
    let facts = facts(text);
    assert!(facts.len() > 5, "the facts of {schema} are not read");
    let mut wrong = Vec::new();
    for (about, expected, sql) in facts {
        let found: Option<String> = client
            .query_one(&sql, &[])
            .unwrap_or_else(|error| panic!("{schema}: {about}\n{error:?}\n{sql}"))
            .get(0);
        let found = found.unwrap_or_else(|| "none".to_owned());
        if found != expected {
            wrong.push(format!("{about}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "of {schema}:\n{}", wrong.join("\n"));
}

/// Returns all of a database but crmdb's own schema, as SQL.
fn dump(database: &Database<'_>) -> String {
    let environment = Environment::read(env!("CARGO_BIN_EXE_crmdb").into()).unwrap();
    let bin = Installation::find(&environment, None).unwrap().bin;
    let beside = bin.join("pg_dump");
    let mut pg_dump = Command::new(if beside.is_file() { beside } else { "pg_dump".into() });
    let output = pg_dump
        .args(["--schema-only", "--exclude-schema=crmdb", "--dbname", &database.url()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Each dump has another token against injected meta-commands.
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| !line.contains("restrict ")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_modules_are_what_their_documents_say_and_go_and_come_back_whole() {
    let database = Database::create();
    let empty = dump(&database);
    let up = run(&database, "migrate up").expect(0);
    assert!(up.stdout.ends_with("verified 6 modules: as declared\n"), "{up}");
    run(&database, "verify").expect(0);
    for (module, _, text) in MODULES {
        assert_facts(&mut database.client(), text, module);
    }
    let first = dump(&database);
    let again = run(&database, "migrate up").expect(0);
    assert!(again.stdout.starts_with("nothing to apply"), "{again}");
    assert_eq!(dump(&database), first);
    run(&database, "migrate down --all --yes").expect(0);
    assert_eq!(dump(&database), empty);
    run(&database, "migrate up").expect(0);
    assert_eq!(dump(&database), first);
}

#[test]
fn the_contract_is_what_the_migrations_make() {
    let site = Site::new();
    let line = format!("-C {} schema contract --check", env!("CARGO_MANIFEST_DIR"));
    let project = Project::new();
    let mut command = project.command("postgresql://127.0.0.1:1/nowhere", &line);
    command.env("CRMDB_SERVER_HOME", site.folder.join("servers"));
    let check = Output::new(&line, command.output().unwrap()).expect(0);
    assert_eq!(check.stdout, "schema.toml has the contract of 6 modules as it should be\n");
}

#[test]
fn each_module_stands_alone_with_what_it_depends_on() {
    for (module, needs, text) in MODULES {
        let database = Database::create();
        let empty = dump(&database);
        run(&database, &format!("migrate up --module {module}")).expect(0);
        run(&database, &format!("verify --module {module}")).expect(0);
        assert_facts(&mut database.client(), text, module);
        let schemas = "SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN \
                       ('information_schema', 'public', 'crmdb') ORDER BY 1";
        let schemas = database.client().query(schemas, &[]).unwrap();
        let mut expected: Vec<&str> = needs.iter().copied().chain([module]).collect();
        expected.sort_unstable();
        assert_eq!(schemas.iter().map(|row| row.get(0)).collect::<Vec<&str>>(), expected);
        let again = run(&database, &format!("migrate up --module {module}")).expect(0);
        assert!(again.stdout.starts_with("nothing to apply"), "{again}");
        run(&database, "migrate down --all --yes").expect(0);
        assert_eq!(dump(&database), empty, "{module}");
    }
}

#[test]
fn a_module_is_installed_beside_itself() {
    let database = Database::create();
    for module in ["sales", "erp"] {
        let text = MODULES.iter().find(|(name, ..)| *name == module).unwrap().2;
        let beside = format!("--module {module} --schema {module}=tenant_{module}");
        run(&database, &format!("migrate up --module {module}")).expect(0);
        run(&database, &format!("migrate up {beside}")).expect(0);
        run(&database, &format!("verify {beside}")).expect(0);
        run(&database, &format!("verify --module {module}")).expect(0);
        assert_facts(&mut database.client(), text, module);
        assert_facts(&mut database.client(), text, &format!("tenant_{module}"));
    }
}

/// Makes a role that is nobody's superuser and owns nothing; its name is the database's own, because roles are shared.
fn member(database: &Database<'_>, letter: char) -> String {
    let role = format!("{letter}_{}", database.name());
    let grants = format!(
        "CREATE ROLE \"{role}\"; GRANT USAGE ON SCHEMA auth, accounts TO \"{role}\"; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA accounts TO \"{role}\"; \
         GRANT EXECUTE ON FUNCTION auth.uid() TO \"{role}\""
    );
    database.client().batch_execute(&grants).unwrap();
    role
}

const USERS: [&str; 2] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];

#[test]
fn a_user_sees_and_changes_the_own_accounts_alone_and_contacts_follow_accounts() {
    let database = Database::create();
    run(&database, "migrate up --module accounts").expect(0);
    let mut admin = database.client();
    for user in USERS {
        admin.batch_execute(&format!("INSERT INTO auth.users (id) VALUES ('{user}')")).unwrap();
    }
    let roles = ['a', 'b'].map(|letter| member(&database, letter));
    let [mut one, mut other] = [0, 1].map(|index| {
        let mut client = database.client();
        let (role, user) = (&roles[index], USERS[index]);
        client
            .batch_execute(&format!(
                "SET ROLE \"{role}\"; SET search_path = accounts; SET request.jwt.claim.sub = '{user}'"
            ))
            .unwrap();
        client
    });
    let account = |client: &mut Client, user: &str, name: &str| -> Result<i64, postgres::Error> {
        let sql = "INSERT INTO customer_accounts (company_name, customer_type, created_by) \
                   VALUES ($1, 'Commercial', $2::text::uuid) RETURNING id";
        client.query_one(sql, &[&name, &user]).map(|row| row.get(0))
    };
    let mine = account(&mut one, USERS[0], "One").unwrap();
    let theirs = account(&mut other, USERS[1], "Other").unwrap();
    let forged = account(&mut other, USERS[0], "Forged").unwrap_err();
    assert_eq!(forged.code().unwrap().code(), "42501");
    let contact = "INSERT INTO customer_contacts (customer_account_id, contact_name) VALUES ($1, 'C')";
    assert_eq!(one.execute(contact, &[&mine]).unwrap(), 1);
    assert_eq!(other.execute(contact, &[&mine]).unwrap_err().code().unwrap().code(), "42501");
    let count = |client: &mut Client, table: &str| -> i64 {
        client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).unwrap().get(0)
    };
    assert_eq!((count(&mut one, "customer_accounts"), count(&mut one, "customer_contacts")), (1, 1));
    assert_eq!((count(&mut other, "customer_accounts"), count(&mut other, "customer_contacts")), (1, 0));
    for sql in [
        "UPDATE customer_accounts SET company_name = 'taken' WHERE id = $1",
        "DELETE FROM customer_accounts WHERE id = $1",
        "UPDATE customer_contacts SET contact_name = 'taken' WHERE customer_account_id = $1",
        "DELETE FROM customer_contacts WHERE customer_account_id = $1",
    ] {
        assert_eq!(other.execute(sql, &[&mine]).unwrap(), 0, "{sql}");
    }
    // The last editor may read and change an account, and not delete it.
    let edit = "UPDATE customer_accounts SET updated_by = $2::text::uuid WHERE id = $1";
    assert_eq!(one.execute(edit, &[&mine, &USERS[1]]).unwrap(), 1);
    assert_eq!((count(&mut other, "customer_accounts"), count(&mut other, "customer_contacts")), (2, 1));
    let rename = "UPDATE customer_accounts SET company_name = 'Renamed' WHERE id = $1";
    assert_eq!(other.execute(rename, &[&mine]).unwrap(), 1);
    assert_eq!(other.execute("DELETE FROM customer_accounts WHERE id = $1", &[&mine]).unwrap(), 0);
    assert_eq!(other.execute("DELETE FROM customer_accounts WHERE id = $1", &[&theirs]).unwrap(), 1);
    assert_eq!(one.execute("DELETE FROM customer_accounts WHERE id = $1", &[&mine]).unwrap(), 1);
    assert_eq!(count(&mut admin, "accounts.customer_contacts"), 0);
    drop((one, other));
    for role in roles {
        admin.batch_execute(&format!("DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\"")).unwrap();
    }
}

#[test]
fn the_audit_log_of_sales_keeps_old_and_new_values_and_the_acting_user() {
    let database = Database::create();
    run(&database, "migrate up --module sales").expect(0);
    let mut client = database.client();
    client.batch_execute("SET search_path = sales").unwrap();
    let user = "INSERT INTO users (email, password_hash, name) VALUES ('a@b', 'secret', 'A') RETURNING id";
    let user: i32 = client.query_one(user, &[]).unwrap().get(0);
    client.batch_execute(&format!("SET app.user_id = '{user}'")).unwrap();
    let customer = "INSERT INTO customers (name, status) VALUES ('One', 'new') RETURNING id";
    let customer: i32 = client.query_one(customer, &[]).unwrap().get(0);
    client.execute("UPDATE customers SET status = 'won' WHERE id = $1", &[&customer]).unwrap();
    client.execute("DELETE FROM customers WHERE id = $1", &[&customer]).unwrap();
    let log = "SELECT concat_ws(' ', action, coalesce(old_values ->> 'status', '-'), coalesce(new_values ->> 'status', '-'), \
               user_id, record_id) FROM audit_logs WHERE table_name = 'customers' ORDER BY id";
    let rows = client.query(log, &[]).unwrap();
    let rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        rows,
        [
            format!("INSERT - new {user} {customer}"),
            format!("UPDATE new won {user} {customer}"),
            format!("DELETE won - {user} {customer}"),
        ]
    );
    let secrets = "SELECT count(*) FROM audit_logs WHERE concat(old_values, new_values) LIKE '%\"secret\"%'";
    let secrets: i64 = client.query_one(secrets, &[]).unwrap().get(0);
    assert_eq!(secrets, 0, "a password hash is in the log as it was");
}
