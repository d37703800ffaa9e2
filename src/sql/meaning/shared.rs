//! Statements about what all databases of a server share, and about what must be installed beside it.

use super::reader::Reader;

/// What a statement does to the roles of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleChange {
    /// `CREATE ROLE`, `CREATE USER`, `CREATE GROUP`.
    Create,
    /// `DROP ROLE`, `DROP USER`, `DROP GROUP`.
    Drop,
}

/// Returns what a statement does to the roles of the server; a user mapping is none.
pub fn role_change(statement: &str) -> Option<RoleChange> {
    let mut reader = Reader::new(statement);
    let change = if reader.take(&["create"]) {
        RoleChange::Create
    } else if reader.take(&["drop"]) {
        RoleChange::Drop
    } else {
        return None;
    };
    let word = reader.take_any(&["role", "user", "group"])?;
    (!(word.eq_ignore_ascii_case("user") && reader.next_is("mapping"))).then_some(change)
}

/// Returns the extension that a statement makes.
pub fn created_extension(statement: &str) -> Option<String> {
    let mut reader = Reader::new(statement);
    if !reader.take(&["create", "extension"]) {
        return None;
    }
    reader.take(&["if", "not", "exists"]);
    reader.name()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_roles_are_told_from_other_statements() {
        for (sql, expected) in [
            ("create role app login", Some(RoleChange::Create)),
            ("-- x\nCREATE USER \"a b\" PASSWORD 'x';", Some(RoleChange::Create)),
            ("create group g", Some(RoleChange::Create)),
            ("drop role if exists app", Some(RoleChange::Drop)),
            ("create user mapping for app server s", None),
            ("drop user mapping for app server s", None),
            ("alter role app set x = 1", None),
            ("create table role (i int)", None),
        ] {
            assert_eq!(role_change(sql), expected, "{sql}");
        }
    }

    #[test]
    fn the_extension_is_named_as_the_catalog_names_it() {
        for (sql, expected) in [
            ("create extension citext", Some("citext")),
            ("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public;", Some("uuid-ossp")),
            ("drop extension citext", None),
            ("create extension", None),
        ] {
            assert_eq!(created_extension(sql).as_deref(), expected, "{sql}");
        }
    }
}
