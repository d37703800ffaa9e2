//! What answers at the other end of a connection: which product, whether it can be changed, and over which way.

use std::fmt;

/// The server software.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Product {
    /// PostgreSQL, or one that behaves like it.
    #[default]
    Postgres,
    /// PostgreSQL with the Citus extension in this database.
    Citus(CitusNode),
    /// CockroachDB.
    Cockroach,
    /// YugabyteDB.
    Yugabyte,
}

/// Which part of a Citus cluster a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CitusNode {
    /// The one from which schema changes reach all the others.
    Coordinator,
    /// One that holds shards; what is changed there stays there.
    Worker,
}

impl Product {
    /// Decides by what `version()` says and, where Citus is installed, by `groupid` of `pg_dist_local_group`, which is 0
    /// on the coordinator (Citus documentation, Citus Tables and Views).
    pub fn of(version: &str, citus_group: Option<i32>) -> Self {
        match citus_group {
            _ if version.contains("CockroachDB") => Self::Cockroach,
            _ if version.contains("-YB-") || version.contains("Yugabyte") => Self::Yugabyte,
            Some(0) => Self::Citus(CitusNode::Coordinator),
            Some(_) => Self::Citus(CitusNode::Worker),
            None => Self::Postgres,
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::Citus(CitusNode::Coordinator) => "Citus",
            Self::Citus(CitusNode::Worker) => "a Citus worker",
            Self::Cockroach => "CockroachDB",
            Self::Yugabyte => "YugabyteDB",
        })
    }
}

/// What stands between crmdb and the server process that does the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// Nothing: the session is crmdb's own.
    #[default]
    Direct,
    /// A pooler that keeps one server process for the whole session.
    SessionPool,
    /// A pooler that gives the server process to others between two transactions: what is set for the session reaches
    /// whoever comes next, and what is held by the session is held by nobody.
    TransactionPool,
}

impl Route {
    /// Decides by process ids: the one that the login named, and those of the server processes that did the work, in
    /// order, the last of them while another session of crmdb's kept `held` for itself.
    ///
    /// A pooler names a process of its own at the login. One that keeps the server process gives the same one each time
    /// and never the one that another session has.
    pub fn of(login: Option<i32>, at_work: &[i32], held: Option<i32>) -> Self {
        let Some(first) = at_work.first() else { return Self::Direct };
        if login == Some(*first) && at_work.iter().all(|pid| pid == first) {
            return Self::Direct;
        }
        let shared = at_work.iter().any(|pid| pid != first || held == Some(*pid));
        if shared { Self::TransactionPool } else { Self::SessionPool }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_known_by_its_version_text_and_the_nodes_group() {
        let postgres = "PostgreSQL 15.20 (Debian 15.20-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc";
        let yugabyte = "PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64-pc-linux-gnu, compiled by clang";
        let cockroach = "CockroachDB CCL v25.2.1 (x86_64-pc-linux-gnu, built 2025/05/28, go1.23.7)";
        for (version, group, product) in [
            (postgres, None, Product::Postgres),
            (postgres, Some(0), Product::Citus(CitusNode::Coordinator)),
            (postgres, Some(3), Product::Citus(CitusNode::Worker)),
            (yugabyte, None, Product::Yugabyte),
            (cockroach, None, Product::Cockroach),
        ] {
            assert_eq!(Product::of(version, group), product, "{version} {group:?}");
        }
    }

    #[test]
    fn a_pooler_is_known_by_the_process_ids_and_its_mode_by_how_they_change() {
        for (login, at_work, held, route) in [
            (Some(10), &[10][..], Some(11), Route::Direct),
            (Some(10), &[10, 10, 10], None, Route::Direct),
            (Some(-402_733_834), &[10, 10, 10], Some(11), Route::SessionPool),
            (Some(-402_733_834), &[10, 12], Some(11), Route::TransactionPool),
            // The other session was given the process that this one had used.
            (Some(-402_733_834), &[10], Some(10), Route::TransactionPool),
            // Chance may let a pooler's number be that of a process.
            (Some(10), &[10, 12], Some(11), Route::TransactionPool),
            (None, &[10, 10], Some(11), Route::SessionPool),
            (None, &[], None, Route::Direct),
        ] {
            assert_eq!(Route::of(login, at_work, held), route, "{login:?} {at_work:?} {held:?}");
        }
    }
}
