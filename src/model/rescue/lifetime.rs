//! How long a rescue is kept: `30d`, `12h`, `2w`.

use std::fmt;

/// A whole number of hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// The hours.
    pub hours: u32,
}

/// A text that is no such time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time such as `12h`, `30d` or `2w`, of an hour to ten years")]
pub struct LifetimeError(String);

impl Default for Lifetime {
    fn default() -> Self {
        Self { hours: 30 * 24 }
    }
}

impl std::str::FromStr for Lifetime {
    type Err = LifetimeError;

    fn from_str(text: &str) -> Result<Self, LifetimeError> {
        const MOST: u32 = 10 * 366 * 24;
        let error = || LifetimeError(text.to_owned());
        let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(error)?;
        let (number, unit) = text.split_at(split);
        let number: u32 = number.parse().map_err(|_| error())?;
        let unit = match unit {
            "h" => 1,
            "d" => 24,
            "w" => 7 * 24,
            _ => return Err(error()),
        };
        let hours = number.checked_mul(unit).filter(|hours| (1..=MOST).contains(hours)).ok_or_else(error)?;
        Ok(Self { hours })
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hours {
            24 => f.write_str("1 day"),
            hours if hours % 24 == 0 => write!(f, "{} days", hours / 24),
            1 => f.write_str("1 hour"),
            hours => write!(f, "{hours} hours"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_hours_days_and_weeks() {
        for (text, hours, words) in
            [("12h", 12, "12 hours"), ("30d", 720, "30 days"), ("2w", 336, "14 days"), ("1d", 24, "1 day")]
        {
            let lifetime: Lifetime = text.parse().unwrap();
            assert_eq!((lifetime.hours, lifetime.to_string().as_str()), (hours, words), "{text}");
        }
        for text in ["", "30", "0d", "-1d", "1.5d", "30 d", "99999999999d", "500w5", "600w"] {
            assert!(text.parse::<Lifetime>().is_err(), "{text}");
        }
    }
}
