//! Writes the statements that turn one catalog into another, in an order that works. Pure.
//!
//! Every object that differs has a fate; every fate is one or two steps (drop, make); parts are folded into the step
//! of what they are a part of; one graph orders the steps; a cycle is broken by giving a part its own statement.

mod away;
mod branch;
mod carry;
mod circle;
mod column;
mod cycle_clause;
mod dress;
mod fate;
mod files;
mod foreign_key;
mod graph;
mod held;
mod index;
mod inplace;
mod names;
mod not_null;
mod online;
mod options;
mod order;
mod place;
mod plan;
mod rested;
mod retype;
mod sequence;
mod small;
mod statement;
mod subscription;
mod table;
mod tree;
mod types;
mod unwritten;
mod view;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use thiserror::Error;

pub use files::{File, files};
pub use statement::{Hazard, Statement, Transactional, script};

use super::diff::{Changes, Rename};
use super::id::{Id, Kind};
use super::major;
use super::model::Object;
use crate::sql::quote::held::printed;
use fate::Fate;
use graph::Graph;
use names::Names;
use plan::{Plan, Step, Verb};

/// Why no statements are written.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// A database holds something that crmdb does not know how to compare.
    #[error("crmdb does not know how to compare {}", list(.0))]
    Unknown(Vec<String>),
    /// The server that the statements are for has no such things.
    #[error("PostgreSQL {major} does not have {}", list_of(.lacking))]
    Lacks {
        /// The major version.
        major: u32,
        /// What it lacks, and the object that has it.
        lacking: Vec<(&'static str, String)>,
    },
    /// No statement makes what differs; each object with the reason.
    #[error("{}", reasons(.0))]
    Unwritten(Vec<(String, String)>),
    /// Objects need each other in a way that no order of statements satisfies.
    #[error("{} need each other in a way that no order of statements satisfies", list(.0))]
    Cycle(Vec<String>),
}

impl Refusal {
    /// Returns what to do about it, for commands that can leave objects out and those that can't.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unknown(_) => {
                "remove it, or leave it out with `--exclude` (of `crmdb diff` and `crmdb schema pull`)"
            }
            Self::Lacks { .. } => {
                "upgrade the server first, or leave them out with `--exclude` (of `crmdb diff`)"
            }
            Self::Unwritten(_) => {
                "change it by hand, or leave it out with `--exclude` (of `crmdb diff` and `crmdb schema pull`)"
            }
            Self::Cycle(_) => "change them in two steps",
        }
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn reasons(unwritten: &[(String, String)]) -> String {
    let each = unwritten.iter().map(|(object, why)| format!("`{object}` can't be written: {why}"));
    each.collect::<Vec<_>>().join("; ")
}

