//! The order in which modules are installed: dependencies first, else by name.

use std::collections::{BTreeMap, BTreeSet};

/// Why modules can't be put in order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// A module depends on one that does not exist.
    #[error("module `{module}` depends on `{missing}`, which is not a module of this project")]
    Missing {
        /// The module that declares the dependency.
        module: String,
        /// The name it declares.
        missing: String,
    },
    /// Modules depend on each other in a ring, told in its order.
    #[error("modules depend on each other in a ring: {}", ring(.0))]
    Ring(Vec<String>),
}

fn ring(names: &[String]) -> String {
    let mut names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.extend(names.first().cloned());
    names.join(" -> ")
}

/// Returns the keys of `depends_on` so that each comes after all it depends on; among the free ones the alphabetically
/// first comes first, so the order is the same on every machine.
pub fn order(depends_on: &BTreeMap<String, Vec<String>>) -> Result<Vec<String>, OrderError> {
    for (module, dependencies) in depends_on {
        if let Some(missing) = dependencies.iter().find(|name| !depends_on.contains_key(*name)) {
            return Err(OrderError::Missing { module: module.clone(), missing: missing.clone() });
        }
    }
    let mut left: BTreeMap<&str, BTreeSet<&str>> = depends_on
        .iter()
        .map(|(name, on)| (name.as_str(), on.iter().map(String::as_str).collect()))
        .collect();
    let mut done = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let Some(next) = left.iter().find(|(_, open)| open.is_empty()).map(|(&name, _)| name) else {
            return Err(OrderError::Ring(first_ring(&left)));
        };
        left.remove(next);
        left.values_mut().for_each(|open| {
            open.remove(next);
        });
        done.push(next.to_owned());
    }
    Ok(done)
}

/// Follows first dependencies until a name comes twice: every module left has one, so there is a ring.
fn first_ring(left: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let mut path: Vec<&str> = Vec::new();
    let mut at = left.keys().next().copied();
    while let Some(name) = at {
        if let Some(start) = path.iter().position(|&seen| seen == name) {
            return path[start..].iter().map(|&name| name.to_owned()).collect();
        }
        path.push(name);
        at = left.get(name).and_then(|open| open.first().copied());
    }
    path.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(edges: &[(&str, &[&str])]) -> Result<Vec<String>, OrderError> {
        let edges =
            edges.iter().map(|(name, on)| ((*name).to_owned(), on.iter().map(|&o| o.to_owned()).collect()));
        order(&edges.collect())
    }

    #[test]
    fn dependencies_come_first_and_ties_are_alphabetical() {
        let found = ordered(&[("sales", &[]), ("erp", &["auth"]), ("auth", &[]), ("accounts", &["auth"])]);
        assert_eq!(found.unwrap(), ["auth", "accounts", "erp", "sales"]);
    }

    #[test]
    fn a_ring_is_told_in_its_order() {
        let error = ordered(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])]).unwrap_err();
        assert_eq!(error.to_string(), "modules depend on each other in a ring: `b` -> `c` -> `b`");
        assert!(matches!(ordered(&[("a", &["a"])]), Err(OrderError::Ring(ring)) if ring == ["a"]));
    }

    #[test]
    fn a_missing_dependency_is_named() {
        let error = ordered(&[("a", &["b"])]).unwrap_err();
        assert_eq!(error.to_string(), "module `a` depends on `b`, which is not a module of this project");
    }
}
