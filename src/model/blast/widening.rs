//! Which types hold every value of which others. Pure.

/// What holds every value of a type, where neither has a modifier.
const WIDER: [(&str, &[&str]); 7] = [
    ("smallint", &["integer", "bigint", "real", "double precision"]),
    ("integer", &["bigint", "double precision"]),
    ("real", &["double precision"]),
    ("date", &["timestamp without time zone", "timestamp with time zone"]),
    ("cidr", &["inet"]),
    ("macaddr", &["macaddr8"]),
    ("jsonb", &["json"]),
];

/// Digits of a second that a type of times keeps where it does not say (the manual's table of date/time types).
const FINEST: i64 = 6;

/// Tells whether every value of one type is a value of the other, both as `format_type` writes them. Modifiers count:
/// `numeric(4,1)` does not hold what `numeric(6,2)` does, and a type without one holds all.
pub(in crate::model) fn widens(from: &str, to: &str) -> bool {
    if let (Some(from), Some(to)) = (from.strip_suffix("[]"), to.strip_suffix("[]")) {
        return widens(from, to);
    }
    let ((from, had), (to, has)) = (parts(from), parts(to));
    match (from.as_str(), to.as_str()) {
        (_, "text") => true,
        // Blanks at the end of a `character` say nothing.
        ("character" | "character varying", "character varying")
        | ("character", "character")
        | ("bit" | "bit varying", "bit varying") => holds(&had, &has, i64::MAX),
        ("numeric", "numeric") => has_digits(&had, &has),
        ("smallint", "numeric") => has_digits(&[5, 0], &has),
        ("integer", "numeric") => has_digits(&[10, 0], &has),
        ("bigint", "numeric") => has_digits(&[19, 0], &has),
        (from, to) if from == to => {
            (from.starts_with("time") || from == "interval") && holds(&had, &has, FINEST)
        }
        (from, to) => has.is_empty() && WIDER.iter().any(|(one, wider)| *one == from && wider.contains(&to)),
    }
}

/// Returns a type without its modifiers, and these: `timestamp(3) with time zone` has 3.
fn parts(name: &str) -> (String, Vec<i64>) {
    let Some((head, rest)) = name.split_once('(') else { return (name.to_owned(), Vec::new()) };
    let (numbers, tail) = rest.split_once(')').unwrap_or((rest, ""));
    let numbers = numbers.split(',').filter_map(|number| number.trim().parse().ok());
    (format!("{head}{tail}"), numbers.collect())
}

/// Compares lengths, of which one that is not said is `most`.
fn holds(had: &[i64], has: &[i64], most: i64) -> bool {
    let length = |modifiers: &[i64]| modifiers.first().copied().unwrap_or(most);
    length(has) >= length(had)
}

/// Compares precision and scale.
fn has_digits(had: &[i64], has: &[i64]) -> bool {
    let digits = |modifiers: &[i64]| {
        let scale = modifiers.get(1).copied().unwrap_or_default();
        modifiers.first().map(|precision| (precision - scale, scale))
    };
    match (digits(had), digits(has)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some((whole, fraction)), Some((wholes, fractions))) => wholes >= whole && fractions >= fraction,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_type_holds_every_value_and_no_other_does() {
        for (from, to, wider) in [
            ("integer", "bigint", true),
            ("bigint", "integer", false),
            ("integer", "double precision", true),
            ("integer", "real", false),
            ("bigint", "double precision", false),
            ("integer", "numeric(10,0)", true),
            ("integer", "numeric(10,2)", false),
            ("bigint", "numeric", true),
            ("numeric(6,2)", "numeric", true),
            ("numeric", "numeric(6,2)", false),
            ("numeric(6,2)", "numeric(8,2)", true),
            ("numeric(6,2)", "numeric(8,4)", true),
            ("numeric(6,2)", "numeric(8,5)", false),
            ("numeric(6,2)", "numeric(4,1)", false),
            ("numeric(3)", "numeric(3,-1)", false),
            ("character varying(5)", "text", true),
            ("character varying(5)", "character varying(9)", true),
            ("character varying(5)", "character varying", true),
            ("character varying", "character varying(9)", false),
            ("character varying(9)", "character varying(5)", false),
            ("character(4)", "character varying(4)", true),
            ("character(4)", "character(3)", false),
            ("character varying(4)", "character(4)", false),
            ("text", "character varying(9)", false),
            ("bit(4)", "bit varying", true),
            ("bit varying", "bit(4)", false),
            ("timestamp(0) with time zone", "timestamp with time zone", true),
            ("timestamp with time zone", "timestamp(3) with time zone", false),
            ("timestamp with time zone", "timestamp(6) with time zone", true),
            ("timestamp without time zone", "timestamp with time zone", false),
            ("date", "timestamp without time zone", true),
            ("date", "timestamp(0) without time zone", false),
            ("interval(3)", "interval", true),
            ("integer[]", "bigint[]", true),
            ("character varying(5)[]", "character varying(4)[]", false),
            ("integer[]", "text", true),
            ("integer", "integer[]", false),
            ("cidr", "inet", true),
            ("text", "jsonb", false),
            ("json", "jsonb", false),
            ("s.mood", "text", true),
            ("text", "s.mood", false),
        ] {
            assert_eq!(widens(from, to), wider, "{from} to {to}");
        }
    }
}
