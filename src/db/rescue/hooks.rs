//! The SQL that keeps what a step destroys: before its statements, between them, and behind them.

use std::collections::BTreeMap;

use super::{Order, Place};
use crate::db::record::{Author, TOOL_VERSION};
use crate::model::Step;
use crate::model::rescue::{Column, Keep, Kept, Way};
use crate::sql::quote;
use crate::vault::About;

const ENTER: &str = include_str!("../queries/rescue/enter.sql");
const LEAVE: &str = include_str!("../queries/rescue/leave.sql");
const OPEN: &str = include_str!("../queries/rescue/open.sql");
const CLOSE_TO_OTHERS: &str = include_str!("../queries/rescue/close_to_others.sql");
const MOVE: &str = include_str!("../queries/rescue/move.sql");
const CAPTURE: &str = include_str!("../queries/rescue/capture.sql");
const END_CAPTURE: &str = include_str!("../queries/rescue/end_capture.sql");
const ENTER_RESCUE: &str = include_str!("../queries/rescue/enter_rescue.sql");
const ENTER_ITEM: &str = include_str!("../queries/rescue/enter_item.sql");
const SEAL: &str =
    concat!(include_str!("../queries/rescue/seal.sql"), include_str!("../queries/rescue/sealed.sql"));
const SEAL_FOLDER: &str =
    concat!(include_str!("../queries/rescue/seal_folder.sql"), include_str!("../queries/rescue/sealed.sql"));

/// SQL of crmdb's own, and the keep that it is for: its index among those of the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::db) struct Act {
    pub(in crate::db) keep: Option<usize>,
    pub(in crate::db) sql: String,
    pub(in crate::db) deed: Deed,
}

/// What is done with the SQL of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::db) enum Deed {
    /// It is run.
    Run,
    /// It is a `COPY … TO STDOUT`, whose rows go to a file.
    Out(Box<Out>),
    /// It is run after the setting `crmdb.written` was told what was written to files, which is on the disk then.
    Seal,
}

/// A file that rows go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::db) struct Out {
    /// The number of the keep within the rescue.
    pub(in crate::db) ordinal: usize,
    /// A name for it, for people.
    pub(in crate::db) place: String,
    pub(in crate::db) about: About,
}

impl Act {
    pub(super) fn run(keep: Option<usize>, sql: String) -> Self {
        Self { keep, sql, deed: Deed::Run }
    }
}

/// What runs around the statements of a step. Each list begins with taking crmdb's own role and settings, and ends with
/// giving back those that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::db) struct Hooks {
    /// Before everything else of the step.
    pub(in crate::db) open: Vec<Act>,
    /// Before the statement of this number, from 0.
    pub(in crate::db) before: BTreeMap<usize, Vec<Act>>,
    /// Behind the last statement.
    pub(in crate::db) close: Vec<Act>,
}

/// Whether tables hold rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::db) enum Rows {
    /// None does: the SQL is tried on a shadow.
    None,
    /// They may; an empty one is not worth a move.
    Some,
}

/// Returns the SQL that keeps `placed`, the keeps of one step with the names of the tables that hold them.
pub(in crate::db) fn hooks((schema, rows): (&str, Rows), placed: &[(String, &Keep)]) -> Hooks {
    let mut hooks = Hooks::default();
    hooks.open.push(opened(schema));
    for (index, (place, keep)) in placed.iter().enumerate() {
        let one = One { schema, place, keep, index, rows };
        match keep.way {
            Way::Move(before) => hooks.before.entry(before).or_default().extend(one.moved()),
            Way::Copy => hooks.open.extend(one.copied()),
            Way::Capture => {
                hooks.open.extend(one.captured());
                hooks.close.push(one.end_of_capture());
            }
        }
    }
    hooks.enclose();
    hooks
}

pub(super) fn opened(schema: &str) -> Act {
    block(&OPEN.replace("{schema}", &identifier(schema)).replace("{schema_literal}", &literal(schema)), None)
}

impl Hooks {
    pub(super) fn enclose(&mut self) {
        for acts in self.before.values_mut().chain([&mut self.open, &mut self.close]) {
            acts.insert(0, Act::run(None, ENTER.trim_end().to_owned()));
            acts.push(Act::run(None, LEAVE.trim_end().to_owned()));
        }
    }

