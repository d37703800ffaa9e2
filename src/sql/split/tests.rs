//! The laws of splitting and the cases of PostgreSQL's lexical rules.

use super::*;
use crate::sql::Construct;
use proptest::prelude::*;

/// The statements of a text that has no error.
fn split(text: &str) -> Vec<&str> {
    statements(text).map(|statement| statement.unwrap().text).collect()
}

fn error(text: &str) -> ScanError {
    statements(text).find_map(Result::err).expect("the text has an error")
}

fn at(line: usize, column: usize) -> Position {
    Position { line, column }
}

#[test]
fn statements_end_at_their_semicolon() {
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        (" \n-- nothing;\n/* ; */ ;;; ", &[]),
        ("select 1", &["select 1"]),
        ("select 1;select 2 ; -- x\n select 3 -- end\n", &["select 1;", "select 2 ;", "select 3"]),
        ("\u{feff}select 1;", &["select 1;"]),
        ("\u{b}\u{c}select 1;\u{b}", &["select 1;"]),
        ("select 1\u{a0};", &["select 1\u{a0};"]),
        (
            "select ';', \";\", $$;$$, $a$;$$;$a$, E'\\';' /* ; /* ; */ ; */ -- ;\n;",
            &["select ';', \";\", $$;$$, $a$;$$;$a$, E'\\';' /* ; /* ; */ ; */ -- ;\n;"],
        ),
        ("select 1 @-- ;\n 2; select 3 */* ; */ 4;", &["select 1 @-- ;\n 2;", "select 3 */* ; */ 4;"]),
        (
            "create rule r as on insert to t do (select 1; select 2); select 3",
            &["create rule r as on insert to t do (select 1; select 2);", "select 3"],
        ),
        (
            "create schema s create table a (i int) create view v as select 1; select 2;",
            &["create schema s create table a (i int) create view v as select 1;", "select 2;"],
        ),
        ("select 1); select 2;", &["select 1);", "select 2;"]),
        ("begin; end; commit;", &["begin;", "end;", "commit;"]),
        ("begin atomic; end;", &["begin atomic;", "end;"]),
        ("prepare p as select $1; execute p(1);", &["prepare p as select $1;", "execute p(1);"]),
    ];
    for (text, expected) in cases {
        assert_eq!(&split(text), expected, "{text}");
    }
}

#[test]
fn an_atomic_body_is_part_of_its_statement() {
    for body in [
        "create function f() returns int begin atomic select 1; select 2; end",
        "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN\n--;\nATOMIC END",
        "create function f() returns int begin atomic select case when true then 1 else 2 end; end",
        "create function f() returns int begin atomic select case case 1 when 1 then 2 end when 2 then 3 end; end",
        "create function f() returns int begin atomic select (case when true then 1 end); select 1 as end; end",
        "create function f() returns int begin atomic select t.end, 1 end from (select 2 as case) t; end",
        "create function f() returns int begin atomic select 1 \"end\"; end",
        "create function \"begin\"(begin int) returns int begin atomic select 1; end",
        "create function begin() returns int return 1",
        "create function f(begin int) returns begin begin atomic return 1; end",
        "create function f() begin atomic create function g() begin atomic select 1; end; end",
        "create function f() begin atomic select begin atomic from t; end",
        "create schema s create function f() begin atomic select 1; end",
        "create schema s create function f() begin atomic end create procedure g() begin atomic select 2; end",
        "create function f() begin atomic (select 1) union select begin atomic from t; end",
        "create function f() returns int as 'begin; end' language plpgsql",
    ] {
        let text = format!("select 0; {body}; select 9;");
        assert_eq!(split(&text), ["select 0;", &format!("{body};"), "select 9;"], "{text}");
    }
}

#[test]
fn begin_atomic_outside_a_routine_is_two_names() {
    for statement in [
        "create view v as select begin atomic from t;",
        "create trigger t after insert on x execute function begin();",
        "select begin atomic from t;",
        "create schema s create function f() return 1 create view v as select begin atomic from t;",
        "create table begin (atomic int);",
    ] {
        assert_eq!(split(&format!("{statement} end;")), [statement, "end;"]);
    }
}

