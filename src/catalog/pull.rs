//! A schema as files of SQL, one an object: the texts of all of them. Pure.

use std::collections::BTreeMap;

use super::acl::{Acl, Grant};
use super::ddl::{File, Refusal, files};
use super::diff::{Aspect, Options, diff};
use super::id::{Id, Kind};
use super::model::{Catalog, Entry, Object};
use super::pristine::pristine;

/// How the first line of each file begins.
pub const MARK: &str = "-- crmdb schema pull: ";

/// A role that nobody is (names have no NUL): so each file says whose its object is, whoever pulls.
const NOBODY: &str = "\0";

/// Returns the text of each file by its path; run in the order of the paths they make the schema in a database that
/// was just made. `founder` is the role that initialised the cluster.
///
/// # Errors
///
/// When the catalog holds what can't be written as SQL.
pub fn texts(
    mut catalog: Catalog,
    founder: &str,
    options: &Options,
) -> Result<BTreeMap<String, String>, Refusal> {
    let role = if options.ignore.contains(&Aspect::Owner) { catalog.role.clone() } else { NOBODY.to_owned() };
    catalog.objects.retain(|id, entry| !is_of_initdb(id, entry));
    catalog.needs.retain(|id, _| id.kind() != Kind::InitialPrivileges);
    let mut nothing = pristine(catalog.version, founder, &role);
    for entry in catalog.objects.values_mut() {
        match &mut entry.object {
            // Its query would run, and call what is not there yet.
            Object::View(view) => view.populated = false,
            // Whoever loads the files is not to take rows that are another's.
            Object::Subscription(subscription) => subscription.enabled = false,
            _ => {}
        }
    }
    if options.ignore.contains(&Aspect::Owner) {
        disown(&mut nothing, &role);
        disown(&mut catalog, &role);
    }
    let changes = diff(&nothing, &catalog, options);
    Ok(files(&changes)?.into_iter().map(|file| (file.path.clone(), text(&file))).collect())
}

/// Returns whether the privileges are those that initdb gave `information_schema`, of which it keeps no record
/// (src/backend/catalog/information_schema.sql): every new database has them.
fn is_of_initdb(id: &Id, entry: &Entry) -> bool {
    let (Object::DefaultPrivileges(privileges), Some(acl), Some(owner)) =
        (&entry.object, &entry.acl, &entry.owner)
    else {
        return false;
    };
    let privilege = match id.name() {
        "SCHEMA information_schema" => 'U',
        name if name.starts_with("TABLE information_schema.") => 'r',
        _ => return false,
    };
    let mut usual = Acl::parse(&privileges.base);
    let grantee = String::new();
    usual.grants.insert(Grant { grantor: owner.clone(), grantee, grantable: false, privilege });
    id.kind() == Kind::InitialPrivileges && usual == *acl
}

/// Turns what the owners granted and have into what `role` grants and has.
fn disown(catalog: &mut Catalog, role: &str) {
    let owner = |id: &Id| {
        let entry = catalog.objects.get(id)?;
        let home = entry.on.as_ref().and_then(|on| catalog.objects.get(on));
        entry.owner.clone().or_else(|| home?.owner.clone())
    };
    let moved: Vec<(Id, Acl)> = catalog
        .objects
        .iter()
        .filter_map(|(id, entry)| Some((id.clone(), entry.acl.as_ref()?.owned_by(&owner(id)?, role))))
        .collect();
    for (id, acl) in moved {
        if let Some(entry) = catalog.objects.get_mut(&id) {
            entry.acl = Some(acl);
        }
    }
}

fn text(file: &File) -> String {
    let head = file.object.to_string().replace(char::is_control, " ");
    let mut text = format!("{MARK}{head}\n");
    if file.checks_bodies {
        // A body may name what comes in a later file.
        text.push_str("\nSET check_function_bodies = off;\n");
    }
    for statement in &file.statements {
        text.push('\n');
        text.push_str(&statement.sql);
        text.push_str(";\n");
    }
    text
}
