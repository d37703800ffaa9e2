//! What the catalog shows once a statement has run, so that an interrupted one can be judged.

use super::reader::{Reader, Switch};
use crate::sql::identifier::QualifiedName;

/// What a statement does to the catalog. Names are as the catalog has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// `CREATE INDEX`. The index is in the schema of its table.
    CreateIndex {
        /// The name of the index; `None` leaves it to the server.
        name: Option<String>,
        /// The table, or materialized view, that it is on.
        table: QualifiedName,
        /// Whether it is `UNIQUE`.
        unique: bool,
        /// Whether it is built `CONCURRENTLY`: interrupted, it leaves an index that is not valid.
        concurrently: bool,
        /// Whether an index of that name, valid or not, makes it do nothing.
        if_not_exists: bool,
    },
    /// `DROP INDEX`.
    DropIndex {
        /// The indexes; with `CONCURRENTLY` the server takes one only.
        names: Vec<QualifiedName>,
        /// Whether it is dropped `CONCURRENTLY`: interrupted, it leaves an index that is not valid.
        concurrently: bool,
        /// Whether it does nothing when there is none.
        if_exists: bool,
    },
    /// `REINDEX`. Without `CONCURRENTLY` it may as well run once more.
    Reindex {
        /// What is rebuilt.
        target: Reindexed,
        /// Whether it is rebuilt `CONCURRENTLY`: interrupted, it leaves indexes that are not valid, named with the
        /// suffixes `_ccnew` and `_ccold`.
        concurrently: bool,
    },
    /// `ALTER TABLE … DETACH PARTITION`.
    DetachPartition {
        /// The partitioned table.
        table: QualifiedName,
        /// The partition.
        partition: QualifiedName,
        /// How it is detached.
        detach: Detach,
    },
    /// `ALTER TYPE … ADD VALUE`.
    AddEnumValue {
        /// The enum.
        enumeration: QualifiedName,
        /// The label that is added.
        value: String,
        /// Whether it does nothing when the label is there.
        if_not_exists: bool,
    },
    /// `CREATE TABLE`, also `… AS`.
    CreateTable {
        /// The table.
        name: QualifiedName,
        /// Whether it goes with the session.
        temporary: bool,
        /// Whether it does nothing when there is a relation of that name.
        if_not_exists: bool,
    },
    /// Creates an object that is made outside transactions.
    CreateGlobal {
        /// Its kind.
        kind: Global,
        /// Its name.
        name: String,
    },
    /// Drops an object that is dropped outside transactions.
    DropGlobal {
        /// Its kind.
        kind: Global,
        /// Its name.
        name: String,
        /// Whether it does nothing when there is none.
        if_exists: bool,
    },
    /// Nothing that running it once more would not do as well: `VACUUM`, `ANALYZE`, `CLUSTER`, `CHECKPOINT`, `ALTER SYSTEM`,
    /// `DISCARD`, `ALTER DATABASE … SET TABLESPACE`, `ALTER SUBSCRIPTION … REFRESH PUBLICATION`.
    Repeatable,
    /// Anything else.
    Other,
}

/// What REINDEX rebuilds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reindexed {
    /// One index.
    Index(QualifiedName),
    /// The indexes of a table or materialized view.
    Table(QualifiedName),
    /// The indexes of a schema.
    Schema(String),
    /// The indexes of the database, without (`DATABASE`) or with only (`SYSTEM`) those of the catalog.
    Database,
}

/// How a partition is detached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detach {
    /// In one step.
    AtOnce,
    /// `CONCURRENTLY`, in two transactions: interrupted, it leaves the partition marked (`pg_inherits.inhdetachpending`).
    Concurrently,
    /// `FINALIZE`: the second of the two.
    Finalize,
}

/// A kind of object that is made and dropped outside transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Global {
    /// `pg_database`.
    Database,
    /// `pg_tablespace`.
    Tablespace,
    /// `pg_subscription`.
    Subscription,
}

/// Returns what a statement does to the catalog; [`Effect::Other`] also when its text can't be read as such.
pub fn effect(statement: &str) -> Effect {
    let mut reader = Reader::new(statement);
    let first = reader.take_any(&[
        "create",
        "drop",
        "alter",
        "reindex",
        "vacuum",
        "analyze",
        "analyse",
        "cluster",
        "checkpoint",
        "discard",
    ]);
    let effect = match first.unwrap_or_default().to_ascii_lowercase().as_str() {
        "create" => of_create(&mut reader),
        "drop" => of_drop(&mut reader),
        "alter" => of_alter(&mut reader),
        "reindex" => of_reindex(&mut reader),
        "" => None,
        _ => Some(Effect::Repeatable),
    };
    effect.unwrap_or(Effect::Other)
}

