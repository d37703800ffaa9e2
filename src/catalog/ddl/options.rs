//! Storage parameters and the options of foreign-data objects: how they are written, set and taken back. Pure.

use crate::catalog::foreign::{ForeignOptions, Worth};
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

/// What stands in the place of a secret, in texts for people.
const PLACE: &str = "…";

/// Returns the name and value as a statement has them. One that would need a secret is not written but shown.
fn written(name: &str, worth: &Worth) -> String {
    match worth {
        Worth::Open(value) => format!("{} {}", identifier(name), literal(value)),
        Worth::Secret(_) => format!("{} {}", identifier(name), literal(PLACE)),
    }
}

/// Returns `OPTIONS (name 'value', …)` of a foreign object, with a space before it; empty when there are none.
pub(super) fn foreign(options: &ForeignOptions) -> String {
    match options {
        ForeignOptions::Read(options) if !options.is_empty() => {
            let list: Vec<_> = options.iter().map(|(name, worth)| written(name, worth)).collect();
            format!(" OPTIONS ({})", list.join(", "))
        }
        _ => String::new(),
    }
}

/// Returns the `OPTIONS (ADD …, SET …, DROP …)` that turns one list into the other; none when they are equal or a side's
/// are not known.
pub(super) fn foreign_changes(from: &ForeignOptions, to: &ForeignOptions) -> Option<String> {
    let (ForeignOptions::Read(from), ForeignOptions::Read(to)) = (from, to) else { return None };
    let gone = from.keys().filter(|name| !to.contains_key(*name));
    let mut list: Vec<String> = gone.map(|name| format!("DROP {}", identifier(name))).collect();
    for (name, worth) in to {
        match from.get(name) {
            Some(old) if old == worth => {}
            Some(_) => list.push(format!("SET {}", written(name, worth))),
            None => list.push(format!("ADD {}", written(name, worth))),
        }
    }
    (!list.is_empty()).then(|| format!("OPTIONS ({})", list.join(", ")))
}

/// Returns the options whose values the statement that turns one list into the other would have to say and can't.
pub(super) fn unsaid<'a>(from: &ForeignOptions, to: &'a ForeignOptions) -> Vec<&'a str> {
    let ForeignOptions::Read(to) = to else { return Vec::new() };
    let old = |name: &str| match from {
        ForeignOptions::Read(from) => from.get(name),
        ForeignOptions::Unread => to.get(name),
    };
    let secret =
        to.iter().filter(|(name, worth)| matches!(worth, Worth::Secret(_)) && old(name) != Some(worth));
    secret.map(|(name, _)| name.as_str()).collect()
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

    fn foreign(list: &[&str]) -> ForeignOptions {
        ForeignOptions::from(Some(options(list)))
    }

    #[test]
    fn an_option_beside_a_secret_is_set_without_it() {
        let (from, to) = (foreign(&["password=p", "host=x"]), foreign(&["password=p", "host=y"]));
        assert_eq!(foreign_changes(&from, &to), Some("OPTIONS (SET host 'y')".to_owned()));
        assert!(unsaid(&from, &to).is_empty());
        assert_eq!(unsaid(&from, &foreign(&["password=q", "token=t"])), ["password", "token"]);
        assert!(unsaid(&from, &foreign(&[])).is_empty());
        assert!(unsaid(&ForeignOptions::Unread, &to).is_empty());
    }

    #[test]
    fn foreign_options_are_added_set_and_dropped() {
        assert_eq!(
            foreign_changes(&foreign(&["host=x", "port=1"]), &foreign(&["host=y", "dbname=z"])),
            Some("OPTIONS (DROP port, ADD dbname 'z', SET host 'y')".to_owned())
        );
    }
}
