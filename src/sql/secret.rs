//! What in a statement may be a secret, and a statement without it. Pure.

use super::identifier::decode;
use super::token::{Kind, Token, significant};

/// The parameters that are secrets (src/interfaces/libpq/fe-connect.c: those with a `*` in `PQconninfoOptions`).
const PARAMETERS: [&str; 5] =
    ["password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"];

/// Returns whether the connection string may hold a secret; what can't be told counts as one.
pub(crate) fn holds_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let place = text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://"));
    if let Some(place) = place {
        // A user with a password, or a parameter whose name is not written plainly.
        let user = place.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
        let query = place.split_once('?').map_or("", |(_, query)| query);
        let odd = |pair: &str| pair.split('=').next().is_some_and(|name| name.contains('%'));
        if user || query.split('&').any(odd) {
            return true;
        }
    }
    let named = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let begins = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            begins && text[at + name.len()..].trim_start().starts_with('=')
        })
    };
    PARAMETERS.iter().any(|name| named(name))
}

/// What is part of the name of an option that holds a secret, in any foreign-data wrapper.
const NAMES: [&str; 15] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "credential",
    "api_key",
    "apikey",
    "access_key",
    "private_key",
    "account_key",
    "scram_client_key",
    "scram_server_key",
];

/// What has such a name and says only whether or where there is a secret.
const NOT_SECRET: [&str; 4] = ["password_required", "passwordrequired", "tokenizer", "token_endpoint"];

/// Returns whether an option of this name holds a secret.
pub(crate) fn is_name_of_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let bare = name.replace('_', "");
    let named = |part: &&str| name.contains(*part) || bare.contains(&part.replace('_', ""));
    !NOT_SECRET.contains(&name.as_str()) && NAMES.iter().any(named)
}

/// Returns whether the value is a connection string or URL with a secret in it.
pub(crate) fn may_hold_secret(value: &str) -> bool {
    let text = value.to_ascii_lowercase();
    let user = |(at, _): (usize, &str)| {
        let place = text[at + 3..].split(['/', '?', ' ']).next().unwrap_or_default();
        place.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
    };
    let paired = text
        .split([';', '&', '?', ' ', ','])
        .any(|pair| pair.trim().split_once('=').is_some_and(|(name, _)| is_name_of_secret(name.trim())));
    paired || text.match_indices("://").any(user) || holds_secret(value)
}

/// Returns `sql` with asterisks in the place of the string constants that may be secrets: those behind a word or an option's
/// name that says so, as in `PASSWORD '…'` and `OPTIONS (password '…')`, and connection strings. No character moves.
pub(crate) fn masked(sql: &str) -> String {
    let (mut text, mut at) = (String::with_capacity(sql.len()), 0);
    // The word that a constant stands behind, an `=` between the two or not.
    let mut word: Option<Token<'_>> = None;
    for token in significant(sql) {
        match token.kind {
            Kind::String | Kind::DollarString => {
                text.push_str(&sql[at..token.start]);
                let named = word.take().is_some_and(|word| is_name_of_secret(&named(&word)));
                text.push_str(&masked_constant(&token, named));
                at = token.start + token.text.len();
            }
            // The server quotes the statement that a function ran.
            Kind::QuotedWord if token.text.contains('\'') => {
                text.push_str(&sql[at..=token.start]);
                text.push_str(&masked(token.text.trim_matches('"')));
                at = token.start + token.text.len() - 1;
            }
            Kind::Word | Kind::QuotedWord => word = Some(token),
            Kind::Symbol(b'=' | b':') => {}
            _ => word = None,
        }
    }
    text.push_str(&sql[at..]);
    text
}

fn named(word: &Token<'_>) -> String {
    match word.kind {
        Kind::QuotedWord => decode(word).unwrap_or_default(),
        _ => word.text.to_owned(),
    }
}

