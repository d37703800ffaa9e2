//! Judges conditions on one made-up row, with SQL's three truth values.

use std::cmp::Ordering;

use regex::Regex;

use super::expression::Expression;
use super::sample::LATEST;
use super::value::{TimeForm, Value};

/// A condition, with its patterns made ready.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    expression: Expression,
    /// The columns that it reads, as indexes of the table's.
    pub(super) columns: Vec<usize>,
    patterns: Vec<(String, Option<Regex>)>,
}

impl Condition {
    /// Makes a condition over columns of these names; `VALUE` of a domain means `own`.
    pub(super) fn new(expression: Expression, names: &[&str], own: Option<usize>) -> Self {
        let mut read = Vec::new();
        expression.columns(&mut read);
        let index =
            |name: &String| names.iter().position(|known| known == name).or(own.filter(|_| name == "value"));
        let mut columns: Vec<usize> = read.iter().filter_map(index).collect();
        columns.sort_unstable();
        columns.dedup();
        let mut patterns = Vec::new();
        collect_patterns(&expression, &mut patterns);
        Self { expression, columns, patterns }
    }

    /// Returns what the condition says of a row; `None` where it is not judged here.
    pub(super) fn judge(&self, row: &Row<'_>) -> Option<Value> {
        self.value(&self.expression, row)
    }

    /// Tells whether a CHECK lets the row pass: it says true or NULL, or can't be judged here.
    pub(super) fn lets_pass(&self, row: &Row<'_>) -> bool {
        self.judge(row) != Some(Value::Bool(false))
    }

    fn value(&self, expression: &Expression, row: &Row<'_>) -> Option<Value> {
        match expression {
            Expression::Constant(value) => Some(value.clone()),
            Expression::Column(name) => row.value(name),
            Expression::Not(inner) => negation(&self.value(inner, row)?),
            Expression::IsNull(inner) => Some(Value::Bool(self.value(inner, row)?.is_null())),
            Expression::Binary(operator, left, right) => {
                self.binary(operator, (self.value(left, row), self.value(right, row)))
            }
            Expression::OneOf(tested, list) => {
                let tested = self.value(tested, row)?;
                let mut found = Some(Value::Bool(false));
                for entry in list {
                    let same = self.binary("=", (Some(tested.clone()), self.value(entry, row)));
                    found = either(found, same);
                }
                found
            }
            Expression::Call(name, arguments) => {
                let values: Vec<_> = arguments.iter().map(|argument| self.value(argument, row)).collect();
                call(name, &values)
            }
            Expression::Unknown => None,
        }
    }

    fn binary(&self, operator: &str, (left, right): (Option<Value>, Option<Value>)) -> Option<Value> {
        match operator {
            "and" => {
                return negation(&either(left.and_then(|v| negation(&v)), right.and_then(|v| negation(&v)))?);
            }
            "or" => return either(left, right),
            _ => {}
        }
        let (left, right) = (left?, right?);
        if left.is_null() || right.is_null() {
            return Some(Value::Null);
        }
        if let ("~" | "~*" | "!~", Value::Text(text), Value::Text(pattern)) = (operator, &left, &right) {
            let known = self.patterns.iter().find(|(known, _)| *known == format!("{operator}{pattern}"))?;
            return Some(Value::Bool(known.1.as_ref()?.is_match(text) == (operator != "!~")));
        }
        let ordering = || left.compare(&right);
        let truth = match operator {
            "=" => ordering()? == Ordering::Equal,
            "<>" | "!=" => ordering()? != Ordering::Equal,
            "<" => ordering()? == Ordering::Less,
            "<=" => ordering()? != Ordering::Greater,
            ">" => ordering()? == Ordering::Greater,
            ">=" => ordering()? != Ordering::Less,
            _ => return arithmetic(operator, left.as_number()?, right.as_number()?),
        };
        Some(Value::Bool(truth))
    }
}

/// The values of a row under the names of its columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    /// The names.
    pub(super) names: &'a [&'a str],
    /// The values, in the same order; `None` for a column that the server fills.
    pub(super) values: &'a [Option<Value>],
    /// The column that `VALUE` means.
    pub(super) own: Option<usize>,
}

impl Row<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        let index = self.names.iter().position(|known| *known == name);
        self.values[index.or(self.own.filter(|_| name == "value"))?].clone()
    }
}

fn collect_patterns(expression: &Expression, found: &mut Vec<(String, Option<Regex>)>) {
    match expression {
        Expression::Binary(operator, left, right) => {
            if let ("~" | "~*" | "!~", Expression::Constant(Value::Text(pattern))) =
                (*operator, right.as_ref())
            {
                let flags = if *operator == "~*" { "(?i)" } else { "" };
                found.push((format!("{operator}{pattern}"), Regex::new(&format!("{flags}{pattern}")).ok()));
            }
            collect_patterns(left, found);
            collect_patterns(right, found);
        }
        Expression::Not(inner) | Expression::IsNull(inner) => collect_patterns(inner, found),
        Expression::Call(_, list) => list.iter().for_each(|entry| collect_patterns(entry, found)),
        _ => {}
    }
}

