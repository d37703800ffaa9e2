//! A column's definition in a contract, with the short names of types that people write.

use super::fold;

/// A column's type and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnDefinition {
    /// The type by the name that PostgreSQL's `format_type` prints.
    pub data_type: String,
    /// Whether it is `not null`.
    pub not_null: bool,
    /// The default, the expression it is generated from, or its identity, as words; `None` where none is written.
    pub filled: Option<String>,
}

/// Short names and those that `format_type` prints; `()` stands where a length or precision goes.
const SHORT: [(&str, &str); 20] = [
    ("bigint", "bigint"),
    ("bool", "boolean"),
    ("bpchar", "character()"),
    ("char", "character()"),
    ("decimal", "numeric()"),
    ("float", "double precision"),
    ("float4", "real"),
    ("float8", "double precision"),
    ("int", "integer"),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("time", "time() without time zone"),
    ("timestamp", "timestamp() without time zone"),
    ("timestamptz", "timestamp() with time zone"),
    ("timetz", "time() with time zone"),
    ("varbit", "bit varying()"),
    ("varchar", "character varying()"),
    ("numeric", "numeric()"),
    ("character", "character()"),
];

impl ColumnDefinition {
    /// Reads the words after a column's name: `varchar(50) not null default 'x'`.
    pub fn parse(text: &str) -> Self {
        let folded = fold(text);
        let (before, filled) =
            match ["default ", "generated "].iter().filter_map(|word| at(&folded, word)).min() {
                Some(at) => (folded[..at].trim_end(), Some(folded[at..].to_owned())),
                None => (folded.as_str(), None),
            };
        let (data_type, not_null) = match before.strip_suffix("not null") {
            Some(data_type) => (data_type.trim_end(), true),
            None => (before.strip_suffix(" null").unwrap_or(before), false),
        };
        Self { data_type: long(data_type), not_null, filled }
    }

    /// Tells whether a column that is there is what this one declares: type and `not null` always, the rest where it is
    /// written.
    pub fn is_met_by(&self, found: &Self) -> bool {
        self.data_type == found.data_type
            && self.not_null == found.not_null
            && (self.filled.is_none() || self.filled == found.filled)
    }
}

/// Returns where `word` begins, at the start of a word and outside of quotes and parentheses.
fn at(text: &str, word: &str) -> Option<usize> {
    let (mut depth, mut quote, mut before) = (0, None, ' ');
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ if depth == 0 && before == ' ' && text[at..].starts_with(word) => return Some(at),
            _ => {}
        }
        before = c;
    }
    None
}

fn long(data_type: &str) -> String {
    let (base, array) = match data_type.find("[]") {
        Some(at) => data_type.split_at(at),
        None => (data_type, ""),
    };
    let (word, length) = match base.find('(') {
        Some(at) => base.split_at(at),
        None => (base, ""),
    };
    let (word, length) = (word.trim_end(), length.replace(", ", ","));
    // What follows the length is written by those who write the long name.
    let short =
        SHORT.iter().find(|(short, _)| *short == word && (length.is_empty() || length.ends_with(')')));
    match short {
        Some((_, long)) if long.contains("()") => format!("{}{array}", long.replace("()", &length)),
        Some((_, long)) => format!("{long}{array}"),
        None => format!("{word}{length}{array}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_of_types_are_those_of_the_catalog() {
        for (short, long) in [
            ("int", "integer"),
            ("varchar(50)", "character varying(50)"),
            ("VARCHAR (50)", "character varying(50)"),
            ("varchar", "character varying"),
            ("timestamptz", "timestamp with time zone"),
            ("timestamp(3)", "timestamp(3) without time zone"),
            ("timestamp(3) without time zone", "timestamp(3) without time zone"),
            ("numeric(10, 2)", "numeric(10,2)"),
            ("int[]", "integer[]"),
            ("text", "text"),
            ("\"UserRole\"", "\"UserRole\""),
        ] {
            assert_eq!(ColumnDefinition::parse(short).data_type, long, "{short}");
        }
    }

    #[test]
    fn a_default_counts_where_it_is_written() {
        let found = ColumnDefinition::parse("integer not null default nextval('a_id_seq'::regclass)");
        for (declared, met) in [
            ("int not null", true),
            ("int", false),
            ("bigint not null", false),
            ("integer not null default 0", false),
            ("int NOT NULL default nextval('a_id_seq'::regclass)", true),
        ] {
            assert_eq!(ColumnDefinition::parse(declared).is_met_by(&found), met, "{declared}");
        }
        let plain = ColumnDefinition::parse("text null");
        assert_eq!((plain.data_type.as_str(), plain.not_null), ("text", false));
        let words = ColumnDefinition::parse("text default ' not null'");
        assert_eq!((words.not_null, words.filled.as_deref()), (false, Some("default ' not null'")));
    }
}