fn list_of(lacking: &[(&'static str, String)]) -> String {
    let each = lacking.iter().map(|(feature, object)| format!("{feature} (`{object}`)"));
    each.collect::<Vec<_>>().join(", ")
}

/// Returns the statements that turn `changes.from` into `changes.to`, in the order they must run.
///
/// # Errors
///
/// When either side holds an object of an unknown kind, or when no order works.
pub fn statements(changes: &Changes<'_>) -> Result<Vec<Statement>, Refusal> {
    let mut plan = planned(changes)?;
    let Ordered { steps, order, .. } = ordered(&mut plan, Bodies::Read)?;
    // What moves into a schema that comes moves once it is there; what watches the statements is asleep before any.
    let (entered, order): (Vec<Step>, Vec<Step>) = order.into_iter().partition(|step| {
        let (verb, id) = step;
        let enters = |rename: &Rename| rename.to.schema() == id.name() && rename.from.schema() != id.name();
        let home = *verb == Verb::Make && id.kind() == Kind::Schema && plan.fates.comes(id);
        falls_asleep(&plan, step) || home && changes.renamed.iter().any(enters)
    });
    let mut out: Vec<Statement> =
        entered.iter().flat_map(|step| write::step(&plan, step, &steps[step])).collect();
    out.extend(changes.renamed.iter().flat_map(|rename| small::rename(changes, rename)));
    if order.iter().any(|(verb, id)| *verb == Verb::Make && checks_body(changes, id)) {
        let first = order.iter().find(|(_, id)| checks_body(changes, id));
        out.extend(first.map(|(_, id)| Statement::new(id, "SET check_function_bodies = off")));
    }
    for step in &order {
        out.extend(write::step(&plan, step, &steps[step]));
    }
    let mut out: Vec<Statement> = out.into_iter().map(|statement| held::held(&plan, statement)).collect();
    boundary(changes, &plan, &mut out);
    Ok(out)
}

/// Decides what happens to each object.
fn planned<'a>(changes: &'a Changes<'a>) -> Result<Plan<'a>, Refusal> {
    let unknown: BTreeSet<&String> = changes.from.unknown.iter().chain(&changes.to.unknown).collect();
    if !unknown.is_empty() {
        return Err(Refusal::Unknown(unknown.into_iter().cloned().collect()));
    }
    let major = changes.from.version;
    let coming = changes.created.iter().chain(changes.altered.keys());
    let lacking = coming.filter_map(|id| {
        Some((major::lacking(id.kind(), changes.to.objects.get(id)?, major)?, id.to_string()))
    });
    let lacking: Vec<_> = lacking.collect();
    if !lacking.is_empty() {
        return Err(Refusal::Lacks { major, lacking });
    }
    let plan = Plan::new(changes, &BTreeSet::new());
    let unwritten = plan.fates.iter();
    let unwritten =
        unwritten.filter_map(|(id, fate)| Some((id.to_string(), unwritten::why(changes, id, fate)?)));
    let unwritten: Vec<_> = unwritten.collect();
    if !unwritten.is_empty() {
        return Err(Refusal::Unwritten(unwritten));
    }
    Ok(plan)
}

/// Returns whether PostgreSQL would look for what the object's body names before it is there.
fn checks_body(changes: &Changes<'_>, id: &Id) -> bool {
    let object = changes.to.objects.get(id).map(|entry| &entry.object);
    matches!(object, Some(Object::Function(function)) if small::has_text(function))
}

/// The steps in an order that works.
struct Ordered {
    /// For each step the objects whose statements it writes.
    steps: BTreeMap<Step, Vec<Id>>,
    order: Vec<Step>,
    graph: Graph<Step>,
}

/// Whether routines come after what their bodies name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bodies {
    Read,
    Unread,
}

fn ordered(plan: &mut Plan<'_>, bodies: Bodies) -> Result<Ordered, Refusal> {
    let mut with_bodies = bodies == Bodies::Read;
    let mut anew = BTreeSet::new();
    loop {
        let steps = plan.decide_steps();
        let mut graph = plan.graph(&steps);
        if with_bodies {
            wait_for_bodies(plan, &mut graph);
        }
        match graph.sorted(|step| rank(plan, step)) {
            Ok(order) => return Ok(Ordered { steps, order, graph }),
            Err(cycles) => {
                let parts = |keys: Parts| -> BTreeSet<Step> {
                    cycles.iter().flat_map(|cycle| parts_of(plan, &steps, cycle, keys)).collect()
                };
                let (keys, all) = (parts(Parts::ForeignKeys), parts(Parts::All));
                if !keys.is_empty() {
                    plan.split.extend(keys);
                } else if !all.is_empty() {
                    plan.split.extend(all);
                } else if with_bodies {
                    with_bodies = false;
                } else if let Some(altered) =
                    altered_in(plan, &cycles).filter(|found| !anew.is_superset(found))
                {
                    anew.extend(altered);
                    *plan = Plan::new(plan.changes, &anew);
                } else if let Some((view, circle)) = circle::view_in(plan, &cycles) {
                    plan.circles.insert(view, circle);
                } else if let columns = parts(Parts::Columns)
                    && !columns.is_empty()
                {
                    plan.split.extend(columns);
                } else {
                    let names = cycles.iter().flatten().map(|(_, id)| id.to_string());
                    return Err(Refusal::Cycle(names.collect::<BTreeSet<_>>().into_iter().collect()));
                }
            }
        }
    }
}

/// Returns what the cycles alter in place and what holds no data: dropped early and made late it needs nothing meanwhile.
fn altered_in(plan: &Plan<'_>, cycles: &[Vec<Step>]) -> Option<BTreeSet<Id>> {
    let kinds = [
        Kind::View,
        Kind::Policy,
        Kind::Trigger,
        Kind::Rule,
        Kind::Default,
        Kind::Ownership,
        Kind::Function,
        Kind::Procedure,
        Kind::TextSearchConfiguration,
    ];
    let altered = |id: &&Id| kinds.contains(&id.kind()) && plan.fates.of(id) == Some(Fate::Alter);
    let found: BTreeSet<Id> = cycles.iter().flatten().map(|(_, id)| id).filter(altered).cloned().collect();
    (!found.is_empty()).then_some(found)
}

/// Which parts may break a cycle.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    ForeignKeys,
    All,
    /// A table's columns, which then do not stand where they should.
    Columns,
}

