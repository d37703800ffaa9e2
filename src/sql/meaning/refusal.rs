//! Statements that PostgreSQL refuses inside a transaction block.

use std::fmt;

use super::reader::{Reader, Switch};

/// Why PostgreSQL refuses a statement inside a transaction block (SQLSTATE 25001).
///
/// Displays as a sentence for a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The command, as PostgreSQL's documentation writes it.
    pub command: &'static str,
    /// When it is allowed all the same, which the text does not tell; `None` when it never is.
    pub unless: Option<&'static str>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` can't run inside a transaction block", self.command)?;
        match self.unless {
            Some(condition) => write!(f, ", unless {condition}"),
            None => Ok(()),
        }
    }
}

/// Returns why PostgreSQL 14 to 18 refuse a statement inside a transaction block, `None` when they run it there.
///
/// These are the callers of `PreventInTransactionBlock` in the server, as far as the text of a statement tells. What it
/// does not tell: REINDEX TABLE or INDEX and (from 15 on) CLUSTER are also refused on partitioned tables, and CALL and DO
/// when their code commits.
pub fn refusal(statement: &str) -> Option<Refusal> {
    let mut reader = Reader::new(statement);
    let first = reader.take_any(&["create", "drop", "alter", "reindex", "vacuum", "cluster", "discard"])?;
    match first.to_ascii_lowercase().as_str() {
        "create" => of_create(&mut reader),
        "drop" => of_drop(&mut reader),
        "alter" => of_alter(&mut reader),
        "reindex" => of_reindex(&mut reader),
        "vacuum" => always("VACUUM"),
        "cluster" => of_cluster(&mut reader),
        _ => {
            if reader.take(&["all"]) {
                always("DISCARD ALL")
            } else {
                None
            }
        }
    }
}

/// Tells whether a statement about a subscription talks to its publisher, as far as its text tells.
pub fn talks_to_publisher(statement: &str) -> bool {
    let mut reader = Reader::new(statement);
    let first = reader.take_any(&["create", "alter", "drop"]).map(|word| word.to_ascii_lowercase());
    if !reader.take(&["subscription"]) {
        return false;
    }
    match first.as_deref() {
        Some("create") => reader.find_switch("connect") != Switch::Off,
        Some("alter") => reader.name().is_some() && of_alter_subscription(&mut reader).is_some(),
        // Where it has no slot it does not, which its text does not tell.
        _ => true,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "each arm that calls it is an Option")]
fn always(command: &'static str) -> Option<Refusal> {
    Some(Refusal { command, unless: None })
}

fn of_create(reader: &mut Reader<'_>) -> Option<Refusal> {
    if reader.take(&["database"]) {
        return always("CREATE DATABASE");
    }
    if reader.take(&["tablespace"]) {
        return always("CREATE TABLESPACE");
    }
    if reader.take(&["subscription"]) {
        let connects = reader.clone().find_switch("connect") != Switch::Off;
        let makes_slot = reader.find_switch("create_slot") != Switch::Off;
        return if connects && makes_slot {
            always("CREATE SUBSCRIPTION … WITH (create_slot = true)")
        } else {
            None
        };
    }
    reader.take(&["unique"]);
    if reader.take(&["index", "concurrently"]) { always("CREATE INDEX CONCURRENTLY") } else { None }
}

fn of_drop(reader: &mut Reader<'_>) -> Option<Refusal> {
    if reader.take(&["database"]) {
        always("DROP DATABASE")
    } else if reader.take(&["tablespace"]) {
        always("DROP TABLESPACE")
    } else if reader.take(&["index", "concurrently"]) {
        always("DROP INDEX CONCURRENTLY")
    } else if reader.take(&["subscription"]) {
        Some(Refusal {
            command: "DROP SUBSCRIPTION",
            unless: Some("the subscription has no replication slot"),
        })
    } else {
        None
    }
}

fn of_alter(reader: &mut Reader<'_>) -> Option<Refusal> {
    if reader.take(&["system"]) {
        return always("ALTER SYSTEM");
    }
    if reader.take(&["database"]) {
        reader.name()?;
        return if reader.take(&["set", "tablespace"]) {
            always("ALTER DATABASE … SET TABLESPACE")
        } else {
            None
        };
    }
    if reader.take(&["subscription"]) {
        reader.name()?;
        return of_alter_subscription(reader);
    }
    if !reader.take(&["table"]) {
        return None;
    }
    reader.take(&["if", "exists"]);
    reader.take(&["only"]);
    reader.qualified_name()?;
    reader.take_symbol(b'*');
    if !reader.take(&["detach", "partition"]) {
        return None;
    }
    reader.qualified_name()?;
    if reader.take(&["concurrently"]) {
        always("ALTER TABLE … DETACH PARTITION … CONCURRENTLY")
    } else {
        None
    }
}

fn of_alter_subscription(reader: &mut Reader<'_>) -> Option<Refusal> {
    if reader.take(&["refresh"]) {
        return always("ALTER SUBSCRIPTION … REFRESH");
    }
    let changes = ["set", "add", "drop"].iter().any(|change| reader.take(&[change, "publication"]));
    if changes {
        let refreshes = reader.find_switch("refresh") != Switch::Off;
        return if refreshes {
            always("ALTER SUBSCRIPTION … PUBLICATION … WITH (refresh = true)")
        } else {
            None
        };
    }
    if !reader.take(&["set"]) {
        return None;
    }
    if reader.clone().find_switch("failover") != Switch::Absent {
        return always("ALTER SUBSCRIPTION … SET (failover)");
    }
    if reader.find_switch("two_phase") == Switch::Off {
        always("ALTER SUBSCRIPTION … SET (two_phase = false)")
    } else {
        None
    }
}

