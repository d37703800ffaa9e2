//! One data change cut into ranges of a table's key: which table it goes through, and where the range is written into it.
//!
//! What is accepted does in ranges what it does whole: each row that it goes through is dealt with for itself. Everything
//! else is refused by what stands in it, because a wrong guess would change data wrongly.

mod ranged;

use std::fmt;

pub use ranged::Ranged;

use crate::sql::identifier::decode;
use crate::sql::token::{Kind, Token, significant};

/// A statement that can be run range by range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The table that it goes through, as SQL as it is written.
    pub table: String,
    /// What its columns are qualified with, as SQL.
    pub alias: String,
    /// The columns that it assigns to in that table, by their names in the catalog; none but for UPDATE.
    pub assigned: Vec<String>,
    /// The functions that a SELECT calls outside of subqueries, by name: an aggregate among them would see one range only.
    pub called: Vec<String>,
    /// Where the range goes, as byte offsets of the statement.
    place: Place,
}

/// Where the condition on the key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Behind everything that there is to choose from; there is no WHERE.
    Where(usize),
    /// Before the condition that begins and ends here.
    And(usize, usize),
}

/// Why a statement can't be run range by range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unbatched {
    /// It is no UPDATE, DELETE or INSERT … SELECT.
    NotAChange,
    /// It has this clause or join.
    Has(&'static str),
    /// It reads the table that it changes a second time.
    ReadsItself,
    /// It can't be read.
    Unreadable,
}

impl fmt::Display for Unbatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAChange => f.write_str(
                "a file with `-- crmdb: batch` holds one UPDATE, DELETE or INSERT … SELECT, and nothing else",
            ),
            Self::Has(clause) => {
                write!(f, "a statement with `{clause}` does not do in batches what it does whole")
            }
            Self::ReadsItself => f.write_str(
                "a statement that reads the table it changes would see in each batch what those before it did",
            ),
            Self::Unreadable => f.write_str("the statement can't be read, so no range can be written into it"),
        }
    }
}

/// Clauses and joins under which a range of rows gives something else than its share of the whole.
const WHOLE_ONLY: [&str; 16] = [
    "returning",
    "distinct",
    "group",
    "having",
    "window",
    "over",
    "union",
    "intersect",
    "except",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
    "right",
    "full",
];

/// Reads a statement.
///
/// # Errors
///
/// Why it can't be cut.
pub fn batch(statement: &str) -> Result<Batch, Unbatched> {
    let mut tokens: Vec<Token<'_>> = significant(statement).collect();
    tokens.pop_if(|token| token.kind == Kind::Symbol(b';'));
    let depths = depths(&tokens).ok_or(Unbatched::Unreadable)?;
    let text = Text { statement, tokens: &tokens, depths: &depths };
    match tokens.first() {
        Some(first) if first.is_word("update") => text.update(),
        Some(first) if first.is_word("delete") => text.delete(),
        Some(first) if first.is_word("insert") => text.insert(),
        Some(first) if first.is_word("with") => Err(Unbatched::Has("WITH")),
        _ => Err(Unbatched::NotAChange),
    }
}

impl Batch {
    /// Returns the statement for the rows that satisfy `range`, a condition on columns qualified with the alias.
    pub fn within(&self, statement: &str, range: &str) -> Ranged {
        let (at, inserted, close) = match self.place {
            Place::Where(at) => (at, format!(" WHERE {range}"), at),
            Place::And(start, end) => (start, format!("{range} AND ("), end),
        };
        let closing = if matches!(self.place, Place::And(..)) { ")" } else { "" };
        let sql = [&statement[..at], &inserted, &statement[at..close], closing, &statement[close..]].concat();
        Ranged {
            sql,
            shift: (statement[..at].chars().count(), inserted.chars().count()),
            written: statement[..close].chars().count(),
        }
    }
}

/// Returns how many brackets are open before each token; `None` where they do not match.
fn depths(tokens: &[Token<'_>]) -> Option<Vec<usize>> {
    let mut depth = 0usize;
    let mut depths = Vec::with_capacity(tokens.len());
    for token in tokens {
        if matches!(token.kind, Kind::Symbol(b')' | b']')) {
            depth = depth.checked_sub(1)?;
        }
        depths.push(depth);
        depth += usize::from(matches!(token.kind, Kind::Symbol(b'(' | b'[')));
    }
    (depth == 0).then_some(depths)
}

struct Text<'a> {
    statement: &'a str,
    tokens: &'a [Token<'a>],
    depths: &'a [usize],
}

/// A table where a statement names it: where its name ends and what it is called.
struct Named {
    table: String,
    alias: String,
    /// The name without its schema.
    name: String,
    /// The first token behind it.
    next: usize,
}

