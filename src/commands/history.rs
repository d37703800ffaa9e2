//! `crmdb history`: the event log.

use super::context::Context;
use crate::cli::args::HistoryArgs;
use crate::db::ledger;
use crate::error::Error;
use crate::report::Report;
use crate::report::history::History;

pub(super) async fn run(context: &mut Context<'_>, args: &HistoryArgs) -> Result<Box<dyn Report>, Error> {
    let manifest = context.manifest()?;
    let target = context.connect(&manifest).await?;
    let events = ledger::read_events(&target.session, i64::from(args.limit), &context.global.module).await?;
    Ok(Box::new(History { target: target.name(), events, limit: args.limit }))
}
