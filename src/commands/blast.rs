//! The blast radius of a plan, and the consent that it needs.

use std::time::Duration;

use jiff::Timestamp;

use super::context::{Context, Target};
use super::recorded::{self, Found};
use super::rehearse::{Rehearsed, rehearse};
use super::running::refuse;
use super::sides;
use crate::cli::args::LossArgs;
use crate::db::record::Author;
use crate::db::rehearse::Keeping;
use crate::db::target::{self, Counting};
use crate::error::Error;
use crate::model::blast::{self, Blast, Lock, Loss, Lost, Verdict};
use crate::model::plan::Finding;
use crate::model::policy::Policy;
use crate::model::rehearsal::Relation;
use crate::model::{EventKind, Ledger, Plan, policy};
use crate::project::Manifest;
use crate::report::{self, Style};

/// How long rows are counted, where nothing else is said.
pub(super) const COUNT_BUDGET: Duration = Duration::from_secs(2);

/// How thoroughly the blast radius is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// Everything, for somebody who looks at it.
    Whole,
    /// No rehearsal where the target holds no row: nothing can die.
    Rows,
}

/// How the blast radius is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Survey {
    /// How thoroughly.
    pub(super) depth: Depth,
    /// How long rows are counted.
    pub(super) budget: Duration,
    /// Whether what dies is to be kept.
    pub(super) keeping: Keeping,
}

/// Finds out what `plan` destroys.
pub(super) async fn radius(
    context: &mut Context<'_>,
    target: &Target,
    (plan, ledger): (&Plan, &Ledger),
    Survey { depth, budget, keeping }: Survey,
) -> Result<Blast, Error> {
    if plan.steps.is_empty() || (depth == Depth::Rows && !target::holds_rows(&target.session).await?) {
        return Ok(Blast::empty());
    }
    let live = sides::schema(&target.session).await?;
    let recorded = recorded::find(target, (plan, &live.catalog)).await?;
    let recorded = match recorded {
        Found::Fits(blast) if keeping == Keeping::No => {
            return measure(target, (plan, ledger), (*blast, budget)).await;
        }
        recorded => recorded,
    };
    match rehearse(context, plan, (live, keeping)).await? {
        Ok(rehearsed) => {
            let mut blast = foresee(&rehearsed);
            if keeping == Keeping::Yes {
                blast.lock_what_is_kept();
            }
            measure(target, (plan, ledger), (blast, budget)).await
        }
        // How to keep what dies is found out in a rehearsal of one's own.
        Err(reason) => match recorded {
            Found::Fits(blast) => {
                let blast = Blast { unkept: Some(reason), ..*blast };
                measure(target, (plan, ledger), (blast, budget)).await
            }
            recorded => Ok(Blast::unknown(recorded.beside(reason))),
        },
    }
}

/// Returns what a rehearsal showed, nothing of it measured.
pub(super) fn foresee(rehearsed: &Rehearsed) -> Blast {
    let blast = each(rehearsed);
    Blast { losses: blast::once(blast.losses), ..blast }
}

/// Returns what a rehearsal showed of each step for itself, nothing of it measured.
pub(super) fn each(Rehearsed { rehearsal, inventory, .. }: &Rehearsed) -> Blast {
    let (losses, gone) = blast::losses(rehearsal, inventory);
    let locks = rehearsal.locks().into_iter().map(|(relation, mode, step)| Lock {
        migration: rehearsal.steps[step].migration.clone(),
        relation: relation.clone(),
        mode,
        bytes: None,
    });
    let unknown = rehearsal
        .stopped
        .as_ref()
        .map(|stopped| format!("`{}` fails on a copy of the schema: {}", stopped.migration, stopped.reason));
    Blast {
        losses,
        gone,
        locks: locks.collect(),
        costs: policy::costs(rehearsal),
        unseen: rehearsal.unseen(),
        users: Vec::new(),
        unknown,
        kept: rehearsal.kept.clone(),
        unkept: rehearsal.unkept.clone(),
        kept_in: None,
        recorded: None,
    }
}

