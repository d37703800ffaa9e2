//! Texts that match a regular expression.

use fastrand::Rng;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The most repetitions of `*` and `+`.
const MANY: u32 = 8;

/// Reads a pattern; `None` where it is not one that PostgreSQL and this read alike.
pub(super) fn read(pattern: &str) -> Option<Hir> {
    regex_syntax::parse(pattern).ok()
}

/// Returns a text that matches the pattern.
pub(super) fn matching(pattern: &Hir, random: &mut Rng) -> String {
    let mut text = String::new();
    write(pattern, random, &mut text);
    text
}

fn write(pattern: &Hir, random: &mut Rng, text: &mut String) {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            // Letters a person would type, where the class has any.
            let plain = |c: &char| c.is_ascii_alphanumeric();
            let all: Vec<char> =
                class.ranges().iter().flat_map(|range| (range.start()..=range.end()).take(128)).collect();
            let typed: Vec<char> = all.iter().copied().filter(plain).collect();
            let choice = if typed.is_empty() { all } else { typed };
            text.extend(random.choice(choice.iter()));
        }
        HirKind::Class(Class::Bytes(_)) => text.push('x'),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min + MANY).min(repetition.min + MANY);
            for _ in 0..random.u32(repetition.min..=most.max(repetition.min)) {
                write(&repetition.sub, random, text);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, random, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, random, text)),
        HirKind::Alternation(parts) => {
            if let Some(part) = random.choice(parts.iter()) {
                write(part, random, text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_match_their_pattern() {
        let mut random = Rng::with_seed(1);
        for pattern in
            ["^[A-Z]{3}$", "^#[0-9a-f]{6}$", r"^\+[1-9]\d{6,14}$", "^(a|bc)+-x?$", r"^[^\s]+@[a-z]+[.]com$"]
        {
            let (read, judge) = (read(pattern).unwrap(), regex::Regex::new(pattern).unwrap());
            for _ in 0..100 {
                let text = matching(&read, &mut random);
                assert!(judge.is_match(&text), "{pattern}: {text}");
            }
        }
    }
}