fn negation(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(truth) => Some(Value::Bool(!truth)),
        Value::Null => Some(Value::Null),
        _ => None,
    }
}

/// OR: true wins over everything, what is not judged over NULL and false.
fn either(left: Option<Value>, right: Option<Value>) -> Option<Value> {
    match (left, right) {
        (Some(Value::Bool(true)), _) | (_, Some(Value::Bool(true))) => Some(Value::Bool(true)),
        (None, _) | (_, None) => None,
        (Some(Value::Null), _) | (_, Some(Value::Null)) => Some(Value::Null),
        (left, _) => left,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "made-up numbers are small, and thousandths are all that is compared"
)]
fn arithmetic(operator: &str, left: f64, right: f64) -> Option<Value> {
    let result = match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" if right != 0.0 => left / right,
        "%" if right != 0.0 => left % right,
        _ => return None,
    };
    Some(Value::Number { unscaled: (result * 1e6).round() as i64, scale: 6 })
}

fn call(name: &str, arguments: &[Option<Value>]) -> Option<Value> {
    let whole = |number: usize| i64::try_from(number).ok().map(Value::integer);
    match (name, arguments) {
        ("num_nonnulls" | "num_nulls", list) => {
            let known: Vec<&Value> = list.iter().map(Option::as_ref).collect::<Option<_>>()?;
            let nulls = known.iter().filter(|value| value.is_null()).count();
            whole(if name == "num_nulls" { nulls } else { known.len() - nulls })
        }
        ("coalesce", list) => {
            for value in list {
                match value {
                    Some(Value::Null) => {}
                    other => return other.clone(),
                }
            }
            Some(Value::Null)
        }
        ("now" | "statement_timestamp" | "transaction_timestamp" | "clock_timestamp", _) => {
            Some(Value::Time { seconds: LATEST, form: TimeForm::TimestampTz })
        }
        (_, [Some(Value::Null)]) => Some(Value::Null),
        ("lower", [Some(Value::Text(text))]) => Some(Value::Text(text.to_lowercase())),
        ("upper", [Some(Value::Text(text))]) => Some(Value::Text(text.to_uppercase())),
        ("btrim", [Some(Value::Text(text))]) => Some(Value::Text(text.trim_matches(' ').to_owned())),
        ("length" | "char_length" | "character_length", [Some(Value::Text(text))]) => {
            whole(text.chars().count())
        }
        ("octet_length", [Some(Value::Text(text))]) => whole(text.len()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::expression::read;
    use super::*;

    const NAMES: [&str; 5] = ["amount", "status", "starts_on", "parent_id", "Doc"];

    fn judged(sql: &str) -> Option<Value> {
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let day = Value::Time { seconds: 1_706_659_200, form: TimeForm::Date };
        let values = [
            Some(Value::Number { unscaled: 1050, scale: 2 }),
            text("open"),
            Some(day),
            Some(Value::Null),
            None,
        ];
        let row = Row { names: &NAMES, values: &values, own: Some(0) };
        Condition::new(read(sql), &NAMES, Some(0)).judge(&row)
    }

    #[test]
    fn conditions_are_judged_as_the_server_does() {
        let (yes, no) = (Some(Value::Bool(true)), Some(Value::Bool(false)));
        for (sql, expected) in [
            ("(amount > (0)::numeric)", yes.clone()),
            ("((amount >= (1)::numeric) AND (amount <= (5)::numeric))", no.clone()),
            ("(status = ANY (ARRAY['open'::text, 'closed'::text]))", yes.clone()),
            (
                "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
                no.clone(),
            ),
            ("(status ~ '^[a-z]{4}$'::text)", yes.clone()),
            ("((status)::text ~* '^OPEN$'::text)", yes.clone()),
            ("(status = lower(status))", yes.clone()),
            ("(num_nonnulls(amount, status, parent_id) = 2)", yes.clone()),
            ("(parent_id <> amount)", Some(Value::Null)),
            ("((parent_id IS NULL) OR (parent_id > 3))", yes.clone()),
            ("((status <> 'open'::text) OR (amount <= (10)::numeric))", no.clone()),
            ("(amount <= ((2)::numeric * 5.25))", yes.clone()),
            ("(amount > '-5'::integer)", yes.clone()),
            ("(starts_on >= '2024-01-31'::date)", yes.clone()),
            ("(NOT (parent_id IS NULL))", no.clone()),
            ("((length(status) < 5) AND (parent_id IS NOT NULL))", no.clone()),
            ("(VALUE > 11)", no.clone()),
            ("(\"Doc\" = 'x'::text)", None),
            ("(((status = 'open'::text) AND (\"Doc\" = 'x'::text)) OR (amount > 1))", yes),
            ("((\"Doc\" = 'x'::text) AND (amount < 1))", no),
            ("CASE WHEN true THEN false END", None),
        ] {
            assert_eq!(judged(sql), expected, "{sql}");
        }
    }
}
