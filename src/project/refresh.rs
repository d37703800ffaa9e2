//! Brings the contract in the text of `schema.toml` up to what a database holds, and leaves everything else as it is:
//! other keys, comments, order, and entries that are still true however they are written.

mod list;

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{DocumentMut, Item as TomlItem, Table, TableLike, Value};

use super::error::Problem;
use crate::model::contract::{
    Contract, DeclaredTable, Entry, Found, FoundKey, FoundTable, Item, Kind, RowSecurity, as_declared,
    key_satisfies, satisfies, spelled,
};
use list::{amend, set};

/// One module and what is there of it.
#[derive(Debug)]
pub struct Fresh<'a> {
    /// The module's name.
    pub module: &'a str,
    /// The schema it is installed under in that database.
    pub schema: &'a str,
    /// What `schema.toml` declares of it.
    pub declared: &'a Contract,
    /// What is there.
    pub found: &'a Found,
}

/// The kinds that a contract is given though it has none of them: what migrations forget most often and miss most.
pub const USUAL: [Kind; 10] = [
    Kind::Enum,
    Kind::Domain,
    Kind::Sequence,
    Kind::ForeignKey,
    Kind::Index,
    Kind::Policy,
    Kind::Trigger,
    Kind::Function,
    Kind::View,
    Kind::Distribution,
];

/// Returns the text with the contracts of `modules` refreshed. Lists of `kinds` are written where there is something to
/// list; other lists only where the contract has them.
pub fn refresh(
    text: &str,
    modules: &[Fresh<'_>],
    kinds: &BTreeSet<Kind>,
    places: &BTreeMap<String, String>,
) -> Result<String, Problem> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        let offset = error.span().map_or(0, |span| span.start);
        Problem::manifest(text, offset, error.message().to_owned())
    })?;
    let root = document.as_table_mut();
    for fresh in modules {
        let Fresh { module, schema, declared, found } = *fresh;
        let module = table(table(root, "modules", Header::Implied), module, Header::Shown);
        let refresh = Refresh { schema, declared, found, kinds, places };
        refresh.lists(module);
        refresh.enums(module);
        refresh.tables(module);
    }
    Ok(document.to_string())
}

/// Whether a table that is made has a header of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Header {
    Shown,
    Implied,
}

/// Returns the table under `key`, made where it is missing.
fn table<'a>(parent: &'a mut dyn TableLike, key: &str, header: Header) -> &'a mut dyn TableLike {
    let item = parent.entry(key).or_insert_with(|| {
        let mut made = Table::new();
        made.set_implicit(header == Header::Implied);
        made.decor_mut().set_prefix("\n");
        TomlItem::Table(made)
    });
    // An inline table could not hold the headers of those in it.
    if let TomlItem::Value(Value::InlineTable(inline)) = item
        && header == Header::Implied
    {
        *item = TomlItem::Table(std::mem::take(inline).into_table());
    }
    item.as_table_like_mut().expect("the manifest was read from this text, so the key holds a table")
}

struct Refresh<'a> {
    schema: &'a str,
    declared: &'a Contract,
    found: &'a Found,
    kinds: &'a BTreeSet<Kind>,
    places: &'a BTreeMap<String, String>,
}

