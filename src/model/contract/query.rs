//! The author's validation queries: what their rows and failures are called.

use super::{Code, Finding, Kind, Object};
use crate::model::Script;

/// Returns what a query's first comment says, in one line; `None` where it begins without one.
pub fn message(query: &Script) -> Option<String> {
    let text = query.text.trim_start();
    let words: Vec<&str> = match text.strip_prefix("/*").and_then(|rest| rest.split_once("*/")) {
        Some((comment, _)) => comment.split_whitespace().filter(|word| *word != "*").collect(),
        None => {
            let lines = text.lines().map_while(|line| line.trim_start().strip_prefix("--"));
            lines.flat_map(str::split_whitespace).collect()
        }
    };
    (!words.is_empty()).then(|| words.join(" "))
}

/// Returns the findings of a query that returned `count` rows, of which `rows` are told.
pub fn row_findings(
    query: &Script,
    (module, schema): (&str, &str),
    (rows, count): (&[String], u64),
) -> Vec<Finding> {
    let message = message(query);
    let finding = |found: String| Finding {
        code: Code::Row,
        object: object(query, module, schema),
        expected: message.clone(),
        found: Some(found),
        hint: "put the data right, or correct the query".to_owned(),
        path: query.path.clone(),
        line: 1,
    };
    let more = count.saturating_sub(rows.len() as u64);
    let told = rows.iter().cloned();
    told.chain((more > 0).then(|| format!("and {more} more rows"))).map(finding).collect()
}

/// Returns the finding that the server refused a query, at `line` of its file.
pub fn refused_finding(
    query: &Script,
    (module, schema): (&str, &str),
    line: usize,
    reason: String,
) -> Finding {
    Finding {
        code: Code::Failed,
        object: object(query, module, schema),
        expected: None,
        found: Some(reason),
        hint: "correct the query".to_owned(),
        path: query.path.clone(),
        line,
    }
}

fn object(query: &Script, module: &str, schema: &str) -> Object {
    Object {
        kind: Kind::Query,
        module: module.to_owned(),
        schema: schema.to_owned(),
        table: None,
        name: query.path.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_comment_is_the_message() {
        for (text, expected) in [
            ("-- every lead\n--   has an owner\nSELECT 1 -- not this", Some("every lead has an owner")),
            ("\n/* every\n * lead */ SELECT 1", Some("every lead")),
            ("SELECT 1", None),
        ] {
            assert_eq!(message(&Script::new("a.sql", text)).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn rows_beyond_those_told_are_counted() {
        let query = Script::new("verify/a.sql", "-- no orphan\nSELECT 1");
        let findings = row_findings(&query, ("sales", "sales"), (&["id: 1".to_owned()], 3));
        let texts: Vec<_> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["no orphan: id: 1", "no orphan: and 2 more rows"]);
    }
}
