//! One line of a contract's list: a name, or a name and what the object must be.

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

/// An entry of a list: `idx_leads_amount`, `idx_leads_amount (amount)`, `"Odd name" (amount)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The name in the catalog.
    pub name: String,
    /// What it must be, folded by [`fold`]; `None` where it only has to be there.
    pub definition: Option<String>,
    /// The line of `schema.toml`, from 1.
    pub line: usize,
}

/// Why a text is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// There is no name at the start.
    #[error("an entry begins with a name")]
    NoName,
    /// A name in double quotes does not end.
    #[error("the name begins with `\"` and does not end with one")]
    OpenQuote,
}

impl Entry {
    /// Reads an entry. Names are SQL names: folded to lower case unless they are in double quotes. Without quotes they
    /// end at white space, a parenthesis or a comma, so that `uuid-ossp` needs none.
    pub fn parse(text: &str, line: usize) -> Result<Self, EntryError> {
        let mut chars = text.trim().chars().peekable();
        let name = match chars.peek() {
            Some('"') => quoted(&mut chars)?,
            _ => std::iter::from_fn(|| chars.next_if(|c| is_bare(*c))).collect::<String>().to_lowercase(),
        };
        if name.is_empty() {
            return Err(EntryError::NoName);
        }
        let definition = fold(&chars.collect::<String>());
        Ok(Self { name, definition: (!definition.is_empty()).then_some(definition), line })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&spelled(&self.name))?;
        match self.definition.as_deref() {
            // A function's arguments stand close to its name; columns of an index and the like do not.
            Some(arguments) if arguments.starts_with("()") => f.write_str(arguments),
            Some(definition) => write!(f, " {definition}"),
            None => Ok(()),
        }
    }
}

fn is_bare(c: char) -> bool {
    !(c.is_whitespace() || matches!(c, '(' | ')' | ',' | '"'))
}

fn quoted(chars: &mut Peekable<Chars<'_>>) -> Result<String, EntryError> {
    chars.next();
    let mut name = String::new();
    loop {
        match chars.next() {
            Some('"') if chars.next_if_eq(&'"').is_some() => name.push('"'),
            Some('"') => return Ok(name),
            Some(c) => name.push(c),
            None => return Err(EntryError::OpenQuote),
        }
    }
}

/// Returns a name as an entry spells it.
pub fn spelled(name: &str) -> String {
    if !name.is_empty() && name.chars().all(|c| is_bare(c) && !c.is_uppercase()) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Returns a definition without what makes no difference: runs of white space become one space and, outside of quotes,
/// letters become lower case. PostgreSQL prints names that are not lower case in double quotes.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut quote = None;
    for c in text.trim().chars() {
        match quote {
            Some(open) => {
                folded.push(c);
                if c == open {
                    quote = None;
                }
            }
            None if c.is_whitespace() => {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            None => {
                if matches!(c, '\'' | '"') {
                    quote = Some(c);
                }
                folded.extend(c.to_lowercase());
            }
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_name_with_or_without_a_definition() {
        for (text, name, definition) in [
            ("idx_leads_amount", "idx_leads_amount", None),
            ("  idx (amount) ", "idx", Some("(amount)")),
            ("idx(amount)", "idx", Some("(amount)")),
            ("Job_idx  (\"assignedTo\",  A)", "job_idx", Some("(\"assignedTo\", a)")),
            ("uuid-ossp 1.1", "uuid-ossp", Some("1.1")),
            ("\"odd \"\"name\"\"\" text", "odd \"name\"", Some("text")),
            ("status text DEFAULT 'New  One'", "status", Some("text default 'New  One'")),
            ("uid() returns UUID", "uid", Some("() returns uuid")),
        ] {
            let entry = Entry::parse(text, 7).unwrap();
            assert_eq!((entry.name.as_str(), entry.definition.as_deref(), entry.line), (name, definition, 7));
        }
        assert_eq!(Entry::parse("(amount)", 1), Err(EntryError::NoName));
        assert_eq!(Entry::parse("", 1), Err(EntryError::NoName));
        assert_eq!(Entry::parse("\"a", 1), Err(EntryError::OpenQuote));
    }

    #[test]
    fn an_entry_reads_back_as_it_was_written() {
        for text in ["a", "a (b)", "\"a b\" (c)", "uid() returns uuid", "\"a\"\"b\"", "\"aB\""] {
            assert_eq!(Entry::parse(text, 1).unwrap().to_string(), text);
        }
    }
}
