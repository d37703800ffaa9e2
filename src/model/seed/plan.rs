//! The seed plan: what a run loads, in which order and how, decided from the files, the ledger and the tables.

mod sequence;

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{SeedFinding, refused};
use super::reset::Emptied;
use super::table::Identity;
use super::{Column, Content, Csv, Loaded, SeedFile, Table, Tables};
use crate::model::{Installation, Ledger, Script};
use crate::sql;
use crate::sql::meaning::filled_tables;
use sequence::{Turn, by_number, by_references};

/// What a run loads. `--dry-run` prints it and the executor runs it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeedPlan {
    /// The profile.
    pub profile: String,
    /// In the order they run.
    pub steps: Vec<SeedStep>,
    /// The paths of the files that are loaded already, as they are.
    pub unchanged: Vec<String>,
    /// The modules that have seeds and are not installed.
    pub absent: Vec<String>,
    /// Seeds in the ledger whose file is gone; their rows stay.
    pub gone: Vec<Loaded>,
    /// The tables whose rows are deleted before anything is loaded.
    pub empties: Vec<Table>,
    /// How many rows die, by table, those that die with others included.
    pub emptied: Vec<Emptied>,
    /// The oids of the tables that lose rows, so that the ledger forgets what was loaded into them.
    pub forgotten: Vec<u32>,
}

/// One file that will be loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedStep {
    /// The file.
    pub file: SeedFile,
    /// The schema that its module is installed under.
    pub schema: String,
    /// Why it is loaded.
    pub reason: Reason,
    /// What is done.
    pub work: SeedWork,
    /// The oids of the tables that it fills.
    pub tables: Vec<u32>,
}

/// Why a seed is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The ledger does not have it.
    New,
    /// The file is not what was loaded.
    Changed,
    /// A table that it filled was dropped since.
    TablesReplaced,
    /// Its tables are emptied first.
    Reset,
}

/// How a seed is loaded.
#[derive(Clone, Debug, PartialEq)]
pub enum SeedWork {
    /// Its statements run.
    Sql(Script),
    /// Its rows are copied.
    Csv(Box<CsvWork>),
}

/// How the rows of a CSV file get into their table.
#[derive(Clone, Debug, PartialEq)]
pub struct CsvWork {
    /// The table.
    pub table: Table,
    /// The columns of the header, in its order.
    pub columns: Vec<Column>,
    /// The primary key, when the header has all of it: rows that are there are updated. Without it rows are added to an
    /// empty table only.
    pub key: Vec<Column>,
}

/// What the target holds.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// What is installed.
    pub ledger: &'a Ledger,
    /// What was loaded.
    pub loaded: &'a [Loaded],
    /// What there is to fill.
    pub tables: &'a Tables,
}

/// Which seeds are meant.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    /// The profile.
    pub profile: &'a str,
    /// The files of the profile, of all modules.
    pub files: &'a [SeedFile],
    /// The modules whose seeds are meant, in the order of installation.
    pub installations: &'a [Installation<'a>],
    /// The modules that were named: those must be installed.
    pub named: &'a [String],
    /// What becomes of seeds that are loaded already.
    pub again: Again,
}

/// What becomes of seeds that are loaded already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Those that are as they were are passed over.
    Changed,
    /// All are loaded again.
    All,
}

/// Decides what is loaded, or returns everything that forbids it.
pub fn plan(chosen: &Chosen<'_>, held: &Held<'_>) -> Result<SeedPlan, Vec<SeedFinding>> {
    let mut plan = SeedPlan { profile: chosen.profile.to_owned(), ..SeedPlan::default() };
    let mut findings = Vec::new();
    let mut turns = Vec::new();
    for installation in chosen.installations {
        let module = &installation.module.name;
        let mut files: Vec<&SeedFile> = chosen.files.iter().filter(|file| file.module == *module).collect();
        if files.is_empty() {
            continue;
        }
        if !held.ledger.knows(module, &installation.schema) {
            if chosen.named.contains(module) {
                let schema = installation.schema.clone();
                findings.push(SeedFinding::NotInstalled { module: module.clone(), schema });
            } else {
                plan.absent.push(module.clone());
            }
            continue;
        }
        let before = previous(chosen.profile, held, installation);
        by_number(&mut files);
        turns.extend(files.into_iter().map(|file| Turn {
            file,
            schema: &installation.schema,
            before: before.get(file.name.as_str()).copied(),
            tables: Vec::new(),
        }));
        let present: BTreeSet<&str> = chosen.files.iter().map(|file| file.name.as_str()).collect();
        plan.gone.extend(before.into_values().filter(|row| !present.contains(row.file.as_str())).cloned());
    }
    for turn in by_references(turns, held.tables) {
        let pending = match chosen.again {
            Again::Changed => pending(turn.file, turn.before),
            Again::All => Some(Reason::Reset),
        };
        match pending {
            None => plan.unchanged.push(turn.file.path.clone()),
            Some(reason) => match step(turn, (reason, held.tables)) {
                Ok(step) => plan.steps.push(step),
                Err(found) => findings.extend(found),
            },
        }
    }
    if plan.steps.is_empty() && plan.unchanged.is_empty() {
        findings.extend(
            plan.absent
                .drain(..)
                .map(|module| SeedFinding::NotInstalled { schema: schema_of(chosen, &module), module }),
        );
    }
    if findings.is_empty() { Ok(plan) } else { Err(findings) }
}