    /// Adds what the ledger says: `first` and `last` are the indexes of the step's keeps in the whole order.
    pub(super) fn enter(
        &mut self,
        order: &Order,
        (first, last): (usize, usize),
        (step, author): (&Step, &Author),
    ) {
        let optional = |text: Option<&String>| text.map_or_else(|| "NULL".to_owned(), |text| literal(text));
        let schema = order.schema();
        let (seal, place, folder, host) = match &order.place {
            Place::Schema => (SEAL.replace("{of}", "of"), schema.clone(), None, None),
            Place::Folder(home) => {
                let folder = home.folder(order.id).display().to_string();
                let seal = SEAL_FOLDER.replace("{of}", "in");
                (seal, home.name(order.id), Some(folder), Some(home.host.clone()))
            }
        };
        let rescue = ENTER_RESCUE
            .replace("{id}", &order.id.to_string())
            .replace("{place}", &literal(&place))
            .replace("{folder}", &optional(folder.as_ref()))
            .replace("{host}", &optional(host.as_ref()))
            .replace("{direction}", &literal(step.direction.as_str()))
            .replace("{client}", &literal(&author.client))
            .replace("{tool_version}", &literal(TOOL_VERSION))
            .replace("{reason}", &optional(order.reason.as_ref()))
            .replace("{hours}", &order.lifetime.hours.to_string());
        let mut entries = vec![Act::run(None, rescue)];
        let places = super::places(&order.keeps);
        for (index, (place, keep)) in places.iter().enumerate().take(last + 1).skip(first) {
            let rows = order.rows.get(index).copied().unwrap_or(-1);
            let sql = ENTER_ITEM
                .replace("{id}", &order.id.to_string())
                .replace("{ordinal}", &index.to_string())
                .replace("{migration}", &literal(&keep.migration))
                .replace("{place}", &literal(place))
                .replace("{way}", &literal(keep.way.as_str()))
                .replace("{rows}", &rows.to_string())
                .replace("{home}", &literal(&qualified(&keep.at.schema, &keep.at.name)))
                .replace("{sequences}", &reached(keep))
                .replace("{keep}", &literal(&serde_json::to_string(keep).unwrap_or_default()));
            entries.push(Act::run(Some(index - first), sql));
        }
        // Behind taking crmdb's role, and before anything is moved or copied.
        self.open.splice(1..1, entries);
        let sealed = seal
            .replace("{id}", &order.id.to_string())
            .replace("{first}", &first.to_string())
            .replace("{last}", &last.to_string())
            .replace("{place}", &literal(&place))
            .replace("{schema}", &identifier(&schema))
            .replace("{module}", &literal(&step.module))
            .replace("{of_schema}", &literal(&step.schema))
            .replace("{version}", &step.version.0.to_string())
            .replace("{file}", &literal(&step.file))
            .replace("{client}", &literal(&author.client))
            .replace("{tool_version}", &literal(TOOL_VERSION));
        let end = self.close.len() - 1;
        let deed = if matches!(order.place, Place::Schema) { Deed::Run } else { Deed::Seal };
        self.close.insert(end, Act { deed, ..block(&sealed, None) });
    }
}

/// Returns the state of the sequences as elements of a JSON array; of a keep without them none.
fn reached(keep: &Keep) -> String {
    if !matches!(keep.kept, Kept::Table | Kept::Rows) {
        return String::new();
    }
    let each = keep.shape.sequences.iter().map(|sequence| {
        format!(
            "(SELECT pg_catalog.jsonb_build_object('column', {}, 'last_value', s.last_value, 'is_called', s.is_called) FROM {} AS s)",
            literal(&sequence.column),
            qualified(&sequence.name.schema, &sequence.name.name)
        )
    });
    each.collect::<Vec<_>>().join(", ")
}

/// One keep of a step.
pub(super) struct One<'a> {
    pub(super) schema: &'a str,
    pub(super) place: &'a str,
    pub(super) keep: &'a Keep,
    pub(super) index: usize,
    pub(super) rows: Rows,
}

