//! The queries that read a catalog, in `queries/*.sql`, and how one text serves every server version.
//!
//! A line that ends in `-- since N` is for servers of major version N and later, one that ends in `-- before N` for
//! earlier ones.

/// Begins the snapshot and settles how everything in it prints.
pub(super) const SESSION: &str = include_str!("queries/session.sql");

/// Returns what settles how everything prints, for a transaction that is open already; its time limit stays.
pub(super) fn settings() -> String {
    let settings = SESSION.lines().filter(|line| line.starts_with("SET LOCAL"));
    settings.filter(|line| !line.contains("statement_timeout")).collect()
}

/// The major version, the current role, and whether it may read where subscriptions connect to.
pub(super) const SERVER: &str = "SELECT current_setting('server_version_num')::int / 10000, current_user, \
    has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'SELECT')";

/// Describes objects of a kind that no query reads.
pub(super) const DESCRIBE: &str = include_str!("queries/describe.sql");

/// How large a relation and its indexes are.
pub(super) const FACTS: &str = include_str!("queries/facts.sql");

/// One query a kind of object; all have the same columns.
pub(super) const OBJECTS: &[(&str, &str)] = &[
    ("schemas", include_str!("queries/schemas.sql")),
    ("extensions", include_str!("queries/extensions.sql")),
    ("types", include_str!("queries/types.sql")),
    ("domain_constraints", include_str!("queries/domain_constraints.sql")),
    ("functions", include_str!("queries/functions.sql")),
    ("sequences", include_str!("queries/sequences.sql")),
    ("identity_sequences", include_str!("queries/identity_sequences.sql")),
    ("sequence_owners", include_str!("queries/sequence_owners.sql")),
    ("tables", include_str!("queries/tables.sql")),
    ("columns", include_str!("queries/columns.sql")),
    ("defaults", include_str!("queries/defaults.sql")),
    ("constraints", include_str!("queries/constraints.sql")),
    ("indexes", include_str!("queries/indexes.sql")),
    ("inheritance", include_str!("queries/inheritance.sql")),
    ("views", include_str!("queries/views.sql")),
    ("triggers", include_str!("queries/triggers.sql")),
    ("rules", include_str!("queries/rules.sql")),
    ("policies", include_str!("queries/policies.sql")),
    ("default_privileges", include_str!("queries/default_privileges.sql")),
    ("access_methods", include_str!("queries/access_methods.sql")),
    ("languages", include_str!("queries/languages.sql")),
    ("foreign_data_wrappers", include_str!("queries/foreign_data_wrappers.sql")),
    ("servers", include_str!("queries/servers.sql")),
    ("user_mappings", include_str!("queries/user_mappings.sql")),
    ("collations", include_str!("queries/collations.sql")),
    ("conversions", include_str!("queries/conversions.sql")),
    ("ranges", include_str!("queries/ranges.sql")),
    ("base_types", include_str!("queries/base_types.sql")),
    ("aggregates", include_str!("queries/aggregates.sql")),
    ("operators", include_str!("queries/operators.sql")),
    ("operator_families", include_str!("queries/operator_families.sql")),
    ("operator_classes", include_str!("queries/operator_classes.sql")),
    ("user_casts", include_str!("queries/user_casts.sql")),
    ("transforms", include_str!("queries/transforms.sql")),
    ("text_search", include_str!("queries/text_search.sql")),
    ("statistics", include_str!("queries/statistics.sql")),
    ("event_triggers", include_str!("queries/event_triggers.sql")),
    ("publications", include_str!("queries/publications.sql")),
    ("publication_tables", include_str!("queries/publication_tables.sql")),
    ("publication_schemas", include_str!("queries/publication_schemas.sql")),
    ("subscriptions", include_str!("queries/subscriptions.sql")),
    ("initial_privileges", include_str!("queries/initial_privileges.sql")),
];

/// What concerns every kind of object.
pub(super) const DETAILS: [(&str, &str); 4] = [
    ("aliases", include_str!("queries/aliases.sql")),
    ("dependencies", include_str!("queries/dependencies.sql")),
    ("comments", include_str!("queries/comments.sql")),
    ("casts", include_str!("queries/casts.sql")),
];

/// Returns the text for a server of this major version.
pub(super) fn for_version(sql: &str, version: u32) -> String {
    let holds = |line: &&str| {
        let mark = |word| {
            let (_, number) = line.rsplit_once(word)?;
            number.trim().parse::<u32>().ok()
        };
        mark("-- since ").is_none_or(|least| version >= least)
            && mark("-- before ").is_none_or(|next| version < next)
    };
    let mut text = String::with_capacity(sql.len());
    for line in sql.lines().filter(holds) {
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::for_version;

    #[test]
    fn lines_for_other_versions_are_left_out() {
        let sql = "a\nb -- since 17\nc -- before 17\n";
        assert_eq!(for_version(sql, 16), "a\nc -- before 17\n");
        assert_eq!(for_version(sql, 17), "a\nb -- since 17\n");
    }
}
