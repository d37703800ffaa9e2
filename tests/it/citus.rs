//! Citus: what a run says to it, and how distribution is compared. The server is PostgreSQL with the catalog tables of Citus
//! made by hand; what only Citus itself can show needs a cluster of it.

use crate::diff::run;
use crate::faults::value;
use crate::support::postgres::Database;
use crate::support::project::Project;

/// The tables of Citus 13 that crmdb reads, and the one function.
const METADATA: &str = "
set allow_system_table_mods = on;
insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
  values (16000, 'citus', 10, 'pg_catalog'::regnamespace, false, '13.2-1');
create table pg_catalog.pg_dist_local_group (groupid int);
create table pg_catalog.pg_dist_partition (logicalrelid regclass, partmethod \"char\", partkey text, colocationid int,
  repmodel \"char\");
create table pg_catalog.pg_dist_schema (schemaid regnamespace, colocationid int);
create function pg_catalog.column_to_column_name(regclass, text) returns text language sql as 'select $2';
";

/// A database that looks like the node with this group.
fn node(group: i32) -> Database<'static> {
    let database = Database::create();
    let sql = format!("{METADATA}insert into pg_catalog.pg_dist_local_group values ({group})");
    database.client().batch_execute(&sql).unwrap();
    database
}

#[test]
fn a_worker_is_refused_before_anything() {
    let database = node(2);
    let project = Project::new().migration("V1__a.sql", "create table a (i int);\n");
    insta::assert_snapshot!(project.run(&database, "migrate up").expect(4), @r#"
    crmdb migrate up: exit code 4
    --- stderr
    error: <database> on <host> is a Citus worker, where a change would stay on this node; nothing was changed
    hint: connect to the coordinator
    "#);
    assert_eq!(value(&database, "select coalesce(to_regnamespace('crmdb')::text, 'none')"), "none");
    project.run(&database, "status").expect(0);
}

#[test]
fn on_the_coordinator_each_transaction_tells_the_workers_its_limits() {
    let database = node(0);
    let told = "select name, setting from (values ('citus.multi_shard_modify_mode'), ('citus.propagate_set_commands'),
        ('lock_timeout')) as v (name), current_setting(name, true) as setting";
    let project = Project::new()
        .migration("V1__a.sql", &format!("create table a as {told};\n"))
        .migration("V2__b.sql", &format!("reset all;\ncreate table b as {told};\n"))
        .migration("V3__c.sql", &format!("-- crmdb: no-transaction\ncreate table c as {told};\n"));
    project.run(&database, "migrate up --lock-timeout 1500ms").expect(0);
    for table in ["a", "b", "c"] {
        let sql = format!("select string_agg(setting, ' ' order by name) from {table}");
        assert_eq!(value(&database, &sql), "sequential local 1500ms", "{table}");
    }
    let after = "select coalesce(nullif(current_setting('citus.propagate_set_commands', true), ''), 'unset')";
    assert_eq!(value(&database, after), "unset");
}

#[test]
fn on_the_coordinator_each_statement_is_a_message_and_a_failed_index_is_dropped_where_it_is() {
    let database = node(0);
    let mut client = database.client();
    client
        .batch_execute(
            "create function tell() returns event_trigger language plpgsql as
               $$ begin raise notice 'sent <%>', current_query(); end $$;
             create table t (i int);
             insert into t values (1), (1);
             create event trigger tell on ddl_command_start execute function tell()",
        )
        .unwrap();
    let project = Project::new()
        .migration("V1__two.sql", "create table a (i int);\ncreate table b (i int);\n")
        .migration("V2__three.sql", "-- crmdb: no-transaction\ncreate table c (i int);\ncreate unique index concurrently u on t (i);\n");
    let failed = project.run(&database, "migrate up").expect(5);
    for sent in [
        "create table a (i int)",
        "create table b (i int)",
        "create table c (i int)",
        "create unique index concurrently u on t (i)",
    ] {
        assert!(failed.stderr.contains(&format!(": sent <{sent};>\n")), "{sent}\n{failed}");
    }
    client.batch_execute("truncate t").unwrap();
    let mended = project.run(&database, "migrate up").expect(0);
    assert!(mended.stderr.contains(": sent <DROP INDEX CONCURRENTLY IF EXISTS public.u>\n"), "{mended}");
    assert_eq!(
        value(&database, "select indisvalid::text from pg_index where indexrelid = 'u'::regclass"),
        "true"
    );
}

