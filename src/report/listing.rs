//! Findings as other programs list them: the one shape that JUnit, SARIF and GitHub annotations are written from.

/// Findings in suites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// In the order they were looked at; one without findings went well.
    pub suites: Vec<Suite>,
}

/// What was looked at together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// What it is called.
    pub name: String,
    /// What was found.
    pub findings: Vec<Listed>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// A word for programs that stays the same between versions, `contract/missing`.
    pub rule: &'static str,
    /// What it is about.
    pub object: String,
    /// What was found.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Where that is written; none for what no file of the project says.
    pub place: Option<Place>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, from the project's folder on, with `/` between its parts.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
}

impl Listing {
    /// Returns all findings.
    pub(super) fn findings(&self) -> impl Iterator<Item = &Listed> {
        self.suites.iter().flat_map(|suite| &suite.findings)
    }
}

#[cfg(test)]
pub(super) fn example() -> Listing {
    let finding = Listed {
        rule: "contract/missing",
        object: "index `idx_leads_amount` of `sales.leads`".to_owned(),
        message: "index `idx_leads_amount` of `sales.leads` is missing: `(amount) where (a < '%\n')`"
            .to_owned(),
        hint: "bring it back".to_owned(),
        place: Some(Place { path: "schema.toml".to_owned(), line: 41 }),
    };
    let nowhere = Listed {
        rule: "diff/created",
        object: "view v".to_owned(),
        message: "view v is new".to_owned(),
        hint: "see it".to_owned(),
        place: None,
    };
    Listing {
        suites: vec![
            Suite { name: "difference".to_owned(), findings: vec![nowhere] },
            Suite { name: "contract of auth".to_owned(), findings: Vec::new() },
            Suite { name: "contract of sales".to_owned(), findings: vec![finding] },
        ],
    }
}