fn of_create(reader: &mut Reader<'_>) -> Option<Effect> {
    if let Some(kind) = global(reader) {
        return Some(Effect::CreateGlobal { kind, name: reader.name()? });
    }
    let mut temporary = false;
    while let Some(word) = reader.take_any(&["global", "local", "unlogged", "temp", "temporary"]) {
        temporary |= word.len() == 4 || word.eq_ignore_ascii_case("temporary");
    }
    if reader.take(&["table"]) {
        let if_not_exists = reader.take(&["if", "not", "exists"]);
        return Some(Effect::CreateTable { name: reader.qualified_name()?, temporary, if_not_exists });
    }
    let unique = reader.take(&["unique"]);
    if !reader.take(&["index"]) {
        return None;
    }
    let concurrently = reader.take(&["concurrently"]);
    let if_not_exists = reader.take(&["if", "not", "exists"]);
    let name = if reader.next_is("on") { None } else { Some(reader.name()?) };
    if !reader.take(&["on"]) {
        return None;
    }
    reader.take(&["only"]);
    Some(Effect::CreateIndex { name, table: reader.qualified_name()?, unique, concurrently, if_not_exists })
}

fn of_drop(reader: &mut Reader<'_>) -> Option<Effect> {
    if let Some(kind) = global(reader) {
        let if_exists = reader.take(&["if", "exists"]);
        return Some(Effect::DropGlobal { kind, name: reader.name()?, if_exists });
    }
    if !reader.take(&["index"]) {
        return None;
    }
    let concurrently = reader.take(&["concurrently"]);
    let if_exists = reader.take(&["if", "exists"]);
    let mut names = vec![reader.qualified_name()?];
    while reader.take_symbol(b',') {
        names.push(reader.qualified_name()?);
    }
    Some(Effect::DropIndex { names, concurrently, if_exists })
}

fn global(reader: &mut Reader<'_>) -> Option<Global> {
    [
        ("database", Global::Database),
        ("tablespace", Global::Tablespace),
        ("subscription", Global::Subscription),
    ]
    .into_iter()
    .find_map(|(keyword, kind)| reader.take(&[keyword]).then_some(kind))
}

fn of_alter(reader: &mut Reader<'_>) -> Option<Effect> {
    if reader.take(&["system"]) {
        return Some(Effect::Repeatable);
    }
    if reader.take(&["database"]) {
        reader.name()?;
        return reader.take(&["set", "tablespace"]).then_some(Effect::Repeatable);
    }
    if reader.take(&["subscription"]) {
        reader.name()?;
        return reader.take(&["refresh", "publication"]).then_some(Effect::Repeatable);
    }
    if reader.take(&["type"]) {
        let enumeration = reader.qualified_name()?;
        if !reader.take(&["add", "value"]) {
            return None;
        }
        let if_not_exists = reader.take(&["if", "not", "exists"]);
        return Some(Effect::AddEnumValue { enumeration, value: reader.text()?, if_not_exists });
    }
    if reader.take(&["table"]) { of_detach(reader) } else { None }
}

fn of_detach(reader: &mut Reader<'_>) -> Option<Effect> {
    reader.take(&["if", "exists"]);
    reader.take(&["only"]);
    let table = reader.qualified_name()?;
    reader.take_symbol(b'*');
    if !reader.take(&["detach", "partition"]) {
        return None;
    }
    let partition = reader.qualified_name()?;
    let detach = if reader.take(&["concurrently"]) {
        Detach::Concurrently
    } else if reader.take(&["finalize"]) {
        Detach::Finalize
    } else {
        Detach::AtOnce
    };
    Some(Effect::DetachPartition { table, partition, detach })
}

fn of_reindex(reader: &mut Reader<'_>) -> Option<Effect> {
    let option = reader.take_switch("concurrently") == Switch::On;
    let kind = reader.take_any(&["index", "table", "schema", "database", "system"])?.to_ascii_lowercase();
    let concurrently = reader.take(&["concurrently"]) || option;
    let target = match kind.as_str() {
        "index" => Reindexed::Index(reader.qualified_name()?),
        "table" => Reindexed::Table(reader.qualified_name()?),
        "schema" => Reindexed::Schema(reader.name()?),
        _ => Reindexed::Database,
    };
    Some(Effect::Reindex { target, concurrently })
}

#[cfg(test)]
mod tests;
