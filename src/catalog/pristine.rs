//! A database in which nothing was made yet, as a value. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::acl::Acl;
use super::id::{Id, Kind};
use super::model::{Catalog, Entry, Object};

/// Returns what `CREATE DATABASE … TEMPLATE template0` makes on a server of this major version: the schema `public`
/// (src/bin/initdb/initdb.c). `founder` is the role that initialised the cluster, `role` who makes the rest.
#[must_use]
pub fn pristine(version: u32, founder: &str, role: &str) -> Catalog {
    let (owner, letters) = if version >= 15 { ("pg_database_owner", "U") } else { (founder, "UC") };
    let quoted = format!("\"{}\"", owner.replace('"', "\"\""));
    let public = Entry {
        on: None,
        owner: Some(owner.to_owned()),
        acl: Some(Acl::parse(&[format!("{quoted}=UC/{quoted}"), format!("={letters}/{quoted}")])),
        comment: Some("standard public schema".to_owned()),
        labels: BTreeMap::new(),
        extensions: BTreeSet::new(),
        object: Object::Named,
    };
    Catalog {
        objects: BTreeMap::from([(Id::new(Kind::Schema, "", "public"), public)]),
        role: role.to_owned(),
        version,
        ..Catalog::default()
    }
}
