//! What somebody does by hand to a target: each edit is found by `verify`, and nothing else is.

use super::{crm, verification};
use crate::support::postgres::Database;

/// What somebody does by hand, how that is found, and how it is put right again.
const EDITS: &[(&str, &str, &str)] = &[
    (
        "DROP INDEX crm.leads_amount",
        "index `leads_amount` of `crm.leads` is missing: `unique (amount, id) where (amount > 10)`",
        "CREATE UNIQUE INDEX leads_amount ON crm.leads (amount, id) WHERE amount > 10",
    ),
    (
        "DROP INDEX crm.customers_name; CREATE INDEX customers_name ON crm.customers (name)",
        "index `customers_name` of `crm.customers` is different: expected `(lower(name))`, found `(name)`",
        "DROP INDEX crm.customers_name; CREATE INDEX customers_name ON crm.customers (lower(name))",
    ),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'crm.leads_customer'::regclass",
        "index `leads_customer` of `crm.leads` is not valid: queries do not use it",
        "UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'crm.leads_customer'::regclass",
    ),
    (
        "UPDATE pg_index SET indisready = false WHERE indexrelid = 'crm.leads_customer'::regclass",
        "index `leads_customer` of `crm.leads` is not ready: its build has not ended",
        "UPDATE pg_index SET indisready = true WHERE indexrelid = 'crm.leads_customer'::regclass",
    ),
    (
        "ALTER TABLE crm.leads DROP CONSTRAINT leads_customer_id_fkey, ADD CONSTRAINT leads_customer_id_fkey \
         FOREIGN KEY (customer_id) REFERENCES crm.customers ON DELETE CASCADE NOT VALID",
        "foreign key `customer_id` of `crm.leads` is not valid: rows that were there before it were not checked",
        "ALTER TABLE crm.leads VALIDATE CONSTRAINT leads_customer_id_fkey",
    ),
    (
        "ALTER TABLE crm.leads DROP CONSTRAINT leads_customer_id_fkey, ADD CONSTRAINT leads_customer_id_fkey \
         FOREIGN KEY (customer_id) REFERENCES crm.customers ON DELETE SET NULL",
        "foreign key `customer_id` of `crm.leads` is different: expected `customer_id -> customers on delete cascade`, \
         found `customer_id -> customers.id on delete set null`",
        "ALTER TABLE crm.leads DROP CONSTRAINT leads_customer_id_fkey, ADD CONSTRAINT leads_customer_id_fkey \
         FOREIGN KEY (customer_id) REFERENCES crm.customers ON DELETE CASCADE",
    ),
    (
        "ALTER TABLE crm.notes DROP CONSTRAINT notes_lead_id_fkey",
        "foreign key `lead_id` of `crm.notes` is missing: `lead_id -> leads.id deferrable initially deferred`",
        "ALTER TABLE crm.notes ADD CONSTRAINT notes_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES crm.leads \
         DEFERRABLE INITIALLY DEFERRED",
    ),
    (
        "ALTER TABLE crm.notes ADD note_id int CONSTRAINT own REFERENCES crm.leads",
        "foreign key `own` of `crm.notes` is not declared: `note_id -> leads.id`",
        "ALTER TABLE crm.notes DROP note_id",
    ),
    (
        "ALTER TABLE crm.customers ALTER email TYPE text",
        "column `email` of `crm.customers` is different: expected `varchar(50)`, found `text`",
        "ALTER TABLE crm.customers ALTER email TYPE varchar(50)",
    ),
    (
        "ALTER TABLE crm.customers ALTER score DROP DEFAULT",
        "column `score` of `crm.customers` is different: expected `numeric(5, 2) not null default 0`, \
         found `numeric(5,2) not null`",
        "ALTER TABLE crm.customers ALTER score SET DEFAULT 0",
    ),
    (
        "ALTER TABLE crm.customers ADD extra int",
        "column `extra` of `crm.customers` is not declared: `integer`",
        "ALTER TABLE crm.customers DROP extra",
    ),
    (
        "ALTER TABLE crm.customers DROP CONSTRAINT customers_email_key",
        "unique key `email` of `crm.customers` is missing",
        "CREATE UNIQUE INDEX customers_email_key ON crm.customers (email); \
         ALTER TABLE crm.customers ADD CONSTRAINT customers_email_key UNIQUE USING INDEX customers_email_key",
    ),
    (
        "ALTER TABLE crm.leads DROP CONSTRAINT leads_amount_check",
        "check `leads_amount_check` of `crm.leads` is missing: `((amount > 0))`",
        "ALTER TABLE crm.leads ADD CONSTRAINT leads_amount_check CHECK (amount > 0)",
    ),
    (
        "ALTER TABLE crm.leads DISABLE ROW LEVEL SECURITY",
        "row level security of `crm.leads` is off",
        "ALTER TABLE crm.leads ENABLE ROW LEVEL SECURITY",
    ),
    (
        "ALTER POLICY \"Own leads\" ON crm.leads USING (true)",
        "policy `Own leads` of `crm.leads` is different: expected `for select to public using ((customer_id > 0))`, \
         found `for select to public using (true)`",
        "ALTER POLICY \"Own leads\" ON crm.leads USING (customer_id > 0)",
    ),
    (
        "ALTER TABLE crm.leads DISABLE TRIGGER touch_leads",
        "trigger `touch_leads` of `crm.leads` is disabled",
        "ALTER TABLE crm.leads ENABLE TRIGGER touch_leads",
    ),
    (
        "DROP VIEW crm.open_leads",
        "view `crm.open_leads` is missing: `as select 1 as one`",
        "CREATE VIEW crm.open_leads AS SELECT 1 AS one",
    ),
    (
        "CREATE OR REPLACE VIEW crm.open_leads AS SELECT 3 AS one",
        "view `crm.open_leads` is different: expected `as select 1 as one`, found `as select 3 as one`",
        "CREATE OR REPLACE VIEW crm.open_leads AS SELECT 1 AS one",
    ),
    // Of a view that is named alone only the name counts.
    (
        "ALTER VIEW crm.won_leads RENAME TO lost_leads; CREATE VIEW crm.won_leads AS SELECT 4 AS four",
        "view `crm.lost_leads` is not declared: `as select 2 as two`",
        "DROP VIEW crm.won_leads; ALTER VIEW crm.lost_leads RENAME TO won_leads",
    ),
    (
        "ALTER SEQUENCE crm.invoice_number INCREMENT 1 MAXVALUE 5000 CYCLE",
        "sequence `crm.invoice_number` is different: expected `as bigint increment by 10 start with 1000`, \
         found `as bigint maxvalue 5000 start with 1000 cycle`",
        "ALTER SEQUENCE crm.invoice_number INCREMENT 10 NO MAXVALUE NO CYCLE",
    ),
    (
        "DROP SEQUENCE crm.invoice_number",
        "sequence `crm.invoice_number` is missing: `as bigint increment by 10 start with 1000`",
        "CREATE SEQUENCE crm.invoice_number INCREMENT 10 START 1000",
    ),
    (
        "CREATE SEQUENCE crm.stray AS smallint INCREMENT -1",
        "sequence `crm.stray` is not declared: `as smallint increment by -1`",
        "DROP SEQUENCE crm.stray",
    ),
    (
        "ALTER DOMAIN crm.email DROP NOT NULL",
        "domain `crm.email` is different: expected `as text not null constraint email_check check ((value ~ '@'::text))`, \
         found `as text constraint email_check check ((value ~ '@'::text))`",
        "ALTER DOMAIN crm.email SET NOT NULL",
    ),
    (
        "ALTER DOMAIN crm.email DROP CONSTRAINT email_check; \
         ALTER DOMAIN crm.email ADD CONSTRAINT email_check CHECK (value ~ '@') NOT VALID",
        "domain `crm.email` has the constraint `email_check` that is not valid: values that were there before it were \
         not checked",
        "ALTER DOMAIN crm.email VALIDATE CONSTRAINT email_check",
    ),
    (
        "ALTER TABLE crm.leads FORCE ROW LEVEL SECURITY",
        "row level security of `crm.leads` is forced on the table's owner too",
        "ALTER TABLE crm.leads NO FORCE ROW LEVEL SECURITY",
    ),
    (
        "CREATE FUNCTION crm.stray(int) RETURNS int LANGUAGE sql RETURN 1",
        "function `crm.stray` is not declared: `(integer) returns integer`",
        "DROP FUNCTION crm.stray",
    ),
    ("CREATE TABLE crm.stray ()", "table `crm.stray` is not declared", "DROP TABLE crm.stray"),
    (
        "CREATE TYPE crm.stray AS ENUM ('a', 'b')",
        "enum `crm.stray` is not declared: `a, b`",
        "DROP TYPE crm.stray",
    ),
    (
        "ALTER TYPE crm.stage ADD VALUE 'lead' BEFORE 'won'",
        "enum `crm.stage` is different: expected `new, won, lost`, found `new, lead, won, lost`",
        "DROP TYPE crm.stage; CREATE TYPE crm.stage AS ENUM ('new', 'won', 'lost')",
    ),
    (
        "DROP TYPE crm.stage; CREATE TYPE crm.stage AS ENUM ('new', 'lost', 'won')",
        "enum `crm.stage` is different: expected `new, won, lost`, found `new, lost, won`",
        "DROP TYPE crm.stage; CREATE TYPE crm.stage AS ENUM ('new', 'won', 'lost')",
    ),
    (
        "DROP TYPE crm.stage",
        "enum `crm.stage` is missing: `new, won, lost`",
        "CREATE TYPE crm.stage AS ENUM ('new', 'won', 'lost')",
    ),
    ("DROP TABLE crm.notes", "table `crm.notes` is missing", SECOND_NOTES),
];

