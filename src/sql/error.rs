//! Why SQL text can't be split into statements or its directives can't be read.

use super::Position;

/// What stands between a file and its statements. Every variant says where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// A construct is still open at the end of the text; the position is where it opens.
    #[error("{construct} that opens at line {}, column {} is never closed", at.line, at.column)]
    Unclosed {
        /// What is open.
        construct: Construct,
        /// Where it opens.
        at: Position,
    },
    /// A command of psql, which the server does not know.
    #[error("line {} has the psql command `{command}`: the file must be plain SQL, without backslash commands", at.line)]
    PsqlCommand {
        /// The backslash and the word behind it.
        command: String,
        /// Where its backslash is.
        at: Position,
    },
    /// `COPY … FROM stdin` without rows in the text, or without the line that ends them.
    #[error(
        "`COPY … FROM stdin` at line {} has no rows below it: put them there and end them with a line `\\.`",
        at.line
    )]
    CopyWithoutRows {
        /// Where the COPY statement starts.
        at: Position,
    },
    /// SQL behind `COPY … FROM stdin;` on the same line.
    #[error("line {} goes on behind `COPY … FROM stdin;`: the rows must start on the next line", at.line)]
    TextBehindCopy {
        /// Where the text starts.
        at: Position,
    },
    /// A NUL character, which PostgreSQL can't hold in any text.
    #[error("line {}, column {} has a NUL character, which PostgreSQL refuses", at.line, at.column)]
    Nul {
        /// Where the character is.
        at: Position,
    },
    /// `SET standard_conforming_strings` to something else than on, which changes where strings end.
    #[error(
        "line {} turns `standard_conforming_strings` off, which changes where strings end: \
         remove it and write strings with backslash escapes as E'…'",
        at.line
    )]
    NonStandardStrings {
        /// Where the SET statement starts.
        at: Position,
    },
    /// A directive that crmdb does not have.
    #[error("line {} has the unknown directive `{directive}`: known are {}", at.line, super::directive::KNOWN)]
    UnknownDirective {
        /// The text behind `crmdb:`.
        directive: String,
        /// Where the comment starts.
        at: Position,
    },
    /// A known directive whose value is missing, unneeded or out of range.
    #[error("line {} has the directive `{directive}`: {expected}", at.line)]
    DirectiveValue {
        /// The text behind `crmdb:`.
        directive: String,
        /// What the value must be.
        expected: &'static str,
        /// Where the comment starts.
        at: Position,
    },
    /// A directive that is given twice, or one that contradicts another.
    #[error("line {} has the directive `{directive}`, but line {earlier} has `{other}`: keep one", at.line)]
    DirectiveConflict {
        /// The text behind `crmdb:`.
        directive: String,
        /// The earlier directive.
        other: String,
        /// The line of the earlier one.
        earlier: usize,
        /// Where the comment starts.
        at: Position,
    },
    /// A directive in a comment that is not one of the `--` lines before the first statement.
    #[error(
        "line {} has a directive in a place where it has no effect: \
         move it to a line `-- crmdb: …` of its own before the first statement",
        at.line
    )]
    MisplacedDirective {
        /// Where the comment starts.
        at: Position,
    },
}

impl ScanError {
    /// Returns the place in the text that the error is about.
    pub fn position(&self) -> Position {
        match self {
            Self::Unclosed { at, .. }
            | Self::PsqlCommand { at, .. }
            | Self::CopyWithoutRows { at }
            | Self::TextBehindCopy { at }
            | Self::Nul { at }
            | Self::NonStandardStrings { at }
            | Self::UnknownDirective { at, .. }
            | Self::DirectiveValue { at, .. }
            | Self::DirectiveConflict { at, .. }
            | Self::MisplacedDirective { at } => *at,
        }
    }
}

/// A construct that has an opening and a closing end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Construct {
    /// `/* … */`, which may nest.
    Comment,
    /// `'…'` with any prefix.
    String,
    /// `$tag$ … $tag$`.
    DollarString,
    /// `"…"`, also with the prefix `U&`.
    Identifier,
    /// `( … )`.
    Parenthesis,
    /// `BEGIN ATOMIC … END` of a function or procedure.
    AtomicBody,
}

impl std::fmt::Display for Construct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Comment => "the comment",
            Self::String => "the string",
            Self::DollarString => "the dollar-quoted string",
            Self::Identifier => "the quoted identifier",
            Self::Parenthesis => "the parenthesis",
            Self::AtomicBody => "the body `BEGIN ATOMIC`",
        })
    }
}
