//! What a database holds, as one text, for comparison.

use super::postgres::Database;

/// Returns a database's schema, its rows, the ledger without times and positions, what is not in
/// order. By queries, because it is asked for after each disturbance, and pg_dump takes its time.
pub(crate) fn state(database: &Database<'_>) -> String {
    let mut client = database.client();
    let mut text = String::new();
    for (name, sql) in STATE {
        text += &format!("{name}:\n");
        for row in client.query(*sql, &[]).unwrap() {
            text += &format!("  {}\n", row.get::<_, &str>(0));
        }
    }
    text
}

const STATE: &[(&str, &str)] = &[
    (
        "relations",
        "select concat_ws(' ', c.relkind, c.oid::regclass, pg_get_expr(c.relpartbound, c.oid), (
           select string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull,
             pg_get_expr(adbin, adrelid)), ', ' order by attnum)
           from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
           where attrelid = c.oid and attnum > 0 and not attisdropped))
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'crmdb') and relkind <> 'i'
         order by 1",
    ),
    (
        "indexes",
        "select concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid, indisready, indisprimary) from pg_index
         where indrelid in (select oid from pg_class where relnamespace in (
           select oid from pg_namespace where nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'crmdb')))
         order by 1",
    ),
    (
        "constraints",
        "select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated) from pg_constraint
         where connamespace <> 'crmdb'::regnamespace and connamespace <> 'information_schema'::regnamespace order by 1",
    ),
    ("labels", "select concat_ws(' ', enumtypid::regtype, enumlabel) from pg_enum order by enumtypid::regtype::text, enumsortorder"),
    ("schemas", "select nspname::text from pg_namespace where nspname not like 'pg\\_%' order by 1"),
    (
        "rows",
        "select query_to_xml(format('select * from %s order by 1, 2', c.oid::regclass), true, true, c.relname)::text
         from pg_class c join pg_namespace n on n.oid = relnamespace
         where relkind = 'r' and nspname not in ('pg_catalog', 'information_schema', 'crmdb') order by relname",
    ),
    (
        "migrations",
        "select row(module, schema, version, name, file, checksum, rollback_checksum, up_sql, rollback_sql, origin,
           applied_by, tool_version)::text from crmdb.migration order by position",
    ),
    ("modules", "select row(module, schema, created_schema)::text from crmdb.module order by 1"),
    ("unfinished", "select row(u.*)::text from crmdb.unfinished u"),
    ("journal", "select row(j.*)::text from crmdb.journal j"),
    (
        "events",
        "select row(kind, outcome, module, schema, version, file, checksum, role, client)::text
         from crmdb.event where outcome = 'done' order by at, id",
    ),
    ("half detached", "select inhrelid::regclass::text from pg_inherits where inhdetachpending"),
];