impl One<'_> {
    fn table(&self) -> String {
        qualified(&self.keep.at.schema, &self.keep.at.name)
    }

    pub(super) fn held(&self) -> String {
        qualified(self.schema, self.place)
    }

    pub(super) fn act(&self, sql: String) -> Act {
        Act::run(Some(self.index), sql)
    }

    fn moved(&self) -> Vec<Act> {
        let columns = self.keep.shape.columns.len();
        let body = MOVE
            .replace("{table_literal}", &literal(&self.table()))
            .replace("{table}", &self.table())
            .replace("{columns}", &columns.to_string())
            .replace("{spares_empty}", if self.rows == Rows::Some { "true" } else { "false" })
            .replace("{schema}", &identifier(self.schema))
            .replace("{home}", &identifier(&self.keep.at.schema))
            .replace("{place}", &identifier(self.place));
        // An empty table is not moved, and then there is nothing to close.
        vec![block(&body, Some(self.index)), self.closed()]
    }

    /// Returns the query for what is copied.
    pub(super) fn selected(&self) -> String {
        let table = self.table();
        let columns: Vec<String> = self.keep.columns().into_iter().map(as_kept).collect();
        let filter = match &self.keep.kept {
            Kept::Column { column, value: None } => {
                format!(" WHERE (t.{} IS DISTINCT FROM NULL)", identifier(column))
            }
            Kept::Column { column, value: Some((value, false)) } => {
                format!(" WHERE t.{}::text = {}", identifier(column), literal(value))
            }
            Kept::Column { column, value: Some((value, true)) } => {
                format!(" WHERE {} = ANY (t.{}::text[])", literal(value), identifier(column))
            }
            _ => String::new(),
        };
        format!("SELECT {} FROM ONLY {table} AS t{filter}", columns.join(", "))
    }

    pub(super) fn locked(&self) -> Act {
        self.act(format!("LOCK TABLE ONLY {} IN SHARE ROW EXCLUSIVE MODE", self.table()))
    }

    fn copied(&self) -> Vec<Act> {
        let copy = format!("CREATE TABLE {} AS {}", self.held(), self.selected());
        vec![self.locked(), self.act(copy), self.closed()]
    }

    pub(super) fn captured(&self) -> Vec<Act> {
        let columns = self.keep.columns();
        let copied: Vec<String> = columns.iter().map(|column| as_kept(column)).collect();
        let names: Vec<String> = columns.iter().map(|column| identifier(&column.name)).collect();
        let held = self.held();
        let body = format!(
            "BEGIN INSERT INTO {held} ({}, crmdb_op) SELECT {}, pg_catalog.lower(pg_catalog.left(TG_OP, 1))::\"char\" FROM gone AS t; RETURN NULL; END",
            names.join(", "),
            copied.join(", ")
        );
        let sql = CAPTURE
            .replace("{place}", &held)
            .replace("{copied}", &copied.join(", "))
            .replace("{table}", &self.table())
            .replace("{body}", &literal(&body));
        vec![self.act(sql), self.closed()]
    }

    pub(super) fn end_of_capture(&self) -> Act {
        let body = END_CAPTURE
            .replace("{schema_literal}", &literal(self.schema))
            .replace("{name_literal}", &literal(self.place))
            .replace("{place}", &self.held());
        block(&body, Some(self.index))
    }

    fn closed(&self) -> Act {
        block(&CLOSE_TO_OTHERS.replace("{table_literal}", &literal(&self.held())), Some(self.index))
    }
}

/// Returns the expression for a column of `t` as it is kept: what is not of PostgreSQL's own types as text, by the
/// type's output function, which a cast to text need not be.
fn as_kept(column: &Column) -> String {
    let name = identifier(&column.name);
    if column.own {
        return format!("t.{name}");
    }
    format!("CASE WHEN t.{name} IS DISTINCT FROM NULL THEN pg_catalog.format('%s', t.{name}) END AS {name}")
}

fn block(body: &str, keep: Option<usize>) -> Act {
    Act::run(keep, format!("DO {}", literal(body)))
}

/// Names come from a catalog.
pub(super) fn identifier(name: &str) -> String {
    quote::identifier(name).expect("a name from a catalog can be written")
}

pub(super) fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", identifier(schema), identifier(name))
}

pub(super) fn literal(text: &str) -> String {
    quote::literal(text).expect("no text from a catalog, a file or a flag has a NUL")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rehearsal::Relation;
    use crate::model::rescue::Shape;

    #[test]
    fn what_is_not_of_postgresqls_own_types_is_kept_as_text() {
        let column = |own| Column {
            name: "Mood".to_owned(),
            number: 1,
            type_name: "s.mood".to_owned(),
            own,
            generated: false,
        };
        assert_eq!(as_kept(&column(true)), "t.\"Mood\"");
        assert!(as_kept(&column(false)).starts_with("CASE WHEN t.\"Mood\" IS DISTINCT FROM NULL"));
    }

    #[test]
    fn a_move_stands_before_its_statement_between_entering_and_leaving() {
        let name = Relation { schema: "s".to_owned(), name: "a'b".to_owned() };
        let keep = Keep {
            migration: "V1__a.sql".to_owned(),
            schema: "s".to_owned(),
            relation: name.clone(),
            at: name,
            kept: Kept::Table,
            way: Way::Move(3),
            why: None,
            shape: Shape::default(),
        };
        let hooks = hooks(("crmdb_rescue_1", Rows::Some), &[("a'b".to_owned(), &keep)]);
        let before: Vec<Option<usize>> = hooks.before[&3].iter().map(|act| act.keep).collect();
        assert_eq!(before, [None, Some(0), Some(0), None]);
        assert!(hooks.before[&3][1].sql.contains("SET SCHEMA crmdb_rescue_1"), "{hooks:?}");
    }
}
