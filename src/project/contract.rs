//! The contract's part of `schema.toml`: what the keys of a module and of its tables become, each with its line.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::error::Problem;
use super::manifest::ModuleManifest;
use crate::model::contract::{Contract, DeclaredEnum, DeclaredKey, DeclaredTable, Entry, Kind, RowSecurity};
use crate::model::foreign_key::ForeignKey;
use crate::sql::MAX_BYTES;

/// A list of texts, each with its place.
pub(super) type Spans = Vec<Spanned<String>>;

/// `[modules.<name>.tables.<table>]`
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(super) struct RawTable {
    columns: Option<Spans>,
    primary_key: Option<Spans>,
    unique: Option<Spans>,
    checks: Option<Spans>,
    foreign_keys: Option<Spans>,
    indexes: Option<Spans>,
    row_level_security: Option<Security>,
    policies: Option<Spans>,
    triggers: Option<Spans>,
    distribution: Option<Spans>,
}

/// Reads the contract of a module; `text` is that of the whole file.
pub(super) fn read(module: &ModuleManifest, text: &str) -> Result<Contract, Problem> {
    let source = &Source::new(text);
    let deferred = module.foreign_keys.clone();
    let mut contract = Contract { strict: module.strict, deferred, ..Contract::default() };
    for (name, values) in &module.enums {
        let line = source.line(values.span().start);
        let values = names(values.get_ref(), source)?;
        contract.enums.push(DeclaredEnum { name: name.clone(), values, line });
    }
    for (name, raw) in &module.tables {
        contract.tables.push(table(name, raw, source)?);
    }
    for (key, kind) in Kind::MODULE_LISTS {
        if let Some(list) = module.list(key) {
            contract.lists.insert(kind, entries(kind, list, source)?);
        }
    }
    Ok(contract)
}

impl ModuleManifest {
    fn list(&self, key: &str) -> Option<&Spans> {
        let list = match key {
            "extensions" => &self.extensions,
            "domains" => &self.domains,
            "sequences" => &self.sequences,
            "functions" => &self.functions,
            "views" => &self.views,
            "distribution" => &self.distribution,
            _ => &None,
        };
        list.as_ref()
    }
}

/// `true`, `false` or `"forced"`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Security(RowSecurity);

impl<'de> Deserialize<'de> for Security {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;

        impl Visitor<'_> for Words {
            type Value = Security;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or `\"forced\"`")
            }

            fn visit_bool<E: serde::de::Error>(self, on: bool) -> Result<Security, E> {
                Ok(Security(if on { RowSecurity::On } else { RowSecurity::Off }))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Security, E> {
                match text {
                    RowSecurity::FORCED => Ok(Security(RowSecurity::Forced)),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }
        }

        deserializer.deserialize_any(Words)
    }
}

/// Reads the labels of an enum or the columns of a key: each once, and as long as PostgreSQL takes it.
fn names(list: &Spans, source: &Source<'_>) -> Result<Vec<String>, Problem> {
    let mut seen = BTreeSet::new();
    for one in list {
        let name = one.get_ref();
        let message = if name.len() > MAX_BYTES {
            format!("`{name}` is longer than PostgreSQL's {MAX_BYTES} bytes")
        } else if !seen.insert(name) {
            format!("`{name}` is said twice")
        } else {
            continue;
        };
        return Err(Problem::manifest(source.text, one.span().start, message));
    }
    Ok(list.iter().map(|one| one.get_ref().clone()).collect())
}

fn table(name: &str, spanned: &Spanned<RawTable>, source: &Source<'_>) -> Result<DeclaredTable, Problem> {
    let raw = spanned.get_ref();
    let mut table = DeclaredTable {
        name: name.to_owned(),
        line: source.line(spanned.span().start),
        row_level_security: raw.row_level_security.map(|security| security.0),
        primary_key: raw.primary_key.as_ref().map(|list| names(list, source)).transpose()?,
        ..DeclaredTable::default()
    };
    for (key, kind) in Kind::LISTS {
        if let Some(list) = raw.list(key) {
            table.lists.insert(kind, entries(kind, list, source)?);
        }
    }
    table.foreign_keys = raw.foreign_keys.as_ref().map(|list| keys(name, list, source)).transpose()?;
    Ok(table)
}