impl Text<'_> {
    fn word(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_word(word))
    }

    fn symbol(&self, at: usize, symbol: u8) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Symbol(symbol))
    }

    /// Returns the first token outside of brackets from `from` on that is the keyword. `IS DISTINCT FROM` has no clause.
    fn clause(&self, from: usize, keyword: &str) -> Option<usize> {
        (from..self.tokens.len()).find(|&at| {
            let compares = keyword == "from" && at > 0 && self.word(at - 1, "distinct");
            self.depths[at] == 0 && self.word(at, keyword) && !compares && !self.is_part_of_a_name(at)
        })
    }

    /// A keyword behind a point, or before one, is a name.
    fn is_part_of_a_name(&self, at: usize) -> bool {
        at > 0 && self.symbol(at - 1, b'.') || self.symbol(at + 1, b'.')
    }

    fn update(&self) -> Result<Batch, Unbatched> {
        let named = self.named(1, &["set"])?;
        if !self.word(named.next, "set") {
            return Err(Unbatched::Unreadable);
        }
        let assigned = self.assigned(named.next + 1)?;
        self.changes(&named, named.next, assigned)
    }

    fn delete(&self) -> Result<Batch, Unbatched> {
        if !self.word(1, "from") {
            return Err(Unbatched::Unreadable);
        }
        let named = self.named(2, &["using", "where", "returning"])?;
        self.changes(&named, named.next, Vec::new())
    }

    fn changes(&self, named: &Named, from: usize, assigned: Vec<String>) -> Result<Batch, Unbatched> {
        self.refuse(from, &["returning"])?;
        // A target is joined to others as by an inner join, and no row of it is dealt with twice.
        if self.reads(from, &named.name) {
            return Err(Unbatched::ReadsItself);
        }
        if self.clause(from, "where").is_some_and(|at| self.word(at + 1, "current")) {
            return Err(Unbatched::Has("WHERE CURRENT OF"));
        }
        let place = self.place(from, self.tokens.len())?;
        Ok(Batch {
            table: named.table.clone(),
            alias: named.alias.clone(),
            assigned,
            called: Vec::new(),
            place,
        })
    }

    fn insert(&self) -> Result<Batch, Unbatched> {
        if !self.word(1, "into") {
            return Err(Unbatched::Unreadable);
        }
        let into = self.named(2, &["select", "values", "default", "overriding", "with", "table"])?;
        if self.clause(into.next, "with").is_some() {
            return Err(Unbatched::Has("WITH"));
        }
        let select = self.clause(into.next, "select").ok_or(Unbatched::NotAChange)?;
        let conflict = (select..self.tokens.len())
            .find(|&at| self.depths[at] == 0 && self.word(at, "on") && self.word(at + 1, "conflict"));
        let end = conflict.unwrap_or(self.tokens.len());
        // What follows ON CONFLICT looks at one row each.
        self.refuse(end, &["returning"])?;
        let body =
            Text { statement: self.statement, tokens: &self.tokens[..end], depths: &self.depths[..end] };
        body.refuse(select, &WHOLE_ONLY)?;
        let from = body.clause(select, "from").ok_or(Unbatched::NotAChange)?;
        let joins = ["where", "join", "left", "inner", "cross", "natural", "on", "tablesample"];
        let named = body.named(from + 1, &joins)?;
        if body.word(named.next, "tablesample") {
            return Err(Unbatched::Has("TABLESAMPLE"));
        }
        if self.reads(select, &into.name) {
            return Err(Unbatched::ReadsItself);
        }
        let place = body.place(named.next, end)?;
        let (table, alias) = (named.table, named.alias);
        Ok(Batch { table, alias, assigned: Vec::new(), called: body.called(select), place })
    }

    /// Refuses any of the keywords outside of brackets.
    fn refuse(&self, from: usize, keywords: &[&'static str]) -> Result<(), Unbatched> {
        for at in from..self.tokens.len() {
            let open = self.depths[at] == 0 && !self.is_part_of_a_name(at);
            let compares = self.word(at, "distinct") && self.word(at + 1, "from");
            // RIGHT and FULL are functions too.
            let joins = |keyword: &str| {
                !matches!(keyword, "right" | "full")
                    || self.word(at + 1, "join")
                    || self.word(at + 1, "outer")
            };
            let found = keywords.iter().find(|keyword| self.word(at, keyword) && joins(keyword));
            if let Some(keyword) = found.filter(|_| open && !compares && !self.is_name_of_a_column(at)) {
                return Err(Unbatched::Has(keyword));
            }
        }
        Ok(())
    }

    /// Words behind AS name a column, whatever they mean elsewhere.
    fn is_name_of_a_column(&self, at: usize) -> bool {
        at > 0 && self.word(at - 1, "as")
    }

    /// Reads `[ONLY] name [*] [[AS] alias]`; none of the `ends` is an alias.
    fn named(&self, from: usize, ends: &[&str]) -> Result<Named, Unbatched> {
        let start = if self.word(from, "only") { from + 1 } else { from };
        let mut at = start;
        let mut name = self.tokens.get(at).and_then(decode).ok_or(Unbatched::Unreadable)?;
        while self.symbol(at + 1, b'.') {
            at += 2;
            name = self.tokens.get(at).and_then(decode).ok_or(Unbatched::Unreadable)?;
        }
        let (first, last) = (&self.tokens[start], &self.tokens[at]);
        let table = self.statement[first.start..last.end()].to_owned();
        let mut alias = last.text.to_owned();
        let mut next = at + 1;
        if self.symbol(next, b'*') {
            next += 1;
        }
        // A function in FROM, or a list of columns behind INSERT's table.
        if self.symbol(next, b'(') && !self.word(1, "into") || self.symbol(from + 1, b'(') && from > 2 {
            return Err(Unbatched::NotAChange);
        }
        let behind_as = self.word(next, "as");
        next += usize::from(behind_as);
        let token = self.tokens.get(next).filter(|token| decode(token).is_some());
        if let Some(token) = token.filter(|token| behind_as || !ends.iter().any(|end| token.is_word(end))) {
            alias = token.text.to_owned();
            next += 1;
        }
        Ok(Named { table, alias, name, next })
    }

    /// Returns the columns that a SET list assigns to.
    fn assigned(&self, from: usize) -> Result<Vec<String>, Unbatched> {
        let end =
            ["from", "where", "returning"].iter().filter_map(|keyword| self.clause(from, keyword)).min();
        let end = end.unwrap_or(self.tokens.len());
        let mut columns = Vec::new();
        let mut at = from;
        while at < end {
            if self.symbol(at, b'(') {
                while at < end && !self.symbol(at, b')') {
                    columns.extend(self.tokens.get(at).and_then(decode));
                    at += 1;
                }
            } else {
                columns.push(self.tokens.get(at).and_then(decode).ok_or(Unbatched::Unreadable)?);
            }
            let comma = (at..end).find(|&at| self.depths[at] == 0 && self.symbol(at, b','));
            at = comma.map_or(end, |comma| comma + 1);
        }
        Ok(columns)
    }

    /// Tells whether a FROM, JOIN or USING, in a subquery too, names the table.
    fn reads(&self, from: usize, name: &str) -> bool {
        let mut lists = vec![false; self.depths.iter().max().map_or(1, |most| most + 2)];
        (from..self.tokens.len()).any(|at| {
            let depth = self.depths[at];
            match self.tokens[at].kind {
                Kind::Symbol(b'(') => lists[depth + 1] = false,
                Kind::Word => {
                    let opens = ["from", "using", "join"].iter().any(|word| self.word(at, word));
                    let closes = ["where", "set", "group", "select"].iter().any(|word| self.word(at, word));
                    lists[depth] = (lists[depth] || opens) && !closes;
                }
                _ => {}
            }
            let before = at.checked_sub(1).map(|before| &self.tokens[before]);
            let begins = before.is_some_and(|token| {
                ["from", "join", "using", "only", "lateral"].iter().any(|word| token.is_word(word))
                    || matches!(token.kind, Kind::Symbol(b',' | b'('))
            });
            lists[depth.min(lists.len() - 1)] && begins && self.last_part(at).is_some_and(|part| part == name)
        })
    }

    /// Returns the last part of the qualified name that begins at `at`, unless it is called as a function.
    fn last_part(&self, mut at: usize) -> Option<String> {
        while self.symbol(at + 1, b'.') {
            at += 2;
        }
        if self.symbol(at + 1, b'(') { None } else { self.tokens.get(at).and_then(decode) }
    }

    /// Returns the names that stand before a parenthesis in a SELECT, those of its subqueries left out.
    fn called(&self, select: usize) -> Vec<String> {
        let mut inside: Option<usize> = None;
        let mut called = Vec::new();
        for at in select + 1..self.tokens.len() {
            match inside {
                Some(depth) if self.depths[at] <= depth => inside = None,
                None if self.word(at, "select") && self.depths[at] > 0 => inside = Some(self.depths[at] - 1),
                _ => {}
            }
            if inside.is_none() && self.symbol(at + 1, b'(') {
                called.extend(self.tokens.get(at).and_then(decode));
            }
        }
        called.sort_unstable();
        called.dedup();
        called
    }

    /// Returns where the range goes in what ends before the token `end`.
    fn place(&self, from: usize, end: usize) -> Result<Place, Unbatched> {
        let behind = |at: usize| self.tokens.get(at).map(Token::end).ok_or(Unbatched::Unreadable);
        let last = behind(end.checked_sub(1).ok_or(Unbatched::Unreadable)?)?;
        match self.clause(from, "where").filter(|at| *at < end) {
            Some(at) => {
                let first = self.tokens.get(at + 1).filter(|_| at + 1 < end).ok_or(Unbatched::Unreadable)?;
                Ok(Place::And(first.start, last))
            }
            None => Ok(Place::Where(last)),
        }
    }
}

#[cfg(test)]
mod tests;
