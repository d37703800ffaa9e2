//! Small pieces of text that several reports share.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use crate::model::policy::bytes;

/// Returns a text as one word of a shell's command line.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

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

/// Returns `1 row` or `12,431 rows`.
pub fn rows(count: u64) -> String {
    format!("{} row{}", number(count), if count == 1 { "" } else { "s" })
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

/// Returns the lines, the first of many and the number of the others.
pub fn first_of(lines: &[String]) -> String {
    const MANY: usize = 50;
    let shown: String = lines.iter().take(MANY).map(|line| format!("{line}\n")).collect();
    let rest = lines.len().saturating_sub(MANY);
    if rest == 0 { shown } else { format!("{shown}  … and {} more\n", number(rest as u64)) }
}

/// Makes text safe for a terminal: control characters but line ends and tabs become `?`, and so do those that turn the
/// direction of writing, by which a name can be made to look like another.
pub fn printable(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control() && c != '\n' && c != '\t'
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if hidden(c) { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (value, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn of_many_lines_the_first_are_shown() {
        let lines = |count| vec!["  V1__a.sql".to_owned(); count];
        assert_eq!(first_of(&lines(50)).lines().count(), 50);
        assert!(first_of(&lines(2_000)).ends_with("  V1__a.sql\n  … and 1,950 more\n"));
    }

    #[test]
    fn durations_are_short() {
        for (ms, text) in
            [(0, "0.0 ms"), (9, "9.0 ms"), (35, "35 ms"), (2_140, "2.1 s"), (200_000, "3 min 20 s")]
        {
            assert_eq!(duration(Duration::from_millis(ms)), text);
        }
    }

    #[test]
    fn large_numbers_are_easy_to_read() {
        for (value, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn escape_sequences_of_others_do_not_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\n\tc\u{9b}d"), "a?[31mb\n\tc?d");
        assert_eq!(printable("V1__\u{202e}lqs.\u{2067}größe"), "V1__?lqs.?größe");
    }
}
