//! Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.
//!
//! The grammar and its escapes are those of `actions/toolkit`, `packages/core/src/command.ts`.

use super::listing::Listing;
use crate::error::Error;

/// Returns a line for each finding.
pub(super) fn document(listing: &Listing) -> String {
    listing
        .findings()
        .map(|one| {
            let place = one.place.as_ref();
            let place = place.map(|place| format!("file={},line={},", property(&place.path), place.line));
            let (place, title) = (place.unwrap_or_default(), property(one.rule));
            let text = message(&format!("{}\n{}", one.message, one.hint));
            format!("::error {place}title={title}::{text}\n")
        })
        .collect()
}

/// Returns the line of an error.
pub(super) fn error(error: &Error) -> String {
    format!("::error title={}::{}\n", property(error.code()), message(&error.to_string()))
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::listing::example;

    #[test]
    fn a_finding_is_one_line_whatever_it_holds() {
        assert_eq!(
            document(&example()),
            "::error title=diff/created::view v is new%0Asee it\n\
             ::error file=schema.toml,line=41,title=contract/missing::index `idx_leads_amount` of `sales.leads` is \
             missing: `(amount) where (a < '%25%0A')`%0Abring it back\n"
        );
        assert_eq!(error(&Error::usage("a\nb")), "::error title=usage::a%0Ab\n");
    }
}
