//! Made-up ranges and multiranges.

use fastrand::Rng;

use super::super::value::{TimeForm, Value};
use super::{DAY, EARLIEST, LATEST};

/// What makes up the ranges of one subtype.
#[derive(Clone, Debug)]
pub(super) struct Span {
    unit: Unit,
    many: bool,
}

#[derive(Clone, Copy, Debug)]
enum Unit {
    Number,
    Time { form: TimeForm, step: i64 },
}

/// Where ranges begin that must not overlap: behind those that people make.
const APART: i64 = 1_000_000;

impl Span {
    /// `subtype` is the name in `pg_type`, `kind` its letter: `m` for a multirange.
    pub(super) fn new(subtype: &str, kind: &str) -> Option<Self> {
        let unit = match subtype {
            "int4" | "int8" | "numeric" | "float4" | "float8" => Unit::Number,
            "date" => Unit::Time { form: TimeForm::Date, step: DAY },
            "timestamp" => Unit::Time { form: TimeForm::Timestamp, step: 3600 },
            "timestamptz" => Unit::Time { form: TimeForm::TimestampTz, step: 3600 },
            _ => return None,
        };
        Some(Self { unit, many: kind == "m" })
    }

    /// Returns a range; those of different numbers do not overlap.
    pub(super) fn sample(&self, number: Option<u64>, random: &mut Rng) -> String {
        let number = number.and_then(|number| i64::try_from(number).ok());
        let (low, high) = match self.unit {
            Unit::Number => {
                let low = number.map_or_else(|| random.i64(0..10_000), |number| APART + number * 10);
                (Value::integer(low), Value::integer(low + random.i64(1..=10)))
            }
            Unit::Time { form, step } => {
                let last = LATEST - LATEST.rem_euclid(DAY);
                let low = match number {
                    Some(number) => last + number * step,
                    None => {
                        let low = random.i64(EARLIEST..LATEST);
                        low - low.rem_euclid(step)
                    }
                };
                let steps = if number.is_some() { 1 } else { random.i64(1..=48) };
                let at = |seconds| Value::Time { seconds, form };
                (at(low), at(low + steps * step))
            }
        };
        let text = |value: Value| value.text().unwrap_or_default();
        let range = format!("[{},{})", text(low), text(high));
        if self.many { format!("{{{range}}}") } else { range }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_ranges_touch_and_do_not_overlap() {
        let mut random = Rng::with_seed(7);
        let days = Span::new("date", "r").unwrap();
        let texts: Vec<String> = (1..3).map(|number| days.sample(Some(number), &mut random)).collect();
        assert_eq!(texts, ["[2025-07-02,2025-07-03)", "[2025-07-03,2025-07-04)"]);
        let many = Span::new("int4", "m").unwrap().sample(Some(0), &mut random);
        assert!(many.starts_with("{[1000000,10000") && many.ends_with(")}"), "{many}");
        assert!(Span::new("text", "r").is_none());
    }
}
