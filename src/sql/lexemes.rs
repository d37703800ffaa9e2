//! Expressions of the catalog as a flat list of words, constants and operators.

use super::constant;
use super::identifier::decode;
use super::token::{Kind, significant};

/// One word, constant or symbol.
#[derive(Clone, Debug, PartialEq)]
pub enum Lexeme {
    /// A keyword or a name without quotes, in lower case.
    Word(String),
    /// A name in quotes.
    Name(String),
    /// Digits, perhaps with a point.
    Number(String),
    /// A string.
    String(String),
    /// An operator or bracket.
    Symbol(String),
}

/// Returns the lexemes of an expression as `pg_get_expr` writes it. Symbols that stand together are one operator.
pub fn lexemes(sql: &str) -> Vec<Lexeme> {
    let mut found: Vec<Lexeme> = Vec::new();
    let mut tokens = significant(sql).peekable();
    let mut end = 0;
    while let Some(token) = tokens.peek().copied() {
        let start = token.start;
        let joined = start == end;
        end = start + token.text.len();
        match token.kind {
            Kind::String | Kind::DollarString => {
                match constant::take(&mut tokens) {
                    Some(text) => found.push(Lexeme::String(text)),
                    None => return vec![Lexeme::Symbol("?".to_owned())],
                }
                continue;
            }
            Kind::Word => found.push(Lexeme::Word(token.text.to_ascii_lowercase())),
            Kind::QuotedWord | Kind::UnicodeWord => {
                found.push(decode(&token).map_or(Lexeme::Symbol("?".to_owned()), Lexeme::Name));
            }
            Kind::Number => match found.last_mut() {
                Some(Lexeme::Number(text)) if joined && text.ends_with('.') => text.push_str(token.text),
                _ => found.push(Lexeme::Number(token.text.to_owned())),
            },
            Kind::Symbol(b'.') if joined && matches!(found.last(), Some(Lexeme::Number(_))) => {
                if let Some(Lexeme::Number(text)) = found.last_mut() {
                    text.push('.');
                }
            }
            _ => match found.last_mut() {
                Some(Lexeme::Symbol(text)) if joined && is_operator(text) && is_operator(token.text) => {
                    text.push_str(token.text);
                }
                _ => found.push(Lexeme::Symbol(token.text.to_owned())),
            },
        }
        tokens.next();
    }
    found
}

fn is_operator(text: &str) -> bool {
    text.bytes().all(|byte| b"<>=!~*+-/%|:&^#@".contains(&byte))
}
