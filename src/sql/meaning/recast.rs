//! Which columns get values that are computed when their type is changed.

use crate::sql::lexemes::{Lexeme, lexemes};

/// Returns the columns of which an ALTER TABLE computes the values anew: those whose `TYPE … USING` does more than cast them.
pub fn computed_columns(statement: &str) -> Vec<String> {
    let words = lexemes(statement.trim_end().trim_end_matches(';'));
    if !matches!(words.as_slice(), [first, second, ..] if is(first, "alter") && is(second, "table")) {
        return Vec::new();
    }
    actions(&words).filter_map(computed).collect()
}

fn is(lexeme: &Lexeme, word: &str) -> bool {
    matches!(lexeme, Lexeme::Word(text) if text == word)
}

fn name(lexeme: &Lexeme) -> Option<&str> {
    match lexeme {
        Lexeme::Word(text) | Lexeme::Name(text) => Some(text),
        _ => None,
    }
}

/// Returns the actions of an ALTER TABLE: the first with what stands before it.
fn actions(words: &[Lexeme]) -> impl Iterator<Item = &[Lexeme]> {
    let mut depth = 0_i32;
    words.split(move |lexeme| {
        if let Lexeme::Symbol(symbol) = lexeme {
            depth += match symbol.as_str() {
                "(" | "[" => 1,
                ")" | "]" => -1,
                _ => 0,
            };
        }
        depth == 0 && *lexeme == Lexeme::Symbol(",".to_owned())
    })
}

/// Returns the column that an action gives computed values.
fn computed(action: &[Lexeme]) -> Option<String> {
    // The first action stands behind the `ALTER` of the table.
    let last = action.iter().rposition(|lexeme| is(lexeme, "alter"))?;
    let action =
        action[last + 1..].strip_prefix(&[Lexeme::Word("column".to_owned())]).unwrap_or(&action[last + 1..]);
    let column = name(action.first()?)?;
    let kind = action.iter().position(|lexeme| is(lexeme, "type"))?;
    let using = kind + action[kind..].iter().position(|lexeme| is(lexeme, "using"))?;
    (!is_cast_of(&action[using + 1..], column)).then(|| column.to_owned())
}

/// Tells whether an expression is the column, or casts of it.
fn is_cast_of(expression: &[Lexeme], column: &str) -> bool {
    let symbol = |text: &str| Lexeme::Symbol(text.to_owned());
    let (open, close) = (symbol("("), symbol(")"));
    let own = |lexeme: &Lexeme| name(lexeme) == Some(column);
    let type_part = |lexeme: &Lexeme| match lexeme {
        Lexeme::Symbol(text) => ["::", "(", ")", ",", "[", "]", "."].contains(&text.as_str()),
        Lexeme::String(_) => false,
        _ => true,
    };
    let rest = match expression {
        [first, rest @ ..] if own(first) => rest,
        [first, second, third, rest @ ..] if *first == open && own(second) && *third == close => rest,
        [first, second, third, fourth, rest @ ..]
            if is(first, "cast") && *second == open && own(third) && is(fourth, "as") =>
        {
            return rest.iter().all(type_part) && rest.last() == Some(&close);
        }
        [first, inner @ .., last] if *first == open && *last == close => return is_cast_of(inner, column),
        _ => return false,
    };
    rest.first().is_none_or(|first| *first == symbol("::")) && rest.iter().all(type_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_is_cast_keeps_its_values_and_one_that_is_computed_does_not() {
        for (statement, columns) in [
            ("alter table a alter b type int using b::int", &[][..]),
            ("alter table a alter b type int", &[]),
            ("alter table a alter mood type mood using mood::text::mood;", &[]),
            (
                "alter table only s.\"A\" alter column \"B c\" set data type numeric(6,2) using \"B c\"::text::numeric(6,2)",
                &[],
            ),
            ("alter table a alter b type int using (b)::int, alter c type int[] using cast(c as int[])", &[]),
            ("alter table a alter b type int using ((b::int))", &[]),
            ("ALTER TABLE a ALTER b TYPE int USING 0", &["b"]),
            ("alter table a alter column b type text using upper(b)", &["b"]),
            ("alter table a alter b type int using b::int + 1", &["b"]),
            ("alter table a alter b type text using c", &["b"]),
            ("alter table a alter \"B\" type text using b", &["B"]),
            (
                "alter table a alter b type text using coalesce(b, ','), drop c, alter d type int using d::int, alter e type text using ''",
                &["b", "e"],
            ),
            ("alter table a alter b set default 1, alter c drop not null", &[]),
            ("create index i on a using hash (b)", &[]),
            ("select 1", &[]),
        ] {
            assert_eq!(computed_columns(statement), columns, "{statement}");
        }
    }
}
