//! What `down` says before it runs, what it asks, and how it says to go on.

use super::Origin;
use crate::cli::args::{DownArgs, SchemaArg};
use crate::commands::context::{Context, Target};
use crate::error::Error;
use crate::model::plan::{End, Finding, PlanFile};
use crate::model::{Ledger, Plan, Step};
use crate::report::text::{first_of, shell_word, time};

/// Shows what will be taken back; where the SQL is not that of files, who applied it and when.
pub(super) fn show(
    context: &mut Context<'_>,
    target: &Target,
    (plan, ledger, origin): (&Plan, &Ledger, &Origin<'_>),
) {
    let mut text = match origin {
        Origin::Plan(PlanFile { made_at, made_by, .. }) => {
            format!("the plan that {made_by} made at {made_at}\n")
        }
        _ => String::new(),
    };
    text += &format!("taking back from {}:\n", target.name());
    let line = |step: &Step| {
        let label = step.label();
        if matches!(origin, Origin::Files(_)) {
            return format!("  {label}");
        }
        let mut rows = ledger.applied_to(&step.module, &step.schema);
        let row = rows.find(|row| row.version == step.version);
        let applied = row.map(|row| format!(", applied {} by `{}`", time(row.applied_at), row.applied_by));
        format!("  {label}{}; rollback {}", applied.unwrap_or_default(), step.script.checksum)
    };
    text += &first_of(&plan.steps.iter().map(line).collect::<Vec<_>>());
    context.terminal.note(text.trim_end());
    for key in plan.steps.iter().flat_map(|step| &step.releases) {
        let name = format!("{}.{}", key.schema, key.constraint);
        context.terminal.note(&format!("the foreign key {name} is taken back to waiting first"));
    }
    for note in &plan.notes {
        context.terminal.note(&format!("note: {note}"));
    }
}

/// Asks which rollbacks are meant where those of the files are not those that the ledger recorded.
pub(super) fn which(context: &mut Context<'_>, (plan, args): (&Plan, &DownArgs)) -> Result<(), Error> {
    let edited = plan.notes.iter().filter(|note| matches!(note, Finding::RollbackEdited { .. }));
    let edited: Vec<Finding> = edited.cloned().collect();
    if args.from_files || edited.is_empty() {
        return Ok(());
    }
    match context.terminal.confirm("run the rollbacks of the files, not those that the ledger recorded?") {
        Some(true) => Ok(()),
        _ => Err(Error::Refused(edited)),
    }
}

/// Adds to the error of a run the command that goes on.
pub(super) fn told(context: &Context<'_>, asked: (&DownArgs, &Origin<'_>), error: Error) -> Error {
    match error {
        Error::Run(mut failure) => {
            failure.again = again(context, asked, failure.done.len());
            Error::Run(failure)
        }
        other => other,
    }
}

/// Returns the command that goes on after `done` migrations were taken back. A plan in a file was for the target as it was
/// before them, so what it leaves is the ledger's to tell.
fn again(context: &Context<'_>, (args, origin): (&DownArgs, &Origin<'_>), done: usize) -> String {
    let mut line = "crmdb migrate down".to_owned();
    if let Some(folder) = &context.global.project {
        line += &format!(" -C {}", shell_word(&folder.display().to_string()));
    }
    if let Some(url) = &context.global.database_url {
        // Without it the command would be one for another database.
        let url = if may_hold_secret(url) { "…".to_owned() } else { shell_word(url) };
        line += &format!(" --database-url {url}");
    }
    if let Origin::Plan(PlanFile { to: Some(End { module, version }), .. }) = origin {
        line += &format!(" --to {module}:{version} --from-ledger");
    } else if let Some(to) = &args.to {
        let module = to.module.as_ref().map(|module| format!("{module}:")).unwrap_or_default();
        line += &format!(" --to {module}{}", to.version.0);
    } else if args.all {
        line += " --all";
    } else if let Some(steps) = args.steps.filter(|steps| *steps > 1) {
        line += &format!(" --steps {}", steps.saturating_sub(done).max(1));
    }
    for module in &context.global.module {
        line += &format!(" --module {module}");
    }
    for schema in &context.global.schema {
        if let SchemaArg::Install(module, schema) = schema {
            line += &format!(" --schema {module}={schema}");
        }
    }
    for (given, flag) in [
        (args.from_ledger, " --from-ledger"),
        (args.from_files, " --from-files"),
        (args.single_transaction, " --single-transaction"),
        (args.loss.rescue, " --rescue"),
        (args.loss.no_rescue, " --no-rescue"),
    ] {
        if given {
            line += flag;
        }
    }
    if let Some(folder) = &args.loss.rescue_dir {
        line += &format!(" --rescue-dir {}", shell_word(&folder.display().to_string()));
    }
    match args.loss.accept_data_loss.as_deref() {
        Some("") => line += " --accept-data-loss",
        Some(database) => line += &format!(" --accept-data-loss={database}"),
        None => {}
    }
    line
}

/// Tells whether a connection string may hold a password. Escapes could hide one, but for the slash of a socket's folder.
fn may_hold_secret(url: &str) -> bool {
    let url = url.to_lowercase().replace("%2f", "/");
    let userinfo =
        url.split_once("://").and_then(|(_, rest)| rest.split_once('@')).map(|(userinfo, _)| userinfo);
    userinfo.is_some_and(|userinfo| userinfo.contains(':')) || url.contains("pass") || url.contains('%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_is_shown_only_where_no_password_can_be_in_it() {
        for url in [
            "postgresql://op@db.example:5432/crm",
            "postgresql:///crm?host=%2Fvar%2Frun&port=5433",
            "host=db.example user=op dbname=crm",
        ] {
            assert!(!may_hold_secret(url), "{url}");
        }
        for url in [
            "postgresql://op:secret@db.example/crm",
            "postgresql://op:a@b@db.example/crm",
            "postgresql://db.example/crm?user=op&password=secret",
            "postgresql://db.example/crm?%70assword=secret",
            "host=db.example PASSWORD = secret",
            "postgresql://db.example/crm?sslpassword=secret",
        ] {
            assert!(may_hold_secret(url), "{url}");
        }
    }
}
