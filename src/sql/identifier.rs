//! Names in SQL text to names in the catalog: quotes, folding and truncation as PostgreSQL does them.

use std::iter::Peekable;

use super::token::{Kind, Significant, Token, significant};

/// The most bytes of a name (`NAMEDATALEN` less one); PostgreSQL cuts longer ones off.
pub const MAX_BYTES: usize = 63;

/// A name of an object as the catalog has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QualifiedName {
    /// The schema; `None` leaves it to the search path.
    pub schema: Option<String>,
    /// The name in it.
    pub name: String,
}

impl QualifiedName {
    /// Reads a name with or without its schema from SQL such as `"Sales".leads`; `None` when it is not one.
    ///
    /// A database name before the schema is left out: it can only be the database of the connection.
    pub fn parse(sql: &str) -> Option<Self> {
        let mut tokens = significant(sql).peekable();
        let name = Self::take(&mut tokens)?;
        tokens.peek().is_none().then_some(name)
    }

    /// Reads a name from the start of `tokens` and leaves what follows it.
    pub(crate) fn take(tokens: &mut Peekable<Significant<'_>>) -> Option<Self> {
        let mut name = Self { schema: None, name: take_part(tokens)? };
        while tokens.next_if(|token| token.kind == Kind::Symbol(b'.')).is_some() {
            let part = take_part(tokens)?;
            name.schema = Some(std::mem::replace(&mut name.name, part));
        }
        Some(name)
    }
}

/// Reads one identifier, with its `UESCAPE '!'` if it has one.
pub(crate) fn take_part(tokens: &mut Peekable<Significant<'_>>) -> Option<String> {
    let token = tokens.next()?;
    if token.kind != Kind::UnicodeWord {
        return decode(&token);
    }
    let escape = take_escape(tokens)?;
    Some(truncated(unicode_unescaped(&inside_quotes(&token), escape)?))
}

/// Reads `UESCAPE '!'` if it is there; without it the escape character is a backslash.
pub(crate) fn take_escape(tokens: &mut Peekable<Significant<'_>>) -> Option<char> {
    if tokens.next_if(|next| next.is_word("uescape")).is_none() {
        return Some('\\');
    }
    let escape = tokens.next().filter(|token| token.kind == Kind::String)?;
    let mut inside = escape.text.strip_prefix('\'')?.strip_suffix('\'')?.chars();
    inside.next().filter(|_| inside.next().is_none())
}

/// Returns the name that an identifier means, `None` when the token is not one.
pub(crate) fn decode(token: &Token<'_>) -> Option<String> {
    let name = match token.kind {
        Kind::Word => token.text.to_ascii_lowercase(),
        Kind::QuotedWord => inside_quotes(token),
        Kind::UnicodeWord => unicode_unescaped(&inside_quotes(token), '\\')?,
        _ => return None,
    };
    Some(truncated(name))
}

fn inside_quotes(token: &Token<'_>) -> String {
    let open = token.text.find('"').map_or(0, |at| at + 1);
    token.text[open..token.text.len() - 1].replace("\"\"", "\"")
}

fn truncated(mut name: String) -> String {
    let mut end = name.len().min(MAX_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.truncate(end);
    name
}

/// Returns the text between the quotes of `U&"…"` or `U&'…'` with its escapes resolved: the escape character twice, or
/// before four hexadecimal digits, or before `+` and six; a surrogate pair is one character.
pub(crate) fn unicode_unescaped(inside: &str, escape: char) -> Option<String> {
    let mut name = String::with_capacity(inside.len());
    let mut rest = inside.chars();
    let mut high = None;
    while let Some(c) = rest.next() {
        let unit = if c == escape {
            if rest.as_str().starts_with(escape) {
                rest.next();
                escape as u32
            } else {
                code_point(&mut rest)?
            }
        } else {
            c as u32
        };
        match (high.take(), unit) {
            (None, 0xD800..=0xDBFF) => high = Some(unit),
            (Some(high), 0xDC00..=0xDFFF) => {
                name.push(char::from_u32(0x10000 + ((high & 0x3FF) << 10) + (unit & 0x3FF))?);
            }
            (Some(_), _) => return None,
            (None, unit) => name.push(char::from_u32(unit)?),
        }
    }
    high.is_none().then_some(name)
}

fn code_point(rest: &mut std::str::Chars<'_>) -> Option<u32> {
    let digits = if rest.as_str().starts_with('+') {
        rest.next();
        6
    } else {
        4
    };
    let hex = rest.as_str().get(..digits).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    rest.nth(digits - 1);
    u32::from_str_radix(hex, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_catalog() {
        let name = |schema: Option<&str>, name: &str| {
            Some(QualifiedName { schema: schema.map(str::to_owned), name: name.to_owned() })
        };
        for (sql, expected) in [
            ("Leads", name(None, "leads")),
            ("\"Leads\"", name(None, "Leads")),
            ("Sales . /* x */ \"Le\"\"ads\"", name(Some("sales"), "Le\"ads")),
            ("crm.sales.leads", name(Some("sales"), "leads")),
            ("ÄRGER", name(None, "Ärger")),
            (r#"U&"d\0061t\+000061""#, name(None, "data")),
            (r#"u&"\\""""#, name(None, "\\\"")),
            (r#"U&"\D83D\DE00""#, name(None, "😀")),
            (r#"U&"d!0061t!!a" UESCAPE '!'.x"#, name(Some("dat!a"), "x")),
            (r#"U&"\00""#, None),
            (r#"U&"\D83D""#, None),
            ("'a'", None),
            ("a.", None),
            ("a b", None),
            ("", None),
        ] {
            assert_eq!(QualifiedName::parse(sql), expected, "{sql}");
        }
    }

    #[test]
    fn long_names_are_cut_at_a_character() {
        let long = format!("{}ää", "a".repeat(62));
        assert_eq!(QualifiedName::parse(&long).unwrap().name, "a".repeat(62));
        assert_eq!(QualifiedName::parse(&format!("\"{long}\"")).unwrap().name, "a".repeat(62));
    }
}
