//! Schema names in front of other names, in definitions as the catalog prints them.

use std::collections::BTreeMap;

use super::constant;
use super::identifier::decode;
use super::quote;
use super::token::{Kind, Token, Tokens, significant};

/// Returns a definition with the schemas that qualify names in it called otherwise; `names` maps a schema to what it is
/// called. Texts that are read as names, such as `'auth.users_id_seq'::regclass`, count; other texts do not.
pub fn rename_qualifiers(sql: &str, names: &BTreeMap<String, String>) -> String {
    let tokens: Vec<Token<'_>> = Tokens::new(sql, 0).map_while(Result::ok).collect();
    let mut renamed = String::with_capacity(sql.len());
    let mut end = 0;
    for (at, token) in tokens.iter().enumerate() {
        end = token.end();
        let called = match token.kind {
            Kind::Word | Kind::QuotedWord | Kind::UnicodeWord if qualifies(&tokens, at) => {
                decode(token).and_then(|name| names.get(&name)).and_then(|name| quote::identifier(name).ok())
            }
            Kind::String if names_an_object(&tokens[at + 1..]) => {
                let inside = constant::take(&mut significant(token.text).peekable());
                inside.and_then(|text| quote::literal(&rename_qualifiers(&text, names)).ok())
            }
            _ => None,
        };
        renamed.push_str(called.as_deref().unwrap_or(token.text));
    }
    // What can't be read stays as it is.
    renamed + &sql[end..]
}

/// Whether the name at `at` is the first one of a qualified name.
fn qualifies(tokens: &[Token<'_>], at: usize) -> bool {
    let dot = |token: &Token<'_>| token.kind == Kind::Symbol(b'.');
    tokens.get(at + 1).is_some_and(dot) && !at.checked_sub(1).is_some_and(|before| dot(&tokens[before]))
}

/// Whether a text in front of these tokens is cast to a type that reads names.
fn names_an_object(behind: &[Token<'_>]) -> bool {
    let mut behind = behind.iter();
    let colons = behind.by_ref().take(2).filter(|token| token.kind == Kind::Symbol(b':')).count();
    let types = ["regclass", "regproc", "regprocedure", "regtype", "regoper", "regoperator", "regconfig"];
    colons == 2 && behind.next().is_some_and(|token| types.iter().any(|name| token.is_word(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_in_front_of_a_name_is_called_otherwise() {
        let names = [("auth_2", "auth"), ("Tenant 1", "erp"), ("t", "Odd One")]
            .map(|(schema, module)| (schema.to_owned(), module.to_owned()));
        let names = BTreeMap::from(names);
        for (sql, renamed) in [
            ("(auth_2.uid() = created_by)", "(auth.uid() = created_by)"),
            ("AUTH_2.uid()", "auth.uid()"),
            ("\"Tenant 1\".f(auth_2.role)", "erp.f(auth.role)"),
            ("t.f", "\"Odd One\".f"),
            ("auth_2 = 1", "auth_2 = 1"),
            ("a.auth_2.c", "a.auth_2.c"),
            ("auth_2.auth_2.c", "auth.auth_2.c"),
            ("'auth_2.uid()'", "'auth_2.uid()'"),
            ("nextval('auth_2.users_id_seq'::regclass)", "nextval('auth.users_id_seq'::regclass)"),
            ("nextval('\"Tenant 1\".s'::regclass)", "nextval('erp.s'::regclass)"),
            ("'auth_2.x'::text", "'auth_2.x'::text"),
            ("x = 'open", "x = 'open"),
            ("", ""),
        ] {
            assert_eq!(rename_qualifiers(sql, &names), renamed, "{sql}");
        }
    }
}
