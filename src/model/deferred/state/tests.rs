//! Every state of a key, and what a run does about it.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::model::deferred::Table;

const TABLES: (i64, i64) = (11, 22);

fn key(line: &str) -> Key {
    let declared: crate::model::ForeignKey = line.parse().unwrap();
    let table = declared.table.clone().unwrap();
    Key {
        module: "erp".to_owned(),
        schema: "erp".to_owned(),
        name: declared.name.clone().unwrap_or_else(|| declared.default_name(&table)),
        table,
        target_module: Some("erp".to_owned()),
        target_schema: "erp".to_owned(),
        declared,
    }
}

fn items() -> Key {
    key("items.product_id -> product.id on delete set null")
}

/// Both tables with all that is needed.
fn ready() -> Seen {
    Seen {
        server_version: 150_018,
        source: Some(Table { oid: TABLES.0, partitioned: false }),
        target: Some(Table { oid: TABLES.1, partitioned: false }),
        target_columns: vec!["id".to_owned()],
        unique: true,
        ..Seen::default()
    }
}

fn constraint(valid: bool) -> Constraint {
    Constraint {
        name: "items_product_id_fkey".to_owned(),
        columns: vec!["product_id".to_owned()],
        target_columns: vec!["id".to_owned()],
        target_oid: TABLES.1,
        on_delete: 'n',
        on_update: 'a',
        enforced: true,
        valid,
        definition: "FOREIGN KEY …".to_owned(),
        ..Constraint::default()
    }
}

fn with(constraint: Constraint) -> Seen {
    Seen { constraints: vec![constraint], ..ready() }
}

fn recorded(progress: Progress) -> Recorded {
    Recorded {
        module: "erp".to_owned(),
        schema: "erp".to_owned(),
        table: "items".to_owned(),
        name: "items_product_id_fkey".to_owned(),
        constraint: "items_product_id_fkey".to_owned(),
        definition: "items.product_id -> erp.product.id on delete set null".parse().unwrap(),
        progress,
        tables: TABLES,
        changed_at: Timestamp::UNIX_EPOCH,
    }
}

/// The state in words, and what `up` and `repair --foreign-keys` do.
fn told(seen: &Seen, recorded: Option<&Recorded>) -> (String, Option<Action>, Option<Action>) {
    let key = items();
    let situation = Situation { key: &key, seen, recorded };
    (situation.state().to_string(), situation.action(Aim::GoOn), situation.action(Aim::TryAgain))
}

#[test]
fn a_key_waits_for_what_it_needs_by_name() {
    let lacking = |change: &dyn Fn(&mut Seen)| {
        let mut seen = ready();
        change(&mut seen);
        told(&seen, None)
    };
    for (seen, words) in [
        (lacking(&|seen| seen.source = None), "waiting for table erp.items"),
        (lacking(&|seen| seen.target = None), "waiting for table erp.product"),
        (
            lacking(&|seen| (seen.source, seen.target) = (None, None)),
            "waiting for table erp.items and table erp.product",
        ),
        (
            lacking(&|seen| seen.missing_columns = vec!["product_id".to_owned()]),
            "waiting for column erp.items.product_id",
        ),
        (
            lacking(&|seen| seen.missing_target_columns = vec!["id".to_owned()]),
            "waiting for column erp.product.id",
        ),
        (lacking(&|seen| seen.unique = false), "waiting for a unique key erp.product.id"),
        (
            lacking(&|seen| (seen.unique, seen.target_columns) = (false, Vec::new())),
            "waiting for a unique key erp.product (primary key)",
        ),
    ] {
        assert_eq!(seen, (words.to_owned(), None, None));
    }
}

#[test]
fn a_key_that_waits_again_leaves_the_ledger() {
    let seen = Seen { target: None, ..ready() };
    let (words, up, _) = told(&seen, Some(&recorded(Progress::Valid)));
    assert_eq!((words.as_str(), up), ("waiting for table erp.product", Some(Action::Forget)));
}

#[test]
fn what_is_there_in_part_is_completed_and_what_was_found_wrong_waits_for_repair() {
    let name = || "items_product_id_fkey".to_owned();
    let (add, validate) = (Action::Add(Manner::NotValid), Action::Validate(name()));
    let orphaned = recorded(Progress::Orphaned(3));
    for (seen, recorded, words, up, repair) in [
        (ready(), None, "to be added", Some(add.clone()), Some(add.clone())),
        (
            with(constraint(false)),
            Some(recorded(Progress::Added)),
            "not valid, to be validated",
            Some(validate.clone()),
            Some(validate.clone()),
        ),
        (
            with(constraint(false)),
            None,
            "not valid, to be validated",
            Some(validate.clone()),
            Some(validate.clone()),
        ),
        (with(constraint(false)), Some(orphaned), "not valid (3 orphans)", None, Some(validate)),
        (with(constraint(true)), Some(recorded(Progress::Valid)), "valid", None, None),
        (
            with(constraint(true)),
            Some(recorded(Progress::Added)),
            "valid",
            Some(Action::Adopt(name())),
            Some(Action::Adopt(name())),
        ),
        (with(constraint(true)), None, "valid", Some(Action::Adopt(name())), Some(Action::Adopt(name()))),
        (
            ready(),
            Some(recorded(Progress::Valid)),
            "missing: it was added and dropped by hand",
            None,
            Some(add),
        ),
    ] {
        assert_eq!(told(&seen, recorded.as_ref()), (words.to_owned(), up, repair));
    }
}