/// Returns the folded parts that hold the cycle together, can have a statement of their own and have none.
fn parts_of(plan: &Plan<'_>, steps: &BTreeMap<Step, Vec<Id>>, cycle: &[Step], which: Parts) -> Vec<Step> {
    let mut parts = Vec::new();
    let within: HashSet<&Step> = cycle.iter().collect();
    for (verb, home) in cycle {
        let catalog = if *verb == Verb::Drop { plan.from() } else { plan.to() };
        for part in steps.get(&(*verb, home.clone())).into_iter().flatten().filter(|part| *part != home) {
            let holds = catalog.needs.get(part).into_iter().flatten().any(|need| {
                let other = if *verb == Verb::Drop { plan.drop_step(need) } else { plan.make_step(need) };
                other.is_some_and(|other| other.1 != *home && within.contains(other))
            });
            let step = (*verb, part.clone());
            let foreign_key = match &catalog.objects[part].object {
                Object::Constraint(constraint) if constraint.original.is_some() => continue,
                Object::Constraint(constraint) => constraint.form == "f",
                _ => false,
            };
            let apart = match verb {
                Verb::Make => parts_made_apart(part.kind()),
                Verb::Drop => parts_made_apart(part.kind()) || parts_dropped_apart(part.kind()),
                Verb::Away | Verb::Hollow | Verb::Save | Verb::Sketch | Verb::Build | Verb::Fill => false,
            };
            let wanted = match which {
                Parts::ForeignKeys => apart && foreign_key,
                Parts::All => apart,
                Parts::Columns => part.kind() == Kind::Column && matches!(verb, Verb::Make | Verb::Drop),
            };
            if holds && wanted && !plan.split.contains(&step) {
                parts.push(step);
            }
        }
    }
    parts
}

fn parts_made_apart(kind: Kind) -> bool {
    matches!(kind, Kind::Default | Kind::Constraint | Kind::DomainConstraint)
}

fn parts_dropped_apart(kind: Kind) -> bool {
    let on_table = matches!(kind, Kind::Trigger | Kind::Policy | Kind::Rule | Kind::Index);
    on_table || matches!(kind, Kind::Sequence | Kind::Inheritance)
}

/// What runs a routine may run its body: routines come after the relations and routines that their text names, where
/// that is possible.
fn wait_for_bodies(plan: &Plan<'_>, graph: &mut Graph<Step>) {
    let coming = || plan.fates.iter().filter(|(_, fate)| *fate != Fate::Drop).map(|(id, _)| id);
    let named = coming().filter(|id| id.kind().is_relation() || id.kind() == Kind::Function);
    let names = Names::of(named.filter_map(|id| Some((id.name(), plan.make_step(id)?))));
    for id in coming() {
        let Some(Object::Function(function)) = plan.to().objects.get(id).map(|entry| &entry.object) else {
            continue;
        };
        let own = (Verb::Make, id.clone());
        for step in function.text.iter().flat_map(|text| names.within(text)) {
            if !graph.waits(step, &own) {
                graph.wait(&own, step);
            }
        }
    }
}

