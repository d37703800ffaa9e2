//! Which file an object belongs to: the folder of its kind and a name that every file system takes. Pure.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::plan::Plan;
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::Object;

/// A file without the number of its folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The least number of the folder.
    pub(super) slot: u32,
    pub(super) folder: &'static str,
    /// The file's name without `.sql`; no two objects of a folder have the same.
    pub(super) stem: String,
}

/// What of an object a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    /// All but the foreign keys.
    Object,
    /// The foreign keys of a table: tables refer to each other in circles.
    ForeignKeys,
}

/// Returns the object that the object's statements go with.
pub(super) fn home(plan: &Plan<'_>, id: &Id) -> (Id, Section) {
    let entry = |id: &Id| plan.to().objects.get(id).or_else(|| plan.from().objects.get(id));
    let foreign = matches!(entry(id).map(|entry| &entry.object),
        Some(Object::Constraint(constraint)) if constraint.form == "f");
    let mut home = id.clone();
    loop {
        let owner = match home.kind() {
            Kind::PublicationTable | Kind::PublicationSchema => {
                Some(Id::new(Kind::Publication, "", home.name()))
            }
            Kind::ShellType => Some(Id::new(Kind::BaseType, home.schema(), home.name())),
            // A sequence goes with the column that it counts for.
            Kind::Sequence => entry(&home.with(Kind::Ownership, "")).and_then(|entry| entry.on.clone()),
            Kind::DefaultPrivileges if !home.part().is_empty() => {
                Some(Id::new(Kind::DefaultPrivileges, home.schema(), home.name()))
            }
            _ => entry(&home).and_then(|entry| entry.on.clone()),
        };
        match owner {
            Some(owner) => home = owner,
            None => break,
        }
    }
    (home, if foreign { Section::ForeignKeys } else { Section::Object })
}

