//! Puts the rows of the catalog queries together: addresses become identities, `pg_depend` becomes edges. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::acl::Acl;
use super::edges;
use super::id::{Id, Kind};
use super::model::{Catalog, Entry, Object};

/// `classid`, `objid`, `objsubid`: how the system catalogs point at an object.
pub(super) type Address = (u32, u32, i32);

/// An object as its query tells it; its entry does not know yet what it is a part of.
pub(super) struct Found {
    pub(super) address: Address,
    /// The relation (or domain) that the object is a part of; 0 for none.
    pub(super) home: u32,
    pub(super) id: Id,
    pub(super) entry: Entry,
}

/// That a catalog row is a part of another object.
pub(super) struct Alias {
    pub(super) from: (u32, u32),
    pub(super) to: Address,
}

pub(super) struct Dependency {
    pub(super) from: Address,
    pub(super) to: Address,
    /// `pg_depend.deptype`.
    pub(super) form: u8,
}

/// A comment, or with a provider a security label.
pub(super) struct Note {
    pub(super) on: Address,
    pub(super) provider: String,
    pub(super) text: String,
}

#[derive(Default)]
pub(super) struct Assembly {
    pub(super) version: u32,
    pub(super) role: String,
    pub(super) objects: Vec<Found>,
    pub(super) aliases: Vec<Alias>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) notes: Vec<Note>,
    pub(super) casts: BTreeMap<(String, String), String>,
    pub(super) unknown: BTreeSet<String>,
}

// Object identifiers of system catalogs are fixed (src/include/catalog/*.h).
pub(super) const PG_CLASS: u32 = 1259;
pub(super) const PG_TYPE: u32 = 1247;
const PG_EXTENSION: u32 = 3079;

/// Addresses to identities.
pub(super) struct Names {
    known: HashMap<Address, Id>,
    aliases: HashMap<(u32, u32), Address>,
    members: HashMap<(u32, u32), Id>,
}

impl Names {
    /// Returns the object that the address is or is a part of; an extension for what it owns.
    pub(super) fn find(&self, address: Address) -> Option<&Id> {
        let mut at = address;
        // Chains are short: array type, element's row type, table.
        for _ in 0..6 {
            let (class, oid, sub) = at;
            if let Some(id) = self.known.get(&at).or_else(|| self.members.get(&(class, oid))) {
                return Some(id);
            }
            if let Some(next) = self.aliases.get(&(class, oid)) {
                at = if sub == 0 || next.2 != 0 { *next } else { (next.0, next.1, sub) };
            } else if sub == 0 {
                return None;
            } else {
                at = (class, oid, 0);
            }
        }
        None
    }
}

impl Assembly {
    /// Returns what `pg_depend` knows and no query read, as `class object` texts for `describe.sql`.
    pub(super) fn strangers(&self) -> Vec<String> {
        let known: HashSet<(u32, u32)> = self
            .objects
            .iter()
            .map(|row| (row.address.0, row.address.1))
            .chain(self.aliases.iter().map(|alias| alias.from))
            .chain(self.members().map(|row| (row.from.0, row.from.1)))
            .collect();
        let strange: BTreeSet<(u32, u32)> = self
            .dependencies
            .iter()
            .filter(|row| edges::MODELLED_ELSEWHERE.iter().all(|class| *class != row.from.0))
            .map(|row| (row.from.0, row.from.1))
            .filter(|address| !known.contains(address))
            .collect();
        strange.iter().map(|(class, object)| format!("{class} {object}")).collect()
    }

    fn members(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies.iter().filter(|row| row.form == b'e' && row.to.0 == PG_EXTENSION)
    }

    /// Returns the catalog.
    pub(super) fn catalog(mut self) -> Catalog {
        let mut names = self.names();
        let mut rows = std::mem::take(&mut self.objects);
        rows.retain_mut(|row| {
            let counts = counts(row, &names);
            if !counts && names.known.get(&row.address) == Some(&row.id) {
                names.known.remove(&row.address);
            }
            counts
        });
        let mut objects = sorted(rows);
        self.annotate(&names, &mut objects);
        let needs = edges::needs(&objects, &names, &self.dependencies);
        let Self { casts, role, version, unknown, .. } = self;
        Catalog { objects, needs, casts, role, version, unknown }
    }

    fn names(&self) -> Names {
        let addressed = self.objects.iter().filter(|found| found.address.0 != 0);
        let mut known: HashMap<Address, Id> =
            addressed.map(|found| (found.address, found.id.clone())).collect();
        let members: HashMap<(u32, u32), Id> = self
            .members()
            .filter_map(|row| Some(((row.from.0, row.from.1), known.get(&row.to)?.clone())))
            .collect();
        known.retain(|(class, oid, _), _| !members.contains_key(&(*class, *oid)));
        let aliases = self.aliases.iter().map(|alias| (alias.from, alias.to)).collect();
        Names { known, aliases, members }
    }

    fn annotate(&self, names: &Names, objects: &mut BTreeMap<Id, Entry>) {
        for note in &self.notes {
            let Some(id) = names.known.get(&note.on) else { continue };
            let Some(entry) = objects.get_mut(id) else { continue };
            if note.provider.is_empty() {
                entry.comment = Some(note.text.clone());
            } else {
                entry.labels.insert(note.provider.clone(), note.text.clone());
            }
        }
        for row in self.dependencies.iter().filter(|row| row.form == b'x') {
            let Some(extension) = names.find(row.to).filter(|id| id.kind() == Kind::Extension) else {
                continue;
            };
            if let Some(entry) = names.known.get(&row.from).and_then(|id| objects.get_mut(id)) {
                entry.extensions.insert(extension.name().to_owned());
            }
        }
    }
}

/// Tells the object what it is a part of; returns whether it is one that counts.
fn counts(found: &mut Found, names: &Names) -> bool {
    let Found { address, home, id, entry } = found;
    let class = if id.kind() == Kind::DomainConstraint { PG_TYPE } else { PG_CLASS };
    entry.on = (*home != 0).then(|| names.find((class, *home, 0)).cloned()).flatten();
    let owned = names.members.contains_key(&(address.0, address.1)) && id.kind() != Kind::InitialPrivileges;
    let lost = *home != 0 && entry.on.as_ref().is_none_or(|on| on.kind() == Kind::Extension);
    let usual = match (&entry.object, &entry.acl) {
        (Object::DefaultPrivileges(privileges), Some(acl)) => Acl::parse(&privileges.base) == *acl,
        _ => false,
    };
    !owned && !lost && !usual
}

/// Returns the objects in order. Entries are large: places are sorted, not they.
fn sorted(rows: Vec<Found>) -> BTreeMap<Id, Entry> {
    let mut places: Vec<(Id, usize)> =
        rows.iter().enumerate().map(|(place, row)| (row.id.clone(), place)).collect();
    places.sort_unstable();
    let mut entries: Vec<Option<Entry>> = rows.into_iter().map(|row| Some(row.entry)).collect();
    places.into_iter().filter_map(|(id, place)| Some((id, entries[place].take()?))).collect()
}
