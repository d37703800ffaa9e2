//! The comparison of a contract with what a schema holds.

use std::collections::BTreeMap;

use super::column::ColumnDefinition;
use super::{Code, Contract, DeclaredKey, DeclaredTable, Entry, Finding, Found, FoundKey, FoundTable};
use super::{Item, Kind, Object, spelled};
use crate::model::foreign_key::{ForeignKey, Target};
use crate::sql::quote;

/// Compares one module. `places` maps the names of modules to the schemas they are installed under, so that a foreign
/// key may name a module. Findings are in the order of the contract, unexpected objects behind.
pub fn compare(
    contract: &Contract,
    found: &Found,
    (module, schema): (&str, &str),
    places: &BTreeMap<String, String>,
) -> Vec<Finding> {
    let mut comparison = Comparison { contract, found, module, schema, places, findings: Vec::new() };
    for (_, kind) in Kind::MODULE_LISTS {
        if let Some(entries) = contract.lists.get(&kind) {
            let items = found.lists.get(&kind).map_or(&[][..], Vec::as_slice);
            comparison.list(kind, None, (entries, items));
        }
    }
    comparison.enums();
    comparison.tables();
    comparison.findings
}

/// Tells whether an object that is there is what an entry declares.
pub fn satisfies(kind: Kind, entry: &Entry, item: &Item) -> bool {
    let Some(declared) = &entry.definition else { return entry.name == item.name };
    entry.name == item.name
        && match kind {
            Kind::Column => {
                ColumnDefinition::parse(declared).is_met_by(&ColumnDefinition::parse(&item.definition))
            }
            // What it returns counts where it is written.
            Kind::Function => {
                let rest = item.definition.strip_prefix(declared.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" returns "))
            }
            _ => *declared == item.definition,
        }
}

/// Returns a key that was found as a contract writes it: without a place where it stays in its schema, and with the
/// module's name for the schema where there is one.
pub fn as_declared(key: &ForeignKey, schema: &str, places: &BTreeMap<String, String>) -> ForeignKey {
    let module =
        |place: &String| places.iter().find(|(_, installed)| *installed == place).map(|(name, _)| name);
    let place = key.target.place.as_ref().filter(|place| *place != schema);
    let place = place.map(|place| module(place).unwrap_or(place).clone());
    ForeignKey { target: Target { place, ..key.target.clone() }, ..key.clone() }
}

/// Tells whether a foreign key that is there is what is declared in a module under `schema`. A declared target without
/// columns is the primary key.
pub fn key_satisfies(
    declared: &ForeignKey,
    found: &FoundKey,
    (schema, places): (&str, &BTreeMap<String, String>),
) -> bool {
    let ForeignKey { target, name, .. } = declared;
    let place = target.place.as_ref().map_or(schema, |place| places.get(place).unwrap_or(place));
    let same_columns = match target.columns.is_empty() {
        true => found.to_primary_key,
        false => target.columns == found.key.target.columns,
    };
    let key = &found.key;
    same_columns
        && key.target.place.as_deref() == Some(place)
        && key.target.table == target.table
        && key.columns == declared.columns
        && key.on_delete == declared.on_delete
        && key.on_update == declared.on_update
        && key.matching == declared.matching
        && key.deferral == declared.deferral
        && name.as_ref().is_none_or(|name| *name == found.name)
}

struct Comparison<'a> {
    contract: &'a Contract,
    found: &'a Found,
    module: &'a str,
    schema: &'a str,
    places: &'a BTreeMap<String, String>,
    findings: Vec<Finding>,
}

/// What is said about an object.
#[derive(Default)]
struct Said {
    expected: Option<String>,
    found: Option<String>,
    /// What to do, where it is more special than what the code alone says.
    hint: Option<String>,
    line: usize,
}