/// Measures in the target what `blast` foresees of `plan`.
pub(super) async fn measure(
    target: &Target,
    (plan, ledger): (&Plan, &Ledger),
    (mut blast, budget): (Blast, Duration),
) -> Result<Blast, Error> {
    let session = &target.session;
    spread(target, &mut blast.losses).await?;
    let locked = blast.locks.iter().map(|lock| &lock.relation);
    let mut relations: Vec<&Relation> =
        locked.chain(blast.losses.iter().map(|loss| &loss.relation)).collect();
    relations.sort();
    relations.dedup();
    let (facts, mut users) =
        tokio::try_join!(target::read_facts(session, &relations), target::read_users(session, &relations))?;
    users.retain(|user| {
        let mut locks = blast.locks.iter().filter(|lock| lock.relation == user.relation);
        locks.any(|lock| lock.mode.conflicts(user.mode))
    });
    blast.users = users;
    let size = |relation: &Relation| facts.get(relation).map(|fact| fact.bytes);
    for lock in &mut blast.locks {
        lock.bytes = size(&lock.relation);
    }
    for cost in &mut blast.costs {
        cost.bytes = size(&cost.relation);
    }
    for loss in &mut blast.losses {
        loss.step = plan.steps.iter().position(|step| step.label() == loss.migration).unwrap_or_default();
    }
    let applied: Vec<Option<Timestamp>> =
        plan.steps.iter().map(|step| ledger.applied_at(&step.module, &step.schema, step.version)).collect();
    let counting = Counting { facts: &facts, budget, applied: &applied };
    target::count(session, &mut blast.losses, &counting).await?;
    Ok(blast)
}

/// Adds the tables whose rows go with deleted rows that they refer to.
async fn spread(target: &Target, losses: &mut Vec<Loss>) -> Result<(), Error> {
    let deleted: Vec<Loss> = losses.iter().filter(|loss| loss.lost == Lost::SomeRows).cloned().collect();
    for loss in deleted {
        for relation in target::read_cascades(&target.session, &[&loss.relation]).await? {
            let known = losses.iter().any(|other| {
                other.relation == relation && matches!(other.lost, Lost::Table | Lost::Rows | Lost::SomeRows)
            });
            if !known {
                losses.push(Loss { relation, with: String::new(), ..loss.clone() });
            }
        }
    }
    Ok(())
}

/// Refuses what costs more than `[policy]` allows and nobody has accepted.
pub(super) async fn afford(
    target: &Target,
    (blast, policy): (&Blast, &Policy),
    (ledger, author): (&Ledger, &Author),
) -> Result<(), Error> {
    let mut findings = policy.over(&blast.costs);
    if let Some(reason) = blast.unknown.as_ref().filter(|_| !policy.is_empty()) {
        findings.push(Finding::CostUnknown { reason: reason.clone() });
    }
    if findings.is_empty() {
        return Ok(());
    }
    Err(refuse(&target.session, ledger, (EventKind::Up, findings), author).await)
}

/// How the loss of data is consented to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Consent<'a> {
    /// What `--accept-data-loss` says: the database's name behind it, or nothing.
    pub(super) accepted: Option<&'a str>,
    /// What `--reason` says.
    pub(super) reason: Option<&'a str>,
    /// Whether `schema.toml` says that the target is protected; the database itself may say so too.
    pub(super) protected: bool,
    /// Whether what dies could be kept, and nobody has asked for that.
    pub(super) keepable: bool,
}

impl<'a> Consent<'a> {
    /// Takes what was typed.
    pub(super) fn new(args: &'a LossArgs, manifest: &Manifest) -> Self {
        Self {
            accepted: args.accept_data_loss.as_deref(),
            reason: args.reason.as_deref(),
            protected: manifest.database.protected,
            keepable: false,
        }
    }
}

