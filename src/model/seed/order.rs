//! The order of tables in which every row finds the rows that it refers to.

use std::collections::{BTreeMap, BTreeSet};

use super::Tables;

/// Returns `oids` so that each table comes after those it refers to; else in the given order. Where tables refer to each
/// other in a ring, the one that comes first in `oids` is first.
pub fn by_references(tables: &Tables, oids: &[u32]) -> Vec<u32> {
    let wanted: BTreeSet<u32> = oids.iter().copied().collect();
    let mut open: BTreeMap<u32, BTreeSet<u32>> = oids
        .iter()
        .map(|&oid| {
            let keys = tables.by_oid(oid).map(|table| table.foreign_keys.as_slice()).unwrap_or_default();
            let targets = keys.iter().map(|key| key.target);
            (oid, targets.filter(|&target| target != oid && wanted.contains(&target)).collect())
        })
        .collect();
    let mut ordered = Vec::with_capacity(oids.len());
    while !open.is_empty() {
        let mut left = oids.iter().copied().filter(|oid| open.contains_key(oid));
        let free = left.clone().find(|oid| open[oid].is_empty());
        let Some(next) = free.or_else(|| left.next()) else { break };
        open.remove(&next);
        open.values_mut().for_each(|targets| {
            targets.remove(&next);
        });
        ordered.push(next);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::seed::table::tests::{reference, table};

    #[test]
    fn tables_follow_those_they_refer_to_and_rings_keep_the_given_order() {
        let mut orders = table(1, "orders", &["id", "customer"]);
        orders.foreign_keys = vec![reference("customer", 3), reference("id", 1)];
        let mut customers = table(3, "customers", &["id", "first_order"]);
        let tables = Tables::new([orders.clone(), customers.clone(), table(2, "free", &["id"])]);
        assert_eq!(by_references(&tables, &[1, 2, 3]), [2, 3, 1]);
        customers.foreign_keys = vec![reference("first_order", 1)];
        let ring = Tables::new([orders, customers]);
        assert_eq!(by_references(&ring, &[1, 3]), [1, 3]);
        assert_eq!(by_references(&ring, &[3, 1]), [3, 1]);
    }
}
