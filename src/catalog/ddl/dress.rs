//! What every kind of object may have besides its definition: owner, comment, privileges, labels. Pure.

use super::plan::Plan;
use super::statement::Statement;
use crate::catalog::acl::{self, Acl, Subject};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Entry, Object};
use crate::sql::quote::held::{identifier, literal};

/// Returns the statements that give an object that was just made or altered what it shall have besides.
pub(super) fn statements(plan: &Plan<'_>, id: &Id) -> Vec<Statement> {
    let Some(to) = plan.to().objects.get(id) else { return Vec::new() };
    let from = plan.from().objects.get(id).filter(|_| plan.fates.stays(id));
    let mut out = Vec::new();
    let owner = owner(plan, id, (from, to), &mut out);
    comment(id, (from, to), &mut out);
    labels(id, (from, to), &mut out);
    extensions(id, (from, to), &mut out);
    out.extend(privileges(plan, id, (from, to), &owner));
    out
}

type Sides<'a> = (Option<&'a Entry>, &'a Entry);

/// Returns who owned the object and who shall; of a part, who owned its table and who shall.
fn owner(plan: &Plan<'_>, id: &Id, (from, to): Sides<'_>, out: &mut Vec<Statement>) -> (String, String) {
    let role = || plan.from().role.clone();
    let of_home = |catalog: &Catalog, entry: &Entry| catalog.objects.get(entry.on.as_ref()?)?.owner.clone();
    let before =
        from.map_or_else(|| Some(role()), |from| from.owner.clone().or_else(|| of_home(plan.from(), from)));
    let before = before.unwrap_or_else(role);
    let Some(after) = to.owner.clone() else {
        let after = of_home(plan.to(), to).unwrap_or_else(|| before.clone());
        return (before, after);
    };
    // An owned sequence follows its table; user mappings and default privileges name their role themselves.
    let ownership = id.with(Kind::Ownership, "");
    let both = [plan.from(), plan.to()].iter().all(|catalog| catalog.objects.contains_key(&ownership));
    let follows = id.kind() == Kind::Sequence && from.is_some() && both && plan.fates.stays(&ownership);
    let has = !follows && !matches!(id.kind(), Kind::DefaultPrivileges | Kind::InitialPrivileges);
    if before != after && has {
        let sql = format!("ALTER {} {} OWNER TO {}", id.kind().noun(), id.address(), identifier(&after));
        out.push(Statement::new(id, sql));
    }
    (before, after)
}

fn comment(id: &Id, (from, to): Sides<'_>, out: &mut Vec<Statement>) {
    let text = |comment: &Option<String>| comment.as_deref().map_or_else(|| "NULL".to_owned(), literal);
    let before = from.and_then(|from| from.comment.clone());
    if before != to.comment {
        let sql = format!("COMMENT ON {} {} IS {}", id.kind().noun(), id.address(), text(&to.comment));
        out.push(Statement::new(id, sql));
    }
    let index_comment = |entry: &Entry| match &entry.object {
        Object::Constraint(constraint) => constraint.index_comment.clone(),
        _ => None,
    };
    let (before, after) = (from.and_then(index_comment), index_comment(to));
    if before != after {
        let index = Id::new(Kind::Index, id.schema(), id.part());
        out.push(Statement::new(id, format!("COMMENT ON INDEX {} IS {}", index.address(), text(&after))));
    }
}

fn labels(id: &Id, (from, to): Sides<'_>, out: &mut Vec<Statement>) {
    let mut label = |provider: &str, text: &str| {
        let (noun, address) = (id.kind().noun(), id.address());
        let sql = format!("SECURITY LABEL FOR {} ON {noun} {address} IS {text}", identifier(provider));
        out.push(Statement::new(id, sql));
    };
    for (provider, text) in &to.labels {
        if from.and_then(|from| from.labels.get(provider)) != Some(text) {
            label(provider, &literal(text));
        }
    }
    for provider in from.into_iter().flat_map(|from| from.labels.keys()) {
        if !to.labels.contains_key(provider) {
            label(provider, "NULL");
        }
    }
}

fn extensions(id: &Id, (from, to): Sides<'_>, out: &mut Vec<Statement>) {
    let mut depend = |no: &str, extension: &str| {
        let sql = format!(
            "ALTER {} {} {no}DEPENDS ON EXTENSION {}",
            id.kind().noun(),
            id.address(),
            identifier(extension)
        );
        out.push(Statement::new(id, sql));
    };
    let before = from.map(|from| from.extensions.clone()).unwrap_or_default();
    to.extensions.difference(&before).for_each(|extension| depend("", extension));
    before.difference(&to.extensions).for_each(|extension| depend("NO ", extension));
}

fn privileges(
    plan: &Plan<'_>,
    id: &Id,
    (from, to): Sides<'_>,
    (before, after): &(String, String),
) -> Vec<Statement> {
    let Some(wanted) = &to.acl else { return Vec::new() };
    if let Object::DefaultPrivileges(privileges) = &to.object {
        let base = Acl::parse(&privileges.base);
        return deviation(id, after, from.and_then(|from| from.acl.as_ref()).unwrap_or(&base), wanted);
    }
    let held = from.map_or_else(|| initial(plan.from(), id), |from| from.acl.clone().unwrap_or_default());
    let held = if before == after { held } else { held.owned_by(before, after) };
    grants(id, after, &held, wanted)
}