impl Comparison<'_> {
    fn add(&mut self, code: Code, (kind, table, name): (Kind, Option<&str>, &str), said: Said) {
        let object = Object {
            kind,
            module: self.module.to_owned(),
            schema: self.schema.to_owned(),
            table: table.map(str::to_owned),
            name: name.to_owned(),
        };
        let hint = said.hint.unwrap_or_else(|| hint(code).to_owned());
        let Said { expected, found, line, .. } = said;
        self.findings.push(Finding { code, object, expected, found, hint, path: FILE.to_owned(), line });
    }

    fn enums(&mut self) {
        let found = self.found;
        for declared in &self.contract.enums {
            let object = (Kind::Enum, None, declared.name.as_str());
            let expected = Some(declared.values.join(", "));
            let line = declared.line;
            match found.enums.get(&declared.name) {
                None => self.add(Code::Missing, object, Said { expected, line, ..Said::default() }),
                Some(values) if *values != declared.values => {
                    let found = Some(values.join(", "));
                    self.add(Code::Different, object, Said { expected, found, line, ..Said::default() });
                }
                Some(_) => {}
            }
        }
        if self.contract.strict {
            let known = |name: &str| self.contract.enums.iter().any(|declared| declared.name == name);
            let unknown: Vec<_> = found.enums.iter().filter(|(name, _)| !known(name)).collect();
            for (name, values) in unknown {
                let said = Said { found: Some(values.join(", ")), line: 1, ..Said::default() };
                self.add(Code::Unexpected, (Kind::Enum, None, name), said);
            }
        }
    }

    fn tables(&mut self) {
        let (contract, found) = (self.contract, self.found);
        for declared in &contract.tables {
            match found.tables.get(&declared.name) {
                Some(table) => self.table(declared, table),
                None => {
                    let said = Said { line: declared.line, ..Said::default() };
                    self.add(Code::Missing, (Kind::Table, None, &declared.name), said);
                }
            }
        }
        if contract.strict {
            let known = |name: &str| {
                contract.tables.binary_search_by(|declared| declared.name.as_str().cmp(name)).is_ok()
            };
            let unknown = found.tables.iter().filter(|(name, table)| !table.partition && !known(name));
            for (name, _) in unknown {
                let said = Said { line: 1, ..Said::default() };
                self.add(Code::Unexpected, (Kind::Table, None, name), said);
            }
        }
    }

    fn table(&mut self, declared: &DeclaredTable, table: &FoundTable) {
        let name = declared.name.as_str();
        if let Some(expected) = &declared.primary_key
            && *expected != table.primary_key
        {
            let found = (!table.primary_key.is_empty()).then(|| table.primary_key.join(", "));
            let code = if found.is_some() { Code::Different } else { Code::Missing };
            let said =
                Said { expected: Some(expected.join(", ")), found, line: declared.line, ..Said::default() };
            self.add(code, (Kind::PrimaryKey, Some(name), "primary key"), said);
        }
        if let Some(expected) = declared.row_level_security
            && expected != table.row_level_security
        {
            let found = table.row_level_security;
            let said = Said {
                found: Some(found.to_string()),
                hint: Some(format!("`ALTER TABLE {} {}`", self.sql(name), found.change_to(expected))),
                line: declared.line,
                ..Said::default()
            };
            self.add(Code::Different, (Kind::RowLevelSecurity, Some(name), "row level security"), said);
        }
        for (kind, entries) in &declared.lists {
            let items = table.lists.get(kind).map_or(&[][..], Vec::as_slice);
            self.list(*kind, Some(name), (entries, items));
        }
        if let Some(keys) = &declared.foreign_keys {
            self.foreign_keys(name, keys, &table.foreign_keys);
        }
    }

    fn list(&mut self, kind: Kind, table: Option<&str>, (entries, items): (&[Entry], &[Item])) {
        for entry in entries {
            let object = (kind, table, entry.name.as_str());
            let (expected, line) = (entry.definition.clone(), entry.line);
            let mut same_name = items.iter().filter(|item| item.name == entry.name).peekable();
            if same_name.peek().is_none() {
                self.add(Code::Missing, object, Said { expected, line, ..Said::default() });
                continue;
            }
            let others: Vec<&str> = same_name.clone().map(|item| item.definition.as_str()).collect();
            match same_name.find(|item| satisfies(kind, entry, item)) {
                None => {
                    let found = Some(others.join("; "));
                    self.add(Code::Different, object, Said { expected, found, line, ..Said::default() });
                }
                Some(Item { defect: Some(defect), .. }) => {
                    let (found, hint) = (Some(defect.clone()), self.mending(kind, table, &entry.name));
                    self.add(Code::Different, object, Said { found, hint, line, ..Said::default() });
                }
                Some(_) => {}
            }
        }
        if self.contract.strict {
            let undeclared = |item: &&Item| {
                !item.implied
                    && !entries.iter().any(|entry| satisfies(kind, entry, item) || entry.name == item.name)
            };
            for item in items.iter().filter(undeclared) {
                let found = (!item.definition.is_empty()).then(|| item.definition.clone());
                self.add(
                    Code::Unexpected,
                    (kind, table, &item.name),
                    Said { found, line: 1, ..Said::default() },
                );
            }
        }
    }

    fn foreign_keys(&mut self, table: &str, keys: &[DeclaredKey], found: &[FoundKey]) {
        let mut met = Vec::new();
        for DeclaredKey { key, line } in keys {
            let near: Vec<&FoundKey> = found
                .iter()
                .filter(|one| one.key.columns == key.columns || Some(&one.name) == key.name.as_ref())
                .collect();
            met.extend(near.iter().map(|one| one.name.as_str()));
            let object =
                (Kind::ForeignKey, Some(table), key.name.clone().unwrap_or_else(|| key.columns.join(", ")));
            let object = (object.0, object.1, object.2.as_str());
            let (expected, line) = (Some(key.to_string()), *line);
            match near.iter().find(|one| key_satisfies(key, one, (self.schema, self.places))) {
                Some(FoundKey { validated: true, .. }) => {}
                Some(FoundKey { name, .. }) => {
                    let found = Some(NOT_VALID.to_owned());
                    let hint = self.mending(Kind::ForeignKey, Some(table), name);
                    self.add(Code::Different, object, Said { found, hint, line, ..Said::default() });
                }
                None if near.is_empty() => {
                    self.add(Code::Missing, object, Said { expected, line, ..Said::default() });
                }
                None => {
                    let near: Vec<_> = near.iter().map(|one| self.shown(&one.key).to_string()).collect();
                    let found = Some(near.join("; "));
                    self.add(Code::Different, object, Said { expected, found, line, ..Said::default() });
                }
            }
        }
        if self.contract.strict {
            let place = (self.schema, self.places);
            let known =
                |one: &FoundKey| met.contains(&one.name.as_str()) || self.contract.defers(table, one, place);
            let unknown: Vec<_> = found.iter().filter(|one| !known(one)).collect();
            for one in unknown {
                let found = Some(self.shown(&one.key).to_string());
                self.add(
                    Code::Unexpected,
                    (Kind::ForeignKey, Some(table), &one.name),
                    Said { found, line: 1, ..Said::default() },
                );
            }
        }
    }

    /// Returns a key that was found as the contract would write it.
    fn shown(&self, key: &ForeignKey) -> ForeignKey {
        as_declared(key, self.schema, self.places)
    }

    fn sql(&self, table: &str) -> String {
        quote::qualified(self.schema, table).unwrap_or_else(|_| spelled(table))
    }

    /// Returns the statement that puts a defect right.
    fn mending(&self, kind: Kind, table: Option<&str>, name: &str) -> Option<String> {
        let table = self.sql(table?);
        let quoted = quote::identifier(name).ok()?;
        match kind {
            Kind::Index => Some(format!("rebuild it: `REINDEX INDEX CONCURRENTLY {}`", self.sql(name))),
            Kind::ForeignKey | Kind::Check => Some(format!(
                "put the rows right that break it, then `ALTER TABLE {table} VALIDATE CONSTRAINT {quoted}`"
            )),
            Kind::Trigger => Some(format!("`ALTER TABLE {table} ENABLE TRIGGER {quoted}`")),
            _ => None,
        }
    }
}

const FILE: &str = "schema.toml";
const NOT_VALID: &str = "is not valid: rows that were there before it were not checked";

fn hint(code: Code) -> &'static str {
    match code {
        Code::Missing => {
            "bring it back with a new migration; if it went for good, refresh the contract with `crmdb schema contract`"
        }
        Code::Unexpected => {
            "drop it, or make it in a migration and refresh the contract with `crmdb schema contract`"
        }
        Code::Different => {
            "put it right with a new migration; if the contract is out of date, refresh it with `crmdb schema contract`"
        }
        Code::Row | Code::Failed => "put the data right, or correct the query",
    }
}

#[cfg(test)]
mod tests;
