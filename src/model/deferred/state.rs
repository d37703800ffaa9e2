//! What state a deferred key is in, and what is to be done about it.

use std::fmt;

use super::seen::definition;
use super::{Constraint, Key, Progress, Recorded, Seen};

/// The state of a deferred key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Something that it needs is not there; at least one lack.
    Waiting(Vec<Lack>),
    /// All is there and the key is to be added.
    Due,
    /// It checks what is written, and rows from before violate it: so many when they were counted, `None` before that.
    NotValid(Option<i64>),
    /// Rows violate it, and the server can't add it without checking them: so many when they were counted.
    Blocked(i64),
    /// It holds for every row.
    Valid,
    /// It was there and somebody dropped it.
    Missing,
    /// There is something else in its place: the server's text of it.
    Different(String),
}

/// Something that a key needs and that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The referencing table.
    Source(String),
    /// Columns of the referencing table.
    SourceColumns(String),
    /// The referenced table.
    Target(String),
    /// Columns of the referenced table.
    TargetColumns(String),
    /// The primary key or unique constraint of the referenced columns.
    Unique(String),
}

impl Lack {
    /// Tells whether a migration of the referencing table's module has to bring it.
    pub fn is_of_source(&self) -> bool {
        matches!(self, Self::Source(_) | Self::SourceColumns(_))
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(name) | Self::Target(name) => write!(f, "table {name}"),
            Self::SourceColumns(names) | Self::TargetColumns(names) => write!(f, "column {names}"),
            Self::Unique(columns) => write!(f, "a unique key {columns}"),
        }
    }
}

impl State {
    /// The word for it, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Waiting(_) => "waiting",
            Self::Due => "due",
            Self::NotValid(_) => "not-valid",
            Self::Blocked(_) => "blocked",
            Self::Valid => "valid",
            Self::Missing => "missing",
            Self::Different(_) => "different",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = |count: &i64| if *count == 1 { "1 orphan".to_owned() } else { format!("{count} orphans") };
        match self {
            Self::Waiting(lacks) => {
                let lacks: Vec<_> = lacks.iter().map(ToString::to_string).collect();
                write!(f, "waiting for {}", lacks.join(" and "))
            }
            Self::Due => f.write_str("to be added"),
            Self::NotValid(Some(count)) => write!(f, "not valid ({})", rows(count)),
            Self::NotValid(None) => f.write_str("not valid, to be validated"),
            Self::Blocked(count) => write!(f, "not added ({})", rows(count)),
            Self::Valid => f.write_str("valid"),
            Self::Missing => f.write_str("missing: it was added and dropped by hand"),
            Self::Different(found) => write!(f, "different: {found}"),
        }
    }
}

/// What is known of one key.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// What is declared.
    pub key: &'a Key,
    /// What the catalog holds.
    pub seen: &'a Seen,
    /// What the ledger says.
    pub recorded: Option<&'a Recorded>,
}

/// What a run wants of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// Go on with what is due; what was found wrong stays as it is.
    GoOn,
    /// Try again what was found wrong too.
    TryAgain,
}

/// What is to be done about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Add it, and validate it where that is apart.
    Add(Manner),
    /// Validate the constraint of this name.
    Validate(String),
    /// Record the constraint of this name, which is there and valid.
    Adopt(String),
    /// Record that it is waiting again: its table went.
    Forget,
}

/// How a key is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Without a look at the rows that are there.
    NotValid,
    /// With a check of all rows under the same lock: before version 18 PostgreSQL knows no other way for a partitioned
    /// referencing table (manual, ALTER TABLE, ADD table_constraint NOT VALID).
    Whole,
}

impl<'a> Situation<'a> {
    /// Decides the state.
    pub fn state(&self) -> State {
        if let Some(constraint) = self.constraint() {
            return match (constraint.valid, self.record()) {
                (true, _) => State::Valid,
                (false, Some(recorded)) => State::NotValid(recorded.progress.orphans()),
                (false, None) => State::NotValid(None),
            };
        }
        if let Some(found) = self.in_the_way() {
            return State::Different(format!("`{}` is {}", found.name, found.definition));
        }
        let lacks = self.lacks();
        if !lacks.is_empty() {
            return State::Waiting(lacks);
        }
        match self.record().map(|recorded| recorded.progress) {
            Some(Progress::Orphaned(count)) if self.manner() == Manner::Whole => State::Blocked(count),
            Some(_) => State::Missing,
            None => State::Due,
        }
    }

