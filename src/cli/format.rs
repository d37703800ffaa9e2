//! How reports are written, as it is typed behind `--format`.

use std::ffi::OsString;

use clap::ValueEnum;

/// How the report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people
    Human,
    /// One JSON document
    Json,
    /// Findings as JUnit's XML
    Junit,
    /// Findings as a SARIF log
    Sarif,
    /// Findings as annotations of GitHub Actions
    Github,
    /// The statements alone, where the report is about statements
    Sql,
}

impl Format {
    /// Returns the format that is asked for among arguments which as a whole can't be read; the last one counts.
    pub fn among(arguments: &[OsString]) -> Self {
        let mut arguments = arguments.iter().map(|argument| argument.to_string_lossy());
        let mut found = Self::Human;
        while let Some(argument) = arguments.next() {
            let name = match argument.strip_prefix("--format") {
                Some("") => arguments.next().unwrap_or_default().into_owned(),
                Some(rest) if rest.starts_with('=') => rest[1..].to_owned(),
                _ => continue,
            };
            found = Self::from_str(&name, false).unwrap_or(found);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn the_format_is_found_in_a_line_that_is_no_command() {
        for (line, format) in [
            ("", Format::Human),
            ("migrate sideways", Format::Human),
            ("migrate sideways --format json", Format::Json),
            ("--format=sarif migrate", Format::Sarif),
            ("--format json --format github --nonsense", Format::Github),
            ("status --format jason", Format::Human),
            ("status --format", Format::Human),
            ("status --formatted json", Format::Human),
        ] {
            let arguments: Vec<_> = line.split_whitespace().map(Into::into).collect();
            assert_eq!(Format::among(&arguments), format, "{line}");
        }
    }
}
