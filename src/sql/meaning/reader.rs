//! Reading a statement word by word.

use std::iter::Peekable;

use crate::sql::identifier::{QualifiedName, take_part};
use crate::sql::token::{Kind, Significant, Token, significant};

/// The significant tokens of a statement, of which keywords and names are taken from the front.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    tokens: Peekable<Significant<'a>>,
}

/// An option with a boolean value, as in `(name)`, `(name off)` or `(name = false)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Switch {
    Absent,
    On,
    Off,
}

impl<'a> Reader<'a> {
    pub(super) fn new(statement: &'a str) -> Self {
        Self { tokens: significant(statement).peekable() }
    }

    /// Takes the keywords when all of them come next, in this order; else takes nothing.
    pub(super) fn take(&mut self, keywords: &[&str]) -> bool {
        let mut ahead = self.clone();
        if keywords.iter().all(|keyword| ahead.tokens.next().is_some_and(|token| token.is_word(keyword))) {
            *self = ahead;
            return true;
        }
        false
    }

    /// Takes the next token when it is one of the keywords, and returns it as it is written.
    pub(super) fn take_any(&mut self, keywords: &[&str]) -> Option<&'a str> {
        let is_one = |token: &Token<'_>| keywords.iter().any(|keyword| token.is_word(keyword));
        self.tokens.next_if(is_one).map(|token| token.text)
    }

    pub(super) fn take_symbol(&mut self, symbol: u8) -> bool {
        self.tokens.next_if(|token| token.kind == Kind::Symbol(symbol)).is_some()
    }

    pub(super) fn next_is(&self, keyword: &str) -> bool {
        self.clone().take(&[keyword])
    }

    /// Whether nothing follows but the `;`.
    pub(super) fn at_end(&self) -> bool {
        let mut ahead = self.clone();
        ahead.take_symbol(b';');
        ahead.tokens.peek().is_none()
    }

    pub(super) fn name(&mut self) -> Option<String> {
        take_part(&mut self.tokens)
    }

    pub(super) fn qualified_name(&mut self) -> Option<QualifiedName> {
        QualifiedName::take(&mut self.tokens)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        crate::sql::constant::take(&mut self.tokens)
    }

    pub(super) fn tokens(&mut self) -> &mut Peekable<Significant<'a>> {
        &mut self.tokens
    }

    /// Takes a list in parentheses, if one comes next, and returns the value of the boolean option `name` in it.
    pub(super) fn take_switch(&mut self, name: &str) -> Switch {
        if self.take_symbol(b'(') { self.switch_in_list(name) } else { Switch::Absent }
    }

    /// Reads on to the next list in parentheses and returns the value of the boolean option `name` in it.
    pub(super) fn find_switch(&mut self, name: &str) -> Switch {
        while let Some(token) = self.tokens.next() {
            if token.kind == Kind::Symbol(b'(') {
                return self.switch_in_list(name);
            }
        }
        Switch::Absent
    }

    fn switch_in_list(&mut self, name: &str) -> Switch {
        let mut found = Switch::Absent;
        let mut starts_option = true;
        while let Some(token) = self.tokens.next() {
            match token.kind {
                Kind::Symbol(b')') => break,
                Kind::Symbol(b',') => starts_option = true,
                _ => {
                    if starts_option && token.text.trim_matches('"').eq_ignore_ascii_case(name) {
                        found = self.switch_value();
                    }
                    starts_option = false;
                }
            }
        }
        found
    }

    fn switch_value(&mut self) -> Switch {
        self.take_symbol(b'=');
        let value = self.tokens.next_if(|token| !matches!(token.kind, Kind::Symbol(_)));
        match value {
            Some(value) if is_off(value.text.trim_matches('\'')) => Switch::Off,
            _ => Switch::On,
        }
    }
}

/// Whether a boolean option has the value false (`defGetBoolean` of the server).
fn is_off(value: &str) -> bool {
    ["false", "off", "0"].iter().any(|off| value.eq_ignore_ascii_case(off))
}