/// Shows what dies and gets the consent, or makes the refusal.
pub(super) async fn consent(
    context: &mut Context<'_>,
    target: &Target,
    (blast, consent): (&Blast, &Consent<'_>),
) -> Result<(), Error> {
    let shown = report::blast::human(blast, context.terminal.style());
    if blast.verdict() == Verdict::Harmless {
        if let Some((message, hint)) = misnamed(consent.accepted, target.options.database()) {
            return Err(Error::Unconfirmed { message, hint });
        }
        if !shown.is_empty() {
            context.terminal.note(shown.trim_end());
        }
        return Ok(());
    }
    let protected = consent.protected || target::is_protected(&target.session).await?;
    let lost = report::blast::human(blast, Style::PLAIN);
    let why = match (blast.verdict(), &blast.kept_in) {
        (Verdict::Unknown, _) => "it is not known whether data would be lost".to_owned(),
        (_, Some(place)) => format!("data would go, and be kept in {place}"),
        (_, None) => "data would be lost".to_owned(),
    };
    let keepable = blast.verdict() != Verdict::Unknown && blast.kept_in.is_none();
    agree(context, target, (&Consent { protected, keepable, ..*consent }, &why, &lost))
}

/// Gets the consent to losing what `lost` says, or makes the refusal, for which `why` stands.
///
/// On a terminal the database's name is typed; elsewhere `--accept-data-loss` answers. A protected target needs both, the
/// name behind the flag where there is nobody to type it, and a reason.
pub(super) fn agree(
    context: &mut Context<'_>,
    target: &Target,
    (consent, why, lost): (&Consent<'_>, &str, &str),
) -> Result<(), Error> {
    let database = target.options.database();
    let flag = if consent.protected {
        format!("--accept-data-loss={database}")
    } else {
        "--accept-data-loss".to_owned()
    };
    let unexplained = consent.protected && consent.reason.is_none();
    let refuse = |message: &str, hint: String| {
        Err(Error::DataLoss { lost: lost.to_owned(), message: message.to_owned(), hint })
    };
    let keep = "; with `--rescue` beside it what dies is kept, and `crmdb rescue restore` puts it back";
    let accept = format!("accept the loss with `{flag}`{}", if consent.keepable { keep } else { "" });
    if let Some((message, hint)) = misnamed(consent.accepted, database).filter(|_| !unexplained) {
        return refuse(&message, hint);
    }
    match consent.accepted {
        _ if unexplained => {
            let message = format!("{why}, the target is protected, and no reason is given");
            let say = "say why with `--reason TEXT`, which goes to the event log";
            let beside = format!("{say}, beside `{flag}`");
            refuse(&message, if consent.accepted == Some(database) { say.to_owned() } else { beside })
        }
        None if consent.protected => refuse(&format!("{why}, and the target is protected"), accept),
        Some("") if consent.protected => typed(context, database, (why, lost, accept)),
        None => typed(context, database, (why, lost, accept)),
        Some(_) => {
            context.terminal.note(lost.trim_end());
            Ok(())
        }
    }
}

/// Returns what is said to who names another database behind `--accept-data-loss`, and what to write.
fn misnamed(accepted: Option<&str>, database: &str) -> Option<(String, String)> {
    let name = accepted.filter(|name| !name.is_empty() && *name != database)?;
    Some((
        format!("`--accept-data-loss` names `{name}`, and the database is `{database}`"),
        format!("write `--accept-data-loss={database}` if that is the one"),
    ))
}

fn typed(
    context: &mut Context<'_>,
    database: &str,
    (why, lost, hint): (&str, &str, String),
) -> Result<(), Error> {
    if !context.terminal.is_attended() {
        return Err(Error::DataLoss { lost: lost.to_owned(), message: why.to_owned(), hint });
    }
    context.terminal.note(lost.trim_end());
    match context.terminal.ask(&format!("{why}; type the name of the database to go on")) {
        Some(answer) if answer.trim() == database => Ok(()),
        _ => Err(Error::Unconfirmed { message: format!("that is not its name, `{database}`"), hint }),
    }
}
