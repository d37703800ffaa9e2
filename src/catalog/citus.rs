//! How a database's tables and schemas are distributed: read from Citus, or from what its stand-ins were told. Pure.
//!
//! A group of colocated tables is known by the first of its members, because the number that Citus gives it is another one
//! in each database.

/// Who knows about distribution in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody: nothing is distributed.
    Nobody,
    /// Citus before version 12, which knows no distributed schemas.
    Citus,
    /// Citus 12 and later.
    CitusWithSchemas,
    /// The stand-ins on a shadow.
    StandIns,
}

/// An expression of crmdb's own that answers with a word which [`Source::read`] reads.
pub const WHO: &str = "CASE \
    WHEN pg_catalog.to_regclass('pg_catalog.pg_dist_schema') IS NOT NULL THEN 'schemas' \
    WHEN pg_catalog.to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN 'tables' \
    WHEN pg_catalog.to_regclass('crmdb.distribution') IS NOT NULL THEN 'stand-ins' ELSE '' END";

/// Shards stay out of sight, whatever the session or its role has set.
pub(super) const HIDE_SHARDS: &str = "SET LOCAL citus.override_table_visibility TO on; SET LOCAL citus.show_shards_for_app_name_prefixes TO ''";

const TABLES: &str = include_str!("queries/distributed_tables.sql");
const DECLARED: &str = include_str!("queries/declared_tables.sql");
const DISTRIBUTION: &str = include_str!("queries/distribution.sql");
const DISTRIBUTION_OF: &str = include_str!("queries/distribution_of.sql");

impl Source {
    /// Reads the word that [`WHO`] gives.
    pub fn read(word: &str) -> Self {
        match word {
            "schemas" => Self::CitusWithSchemas,
            "tables" => Self::Citus,
            "stand-ins" => Self::StandIns,
            _ => Self::Nobody,
        }
    }

    /// Tells whether Citus itself is there.
    pub(super) fn is_citus(self) -> bool {
        matches!(self, Self::Citus | Self::CitusWithSchemas)
    }

    /// Returns the query that reads the distribution, with the columns of every query of objects; `None` where there is
    /// nothing to read.
    pub(super) fn query(self) -> Option<String> {
        self.asked(DISTRIBUTION)
    }

    /// Returns the query that reads how one schema, `$1`, and its tables are distributed, as a contract declares it;
    /// `None` where there is nothing to read.
    pub fn query_of_schema(self) -> Option<String> {
        self.asked(DISTRIBUTION_OF)
    }

    fn asked(self, question: &str) -> Option<String> {
        let (tables, schemas) = match self {
            Self::Nobody => return None,
            Self::Citus => (TABLES, "(SELECT 0::oid AS schemaid, 0 AS colocationid WHERE false)"),
            Self::CitusWithSchemas => {
                (TABLES, "(SELECT schemaid::oid AS schemaid, colocationid FROM pg_catalog.pg_dist_schema)")
            }
            Self::StandIns => {
                (DECLARED, "(SELECT relation AS schemaid FROM crmdb.distribution WHERE method = 'schema')")
            }
        };
        Some(format!("{tables}{question}").replace("{schemas}", schemas))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_is_asked_for_what_it_has_alone() {
        assert_eq!(Source::read("").query(), None);
        for (word, has, lacks) in [
            ("tables", "pg_dist_partition", "pg_dist_schema"),
            ("schemas", "pg_dist_schema", "crmdb.distribution"),
            ("stand-ins", "crmdb.distribution", "pg_dist"),
        ] {
            let query = Source::read(word).query().unwrap();
            assert!(query.contains(has) && !query.contains(lacks) && !query.contains('{'), "{query}");
        }
    }
}
