//! The effects of statements, and that a parser of the whole grammar agrees about what they are.

use proptest::prelude::*;
use squawk_syntax::SourceFile;
use squawk_syntax::ast::Stmt;

use super::*;
use crate::sql::meaning::{change, control, refusal};

fn name(sql: &str) -> QualifiedName {
    QualifiedName::parse(sql).expect("it is a name")
}

fn create_index(index: Option<&str>, table: &str) -> Effect {
    Effect::CreateIndex {
        name: index.map(str::to_owned),
        table: name(table),
        unique: false,
        concurrently: false,
        if_not_exists: false,
    }
}

#[test]
fn indexes_are_created() {
    for (statement, expected) in [
        ("create index i on t (a);", create_index(Some("i"), "t")),
        ("CREATE INDEX ON ONLY Sales.\"Leads\" USING gin (a);", create_index(None, "sales.\"Leads\"")),
        ("create index if on t (a);", create_index(Some("if"), "t")),
        ("create index \"on\" on t (a);", create_index(Some("on"), "t")),
        (
            "create unique index concurrently if not exists \"I\" on s.t (a) where a > 1;",
            Effect::CreateIndex {
                name: Some("I".to_owned()),
                table: name("s.t"),
                unique: true,
                concurrently: true,
                if_not_exists: true,
            },
        ),
        (
            "create index concurrently on t ((lower(a)));",
            Effect::CreateIndex {
                name: None,
                table: name("t"),
                unique: false,
                concurrently: true,
                if_not_exists: false,
            },
        ),
    ] {
        assert_eq!(effect(statement), expected, "{statement}");
        assert!(matches!(parsed(statement), Stmt::CreateIndex(_)), "{statement}");
    }
}

#[test]
fn indexes_are_dropped_and_rebuilt() {
    let drop = |names: &[&str], concurrently, if_exists| Effect::DropIndex {
        names: names.iter().map(|sql| name(sql)).collect(),
        concurrently,
        if_exists,
    };
    let reindex = |target, concurrently| Effect::Reindex { target, concurrently };
    for (statement, expected) in [
        ("drop index i;", drop(&["i"], false, false)),
        ("drop index if exists a, S.\"B\" cascade;", drop(&["a", "s.\"B\""], false, true)),
        ("drop index concurrently if exists i;", drop(&["i"], true, true)),
        ("reindex index s.i;", reindex(Reindexed::Index(name("s.i")), false)),
        ("reindex (verbose) table concurrently t;", reindex(Reindexed::Table(name("t")), true)),
        ("reindex (concurrently) schema s;", reindex(Reindexed::Schema("s".to_owned()), true)),
        ("reindex system d;", reindex(Reindexed::Database, false)),
        ("reindex database;", reindex(Reindexed::Database, false)),
    ] {
        assert_eq!(effect(statement), expected, "{statement}");
        assert!(matches!(parsed(statement), Stmt::DropIndex(_) | Stmt::Reindex(_)), "{statement}");
    }
}

#[test]
fn tables_and_types_change() {
    let detach = |table, detach| Effect::DetachPartition { table: name(table), partition: name("p"), detach };
    let add = |enumeration, value: &str, if_not_exists| Effect::AddEnumValue {
        enumeration: name(enumeration),
        value: value.to_owned(),
        if_not_exists,
    };
    let table =
        |table, temporary, if_not_exists| Effect::CreateTable { name: name(table), temporary, if_not_exists };
    for (statement, expected) in [
        ("alter table t detach partition p;", detach("t", Detach::AtOnce)),
        (
            "alter table if exists only s.t detach partition p concurrently;",
            detach("s.t", Detach::Concurrently),
        ),
        ("alter table t detach partition p finalize;", detach("t", Detach::Finalize)),
        ("alter type S.Status add value 'it''s' before 'done';", add("s.status", "it's", false)),
        ("alter type e add value if not exists E'a\\tb';", add("e", "a\tb", true)),
        ("create table T (a int);", table("t", false, false)),
        ("create unlogged table if not exists s.t (a int);", table("s.t", false, true)),
        ("create temp table t as select 1;", table("t", true, false)),
        ("create local temporary table t (a int);", table("t", true, false)),
        ("create table p partition of t for values in (1);", table("p", false, false)),
    ] {
        assert_eq!(effect(statement), expected, "{statement}");
        parsed(statement);
    }
}

