//! Durations as PostgreSQL's settings spell them: `500ms`, `2s`, `5min`, `1h`, `0`.

use std::time::Duration;

/// A text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration such as `500ms`, `2s`, `5min` or `1h`")]
pub struct DurationError(String);

/// Reads a duration: a whole number with a unit of PostgreSQL's (manual, 20.1.1 Parameter Names and Values), up to 24
/// days, which is what its settings hold. `0` needs no unit.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let error = || DurationError(text.to_owned());
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| error())?;
    let unit = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "min" | "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "" if number == 0 => 1,
        _ => return Err(error()),
    };
    let milliseconds = number.checked_mul(unit).filter(|&ms| i32::try_from(ms).is_ok()).ok_or_else(error)?;
    Ok(Duration::from_millis(milliseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_postgresqls() {
        for (text, milliseconds) in
            [("500ms", 500), ("2s", 2000), ("5min", 300_000), ("1h", 3_600_000), ("0", 0), ("0s", 0)]
        {
            assert_eq!(parse(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "2", "s", "-1s", "1.5s", "2 weeks", "25d", "99999999999999999999s", "２s"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