#[test]
fn copy_takes_its_rows_along() {
    for copy in [
        "copy t from stdin;",
        "COPY t (a, \"from\") FROM STDIN WITH (FORMAT csv, HEADER);",
        "copy binary s.t from stdin;",
        "copy t from /* x */ stdin -- ;\n where a > 1;",
        "copy t from stdout;",
        "/* first */ copy t\nfrom\nstdin;",
    ] {
        let text = format!("{copy} -- rows\n1\ta;b'\n\\.x\n2\t\\\\.\n\\.\nselect 1;");
        let found: Vec<_> = statements(&text).map(Result::unwrap).collect();
        assert_eq!(found.len(), 2, "{text}");
        assert_eq!(found[0].rows, Some("1\ta;b'\n\\.x\n2\t\\\\.\n"), "{text}");
        assert_eq!(found[1].text, "select 1;", "{text}");
    }
    let rows = |text| statements(text).next().unwrap().unwrap().rows.map(str::to_owned);
    assert_eq!(rows("copy t from stdin;\n\\."), Some(String::new()));
    assert_eq!(rows("copy t from stdin;\r\na\r\n\\.\r\n"), Some("a\r\n".to_owned()));
}

#[test]
fn copy_without_rows_in_the_text_has_none() {
    for copy in [
        "copy t to stdout;",
        "copy (select a from stdin) to stdout;",
        "copy (select 1) to '/tmp/x';",
        "copy t from '/tmp/x';",
        "copy t from program 'cat';",
        "copy \"from\" to stdout;",
        "copy t (a) to stdin;",
        "insert into t select * from stdin;",
    ] {
        let text = format!("{copy} select 2;");
        let found: Vec<_> = statements(&text).map(Result::unwrap).collect();
        assert_eq!((found[0].text, found[0].rows, found[1].text), (copy, None, "select 2;"), "{text}");
    }
}

#[test]
fn pieces_keep_blanks_and_rows() {
    let text = "\\restrict k\n-- a\ncopy t from stdin;\n1\n\\.\nselect 1 ; \\unrestrict k";
    let pieces: Vec<_> = Splitter::new(text).map(Result::unwrap).collect();
    let texts: Vec<_> = pieces.iter().map(Piece::text).collect();
    assert_eq!(
        texts,
        ["\\restrict k\n-- a\n", "copy t from stdin;", "\n", "1\n\\.\n", "select 1 ;", " \\unrestrict k"]
    );
    assert!(matches!(pieces[3], Piece::Rows(_)));
    let Piece::Statement(copy) = pieces[1] else { panic!("the second piece is the statement") };
    assert_eq!((copy.range(), copy.position, copy.rows), (17..35, at(3, 1), Some("1\n")));
}

#[test]
fn positions_are_those_of_the_first_token() {
    let text = "\u{feff}/* é */ select 1;\n\n  -- x\n  select 'é\n'; select\n2;";
    let found: Vec<_> = statements(text).map(|s| s.unwrap().position).collect();
    assert_eq!(found, [at(1, 9), at(4, 3), at(5, 4)]);
}

