//! A project: its modules in the order in which they are installed, and the schema each one is installed under.

use std::collections::{BTreeMap, BTreeSet};

use super::{ForeignKey, Migration};

/// An ordered set of migrations with a PostgreSQL schema of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The folder's name, or `public` for a project whose files lie directly in `migrations/`.
    pub name: String,
    /// The schema that `schema.toml` gives it; the module's name where it gives none.
    pub schema: String,
    /// The modules that must be installed before it.
    pub depends_on: Vec<String>,
    /// Ascending by version, each version once.
    pub migrations: Vec<Migration>,
    /// The foreign keys that are added when what they need is there, each with its table.
    pub deferred_foreign_keys: Vec<ForeignKey>,
}

/// All modules of a project, dependencies before dependants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// In the order of installation.
    pub modules: Vec<Module>,
}

/// A module that was asked for and is not there, or a schema that can't be its.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// No module has this name.
    #[error("there is no module `{name}`; the modules are {known}")]
    UnknownModule {
        /// The name that was asked for.
        name: String,
        /// The names that exist, for the user.
        known: String,
    },
    /// Two modules would share one schema other than `public`.
    #[error("modules `{first}` and `{second}` would both be installed in schema `{schema}`")]
    SharedSchema {
        /// The schema in question.
        schema: String,
        /// The module installed first.
        first: String,
        /// The module installed after it.
        second: String,
    },
}

/// One module under one schema: what a ledger row, a plan step and a contract are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation<'a> {
    /// The module's files and dependencies.
    pub module: &'a Module,
    /// The schema that its SQL runs in.
    pub schema: String,
}

/// Tells why a schema name can't be a module's: it must be one that PostgreSQL keeps whole (63 bytes, manual 4.1.1) and
/// lets anyone make (not `pg_…`), and not one that `search_path` takes for another (`$user`, however it is quoted) or that
/// crmdb leaves out of what it compares.
pub fn schema_problem(schema: &str) -> Option<&'static str> {
    if schema.is_empty() {
        Some("is empty")
    } else if schema.len() > 63 {
        Some("is longer than PostgreSQL's 63 bytes")
    } else if schema.contains('\0') {
        Some("holds a NUL character")
    } else if schema == "$user" {
        Some("PostgreSQL takes for the role's name on a search path")
    } else if ["pg_", "crmdb_rescue_"].iter().any(|start| schema.starts_with(start))
        || ["information_schema", "crmdb"].contains(&schema)
    {
        Some("is reserved")
    } else {
        None
    }
}

impl Project {
    /// Returns the module of that name.
    pub fn module(&self, name: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.name == name)
    }

    /// Returns the installations that `names` ask for, in order: all when `names` is empty, else the named modules and
    /// everything they depend on. `schemas` maps a module's name to another schema than its own.
    pub fn installations(
        &self,
        names: &[String],
        schemas: &BTreeMap<String, String>,
    ) -> Result<Vec<Installation<'_>>, SelectionError> {
        let wanted = self.with_dependencies(names)?;
        for name in schemas.keys() {
            self.known(name)?;
        }
        let mut owner: BTreeMap<String, &str> = BTreeMap::new();
        let mut installations = Vec::new();
        for module in self.modules.iter().filter(|module| wanted.contains(module.name.as_str())) {
            let schema = schemas.get(&module.name).unwrap_or(&module.schema).clone();
            if let Some(first) = owner.insert(schema.clone(), &module.name)
                && schema != "public"
            {
                let second = module.name.clone();
                return Err(SelectionError::SharedSchema { schema, first: first.to_owned(), second });
            }
            installations.push(Installation { module, schema });
        }
        Ok(installations)
    }

    fn with_dependencies<'a>(&'a self, names: &'a [String]) -> Result<BTreeSet<&'a str>, SelectionError> {
        if names.is_empty() {
            return Ok(self.modules.iter().map(|module| module.name.as_str()).collect());
        }
        let mut wanted = BTreeSet::new();
        let mut open: Vec<&str> = names.iter().map(String::as_str).collect();
        while let Some(name) = open.pop() {
            let module = self.known(name)?;
            if wanted.insert(module.name.as_str()) {
                open.extend(module.depends_on.iter().map(String::as_str));
            }
        }
        Ok(wanted)
    }

    fn known(&self, name: &str) -> Result<&Module, SelectionError> {
        self.module(name).ok_or_else(|| {
            let known: Vec<_> = self.modules.iter().map(|module| format!("`{}`", module.name)).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            SelectionError::UnknownModule { name: name.to_owned(), known }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> Project {
        let module = |name: &str, depends_on: &[&str]| Module {
            name: name.to_owned(),
            schema: name.to_owned(),
            depends_on: depends_on.iter().map(|&d| d.to_owned()).collect(),
            migrations: Vec::new(),
            deferred_foreign_keys: Vec::new(),
        };
        Project { modules: vec![module("auth", &[]), module("erp", &["auth"]), module("sales", &[])] }
    }

    fn names(project: &Project, wanted: &[&str]) -> Vec<String> {
        let wanted: Vec<String> = wanted.iter().map(|&w| w.to_owned()).collect();
        let found = project.installations(&wanted, &BTreeMap::new()).unwrap();
        found.into_iter().map(|i| i.module.name.clone()).collect()
    }

    #[test]
    fn a_module_brings_what_it_depends_on() {
        assert_eq!(names(&project(), &["erp"]), ["auth", "erp"]);
        assert_eq!(names(&project(), &[]), ["auth", "erp", "sales"]);
    }

    #[test]
    fn an_unknown_module_is_named_with_the_known_ones() {
        let error = project().installations(&["hr".to_owned()], &BTreeMap::new()).unwrap_err();
        assert_eq!(error.to_string(), "there is no module `hr`; the modules are `auth`, `erp`, `sales`");
    }

    #[test]
    fn two_modules_do_not_share_a_schema() {
        let schemas = BTreeMap::from([("sales".to_owned(), "erp".to_owned())]);
        let error = project().installations(&[], &schemas).unwrap_err();
        assert_eq!(error.to_string(), "modules `erp` and `sales` would both be installed in schema `erp`");
    }
}