fn of_reindex(reader: &mut Reader<'_>) -> Option<Refusal> {
    let concurrently = reader.take_switch("concurrently") == Switch::On;
    if reader.take(&["schema"]) {
        return always("REINDEX SCHEMA");
    }
    if reader.take(&["database"]) {
        return always("REINDEX DATABASE");
    }
    if reader.take(&["system"]) {
        return always("REINDEX SYSTEM");
    }
    let target = reader.take_any(&["index", "table"]);
    if target.is_some() && (concurrently || reader.take(&["concurrently"])) {
        always("REINDEX CONCURRENTLY")
    } else {
        None
    }
}

fn of_cluster(reader: &mut Reader<'_>) -> Option<Refusal> {
    reader.take(&["verbose"]);
    reader.take_switch("verbose");
    if reader.at_end() { always("CLUSTER") } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_statements_are_known() {
        for (statement, command) in [
            ("create index concurrently on t (a);", "CREATE INDEX CONCURRENTLY"),
            (
                "CREATE UNIQUE INDEX /* x */ CONCURRENTLY IF NOT EXISTS i ON t (a);",
                "CREATE INDEX CONCURRENTLY",
            ),
            ("drop index concurrently if exists i;", "DROP INDEX CONCURRENTLY"),
            ("reindex table concurrently t;", "REINDEX CONCURRENTLY"),
            ("reindex (verbose, concurrently) index i;", "REINDEX CONCURRENTLY"),
            ("reindex (concurrently true) index i;", "REINDEX CONCURRENTLY"),
            ("reindex schema s;", "REINDEX SCHEMA"),
            ("reindex database;", "REINDEX DATABASE"),
            ("reindex system concurrently d;", "REINDEX SYSTEM"),
            ("vacuum;", "VACUUM"),
            ("vacuum (full) t;", "VACUUM"),
            ("create database d;", "CREATE DATABASE"),
            ("drop database if exists d;", "DROP DATABASE"),
            ("create tablespace x location '/x';", "CREATE TABLESPACE"),
            ("drop tablespace x;", "DROP TABLESPACE"),
            ("alter system set work_mem = '1MB';", "ALTER SYSTEM"),
            ("alter database d set tablespace x;", "ALTER DATABASE … SET TABLESPACE"),
            (
                "alter table if exists only s.t detach partition s.p concurrently;",
                "ALTER TABLE … DETACH PARTITION … CONCURRENTLY",
            ),
            (
                "create subscription s connection 'x' publication p;",
                "CREATE SUBSCRIPTION … WITH (create_slot = true)",
            ),
            (
                "create subscription s connection 'x' publication p with (create_slot, copy_data = false);",
                "CREATE SUBSCRIPTION … WITH (create_slot = true)",
            ),
            ("alter subscription s refresh publication;", "ALTER SUBSCRIPTION … REFRESH"),
            (
                "alter subscription s add publication p;",
                "ALTER SUBSCRIPTION … PUBLICATION … WITH (refresh = true)",
            ),
            (
                "alter subscription s set (slot_name = 'x', failover = true);",
                "ALTER SUBSCRIPTION … SET (failover)",
            ),
            ("alter subscription s set (two_phase = off);", "ALTER SUBSCRIPTION … SET (two_phase = false)"),
            ("cluster;", "CLUSTER"),
            ("cluster verbose", "CLUSTER"),
            ("cluster (verbose);", "CLUSTER"),
            ("discard all;", "DISCARD ALL"),
        ] {
            let refused = refusal(statement).unwrap_or_else(|| panic!("{statement} is refused"));
            assert_eq!((refused.command, refused.unless), (command, None), "{statement}");
        }
    }

    #[test]
    fn allowed_statements_are_not_refused() {
        for statement in [
            "create index i on t (a);",
            "create table concurrently_x (a int);",
            "drop index i;",
            "drop index \"concurrently\";",
            "reindex table t;",
            "reindex (concurrently off) index i;",
            "reindex (concurrently false, verbose) table t;",
            "refresh materialized view concurrently v;",
            "alter type e add value 'x';",
            "alter table t detach partition p;",
            "alter table t detach partition p finalize;",
            "alter table t detach partition \"concurrently\";",
            "alter database d set work_mem = '1MB';",
            "analyze t;",
            "cluster t using i;",
            "cluster verbose t;",
            "discard plans;",
            "create subscription s connection 'x' publication p with (connect = false);",
            "create subscription s connection 'x' publication p with (create_slot = 'off');",
            "alter subscription s set publication p with (refresh = false);",
            "alter subscription s set (two_phase = true);",
            "alter subscription s disable;",
            "select 'create index concurrently';",
            "comment on database d is 'vacuum';",
            "",
        ] {
            assert_eq!(refusal(statement), None, "{statement}");
        }
    }

    #[test]
    fn a_refusal_is_a_sentence() {
        assert_eq!(refusal("vacuum").unwrap().to_string(), "`VACUUM` can't run inside a transaction block");
        assert_eq!(
            refusal("drop subscription s").unwrap().to_string(),
            "`DROP SUBSCRIPTION` can't run inside a transaction block, unless the subscription has no replication slot"
        );
    }
}
