//! What taking migrations back destroys as it was rehearsed when they were applied, for a night without a shadow server.

use serde::{Deserialize, Serialize};

use super::{Blast, loss};
use crate::model::{Checksum, Plan, Step};

/// The rehearsal of a rollback that the ledger keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// What was rehearsed, in the order in which it is taken back.
    pub steps: Vec<RecordedStep>,
    /// The fingerprint of everything that the target held before it (`catalog::fingerprint::whole`).
    pub catalog: Checksum,
    /// The major version of the target's server.
    pub server: u32,
    /// When it was rehearsed, in UTC.
    pub made_at: String,
    /// What every step was seen to do, nothing of it measured. What a later step destroys more of is still in it, because
    /// only the first steps may be taken back.
    pub blast: Blast,
}

/// One step of a rehearsed rollback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedStep {
    /// The module's name.
    pub module: String,
    /// The schema that its SQL runs in.
    pub schema: String,
    /// The version within the module.
    pub version: i64,
    /// The fingerprint of the SQL that takes it back.
    pub rollback: String,
}

impl RecordedStep {
    /// Returns the steps of a plan.
    pub fn of(plan: &Plan) -> Vec<Self> {
        let step = |step: &Step| Self {
            module: step.module.clone(),
            schema: step.schema.clone(),
            version: step.version.0,
            rollback: step.script.checksum.to_string(),
        };
        plan.steps.iter().map(step).collect()
    }
}

impl Recorded {
    /// Returns what was rehearsed of `plan`; `None` where it takes back anything else, or in another order.
    pub fn of(&self, plan: &Plan) -> Option<Blast> {
        if !self.steps.starts_with(&RecordedStep::of(plan)) {
            return None;
        }
        let labels: Vec<String> = plan.steps.iter().map(Step::label).collect();
        let mut blast = self.blast.clone();
        let within = |migration: &String| labels.contains(migration);
        blast.losses.retain(|loss| within(&loss.migration));
        blast.gone.retain(|gone| within(&gone.migration));
        blast.locks.retain(|lock| within(&lock.migration));
        blast.costs.retain(|cost| within(&cost.migration));
        blast.unseen.retain(|place| {
            place.rsplit_once(':').is_some_and(|(migration, _)| within(&migration.to_owned()))
        });
        blast.losses = loss::once(blast.losses);
        blast.recorded = Some(self.made_at.clone());
        Some(blast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::blast::{Amount, Loss, Lost, Vanished};
    use crate::model::rehearsal::{Relation, ThingKind};
    use crate::model::{Direction, Mode, Script, Version};

    fn step(version: i64, sql: &str) -> Step {
        Step {
            direction: Direction::Down,
            module: "public".to_owned(),
            schema: "public".to_owned(),
            version: Version(version),
            file: format!("V{version}__a.sql"),
            script: Script::new("rollbacks/a.sql", sql),
            checksum: Checksum::of("up"),
            rollback: None,
            mode: Mode::Transaction,
            boundary: false,
            releases: Vec::new(),
        }
    }

    fn plan(steps: &[(i64, &str)]) -> Plan {
        let steps = steps.iter().map(|(version, sql)| step(*version, sql)).collect();
        Plan { direction: Direction::Down, steps, left: 0, notes: Vec::new() }
    }

    fn loss(version: i64, lost: Lost) -> Loss {
        Loss {
            migration: format!("V{version}__a.sql"),
            step: 0,
            relation: Relation { schema: "public".to_owned(), name: "t".to_owned() },
            lost,
            with: String::new(),
            amount: Amount::unknown(),
        }
    }

    fn recorded() -> Recorded {
        let gone = |version| Vanished {
            migration: format!("V{version}__a.sql"),
            kind: ThingKind::Index,
            name: format!("index public.i{version}"),
            with: String::new(),
        };
        let column = Lost::Column { column: "c".to_owned() };
        Recorded {
            steps: RecordedStep::of(&plan(&[(11, "SELECT 11"), (1, "SELECT 1")])),
            catalog: Checksum::of(""),
            server: 15,
            made_at: "2026-01-31T12:00:00Z".to_owned(),
            blast: Blast {
                losses: vec![loss(11, column), loss(1, Lost::Table)],
                gone: vec![gone(11), gone(1)],
                unseen: vec!["V11__a.sql:3".to_owned(), "V1__a.sql:1".to_owned()],
                ..Blast::empty()
            },
        }
    }

    #[test]
    fn what_is_taken_back_of_it_is_told_and_nothing_twice() {
        let first = recorded().of(&plan(&[(11, "SELECT 11")])).unwrap();
        assert!(matches!(first.losses.as_slice(), [Loss { lost: Lost::Column { .. }, .. }]), "{first:?}");
        assert_eq!((first.gone.len(), first.unseen.as_slice()), (1, &["V11__a.sql:3".to_owned()][..]));
        assert_eq!(first.recorded.as_deref(), Some("2026-01-31T12:00:00Z"));
        let both = recorded().of(&plan(&[(11, "SELECT 11"), (1, "SELECT 1")])).unwrap();
        assert!(matches!(both.losses.as_slice(), [Loss { lost: Lost::Table, .. }]), "{both:?}");
        assert_eq!((both.gone.len(), both.unseen.len()), (2, 2));
    }

    #[test]
    fn another_text_order_or_migration_was_not_rehearsed() {
        for other in [
            &[(11, "SELECT 12")][..],
            &[(1, "SELECT 1")],
            &[(1, "SELECT 1"), (11, "SELECT 11")],
            &[(11, "SELECT 11"), (1, "SELECT 1"), (0, "SELECT 0")],
        ] {
            assert_eq!(recorded().of(&plan(other)), None, "{other:?}");
        }
    }
}
