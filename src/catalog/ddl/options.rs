//! `name=value` options: how they are written, set and taken back. Pure.

use std::collections::BTreeMap;

use crate::sql::quote::held::{identifier, literal};

/// Splits `name=value` texts.
fn pairs(options: &[String]) -> Vec<(&str, &str)> {
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
///
/// What is set stands last, so when that would leave another order than the one that is wanted, all are set anew.
pub(super) fn changes(from: &[String], to: &[String]) -> Vec<String> {
    let (kept, set): (Vec<&String>, Vec<&String>) = to.iter().partition(|option| from.contains(option));
    let stay = from.iter().filter(|option| to.contains(option));
    let in_order = stay.chain(set.iter().copied()).eq(to);
    let replaced =
        |name: &str| set.iter().any(|option| option.split_once('=').is_some_and(|(other, _)| other == name));
    let gone: Vec<String> = pairs(from)
        .into_iter()
        .zip(from)
        .filter(|((name, _), option)| !in_order || !(kept.contains(option) || replaced(name)))
        .map(|((name, _), _)| parameter(name))
        .collect();
    let set = if in_order { list(&set.into_iter().cloned().collect::<Vec<_>>()) } else { list(to) };
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
    let (from, to): (BTreeMap<_, _>, _) = (pairs(from).into_iter().collect(), pairs(to));
    let kept = |name: &str| to.iter().any(|(other, _)| *other == name);
    let mut list: Vec<String> =
        from.keys().filter(|name| !kept(name)).map(|name| format!("DROP {}", identifier(name))).collect();
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
        assert_eq!(
            changes(&options(&["a=1", "b=2"]), &options(&["b=2", "a=1"])),
            ["RESET (a, b)", "SET (b='2', a='1')"]
        );
    }

    #[test]
    fn foreign_options_are_added_set_and_dropped() {
        assert_eq!(
            foreign_changes(&options(&["host=x", "port=1"]), &options(&["host=y", "dbname=z"])),
            Some("OPTIONS (DROP port, SET host 'y', ADD dbname 'z')".to_owned())
        );
    }
}