impl Refresh<'_> {
    fn lists(&self, module: &mut dyn TableLike) {
        for (key, kind) in Kind::MODULE_LISTS {
            let items = self.found.lists.get(&kind).map_or(&[][..], Vec::as_slice);
            let declared = self.declared.lists.get(&kind).map(Vec::as_slice);
            self.list(module, (key, kind), (declared, items));
        }
    }

    fn enums(&self, module: &mut dyn TableLike) {
        let found = &self.found.enums;
        if found.is_empty() && self.declared.enums.is_empty() {
            return;
        }
        let enums = table(module, "enums", Header::Shown);
        let gone = self.declared.enums.iter().filter(|declared| !found.contains_key(&declared.name));
        gone.for_each(|declared| drop(enums.remove(&declared.name)));
        for (name, values) in found {
            let declared = self.declared.enums.iter().find(|declared| declared.name == *name);
            if declared.is_none_or(|declared| declared.values != *values) {
                set(enums, name, values);
            }
        }
    }

    fn tables(&self, module: &mut dyn TableLike) {
        let found = &self.found.tables;
        let tables = table(module, "tables", Header::Implied);
        let gone = self.declared.tables.iter().filter(|declared| !found.contains_key(&declared.name));
        gone.for_each(|declared| drop(tables.remove(&declared.name)));
        for (name, one) in found {
            let declared = self.declared.tables.iter().find(|declared| declared.name == *name);
            // Partitions come and go without a migration.
            if declared.is_some() || !one.partition {
                self.table((name, table(tables, name, Header::Shown)), declared, one);
            }
        }
    }

    fn table(
        &self,
        (name, table): (&str, &mut dyn TableLike),
        declared: Option<&DeclaredTable>,
        found: &FoundTable,
    ) {
        let primary_key = declared.and_then(|declared| declared.primary_key.as_ref());
        let wanted =
            primary_key.is_some() || self.kinds.contains(&Kind::PrimaryKey) && !found.primary_key.is_empty();
        if wanted && primary_key != Some(&found.primary_key) {
            set(table, "primary_key", &found.primary_key);
        }
        let security = declared.and_then(|declared| declared.row_level_security);
        if security.unwrap_or_default() != found.row_level_security {
            let value = match found.row_level_security {
                RowSecurity::Off => toml_edit::value(false),
                RowSecurity::On => toml_edit::value(true),
                RowSecurity::Forced => toml_edit::value(RowSecurity::FORCED),
            };
            table.insert("row_level_security", value);
        }
        for (key, kind) in Kind::LISTS {
            let items = found.lists.get(&kind).map_or(&[][..], Vec::as_slice);
            let entries = declared.and_then(|declared| declared.lists.get(&kind)).map(Vec::as_slice);
            self.list(table, (key, kind), (entries, items));
        }
        self.foreign_keys((name, table), declared, found);
    }

    fn list(
        &self,
        table: &mut dyn TableLike,
        (key, kind): (&str, Kind),
        (declared, items): (Option<&[Entry]>, &[Item]),
    ) {
        let own = || items.iter().filter(|item| !item.implied);
        if declared.is_none() && (!self.kinds.contains(&kind) || own().next().is_none()) {
            return;
        }
        let entries = declared.unwrap_or_default();
        let kept: Vec<bool> =
            entries.iter().map(|entry| items.iter().any(|item| satisfies(kind, entry, item))).collect();
        let covered = |item: &Item| {
            entries.iter().zip(&kept).any(|(entry, kept)| *kept && satisfies(kind, entry, item))
        };
        let whole = |item: &Item| {
            let before = entries.iter().find(|entry| entry.name == item.name);
            self.kinds.contains(&Kind::ViewDefinition) || before.is_some_and(|one| one.definition.is_some())
        };
        let added = own().filter(|item| !covered(item));
        let added: Vec<String> = added
            .map(|item| match kind {
                Kind::View if whole(item) => item.entry().to_string(),
                _ => spell(kind, item),
            })
            .collect();
        amend(table, key, &kept, added);
    }

    fn foreign_keys(
        &self,
        (name, table): (&str, &mut dyn TableLike),
        declared: Option<&DeclaredTable>,
        found: &FoundTable,
    ) {
        let place = (self.schema, self.places);
        let found: Vec<&FoundKey> =
            found.foreign_keys.iter().filter(|one| !self.declared.defers(name, one, place)).collect();
        let declared = declared.and_then(|declared| declared.foreign_keys.as_ref());
        let listed = self.kinds.contains(&Kind::ForeignKey) && !found.is_empty();
        if declared.is_none() && !listed {
            return;
        }
        let entries = declared.map_or(&[][..], Vec::as_slice);
        let kept: Vec<bool> = entries
            .iter()
            .map(|entry| found.iter().any(|one| key_satisfies(&entry.key, one, place)))
            .collect();
        let covered = |one: &FoundKey| entries.iter().any(|entry| key_satisfies(&entry.key, one, place));
        let added = found.iter().filter(|one| !covered(one));
        let added = added.map(|one| as_declared(&one.key, self.schema, self.places).to_string());
        amend(table, "foreign_keys", &kept, added.collect());
    }
}

