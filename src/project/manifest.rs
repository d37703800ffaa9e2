//! `schema.toml`: the database, how to run, and the modules.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::contract::{RawTable, Spans};
use super::error::Problem;
use crate::model::ForeignKey;
use crate::model::contract::Contract;
use crate::model::duration;
use crate::model::policy::{self, Policy};
use crate::model::rescue::Lifetime;

/// What `schema.toml` says. Unknown keys are errors.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Manifest {
    /// `[database]`
    #[serde(default)]
    pub database: Database,
    /// `[ledger]`
    #[serde(default)]
    pub ledger: LedgerSettings,
    /// `[execution]`
    #[serde(default, rename = "execution")]
    run: ExecutionSettings,
    /// The same, read.
    #[serde(skip)]
    pub execution: Execution,
    /// `[rescue]`
    #[serde(default)]
    pub rescue: RescueSettings,
    /// `[policy]`
    #[serde(default, rename = "policy")]
    limits: PolicySettings,
    /// The same, read.
    #[serde(skip)]
    pub policy: Policy,
    /// `[modules.<name>]`
    #[serde(default)]
    pub modules: BTreeMap<String, ModuleManifest>,
}

/// `[database]`: the target, where neither a flag nor the environment names one.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Database {
    /// A connection URL or a key=value string.
    pub url: Option<String>,
    /// Whether this database holds data that no seed may empty or mix with made-up rows.
    #[serde(default)]
    pub protected: bool,
}

/// `[ledger]`: what the ledger keeps.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct LedgerSettings {
    /// Whether the SQL of migrations and rollbacks is kept in the target.
    #[serde(default = "yes")]
    pub store_sql: bool,
}

impl Default for LedgerSettings {
    fn default() -> Self {
        Self { store_sql: true }
    }
}

fn yes() -> bool {
    true
}

/// `[rescue]`: what is kept of destroyed data.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct RescueSettings {
    keep: Option<Spanned<String>>,
    /// How long it is kept, as `keep` says.
    #[serde(skip)]
    pub lifetime: Option<Lifetime>,
}

impl RescueSettings {
    fn read(&mut self, text: &str) -> Result<(), Problem> {
        self.lifetime = value(&self.keep, text, str::parse::<Lifetime>)?;
        Ok(())
    }
}

/// `[policy]`: what a run may cost, as sizes such as `"1GB"`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
struct PolicySettings {
    max_rewrite: Option<Spanned<String>>,
    max_scan: Option<Spanned<String>>,
}

impl PolicySettings {
    fn read(&self, text: &str) -> Result<Policy, Problem> {
        let size = |setting| value(setting, text, policy::size);
        Ok(Policy { max_rewrite: size(&self.max_rewrite)?, max_scan: size(&self.max_scan)? })
    }
}

/// Reads the text of a setting; what is wrong with it has its place in `text`, the whole file.
fn value<T, E: ToString>(
    setting: &Option<Spanned<String>>,
    text: &str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, Problem> {
    let read = |spanned: &Spanned<String>| {
        read(spanned.get_ref())
            .map_err(|error| Problem::manifest(text, spanned.span().start, error.to_string()))
    };
    setting.as_ref().map(read).transpose()
}

/// `[execution]`: limits of a run, times as texts such as `"2s"`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
struct ExecutionSettings {
    lock_timeout: Option<Spanned<String>>,
    statement_timeout: Option<Spanned<String>>,
    lock_retries: Option<u32>,
    lock_wait: Option<Spanned<String>>,
}

impl ExecutionSettings {
    fn read(&self, text: &str) -> Result<Execution, Problem> {
        let time = |setting| value(setting, text, duration::parse);
        Ok(Execution {
            lock_timeout: time(&self.lock_timeout)?,
            statement_timeout: time(&self.statement_timeout)?,
            lock_retries: self.lock_retries,
            lock_wait: time(&self.lock_wait)?,
        })
    }
}

/// `[execution]`: limits of a run, each the default of the flag with the same name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Execution {
    /// How long a statement waits for a lock.
    pub lock_timeout: Option<Duration>,
    /// How long a statement runs; zero for ever.
    pub statement_timeout: Option<Duration>,
    /// How often a migration is tried again after a lock was not to be had.
    pub lock_retries: Option<u32>,
    /// How long to wait for another run.
    pub lock_wait: Option<Duration>,
}

/// `[modules.<name>]`
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct ModuleManifest {
    /// The schema it is installed under; the module's name where absent.
    pub schema: Option<String>,
    /// The modules that come before it.
    #[serde(default)]
    pub depends_on: Vec<String>,
    /// The foreign keys that are added when their tables are there: `"order_items.product_id -> product.id"`.
    #[serde(default)]
    pub deferred_foreign_keys: Vec<Spanned<String>>,
    /// The same, read; each names its table, and no two have one name there.
    #[serde(skip)]
    pub foreign_keys: Vec<ForeignKey>,
    #[serde(default)]
    pub(super) strict: bool,
    #[serde(default)]
    pub(super) enums: BTreeMap<String, Spanned<Spans>>,
    #[serde(default)]
    pub(super) tables: BTreeMap<String, Spanned<RawTable>>,
    pub(super) functions: Option<Spans>,
    pub(super) views: Option<Spans>,
    pub(super) distribution: Option<Spans>,
    pub(super) extensions: Option<Spans>,
    pub(super) sequences: Option<Spans>,
    pub(super) domains: Option<Spans>,
    /// What must be there of the module, read from the keys `strict`, `enums`, `tables` and those of
    /// [`Kind::MODULE_LISTS`](crate::model::contract::Kind::MODULE_LISTS). Definitions call other modules by their names.
    #[serde(skip)]
    pub contract: Contract,
}

