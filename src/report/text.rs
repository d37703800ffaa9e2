//! Small pieces of text that several reports share.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Returns `1 migration` or `3 migrations`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Returns a number with its thousands apart: `12,431`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// Returns a size as people read it: `512 bytes`, `16 kB`, `3.2 MB`, in powers of 1024 as PostgreSQL counts.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let mut size = size as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    if size < 10.0 && size.fract() >= 0.05 {
        format!("{size:.1} {}", UNITS[unit])
    } else {
        format!("{size:.0} {}", UNITS[unit])
    }
}

/// Returns a duration as people read it: `0.4 ms`, `35 ms`, `2.1 s`, `3 min 20 s`.
pub fn duration(took: Duration) -> String {
    let milliseconds = took.as_secs_f64() * 1000.0;
    match milliseconds {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms if ms < 60_000.0 => format!("{:.1} s", ms / 1000.0),
        _ => format!("{} min {} s", took.as_secs() / 60, took.as_secs() % 60),
    }
}

/// Returns a point in time to the second, in UTC.
pub fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// Returns a point in time to the minute, in UTC.
pub fn minute(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%MZ").to_string()
}

/// Makes text safe for a terminal: control characters but line ends and tabs become `?`.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        for (ms, text) in
            [(0, "0.0 ms"), (9, "9.0 ms"), (35, "35 ms"), (2_140, "2.1 s"), (200_000, "3 min 20 s")]
        {
            assert_eq!(duration(Duration::from_millis(ms)), text);
        }
    }

    #[test]
    fn numbers_and_sizes_are_easy_to_read() {
        for (value, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(value), text);
        }
        for (size, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (16_384, "16 kB"),
            (3_355_443, "3.2 MB"),
            (5 << 40, "5 TB"),
        ] {
            assert_eq!(bytes(size), text);
        }
    }

    #[test]
    fn escape_sequences_of_others_do_not_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\n\tc\u{9b}d"), "a?[31mb\n\tc?d");
    }
}
