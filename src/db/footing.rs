//! How the transactions of a run begin and end on their session: what is reset, what shuts out an earlier run, and what
//! is put back where the server process is not crmdb's own.

use crate::model::Route;
use crate::model::peer::Product;
use crate::sql::quote;

const FENCE: &str = include_str!("queries/fence.sql");
const ENTER_POOL: &str = include_str!("queries/enter_pool.sql");
const CITUS: &str = include_str!("queries/citus_settings.sql");
const LEAVE_POOL: &str = include_str!("queries/leave_pool.sql");
const OWN_ROLE_IN_POOL: &str = include_str!("queries/own_role_in_pool.sql");

/// The SQLSTATE with which a transaction of a run does not begin after another one has taken over: a division by zero.
pub(super) const TAKEN_OVER: &str = "22012";

/// What the transactions of a session have to heed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Footing {
    /// What stands between this session and its server process.
    pub(super) route: Route,
    /// The run that the session works for, once it has taken over.
    pub(super) token: Option<i64>,
    /// The server software.
    pub(super) product: Product,
    /// The server's major version; 0 where it does not tell.
    pub(super) major: u32,
}

/// How a transaction ends when all went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// COMMIT returns before the WAL is on disk; a later synchronous commit flushes it too.
    Later,
    /// COMMIT returns when the WAL is on disk.
    Now,
}

/// The statements that begin and end a transaction of a session.
pub(super) struct Bounds {
    pub(super) begin: String,
    /// What holds for the transaction besides a script's own settings; empty on most servers.
    pub(super) locals: String,
    /// Ends a script's role.
    pub(super) own_role: String,
    /// Stands before COMMIT; empty where nobody else uses the session.
    pub(super) leave: String,
}

/// What a pooled session was like before the transaction.
pub(super) struct Found<'a> {
    /// A JSON object of all settings that a session can change.
    pub(super) settings: &'a str,
    pub(super) role: &'a str,
    pub(super) user: &'a str,
}

impl Footing {
    /// Returns what is around a transaction on a session of crmdb's own.
    ///
    /// What was set for the session before ends: a run that begins here must not differ from one that went through. Code
    /// that a statement calls may have changed the role too, so the text of the migration does not tell.
    pub(super) fn bounds(&self, durability: Durability) -> Bounds {
        let (head, locals) = (self.head(), self.locals());
        Bounds {
            begin: join(&[&head, "RESET ALL", &locals, durability.setting()]),
            locals,
            own_role: "RESET SESSION AUTHORIZATION; RESET ROLE".to_owned(),
            leave: String::new(),
        }
    }

    /// Returns what is around a transaction on a session that is others' too: it leaves the session as it was `found`.
    ///
    /// A setting is put back for the session, because one that a script made for the session can't be told from one for
    /// the transaction. Constraints are checked before that, under the script's own settings.
    pub(super) fn bounds_in_pool(&self, durability: Durability, found: &Found<'_>) -> Bounds {
        let text = |text: &str| quote::literal(text).expect("no value of a setting has a NUL");
        let (user, role) = (text(found.user), text(found.role));
        Bounds {
            begin: join(&[ENTER_POOL.trim_end(), &self.locals(), durability.setting()]),
            locals: self.locals(),
            own_role: OWN_ROLE_IN_POOL.replace("{user}", &user).replace("{role}", &role),
            leave: LEAVE_POOL.replace("{settings}", &text(found.settings)),
        }
    }

    /// Returns the statements that begin a transaction on the session's settings as they are. They fail with a division by
    /// zero when another run has taken over.
    pub(super) fn begin_alone(&self) -> String {
        join(&[&self.head(), &self.locals()])
    }

    /// Returns the statements that begin a transaction of a script outside one. The session's settings are made already;
    /// on Citus only what is set for the transaction reaches the workers, so there they are made again.
    pub(super) fn begin_among(&self, settings: impl FnOnce() -> String) -> String {
        match self.product {
            Product::Citus(_) => join(&[&self.begin_alone(), &settings()]),
            _ => self.begin_alone(),
        }
    }

    fn head(&self) -> String {
        let fence = |token: i64| FENCE.trim_end().replace("{token}", &token.to_string());
        join(&["BEGIN ISOLATION LEVEL READ COMMITTED", &self.token.map(fence).unwrap_or_default()])
    }

    /// Returns what each transaction sets for itself, before the limits of a script.
    fn locals(&self) -> String {
        // What an administrator set there is for applications; a migration has limits of its own.
        let timeout = if self.major >= 17 { "SET LOCAL transaction_timeout = 0" } else { "" };
        let citus = if matches!(self.product, Product::Citus(_)) { CITUS.trim_end() } else { "" };
        join(&[timeout, citus])
    }
}

fn join(statements: &[&str]) -> String {
    let statements: Vec<&str> = statements.iter().copied().filter(|sql| !sql.is_empty()).collect();
    statements.join("; ")
}

impl Durability {
    fn setting(self) -> &'static str {
        match self {
            Self::Now => "",
            Self::Later => "SET LOCAL synchronous_commit = off",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::peer::CitusNode;

    #[test]
    fn a_transaction_begins_with_what_shuts_out_an_earlier_run() {
        let footing = Footing { token: Some(7), ..Footing::default() };
        assert_eq!(
            footing.bounds(Durability::Later).begin,
            "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT crmdb.enter(7); RESET ALL; SET LOCAL synchronous_commit = off"
        );
        assert_eq!(Footing::default().begin_alone(), "BEGIN ISOLATION LEVEL READ COMMITTED");
    }

    #[test]
    fn only_a_server_that_knows_the_transactions_timeout_is_told_of_it() {
        for (major, told) in [(0, false), (16, false), (17, true), (18, true)] {
            let footing = Footing { major, ..Footing::default() };
            assert_eq!(footing.begin_alone().contains("transaction_timeout"), told, "{major}");
            let begin = footing.bounds(Durability::Now).begin;
            assert_eq!(begin.ends_with("RESET ALL; SET LOCAL transaction_timeout = 0"), told, "{begin}");
        }
    }

    #[test]
    fn on_citus_each_transaction_reaches_the_workers_with_its_limits_and_one_shard_at_a_time() {
        let footing = Footing { product: Product::Citus(CitusNode::Coordinator), ..Footing::default() };
        let settings = "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'; \
                        SET LOCAL citus.propagate_set_commands TO 'local'";
        let Bounds { begin, locals, .. } = footing.bounds(Durability::Now);
        assert_eq!(begin, format!("BEGIN ISOLATION LEVEL READ COMMITTED; RESET ALL; {settings}"));
        assert_eq!(locals, settings);
        assert!(footing.begin_alone().ends_with(settings));
        let found = Found { settings: "{}", role: "none", user: "a" };
        assert!(footing.bounds_in_pool(Durability::Now, &found).begin.ends_with(settings));
    }

    #[test]
    fn a_pooled_session_is_never_reset_and_always_put_back() {
        let found = Found { settings: "{\"work_mem\": \"it's\"}", role: "none", user: "o'neill" };
        let Bounds { begin, own_role, leave, .. } =
            Footing::default().bounds_in_pool(Durability::Now, &found);
        for sql in [&begin, &own_role, &leave] {
            assert!(!sql.contains("RESET ") && !sql.contains(['{', '}']) || sql == &leave, "{sql}");
        }
        assert!(own_role.contains("'o''neill'") && own_role.contains("'none'"), "{own_role}");
        assert!(leave.contains("'{\"work_mem\": \"it''s\"}'"), "{leave}");
    }
}