impl RawTable {
    fn list(&self, key: &str) -> Option<&Spans> {
        let list = match key {
            "columns" => &self.columns,
            "unique" => &self.unique,
            "checks" => &self.checks,
            "indexes" => &self.indexes,
            "policies" => &self.policies,
            "triggers" => &self.triggers,
            "distribution" => &self.distribution,
            _ => &None,
        };
        list.as_ref()
    }
}

fn entries(kind: Kind, list: &Spans, source: &Source<'_>) -> Result<Vec<Entry>, Problem> {
    let read = |one: &Spanned<String>| {
        let problem = |message: String| Problem::manifest(source.text, one.span().start, message);
        let line = source.line(one.span().start);
        // Columns alone have no name before them.
        if kind == Kind::Unique {
            return unique(one.get_ref(), line).map_err(problem);
        }
        let entry = Entry::parse(one.get_ref(), line).map_err(|error| problem(error.to_string()))?;
        match &entry.definition {
            Some(definition) if kind == Kind::View && !definition.starts_with("as ") => {
                Err(problem("what a view selects begins with `as`".to_owned()))
            }
            _ => Ok(entry),
        }
    };
    let mut seen = BTreeSet::new();
    let mut entries = Vec::with_capacity(list.len());
    for one in list {
        let entry = read(one)?;
        // Functions may share a name.
        let by_definition = entry.definition.clone().filter(|_| kind == Kind::Function);
        if !seen.insert((entry.name.clone(), by_definition)) {
            let what = if kind == Kind::Function { entry.to_string() } else { entry.name };
            let message = format!("`{what}` is declared twice");
            return Err(Problem::manifest(source.text, one.span().start, message));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// Reads `tenant_id, slug`.
fn unique(text: &str, line: usize) -> Result<Entry, String> {
    let columns: Result<Vec<Entry>, _> = text.split(',').map(|column| Entry::parse(column, line)).collect();
    let columns = columns.map_err(|error| error.to_string())?;
    if columns.iter().any(|column| column.definition.is_some()) {
        return Err("a unique key is a list of columns such as `tenant_id, slug`".to_owned());
    }
    let names: Vec<_> = columns.into_iter().map(|column| column.name).collect();
    Ok(Entry { name: names.join(", "), definition: None, line })
}

fn keys(table: &str, list: &Spans, source: &Source<'_>) -> Result<Vec<DeclaredKey>, Problem> {
    let mut seen = BTreeSet::new();
    let mut keys = Vec::with_capacity(list.len());
    for one in list {
        let declared = key(table, one, source)?;
        if !seen.insert(declared.key.clone()) {
            let message = format!("`{}` is declared twice", one.get_ref());
            return Err(Problem::manifest(source.text, one.span().start, message));
        }
        keys.push(declared);
    }
    Ok(keys)
}

fn key(table: &str, one: &Spanned<String>, source: &Source<'_>) -> Result<DeclaredKey, Problem> {
    let start = one.span().start;
    let key = super::deferred::parse(one, source.text)?;
    if key.table.as_deref().is_some_and(|named| named != table) {
        let message = format!("the key is listed under table `{table}`: write its columns alone");
        return Err(Problem::manifest(source.text, start, message));
    }
    Ok(DeclaredKey { key: ForeignKey { table: None, ..key }, line: source.line(start) })
}

/// The text of the file with where its lines begin: contracts are long, and each entry asks for its line.
struct Source<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Source<'a> {
    fn new(text: &'a str) -> Self {
        let behind = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(behind).collect() }
    }

    /// Returns the line of a byte, from 1.
    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Manifest;

    const CONTRACT: &str = "\
[modules.sales]
strict = true
functions = ['touch()']
[modules.sales.enums]
task_status = ['pending', 'done']
[modules.sales.tables.lead_stages]
[modules.sales.tables.leads]
primary_key = ['id']
unique = ['owner_id, \"Slug\"']
row_level_security = false
indexes = [
    'idx_leads_amount',
    'idx_leads_stage (stage_id)',
]
foreign_keys = ['customer_id -> customers.id on delete cascade']
";

    #[test]
    fn a_contract_keeps_the_lines_of_what_it_demands() {
        let contract = Manifest::parse(CONTRACT).unwrap().modules["sales"].contract.clone();
        assert!(contract.strict);
        assert_eq!((contract.enums[0].values.join(" "), contract.enums[0].line), ("pending done".into(), 5));
        let [stages, leads] = contract.tables.as_slice() else { panic!("{contract:?}") };
        assert_eq!((stages.name.as_str(), stages.line, stages.lists.len()), ("lead_stages", 6, 0));
        assert_eq!((leads.line, leads.row_level_security), (7, Some(RowSecurity::Off)));
        let lines: Vec<_> =
            leads.lists[&Kind::Index].iter().map(|entry| (entry.to_string(), entry.line)).collect();
        assert_eq!(
            lines,
            [("idx_leads_amount".to_owned(), 12), ("idx_leads_stage (stage_id)".to_owned(), 13)]
        );
        assert_eq!(leads.lists[&Kind::Unique][0].name, "owner_id, Slug");
        let key = &leads.foreign_keys.as_ref().unwrap()[0];
        assert_eq!(
            (key.key.to_string().as_str(), key.line),
            ("customer_id -> customers.id on delete cascade", 15)
        );
        assert!(!contract.lists.contains_key(&Kind::View));
    }

    #[test]
    fn what_is_wrong_in_a_contract_has_a_place() {
        for (text, line, column, words) in [
            ("[modules.a.tables.t]\nindices = []\n", 2, 1, "unknown field `indices`"),
            ("[modules.a.tables.t]\nindexes = 'i'\n", 2, 11, "invalid type: string"),
            ("[modules.a.tables.t]\nindexes = ['i',\n 3]\n", 3, 2, "invalid type: integer `3`"),
            ("[modules.a.tables.t]\nindexes = ['i', '(a)']\n", 2, 17, "begins with a name"),
            ("[modules.a.tables.t]\nunique = ['a b']\n", 2, 11, "a list of columns"),
            ("[modules.a.tables.t]\nforeign_keys = ['a -> b.id on delete explode']\n", 2, 38, "stands where"),
            ("[modules.a.tables.t]\nforeign_keys = ['u.a -> b.id']\n", 2, 17, "listed under table `t`"),
            ("[modules.a]\nviews = ['v select 1']\n", 2, 10, "begins with `as`"),
            ("[modules.a.tables.t]\nrow_level_security = 'on'\n", 2, 22, "expected `true`, `false` or"),
            ("[modules.a.enums]\nstatus = 'x'\n", 2, 10, "invalid type: string"),
            ("[modules.a.tables.t]\nindexes = ['i', 'i (a)']\n", 2, 17, "`i` is declared twice"),
            ("[modules.a.tables.t]\nunique = ['a,b', 'a, b']\n", 2, 18, "`a, b` is declared twice"),
            ("[modules.a.tables.t]\nprimary_key = ['a', 'b', 'a']\n", 2, 26, "`a` is said twice"),
            ("[modules.a]\nfunctions = ['f(int)', 'f()', 'f()']\n", 2, 31, "`f()` is declared twice"),
            (
                "[modules.a.tables.t]\nforeign_keys = ['a -> b.id', 'A -> b.id on delete no action']\n",
                2,
                30,
                "is declared twice",
            ),
            (
                "[modules.a.tables.t]\nforeign_keys = ['a b.id']\n",
                2,
                20,
                "`a b.id` is not a foreign key: `b` stands where `->` should be",
            ),
        ] {
            match Manifest::parse(text).unwrap_err() {
                Problem::Manifest { line: l, column: c, message } => {
                    assert!(message.contains(words), "{message}");
                    assert_eq!((l, c), (line, column), "{text:?}: {message}");
                }
                other => panic!("{other}"),
            }
        }
    }
}
