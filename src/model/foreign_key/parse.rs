//! Reads the line that declares a foreign key.

use std::iter::Peekable;
use std::str::FromStr;

use super::{Action, Deferral, ForeignKey, ForeignKeyError, Matching, Problem, Target};
use crate::sql::{Kind, Significant, Token, Tokens, significant, take_part};

impl FromStr for ForeignKey {
    type Err = ForeignKeyError;

    fn from_str(text: &str) -> Result<Self, ForeignKeyError> {
        if let Some(unclosed) = Tokens::new(text, 0).find_map(Result::err) {
            return Err(ForeignKeyError { problem: Problem::Unclosed, offset: unclosed.start });
        }
        Reader { text, tokens: significant(text).peekable() }.key()
    }
}

struct Reader<'a> {
    text: &'a str,
    tokens: Peekable<Significant<'a>>,
}

/// The clauses as they are read; each may be there once.
#[derive(Default)]
struct Clauses {
    on_delete: Option<Action>,
    on_update: Option<Action>,
    matching: Option<Matching>,
    deferrable: Option<bool>,
    initially_deferred: Option<bool>,
    name: Option<String>,
}

impl<'a> Reader<'a> {
    fn key(mut self) -> Result<ForeignKey, ForeignKeyError> {
        let (table, columns) = self.source()?;
        let arrow = "`->`";
        self.symbol(b'-', arrow)?;
        self.symbol(b'>', arrow)?;
        let at = self.offset();
        let target = self.target()?;
        if !target.columns.is_empty() && target.columns.len() != columns.len() {
            let (source_columns, target_columns) = (columns.len(), target.columns.len());
            return Err(ForeignKeyError {
                problem: Problem::Lengths { source_columns, target_columns },
                offset: at,
            });
        }
        let clauses = self.clauses(&columns)?;
        let deferral = match (clauses.deferrable, clauses.initially_deferred) {
            (_, Some(true)) => Deferral::InitiallyDeferred,
            (Some(true), _) => Deferral::Deferrable,
            _ => Deferral::NotDeferrable,
        };
        Ok(ForeignKey {
            table,
            columns,
            target,
            on_delete: clauses.on_delete.unwrap_or_default(),
            on_update: clauses.on_update.unwrap_or_default(),
            matching: clauses.matching.unwrap_or_default(),
            deferral,
            name: clauses.name,
        })
    }

    fn source(&mut self) -> Result<(Option<String>, Vec<String>), ForeignKeyError> {
        if self.at_symbol(b'(') {
            return Ok((None, self.columns()?));
        }
        let first = self.name("a column or a table")?;
        if self.at_symbol(b'(') {
            return Ok((Some(first), self.columns()?));
        }
        if !self.take_symbol(b'.') {
            return Ok((None, vec![first]));
        }
        let column = self.name("a column")?;
        if self.at_symbol(b'.') || self.at_symbol(b'(') {
            return Err(self.problem(Problem::ForeignSource));
        }
        Ok((Some(first), vec![column]))
    }

    fn target(&mut self) -> Result<Target, ForeignKeyError> {
        let mut names = vec![self.name("a table")?];
        while names.len() < 3 && self.take_symbol(b'.') {
            names.push(self.name("a table or a column")?);
        }
        let columns = match names.len() {
            _ if names.len() < 3 && self.at_symbol(b'(') => self.columns()?,
            1 => Vec::new(),
            _ => names.pop().into_iter().collect(),
        };
        // One or two are left: the column, where there was one, is taken.
        let table = names.pop().unwrap_or_default();
        Ok(Target { place: names.pop(), table, columns })
    }

    fn clauses(&mut self, columns: &[String]) -> Result<Clauses, ForeignKeyError> {
        let mut clauses = Clauses::default();
        while self.tokens.peek().is_some() {
            let at = self.offset();
            let put = self.clause(&mut clauses, columns)?;
            if let Some(clause) = put {
                return Err(ForeignKeyError { problem: Problem::Twice(clause), offset: at });
            }
        }
        if clauses.deferrable == Some(false) && clauses.initially_deferred == Some(true) {
            let expected = "`deferrable`, which `initially deferred` needs,";
            let found = "not deferrable".to_owned();
            return Err(self.problem(Problem::Unexpected { expected, found }));
        }
        Ok(clauses)
    }