fn schema_of(chosen: &Chosen<'_>, module: &str) -> String {
    let found = chosen.installations.iter().find(|installation| installation.module.name == module);
    found.map(|installation| installation.schema.clone()).unwrap_or_default()
}

fn previous<'a>(
    profile: &str,
    held: &Held<'a>,
    installation: &Installation<'_>,
) -> BTreeMap<&'a str, &'a Loaded> {
    let rows = held.loaded.iter().filter(|row| {
        row.profile == profile && row.module == installation.module.name && row.schema == installation.schema
    });
    rows.map(|row| (row.file.as_str(), row)).collect()
}

fn pending(file: &SeedFile, before: Option<&Loaded>) -> Option<Reason> {
    match before {
        None => Some(Reason::New),
        Some(row) if row.checksum != file.checksum => Some(Reason::Changed),
        Some(row) if !row.tables_stand => Some(Reason::TablesReplaced),
        Some(_) => None,
    }
}

fn step(turn: Turn<'_>, (reason, tables): (Reason, &Tables)) -> Result<SeedStep, Vec<SeedFinding>> {
    let Turn { file, schema, tables: filled, .. } = turn;
    let work = match &file.content {
        Content::Sql(script) => {
            let findings = refused(script);
            if !findings.is_empty() {
                return Err(findings);
            }
            SeedWork::Sql(script.clone())
        }
        Content::Csv(csv) => SeedWork::Csv(Box::new(csv_work(&file.path, csv, (schema, tables))?)),
    };
    Ok(SeedStep { file: file.clone(), schema: schema.to_owned(), reason, work, tables: filled })
}

/// Returns the tables that a seed fills: those that its name or its SQL tells, found the way the server finds them.
pub fn filled<'a>(file: &SeedFile, schema: &str, tables: &'a Tables) -> Vec<&'a Table> {
    match &file.content {
        Content::Csv(csv) => tables.find(schema, &csv.table).into_iter().collect(),
        Content::Sql(script) => {
            let statements = sql::statements(&script.text).map_while(Result::ok);
            let names: BTreeSet<_> = statements.flat_map(|statement| filled_tables(statement.text)).collect();
            let find = |name: &sql::QualifiedName| match &name.schema {
                Some(given) => tables.find(given, &name.name),
                None => tables.find(schema, &name.name).or_else(|| tables.find("public", &name.name)),
            };
            names.iter().filter_map(find).collect()
        }
    }
}

fn csv_work(path: &str, csv: &Csv, (schema, tables): (&str, &Tables)) -> Result<CsvWork, Vec<SeedFinding>> {
    let Some(table) = tables.find(schema, &csv.table) else {
        let (table, schema) = (csv.table.clone(), schema.to_owned());
        return Err(vec![SeedFinding::NoTable { path: path.to_owned(), table, schema }]);
    };
    let mut columns: Vec<Column> = Vec::with_capacity(csv.columns.len());
    let mut problems = Vec::new();
    for name in &csv.columns {
        match table.column(name) {
            None => problems.push(format!("table `{}` has no column `{name}`", table.label())),
            Some(column) if column.generated => {
                problems.push(format!("column `{name}` of `{}` is computed by the server", table.label()));
            }
            Some(_) if columns.iter().any(|column| column.name == *name) => {
                problems.push(format!("column `{name}` is named twice"));
            }
            Some(column) => columns.push(column.clone()),
        }
    }
    if !problems.is_empty() {
        let finding = |problem| SeedFinding::Header { path: path.to_owned(), problem };
        return Err(problems.into_iter().map(finding).collect());
    }
    let key =
        table.primary_key.iter().map(|name| columns.iter().find(|column| column.name == *name).cloned());
    let key = key.collect::<Option<Vec<_>>>().unwrap_or_default();
    Ok(CsvWork { table: table.clone(), columns, key })
}

impl CsvWork {
    /// Returns the columns of the header that an update of a row may change.
    pub fn changeable(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| {
            column.identity != Identity::Always && !self.key.iter().any(|key| key.name == column.name)
        })
    }

    /// Tells whether the header names a column that the server wants to number itself.
    pub fn overrides_identity(&self) -> bool {
        self.columns.iter().any(|column| column.identity == Identity::Always)
    }
}

#[cfg(test)]
pub(super) mod tests;
