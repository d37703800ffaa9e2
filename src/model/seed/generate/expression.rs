//! Conditions as `pg_get_expr` writes them: read as far as they can be judged without a server.

use super::value::Value;
use crate::sql::{Lexeme, lexemes};

/// An expression over the columns of one row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    /// A constant.
    Constant(Value),
    /// A column, by name.
    Column(String),
    /// NOT.
    Not(Box<Expression>),
    /// Two operands and the operator between them: AND, OR, a comparison, arithmetic, a match.
    Binary(&'static str, Box<Expression>, Box<Expression>),
    /// Whether it is NULL.
    IsNull(Box<Expression>),
    /// Whether it is one of these.
    OneOf(Box<Expression>, Vec<Expression>),
    /// A function, by name.
    Call(String, Vec<Expression>),
    /// Something that is not judged here.
    Unknown,
}

/// Operators by falling strength of binding, those of one line alike.
const LEVELS: [&[&str]; 5] =
    [&["*", "/", "%"], &["+", "-"], &["||"], &["<=", ">=", "<>", "!=", "=", "<", ">", "~*", "~", "!~"], &[]];

/// Reads an expression; [`Expression::Unknown`] where it is more than this knows.
pub(super) fn read(sql: &str) -> Expression {
    let tokens = lexemes(sql);
    let mut reader = Reader { tokens: &tokens, at: 0 };
    match reader.or() {
        Some(expression) if reader.at == tokens.len() => expression,
        _ => Expression::Unknown,
    }
}

impl Expression {
    /// Puts what `known` gives for a column in its place.
    pub(super) fn with(self, known: &dyn Fn(&str) -> Option<Self>) -> Self {
        let inside = |inner: Box<Self>| Box::new(inner.with(known));
        let each = |list: Vec<Self>| list.into_iter().map(|one| one.with(known)).collect();
        match self {
            Self::Column(name) => known(&name).unwrap_or(Self::Column(name)),
            Self::Not(inner) => Self::Not(inside(inner)),
            Self::IsNull(inner) => Self::IsNull(inside(inner)),
            Self::Binary(operator, left, right) => Self::Binary(operator, inside(left), inside(right)),
            Self::OneOf(tested, list) => Self::OneOf(inside(tested), each(list)),
            Self::Call(name, arguments) => Self::Call(name, each(arguments)),
            Self::Constant(_) | Self::Unknown => self,
        }
    }
}

struct Reader<'a> {
    tokens: &'a [Lexeme],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Lexeme> {
        self.tokens.get(self.at)
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Lexeme::Symbol(text)) if text == symbol);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Lexeme::Word(text)) if text == word);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Option<Expression> {
        let mut left = self.and()?;
        while self.word("or") {
            left = binary("or", left, self.and()?);
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Expression> {
        let mut left = self.not()?;
        while self.word("and") {
            left = binary("and", left, self.not()?);
        }
        Some(left)
    }

    fn not(&mut self) -> Option<Expression> {
        if self.word("not") {
            return Some(Expression::Not(Box::new(self.not()?)));
        }
        let tested = self.level(3)?;
        if !self.word("is") {
            return Some(tested);
        }
        let negated = self.word("not");
        let test = if self.word("null") {
            Expression::IsNull(Box::new(tested))
        } else {
            let truth = if self.word("true") { true } else { self.word("false").then_some(false)? };
            // IS TRUE is never NULL, which coalescing to its opposite gives.
            let fallback = Expression::Constant(Value::Bool(!truth));
            let value = Expression::Call("coalesce".to_owned(), vec![tested, fallback]);
            binary("=", value, Expression::Constant(Value::Bool(truth)))
        };
        Some(if negated { Expression::Not(Box::new(test)) } else { test })
    }

    fn level(&mut self, level: usize) -> Option<Expression> {
        let mut left = if level == 0 { self.cast()? } else { self.level(level - 1)? };
        while let Some(operator) = LEVELS[level].iter().find(|operator| self.symbol(operator)) {
            if *operator == "=" && self.word("any") {
                left = Expression::OneOf(Box::new(left), self.list()?);
                continue;
            }
            let right = if level == 0 { self.cast()? } else { self.level(level - 1)? };
            left = binary(operator, left, right);
        }
        Some(left)
    }

    /// The array of `= ANY (ARRAY[…])`, whatever it is cast to.
    fn list(&mut self) -> Option<Vec<Expression>> {
        self.symbol("(").then_some(())?;
        let list = if self.word("array") {
            self.symbol("[").then_some(())?;
            self.arguments("]")?
        } else {
            self.list()?
        };
        self.casts()?;
        self.symbol(")").then_some(list)
    }

    fn cast(&mut self) -> Option<Expression> {
        if self.symbol("-") {
            return Some(binary("-", Expression::Constant(Value::integer(0)), self.cast()?));
        }
        let value = self.primary()?;
        match (self.casts()?, value) {
            (Some(kind), Expression::Constant(Value::Text(text))) => Some(constant(&kind, text)),
            (_, value) => Some(value),
        }
    }

    /// Takes `::type` as often as it comes and returns the first type's name.
    #[expect(clippy::option_option, reason = "there may be none, or one that can't be read")]
    fn casts(&mut self) -> Option<Option<String>> {
        let mut first = None;
        while self.symbol("::") {
            let mut name = match self.peek()? {
                Lexeme::Word(text) | Lexeme::Name(text) => text.clone(),
                _ => return None,
            };
            self.at += 1;
            while self.symbol(".") {
                self.at += 1;
            }
            while ["varying", "precision", "without", "with", "time", "zone"]
                .iter()
                .any(|word| self.word(word))
            {
                name.push('+');
            }
            if self.symbol("(") {
                self.arguments(")")?;
            }
            while self.symbol("[") {
                self.symbol("]").then_some(())?;
            }
            first.get_or_insert(name);
        }
        Some(first)
    }

    fn primary(&mut self) -> Option<Expression> {
        if self.symbol("(") {
            let inner = self.or()?;
            return self.symbol(")").then_some(inner);
        }
        let token = self.peek()?.clone();
        self.at += 1;
        match token {
            Lexeme::Number(text) => number(&text).map(Expression::Constant),
            Lexeme::String(text) => Some(Expression::Constant(Value::Text(text))),
            Lexeme::Name(name) => Some(Expression::Column(name)),
            Lexeme::Word(word) if self.symbol("(") => Some(Expression::Call(word, self.arguments(")")?)),
            Lexeme::Word(word) => Some(match word.as_str() {
                "true" => Expression::Constant(Value::Bool(true)),
                "false" => Expression::Constant(Value::Bool(false)),
                "null" => Expression::Constant(Value::Null),
                "current_date" | "current_timestamp" | "localtimestamp" => {
                    Expression::Call("now".to_owned(), Vec::new())
                }
                "case" | "array" | "interval" | "exists" | "select" => return None,
                _ => Expression::Column(word),
            }),
            Lexeme::Symbol(_) => None,
        }
    }

    fn arguments(&mut self, end: &str) -> Option<Vec<Expression>> {
        let mut list = Vec::new();
        if self.symbol(end) {
            return Some(list);
        }
        loop {
            list.push(self.or()?);
            if self.symbol(end) {
                return Some(list);
            }
            self.symbol(",").then_some(())?;
        }
    }
}

fn binary(operator: &'static str, left: Expression, right: Expression) -> Expression {
    Expression::Binary(operator, Box::new(left), Box::new(right))
}

fn number(text: &str) -> Option<Value> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let unscaled = format!("{whole}{rest}").parse().ok()?;
    Some(Value::Number { unscaled, scale: u32::try_from(rest.len()).ok()? })
}

