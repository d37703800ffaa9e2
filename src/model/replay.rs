//! What becomes of migrations that are replayed on a server which other databases share.

use std::collections::BTreeSet;

use super::{Installation, Migration, Module, Script};
use crate::sql;
use crate::sql::meaning::{Effect, Global, RoleChange, created_extension, effect, role_change};

/// A statement that must not be tried, because it reaches beyond its database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// The script's path.
    pub path: String,
    /// The line of the statement, from 1.
    pub line: usize,
    /// What it makes or drops.
    pub what: &'static str,
}

/// Returns the module as it is replayed. Roles belong to the whole server: the one that a migration makes may be there
/// from an earlier replay, and the one that it drops may be needed by another, so both are allowed to be in vain. Lines
/// stay where they are.
pub fn replayable(module: &Module) -> Module {
    let migrations = module.migrations.iter().map(|migration| Migration {
        file: migration.file.clone(),
        up: tolerant(&migration.up),
        rollback: migration.rollback.as_ref().map(tolerant),
    });
    Module { migrations: migrations.collect(), ..module.clone() }
}

fn tolerant(script: &Script) -> Script {
    let mut text = String::new();
    let mut copied = 0;
    for statement in sql::statements(&script.text).map_while(Result::ok) {
        let conditions = match role_change(statement.text) {
            Some(RoleChange::Create) => "duplicate_object OR unique_violation",
            Some(RoleChange::Drop) => "dependent_objects_still_exist OR object_in_use",
            None => continue,
        };
        let body = statement.text.trim_end_matches(';');
        text.push_str(&script.text[copied..statement.start]);
        text.push_str(&format!(
            "DO $crmdb_role$BEGIN {body}; EXCEPTION WHEN {conditions} THEN NULL; END$crmdb_role$;"
        ));
        copied = statement.range().end;
    }
    if copied == 0 {
        return script.clone();
    }
    text.push_str(&script.text[copied..]);
    Script::new(script.path.clone(), &text)
}

/// Tells whether the migrations need Citus, or stand-ins for it.
pub fn distributes(installations: &[Installation<'_>]) -> bool {
    let migrations = installations.iter().flat_map(|one| &one.module.migrations);
    let mut scripts =
        migrations.flat_map(|migration| std::iter::once(&migration.up).chain(&migration.rollback));
    scripts.any(|script| speaks_of_citus(&script.text))
}

/// Returns the extensions that the migrations make.
pub fn extensions(installations: &[Installation<'_>]) -> BTreeSet<String> {
    let scripts = installations.iter().flat_map(|one| &one.module.migrations).map(|migration| &migration.up);
    let statements = scripts.flat_map(|script| sql::statements(&script.text).map_while(Result::ok));
    let extensions = statements.filter_map(|statement| created_extension(statement.text));
    // The stand-ins for it are one, so that it need not be installed.
    extensions.filter(|name| name != "citus" || !distributes(installations)).collect()
}

/// Tells whether SQL calls a function by which Citus distributes tables or schemas.
pub fn speaks_of_citus(text: &str) -> bool {
    const CALLS: [&str; 7] = [
        "create_distributed_table",
        "create_reference_table",
        "undistribute_table",
        "alter_distributed_table",
        "citus_schema_",
        "citus_add_local_table_to_metadata",
        "create_distributed_function",
    ];
    CALLS.iter().any(|call| text.contains(call))
}

/// Returns the statements of the migrations, and of their rollbacks, that reach beyond their database: replayed, they
/// would make or drop a database, or begin to copy from another server.
pub fn beyond(installations: &[Installation<'_>]) -> Vec<Beyond> {
    let migrations = installations.iter().flat_map(|one| &one.module.migrations);
    let scripts = migrations.flat_map(|migration| std::iter::once(&migration.up).chain(&migration.rollback));
    scripts.flat_map(in_script).collect()
}

fn in_script(script: &Script) -> Vec<Beyond> {
    let statements = sql::statements(&script.text).map_while(Result::ok);
    let found = statements.filter_map(|statement| {
        let (Effect::CreateGlobal { kind, .. } | Effect::DropGlobal { kind, .. }) = effect(statement.text)
        else {
            return None;
        };
        let what = match kind {
            Global::Database => "a database",
            Global::Tablespace => "a tablespace",
            Global::Subscription => "a subscription",
        };
        Some(Beyond { path: script.path.clone(), line: statement.position.line, what })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_may_be_there_and_lines_stay() {
        let script = Script::new("m", "CREATE ROLE app\n  LOGIN;\ntable a; drop role app");
        assert_eq!(
            &*tolerant(&script).text,
            "DO $crmdb_role$BEGIN CREATE ROLE app\n  LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN \
             NULL; END$crmdb_role$;\ntable a; DO $crmdb_role$BEGIN drop role app; EXCEPTION WHEN \
             dependent_objects_still_exist OR object_in_use THEN NULL; END$crmdb_role$;"
        );
        let other = Script::new("m", "create table role (i int);");
        assert_eq!(tolerant(&other), other);
    }

    #[test]
    fn what_reaches_beyond_the_database_is_found_with_its_line() {
        let script = Script::new("m", "select 1;\ncreate subscription s connection '' publication p;\n");
        assert_eq!(in_script(&script), [Beyond { path: "m".to_owned(), line: 2, what: "a subscription" }]);
    }
}
