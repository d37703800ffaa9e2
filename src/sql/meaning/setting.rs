//! Statements that change settings of the session or the transaction they run in.

use super::reader::Reader;
use crate::sql::token::{Kind, Token};

/// A change of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What is changed.
    pub parameter: Parameter,
    /// How long it lasts.
    pub reach: Reach,
}

/// The setting that a statement changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// `search_path`, also as `SET SCHEMA`.
    SearchPath,
    /// The role that statements run as.
    Role,
    /// The user that the session has logged in as.
    SessionAuthorization,
    /// The isolation level and access mode of transactions.
    Transaction,
    /// Any other, by its name in lower case.
    Other(String),
    /// All of them: `RESET ALL`, `DISCARD ALL`.
    All,
}

/// How long a setting lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It outlives the transaction when that commits.
    Session,
    /// It ends with the transaction.
    Transaction,
}

/// Returns the setting that a SET, RESET, DISCARD or `SELECT set_config(…)` changes, `None` for any other statement.
///
/// Of a SELECT only a call that is its first column is seen, which is how pg_dump writes
/// `SELECT pg_catalog.set_config('search_path', '', false);`.
pub fn change(statement: &str) -> Option<Change> {
    let mut reader = Reader::new(statement);
    let session = |parameter| Some(Change { parameter, reach: Reach::Session });
    let first = reader.take_any(&["set", "reset", "discard", "select"])?;
    match first.to_ascii_lowercase().as_str() {
        "set" => of_set(&mut reader),
        "reset" => session(parameter(&mut reader)?),
        "discard" if reader.take(&["all"]) => session(Parameter::All),
        "select" => of_set_config(&mut reader),
        _ => None,
    }
}

fn of_set(reader: &mut Reader<'_>) -> Option<Change> {
    if reader.next_is("constraints") {
        return None;
    }
    // Lasts for the transaction only, though it does not say LOCAL.
    if reader.take(&["transaction"]) {
        return Some(Change { parameter: Parameter::Transaction, reach: Reach::Transaction });
    }
    if reader.take(&["session", "characteristics"]) {
        return Some(Change { parameter: Parameter::Transaction, reach: Reach::Session });
    }
    let mut reach = Reach::Session;
    if reader.take(&["local"]) {
        reach = Reach::Transaction;
    } else if !reader.clone().take(&["session", "authorization"]) {
        reader.take(&["session"]);
    }
    Some(Change { parameter: parameter(reader)?, reach })
}

fn parameter(reader: &mut Reader<'_>) -> Option<Parameter> {
    if reader.take(&["session", "authorization"]) {
        return Some(Parameter::SessionAuthorization);
    }
    if reader.take(&["transaction", "isolation", "level"]) {
        return Some(Parameter::Transaction);
    }
    if reader.take(&["time", "zone"]) {
        return Some(Parameter::Other("timezone".to_owned()));
    }
    if reader.take(&["xml", "option"]) {
        return Some(Parameter::Other("xmloption".to_owned()));
    }
    let name = reader.qualified_name()?;
    Some(match name.schema {
        Some(class) => Parameter::Other(format!("{class}.{}", name.name).to_ascii_lowercase()),
        None => named(&name.name),
    })
}

/// PostgreSQL compares names of settings without case, quoted ones too.
fn named(name: &str) -> Parameter {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "search_path" | "schema" => Parameter::SearchPath,
        "role" => Parameter::Role,
        "session_authorization" => Parameter::SessionAuthorization,
        "all" => Parameter::All,
        "names" => Parameter::Other("client_encoding".to_owned()),
        "transaction_isolation" | "transaction_read_only" | "transaction_deferrable" => {
            Parameter::Transaction
        }
        _ => Parameter::Other(name),
    }
}

fn of_set_config(reader: &mut Reader<'_>) -> Option<Change> {
    if reader.take(&["pg_catalog"]) && !reader.take_symbol(b'.') {
        return None;
    }
    if !reader.take(&["set_config"]) || !reader.take_symbol(b'(') {
        return None;
    }
    let parameter = named(&reader.text()?);
    let local = last_argument(reader).is_some_and(|token| {
        ["true", "t", "on", "1", "yes", "y"]
            .contains(&token.text.trim_matches('\'').to_ascii_lowercase().as_str())
    });
    Some(Change { parameter, reach: if local { Reach::Transaction } else { Reach::Session } })
}

/// Returns the last token before the parenthesis that closes a call.
fn last_argument<'a>(reader: &mut Reader<'a>) -> Option<Token<'a>> {
    let mut depth = 0usize;
    let mut last = None;
    for token in reader.tokens() {
        match token.kind {
            Kind::Symbol(b'(') => depth += 1,
            Kind::Symbol(b')') if depth == 0 => return last,
            Kind::Symbol(b')') => depth -= 1,
            _ => {}
        }
        last = Some(token);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_recognised_with_their_reach() {
        use Parameter::{All, Other, Role, SearchPath, SessionAuthorization, Transaction};
        use Reach::{Session, Transaction as Local};
        let other = |name: &str| Other(name.to_owned());
        for (statement, parameter, reach) in [
            ("set search_path = a, b;", SearchPath, Session),
            ("SET SESSION Search_Path TO a;", SearchPath, Session),
            ("set local \"SEARCH_PATH\" to a;", SearchPath, Local),
            ("set schema 'a';", SearchPath, Session),
            ("set role x;", Role, Session),
            ("set local role none;", Role, Local),
            ("set session authorization x;", SessionAuthorization, Session),
            ("set session session authorization default;", SessionAuthorization, Session),
            ("set local session authorization x;", SessionAuthorization, Local),
            ("set transaction isolation level serializable;", Transaction, Local),
            ("set session characteristics as transaction read only;", Transaction, Session),
            ("set statement_timeout = 0;", other("statement_timeout"), Session),
            ("set local my.\"Setting\" = 'x';", other("my.setting"), Local),
            ("set time zone 'UTC';", other("timezone"), Session),
            ("set names 'utf8';", other("client_encoding"), Session),
            ("set xml option document;", other("xmloption"), Session),
            ("reset search_path;", SearchPath, Session),
            ("reset role;", Role, Session),
            ("reset session authorization;", SessionAuthorization, Session),
            ("reset all;", All, Session),
            ("discard all;", All, Session),
            ("SELECT pg_catalog.set_config('search_path', '', false);", SearchPath, Session),
            ("select set_config('search_path', concat('a', ''), true) as x;", SearchPath, Local),
            ("select set_config('role', 'x', 't');", Role, Local),
        ] {
            assert_eq!(change(statement), Some(Change { parameter, reach }), "{statement}");
        }
    }

    #[test]
    fn other_statements_change_no_setting() {
        for statement in [
            "",
            "select 1;",
            "select x.set_config('search_path', '', false);",
            "select pg_catalog.now();",
            "update t set search_path = 1;",
            "set constraints all deferred;",
            "discard plans;",
            "alter role r set search_path = a;",
        ] {
            assert_eq!(change(statement), None, "{statement}");
        }
    }
}
