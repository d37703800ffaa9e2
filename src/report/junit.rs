//! Findings as the XML that JUnit made common: each finding is a test that failed, each clean suite one that passed.

use super::listing::{Listed, Listing, Suite};
use crate::error::Error;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Returns the document.
pub(super) fn document(listing: &Listing) -> String {
    let failures = listing.findings().count();
    let tests: usize = listing.suites.iter().map(|suite| suite.findings.len().max(1)).sum();
    let suites: String = listing.suites.iter().map(suite).collect();
    format!(
        "{HEAD}<testsuites name=\"crmdb\" tests=\"{tests}\" failures=\"{failures}\">\n{suites}</testsuites>\n"
    )
}

fn suite(suite: &Suite) -> String {
    let name = escaped(&suite.name);
    let (tests, failures) = (suite.findings.len().max(1), suite.findings.len());
    let cases: String = match suite.findings.as_slice() {
        [] => format!("    <testcase classname=\"{name}\" name=\"as declared\"/>\n"),
        findings => findings.iter().map(|finding| case(&name, finding)).collect(),
    };
    format!(
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">\n{cases}  </testsuite>\n"
    )
}

fn case(suite: &str, finding: &Listed) -> String {
    let Listed { rule, object, message, hint, place } = finding;
    let (object, message) = (escaped(object), escaped(message));
    let place = place.as_ref();
    let place = place.map(|place| format!(" file=\"{}\" line=\"{}\"", escaped(&place.path), place.line));
    let place = place.unwrap_or_default();
    format!(
        "    <testcase classname=\"{suite}\" name=\"{object}\"{place}>\n      \
         <failure type=\"{rule}\" message=\"{message}\">{}</failure>\n    </testcase>\n",
        escaped(hint)
    )
}

/// Returns the document of a command that could not do its work.
pub(super) fn error(error: &Error) -> String {
    let (code, message) = (escaped(error.code()), escaped(&error.to_string()));
    format!(
        "{HEAD}<testsuites name=\"crmdb\" tests=\"1\" errors=\"1\">\n  <testsuite name=\"crmdb\" tests=\"1\" \
         errors=\"1\">\n    <testcase classname=\"crmdb\" name=\"crmdb\">\n      <error type=\"{code}\" \
         message=\"{message}\"/>\n    </testcase>\n  </testsuite>\n</testsuites>\n"
    )
}

/// XML 1.0 has no way to write most control characters (section 2.2), so those become `?`.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('?'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::listing::example;

    #[test]
    fn findings_are_failed_tests_and_a_clean_suite_is_a_passed_one() {
        insta::assert_snapshot!(document(&example()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="crmdb" tests="3" failures="2">
          <testsuite name="difference" tests="1" failures="1">
            <testcase classname="difference" name="view v">
              <failure type="diff/created" message="view v is new">see it</failure>
            </testcase>
          </testsuite>
          <testsuite name="contract of auth" tests="1" failures="0">
            <testcase classname="contract of auth" name="as declared"/>
          </testsuite>
          <testsuite name="contract of sales" tests="1" failures="1">
            <testcase classname="contract of sales" name="index `idx_leads_amount` of `sales.leads`" file="schema.toml" line="41">
              <failure type="contract/missing" message="index `idx_leads_amount` of `sales.leads` is missing: `(amount) where (a &lt; '%&#10;')`">bring it back</failure>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn an_error_is_a_test_with_an_error() {
        insta::assert_snapshot!(error(&Error::usage("no \u{1b}\"x\" & <y>")), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="crmdb" tests="1" errors="1">
          <testsuite name="crmdb" tests="1" errors="1">
            <testcase classname="crmdb" name="crmdb">
              <error type="usage" message="no ?&quot;x&quot; &amp; &lt;y&gt;"/>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }
}