#[test]
fn what_cannot_be_split_is_an_error_with_its_place() {
    let unclosed = |construct, at| ScanError::Unclosed { construct, at };
    let command = |command: &str, at| ScanError::PsqlCommand { command: command.to_owned(), at };
    for (text, expected) in [
        ("select 1;\n 'é', 'x", unclosed(Construct::String, at(2, 7))),
        ("select $a$ $b$", unclosed(Construct::DollarString, at(1, 8))),
        ("\n/* /* */", unclosed(Construct::Comment, at(2, 1))),
        ("select \"a", unclosed(Construct::Identifier, at(1, 8))),
        ("create table t (a numeric(1,2;\n select (1);", unclosed(Construct::Parenthesis, at(1, 16))),
        ("create function f() begin atomic select 1;", unclosed(Construct::AtomicBody, at(1, 21))),
        ("create function f() begin atomic select (1; end;", unclosed(Construct::Parenthesis, at(1, 41))),
        ("select 1;\n\\connect x", command("\\connect", at(2, 1))),
        ("select 1 \\gexec\n", command("\\gexec", at(1, 10))),
        ("\\restricted x", command("\\restricted", at(1, 1))),
        ("select 1\n\\restrict x", command("\\restrict", at(2, 1))),
        ("\\.", command("\\.", at(1, 1))),
        ("\\\\", command("\\", at(1, 1))),
        ("\\", command("\\", at(1, 1))),
        ("\n copy t from stdin;", ScanError::CopyWithoutRows { at: at(2, 2) }),
        ("copy t from stdin", ScanError::CopyWithoutRows { at: at(1, 1) }),
        ("copy t from stdin;\n1\n", ScanError::CopyWithoutRows { at: at(1, 1) }),
        ("copy t from stdin;\n \\.\n", ScanError::CopyWithoutRows { at: at(1, 1) }),
        ("copy t from stdin; select 1;\n\\.\n", ScanError::TextBehindCopy { at: at(1, 20) }),
        ("copy t from stdin; /*\n*/\n\\.\n", ScanError::TextBehindCopy { at: at(1, 20) }),
        ("select '\0'", ScanError::Nul { at: at(1, 9) }),
        ("select '\0", ScanError::Nul { at: at(1, 9) }),
        ("copy t from stdin;\n\0\n\\.\n", ScanError::Nul { at: at(2, 1) }),
        (" set local standard_conforming_strings = off;", ScanError::NonStandardStrings { at: at(1, 2) }),
        ("SET STANDARD_CONFORMING_STRINGS TO 'off';", ScanError::NonStandardStrings { at: at(1, 1) }),
    ] {
        let found = error(text);
        assert_eq!(found, expected, "{text:?}");
        assert_eq!(found.position(), expected.position());
        assert_eq!(Splitter::new(text).skip_while(Result::is_ok).count(), 1, "{text:?} ends after its error");
    }
    assert_eq!(split("set standard_conforming_strings = on;").len(), 1);
    assert_eq!(split("set search_path = off;").len(), 1);
}

#[test]
fn what_is_before_an_error_is_split() {
    let pieces: Vec<_> = Splitter::new("select 1; 'x").collect();
    assert_eq!(pieces.len(), 2);
    assert!(matches!(&pieces[0], Ok(Piece::Statement(statement)) if statement.text == "select 1;"));
}

#[test]
fn error_texts_name_the_line_and_the_way_out() {
    for (text, expected) in [
        ("\n'", "the string that opens at line 2, column 1 is never closed"),
        (
            "\n\\c db",
            "line 2 has the psql command `\\c`: the file must be plain SQL, without backslash commands",
        ),
        (
            "copy t from stdin;",
            "`COPY … FROM stdin` at line 1 has no rows below it: put them there and end them with a line `\\.`",
        ),
    ] {
        assert_eq!(error(text).to_string(), expected);
    }
}

/// Checks the laws that hold for every text.
fn laws(text: &str) -> Result<(), TestCaseError> {
    let mut joined = 0;
    let mut failed = false;
    for piece in Splitter::new(text) {
        prop_assert!(!failed, "nothing follows an error");
        let Ok(piece) = piece else {
            failed = true;
            continue;
        };
        prop_assert!(!piece.text().is_empty());
        prop_assert_eq!(&text[joined..joined + piece.text().len()], piece.text());
        if let Piece::Statement(statement) = piece {
            // A byte order mark is blank at the start of a text and part of a word everywhere else.
            if statement.text.starts_with('\u{feff}') {
                joined += statement.text.len();
                continue;
            }
            prop_assert_eq!(statement.range(), joined..joined + statement.text.len());
            prop_assert_eq!(statement.position, Position::of_offset(text, joined));
            let alone = match statement.rows {
                Some(rows) => format!("{}\n{rows}\\.\n", statement.text),
                None => statement.text.to_owned(),
            };
            let again: Vec<_> = statements(&alone).collect();
            prop_assert_eq!(again.len(), 1, "{:?} is one statement", alone);
            let again = again[0].clone().expect("it was read before");
            prop_assert_eq!((again.text, again.rows), (statement.text, statement.rows));
        }
        joined += piece.text().len();
    }
    prop_assert!(failed || joined == text.len());
    Ok(())
}

