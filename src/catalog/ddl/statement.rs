//! One statement with what it does to the running database, and the script that people read.

use std::fmt;

use serde::Serialize;

use super::cycle_clause;
use crate::catalog::id::Id;
use crate::catalog::settle::faithful;

/// What a statement does besides changing the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hazard {
    /// Rows or values are gone afterwards.
    DataLoss,
    /// Fails when rows do not satisfy it.
    DataDependent,
    /// Every row is written anew.
    TableRewrite,
    /// Nobody reads or writes the table meanwhile.
    AccessExclusiveLock,
    /// Every row is read under a lock.
    LongScan,
    /// An index is built while writers wait.
    IndexBuild,
    /// Cannot run in a transaction.
    NotInTransaction,
    /// The server connects to the publisher, again and again where the slot is not there.
    Connects,
    /// Rows begin to come from the publisher.
    Replicates,
    /// No rows come from the publisher, until it is enabled by hand.
    NotReplicating,
    /// Tables that were not subscribed to before get no rows, until `REFRESH PUBLICATION`.
    NotRefreshed,
    /// The slot on the publisher stays and keeps its files there.
    SlotStays,
    /// A view has one row of nulls for now, because it goes in a circle with others.
    WithoutQuery,
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DataLoss => "data loss",
            Self::DataDependent => "fails on rows that do not fit",
            Self::TableRewrite => "table rewrite",
            Self::AccessExclusiveLock => "access exclusive lock",
            Self::LongScan => "long scan",
            Self::IndexBuild => "index build",
            Self::NotInTransaction => "not in a transaction",
            Self::Connects => "connects to the publisher, where its slot must be",
            Self::Replicates => "rows begin to come from the publisher",
            Self::NotReplicating => "no rows come until it has its slot and is enabled",
            Self::NotRefreshed => "new tables get no rows until `REFRESH PUBLICATION`",
            Self::SlotStays => "its slot on the publisher stays and must be dropped there",
            Self::WithoutQuery => "a row of nulls for now: its query follows, or the view goes",
        })
    }
}

/// How a statement goes with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transactional {
    /// In the same transaction as its neighbours.
    Transactional,
    /// What comes before it must be committed first: it uses a new enum value, or shall not hold on to earlier locks.
    CommitBefore,
    /// On its own, in no transaction.
    Alone,
}

/// One SQL statement without its semicolon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The text.
    pub sql: String,
    /// What it does besides.
    pub hazards: Vec<Hazard>,
    /// The object it is about.
    pub object: Id,
    /// How it goes with the others.
    pub transactional: Transactional,
}

impl Statement {
    pub(super) fn new(object: &Id, sql: impl Into<String>) -> Self {
        let sql: String = sql.into();
        Self {
            sql: faithful(&cycle_clause::written(&sql)).into_owned(),
            hazards: Vec::new(),
            object: object.clone(),
            transactional: Transactional::Transactional,
        }
    }

    pub(super) fn with(mut self, hazards: &[Hazard]) -> Self {
        self.hazards.extend(hazards);
        self
    }

    /// In a transaction of its own, so that the locks of what comes before it are let go.
    pub(super) fn after_commit(mut self) -> Self {
        self.transactional = Transactional::CommitBefore;
        self
    }

    pub(super) fn alone(mut self) -> Self {
        self.transactional = Transactional::Alone;
        self.hazards.push(Hazard::NotInTransaction);
        self
    }
}

/// Returns the statements as a script that `psql` runs, each with its hazards in a comment before it.
///
/// Where a statement needs a commit before it or no transaction at all, the script says `BEGIN` and `COMMIT` itself;
/// else it leaves that to who runs it.
#[must_use]
pub fn script(statements: &[Statement]) -> String {
    let own = statements.iter().any(|statement| statement.transactional != Transactional::Transactional);
    let mut text = String::new();
    let mut open = false;
    let mut turn = |text: &mut String, wanted: bool| {
        if own && open != wanted {
            text.push_str(if wanted { "BEGIN;\n\n" } else { "COMMIT;\n\n" });
            open = wanted;
        }
    };
    for statement in statements {
        if statement.transactional != Transactional::Transactional {
            turn(&mut text, false);
        }
        turn(&mut text, statement.transactional != Transactional::Alone);
        if !statement.hazards.is_empty() {
            let hazards: Vec<_> = statement.hazards.iter().map(ToString::to_string).collect();
            text.push_str(&format!("-- {}: {}\n", statement.object, hazards.join(", ")).replace('\r', " "));
        }
        text.push_str(&statement.sql);
        text.push_str(";\n\n");
    }
    turn(&mut text, false);
    text
}
