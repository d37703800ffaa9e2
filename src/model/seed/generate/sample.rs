//! Made-up values for one column: its type, its CHECK conditions and its name decide.

mod rare;
mod span;

use fastrand::Rng;
use regex_syntax::hir::Hir;

use super::domain::Domain;
use super::pattern;
use super::text::{Topic, text, topic, words};
use super::value::{TimeForm, Value};
use crate::model::seed::Column;
use rare::Rare;
use span::Span;

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
    /// `low` to `high` are usual, `most` is possible.
    Number {
        low: i64,
        high: i64,
        most: i64,
        scale: u32,
    },
    Bool,
    Uuid,
    Time {
        form: TimeForm,
        first: i64,
        last: i64,
    },
    Rare(Rare),
    Span(Span),
    Text(Topic),
    Array {
        element: Box<Sampler>,
        least: usize,
    },
    /// A composite value; an attribute of which no value is known is NULL.
    Row(Vec<Option<Sampler>>),
    /// One of several kinds of values: what each partition takes.
    AnyOf(Vec<Sampler>),
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

    /// Makes the sampler of a column that takes what any of `domains` leaves: one for each partition.
    pub(super) fn any_of(table: &str, column: &Column, domains: &[Domain]) -> Option<Self> {
        let samplers: Option<Vec<Self>> =
            domains.iter().map(|domain| Self::new(table, column, domain)).collect();
        let source = Source::AnyOf(samplers?);
        Some(Self { source, lower: false, upper: false, max_length: None, min_length: 0 })
    }

    /// Lets numbers take all the room that there is: each of them must be one of its kind.
    pub(super) fn widen(&mut self) {
        if let Source::Number { high, most, .. } = &mut self.source {
            *high = *most;
        }
    }

    /// Tells whether a number alone decides the value, so that another try needs another number.
    pub(super) fn counts(&self) -> bool {
        matches!(self.source, Source::Number { .. } | Source::Span(_))
    }

    /// Tells whether numbers give values that do not overlap.
    pub(super) fn keeps_apart(&self) -> bool {
        matches!(self.source, Source::Span(_))
    }

    /// Returns a value. `number` makes it one of its kind, where the type has so many.
    pub(super) fn sample(&self, number: Option<u64>, random: &mut Rng) -> Value {
        match &self.source {
            Source::Choice(choices) => random.choice(choices.iter()).cloned().unwrap_or(Value::Null),
            Source::Pattern(hir, plausible) => Value::Text(self.patterned(hir, plausible.as_ref(), random)),
            Source::Number { low, high, most, scale } => {
                let numbered = number.and_then(|number| low.checked_add(i64::try_from(number).ok()?));
                let unscaled = numbered.filter(|numbered| numbered <= most);
                Value::Number {
                    unscaled: unscaled.unwrap_or_else(|| random.i64(*low..=*high)),
                    scale: *scale,
                }
            }
            Source::Bool => Value::Bool(random.bool()),
            Source::Uuid => Value::Text(uuid(random)),
            Source::Time { form, first, last } => time(*form, (*first, *last), random),
            Source::Rare(rare) => Value::Text(rare.sample(random)),
            Source::Span(span) => Value::Text(span.sample(number, random)),
            Source::Text(topic) => Value::Text(self.fitted(text(*topic, number, random), number)),
            Source::Array { element, least } => {
                let elements =
                    (0..random.usize(*least..3)).filter_map(|_| element.sample(None, random).text());
                let quoted =
                    elements.map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
                Value::Text(format!("{{{}}}", quoted.collect::<Vec<_>>().join(",")))
            }
            Source::Row(fields) => {
                let field = |field: &Option<Self>| {
                    let text = field.as_ref().and_then(|field| field.sample(None, random).text());
                    text.map_or(String::new(), |text| {
                        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\"\""))
                    })
                };
                Value::Text(format!("({})", fields.iter().map(field).collect::<Vec<_>>().join(",")))
            }
            Source::AnyOf(samplers) => {
                random.choice(samplers.iter()).map_or(Value::Null, |one| one.sample(number, random))
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

const DAY: i64 = 86_400;

/// How long the time is that is open at one end.
const SEASON: i64 = 90 * DAY;

/// Returns the first and the last second that a domain leaves.
fn period(domain: &Domain) -> (i64, i64) {
    match (domain.earliest, domain.latest) {
        (Some(first), Some(last)) => (first, last.max(first)),
        (Some(first), None) => (first.max(EARLIEST), LATEST.max(first + SEASON)),
        (None, Some(last)) => (EARLIEST.min(last - SEASON), last.min(LATEST)),
        (None, None) => (EARLIEST, LATEST - 1),
    }
}

fn time(form: TimeForm, (first, last): (i64, i64), random: &mut Rng) -> Value {
    let seconds = random.i64(first..=last);
    if form != TimeForm::Date {
        return Value::Time { seconds, form };
    }
    // The day's beginning, or the next day's where that is too early.
    let day = seconds - seconds.rem_euclid(DAY);
    Value::Time { seconds: if day < first { day + DAY } else { day }, form }
}

fn source(table: &str, column: &Column, domain: &Domain) -> Option<Source> {
    if !domain.choices.is_empty() {
        return Some(Source::Choice(domain.choices.clone()));
    }
    if column.element.is_some() {
        return array(table, column, domain);
    }
    if !column.labels.is_empty() {
        return Some(Source::Choice(column.labels.iter().cloned().map(Value::Text).collect()));
    }
    if let Some(subtype) = &column.range_of {
        return Span::new(subtype, &column.kind).map(Source::Span);
    }
    if column.kind == "c" {
        let field = |field: &Column| Sampler::new(table, field, &Domain::default());
        return (!column.fields.is_empty()).then(|| Source::Row(column.fields.iter().map(field).collect()));
    }
    let (first, last) = period(domain);
    Some(match column.base.as_str() {
        "bool" => Source::Bool,
        "int2" | "int4" | "int8" | "oid" | "numeric" | "float4" | "float8" | "money" => {
            number(column, domain)
        }
        "uuid" => Source::Uuid,
        "date" => Source::Time { form: TimeForm::Date, first, last },
        "timestamp" => Source::Time { form: TimeForm::Timestamp, first, last },
        "timestamptz" => Source::Time { form: TimeForm::TimestampTz, first, last },
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
        _ => Source::Rare(Rare::new(column, domain)?),
    })
}

fn array(table: &str, column: &Column, domain: &Domain) -> Option<Source> {
    let element = Column { base: column.element.clone()?, element: None, ..column.clone() };
    let element = Box::new(Sampler::new(table, &element, &Domain::default())?);
    Some(Source::Array { element, least: usize::from(domain.read) })
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
        "int4" | "int8" | "oid" => (0, 2_000_000_000.0),
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
    let low = (low * unit).ceil() as i64;
    let whole = |bound: f64| ((bound * unit).floor() as i64).max(low);
    Source::Number { low, high: whole(high), most: whole(greatest), scale }
}

#[cfg(test)]
mod tests;