impl Manifest {
    /// Reads the text of a `schema.toml`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let mut manifest: Self = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            Problem::manifest(text, offset, words(error.message()))
        })?;
        manifest.execution = manifest.run.read(text)?;
        manifest.policy = manifest.limits.read(text)?;
        manifest.rescue.read(text)?;
        for module in manifest.modules.values_mut() {
            module.foreign_keys = super::deferred::read(&module.deferred_foreign_keys, text)?;
            module.contract = super::contract::read(module, text)?;
        }
        manifest.name_modules();
        Ok(manifest)
    }

    /// A contract may name another module's objects by the schema that `schema.toml` gives to it.
    fn name_modules(&mut self) {
        let known = |schema: &String| self.modules.contains_key(schema);
        let schemas = self.modules.iter().filter_map(|(name, module)| Some((module.schema.clone()?, name)));
        let modules: BTreeMap<String, String> = schemas
            .filter(|(schema, _)| !known(schema))
            .map(|(schema, name)| (schema, name.clone()))
            .collect();
        self.modules.values_mut().for_each(|module| module.contract.name_modules(&modules));
    }
}

/// Says with the words of TOML what serde says with its own.
fn words(message: &str) -> String {
    let message = message.trim_end().replace('\n', "; ");
    let message = match message.strip_prefix("invalid type: ") {
        Some(rest) if rest.starts_with("sequence,") => message.replacen("sequence", "array", 1),
        Some(rest) if rest.starts_with("map,") => message.replacen("map", "table", 1),
        _ => message,
    };
    for (serde, toml) in [
        (", expected a sequence", ", expected an array"),
        (", expected a map", ", expected a table"),
        (", expected u32", ", expected a whole number from 0 to 4294967295"),
    ] {
        if let Some(before) = message.strip_suffix(serde) {
            return format!("{before}{toml}");
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_names_modules_with_schemas_and_dependencies() {
        let manifest = Manifest::parse(
            "[database]\nurl = 'postgresql://db/crm'\n[modules.erp]\nschema = 'tenant_42'\ndepends_on = ['auth']\n",
        )
        .unwrap();
        assert_eq!(manifest.database.url.as_deref(), Some("postgresql://db/crm"));
        assert_eq!(manifest.modules["erp"].schema.as_deref(), Some("tenant_42"));
        assert_eq!(manifest.modules["erp"].depends_on, ["auth"]);
        assert!(manifest.ledger.store_sql);
    }

    #[test]
    fn unknown_keys_and_wrong_types_are_errors_with_a_place() {
        for (text, line, column, words) in [
            ("[modules.erp]\nschemas = 'x'\n", 2, 1, "unknown field `schemas`"),
            ("[ledger]\nstore_sql = 'no'\n", 2, 13, "invalid type: string \"no\""),
            ("[databas]\n", 1, 2, "unknown field `databas`"),
            ("[database\n", 1, 10, "unclosed table"),
            ("[policy]\nmax_rewrite = 'much'\n", 2, 15, "`much` is not a size"),
            ("[rescue]\nkeep = 'a while'\n", 2, 8, "`a while` is not a time such as `12h`"),
            ("[policy]\nmax_write = '1GB'\n", 2, 1, "unknown field `max_write`"),
            ("[execution]\nlock_wait = '2 weeks'\n", 2, 13, "`2 weeks` is not a duration"),
            ("[execution]\nlock_retries = -1\n", 2, 16, "expected a whole number from 0 to 4294967295"),
            ("[modules]\nerp = true\n", 2, 7, "expected a table"),
            ("[modules.erp]\ndepends_on = 'auth'\n", 2, 14, "expected an array"),
            ("[modules.erp]\ntables = ['t']\n", 2, 10, "invalid type: array, expected a table"),
            ("[modules.erp.tables]\nt = true\n", 2, 5, "expected a table"),
            ("[modules.erp.enums]\ne = ['a', 'b', 'a']\n", 2, 16, "`a` is said twice"),
            (
                "[modules.erp.enums]\ne = [\n  'a',\n  'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee']\n",
                4,
                3,
                "63 bytes",
            ),
            (
                "[modules.erp]\ndeferred_foreign_keys = [\n  'a.b -> c.d',\n  'a.b -> c.d on delet cascade',\n]\n",
                4,
                18,
                "`a.b -> c.d on delet cascade` is not a foreign key: `delet` stands where `delete` or `update` should be",
            ),
            ("[modules.erp]\ndeferred_foreign_keys = ['b -> c.d']\n", 2, 26, "`b -> c.d` names no table"),
            (
                "[modules.erp]\ndeferred_foreign_keys = [\n  'a.b -> c.d',\n  'a.b -> e.f',\n]\n",
                4,
                3,
                "`a_b_fkey` on `a` is declared twice",
            ),
        ] {
            match Manifest::parse(text).unwrap_err() {
                Problem::Manifest { line: l, column: c, message } => {
                    assert_eq!((l, c), (line, column), "{text:?}: {message}");
                    assert!(message.contains(words), "{message}");
                }
                other => panic!("{other}"),
            }
        }
    }
}
