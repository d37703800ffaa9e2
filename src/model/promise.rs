//! Which of the promises of a run hold on which server software, and why others do not.

use super::peer::{CitusNode, Product};

/// What a run promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// A migration, its ledger row and its event commit together, or nothing of them does.
    Whole,
    /// No two runs are at work at once, and one that lost its right changes nothing more.
    OneRun,
    /// After an interruption outside a transaction the catalog tells what is done, half done and not begun.
    GoesOn,
    /// What SQL destroys and locks is learned by running it on a copy of the schema.
    Rehearsed,
    /// What is changed is changed everywhere.
    Everywhere,
}

impl Product {
    /// Returns the promises that do not hold there, each with the reason. A run is refused where there is one.
    ///
    /// Sources: CockroachDB's documentation of `autocommit_before_ddl` (on since 25.1) and its issues 13546 and 168355
    /// (advisory locks succeed without locking); YugabyteDB's documentation of `ysql_yb_ddl_transaction_block_enabled` (off)
    /// and of advisory locks (since 2025.1). A row in the ledger in the place of the lock would keep the second promise
    /// alone: it is the first that the others stand on.
    pub fn breaks(self) -> &'static [(Promise, &'static str)] {
        const NO_SHADOW: (Promise, &str) = (
            Promise::Rehearsed,
            "its SQL can be tried on PostgreSQL only, which takes it in another way, so what a migration destroys or locks is not known before it runs",
        );
        match self {
            Self::Postgres | Self::Citus(CitusNode::Coordinator) => &[],
            Self::Citus(CitusNode::Worker) => &[(Promise::Everywhere, "a change would stay on this node")],
            Self::Cockroach => &[
                (
                    Promise::Whole,
                    "DDL commits by itself what was begun before it: a migration that fails stays half done, and its ledger row does not commit with it",
                ),
                (Promise::OneRun, "advisory locks may lock nothing: two runs at once are not kept apart"),
                (
                    Promise::GoesOn,
                    "index builds are jobs that outlive the run: after an interruption the catalog does not tell what is still to come",
                ),
                NO_SHADOW,
            ],
            Self::Yugabyte => &[
                (
                    Promise::Whole,
                    "each DDL statement commits by itself: a migration that fails stays half done, and its ledger row does not commit with it",
                ),
                (
                    Promise::OneRun,
                    "advisory locks are there since 2025.1 only, and DDL of two sessions at once is not supported: two runs are not kept apart",
                ),
                (
                    Promise::GoesOn,
                    "the journal knows of concurrent indexes only what PostgreSQL does: of other statements that were cut off nobody knows whether they are done",
                ),
                NO_SHADOW,
            ],
        }
    }

    /// Says what does not hold there, in words.
    pub fn lacks(self) -> String {
        match self.breaks() {
            [] => "everything holds that crmdb promises".to_owned(),
            [(_, only)] => (*only).to_owned(),
            several => {
                let lines: Vec<String> = several.iter().map(|(_, why)| format!("\n  {why}")).collect();
                format!("crmdb can't keep what it promises:{}\n", lines.concat())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_let_through_where_every_promise_holds_and_nowhere_else() {
        let broken = |product: Product| -> Vec<Promise> {
            product.breaks().iter().map(|(promise, _)| *promise).collect()
        };
        let distributed = [Promise::Whole, Promise::OneRun, Promise::GoesOn, Promise::Rehearsed];
        for (product, promises) in [
            (Product::Postgres, &[][..]),
            (Product::Citus(CitusNode::Coordinator), &[]),
            (Product::Citus(CitusNode::Worker), &[Promise::Everywhere]),
            (Product::Cockroach, &distributed),
            (Product::Yugabyte, &distributed),
        ] {
            assert_eq!(broken(product), promises, "{product}");
        }
    }
}
