//! Tables: made with the parts that fit into one statement, altered in place. Pure.

use super::carry;
use super::column;
use super::index;
use super::not_null;
use super::options;
use super::plan::Plan;
use super::sequence;
use super::statement::{Hazard, Statement};
use super::tree::Tree;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Column, Constraint, Object, Sequence, Table};
use crate::sql::quote::held::identifier;

/// Returns `CREATE TABLE` with those of `members` that are folded into it, and what it cannot say.
pub(super) fn create(plan: &Plan<'_>, id: &Id, table: &Table, members: &[Id]) -> Vec<Statement> {
    let mut lines = Vec::new();
    for (column_id, column) in plan.to().columns(id) {
        if members.contains(column_id) {
            lines.extend(line(plan, (column_id, column), table, members));
        }
    }
    let constraints: Vec<(&Id, &Constraint)> = members
        .iter()
        .filter_map(|member| match &plan.to().objects[member].object {
            Object::Constraint(constraint) => Some((member, constraint)),
            _ => None,
        })
        .collect();
    for (member, constraint) in &constraints {
        lines.push(format!(
            "CONSTRAINT {} {}",
            identifier(member.part()),
            index::constraint_definition(constraint)
        ));
    }
    let mut out = vec![Statement::new(id, head(id, table, &lines) + &tail(plan, id, table, members))];
    for (column_id, column) in plan.to().columns(id) {
        let follows = column.inherited && table_has_parents(plan, id, members);
        if follows {
            out.extend(undefaulted(plan, column_id));
        }
        if follows && !column.local {
            out.extend(inherited(plan, column_id, column));
        } else if members.contains(column_id) {
            out.extend(column::settings(plan, column_id, None, column));
        }
    }
    for (member, constraint) in constraints {
        out.extend(index::constraint_marks(plan, member, None, constraint));
    }
    // The rows that are put back are no policy's business.
    let plain = Table { force_row_security: false, ..table.clone() };
    let grown = |tree: &Tree| tree.after.contains(id) && plan.tree(&tree.table).is_some();
    let filled = carry::is_carried(plan, id) || plan.trees.iter().any(grown);
    out.extend(marks(id, None, if filled { &plain } else { table }));
    out
}

/// Returns the statement that lets policies hold for the owner of a table that was just filled.
pub(super) fn forced(plan: &Plan<'_>, id: &Id) -> Vec<Statement> {
    match &plan.to().objects[id].object {
        Object::Table(table) if table.force_row_security && plan.fates.comes(id) => {
            vec![force(id, "FORCE")]
        }
        _ => Vec::new(),
    }
}

/// Returns the statement that tells whether policies hold for the table's owner: `FORCE` or `NO FORCE`.
pub(super) fn force(id: &Id, word: &str) -> Statement {
    Statement::new(id, format!("ALTER TABLE {} {word} ROW LEVEL SECURITY", id.address()))
}

/// Returns the column's line in `CREATE TABLE`; none when a parent or the table's type says it all.
fn line(plan: &Plan<'_>, (id, column): (&Id, &Column), table: &Table, members: &[Id]) -> Option<String> {
    let default_id = id.with(Kind::Default, id.part());
    let default = members.contains(&default_id).then(|| plan.to().objects.get(&default_id)).flatten();
    let default = default.and_then(|entry| match &entry.object {
        Object::Default(default) => Some(default.expression.as_str()),
        _ => None,
    });
    if table.of_type.is_some() {
        let constraints = column::constraints(plan, id, column, default);
        return (!constraints.is_empty())
            .then(|| format!("{} WITH OPTIONS{constraints}", identifier(id.part())));
    }
    let partition = plan.to().objects[id].on.as_ref().is_some_and(|on| is_partition(plan, on));
    let mut column = column::own_identity(plan, plan.to(), id, column);
    if column.inherited && !partition && plan.to().version < 16 && has_generating_parent(plan, id) {
        // The parent's generation is all that a child may have, and may not be said again.
        (column.generated, column.expression) = (None, None);
    }
    let born = column.inherited && !column.local && !partition;
    (!born).then(|| column::definition(plan, id, &column, default))
}

fn is_partition(plan: &Plan<'_>, id: &Id) -> bool {
    plan.to().parents(id).iter().any(|(_, link)| link.bound.is_some())
}

