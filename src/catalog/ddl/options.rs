//! `name=value` options: how they are written, set and taken back. Pure.

use std::collections::BTreeMap;

use crate::catalog::quote::{identifier, literal};

/// Splits `name=value` texts.
fn pairs(options: &[String]) -> BTreeMap<&str, &str> {
    options.iter().map(|option| option.split_once('=').unwrap_or((option, ""))).collect()
}

/// Returns storage parameters as `name='value', …`.
pub(super) fn list(options: &[String]) -> Vec<String> {
    pairs(options)
        .into_iter()
        .map(|(name, value)| format!("{}={}", parameter(name), literal(value)))
        .collect()
}

fn parameter(name: &str) -> String {
    // `toast.autovacuum_enabled` is two names.
    name.split('.').map(identifier).collect::<Vec<_>>().join(".")
}

/// Returns the `SET (…)` and `RESET (…)` clauses that turn one list of storage parameters into the other.
pub(super) fn changes(from: &[String], to: &[String]) -> Vec<String> {
    let (from, to) = (pairs(from), pairs(to));
    let gone: Vec<_> =
        from.keys().filter(|name| !to.contains_key(*name)).map(|name| parameter(name)).collect();
    let set: Vec<_> = to
        .iter()
        .filter(|(name, value)| from.get(*name) != Some(value))
        .map(|(name, value)| format!("{}={}", parameter(name), literal(value)))
        .collect();
    let mut clauses = Vec::new();
    if !gone.is_empty() {
        clauses.push(format!("RESET ({})", gone.join(", ")));
    }
    if !set.is_empty() {
        clauses.push(format!("SET ({})", set.join(", ")));
    }
    clauses
}

/// Returns `OPTIONS (name 'value', …)` of a foreign object, with a space before it; empty when there are none.
pub(super) fn foreign(options: &[String]) -> String {
    let list: Vec<_> = pairs(options)
        .into_iter()
        .map(|(name, value)| format!("{} {}", identifier(name), literal(value)))
        .collect();
    if list.is_empty() { String::new() } else { format!(" OPTIONS ({})", list.join(", ")) }
}

/// Returns the `OPTIONS (ADD …, SET …, DROP …)` that turns one list into the other; none when they are equal.
pub(super) fn foreign_changes(from: &[String], to: &[String]) -> Option<String> {
    let (from, to) = (pairs(from), pairs(to));
    let mut list: Vec<String> = from
        .keys()
        .filter(|name| !to.contains_key(*name))
        .map(|name| format!("DROP {}", identifier(name)))
        .collect();
    for (name, value) in &to {
        match from.get(name) {
            Some(old) if old == value => {}
            Some(_) => list.push(format!("SET {} {}", identifier(name), literal(value))),
            None => list.push(format!("ADD {} {}", identifier(name), literal(value))),
        }
    }
    (!list.is_empty()).then(|| format!("OPTIONS ({})", list.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(list: &[&str]) -> Vec<String> {
        list.iter().map(|option| (*option).to_owned()).collect()
    }

    #[test]
    fn parameters_are_set_and_reset_by_what_differs() {
        assert_eq!(
            changes(&options(&["a=1", "b=2"]), &options(&["b=3", "c=4"])),
            ["RESET (a)", "SET (b='3', c='4')"]
        );
        assert!(changes(&options(&["a=1"]), &options(&["a=1"])).is_empty());
    }

    #[test]
    fn foreign_options_are_added_set_and_dropped() {
        assert_eq!(
            foreign_changes(&options(&["host=x", "port=1"]), &options(&["host=y", "dbname=z"])),
            Some("OPTIONS (DROP port, ADD dbname 'z', SET host 'y')".to_owned())
        );
    }
}