    /// Reads one clause; returns its name where it was there before.
    fn clause(
        &mut self,
        clauses: &mut Clauses,
        columns: &[String],
    ) -> Result<Option<&'static str>, ForeignKeyError> {
        let twice = |was_there: bool, clause| was_there.then_some(clause);
        if self.take_word("on") {
            if self.take_word("delete") {
                let action = self.action(columns)?;
                return Ok(twice(clauses.on_delete.replace(action).is_some(), "on delete"));
            }
            self.word("update", "`delete` or `update`")?;
            let action = self.action(&[])?;
            return Ok(twice(clauses.on_update.replace(action).is_some(), "on update"));
        }
        if self.take_word("match") {
            let matching = self.either(("full", Matching::Full), ("simple", Matching::Simple))?;
            return Ok(twice(clauses.matching.replace(matching).is_some(), "match"));
        }
        if self.take_word("initially") {
            let deferred = self.either(("deferred", true), ("immediate", false))?;
            return Ok(twice(clauses.initially_deferred.replace(deferred).is_some(), "initially"));
        }
        if self.take_word("as") {
            let name = self.name("the constraint's name")?;
            return Ok(twice(clauses.name.replace(name).is_some(), "as"));
        }
        let deferrable = !self.take_word("not");
        let expected = "`on delete`, `on update`, `match`, `deferrable`, `initially` or `as`";
        self.word("deferrable", if deferrable { expected } else { "`deferrable`" })?;
        Ok(twice(clauses.deferrable.replace(deferrable).is_some(), "deferrable"))
    }

    /// Reads an action. Its own columns must be of `key`; PostgreSQL takes none where that is empty.
    fn action(&mut self, key: &[String]) -> Result<Action, ForeignKeyError> {
        if self.take_word("cascade") {
            return Ok(Action::Cascade);
        }
        if self.take_word("restrict") {
            return Ok(Action::Restrict);
        }
        if self.take_word("no") {
            self.word("action", "`action`")?;
            return Ok(Action::NoAction);
        }
        self.word("set", "`cascade`, `restrict`, `set null`, `set default` or `no action`")?;
        let make = self.either(
            ("null", Action::SetNull as fn(Vec<String>) -> Action),
            ("default", Action::SetDefault),
        )?;
        if key.is_empty() || !self.at_symbol(b'(') {
            return Ok(make(Vec::new()));
        }
        let at = self.offset();
        let columns = self.columns()?;
        match columns.iter().find(|column| !key.contains(column)) {
            Some(other) => Err(ForeignKeyError { problem: Problem::NotOfTheKey(other.clone()), offset: at }),
            None => Ok(make(columns)),
        }
    }

    fn columns(&mut self) -> Result<Vec<String>, ForeignKeyError> {
        self.symbol(b'(', "`(`")?;
        let mut columns = vec![self.name("a column")?];
        while self.take_symbol(b',') {
            columns.push(self.name("a column")?);
        }
        self.symbol(b')', "`,` or `)`")?;
        Ok(columns)
    }

    fn either<T>(
        &mut self,
        (first, one): (&'static str, T),
        (second, other): (&'static str, T),
    ) -> Result<T, ForeignKeyError> {
        if self.take_word(first) {
            return Ok(one);
        }
        let expected = match first {
            "full" => "`full` or `simple`",
            "deferred" => "`deferred` or `immediate`",
            _ => "`null` or `default`",
        };
        self.word(second, expected)?;
        Ok(other)
    }

    fn name(&mut self, expected: &'static str) -> Result<String, ForeignKeyError> {
        let wrong = self.unexpected(expected);
        // No object of PostgreSQL has a name that is empty or holds a NUL, which TOML can write.
        let possible = |name: &String| !name.is_empty() && !name.contains('\0');
        take_part(&mut self.tokens).filter(possible).ok_or(wrong)
    }

    fn word(&mut self, word: &str, expected: &'static str) -> Result<(), ForeignKeyError> {
        if self.take_word(word) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn symbol(&mut self, symbol: u8, expected: &'static str) -> Result<(), ForeignKeyError> {
        if self.take_symbol(symbol) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn take_word(&mut self, word: &str) -> bool {
        self.tokens.next_if(|token| token.is_word(word)).is_some()
    }

    fn take_symbol(&mut self, symbol: u8) -> bool {
        self.tokens.next_if(|token| token.kind == Kind::Symbol(symbol)).is_some()
    }

    fn at_symbol(&mut self, symbol: u8) -> bool {
        self.tokens.peek().is_some_and(|token| token.kind == Kind::Symbol(symbol))
    }

    fn offset(&mut self) -> usize {
        self.tokens.peek().map_or(self.text.len(), |token| token.start)
    }

    fn unexpected(&mut self, expected: &'static str) -> ForeignKeyError {
        let found = self.tokens.peek().map(|token: &Token<'_>| token.text.to_owned()).unwrap_or_default();
        self.problem(Problem::Unexpected { expected, found })
    }

    fn problem(&mut self, problem: Problem) -> ForeignKeyError {
        ForeignKeyError { problem, offset: self.offset() }
    }
}