/// A statement without its `;`, of nested constructs that PostgreSQL's lexer reads as whole.
fn statement() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z]{1,3}".prop_map(|word| format!("{word}_")),
        Just("end_".to_owned()),
        Just("42".to_owned()),
        "[a-z;\\\\\n$(\"]{0,4}".prop_map(|inside| format!("'{inside}'")),
        "[a-z;'\n$(]{0,4}".prop_map(|inside| format!("\"{inside}_\"")),
        Just(r"E'\';'".to_owned()),
        Just("$q$ ; $$ ' ( $q$".to_owned()),
        Just("/* ; /* ' */ ( */ x".to_owned()),
        Just("-- ; ' (\nx".to_owned()),
        Just("+".to_owned()),
    ];
    let nested = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" ; "))),
            prop::collection::vec(inner, 1..4).prop_map(|parts| parts.join(" ")),
        ]
    });
    let body = prop::collection::vec(nested.clone(), 0..4).prop_map(|parts| {
        parts.iter().map(|part| format!("select {part}, case 1 when 2 then 3 end end; ")).collect()
    });
    prop_oneof![
        3 => nested.prop_map(|inside| format!("select {inside}")),
        1 => body.prop_map(|body: String| format!("create or replace function f(x_ int) begin atomic {body}end")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_keeps_the_laws(text in any::<String>()) {
        laws(&text)?;
    }

    #[test]
    fn any_bytes_keep_the_laws(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        laws(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn any_words_of_sql_keep_the_laws(words in prop::collection::vec(prop::sample::select(vec![
        "create", "or", "replace", "function", "begin", "atomic", "case", "end", "copy", "from", "stdin", "to", "set",
        ";", ";", "\n", " ", " ", "(", ")", "'", "''", "E'", "\\", "\\.", "\\.\n", "\"", "$$", "$a$", "$", "a", "1", "--",
        "/*", "*/", "-", "/", "\r\n", "\r", "\\restrict x\n", "U&\"", "é", "\u{feff}", "\u{a0}", "standard_conforming_strings",
        "off", "=", "\0",
    ]), 0..40)) {
        laws(&words.concat())?;
        laws(&words.join(" "))?;
    }

    #[test]
    fn a_text_of_known_statements_has_as_many(parts in prop::collection::vec(statement(), 0..6)) {
        let text: String = parts.iter().map(|part| format!("{part};\n")).collect();
        let found = split(&text);
        prop_assert_eq!(found.len(), parts.len());
        for (found, part) in found.iter().zip(&parts) {
            prop_assert_eq!(*found, format!("{part};"));
        }
        laws(&text)?;
    }
}

/// psql 15 runs this file without an error and sends 57 statements that are not empty, each with the same text.
const TORTURE: &str = include_str!("torture.sql");

#[test]
fn a_file_that_psql_runs_is_split_like_psql_splits_it() {
    let found: Vec<_> = statements(TORTURE).map(Result::unwrap).collect();
    assert_eq!(found.len(), 57);
    let rows: Vec<_> =
        found.iter().filter_map(|statement| statement.rows).map(|rows| rows.lines().count()).collect();
    assert_eq!(rows, [3, 3, 0]);
    assert_eq!(found[0].position, at(6, 1));
    assert_eq!(found[56].text, "SELECT 'the last one has no semicolon'");
    laws(TORTURE).unwrap();
}
