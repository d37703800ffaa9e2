//! Privileges: read from `aclitem` texts, compared as sets, written as `GRANT` and `REVOKE`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::id::Kind;
use crate::sql::quote::held::identifier;

/// One privilege of one role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// Who granted it.
    pub grantor: String,
    /// Who has it; empty for `PUBLIC`.
    pub grantee: String,
    /// Whether it may be granted on.
    pub grantable: bool,
    /// The letter that `aclitem` has for it.
    pub privilege: char,
}

impl Grant {
    /// Returns what may be done, in SQL's word, and whether it may be granted on.
    #[must_use]
    pub fn word(&self) -> String {
        let more = if self.grantable { " with grant option" } else { "" };
        format!("{}{more}", word(self.privilege))
    }
}

/// The privileges on one object.
#[derive(Debug, Clone, Default)]
pub struct Acl {
    /// The privileges.
    pub grants: BTreeSet<Grant>,
    /// Grantees in the order in which the server lists them; it says nothing about the privileges.
    order: Vec<String>,
}

impl PartialEq for Acl {
    fn eq(&self, other: &Self) -> bool {
        self.grants == other.grants
    }
}

impl Serialize for Acl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.grants.iter().map(|grant| {
            let on = if grant.grantable { " with grant option" } else { "" };
            format!("{} to {}{on} by {}", word(grant.privilege), role(&grant.grantee), grant.grantor)
        }))
    }
}

impl Acl {
    /// Reads `grantee=privileges/grantor` texts; a role name in double quotes is unquoted.
    #[must_use]
    pub fn parse(items: &[String]) -> Self {
        let mut acl = Self::default();
        for item in items {
            let (grantee, rest) = name(item);
            let Some((letters, grantor)) = rest.strip_prefix('=').and_then(|rest| rest.split_once('/'))
            else {
                continue;
            };
            let (grantor, _) = name(grantor);
            acl.order.push(grantee.clone());
            let mut letters = letters.chars().peekable();
            while let Some(privilege) = letters.next() {
                let grantable = letters.next_if_eq(&'*').is_some();
                acl.grants.insert(Grant {
                    grantor: grantor.clone(),
                    grantee: grantee.clone(),
                    grantable,
                    privilege,
                });
            }
        }
        acl
    }

    fn may_grant(&self, role: &str, privilege: char) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.grantable && grant.grantee == role && grant.privilege == privilege)
    }

    /// Returns the same privileges with what `from` granted or had in the hands of `to`, as `ALTER … OWNER TO` leaves
    /// them.
    #[must_use]
    pub fn owned_by(&self, from: &str, to: &str) -> Self {
        let pass = |role: &str| if role == from { to.to_owned() } else { role.to_owned() };
        let moved = |grant: &Grant| Grant {
            grantor: pass(&grant.grantor),
            grantee: pass(&grant.grantee),
            ..grant.clone()
        };
        Self {
            grants: self.grants.iter().map(moved).collect(),
            order: self.order.iter().map(|role| pass(role)).collect(),
        }
    }
}

/// Splits a leading role name off an `aclitem` text.
fn name(item: &str) -> (String, &str) {
    let Some(quoted) = item.strip_prefix('"') else {
        let end = item.find('=').unwrap_or(item.len());
        return (item[..end].to_owned(), &item[end..]);
    };
    let mut name = String::new();
    let mut rest = quoted;
    while let Some(end) = rest.find('"') {
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        let Some(more) = rest.strip_prefix('"') else { break };
        name.push('"');
        rest = more;
    }
    (name, rest)
}

fn role(name: &str) -> String {
    if name.is_empty() { "PUBLIC".to_owned() } else { identifier(name) }
}

/// The privilege letters in the order in which GRANT's manual page lists their words.
const ORDER: &str = "rawdDxtmUCcTXsA";

