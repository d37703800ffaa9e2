//! Made-up values for one column: its type, its CHECK conditions and its name decide.

use fastrand::Rng;
use regex_syntax::hir::Hir;

use super::domain::Domain;
use super::pattern;
use super::text::{Topic, text, topic, words};
use super::value::{TimeForm, Value};
use crate::model::seed::Column;

/// 2023-01-01, the first second that a made-up row knows. The clock is not asked, so that rows are the same every day.
const EARLIEST: i64 = 1_672_531_200;

/// 2025-07-01, the last one.
pub(super) const LATEST: i64 = 1_751_328_000;

/// What makes up the values of one column.
#[derive(Clone, Debug)]
pub(super) struct Sampler {
    source: Source,
    lower: bool,
    upper: bool,
    max_length: Option<usize>,
    min_length: usize,
}

#[derive(Clone, Debug)]
enum Source {
    Choice(Vec<Value>),
    Pattern(Hir, Option<(Topic, regex::Regex)>),
    Number { low: i64, high: i64, scale: u32 },
    Bool,
    Uuid,
    Time { form: TimeForm },
    Clock,
    Interval,
    Json,
    Bytes,
    Network,
    Text(Topic),
    Array(Box<Sampler>),
}

impl Sampler {
    /// Makes the sampler of a column of `table`; `None` for a type that no value is known of.
    pub(super) fn new(table: &str, column: &Column, domain: &Domain) -> Option<Self> {
        let width = usize::try_from(column.modifier - 4).ok().filter(|_| column.modifier > 4);
        let is_sized = matches!(column.base.as_str(), "varchar" | "bpchar");
        let limits = [width.filter(|_| is_sized), domain.max_length];
        Some(Self {
            source: source(table, column, domain)?,
            lower: domain.lower,
            upper: domain.upper,
            max_length: limits.into_iter().flatten().min(),
            min_length: domain.min_length.unwrap_or(0),
        })
    }

    /// Returns a value. `number` makes a text one of its kind.
    pub(super) fn sample(&self, number: Option<u64>, random: &mut Rng) -> Value {
        match &self.source {
            Source::Choice(choices) => random.choice(choices.iter()).cloned().unwrap_or(Value::Null),
            Source::Pattern(hir, plausible) => Value::Text(self.patterned(hir, plausible.as_ref(), random)),
            Source::Number { low, high, scale } => {
                Value::Number { unscaled: random.i64(*low..=*high), scale: *scale }
            }
            Source::Bool => Value::Bool(random.bool()),
            Source::Uuid => Value::Text(uuid(random)),
            Source::Time { form } => time(*form, random),
            Source::Clock => Value::Text(format!("{:02}:{:02}:00", random.u8(7..21), random.u8(0..60))),
            Source::Interval => Value::Text(format!("{:02}:{:02}:00", random.u8(0..12), random.u8(1..60))),
            Source::Json => {
                Value::Text(format!("{{\"source\": \"generated\", \"score\": {}}}", random.u32(0..100)))
            }
            Source::Bytes => Value::Text(format!("\\x{:016x}", random.u64(..))),
            Source::Network => Value::Text(text(Topic::Address, None, random)),
            Source::Text(topic) => Value::Text(self.fitted(text(*topic, number, random), number)),
            Source::Array(element) => {
                let elements = (0..random.usize(0..3)).filter_map(|_| element.sample(None, random).text());
                let quoted =
                    elements.map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
                Value::Text(format!("{{{}}}", quoted.collect::<Vec<_>>().join(",")))
            }
        }
    }

    fn patterned(&self, hir: &Hir, plausible: Option<&(Topic, regex::Regex)>, random: &mut Rng) -> String {
        let likely = plausible.map(|(topic, judge)| (self.fitted(text(*topic, None, random), None), judge));
        match likely {
            Some((text, judge)) if judge.is_match(&text) => text,
            _ => pattern::matching(hir, random),
        }
    }

    /// Cuts a text to its limits, from the front where a number at its end makes it one of its kind.
    fn fitted(&self, mut text: String, number: Option<u64>) -> String {
        if self.lower {
            text = text.to_lowercase();
        }
        if self.upper {
            text = text.to_uppercase();
        }
        while text.chars().count() < self.min_length {
            text.push('x');
        }
        let Some(most) = self.max_length else { return text };
        let surplus = text.chars().count().saturating_sub(most);
        match number {
            _ if surplus == 0 => text,
            Some(number) => {
                // In base 36 a million rows have four digits.
                let code = format!("-{}", base36(number));
                let head: String = text.chars().take(most.saturating_sub(code.len())).collect();
                (head + &code).chars().rev().take(most).collect::<Vec<_>>().into_iter().rev().collect()
            }
            None => text.chars().take(most).collect::<String>().trim_end().to_owned(),
        }
    }
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits
            .push(b"0123456789abcdefghijklmnopqrstuvwxyz"[usize::try_from(number % 36).unwrap_or_default()]);
        number /= 36;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().map(|&digit| char::from(digit)).collect()
}

