//! Sequences, alone and behind identity columns. Pure.

use super::statement::Statement;
use crate::catalog::id::Id;
use crate::catalog::model::Sequence;
use crate::sql::quote::held::qualified;

/// Returns `CREATE SEQUENCE`.
pub(super) fn create(id: &Id, sequence: &Sequence) -> Vec<Statement> {
    let unlogged = if sequence.persistence == "u" { "UNLOGGED " } else { "" };
    let mut sql = format!("CREATE {unlogged}SEQUENCE {}", id.address());
    if sequence.type_name != "bigint" {
        sql.push_str(&format!(" AS {}", sequence.type_name));
    }
    for option in differing(&bare(&sequence.type_name, sequence), sequence) {
        sql.push(' ');
        sql.push_str(&option);
    }
    vec![Statement::new(id, sql)]
}

/// Returns the options of the sequence of an identity column of the type `base`, in parentheses.
pub(super) fn identity_options(column: &Id, base: &str, sequence: &Sequence) -> String {
    let mut options = Vec::new();
    let usual = format!("{}_{}_seq", column.name(), column.part());
    if sequence.schema != column.schema() || sequence.name != usual {
        options.push(format!("SEQUENCE NAME {}", qualified(&sequence.schema, &sequence.name)));
    }
    if sequence.type_name == base {
        options.extend(differing(&bare(base, sequence), sequence));
    }
    if options.is_empty() { String::new() } else { format!(" ({})", options.join(" ")) }
}

/// Returns what gives the sequence of a new identity column another type than the column's, as `LIKE … INCLUDING
/// IDENTITY` does.
pub(super) fn made_for(column: &Id, base: &str, shall: &Sequence) -> Option<Statement> {
    let named = Sequence { schema: shall.schema.clone(), name: shall.name.clone(), ..plain(base, 1) };
    (shall.type_name != base).then(|| altered(column, &named, shall)).flatten()
}

/// Returns `ALTER SEQUENCE` for what differs in the sequence of an identity column.
pub(super) fn altered(column: &Id, from: &Sequence, to: &Sequence) -> Option<Statement> {
    let options = options(from, to);
    let name = qualified(&to.schema, &to.name);
    (!options.is_empty())
        .then(|| Statement::new(column, format!("ALTER SEQUENCE {name} {}", options.join(" "))))
}

/// Returns `ALTER SEQUENCE` for what differs.
pub(super) fn alter(id: &Id, from: &Sequence, to: &Sequence) -> Vec<Statement> {
    let mut out = Vec::new();
    let options = options(from, to);
    if !options.is_empty() {
        out.push(Statement::new(id, format!("ALTER SEQUENCE {} {}", id.address(), options.join(" "))));
    }
    if from.persistence != to.persistence {
        out.push(logged(id, to));
    }
    out
}

fn options(from: &Sequence, to: &Sequence) -> Vec<String> {
    let mut options = Vec::new();
    let mut base = from.clone();
    if from.type_name != to.type_name {
        options.push(format!("AS {}", to.type_name));
        base = retyped(from, &to.type_name);
    }
    options.extend(changed(&base, to));
    options
}

/// Returns the statement that logs the sequence as it shall be, for the step of `id`.
pub(super) fn logged(id: &Id, sequence: &Sequence) -> Statement {
    let word = if sequence.persistence == "u" { "UNLOGGED" } else { "LOGGED" };
    Statement::new(id, format!("ALTER SEQUENCE {} SET {word}", qualified(&sequence.schema, &sequence.name)))
}

/// Returns the options that turn `from` into `to`, with a restart when the old place is out of the new bounds.
pub(super) fn changed(from: &Sequence, to: &Sequence) -> Vec<String> {
    let mut options = differing(from, to);
    if !options.is_empty() && (from.start < to.min || from.start > to.max) {
        options.push(format!("RESTART WITH {}", to.start));
    }
    options
}

/// Returns the sequence as PostgreSQL leaves it when its type alone changes: bounds that were the old type's become the
/// new type's.
pub(super) fn retyped(from: &Sequence, type_name: &str) -> Sequence {
    let (old, new) = (plain(&from.type_name, from.increment), plain(type_name, from.increment));
    Sequence {
        type_name: type_name.to_owned(),
        min: if from.min == old.min { new.min } else { from.min },
        max: if from.max == old.max { new.max } else { from.max },
        ..from.clone()
    }
}

/// Returns the sequence that `CREATE SEQUENCE` makes of the type and the other's increment: it starts at the bound that the
/// other has.
fn bare(type_name: &str, other: &Sequence) -> Sequence {
    let start = if other.increment > 0 { other.min } else { other.max };
    Sequence { start, ..plain(type_name, other.increment) }
}

/// Returns the sequence that `CREATE SEQUENCE AS type INCREMENT increment` makes.
fn plain(type_name: &str, increment: i64) -> Sequence {
    let (low, high) = match type_name {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let (min, max) = if increment > 0 { (1, high) } else { (low, -1) };
    Sequence {
        schema: String::new(),
        name: String::new(),
        persistence: "p".to_owned(),
        type_name: type_name.to_owned(),
        start: if increment > 0 { min } else { max },
        increment: 1,
        min,
        max,
        cache: 1,
        cycle: false,
    }
}

fn differing(from: &Sequence, to: &Sequence) -> Vec<String> {
    let mut options = Vec::new();
    let mut number = |word: &str, from: i64, to: i64| {
        if from != to {
            options.push(format!("{word} {to}"));
        }
    };
    number("INCREMENT BY", from.increment, to.increment);
    number("MINVALUE", from.min, to.min);
    number("MAXVALUE", from.max, to.max);
    number("START WITH", from.start, to.start);
    number("CACHE", from.cache, to.cache);
    if from.cycle != to.cycle {
        options.push(if to.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_sequence_needs_no_options() {
        let id = Id::new(crate::catalog::Kind::Sequence, "s", "q");
        assert_eq!(create(&id, &plain("bigint", 1))[0].sql, "CREATE SEQUENCE s.q");
        assert_eq!(create(&id, &plain("integer", 1))[0].sql, "CREATE SEQUENCE s.q AS integer");
    }

    #[test]
    fn bounds_follow_the_type() {
        let id = Id::new(crate::catalog::Kind::Sequence, "s", "q");
        let sql = &alter(&id, &plain("integer", 1), &plain("bigint", 1))[0].sql;
        assert_eq!(sql, "ALTER SEQUENCE s.q AS bigint");
    }

    #[test]
    fn a_place_out_of_the_new_bounds_is_left() {
        let (from, mut to) = (plain("bigint", 1), plain("bigint", 1));
        (to.min, to.start) = (100, 100);
        assert_eq!(changed(&from, &to), ["MINVALUE 100", "START WITH 100", "RESTART WITH 100"]);
    }
}