fn constant(kind: &str, text: String) -> Expression {
    let value = match kind {
        "integer" | "bigint" | "smallint" | "numeric" | "double+" | "real" => {
            let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |digits| (-1, digits));
            match number(digits) {
                Some(Value::Number { unscaled, scale }) => Value::Number { unscaled: sign * unscaled, scale },
                _ => return Expression::Unknown,
            }
        }
        "boolean" => Value::Bool(text.starts_with('t')),
        kind if kind == "date" || kind.starts_with("timestamp") => match super::value::read_time(&text) {
            Some(seconds) => Value::Time { seconds, form: super::value::TimeForm::TimestampTz },
            None => return Expression::Unknown,
        },
        "interval" => return Expression::Unknown,
        _ => Value::Text(text),
    };
    Expression::Constant(value)
}

impl Expression {
    /// Adds the names of the columns that it reads.
    pub(super) fn columns(&self, names: &mut Vec<String>) {
        match self {
            Self::Column(name) => names.push(name.clone()),
            Self::Not(inner) | Self::IsNull(inner) => inner.columns(names),
            Self::Binary(_, left, right) => {
                left.columns(names);
                right.columns(names);
            }
            Self::OneOf(tested, list) => {
                tested.columns(names);
                list.iter().for_each(|entry| entry.columns(names));
            }
            Self::Call(_, arguments) => arguments.iter().for_each(|argument| argument.columns(names)),
            Self::Constant(_) | Self::Unknown => {}
        }
    }
}

/// The functions that [`Condition`](super::evaluate::Condition) knows.
const FUNCTIONS: [&str; 14] = [
    "num_nonnulls",
    "num_nulls",
    "coalesce",
    "now",
    "statement_timestamp",
    "transaction_timestamp",
    "clock_timestamp",
    "lower",
    "upper",
    "btrim",
    "length",
    "char_length",
    "character_length",
    "octet_length",
];

impl Expression {
    /// Tells whether all of it is known here.
    pub(super) fn is_judged(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Constant(_) | Self::Column(_) => true,
            Self::Not(inner) | Self::IsNull(inner) => inner.is_judged(),
            Self::Binary(operator, left, right) => *operator != "||" && left.is_judged() && right.is_judged(),
            Self::OneOf(tested, list) => tested.is_judged() && list.iter().all(Self::is_judged),
            Self::Call(name, list) => FUNCTIONS.contains(&name.as_str()) && list.iter().all(Self::is_judged),
        }
    }
}