fn has_generating_parent(plan: &Plan<'_>, id: &Id) -> bool {
    let parents = plan.to().parents(plan.to().objects[id].on.as_ref().unwrap_or(id)).into_iter();
    parents.map(|(parent, _)| parent.with(Kind::Column, id.part())).any(|column| {
        matches!(plan.to().objects.get(&column).map(|entry| &entry.object),
            Some(Object::Column(column)) if column.generated.is_some())
    })
}

fn table_has_parents(plan: &Plan<'_>, id: &Id, members: &[Id]) -> bool {
    let parents = plan.to().parents(id);
    parents.iter().any(|(_, link)| members.contains(&id.with(Kind::Inheritance, link.parent.qualified())))
}

/// Returns what takes a parent's default from a new table's column that has none.
fn undefaulted(plan: &Plan<'_>, id: &Id) -> Option<Statement> {
    let has_default = |column: &Id| plan.to().objects.contains_key(&column.with(Kind::Default, id.part()));
    let parents = plan.to().parents(plan.to().objects[id].on.as_ref()?);
    (!has_default(id) && parents.iter().any(|(parent, _)| has_default(parent))).then(|| {
        let alter = format!("{} ALTER COLUMN {}", column::table_of(plan, id, "ONLY "), identifier(id.part()));
        Statement::new(id, format!("{alter} DROP DEFAULT"))
    })
}

/// Returns what an inherited column of a new table has that its parent's does not.
fn inherited(plan: &Plan<'_>, id: &Id, column: &Column) -> Vec<Statement> {
    let mut out = not_null::own_of_child(plan, id, column);
    // A child's column is made with the storage and compression of the first parent's that has it.
    let parents = plan.to().parents(plan.to().objects[id].on.as_ref().unwrap_or(id)).into_iter();
    let mut columns = parents.map(|(parent, _)| parent.with(Kind::Column, id.part()));
    let parent = columns.find_map(|column| plan.to().objects.get(&column));
    let mut born = column.clone();
    (born.storage, born.compression, born.statistics, born.options) = (None, None, None, Vec::new());
    if let Some(Object::Column(parent)) = parent.map(|entry| &entry.object) {
        born.storage.clone_from(&parent.storage);
        born.compression.clone_from(&parent.compression);
    }
    out.extend(column::settings(plan, id, Some(&born), column));
    out
}

fn head(id: &Id, table: &Table, lines: &[String]) -> String {
    let unlogged = if table.persistence == "u" { "UNLOGGED " } else { "" };
    let noun = id.kind().noun();
    let body = match (&table.of_type, lines.is_empty()) {
        (Some(_), true) => String::new(),
        (_, true) => " ()".to_owned(),
        (_, false) => format!(" (\n    {}\n)", lines.join(",\n    ")),
    };
    let of_type = table.of_type.as_ref().map(|name| format!(" OF {name}")).unwrap_or_default();
    format!("CREATE {unlogged}{noun} {}{of_type}{body}", id.address())
}

fn tail(plan: &Plan<'_>, id: &Id, table: &Table, members: &[Id]) -> String {
    let mut sql = String::new();
    let parents: Vec<_> = plan
        .to()
        .parents(id)
        .into_iter()
        .filter(|(_, link)| members.contains(&id.with(Kind::Inheritance, link.parent.qualified())))
        .map(|(_, link)| link.parent.qualified())
        .collect();
    if !parents.is_empty() {
        sql.push_str(&format!("\nINHERITS ({})", parents.join(", ")));
    }
    if let Some(key) = &table.partition_key {
        sql.push_str(&format!("\nPARTITION BY {key}"));
    }
    if let Some(server) = &table.server {
        sql.push_str(&format!("\nSERVER {}{}", identifier(server), options::foreign(&table.server_options)));
    }
    if let Some(method) = table.access_method.as_ref().filter(|method| *method != "heap") {
        sql.push_str(&format!("\nUSING {}", identifier(method)));
    }
    let storage = storage(table);
    if !storage.is_empty() {
        sql.push_str(&format!("\nWITH ({})", options::list(&storage).join(", ")));
    }
    if let Some(tablespace) = &table.tablespace {
        sql.push_str(&format!("\nTABLESPACE {}", identifier(tablespace)));
    }
    sql
}