/// Returns whether an event trigger no longer fires after the step.
fn falls_asleep(plan: &Plan<'_>, (verb, id): &Step) -> bool {
    let disabled = || match plan.to().objects.get(id).map(|entry| &entry.object) {
        Some(Object::Plain(plain)) => {
            plain.settings.values().any(|setting| setting.set.ends_with(" DISABLE"))
        }
        _ => false,
    };
    id.kind() == Kind::EventTrigger && (*verb == Verb::Drop || plan.fates.stays(id) && disabled())
}

/// What comes first among steps that wait for nothing: event triggers that would see the others; new enum values, which
/// need a commit of their own; then what goes; then what comes, in the order of kinds; event triggers that come, last.
fn rank(plan: &Plan<'_>, step: &Step) -> (u8, Kind, Id, i64) {
    let (verb, id) = step;
    let grows = *verb == Verb::Make && id.kind() == Kind::Enum && plan.fates.stays(id);
    let phase = match verb {
        _ if falls_asleep(plan, step) => 0,
        _ if grows => 1,
        // In the transaction in which its successor takes its place.
        Verb::Drop if id.kind() == Kind::Constraint && plan.is_succeeded(id) => 3,
        // What is made gets the privileges that are usual before the change.
        Verb::Drop if id.kind() == Kind::DefaultPrivileges => 3,
        Verb::Drop | Verb::Away | Verb::Hollow | Verb::Save => 2,
        Verb::Make if id.kind() == Kind::EventTrigger => 4,
        Verb::Sketch | Verb::Build | Verb::Make | Verb::Fill => 3,
    };
    match (id.kind(), plan.to().objects.get(id).map(|entry| &entry.object)) {
        _ if *verb == Verb::Build => (phase, Kind::Index, id.clone(), 0),
        (kind @ (Kind::Column | Kind::Attribute), Some(Object::Column(column))) => {
            (phase, kind, id.with(kind, ""), column.position)
        }
        (kind @ (Kind::Column | Kind::Attribute), _) => (phase, kind, id.with(kind, ""), 0),
        (kind, Some(Object::Constraint(constraint))) if constraint.form == "f" => {
            (phase, kind, id.with(kind, ""), counted(id.part()))
        }
        (kind, _) => (phase, kind, id.clone(), 0),
    }
}

/// Returns the number in a foreign key's name that PostgreSQL chose, and more for any other name. A foreign key onto a
/// partitioned table has one more on its own table for each partition there; those take the first such names that are free.
fn counted(name: &str) -> i64 {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &name[stem.len()..];
    let chosen = stem.ends_with("_fkey");
    number.parse().ok().or_else(|| number.is_empty().then_some(0)).filter(|_| chosen).unwrap_or(i64::MAX)
}

/// Marks the first statement that may use a value that an enum was given before it: PostgreSQL refuses the use of a new
/// value in the transaction that adds it.
fn boundary(changes: &Changes<'_>, plan: &Plan<'_>, statements: &mut [Statement]) {
    let mut added: Vec<String> = Vec::new();
    for (id, _) in plan.fates.iter().filter(|(id, fate)| id.kind() == Kind::Enum && *fate == Fate::Alter) {
        if let (Object::Enum(from), Object::Enum(to)) =
            (&changes.from.objects[id].object, &changes.to.objects[id].object)
        {
            let new = to.labels.iter().filter(|label| !from.labels.contains(label));
            added.extend(new.map(|label| printed(label)));
        }
    }
    let uses = |statement: &&mut Statement| {
        statement.object.kind() != Kind::Enum
            && added.iter().any(|label| statement.sql.contains(label.as_str()))
    };
    if let Some(first) = statements.iter_mut().find(uses) {
        first.transactional = Transactional::CommitBefore;
    }
}