/// Returns the SQL word of a privilege letter (src/include/utils/acl.h, `ACL_ALL_RIGHTS_STR`).
const fn word(letter: char) -> &'static str {
    match letter {
        'a' => "INSERT",
        'r' => "SELECT",
        'w' => "UPDATE",
        'd' => "DELETE",
        'D' => "TRUNCATE",
        'x' => "REFERENCES",
        't' => "TRIGGER",
        'X' => "EXECUTE",
        'U' => "USAGE",
        'C' => "CREATE",
        'T' => "TEMPORARY",
        'c' => "CONNECT",
        's' => "SET",
        'A' => "ALTER SYSTEM",
        'm' => "MAINTAIN",
        _ => "ALL",
    }
}

/// Returns every privilege a kind of object can carry, or none when the list depends on the server's version.
const fn every(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Sequence => Some("rwU"),
        Kind::Schema => Some("UC"),
        _ => None,
    }
}

/// What the privileges are on, as `GRANT` writes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) kind: Kind,
    /// What follows `ON`: noun and name.
    pub(crate) on: &'a str,
    /// A column's name in parentheses, else empty.
    pub(crate) column: &'a str,
    /// The owner, who grants without `SET ROLE`.
    pub(crate) owner: &'a str,
}

/// Returns the statements that turn the privileges `from` into `to`; the owner's own grants come first.
pub(crate) fn statements(subject: Subject<'_>, from: &Acl, to: &Acl) -> Vec<String> {
    let mut statements = Vec::new();
    let falls = |grant: &Grant| {
        let may = |acl: &Acl| acl.may_grant(&grant.grantor, grant.privilege);
        grant.grantor != subject.owner && may(from) && !may(to)
    };
    for verb in [Verb::Revoke, Verb::RevokeOption, Verb::Grant] {
        let mut groups: BTreeMap<(bool, String, usize, String, bool), Vec<char>> = BTreeMap::new();
        for grant in verb.of(from, to).into_iter().filter(|grant| !falls(grant)) {
            let foreign = grant.grantor != subject.owner;
            let place = to.order.iter().position(|role| *role == grant.grantee).unwrap_or(usize::MAX);
            let key = (foreign, grant.grantor, place, grant.grantee, grant.grantable);
            groups.entry(key).or_default().push(grant.privilege);
        }
        let order: Box<dyn Iterator<Item = _>> = match verb {
            Verb::Grant => Box::new(groups.into_iter()),
            // What another role granted on rests on the owner's grant, so it goes first.
            _ => Box::new(groups.into_iter().rev()),
        };
        for ((foreign, grantor, _, grantee, grantable), letters) in order {
            let list = list(subject, &letters);
            let on = subject.on;
            let to = role(&grantee);
            let rests = |other: &Grant| {
                other.grantor == grantee && letters.contains(&other.privilege) && falls(other)
            };
            // As the role that granted it on it might no longer be possible: it may have lost the schema meanwhile.
            let cascade = if from.grants.iter().any(rests) { " CASCADE" } else { "" };
            let sql = match verb {
                Verb::Revoke => format!("REVOKE {list} ON {on} FROM {to}{cascade}"),
                Verb::RevokeOption => format!("REVOKE GRANT OPTION FOR {list} ON {on} FROM {to}{cascade}"),
                Verb::Grant if grantable => format!("GRANT {list} ON {on} TO {to} WITH GRANT OPTION"),
                Verb::Grant => format!("GRANT {list} ON {on} TO {to}"),
            };
            if foreign {
                statements.push(format!("SET ROLE {}", identifier(&grantor)));
                statements.push(sql);
                statements.push("RESET ROLE".to_owned());
            } else {
                statements.push(sql);
            }
        }
    }
    statements
}

fn list(subject: Subject<'_>, letters: &[char]) -> String {
    if every(subject.kind).is_some_and(|all| all.chars().all(|letter| letters.contains(&letter))) {
        return "ALL".to_owned();
    }
    let mut letters = letters.to_vec();
    letters.sort_unstable_by_key(|letter| ORDER.find(*letter));
    let column = subject.column;
    letters.iter().map(|letter| format!("{}{column}", word(*letter))).collect::<Vec<_>>().join(", ")
}

