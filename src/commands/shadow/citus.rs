//! Stand-ins for Citus, so that migrations which distribute tables replay on a server without it.

use crate::db::error::DbError;
use crate::db::session::Session;
use crate::sql;

const STAND_INS: &str = include_str!("queries/citus_stand_ins.sql");
const THERE: &str =
    "SELECT true WHERE pg_catalog.to_regproc('pg_catalog.create_distributed_table') IS NOT NULL";

/// Makes the stand-ins, unless Citus or an earlier call has made what they stand for.
pub(in crate::commands) async fn stand_in(session: &Session) -> Result<(), DbError> {
    let doing = "making stand-ins for Citus";
    if !session.values(doing, THERE).await?.is_empty() {
        return Ok(());
    }
    session.run(doing, "BEGIN").await?;
    for statement in sql::statements(STAND_INS).map_while(Result::ok) {
        session.run(doing, statement.text).await?;
    }
    session.run(doing, "COMMIT").await
}
