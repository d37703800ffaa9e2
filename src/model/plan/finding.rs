//! What a comparison of files and ledger can find, each with its text and the way out.

use std::fmt;

use serde::Serialize;

use super::Refused;
use crate::model::policy::{Deed, bytes as bytes_of};
use crate::model::step::label;
use crate::model::{Applied, Checksum, Migration, Version};

/// One thing that stands between the files and the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Finding {
    /// The file's text is not what was applied.
    Edited {
        /// The migration's label.
        migration: String,
        /// The fingerprint in the ledger.
        recorded: Checksum,
        /// The fingerprint of the file.
        present: Checksum,
    },
    /// The file has the text that was applied and another name.
    Renamed {
        /// The label by the present name.
        migration: String,
        /// The name in the ledger.
        recorded: String,
    },
    /// An applied migration has no file, though later ones have.
    Missing {
        /// The label by the recorded name.
        migration: String,
    },
    /// An applied migration is later than every file: the target is ahead of this checkout.
    Unknown {
        /// The label by the recorded name.
        migration: String,
    },
    /// A file that is not applied is older than one that is.
    Late {
        /// The label of the file.
        migration: String,
        /// The label of the latest applied migration of the module.
        latest: String,
    },
    /// A migration outside a transaction stopped in the middle and its file changed since.
    UnfinishedEdited {
        /// The migration's label.
        migration: String,
        /// How many of its statements are done.
        finished: usize,
    },
    /// A rollback outside a transaction stopped in the middle.
    UnfinishedDown {
        /// The migration's label.
        migration: String,
    },
    /// A migration outside a transaction stopped in the middle.
    UnfinishedUp {
        /// The migration's label.
        migration: String,
    },
    /// There is no text that takes the migration back.
    RollbackAbsent {
        /// The migration's label.
        migration: String,
        /// Where the text was looked for.
        looked_in: String,
        /// Its version as it is typed: `42`, or `sales:42`.
        #[serde(skip)]
        version: String,
        /// Whether there was one when it was applied.
        #[serde(skip)]
        recorded: bool,
    },
    /// A statement costs more than `[policy]` allows.
    OverBudget {
        /// The migration's label.
        migration: String,
        /// The line of the statement.
        line: usize,
        /// The table, with its schema.
        relation: String,
        /// What is done to it.
        deed: Deed,
        /// Its size; `None` where it could not be asked for.
        bytes: Option<u64>,
        /// The size that is allowed.
        limit: u64,
    },
    /// `[policy]` sets a budget, and it is not known what the plan costs.
    CostUnknown {
        /// Why.
        reason: String,
    },
    /// The target is not what a plan in a file was made for.
    PlanOutdated {
        /// When the plan was made.
        made_at: String,
        /// What is not as it was.
        why: String,
    },
    /// The rollback file is not the one that the ledger recorded.
    RollbackEdited {
        /// The migration's label.
        migration: String,
    },
    /// `--to` names a version that has no file.
    NoSuchVersion {
        /// The module's name.
        module: String,
        /// The version.
        version: Version,
    },
    /// A module is to be taken back whole while another one needs it.
    Needed {
        /// The module that would go.
        module: String,
        /// The module that depends on it and is installed.
        by: String,
    },
    /// A migration outside a transaction can't share one with others.
    NotGrouped {
        /// The migration's label.
        migration: String,
    },
    /// A migration outside a transaction needs a session that a pooler gives to nobody else meanwhile.
    NotPooled {
        /// The migration's label.
        migration: String,
    },
    /// Some of the migrations that a file stands for are applied, and others are not.
    HalfSquashed {
        /// The label of the file.
        migration: String,
        /// How many of them are applied.
        applied: usize,
        /// How many they are.
        of: usize,
    },
    /// A migration was applied by itself, and a file stands for it together with others.
    Squashed {
        /// The label by the recorded name.
        migration: String,
        /// The label of the file.
        by: String,
    },
    /// A statement that a migration can't hold.
    Statement {
        /// The script's path.
        path: String,
        /// From 1.
        line: usize,
        /// In characters, from 1.
        column: usize,
        /// What is wrong and what to do.
        problem: Refused,
    },
}

impl Finding {
    pub(super) fn edited(row: &Applied, present: Checksum) -> Self {
        Self::Edited { migration: label(&row.module, &row.file), recorded: row.checksum, present }
    }

    pub(super) fn late(module: &str, file: &Migration, latest: &Applied) -> Self {
        Self::Late { migration: label(module, file.file.as_str()), latest: label(module, &latest.file) }
    }