const TABLES: &str = "create schema tenant;
create table account (id bigint primary key);
create table entry (id bigint, account bigint, primary key (account, id));
create table note (account bigint, body text);
create table country (code text primary key);
create table tenant.thing (id int);
";

const DISTRIBUTED: &str = "select create_reference_table('country');
select create_distributed_table('account', 'id', shard_count => 8);
select create_distributed_table('entry', 'account', colocate_with => 'account');
select create_distributed_table('note', 'account', colocate_with => 'none');
select citus_schema_distribute('tenant');
";

/// What Citus would have written down for [`DISTRIBUTED`], and of a local table that a foreign key brought in.
const WRITTEN_DOWN: &str = "insert into pg_dist_partition values
  ('country', 'n', null, 3, 't'), ('account', 'h', 'id', 17, 's'), ('entry', 'h', 'account', 17, 's'),
  ('note', 'h', 'account', 4, 's'), ('tenant.thing', 'n', null, 9, 's'), ('local_one', 'n', null, 0, 's');
insert into pg_dist_schema values ('tenant', 9);
";

#[test]
fn what_migrations_distribute_is_compared_with_what_citus_says() {
    let database = node(0);
    let local = "create table local_one (i int);\n";
    database.client().batch_execute(&format!("{TABLES}{local}{WRITTEN_DOWN}")).unwrap();
    let all = format!("create extension if not exists citus;\n{TABLES}{local}{DISTRIBUTED}");
    let project =
        Project::new().migration("V1__all.sql", &all).file("tables.sql", &format!("{TABLES}{local}"));
    let same = run(&project, &database.url(), "diff --from live --to migrations");
    assert_eq!(same.code, Some(0), "{same}");
    insta::assert_snapshot!(run(&project, &database.url(), "diff --from live --to tables.sql").expect(1), @r#"
    crmdb diff --from live --to tables.sql: exit code 1
    --- stdout
    from live to tables.sql
    - distribution public.account
    - distribution public.country
    - distribution public.entry
    - distribution public.note
    - distribution tenant
    5 statements would remove the difference: see them with `--format sql`
    "#);
    insta::assert_snapshot!(
        run(&project, &database.url(), "diff --from tables.sql --to migrations --format sql").expect(1), @r#"
    crmdb diff --from tables.sql --to migrations --format sql: exit code 1
    --- stdout
    SELECT pg_catalog.create_distributed_table('public.account', 'id', colocate_with => 'none');

    SELECT pg_catalog.create_reference_table('public.country');

    SELECT pg_catalog.create_distributed_table('public.entry', 'account', colocate_with => 'public.account');

    SELECT pg_catalog.create_distributed_table('public.note', 'account', colocate_with => 'none');

    SELECT pg_catalog.citus_schema_distribute('tenant');
    "#
    );
    let sql = "update pg_dist_partition set partkey = 'id' where logicalrelid = 'entry'::regclass;
               update pg_dist_partition set colocationid = 17 where logicalrelid = 'note'::regclass;
               delete from pg_dist_schema";
    database.client().batch_execute(sql).unwrap();
    insta::assert_snapshot!(run(&project, &database.url(), "diff --from migrations --to live").expect(1), @r#"
    crmdb diff --from migrations --to live: exit code 1
    --- stdout
    from migrations to live
    - distribution tenant
    + distribution tenant.thing
    ~ distribution public.entry
        core: …CT pg_catalog.create_distributed_table('public.entry', 'account', colocate_with => 'public.account') -> …CT pg_catalog.create_distributed_table('public.entry', 'id', colocate_with => 'public.account')
    ~ distribution public.note
        core: …ECT pg_catalog.create_distributed_table('public.note', 'account', colocate_with => 'none') -> …ECT pg_catalog.create_distributed_table('public.note', 'account', colocate_with => 'public.account')
    6 statements would remove the difference: see them with `--format sql`
    "#);
}

#[test]
fn the_stand_ins_refuse_what_citus_refuses_and_follow_its_changes() {
    let database = Database::create();
    let project = |sql: &str| Project::new().migration("V1__all.sql", &format!("{TABLES}{sql}"));
    for (sql, refused) in [
        (
            "select create_distributed_table('entry', 'nothing');",
            "column \"nothing\" of relation \"entry\" does not exist",
        ),
        (
            "select create_distributed_table('account', 'id');\nselect create_distributed_table('account', 'id');",
            "table \"account\" is already distributed",
        ),
        (
            "create unique index on note (body);\nselect create_distributed_table('note', 'account');",
            "cannot create constraint on \"note\"",
        ),
        ("select undistribute_table('note');", "the table is not distributed"),
        (
            "select create_distributed_table('note', 'account', colocate_with => 'entry');",
            "relation public.entry is not distributed",
        ),
    ] {
        let output = run(&project(sql), &database.url(), "diff --from migrations --to empty");
        assert!(output.stderr.contains(refused), "{sql}\n{output}");
        assert_ne!(output.code, Some(0));
    }
    let there_and_back = "select create_distributed_table('note', 'account');
        select alter_distributed_table('note', distribution_column => 'body');
        select undistribute_table('note');
        select citus_schema_distribute('tenant');
        select citus_schema_undistribute('tenant');\n";
    let project = project(there_and_back).file("tables.sql", TABLES);
    let same = run(&project, &database.url(), "diff --from migrations --to tables.sql");
    assert_eq!(same.code, Some(0), "{same}");
}

/// A project of two modules, one of them in a schema that is distributed whole.
fn distributed_modules() -> Project {
    let tables = TABLES.lines().filter(|line| !line.contains("tenant")).collect::<Vec<_>>().join("\n");
    let distributed =
        DISTRIBUTED.lines().filter(|line| !line.contains("tenant")).collect::<Vec<_>>().join("\n");
    Project::new()
        .file("schema.toml", "[modules.crm]\nschema = \"public\"\n\n[modules.tenant]\n")
        .migration("crm/V1__tables.sql", &format!("{tables}\n{distributed}\n"))
        .migration(
            "tenant/V1__thing.sql",
            "create table thing (id int);\nselect citus_schema_distribute('tenant');\n",
        )
}

#[test]
fn how_tables_and_schemas_are_distributed_is_part_of_the_contract() {
    let (database, project) = (node(0), distributed_modules());
    database
        .client()
        .batch_execute(&format!("{TABLES}create table local_one (i int);\n{WRITTEN_DOWN}"))
        .unwrap();
    for to in ["crm:1", "tenant:1"] {
        project.run(&database, &format!("migrate baseline --to {to}")).expect(0);
    }
    project.run(&database, "schema contract").expect(0);
    let written = std::fs::read_to_string(project.path().join("schema.toml")).unwrap();
    for list in [
        "[modules.crm.tables.account]\ndistribution = [\"hash (id)\"]\n",
        "[modules.crm.tables.country]\ndistribution = [\"reference\"]\n",
        "[modules.crm.tables.entry]\ndistribution = [\"hash (account) with account\"]\n",
        "[modules.crm.tables.note]\ndistribution = [\"hash (account)\"]\n",
        "[modules.tenant]\ndistribution = [\"schema\"]\n",
    ] {
        assert!(written.contains(list), "{list}\n{written}");
    }
    project.run(&database, "verify").expect(0);
    let sql = "update pg_dist_partition set partkey = 'id' where logicalrelid = 'entry'::regclass;
               update pg_dist_partition set colocationid = 17 where logicalrelid = 'note'::regclass;
               delete from pg_dist_partition where logicalrelid in ('country'::regclass, 'tenant.thing'::regclass);
               delete from pg_dist_schema";
    database.client().batch_execute(sql).unwrap();
    insta::assert_snapshot!(project.run(&database, "verify").expect(1));
    // Where Citus is not installed nothing is distributed.
    let plain = Database::create();
    let project = Project::new().migration("V1__a.sql", "create table a (i int);\n");
    let project = project.file("schema.toml", "[modules.public.tables.a]\ndistribution = ['hash (i)']\n");
    let output = project.run(&plain, "migrate up").expect(1);
    assert!(output.stdout.contains("distribution `hash` of `public.a` is missing"), "{output}");
}