/// Returns the place of each object.
pub(super) fn place<'a>(objects: impl Iterator<Item = &'a (Id, Section)>) -> BTreeMap<(Id, Section), Place> {
    let mut named: BTreeMap<(&'static str, String), Vec<&(Id, Section)>> = BTreeMap::new();
    for object in objects {
        let (_, folder) = folder(object);
        named.entry((folder, stem(&object.0))).or_default().push(object);
    }
    let mut places = BTreeMap::new();
    for ((_, stem), objects) in named {
        for object in &objects {
            let (slot, folder) = folder(object);
            let stem = if objects.len() > 1 { marked(&stem, &object.0) } else { stem.clone() };
            places.insert((*object).clone(), Place { slot, folder, stem });
        }
    }
    places
}

/// Returns the least number and the name of the folder. Between the numbers is room for what needs others of its kind.
fn folder((id, section): &(Id, Section)) -> (u32, &'static str) {
    if *section == Section::ForeignKeys {
        return (600, "foreign_keys");
    }
    match id.kind() {
        Kind::Schema => (100, "schemas"),
        Kind::Extension => (110, "extensions"),
        Kind::AccessMethod => (120, "access_methods"),
        Kind::Language => (120, "languages"),
        Kind::ForeignDataWrapper => (130, "foreign_data_wrappers"),
        Kind::Server => (140, "servers"),
        Kind::UserMapping => (150, "user_mappings"),
        Kind::Collation => (200, "collations"),
        Kind::Conversion => (300, "conversions"),
        Kind::Enum | Kind::Composite | Kind::Range | Kind::ShellType | Kind::BaseType => (210, "types"),
        Kind::Domain => (220, "domains"),
        Kind::Function | Kind::Procedure => (300, "functions"),
        Kind::Aggregate => (320, "aggregates"),
        Kind::Operator => (330, "operators"),
        Kind::OperatorFamily => (340, "operator_families"),
        Kind::OperatorClass => (350, "operator_classes"),
        Kind::Cast => (360, "casts"),
        Kind::Transform => (360, "transforms"),
        Kind::TextSearchParser => (370, "text_search_parsers"),
        Kind::TextSearchTemplate => (370, "text_search_templates"),
        Kind::TextSearchDictionary => (375, "text_search_dictionaries"),
        Kind::TextSearchConfiguration => (380, "text_search_configurations"),
        Kind::Sequence => (390, "sequences"),
        Kind::Table => (400, "tables"),
        Kind::ForeignTable => (400, "foreign_tables"),
        Kind::View => (500, "views"),
        Kind::MaterializedView => (500, "materialized_views"),
        Kind::Statistics => (620, "statistics"),
        Kind::Publication => (700, "publications"),
        Kind::Subscription => (710, "subscriptions"),
        Kind::InitialPrivileges => (800, "privileges"),
        // What is made after these is made under them, or wakes them.
        Kind::DefaultPrivileges => (900, "default_privileges"),
        Kind::EventTrigger => (950, "event_triggers"),
        Kind::DomainConstraint
        | Kind::Attribute
        | Kind::Distribution
        | Kind::Column
        | Kind::Default
        | Kind::IdentitySequence
        | Kind::Ownership
        | Kind::Index
        | Kind::Constraint
        | Kind::Inheritance
        | Kind::Rule
        | Kind::Trigger
        | Kind::Policy
        | Kind::PublicationTable
        | Kind::PublicationSchema => (690, "parts"),
    }
}

const LONGEST: usize = 100;

/// Returns the file's name without `.sql`. What can't be written as it is (other than lower case ASCII, too long,
/// a name that Windows keeps for itself) is followed by a mark of the whole identity.
fn stem(id: &Id) -> String {
    let arguments = matches!(id.kind(), Kind::Function | Kind::Procedure | Kind::Aggregate);
    let mut lossy = false;
    let mut plain = |text: &str| -> String {
        let kept = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        lossy |= text.is_empty() || !text.chars().all(kept);
        let lower = text.chars().map(|c| c.to_ascii_lowercase());
        lower.map(|c| if kept(c) { c } else { '_' }).collect()
    };
    let mut stem = match id.schema() {
        "" => plain(id.name()),
        schema => format!("{}.{}", plain(schema), plain(id.name())),
    };
    if arguments && !id.part().is_empty() {
        for argument in id.part().split(", ") {
            stem.push('-');
            // Types have spaces, modifiers and brackets; they are told apart by the mark below.
            stem.push_str(&plain(argument));
        }
    } else if !id.part().is_empty() {
        stem.push('-');
        stem.push_str(&plain(id.part()));
    }
    let first = stem.split('.').next().unwrap_or_default();
    let reserved = matches!(first, "con" | "prn" | "aux" | "nul")
        || (first.len() == 4 && (first.starts_with("com") || first.starts_with("lpt")));
    if lossy || reserved || stem.len() > LONGEST { marked(&stem, id) } else { stem }
}

fn marked(stem: &str, id: &Id) -> String {
    let identity = format!("{:?}\0{}\0{}\0{}", id.kind(), id.schema(), id.name(), id.part());
    let hash = Sha256::digest(identity.as_bytes());
    let mark: String = hash.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    // The mark comes before the first dot, too, where Windows would keep the name for itself.
    match stem.get(..LONGEST).unwrap_or(stem).split_once('.') {
        Some((schema, name)) if matches!(schema.len(), 3 | 4) => format!("{schema}_.{name}-{mark}"),
        _ => format!("{}-{mark}", stem.get(..LONGEST).unwrap_or(stem)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_file_system_may_take_wrong_are_marked_and_stay_apart() {
        let names = [
            "orders", "Orders", "ORDERS", "../etc", "a/b", "a.b", "a_b", "a b", "con", "\u{e9}", "e\u{301}",
            "", ".", "..", "a\nb", "nul", "COM1",
        ];
        let objects: Vec<_> = names
            .iter()
            .flat_map(|name| [("s", *name), (*name, "t")])
            .map(|(schema, name)| (Id::new(Kind::Table, schema, name), Section::Object))
            .chain([(Id::new(Kind::Table, "s", "x".repeat(63)), Section::Object)])
            .chain(["", "integer", "character varying, integer[]", "numeric(10,2)"].map(|arguments| {
                (Id::new(Kind::Function, "s", "f").with(Kind::Function, arguments), Section::Object)
            }))
            .collect();
        let places = place(objects.iter());
        let stems: std::collections::BTreeSet<_> =
            places.values().map(|place| (place.folder, place.stem.as_str())).collect();
        assert_eq!(stems.len(), objects.len());
        for (_, stem) in stems {
            assert!(stem.len() <= 120 && !stem.starts_with(['.', '-']), "{stem}");
            assert!(stem.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.".contains(c)));
            let first = stem.split('.').next().unwrap();
            assert!(!["con", "nul", "com1"].contains(&first), "{stem}");
        }
        let of = |index: usize| places[&objects[index]].stem.as_str();
        assert_eq!(of(0), "s.orders");
        assert_eq!(of(objects.len() - 4), "s.f");
        assert_eq!(of(objects.len() - 3), "s.f-integer");
    }
}