#[derive(Clone, Copy)]
enum Verb {
    Revoke,
    RevokeOption,
    Grant,
}

impl Verb {
    fn of(self, from: &Acl, to: &Acl) -> Vec<Grant> {
        let has = |acl: &Acl, grant: &Grant, grantable: bool| {
            acl.grants.contains(&Grant { grantable, ..grant.clone() })
        };
        match self {
            Self::Revoke => from
                .grants
                .iter()
                .filter(|grant| !has(to, grant, true) && !has(to, grant, false))
                .map(|grant| Grant { grantable: false, ..grant.clone() })
                .collect(),
            Self::RevokeOption => {
                from.grants.iter().filter(|grant| grant.grantable && has(to, grant, false)).cloned().collect()
            }
            Self::Grant => to
                .grants
                .iter()
                .filter(|grant| !from.grants.contains(grant) && (grant.grantable || !has(from, grant, true)))
                .cloned()
                .collect(),
        }
    }
}

/// Returns the words that `ALTER DEFAULT PRIVILEGES` has for a `defaclobjtype` letter.
pub(crate) fn future_objects(letter: &str) -> (&'static str, Kind) {
    match letter {
        "S" => ("SEQUENCES", Kind::Sequence),
        "f" => ("FUNCTIONS", Kind::Function),
        "T" => ("TYPES", Kind::Enum),
        "n" => ("SCHEMAS", Kind::Schema),
        "L" => ("LARGE OBJECTS", Kind::InitialPrivileges),
        _ => ("TABLES", Kind::Table),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acl(items: &[&str]) -> Acl {
        Acl::parse(&items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>())
    }

    fn change(from: &[&str], to: &[&str]) -> Vec<String> {
        let subject = Subject { kind: Kind::Table, on: "TABLE t", column: "", owner: "o" };
        statements(subject, &acl(from), &acl(to))
    }

    #[test]
    fn quoted_roles_are_read_as_their_names() {
        let grants: Vec<_> = acl(&["\"we\"\"b\"=r/\"o=p\""]).grants.into_iter().collect();
        assert_eq!(grants[0].grantee, "we\"b");
        assert_eq!(grants[0].grantor, "o=p");
    }

    #[test]
    fn only_what_differs_is_granted_and_revoked() {
        assert_eq!(
            change(&["a=rw/o", "=r/o"], &["a=r/o", "b=r*/o"]),
            [
                "REVOKE SELECT ON TABLE t FROM PUBLIC",
                "REVOKE UPDATE ON TABLE t FROM a",
                "GRANT SELECT ON TABLE t TO b WITH GRANT OPTION"
            ]
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
        );
    }

    #[test]
    fn the_grant_option_alone_is_taken_and_given() {
        assert_eq!(change(&["a=r*/o"], &["a=r/o"]), ["REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM a"]);
        assert_eq!(change(&["a=r/o"], &["a=r*/o"]), ["GRANT SELECT ON TABLE t TO a WITH GRANT OPTION"]);
    }

    #[test]
    fn what_was_granted_on_goes_with_the_right_to_grant() {
        let chain = ["a=r*w*/o", "b=r*/a", "c=r/b"];
        assert_eq!(change(&chain, &["a=w*/o"]), ["REVOKE SELECT ON TABLE t FROM a CASCADE"]);
        assert_eq!(
            change(&chain, &["a=rw*/o", "c=r/o"]),
            ["REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM a CASCADE", "GRANT SELECT ON TABLE t TO c"]
        );
        assert_eq!(
            change(&chain, &["a=r*w*/o"]),
            ["SET ROLE a", "REVOKE SELECT ON TABLE t FROM b CASCADE", "RESET ROLE"]
        );
    }

    #[test]
    fn a_grant_by_another_role_is_made_as_that_role() {
        assert_eq!(
            change(&["a=r*/o"], &["a=r*/o", "b=r/a"]),
            ["SET ROLE a", "GRANT SELECT ON TABLE t TO b", "RESET ROLE"]
        );
    }
}
