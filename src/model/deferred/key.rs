//! A deferred key of one installation, every name resolved.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::foreign_key::{Deferral, Matching};
use crate::model::{ForeignKey, Installation, Ledger, Project, Version};
use crate::sql::quote;

/// A declared key of a module that is installed under a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The module that declares it.
    pub module: String,
    /// The schema of the referencing table: that of the module.
    pub schema: String,
    /// The referencing table.
    pub table: String,
    /// The name that the constraint gets.
    pub name: String,
    /// The module that the referenced table is of; `None` for a schema that belongs to no module.
    pub target_module: Option<String>,
    /// The schema of the referenced table.
    pub target_schema: String,
    /// What was declared.
    pub declared: ForeignKey,
}

/// Returns the deferred keys of `installations`, in the order of installation and declaration. `schemas` maps modules to
/// other schemas than their own; a reference follows its module there.
pub fn keys(
    project: &Project,
    installations: &[Installation<'_>],
    schemas: &BTreeMap<String, String>,
) -> Vec<Key> {
    let schema_of = |name: &str| {
        let module = project.module(name)?;
        Some(schemas.get(name).unwrap_or(&module.schema).clone())
    };
    let mut keys = Vec::new();
    for Installation { module, schema } in installations {
        for declared in &module.deferred_foreign_keys {
            let place = declared.target.place.as_deref();
            let (target_module, target_schema) = match place {
                None => (Some(module.name.clone()), schema.clone()),
                Some(place) => match schema_of(place) {
                    Some(schema) => (Some(place.to_owned()), schema),
                    None => (None, place.to_owned()),
                },
            };
            let table = declared.table.clone().unwrap_or_default();
            keys.push(Key {
                module: module.name.clone(),
                schema: schema.clone(),
                name: declared.name.clone().unwrap_or_else(|| declared.default_name(&table)),
                table,
                target_module,
                target_schema,
                declared: declared.clone(),
            });
        }
    }
    keys
}

impl Key {
    /// Returns the name by which people know it: `erp.order_items_product_id_fkey`.
    pub fn label(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// Returns the key with everything that a later reader needs: the target's schema, and its columns where they were
    /// left to the primary key, `target_columns`.
    pub fn definition(&self, target_columns: &[String]) -> ForeignKey {
        let mut definition = ForeignKey { name: None, ..self.declared.clone() };
        definition.target.place = Some(self.target_schema.clone());
        if definition.target.columns.is_empty() {
            definition.target.columns = target_columns.to_vec();
        }
        definition
    }

    /// Returns the referencing table as SQL.
    pub fn table_sql(&self) -> String {
        qualified(&self.schema, &self.table)
    }

    /// Returns the referenced table as SQL.
    pub fn target_sql(&self) -> String {
        qualified(&self.target_schema, &self.declared.target.table)
    }

    /// Returns the table constraint as SQL.
    pub fn constraint_sql(&self) -> String {
        let declared = &self.declared;
        let mut sql = format!("FOREIGN KEY ({}) REFERENCES {}", list(&declared.columns), self.target_sql());
        if !declared.target.columns.is_empty() {
            sql += &format!(" ({})", list(&declared.target.columns));
        }
        if declared.matching == Matching::Full {
            sql += " MATCH FULL";
        }
        for (event, action) in [("DELETE", &declared.on_delete), ("UPDATE", &declared.on_update)] {
            sql += &format!(" ON {event} {}", action.words().to_uppercase());
            if !action.columns().is_empty() {
                sql += &format!(" ({})", list(action.columns()));
            }
        }
        if declared.deferral != Deferral::NotDeferrable {
            sql += &format!(" {}", declared.deferral.words().to_uppercase());
        }
        sql
    }
}

/// Tells whether every migration of `module` is applied under `schema`: then nothing that is missing there will come.
pub fn is_complete(project: &Project, ledger: &Ledger, (module, schema): (&str, &str)) -> bool {
    let applied: BTreeSet<Version> = ledger.applied_to(module, schema).map(|row| row.version).collect();
    project
        .module(module)
        .is_some_and(|module| module.migrations.iter().all(|file| applied.contains(&file.version())))
}

pub(super) fn identifier(name: &str) -> String {
    quote::identifier(name).expect("names of foreign keys are read as SQL or come from a catalog")
}

fn qualified(schema: &str, table: &str) -> String {
    format!("{}.{}", identifier(schema), identifier(table))
}

fn list(columns: &[String]) -> String {
    columns.iter().map(|column| identifier(column)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Module;

    fn project() -> Project {
        let module = |name: &str, lines: &[&str]| Module {
            name: name.to_owned(),
            schema: name.to_owned(),
            depends_on: Vec::new(),
            migrations: Vec::new(),
            deferred_foreign_keys: lines.iter().map(|line| line.parse().unwrap()).collect(),
        };
        Project {
            modules: vec![
                module("auth", &[]),
                module(
                    "erp",
                    &["a.b -> c.id", "a.u -> auth.users.id on delete set null as a_user", "a.x -> ext.t.id"],
                ),
            ],
        }
    }

    #[test]
    fn a_reference_follows_its_module_to_the_schema_it_is_installed_under() {
        let project = project();
        let schemas = BTreeMap::from([
            ("auth".to_owned(), "login".to_owned()),
            ("erp".to_owned(), "tenant_42".to_owned()),
        ]);
        let installations = project.installations(&["erp".to_owned()], &schemas).unwrap();
        let keys = keys(&project, &installations, &schemas);
        let places: Vec<_> =
            keys.iter().map(|key| (key.label(), key.target_sql(), key.target_module.as_deref())).collect();
        assert_eq!(
            places,
            [
                ("tenant_42.a_b_fkey".to_owned(), "tenant_42.c".to_owned(), Some("erp")),
                ("tenant_42.a_user".to_owned(), "login.users".to_owned(), Some("auth")),
                ("tenant_42.a_x_fkey".to_owned(), "ext.t".to_owned(), None),
            ]
        );
    }

    #[test]
    fn the_sql_says_everything_that_was_declared() {
        let line = "\"T\"(a, \"B\") -> u(x, y) on delete set null (a) on update cascade match full initially deferred";
        let key = Key {
            module: "m".to_owned(),
            schema: "s".to_owned(),
            table: "T".to_owned(),
            name: "n".to_owned(),
            target_module: None,
            target_schema: "order".to_owned(),
            declared: line.parse().unwrap(),
        };
        assert_eq!(key.table_sql(), "s.\"T\"");
        assert_eq!(
            key.constraint_sql(),
            "FOREIGN KEY (a, \"B\") REFERENCES \"order\".u (x, y) MATCH FULL ON DELETE SET NULL (a) \
             ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED"
        );
        assert_eq!(
            key.definition(&[]).to_string(),
            line.replace("-> u", "-> \"order\".u").replace("initially", "deferrable initially")
        );
    }
}