fn grants(id: &Id, owner: &str, from: &Acl, to: &Acl) -> Vec<Statement> {
    let (noun, name, column) = match id.kind() {
        Kind::View | Kind::MaterializedView | Kind::ForeignTable => ("TABLE", id.address(), String::new()),
        Kind::Column => ("TABLE", id.qualified(), format!(" ({})", identifier(id.part()))),
        Kind::Server => ("FOREIGN SERVER", id.address(), String::new()),
        Kind::Aggregate => ("FUNCTION", signature(id), String::new()),
        Kind::InitialPrivileges if !id.part().is_empty() => {
            ("", id.name().to_owned(), format!(" ({})", id.part()))
        }
        Kind::InitialPrivileges => ("", id.name().to_owned(), String::new()),
        kind => (kind.noun(), id.address(), String::new()),
    };
    let on = format!("{noun} {name}");
    let subject = Subject { kind: id.kind(), on: on.trim_start(), column: &column, owner };
    acl::statements(subject, from, to).into_iter().map(|sql| Statement::new(id, sql)).collect()
}

/// Returns an aggregate as a function is named: without `*` and `ORDER BY`. A variadic argument that stands before and
/// behind that is one.
fn signature(aggregate: &Id) -> String {
    let part = aggregate.part();
    let variadic =
        |direct: &str| direct.rsplit(", ").next().is_some_and(|last| last.starts_with("VARIADIC "));
    let arguments = match part.split_once(" ORDER BY ") {
        _ if part == "*" => String::new(),
        Some((direct, _)) if variadic(direct) => direct.to_owned(),
        Some((direct, ordered)) => format!("{direct}, {ordered}"),
        None => part.strip_prefix("ORDER BY ").unwrap_or(part).to_owned(),
    };
    format!("{}({arguments})", aggregate.qualified())
}

/// Returns the statements that turn privileges which deviate from the usual from `from` into `to`.
pub(super) fn deviation(id: &Id, owner: &str, from: &Acl, to: &Acl) -> Vec<Statement> {
    if id.kind() == Kind::DefaultPrivileges {
        default_privileges(id, from, to)
    } else {
        grants(id, owner, from, to)
    }
}

/// Returns the `ALTER DEFAULT PRIVILEGES` that turn `from` into `to`.
fn default_privileges(id: &Id, from: &Acl, to: &Acl) -> Vec<Statement> {
    let (objects, kind) = acl::future_objects(id.part());
    let subject = Subject { kind, on: objects, column: "", owner: id.name() };
    let schema = match id.schema() {
        "" => String::new(),
        schema => format!(" IN SCHEMA {}", identifier(schema)),
    };
    acl::statements(subject, from, to)
        .into_iter()
        .map(|sql| {
            let role = identifier(id.name());
            Statement::new(id, format!("ALTER DEFAULT PRIVILEGES FOR ROLE {role}{schema} {sql}"))
        })
        .collect()
}

/// Returns the privileges that an object has when the role of `catalog` has just made it: PostgreSQL's own
/// (`acldefault` in src/backend/utils/adt/acl.c) or what the role's default privileges say.
fn initial(catalog: &Catalog, id: &Id) -> Acl {
    let owner = &catalog.role;
    let entry = |schema: &str, letter: &str| {
        let id =
            Id::new(Kind::DefaultPrivileges, schema, owner.as_str()).with(Kind::DefaultPrivileges, letter);
        catalog.objects.get(&id).and_then(|entry| entry.acl.clone())
    };
    let tables = if catalog.version >= 17 { "arwdDxtm" } else { "arwdDxt" };
    let (own, public, letter) = match id.kind() {
        Kind::Table | Kind::ForeignTable | Kind::View | Kind::MaterializedView => (tables, "", "r"),
        Kind::Sequence | Kind::IdentitySequence => ("rwU", "", "S"),
        Kind::Function | Kind::Procedure | Kind::Aggregate => ("X", "X", "f"),
        Kind::Enum | Kind::Domain | Kind::Composite | Kind::Range | Kind::BaseType => ("U", "U", "T"),
        Kind::Schema => ("UC", "", "n"),
        Kind::Language => ("U", "U", ""),
        Kind::ForeignDataWrapper | Kind::Server => ("U", "", ""),
        _ => return Acl::default(),
    };
    let mut acl = entry("", letter).unwrap_or_else(|| {
        let mut items = vec![format!("\"{}\"={own}/\"{0}\"", owner.replace('"', "\"\""))];
        if !public.is_empty() {
            items.push(format!("={public}/\"{}\"", owner.replace('"', "\"\"")));
        }
        Acl::parse(&items)
    });
    if let Some(more) = (!id.schema().is_empty()).then(|| entry(id.schema(), letter)).flatten() {
        acl.grants.extend(more.grants);
    }
    acl
}
