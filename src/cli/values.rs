//! Values of arguments that mean more than their text.

use crate::model::Version;

/// A version, and the module where one was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalArg {
    /// The module before the colon.
    pub module: Option<String>,
    /// The version.
    pub version: Version,
}

pub(super) fn goal(text: &str) -> Result<GoalArg, String> {
    let (module, number) = match text.rsplit_once(':') {
        Some((module, number)) => (Some(module.to_owned()), number),
        None => (None, text),
    };
    let digits = number.strip_prefix(['V', 'v']).unwrap_or(number);
    let version = digits.parse().ok().filter(|&version: &i64| version >= 0 && !digits.starts_with('+'));
    match version {
        Some(version) => Ok(GoalArg { module, version: Version(version) }),
        None => Err("a version is a number such as `42`, `V0042` or `sales:42`".to_owned()),
    }
}

pub(super) fn rescue(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| "a rescue has a number, which `crmdb rescue list` shows".to_owned())
}

/// What `--schema` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaArg {
    /// A module and the schema it is installed under.
    Install(String, String),
    /// A schema alone.
    Name(String),
}

pub(super) fn schema(text: &str) -> Result<SchemaArg, String> {
    let (module, schema) = match text.split_once('=') {
        Some((module, schema)) => (Some(module), schema),
        None => (None, text),
    };
    if module == Some("") || schema.is_empty() {
        return Err("write it as `MODULE=SCHEMA`".to_owned());
    }
    let Some(module) = module else { return Ok(SchemaArg::Name(schema.to_owned())) };
    match crate::model::project::schema_problem(schema) {
        Some(reason) => Err(format!("schema `{schema}` {reason}")),
        None => Ok(SchemaArg::Install(module.to_owned(), schema.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_a_version_with_or_without_a_module() {
        let at = |module: Option<&str>, version| GoalArg {
            module: module.map(str::to_owned),
            version: Version(version),
        };
        assert_eq!(goal("42"), Ok(at(None, 42)));
        assert_eq!(goal("V0042"), Ok(at(None, 42)));
        assert_eq!(goal("sales:V2"), Ok(at(Some("sales"), 2)));
        for bad in ["", "x", "-1", "+1", "sales:", "V", "9223372036854775808"] {
            assert!(goal(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_schema_is_given_to_a_module() {
        assert_eq!(schema("erp=tenant_42"), Ok(SchemaArg::Install("erp".to_owned(), "tenant_42".to_owned())));
        assert_eq!(schema("erp"), Ok(SchemaArg::Name("erp".to_owned())));
        for bad in ["", "=x", "erp=", "erp=pg_x", "erp=crmdb"] {
            assert!(schema(bad).is_err(), "{bad}");
        }
    }
}