    fn fmt_squash(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HalfSquashed { migration, applied, of } => {
                write!(f, "`{migration}` stands for migrations that are applied in part: {applied} of {of}")
            }
            Self::Squashed { migration, by } => {
                write!(f, "`{migration}` was applied by itself, and `{by}` stands for it now")
            }
            _ => Ok(()),
        }
    }

    /// Returns what the user can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Edited { .. } => "restore the file, or accept it with `crmdb migrate repair`; a change belongs in a new migration".to_owned(),
            Self::Renamed { .. } => "restore the name, or accept it with `crmdb migrate repair`".to_owned(),
            Self::Missing { .. } => "restore the file, or go on without it with `--allow-missing`".to_owned(),
            Self::Unknown { .. } => "update this checkout, or go on without the file with `--allow-missing`".to_owned(),
            Self::Late { .. } => "give it a later version, or apply it with `--out-of-order`".to_owned(),
            Self::UnfinishedEdited { .. } => "restore the statements that are done as they were, finish the migration, and put the change in a new one".to_owned(),
            Self::UnfinishedDown { .. } => "finish it with `crmdb migrate down`".to_owned(),
            Self::UnfinishedUp { .. } => "finish it with `crmdb migrate up`".to_owned(),
            Self::RollbackAbsent { looked_in, recorded: true, .. } if looked_in == LEDGER => "run without `--from-ledger` where the rollback file is".to_owned(),
            Self::RollbackAbsent { recorded: true, .. } => "write the file, or use the recorded SQL with `--from-ledger`".to_owned(),
            Self::RollbackAbsent { version, .. } => format!("write the file by hand, or as a difference of catalogs with `crmdb migrate rollback {version}`; none was recorded when it was applied"),
            Self::OverBudget { deed: Deed::Rewrite, .. } => "do it in steps that do not write the table anew, or accept it with `--accept-rewrite`".to_owned(),
            Self::OverBudget { deed: Deed::Scan, .. } => "add the constraint as `NOT VALID` and validate it in a migration of its own, or accept it with `--accept-scan`".to_owned(),
            Self::PlanOutdated { .. } => "make it again with `crmdb migrate plan`, or run without `--plan`".to_owned(),
            Self::CostUnknown { .. } => "make a shadow possible, or accept what it may be with `--accept-rewrite --accept-scan`".to_owned(),
            Self::RollbackEdited { .. } => "use the recorded rollback with `--from-ledger`, or the file with `--from-files`".to_owned(),
            Self::NoSuchVersion { .. } => "see the versions with `crmdb migrate status`".to_owned(),
            Self::Needed { by, .. } => format!("take `{by}` back first, or name both with `--module`"),
            Self::NotGrouped { .. } => "run without `--single-transaction`, or up to it with `--to`".to_owned(),
            Self::NotPooled { .. } => "connect to the server itself, or to a pool in session mode".to_owned(),
            Self::HalfSquashed { .. } => "apply the others first, with the files as they were before they were squashed: your version control has them".to_owned(),
            Self::Squashed { .. } => "use the recorded rollbacks with `--from-ledger`".to_owned(),
            Self::Statement { problem, .. } => problem.hint().to_owned(),
        }
    }
}

/// Where a rollback is looked for under `--from-ledger`.
pub(super) const LEDGER: &str = "the ledger";

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited { migration, recorded, present } => write!(
                f,
                "`{migration}` was edited after it was applied (recorded {}, present {})",
                recorded.short(),
                present.short()
            ),
            Self::Renamed { migration, recorded } => {
                write!(f, "`{migration}` was applied under the name `{recorded}`")
            }
            Self::Missing { migration } => write!(f, "`{migration}` is applied and its file is missing"),
            Self::Unknown { migration } => {
                write!(f, "`{migration}` is applied and later than every file here")
            }
            Self::Late { migration, latest } => {
                write!(f, "`{migration}` is not applied and older than the applied `{latest}`")
            }
            Self::UnfinishedEdited { migration, finished } => write!(
                f,
                "`{migration}` stopped after {finished} {} and what is done was edited since",
                if *finished == 1 { "statement" } else { "statements" }
            ),
            Self::UnfinishedDown { migration } => {
                write!(f, "the rollback of `{migration}` stopped in the middle")
            }
            Self::UnfinishedUp { migration } => write!(f, "`{migration}` stopped in the middle"),
            Self::RollbackAbsent { migration, looked_in, .. } => {
                write!(f, "`{migration}` has no rollback in {looked_in}")
            }
            Self::OverBudget { migration, line, relation, deed, bytes, limit } => {
                write!(f, "`{migration}`:{line} {}", over_budget(*deed, relation, (*bytes, *limit)))
            }
            Self::PlanOutdated { made_at, why } => {
                write!(f, "the plan of {made_at} is not for this target: {why}")
            }
            Self::CostUnknown { reason } => write!(f, "it is not known what the migrations cost: {reason}"),
            Self::RollbackEdited { migration } => {
                write!(f, "the rollback of `{migration}` is not the one recorded when it was applied")
            }
            Self::NoSuchVersion { module, version } => {
                write!(f, "module `{module}` has no migration {version}")
            }
            Self::Needed { module, by } => {
                write!(
                    f,
                    "module `{module}` can't be taken back whole: `{by}` depends on it and is installed"
                )
            }
            Self::NotGrouped { migration } => {
                write!(f, "`{migration}` runs outside a transaction and can't share one with others")
            }
            Self::NotPooled { migration } => write!(
                f,
                "`{migration}` runs outside a transaction, and the pooler in transaction mode gives its session to others meanwhile"
            ),
            Self::HalfSquashed { .. } | Self::Squashed { .. } => self.fmt_squash(f),
            Self::Statement { path, line, column, problem } => write!(f, "{path}:{line}:{column}: {problem}"),
        }
    }
}

fn over_budget(deed: Deed, relation: &str, (bytes, limit): (Option<u64>, u64)) -> String {
    let (verb, key) = match deed {
        Deed::Rewrite => ("rewrites", "max_rewrite"),
        Deed::Scan => ("reads all of", "max_scan"),
    };
    let size = match bytes {
        Some(size) => format!("which has {}", bytes_of(size)),
        None => "whose size is not known".to_owned(),
    };
    format!("{verb} `{relation}`, {size}, and `{key}` is {}", bytes_of(limit))
}
