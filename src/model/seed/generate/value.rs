//! Made-up values: as CHECK conditions compare them, and as COPY takes them.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// A boolean.
    Bool(bool),
    /// `unscaled / 10^scale`.
    Number {
        /// The digits.
        unscaled: i64,
        /// How many of them are behind the point.
        scale: u32,
    },
    /// Anything that is compared by its text.
    Text(String),
    /// A point in time, in seconds since 1970.
    Time {
        /// The seconds.
        seconds: i64,
        /// How it is written.
        form: TimeForm,
    },
}

/// How a point in time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// `date`
    Date,
    /// `timestamp`
    Timestamp,
    /// `timestamptz`, in UTC
    TimestampTz,
}

impl Value {
    /// Makes a whole number.
    pub(super) fn integer(number: i64) -> Self {
        Self::Number { unscaled: number, scale: 0 }
    }

    /// Tells whether it is NULL.
    pub(super) fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// Returns the number for comparing and calculating. Made-up numbers have few enough digits to be exact.
    pub(super) fn as_number(&self) -> Option<f64> {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "made-up numbers have fewer digits than a f64 holds"
            )]
            Self::Number { unscaled, scale } => {
                Some(*unscaled as f64 / 10_f64.powi(i32::try_from(*scale).ok()?))
            }
            _ => None,
        }
    }

    /// Compares two values of one kind; `None` where that can't be told here.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number { .. }, Self::Number { .. }) => self.as_number()?.partial_cmp(&other.as_number()?),
            (Self::Text(one), Self::Text(two)) => Some(one.cmp(two)),
            (Self::Bool(one), Self::Bool(two)) => Some(one.cmp(two)),
            (Self::Time { seconds: one, .. }, Self::Time { seconds: two, .. }) => Some(one.cmp(two)),
            _ => None,
        }
    }

    /// Returns the text that the server writes for it with ISO dates in UTC; `None` for NULL.
    pub fn text(&self) -> Option<String> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(true) => "true".to_owned(),
            Self::Bool(false) => "false".to_owned(),
            Self::Number { unscaled, scale: 0 } => unscaled.to_string(),
            Self::Number { unscaled, scale } => {
                let power = 10_i64.pow(*scale);
                let sign = if *unscaled < 0 { "-" } else { "" };
                let (whole, rest) = ((unscaled / power).abs(), (unscaled % power).abs());
                format!("{sign}{whole}.{rest:0width$}", width = *scale as usize)
            }
            Self::Text(text) => text.clone(),
            Self::Time { seconds, form } => time_text(*seconds, *form),
        })
    }
}

fn time_text(seconds: i64, form: TimeForm) -> String {
    let at = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    let civil = TimeZone::UTC.to_datetime(at);
    let (date, time) = (civil.date(), civil.time());
    let day = format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
    let clock = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    match form {
        TimeForm::Date => day,
        TimeForm::Timestamp => format!("{day} {clock}"),
        TimeForm::TimestampTz => format!("{day} {clock}+00"),
    }
}

/// Reads a constant such as `2024-01-31` or `2024-01-31 10:00:00+00`.
pub(super) fn read_time(text: &str) -> Option<i64> {
    let text = text.trim_end_matches("+00");
    let civil: DateTime = text.parse().or_else(|_| text.replace(' ', "T").parse()).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

/// Adds a value as a field of COPY's text format.
pub fn write_field(value: &Value, row: &mut Vec<u8>) {
    let Some(text) = value.text() else {
        row.extend_from_slice(b"\\N");
        return;
    };
    for byte in text.bytes() {
        match byte {
            b'\\' => row.extend_from_slice(b"\\\\"),
            b'\n' => row.extend_from_slice(b"\\n"),
            b'\r' => row.extend_from_slice(b"\\r"),
            b'\t' => row.extend_from_slice(b"\\t"),
            other => row.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_the_server_writes_them() {
        let time = |form| Value::Time { seconds: 1_706_695_230, form };
        for (value, expected) in [
            (Value::Number { unscaled: -1205, scale: 2 }, "-12.05"),
            (Value::Number { unscaled: -5, scale: 1 }, "-0.5"),
            (Value::integer(7), "7"),
            (Value::Bool(true), "true"),
            (time(TimeForm::Date), "2024-01-31"),
            (time(TimeForm::TimestampTz), "2024-01-31 10:00:30+00"),
        ] {
            assert_eq!(value.text().as_deref(), Some(expected));
        }
        assert_eq!(read_time("2024-01-31 10:00:30+00"), Some(1_706_695_230));
        assert_eq!(read_time("2024-01-31"), Some(1_706_659_200));
        assert_eq!(read_time("soon"), None);
    }

    #[test]
    fn fields_of_copy_are_escaped() {
        let mut row = Vec::new();
        write_field(&Value::Text("a\\b\tc\nd".to_owned()), &mut row);
        write_field(&Value::Null, &mut row);
        assert_eq!(row, br"a\\b\tc\nd\N");
    }
}