    /// Decides what a run does.
    pub fn action(&self, aim: Aim) -> Option<Action> {
        match (self.state(), aim) {
            (State::Waiting(_), _) => self.recorded.map(|_| Action::Forget),
            (State::Due, _) | (State::Blocked(_) | State::Missing, Aim::TryAgain) => {
                Some(Action::Add(self.manner()))
            }
            (State::NotValid(None), _) | (State::NotValid(Some(_)), Aim::TryAgain) => {
                self.constraint().map(|constraint| Action::Validate(constraint.name.clone()))
            }
            (State::Valid, _) => {
                let name = &self.constraint()?.name;
                let known = self
                    .record()
                    .is_some_and(|row| row.progress == Progress::Valid && row.constraint == *name);
                (!known).then(|| Action::Adopt(name.clone()))
            }
            (State::NotValid(Some(_)) | State::Blocked(_) | State::Missing, Aim::GoOn)
            | (State::Different(_), _) => None,
        }
    }

    /// Returns how the key is added.
    pub fn manner(&self) -> Manner {
        let partitioned = self.seen.source.is_some_and(|table| table.partitioned);
        if partitioned && self.seen.server_version < 180_000 { Manner::Whole } else { Manner::NotValid }
    }

    /// Returns the constraint that is what the key declares. A name that was not declared may be another one: a
    /// constraint made by hand does the same work, and a second one would check every row twice.
    pub fn constraint(&self) -> Option<&'a Constraint> {
        let named = |constraint: &&Constraint| constraint.name == self.key.name;
        let same = || self.seen.constraints.iter().filter(|one| one.is(self.key, self.seen));
        same().find(named).or_else(|| same().next().filter(|_| self.key.declared.name.is_none()))
    }

    /// Returns the constraint that has the key's name, or its definition under another name than the declared one.
    fn in_the_way(&self) -> Option<&'a Constraint> {
        let constraints = &self.seen.constraints;
        let named = constraints.iter().find(|one| one.name == self.key.name);
        named.or_else(|| constraints.iter().find(|one| one.is(self.key, self.seen)))
    }

    /// Returns what the ledger says, where it speaks of these tables and this definition.
    fn record(&self) -> Option<&'a Recorded> {
        let tables = (self.seen.source?.oid, self.seen.target?.oid);
        let definition = definition(self.key, self.seen);
        self.recorded.filter(|row| row.tables == tables && row.definition == definition)
    }

    fn lacks(&self) -> Vec<Lack> {
        let (key, seen) = (self.key, self.seen);
        let (table, target) = (key.table_sql(), key.target_sql());
        let mut lacks = Vec::new();
        match seen.source {
            None => lacks.push(Lack::Source(table)),
            Some(_) if !seen.missing_columns.is_empty() => {
                lacks.push(Lack::SourceColumns(columns(&table, &seen.missing_columns)));
            }
            Some(_) => {}
        }
        match seen.target {
            None => lacks.push(Lack::Target(target)),
            Some(_) if !seen.missing_target_columns.is_empty() => {
                lacks.push(Lack::TargetColumns(columns(&target, &seen.missing_target_columns)));
            }
            Some(_) if !seen.unique => {
                let wanted = &seen.target_columns;
                let on = if wanted.is_empty() {
                    format!("{target} (primary key)")
                } else {
                    columns(&target, wanted)
                };
                lacks.push(Lack::Unique(on));
            }
            Some(_) => {}
        }
        lacks
    }
}

fn columns(table: &str, names: &[String]) -> String {
    match names {
        [only] => format!("{table}.{only}"),
        several => format!("{table} ({})", several.join(", ")),
    }
}

#[cfg(test)]
mod tests;