/// What is between the quotes of a dollar-quoted constant may be a statement itself.
fn masked_constant(token: &Token<'_>, named: bool) -> String {
    let quote = if token.kind == Kind::DollarString { '$' } else { '\'' };
    let ends = |found: usize| token.text[found + 1..].find(quote).map(|at| found + 2 + at);
    let open = token.text.find(quote).and_then(|at| if quote == '$' { ends(at) } else { Some(at + 1) });
    let Some(open) = open else { return token.text.to_owned() };
    let close = if quote == '$' { token.text.len() - open } else { token.text.len() - 1 };
    let Some(inside) = token.text.get(open..close) else { return token.text.to_owned() };
    let inside = match token.kind {
        _ if named => asterisks(inside),
        Kind::String if may_hold_secret(inside) || holds_statement_with_secret(inside) => asterisks(inside),
        Kind::DollarString => masked(inside),
        _ => inside.to_owned(),
    };
    format!("{}{inside}{}", &token.text[..open], &token.text[close..])
}

/// Tells whether a constant is a statement that a function is to run, with a secret in it.
fn holds_statement_with_secret(inside: &str) -> bool {
    let statement = inside.replace("''", "'");
    inside.len() != statement.len() && masked(&statement) != statement
}

/// A line stays a line.
fn asterisks(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_both_forms_of_a_connection_string() {
        for (text, found) in [
            ("host=h dbname=d user=u", false),
            ("host=h passfile=/home/u/.pgpass service=s sslkey=k", false),
            ("host=h require_auth=password", false),
            ("host=h password=x", true),
            ("host=h PASSWORD = 'x y'", true),
            ("password='x'", true),
            ("host=h sslpassword=x", true),
            ("host=h user=u scram_client_key=x", true),
            ("postgresql://u@h:5432/d?sslmode=require", false),
            ("postgresql://h:5432,i:5433/d", false),
            ("postgresql://u:x@h/d", true),
            ("postgres://u:@h", true),
            ("postgres://u:x/y@h/d", true),
            ("postgres://h/d?user=u&password=x", true),
            ("postgres://h/d?p%61ssword=x", true),
        ] {
            assert_eq!(holds_secret(text), found, "{text}");
        }
    }

    #[test]
    fn a_constant_behind_a_word_that_says_so_is_masked_and_no_other_is() {
        for (sql, shown) in [
            ("create role r password 'S3c''ret' login;", "create role r password '********' login;"),
            ("alter role r ENCRYPTED PASSWORD e'S\\'x'", "alter role r ENCRYPTED PASSWORD e'****'"),
            ("options (user 'u', \"password\" 'x'", "options (user 'u', \"password\" '*'"),
            ("update app set api_key = 'x', name = 'y'", "update app set api_key = '*', name = 'y'"),
            (
                "create subscription s connection 'host=h password=x'",
                "create subscription s connection '*****************'",
            ),
            ("select dblink('postgresql://u:p@h/d')", "select dblink('********************')"),
            (
                "do $x$ begin alter role r password 'ä\nb'; end $x$",
                "do $x$ begin alter role r password '*\n*'; end $x$",
            ),
            ("execute 'alter role r password ''x'''", "execute '***************************'"),
            ("execute 'select ''x'''", "execute 'select ''x'''"),
            ("alter role r password $$x$$", "alter role r password $$*$$"),
            ("comment on column u.password is 'a hash'", "comment on column u.password is 'a hash'"),
            ("create table u (password text default 'x')", "create table u (password text default 'x')"),
            ("-- password 'x'\nselect 'x'", "-- password 'x'\nselect 'x'"),
            (
                "SQL statement \"alter role r password 'x'\"\nat",
                "SQL statement \"alter role r password '*'\"\nat",
            ),
            ("alter role r password 'never ended", "alter role r password 'never ended"),
            ("", ""),
        ] {
            assert_eq!(masked(sql), shown, "{sql}");
        }
    }
}