const SECOND_NOTES: &str = "CREATE TABLE crm.notes (lead_id int CONSTRAINT notes_lead_id_fkey REFERENCES crm.leads \
                            DEFERRABLE INITIALLY DEFERRED)";

#[test]
fn each_edit_by_hand_is_found_and_nothing_else() {
    let (database, project) = (Database::create(), crm());
    project.run(&database, "migrate up").expect(0);
    let mut client = database.client();
    for (edit, message, undo) in EDITS {
        client.batch_execute(edit).unwrap_or_else(|error| panic!("{edit}: {error:?}"));
        let output = project.run(&database, "verify --format json").expect(1);
        let [finding] =
            verification(&output).findings.try_into().unwrap_or_else(|found| panic!("{edit}: {found:?}"));
        assert_eq!(finding.message, *message, "{edit}");
        assert_eq!((finding.module.as_str(), finding.schema.as_str()), ("crm", "crm"));
        assert!(["missing", "different", "unexpected"].contains(&finding.code.as_str()), "{finding:?}");
        assert!(finding.path == "schema.toml" && finding.line > 0 && !finding.hint.is_empty(), "{finding:?}");
        assert!(!finding.kind.is_empty() && !finding.name.is_empty(), "{finding:?}");
        let words = [&finding.table, &finding.expected, &finding.found];
        assert!(words.iter().all(|text| text.as_ref().is_none_or(|text| !text.is_empty())), "{finding:?}");
        client.batch_execute(undo).unwrap_or_else(|error| panic!("{undo}: {error:?}"));
    }
    project.run(&database, "verify").expect(0);
}