fn uuid(random: &mut Rng) -> String {
    let bits = random.u128(..);
    let bits = (bits & !(0xf000 << 64) & !(0b11 << 62)) | (0x4000 << 64) | (0b10 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn time(form: TimeForm, random: &mut Rng) -> Value {
    let seconds = random.i64(EARLIEST..LATEST);
    let seconds = if form == TimeForm::Date { seconds - seconds.rem_euclid(86_400) } else { seconds };
    Value::Time { seconds, form }
}

fn source(table: &str, column: &Column, domain: &Domain) -> Option<Source> {
    if !domain.choices.is_empty() {
        return Some(Source::Choice(domain.choices.clone()));
    }
    if column.element.is_some() {
        return array(table, column);
    }
    if !column.labels.is_empty() {
        return Some(Source::Choice(column.labels.iter().cloned().map(Value::Text).collect()));
    }
    Some(match column.base.as_str() {
        "bool" => Source::Bool,
        "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" | "money" => number(column, domain),
        "uuid" => Source::Uuid,
        "date" => Source::Time { form: TimeForm::Date },
        "timestamp" => Source::Time { form: TimeForm::Timestamp },
        "timestamptz" => Source::Time { form: TimeForm::TimestampTz },
        "time" => Source::Clock,
        "interval" => Source::Interval,
        "json" | "jsonb" => Source::Json,
        "bytea" => Source::Bytes,
        "inet" | "cidr" => Source::Network,
        "text" | "varchar" | "bpchar" | "citext" | "name" => {
            let topic = topic(table, &column.name);
            match domain.pattern.as_ref().and_then(|text| Some((text, pattern::read(text)?))) {
                Some((text, hir)) => {
                    let judge = regex::Regex::new(text).ok();
                    Source::Pattern(hir, judge.map(|judge| (topic, judge)))
                }
                None => Source::Text(topic),
            }
        }
        _ => return None,
    })
}

fn array(table: &str, column: &Column) -> Option<Source> {
    let base = column.element.clone()?;
    let element = Column { base, element: None, modifier: -1, ..column.clone() };
    Some(Source::Array(Box::new(Sampler::new(table, &element, &Domain::default())?)))
}

/// A range of whole units by name, as a person would expect it.
fn usual(name: &str, fractions: bool) -> (f64, f64) {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(&["percent", "percentage", "rate", "probability", "score", "progress", "share"]) {
        (0.0, 100.0)
    } else if has(&[
        "quantity", "qty", "count", "retry", "attempt", "attempts", "priority", "position", "order",
    ]) {
        (1.0, 20.0)
    } else if has(&[
        "price", "amount", "total", "cost", "value", "revenue", "budget", "salary", "fee", "limit",
    ]) {
        (10.0, 5000.0)
    } else if has(&["latitude", "lat"]) {
        (-60.0, 70.0)
    } else if has(&["longitude", "lng", "lon"]) {
        (-180.0, 180.0)
    } else if has(&["year"]) {
        (2015.0, 2025.0)
    } else if fractions {
        (0.0, 500.0)
    } else {
        (0.0, 1000.0)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "bounds are kept within what the column's type holds")]
fn number(column: &Column, domain: &Domain) -> Source {
    let (scale, most) = match column.base.as_str() {
        "int2" => (0, 32_000.0),
        "int4" | "int8" => (0, 2_000_000_000.0),
        "numeric" if column.modifier >= 4 => {
            // numeric.c: ((precision << 16) | scale) + VARHDRSZ; a negative scale is not made up.
            let modifier = column.modifier - 4;
            let (precision, scale) = (modifier >> 16, modifier & 0x7ff);
            let whole = (precision - scale).clamp(0, 9);
            (u32::try_from(scale.min(6)).unwrap_or_default(), 10_f64.powi(whole) - 1.0)
        }
        _ => (2, 1e9),
    };
    let (low, high) = usual(&column.name, scale > 0);
    let unit = 10_f64.powi(i32::try_from(scale).unwrap_or_default());
    let least = domain.min.map(|min| if domain.above_min { min + 1.0 / unit } else { min });
    let low = least.map_or(low, |least| low.max(least));
    let greatest = domain.max.unwrap_or(most).min(most);
    let high = high.min(greatest);
    let (low, high) = if low <= high { (low, high) } else { (least.unwrap_or(greatest.min(0.0)), greatest) };
    let high = if domain.max.is_none() { high.min(low.max(0.0) + 10_000.0) } else { high };
    Source::Number {
        low: (low * unit).ceil() as i64,
        high: (high * unit).floor().max((low * unit).ceil()) as i64,
        scale,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::seed::table::tests::column;

    fn numeric(precision: i32, scale: i32) -> Column {
        Column { base: "numeric".to_owned(), modifier: ((precision << 16) | scale) + 4, ..column("share") }
    }

    #[test]
    fn numbers_fit_their_type_and_bounds() {
        let mut random = Rng::with_seed(7);
        let bound = |min, max, above_min| Domain { min, max, above_min, ..Domain::default() };
        for (column, domain, least, greatest) in [
            (numeric(3, 2), Domain::default(), 0.0, 9.99),
            (numeric(5, 2), bound(Some(0.0), Some(1.0), true), 0.01, 1.0),
            (
                Column { base: "int2".to_owned(), ..column("port") },
                bound(Some(30_000.0), None, false),
                30_000.0,
                32_000.0,
            ),
            (Column { base: "int4".to_owned(), ..column("n") }, bound(Some(0.0), None, true), 1.0, 10_001.0),
        ] {
            let sampler = Sampler::new("t", &column, &domain).unwrap();
            for _ in 0..200 {
                let number = sampler.sample(None, &mut random).as_number().unwrap();
                assert!((least..=greatest).contains(&number), "{number} of {}", column.base);
            }
        }
    }

    #[test]
    fn texts_keep_their_number_within_the_width() {
        let mut random = Rng::with_seed(7);
        let short = Column { base: "varchar".to_owned(), modifier: 4 + 6, ..column("name") };
        let sampler = Sampler::new("users", &short, &Domain::default()).unwrap();
        let texts: std::collections::BTreeSet<_> =
            (0..5000).map(|number| sampler.sample(Some(number), &mut random).text().unwrap()).collect();
        assert_eq!(texts.len(), 5000);
        assert!(texts.iter().all(|text| text.chars().count() <= 6));
    }
}
