//! Statements without the name of one schema, so that they run in whichever schema comes first on the search path.

use super::identifier::decode;
use super::token::{Kind, Token, Tokens};

/// Returns the statements with `schema.` left out before every name, also in the text of a `'…'::regclass`.
///
/// Names are told from each other by their form alone: where a table's alias is called like the schema the result means
/// something else, so it must be tried. Text that can't be read as tokens is returned as it is.
pub fn unqualified(sql: &str, schema: &str) -> String {
    let Ok(tokens) = Tokens::new(sql, 0).collect::<Result<Vec<Token<'_>>, _>>() else {
        return sql.to_owned();
    };
    let mut text = String::with_capacity(sql.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let symbol = |ahead: usize, wanted| {
            tokens.get(at + ahead).is_some_and(|token: &Token<'_>| token.kind == Kind::Symbol(wanted))
        };
        let begins = at == 0 || tokens[at - 1].kind != Kind::Symbol(b'.');
        let named = tokens.get(at + 2).is_some_and(|token| decode(token).is_some());
        if begins && symbol(1, b'.') && named && decode(token).is_some_and(|name| name == schema) {
            at += 2;
            continue;
        }
        let regclass = symbol(1, b':')
            && symbol(2, b':')
            && tokens.get(at + 3).is_some_and(|token| token.is_word("regclass"));
        if token.kind == Kind::String && regclass && token.text.starts_with('\'') {
            let inside = token.text[1..token.text.len() - 1].replace("''", "'");
            text.push_str(&format!("'{}'", unqualified(&inside, schema).replace('\'', "''")));
        } else {
            text.push_str(token.text);
        }
        at += 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_left_out_where_it_qualifies_a_name() {
        for (sql, expected) in [
            ("CREATE TABLE sales.leads (id sales.kind)", "CREATE TABLE leads (id kind)"),
            (
                "SELECT leads.id, \"sales\".\"Odd One\".x FROM sales.leads",
                "SELECT leads.id, \"Odd One\".x FROM leads",
            ),
            ("DROP TABLE auth.users, \"Sales\".a", "DROP TABLE auth.users, \"Sales\".a"),
            ("DEFAULT nextval('sales.leads_id_seq'::regclass)", "DEFAULT nextval('leads_id_seq'::regclass)"),
            ("COMMENT ON TABLE sales.a IS 'sales.b'", "COMMENT ON TABLE a IS 'sales.b'"),
            ("SELECT $$sales.a$$ -- sales.b", "SELECT $$sales.a$$ -- sales.b"),
            ("SELECT x.sales.y, sales.*", "SELECT x.sales.y, sales.*"),
            ("SELECT 'open", "SELECT 'open"),
        ] {
            assert_eq!(unqualified(sql, "sales"), expected);
        }
    }
}
