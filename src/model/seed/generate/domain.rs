//! What CHECK conditions leave of one column: choices, bounds, a pattern.

use super::expression::Expression;
use super::value::Value;

/// The values that a column may have, as far as conditions on it alone tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Domain {
    /// The only values there are; empty where nothing is said.
    pub(super) choices: Vec<Value>,
    /// The least.
    pub(super) min: Option<f64>,
    /// The greatest.
    pub(super) max: Option<f64>,
    /// Whether `min` itself is out, so that a fraction more is needed.
    pub(super) above_min: bool,
    /// A regular expression.
    pub(super) pattern: Option<String>,
    /// Whether letters are small.
    pub(super) lower: bool,
    /// Whether letters are capitals.
    pub(super) upper: bool,
    /// How many characters there may be.
    pub(super) max_length: Option<usize>,
    /// How many characters there must be.
    pub(super) min_length: Option<usize>,
    /// The first second.
    pub(super) earliest: Option<i64>,
    /// The last second.
    pub(super) latest: Option<i64>,
    /// What `jsonb_typeof` must say.
    pub(super) json: Option<String>,
    /// Whether a condition reads the column at all: an array is not left empty then.
    pub(super) read: bool,
}

impl Domain {
    /// Takes what `condition` says about the column `name` alone.
    pub(super) fn narrow(&mut self, condition: &Expression, name: &str) {
        match condition {
            Expression::Binary("and", left, right) => {
                self.narrow(left, name);
                self.narrow(right, name);
            }
            // `x IS NULL OR …` says of an x that is there what is behind the OR.
            Expression::Binary("or", left, right) => match (left.as_ref(), right.as_ref()) {
                (Expression::IsNull(tested), rest) | (rest, Expression::IsNull(tested))
                    if is(tested, name) =>
                {
                    self.narrow(rest, name);
                }
                _ => {}
            },
            Expression::OneOf(tested, list) if is(tested, name) => {
                let values = list.iter().filter_map(|entry| match entry {
                    Expression::Constant(value) => Some(value.clone()),
                    _ => None,
                });
                self.choices = values.collect();
            }
            Expression::Binary(operator, left, right) => self.compared(operator, (left, right), name),
            _ => {}
        }
    }

    fn compared(&mut self, operator: &str, (left, right): (&Expression, &Expression), name: &str) {
        let Expression::Constant(constant) = right else {
            if let (true, Expression::Call(function, _)) = (operator == "=" && is(left, name), right) {
                self.lower |= function == "lower";
                self.upper |= function == "upper";
            }
            return;
        };
        if let Expression::Call(function, arguments) = left
            && function.ends_with("length")
            && arguments.first().is_some_and(|tested| is(tested, name))
        {
            self.length(operator, constant.as_number());
            return;
        }
        if let Expression::Call(function, arguments) = left
            && matches!(function.as_str(), "jsonb_typeof" | "json_typeof")
            && operator == "="
            && arguments.first().is_some_and(|tested| is(tested, name))
        {
            self.json = constant.text();
            return;
        }
        if !is(left, name) {
            return;
        }
        if let Value::Time { seconds, .. } = constant {
            match operator {
                "<" | "<=" => {
                    let last = seconds - i64::from(operator == "<");
                    self.latest = Some(self.latest.map_or(last, |latest| latest.min(last)));
                }
                ">" | ">=" => {
                    let first = seconds + i64::from(operator == ">");
                    self.earliest = Some(self.earliest.map_or(first, |earliest| earliest.max(first)));
                }
                _ => {}
            }
            if operator != "=" {
                return;
            }
        }
        match (operator, constant, constant.as_number()) {
            ("~" | "~*", Value::Text(pattern), _) => self.pattern = Some(pattern.clone()),
            ("=", constant, _) => self.choices = vec![constant.clone()],
            (">" | ">=", _, Some(bound)) => {
                self.min = Some(self.min.map_or(bound, |min| min.max(bound)));
                self.above_min |= operator == ">";
            }
            ("<" | "<=", _, Some(bound)) => {
                let bound = if operator == "<" { bound - 1.0 } else { bound };
                self.max = Some(self.max.map_or(bound, |max| max.min(bound)));
            }
            _ => {}
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a length is a small whole number, and a negative one is cut to none"
    )]
    fn length(&mut self, operator: &str, bound: Option<f64>) {
        let Some(bound) = bound.map(|bound| bound.max(0.0) as usize) else { return };
        match operator {
            "<=" => self.max_length = Some(bound),
            "<" => self.max_length = Some(bound.saturating_sub(1)),
            ">=" => self.min_length = Some(bound),
            ">" => self.min_length = Some(bound + 1),
            "=" => (self.min_length, self.max_length) = (Some(bound), Some(bound)),
            _ => {}
        }
    }
}

fn is(expression: &Expression, name: &str) -> bool {
    matches!(expression, Expression::Column(column) if column == name || column == "value")
}

#[cfg(test)]
mod tests {
    use super::super::expression::read;
    use super::*;

    #[test]
    fn conditions_on_one_column_leave_choices_bounds_and_patterns() {
        let narrowed = |sql: &str| {
            let mut domain = Domain::default();
            domain.narrow(&read(sql), "a");
            domain
        };
        assert_eq!(narrowed("(a = ANY (ARRAY['x'::text, 'y'::text]))").choices.len(), 2);
        let bounds = narrowed("((a IS NULL) OR ((a > (0)::numeric) AND (a <= (100)::numeric)))");
        assert_eq!((bounds.min, bounds.max, bounds.above_min), (Some(0.0), Some(100.0), true));
        assert_eq!(narrowed("(a ~ '^[A-Z]{3}$'::text)").pattern.as_deref(), Some("^[A-Z]{3}$"));
        assert!(narrowed("(a = lower(a))").lower);
        assert_eq!(narrowed("(char_length(a) <= 10)").max_length, Some(10));
        assert_eq!(narrowed("(VALUE >= 5)").min, Some(5.0));
        assert_eq!(narrowed("((a > 1) OR (b > 2))"), Domain::default());
        let year = narrowed(
            "((a >= '2031-01-01'::date) AND (a < '2032-01-01 00:00:00'::timestamp without time zone))",
        );
        assert_eq!((year.earliest, year.latest), (Some(1_924_992_000), Some(1_956_527_999)));
        assert_eq!(narrowed("(jsonb_typeof(a) = 'array'::text)").json.as_deref(), Some("array"));
    }
}
