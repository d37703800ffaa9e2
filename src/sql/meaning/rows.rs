//! The tables that a statement puts rows into, as far as its text tells.

use std::collections::BTreeSet;

use crate::sql::identifier::QualifiedName;
use crate::sql::token::{Kind, significant};

/// Returns the tables that follow INSERT INTO, MERGE INTO and, where it reads rows, COPY, anywhere in the statement: also in
/// a WITH and in the body of a DO.
///
/// What a function or trigger that it calls does besides is not in its text. The name of a WITH query can't follow these
/// words.
pub fn filled_tables(statement: &str) -> BTreeSet<QualifiedName> {
    let mut tables = BTreeSet::new();
    let mut tokens = significant(statement).peekable();
    if tokens.next_if(|token| token.is_word("copy")).is_some() {
        let from = significant(statement).any(|token| token.is_word("from"));
        tables.extend(QualifiedName::take(&mut tokens).filter(|_| from));
        return tables;
    }
    while let Some(token) = tokens.next() {
        if token.kind == Kind::DollarString {
            let tag = token.text[1..].find('$').map_or(1, |at| at + 2);
            tables.extend(filled_tables(&token.text[tag..token.text.len() - tag]));
        }
        let fills = token.is_word("insert") || token.is_word("merge");
        if fills && tokens.next_if(|next| next.is_word("into")).is_some() {
            tokens.next_if(|next| next.is_word("only"));
            tables.extend(QualifiedName::take(&mut tokens));
        }
    }
    tables
}

/// Tells whether a statement adds, changes or removes rows, as far as its text tells: also in a WITH and in the body of a DO.
/// What a function that it calls does is not in its text.
pub fn changes_rows(statement: &str) -> bool {
    let first = significant(statement).next();
    let is = |words: &[&str]| first.is_some_and(|token| words.iter().any(|word| token.is_word(word)));
    if is(&["copy"]) {
        return significant(statement).any(|token| token.is_word("from"));
    }
    is(&["insert", "update", "delete", "merge", "truncate"])
        || (is(&["with", "do"]) && names_a_change(statement))
}

fn names_a_change(text: &str) -> bool {
    let words = ["insert", "update", "delete", "merge", "truncate"];
    significant(text).any(|token| match token.kind {
        Kind::DollarString => {
            let tag = token.text[1..].find('$').map_or(1, |at| at + 2);
            names_a_change(&token.text[tag..token.text.len() - tag])
        }
        _ => words.iter().any(|word| token.is_word(word)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_that_get_rows_are_found_wherever_they_are_named() {
        for (sql, expected) in [
            ("insert into a values (1)", vec!["a"]),
            ("INSERT INTO \"S\".\"A b\" SELECT * FROM other", vec!["S.A b"]),
            ("with x as (insert into a select 1 returning *) insert into b select * from x", vec!["a", "b"]),
            ("merge into only c using d on true when matched then delete", vec!["c"]),
            ("copy e (f) from stdin", vec!["e"]),
            ("copy e to stdout", vec![]),
            ("do $body$ begin insert into s.g default values; end $body$", vec!["s.g"]),
            ("select 'insert into h', $$x$$ -- insert into i", vec![]),
            ("update j set k = 1", vec![]),
        ] {
            let found: Vec<String> = filled_tables(sql)
                .into_iter()
                .map(|name| name.schema.map_or(String::new(), |schema| schema + ".") + &name.name)
                .collect();
            assert_eq!(found, expected, "{sql}");
        }
    }

    #[test]
    fn statements_that_change_rows_are_told_from_those_that_do_not() {
        for (sql, expected) in [
            ("insert into a values (1)", true),
            ("UPDATE a SET i = 1", true),
            ("with x as (delete from a returning *) select * from x", true),
            ("with x as (select 1) select * from x", false),
            ("do $$ begin update a set i = 1; end $$", true),
            ("do $$ begin execute 'create role x'; end $$", false),
            ("copy a from stdin", true),
            ("copy a to stdout", false),
            ("create trigger t after update on a for each row execute function f()", false),
            ("create table a as select 1", false),
        ] {
            assert_eq!(changes_rows(sql), expected, "{sql}");
        }
    }
}
