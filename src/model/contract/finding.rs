//! What a comparison of a contract with a database finds, each with its text and the way out.

use std::fmt;

use serde::Serialize;

use super::{ColumnDefinition, Kind, Words};
use crate::model::foreign_key::ForeignKey;

/// How something differs from the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// It is declared and not there.
    Missing,
    /// It is there and not declared, and the contract is strict.
    Unexpected,
    /// It is there and not as declared.
    Different,
    /// A validation query of the author's own returned a row.
    Row,
    /// A validation query could not be run.
    Failed,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// The module's name.
    pub module: String,
    /// The schema that the module is installed under.
    pub schema: String,
    /// The table it belongs to, for what belongs to one.
    pub table: Option<String>,
    /// Its name; for a query the path of its file.
    pub name: String,
}

/// One thing that is not as the contract says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How it differs.
    pub code: Code,
    /// What it is about.
    #[serde(flatten)]
    pub object: Object,
    /// What should be, where that is more than the object's being there.
    pub expected: Option<String>,
    /// What is: the definition, the defect, the row, or the server's words.
    pub found: Option<String>,
    /// What to do about it.
    pub hint: String,
    /// The file that demands it, from the project's folder on.
    pub path: String,
    /// The line of that file, from 1.
    pub line: usize,
}

impl Finding {
    /// Tells whether migrations that are not applied, whose words are `pending`, may create or change what the finding is
    /// about: then it says nothing about a target where they are still to come.
    ///
    /// A statement that changes an object names it or the table it belongs to, a foreign key's other table, or a column's
    /// type.
    pub fn may_be_pending(&self, pending: &Words) -> bool {
        let Object { kind, table, name, .. } = &self.object;
        let own = table.as_deref().is_some_and(|table| pending.mention(table));
        let expected = self.expected.as_deref().unwrap_or_default();
        own || match kind {
            Kind::Column => {
                !expected.is_empty() && pending.mention(&ColumnDefinition::parse(expected).data_type)
            }
            Kind::ForeignKey => {
                expected.parse::<ForeignKey>().is_ok_and(|key| pending.mention(&key.target.table))
            }
            Kind::PrimaryKey
            | Kind::RowLevelSecurity
            | Kind::Policy
            | Kind::Trigger
            | Kind::Check
            | Kind::Unique => false,
            Kind::Distribution => pending.mention("citus_schema_distribute"),
            // A view follows what it selects from: its definition changes with the names of columns.
            Kind::View => {
                let found = Words::of(self.found.as_deref());
                pending.mention(name) || Words::of([expected]).without(&found).any_in(pending)
            }
            _ => pending.mention(name),
        }
    }

    /// Returns the finding that a module has nothing applied.
    pub fn not_installed(module: &str, schema: &str, line: usize) -> Self {
        Self {
            code: Code::Missing,
            object: Object::module(module, schema),
            expected: None,
            found: None,
            hint: format!(
                "install it with `crmdb migrate up --module {module}`, or verify others with `--module`"
            ),
            path: "schema.toml".to_owned(),
            line,
        }
    }

    /// Returns the finding that nothing could be read, for the server's reason.
    pub fn unread(module: &str, schema: &str, reason: String) -> Self {
        Self {
            code: Code::Failed,
            object: Object::module(module, schema),
            expected: None,
            found: Some(reason),
            hint: "what was applied stays applied; look at it with `crmdb verify`".to_owned(),
            path: "schema.toml".to_owned(),
            line: 1,
        }
    }
}

impl Object {
    fn module(module: &str, schema: &str) -> Self {
        let (name, schema) = (module.to_owned(), schema.to_owned());
        Self { kind: Kind::Module, module: name.clone(), schema, table: None, name }
    }

    /// Returns the name as SQL would have it, for people: `sales.leads`.
    fn qualified(&self) -> String {
        match &self.table {
            Some(table) => format!("{}.{table}", self.schema),
            None => format!("{}.{}", self.schema, self.name),
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.kind.word();
        match (self.kind, &self.table) {
            (Kind::Module | Kind::Extension | Kind::Query, _) => write!(f, "{word} `{}`", self.name),
            (Kind::PrimaryKey | Kind::RowLevelSecurity, Some(_)) => {
                write!(f, "{word} of `{}`", self.qualified())
            }
            (Kind::Distribution, None) => write!(f, "{word} of schema `{}`", self.schema),
            (Kind::Function, _) => write!(f, "{word} `{}.{}`", self.schema, self.name),
            (_, Some(_)) => write!(f, "{word} `{}` of `{}`", self.name, self.qualified()),
            (_, None) => write!(f, "{word} `{}`", self.qualified()),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { object, .. } = self;
        match (self.code, &self.expected, &self.found) {
            (Code::Missing, ..) if object.kind == Kind::Module => write!(f, "{object} is not installed"),
            (Code::Missing, Some(expected), _) => write!(f, "{object} is missing: `{expected}`"),
            (Code::Missing, None, _) => write!(f, "{object} is missing"),
            (Code::Unexpected, _, Some(found)) => write!(f, "{object} is not declared: `{found}`"),
            (Code::Unexpected, _, None) => write!(f, "{object} is not declared"),
            (Code::Different, Some(expected), Some(found)) => {
                write!(f, "{object} is different: expected `{expected}`, found `{found}`")
            }
            (Code::Different, None, Some(found)) => write!(f, "{object} {found}"),
            (Code::Different, _, None) => write!(f, "{object} is different"),
            (Code::Row, Some(message), Some(row)) => write!(f, "{message}: {row}"),
            (Code::Row, message, row) => {
                let said = message.as_deref().or(row.as_deref()).unwrap_or("the query returned a row");
                f.write_str(said)
            }
            (Code::Failed, _, found) => {
                let what = if object.kind == Kind::Module { "the contract of " } else { "" };
                write!(
                    f,
                    "{what}{object} can't be verified: {}",
                    found.as_deref().unwrap_or("the server did not say why")
                )
            }
        }
    }
}
