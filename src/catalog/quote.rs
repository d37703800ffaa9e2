//! How names and texts are written into the SQL that the catalog engine generates.

/// Words that PostgreSQL does not take as a bare name everywhere: every keyword class but `unreserved`
/// (src/include/parser/kwlist.h of PostgreSQL 18).
const KEYWORDS: &str = " all analyse analyze and any array as asc asymmetric authorization between bigint binary bit \
    boolean both case cast char character check coalesce collate collation column concurrently constraint create cross \
    current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal \
    default deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full \
    grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull \
    join json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize \
    json_table json_value lateral leading least left like limit localtime localtimestamp merge_action national natural \
    nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing \
    position precision primary real references returning right row select session_user setof similar smallint some \
    substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique user \
    using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest \
    xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable ";

/// Returns `name` as SQL reads it back: bare when that is the same name, else in double quotes.
#[must_use]
pub(crate) fn identifier(name: &str) -> String {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if starts && plain && !KEYWORDS.contains(&format!(" {name} ")) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Returns `schema.name`, or the bare name when there is no schema.
#[must_use]
pub(crate) fn qualified(schema: &str, name: &str) -> String {
    if schema.is_empty() { identifier(name) } else { format!("{}.{}", identifier(schema), identifier(name)) }
}

/// Returns `text` as a string literal that reads the same under either setting of `standard_conforming_strings`.
#[must_use]
pub(crate) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_only_where_they_must_be() {
        for (name, sql) in [
            ("orders", "orders"),
            ("_a1", "_a1"),
            ("Orders", "\"Orders\""),
            ("1st", "\"1st\""),
            ("order", "\"order\""),
            ("status", "status"),
            ("a\"b", "\"a\"\"b\""),
            ("", "\"\""),
            ("naïve", "\"naïve\""),
        ] {
            assert_eq!(identifier(name), sql);
        }
    }

    #[test]
    fn texts_keep_quotes_and_backslashes() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\b'"), "E'a\\\\b'''");
    }
}
