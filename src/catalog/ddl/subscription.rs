//! Subscriptions: made without a connection to the publisher, whose slot stays as it is. Pure.

use super::statement::{Hazard, Statement};
use crate::catalog::id::Id;
use crate::catalog::subscription::{Connection, Subscription};
use crate::sql::quote::held::{identifier, literal};

/// Returns why no statement can say where the publisher is; none where it can.
pub(super) fn unsaid(connection: &Connection) -> Option<&'static str> {
    match connection {
        Connection::Open(_) => None,
        Connection::Unread => Some(
            "the role that reads the catalog may not see its connection (`pg_subscription.subconninfo`), a superuser may",
        ),
        Connection::Secret(_) => Some(
            "its connection holds a password, which is not written down; a `passfile` or a `service` could stand in its place",
        ),
    }
}

fn connection(subscription: &Subscription) -> String {
    match &subscription.connection {
        Connection::Open(text) => literal(text),
        // Refused before.
        Connection::Unread | Connection::Secret(_) => literal(""),
    }
}

/// Returns `CREATE SUBSCRIPTION` as `pg_dump` writes it: disabled, with the name of its slot, which is not made. What is
/// enabled is so at the end.
pub(super) fn create(id: &Id, subscription: &Subscription) -> Vec<Statement> {
    let mut options = vec!["connect = false".to_owned()];
    // The slot's usual name is not checked: the subscription's may have characters that no slot's has.
    if subscription.slot_name.as_deref() != Some(id.name()) {
        options.push(slot(subscription));
    }
    // PostgreSQL 18 has another default than those before it.
    options.push(format!("streaming = {}", subscription.streaming));
    options.extend(options_of(subscription));
    let sql = format!(
        "CREATE SUBSCRIPTION {} CONNECTION {} PUBLICATION {} WITH ({})",
        id.address(),
        connection(subscription),
        publications(subscription),
        options.join(", ")
    );
    let create = Statement::new(id, sql);
    if !(subscription.enabled && subscription.slot_name.is_some()) {
        return vec![create.with(&[Hazard::NotReplicating])];
    }
    let enable = Statement::new(id, format!("ALTER SUBSCRIPTION {} ENABLE", id.address()));
    vec![create, enable.with(&[Hazard::Connects, Hazard::NotRefreshed])]
}

/// Returns the options that are not the usual ones and not said by `create` anyway.
fn options_of(subscription: &Subscription) -> Vec<String> {
    let usual = Subscription {
        connection: Connection::Unread,
        publications: Vec::new(),
        slot_name: None,
        enabled: false,
        binary: false,
        streaming: String::new(),
        synchronous_commit: "off".to_owned(),
        two_phase: false,
        disable_on_error: false,
        password_required: true,
        run_as_owner: false,
        origin: "any".to_owned(),
        failover: false,
    };
    let mut options = changed(&usual, subscription);
    for (name, is) in [("two_phase", subscription.two_phase), ("failover", subscription.failover)] {
        if is {
            options.push(format!("{name} = true"));
        }
    }
    options
}

/// Returns the options that differ, of those that `ALTER SUBSCRIPTION … SET` takes without asking the publisher and that
/// are the same for every server.
fn changed(from: &Subscription, to: &Subscription) -> Vec<String> {
    let mut options = Vec::new();
    let mut flag = |name: &str, from: bool, to: bool| {
        if from != to {
            options.push(format!("{name} = {to}"));
        }
    };
    flag("binary", from.binary, to.binary);
    flag("disable_on_error", from.disable_on_error, to.disable_on_error);
    flag("password_required", from.password_required, to.password_required);
    flag("run_as_owner", from.run_as_owner, to.run_as_owner);
    let mut word = |name: &str, from: &str, to: &str| {
        if from != to {
            options.push(format!("{name} = {}", literal(to)));
        }
    };
    word("synchronous_commit", &from.synchronous_commit, &to.synchronous_commit);
    word("origin", &from.origin, &to.origin);
    options
}

fn slot(subscription: &Subscription) -> String {
    format!("slot_name = {}", subscription.slot_name.as_deref().map_or_else(|| "NONE".to_owned(), literal))
}

fn publications(subscription: &Subscription) -> String {
    subscription.publications.iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", ")
}

/// Returns the statements that alter a subscription in place; none of them connects.
pub(super) fn alter(id: &Id, from: &Subscription, to: &Subscription) -> Vec<Statement> {
    let mut out = Vec::new();
    let mut alter = |clause: String, hazards: &[Hazard]| {
        out.push(Statement::new(id, format!("ALTER SUBSCRIPTION {} {clause}", id.address())).with(hazards));
    };
    let known = from.connection != Connection::Unread && to.connection != Connection::Unread;
    // A subscription that works has a slot.
    if from.enabled && !(to.enabled && to.slot_name.is_some()) {
        alter("DISABLE".to_owned(), &[Hazard::NotReplicating]);
    }
    if known && from.connection != to.connection {
        alter(format!("CONNECTION {}", connection(to)), &[]);
    }
    if from.publications != to.publications {
        let clause = format!("SET PUBLICATION {} WITH (refresh = false)", publications(to));
        alter(clause, &[Hazard::NotRefreshed]);
    }
    let mut options = changed(from, to);
    if from.streaming != to.streaming {
        options.push(format!("streaming = {}", to.streaming));
    }
    if from.slot_name != to.slot_name {
        options.push(slot(to));
    }
    if !options.is_empty() {
        alter(format!("SET ({})", options.join(", ")), &[]);
    }
    if to.enabled && !from.enabled {
        alter("ENABLE".to_owned(), &[Hazard::Connects, Hazard::Replicates]);
    }
    out
}

/// Returns the statements that drop a subscription without a word to the publisher, where its slot stays.
pub(super) fn drop(id: &Id, subscription: &Subscription) -> Vec<Statement> {
    let name = id.address();
    let drop = Statement::new(id, format!("DROP SUBSCRIPTION {name}"));
    if subscription.slot_name.is_none() {
        return vec![drop];
    }
    vec![
        Statement::new(id, format!("ALTER SUBSCRIPTION {name} DISABLE")),
        Statement::new(id, format!("ALTER SUBSCRIPTION {name} SET (slot_name = NONE)")),
        drop.with(&[Hazard::SlotStays]),
    ]
}
