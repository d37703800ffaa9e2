//! What later major versions of PostgreSQL have and earlier ones do not. Pure.

use std::borrow::Cow;

use super::id::Kind;
use super::model::{Catalog, Entry, Object};

/// Returns the catalog without what each object has only because its server is of a later major version than `major`: what
/// says nothing about the schema.
pub(super) fn settled(catalog: Cow<'_, Catalog>, major: u32) -> Cow<'_, Catalog> {
    if catalog.version <= major {
        return catalog;
    }
    let mut catalog = catalog.into_owned();
    for entry in catalog.objects.values_mut() {
        if major < 17
            && let (Some(acl), Some(owner)) = (&mut entry.acl, &entry.owner)
        {
            // Every owner may maintain what is his.
            acl.grants.retain(|grant| grant.privilege != 'm' || grant.grantee != *owner);
        }
        match &mut entry.object {
            Object::Column(column) if major < 18 => {
                (column.not_null_constraint, column.not_null_comment) = (None, None);
                column.not_null_local = false;
            }
            Object::Domain(domain) if major < 17 => {
                (domain.not_null_constraint, domain.not_null_comment) = (None, None);
            }
            Object::DefaultPrivileges(privileges) if major < 17 => {
                privileges
                    .base
                    .iter_mut()
                    .for_each(|item| *item = item.replacen('m', "", usize::from(maintains(item))));
            }
            _ => {}
        }
    }
    catalog.version = major;
    Cow::Owned(catalog)
}

/// Returns whether the `aclitem` grants all on tables, as the privileges that hold by default do from PostgreSQL 17 on.
fn maintains(item: &str) -> bool {
    item.contains("=arwdDxtm/")
}

/// Returns what the object has that servers of the major version have not.
pub(super) fn lacking(kind: Kind, entry: &Entry, major: u32) -> Option<&'static str> {
    let maintain =
        entry.acl.as_ref().is_some_and(|acl| acl.grants.iter().any(|grant| grant.privilege == 'm'));
    if maintain && major < 17 {
        return Some("the privilege MAINTAIN");
    }
    let found: Vec<Feature> = match &entry.object {
        Object::Column(column) => {
            let marked = column.not_null && (column.not_null_no_inherit || !column.not_null_valid);
            vec![
                (18, column.generated.as_deref() == Some("v"), "virtual generated columns"),
                (18, marked, "NOT NULL that is not valid or not inherited"),
                (15, column.type_name.contains(",-"), "numeric scales below zero"),
            ]
        }
        Object::Constraint(constraint) => {
            let has = |words: &str| constraint.definition.contains(words);
            let deletes = has("ON DELETE SET NULL (") || has("ON DELETE SET DEFAULT (");
            vec![
                (18, has(" NOT ENFORCED"), "constraints that are not enforced"),
                (18, has(" WITHOUT OVERLAPS)"), "keys without overlaps"),
                (18, constraint.form == "f" && has("PERIOD "), "foreign keys over periods"),
                (15, has(" NULLS NOT DISTINCT"), "unique constraints in which nulls are alike"),
                (15, constraint.form == "f" && deletes, "foreign keys that set some of their columns"),
            ]
        }
        Object::Index(index) => {
            vec![(
                15,
                index.definition.contains(" NULLS NOT DISTINCT"),
                "unique indexes in which nulls are alike",
            )]
        }
        Object::View(view) => {
            let invoker = view.options.iter().any(|option| option.starts_with("security_invoker="));
            vec![(15, invoker, "views with the rights of who reads them")]
        }
        Object::Sequence(sequence) => vec![(15, sequence.persistence == "u", "unlogged sequences")],
        Object::Plain(plain) => plain_features(kind, plain.create.as_ref().unwrap_or(&plain.core)),
        _ => Vec::new(),
    };
    found.into_iter().find(|(since, has, _)| *has && major < *since).map(|(_, _, feature)| feature)
}

/// A feature: the major version that brought it, whether it is there, and its name.
type Feature = (u32, bool, &'static str);

fn plain_features(kind: Kind, sql: &str) -> Vec<Feature> {
    match kind {
        Kind::Collation => vec![
            (17, sql.contains("(provider = builtin"), "collations of the provider builtin"),
            (16, sql.contains(", rules = "), "collations with rules"),
        ],
        Kind::Publication => {
            vec![(
                18,
                sql.contains("publish_generated_columns = stored"),
                "publications of generated columns",
            )]
        }
        Kind::PublicationSchema => vec![(15, true, "publications of schemas")],
        Kind::PublicationTable => {
            let some = sql.contains(" WHERE (") || sql.ends_with(')');
            vec![(15, some, "publications of some columns or rows")]
        }
        Kind::EventTrigger => vec![(17, sql.contains(" ON login "), "event triggers on login")],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::catalog::acl::Acl;
    use crate::catalog::foreign::ForeignOptions;
    use crate::catalog::id::Id;
    use crate::catalog::model::Plain;

    fn entry(sql: &str, acl: &[&str]) -> Entry {
        let items: Vec<String> = acl.iter().map(|item| (*item).to_owned()).collect();
        Entry {
            on: None,
            owner: Some("o".to_owned()),
            acl: (!items.is_empty()).then(|| Acl::parse(&items)),
            comment: None,
            labels: BTreeMap::new(),
            extensions: BTreeSet::new(),
            object: Object::Plain(Plain {
                core: sql.to_owned(),
                create: None,
                drop: None,
                options: ForeignOptions::default(),
                settings: BTreeMap::new(),
            }),
        }
    }

    #[test]
    fn what_a_major_version_lacks_is_named() {
        let cases = [
            (Kind::Collation, "CREATE COLLATION c (provider = builtin, locale = 'C')", 17),
            (Kind::Collation, "CREATE COLLATION c (provider = icu, locale = 'de', rules = '&a < b')", 16),
            (Kind::Publication, "CREATE PUBLICATION p WITH (publish_generated_columns = stored)", 18),
            (Kind::PublicationTable, "ALTER PUBLICATION p ADD TABLE ONLY t (a)", 15),
            (Kind::EventTrigger, "CREATE EVENT TRIGGER e ON login EXECUTE FUNCTION f()", 17),
        ];
        for (kind, sql, since) in cases {
            assert_eq!(lacking(kind, &entry(sql, &[]), since), None, "{sql}");
            assert!(lacking(kind, &entry(sql, &[]), since - 1).is_some(), "{sql}");
        }
        let plain = entry("ALTER PUBLICATION p ADD TABLE ONLY t", &["a=rm/o"]);
        assert_eq!(lacking(Kind::PublicationTable, &plain, 16), Some("the privilege MAINTAIN"));
        assert_eq!(lacking(Kind::PublicationTable, &plain, 17), None);
    }

    #[test]
    fn an_owner_s_right_to_maintain_is_no_difference_between_majors() {
        let id = Id::new(Kind::Table, "s", "t");
        let objects = BTreeMap::from([(id.clone(), entry("", &["o=rm/o", "a=rm/o"]))]);
        let catalog = Catalog { objects, version: 17, ..Catalog::default() };
        let settled = settled(Cow::Borrowed(&catalog), 16);
        assert_eq!(settled.objects[&id].acl, Some(Acl::parse(&["o=r/o".to_owned(), "a=rm/o".to_owned()])));
    }
}