/// Writes an item as an entry; the names of a unique key's columns are joined already.
fn spell(kind: Kind, item: &Item) -> String {
    match kind {
        Kind::Unique => item.name.split(", ").map(spelled).collect::<Vec<_>>().join(", "),
        // What it returns follows from what it is for; its arguments tell it from others of the same name.
        Kind::Function => {
            let arguments =
                item.definition.split_once(" returns ").map_or(&*item.definition, |(first, _)| first);
            format!("{}{arguments}", spelled(&item.name))
        }
        // Versions of extensions are not the migrations' business; views and triggers are too long for a line.
        Kind::Extension | Kind::Trigger | Kind::View => spelled(&item.name),
        _ => item.entry().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::foreign_key::ForeignKey;
    use crate::project::Manifest;

    const SCHEMA: &str = "\
# The project.
[modules.sales] # ours
depends_on = []

[modules.sales.enums]
gone = ['x']
# As in the form.
status = ['new']

[modules.sales.tables.dropped]

# Who may buy.
[modules.sales.tables.leads]
indexes = [
    # for the list
    'idx_amount', # a name alone
    'idx_gone',
    'idx_owner (owner)',
]
foreign_keys = ['owner -> users on delete cascade'] # one
";

    fn item(name: &str, definition: &str) -> Item {
        Item { name: name.to_owned(), definition: definition.to_owned(), defect: None, implied: false }
    }

    fn found() -> Found {
        let mut leads = FoundTable { row_level_security: RowSecurity::On, ..FoundTable::default() };
        let indexes = vec![item("idx_amount", "(amount)"), item("idx_owner", "(owner, id)")];
        leads.lists.insert(Kind::Index, indexes);
        leads.lists.insert(Kind::Column, vec![item("id", "integer")]);
        let key: ForeignKey = "owner -> sales.users.id on delete cascade".parse().unwrap();
        leads.foreign_keys.push(FoundKey { name: "fk".into(), key, to_primary_key: true, validated: true });
        let key: ForeignKey = "login -> auth_2.users.id".parse().unwrap();
        leads.foreign_keys.push(FoundKey { name: "f2".into(), key, to_primary_key: true, validated: true });
        let partition = FoundTable { partition: true, ..FoundTable::default() };
        let enums = BTreeMap::from([("status".into(), vec!["new".into(), "won".into()])]);
        let tables = [("leads", leads), ("leads_2026", partition), ("users", FoundTable::default())];
        Found { enums, tables: tables.map(|(name, table)| (name.into(), table)).into(), ..Found::default() }
    }

    fn refreshed(text: &str) -> String {
        let manifest = Manifest::parse(text).unwrap();
        let (declared, found) = (&manifest.modules["sales"].contract, &found());
        let places = BTreeMap::from([("auth".into(), "auth_2".into()), ("sales".into(), "sales".into())]);
        let fresh = Fresh { module: "sales", schema: "sales", declared, found };
        refresh(text, &[fresh], &USUAL.into(), &places).unwrap()
    }

    #[test]
    fn what_is_true_stays_as_it_is_written() {
        insta::assert_snapshot!(refreshed(SCHEMA), @r#"
        # The project.
        [modules.sales] # ours
        depends_on = []

        [modules.sales.enums]
        # As in the form.
        status = ['new', "won"]

        # Who may buy.
        [modules.sales.tables.leads]
        indexes = [
            # for the list
            'idx_amount', # a name alone
            "idx_owner (owner, id)",
        ]
        foreign_keys = ['owner -> users on delete cascade', "login -> auth.users.id"] # one
        row_level_security = true

        [modules.sales.tables.users]
        "#);
    }

    #[test]
    fn a_contract_is_written_where_there_is_none() {
        insta::assert_snapshot!(refreshed("[modules.sales]\n"), @r#"
        [modules.sales]

        [modules.sales.enums]
        status = ["new", "won"]

        [modules.sales.tables.leads]
        row_level_security = true
        indexes = ["idx_amount (amount)", "idx_owner (owner, id)"]
        foreign_keys = ["owner -> users.id on delete cascade", "login -> auth.users.id"]

        [modules.sales.tables.users]
        "#);
    }

    #[test]
    fn a_fresh_contract_stays_as_it_is() {
        for text in [SCHEMA, "[modules.sales]\n", "[modules.sales]\ntables = { users = {} }\n"] {
            let once = refreshed(text);
            assert_eq!(refreshed(&once), once);
        }
    }
}