#[test]
fn a_key_of_a_table_that_was_made_again_is_due_and_not_missing() {
    let mut row = recorded(Progress::Valid);
    row.tables.1 += 1;
    assert_eq!(told(&ready(), Some(&row)).0, "to be added");
}

#[test]
fn a_key_whose_declaration_changed_is_due_once_the_old_one_is_gone() {
    let mut row = recorded(Progress::Valid);
    row.definition = "items.product_id -> erp.product.id on delete cascade".parse().unwrap();
    assert_eq!(told(&ready(), Some(&row)).0, "to be added");
}

#[test]
fn another_definition_under_the_name_is_different() {
    let changes: [fn(&mut Constraint); 8] = [
        |one| one.on_delete = 'c',
        |one| one.on_update = 'c',
        |one| one.columns = vec!["other".to_owned()],
        |one| one.target_columns = vec!["sku".to_owned()],
        |one| one.target_oid = 99,
        |one| one.deferrable = true,
        |one| one.set_columns = vec!["product_id".to_owned()],
        |one| one.enforced = false,
    ];
    for change in changes {
        let mut other = constraint(true);
        change(&mut other);
        let (words, up, repair) = told(&with(other), Some(&recorded(Progress::Valid)));
        assert_eq!(words, "different: `items_product_id_fkey` is FOREIGN KEY …");
        assert_eq!((up, repair), (None, None));
    }
}

#[test]
fn the_same_key_under_another_name_is_adopted_unless_the_name_is_declared() {
    let by_hand = Constraint { name: "fk_product".to_owned(), ..constraint(true) };
    let seen = with(by_hand);
    assert_eq!(told(&seen, None).1, Some(Action::Adopt("fk_product".to_owned())));
    let named = key("items.product_id -> product.id on delete set null as items_product");
    let situation = Situation { key: &named, seen: &seen, recorded: None };
    assert_eq!(situation.state().to_string(), "different: `fk_product` is FOREIGN KEY …");
    assert_eq!(situation.action(Aim::TryAgain), None);
}

#[test]
fn the_order_of_the_pairs_means_nothing_and_their_pairing_does() {
    let names = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    let key = key("items(a, b) -> product(x, y)");
    let seen = Seen { target_columns: names(["x", "y"]), ..ready() };
    let of = |columns, target_columns| Constraint {
        columns: names(columns),
        target_columns: names(target_columns),
        on_delete: 'a',
        ..constraint(true)
    };
    assert!(of(["b", "a"], ["y", "x"]).is(&key, &seen));
    assert!(!of(["a", "b"], ["y", "x"]).is(&key, &seen));
    let full = Constraint { full: true, ..of(["a", "b"], ["x", "y"]) };
    assert!(!full.is(&key, &seen));
}

#[test]
fn a_partitioned_table_takes_a_key_whole_before_postgresql_18() {
    let mut seen = ready();
    seen.source = Some(Table { oid: TABLES.0, partitioned: true });
    let whole = Some(Action::Add(Manner::Whole));
    assert_eq!(told(&seen, None), ("to be added".to_owned(), whole.clone(), whole.clone()));
    let blocked = recorded(Progress::Orphaned(1));
    assert_eq!(told(&seen, Some(&blocked)), ("not added (1 orphan)".to_owned(), None, whole));
    seen.server_version = 180_000;
    assert_eq!(told(&seen, None).1, Some(Action::Add(Manner::NotValid)));
}

fn any_seen() -> impl Strategy<Value = Seen> {
    let constraints = proptest::collection::vec(
        (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(valid, same, named)| Constraint {
            name: if named { "items_product_id_fkey" } else { "other" }.to_owned(),
            on_delete: if same { 'n' } else { 'c' },
            ..constraint(valid)
        }),
        0..3,
    );
    (any::<[bool; 5]>(), constraints).prop_map(
        |([source, target, column, unique, partitioned], constraints)| Seen {
            source: source.then_some(Table { oid: TABLES.0, partitioned }),
            target: target.then_some(Table { oid: TABLES.1, partitioned: false }),
            missing_columns: if column { Vec::new() } else { vec!["product_id".to_owned()] },
            unique,
            constraints: if source && target { constraints } else { Vec::new() },
            ..ready()
        },
    )
}

proptest! {
    /// Whatever the catalog and the ledger hold: nothing is added where something is in its place, `repair` does all that
    /// `up` does, and what is valid and recorded is left alone.
    #[test]
    fn a_run_never_does_what_the_state_forbids(seen in any_seen(), row in 0..4) {
        let progress = [None, Some(Progress::Added), Some(Progress::Valid), Some(Progress::Orphaned(1))][row as usize];
        let row = progress.map(recorded);
        let key = items();
        let situation = Situation { key: &key, seen: &seen, recorded: row.as_ref() };
        let (up, repair) = (situation.action(Aim::GoOn), situation.action(Aim::TryAgain));
        if up.is_some() {
            prop_assert_eq!(&up, &repair);
        }
        if let Some(Action::Add(_)) = repair {
            prop_assert!(situation.constraint().is_none());
            prop_assert!(seen.constraints.iter().all(|one| one.name != key.name));
            prop_assert!(seen.source.is_some() && seen.target.is_some() && seen.unique);
            prop_assert!(seen.missing_columns.is_empty());
        }
        if situation.state() == State::Valid && progress == Some(Progress::Valid) {
            let own = situation.constraint().is_some_and(|one| one.name == key.name);
            prop_assert_eq!(up.is_none(), own);
        }
    }
}
