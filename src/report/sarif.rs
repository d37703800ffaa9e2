//! Findings as a SARIF 2.1.0 log (OASIS standard of 27 March 2020), as code hosts and editors read it.

use serde_json::{Value, json};

use super::listing::{Listed, Listing};
use crate::error::Error;

/// Returns the document.
pub(super) fn document(listing: &Listing) -> Value {
    let mut rules: Vec<&str> = listing.findings().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let results: Vec<Value> = listing.findings().map(result).collect();
    let rules: Vec<Value> = rules.into_iter().map(|id| json!({ "id": id })).collect();
    log(&rules, &results, json!({ "executionSuccessful": true }))
}

/// Returns the document of a command that could not do its work.
pub(super) fn error(error: &Error) -> Value {
    let notification = json!({
        "level": "error",
        "descriptor": { "id": error.code() },
        "message": { "text": error.to_string() },
    });
    let invocation = json!({
        "executionSuccessful": false,
        "exitCode": error.exit() as u8,
        "toolExecutionNotifications": [notification],
    });
    log(&[], &[], invocation)
}

fn log(rules: &[Value], results: &[Value], invocation: Value) -> Value {
    let driver = json!({ "name": "crmdb", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "invocations": [invocation], "results": results }],
    })
}

fn result(finding: &Listed) -> Value {
    let mut location = json!({ "logicalLocations": [{ "fullyQualifiedName": finding.object }] });
    if let Some(place) = &finding.place {
        location["physicalLocation"] = json!({
            "artifactLocation": { "uri": uri(&place.path), "uriBaseId": "%SRCROOT%" },
            "region": { "startLine": place.line },
        });
    }
    json!({
        "ruleId": finding.rule,
        "level": "error",
        "message": { "text": format!("{}\n{}", finding.message, finding.hint) },
        "locations": [location],
    })
}

/// A relative reference of RFC 3986: other bytes than those of a path are percent-encoded.
fn uri(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::listing::example;

    #[test]
    fn a_finding_is_a_result_with_its_place() {
        let document = document(&example());
        assert_eq!(document["version"], "2.1.0");
        let run = &document["runs"][0];
        let rules = json!([{ "id": "contract/missing" }, { "id": "diff/created" }]);
        assert_eq!(run["tool"]["driver"]["rules"], rules);
        assert_eq!(run["results"].as_array().unwrap().len(), 2);
        let nowhere = json!([{ "logicalLocations": [{ "fullyQualifiedName": "view v" }] }]);
        assert_eq!(run["results"][0]["locations"], nowhere);
        let result = &run["results"][1];
        assert_eq!(result["ruleId"], "contract/missing");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
            (&json!("schema.toml"), &json!(41))
        );
        assert_eq!(uri("verify/a b%.sql"), "verify/a%20b%25.sql");
    }

    #[test]
    fn an_error_is_a_run_that_did_not_succeed() {
        let document = error(&Error::usage("wrong"));
        let invocation = &document["runs"][0]["invocations"][0];
        assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&json!(false), &json!(2)));
    }
}