fn storage(table: &Table) -> Vec<String> {
    let toast = table.toast_options.iter().map(|option| format!("toast.{option}"));
    table.options.iter().cloned().chain(toast).collect()
}

/// Returns what `CREATE TABLE` cannot say: row level security and replica identity.
fn marks(id: &Id, from: Option<&Table>, to: &Table) -> Vec<Statement> {
    let mut out = Vec::new();
    let mut alter =
        |clause: &str| out.push(Statement::new(id, format!("ALTER TABLE {} {clause}", id.address())));
    if from.is_some_and(|from| from.row_security) != to.row_security {
        alter(if to.row_security { "ENABLE ROW LEVEL SECURITY" } else { "DISABLE ROW LEVEL SECURITY" });
    }
    if from.is_some_and(|from| from.force_row_security) != to.force_row_security {
        alter(if to.force_row_security { "FORCE ROW LEVEL SECURITY" } else { "NO FORCE ROW LEVEL SECURITY" });
    }
    if from.map_or("d", |from| from.replica_identity.as_str()) != to.replica_identity {
        alter(match to.replica_identity.as_str() {
            "n" => "REPLICA IDENTITY NOTHING",
            "f" => "REPLICA IDENTITY FULL",
            _ => "REPLICA IDENTITY DEFAULT",
        });
    }
    out
}

/// Returns the statements that alter a table in place.
pub(super) fn alter(plan: &Plan<'_>, id: &Id, (from, to): (&Table, &Table)) -> Vec<Statement> {
    let mut out = Vec::new();
    let noun = id.kind().noun();
    let mut alter = |clause: String, hazards: &[Hazard]| {
        out.push(Statement::new(id, format!("ALTER {noun} {} {clause}", id.address())).with(hazards));
    };
    if from.of_type != to.of_type {
        alter(to.of_type.as_ref().map_or_else(|| "NOT OF".to_owned(), |name| format!("OF {name}")), &[]);
    }
    if from.persistence != to.persistence {
        let word = if to.persistence == "u" { "UNLOGGED" } else { "LOGGED" };
        alter(format!("SET {word}"), &[Hazard::TableRewrite, Hazard::AccessExclusiveLock]);
    }
    if from.access_method != to.access_method {
        let method = to.access_method.as_deref().map_or_else(|| "DEFAULT".to_owned(), identifier);
        alter(format!("SET ACCESS METHOD {method}"), &[Hazard::TableRewrite, Hazard::AccessExclusiveLock]);
    }
    if from.tablespace != to.tablespace {
        let name = to.tablespace.as_deref().unwrap_or("pg_default");
        let hazards = [Hazard::TableRewrite, Hazard::AccessExclusiveLock];
        alter(format!("SET TABLESPACE {}", identifier(name)), &hazards);
    }
    for clause in options::changes(&storage(from), &storage(to)) {
        alter(clause, &[]);
    }
    if let Some(clause) = options::foreign_changes(&from.server_options, &to.server_options) {
        alter(clause, &[]);
    }
    out.extend(marks(id, Some(from), to));
    if let Some(persistence) = plan.logged_anew(id) {
        let apart = sequences(plan, id).filter(|sequence| sequence.persistence != persistence);
        out.extend(apart.map(|sequence| sequence::logged(id, sequence)));
    }
    out
}

/// Returns the sequences that are the table's before and after: behind identities and owned by columns.
fn sequences<'a>(plan: &'a Plan<'_>, table: &'a Id) -> impl Iterator<Item = &'a Sequence> {
    let stays = |id: &Id| plan.fates.stays(id) && plan.from().objects.contains_key(id);
    let behind = plan.to().parts(table, Kind::Column).filter_map(move |(id, entry)| match &entry.object {
        Object::Column(column) if stays(id) => column.sequence.as_deref(),
        _ => None,
    });
    let links = plan.to().of_kind(Kind::Ownership).filter(move |(_, entry)| entry.on.as_ref() == Some(table));
    let owned = links.filter_map(move |(link, _)| {
        let id = Id::new(Kind::Sequence, link.schema(), link.name());
        match &plan.to().objects.get(&id).filter(|_| stays(&id) && stays(link))?.object {
            Object::Sequence(sequence) => Some(sequence),
            _ => None,
        }
    });
    behind.chain(owned)
}