#[test]
fn globals_are_created_and_dropped() {
    let create = |kind, name: &str| Effect::CreateGlobal { kind, name: name.to_owned() };
    let drop = |kind, name: &str, if_exists| Effect::DropGlobal { kind, name: name.to_owned(), if_exists };
    for (statement, expected) in [
        ("create database \"D\" owner x;", create(Global::Database, "D")),
        ("create tablespace x location '/x';", create(Global::Tablespace, "x")),
        ("create subscription s connection 'x' publication p;", create(Global::Subscription, "s")),
        ("drop database if exists d with (force);", drop(Global::Database, "d", true)),
        ("drop tablespace x;", drop(Global::Tablespace, "x", false)),
        ("drop subscription if exists s;", drop(Global::Subscription, "s", true)),
    ] {
        assert_eq!(effect(statement), expected, "{statement}");
        parsed(statement);
    }
}

#[test]
fn what_may_run_twice_is_told_from_what_is_unknown() {
    for statement in [
        "vacuum analyze t;",
        "analyze;",
        "alter system set work_mem = '1MB';",
        "cluster t using i;",
        "checkpoint;",
        "discard all;",
        "alter database d set tablespace x;",
        "alter subscription s refresh publication;",
    ] {
        assert_eq!(effect(statement), Effect::Repeatable, "{statement}");
        parsed(statement);
    }
    for statement in [
        "select 1;",
        "create view v as select 1;",
        "create materialized view v as select 1;",
        "alter table t add column a int;",
        "alter table t attach partition p default;",
        "alter type e rename value 'a' to 'b';",
        "alter subscription s add publication p;",
        "drop table t;",
        "insert into t values (1);",
    ] {
        assert_eq!(effect(statement), Effect::Other, "{statement}");
        parsed(statement);
    }
    for statement in [
        "",
        ";",
        "create",
        "create index",
        "drop index ,",
        "alter table",
        "reindex",
        "alter type e add value",
    ] {
        assert_eq!(effect(statement), Effect::Other, "{statement}");
    }
}

/// Parses a statement by the whole grammar, in which it must be one without an error.
fn parsed(statement: &str) -> Stmt {
    let parse = SourceFile::parse(statement);
    assert_eq!(parse.errors(), [], "{statement}");
    parse.tree().stmts().next().expect("it is a statement")
}

#[test]
fn nesting_that_no_stack_can_hold_is_read() {
    let deep = format!("create index i on t ({}1{});", "(".repeat(1_000_000), ")".repeat(1_000_000));
    assert_eq!(effect(&deep), create_index(Some("i"), "t"));
    assert_eq!(refusal(&deep), None);
    assert_eq!(crate::sql::statements(&deep).count(), 1);
}

proptest! {
    #[test]
    fn any_words_are_read_without_panic(words in prop::collection::vec(prop::sample::select(vec![
        "create", "unique", "index", "concurrently", "if", "not", "exists", "on", "only", "a", "\"B\"", ".", ",", "(", ")",
        "drop", "alter", "table", "type", "add", "value", "'x'", "E'\\", "U&\"\\00\"", "uescape", "'!'", "detach", "partition",
        "reindex", "schema", "subscription", "set", "session", "authorization", "select", "set_config", "pg_catalog", "with",
        "refresh", "=", "false", "vacuum", "cluster", "prepare", "transaction", "rollback", "to", ";", "$$x$$", "$$",
    ]), 0..14)) {
        let statement = words.join(" ");
        let _ = (effect(&statement), refusal(&statement), change(&statement), control(&statement));
    }
}
