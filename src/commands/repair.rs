//! `crmdb migrate repair`: accepts files that were edited or renamed after they were applied; tries deferred foreign keys
//! again.

use super::context::{Context, Target, author, limits, lock_wait};
use super::foreign_keys::Keys;
use crate::cli::args::{HasteArgs, RepairArgs};
use crate::db::ledger::{self, Correction};
use crate::db::run::{Execution, Grouping, Runner};
use crate::error::Error;
use crate::model::deferred::Aim;
use crate::model::progress::Listener;
use crate::model::squash;
use crate::model::step::label;
use crate::model::{Installation, Ledger};
use crate::report::Report;
use crate::report::repair::{KeysTried, Recorded, difference};

pub(super) async fn run(context: &mut Context<'_>, args: &RepairArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let installations = context.installations(&opened.project)?;
    let wait = lock_wait(args.run.lock_wait, &opened.manifest);
    let mut target = context.connect(&opened.manifest).await?;
    let lock = context.lock(&mut target, wait).await?;
    let seen = context.ledger(&mut target, &lock).await?;
    if args.foreign_keys {
        let keys = Keys::declared(&opened.project, &installations, &context.schemas()?);
        let (author, limits) = (author(&opened.manifest), limits(&args.run, &opened.manifest));
        let (grouping, haste) = (Grouping::Each, context.haste(&HasteArgs::default()));
        let execution = Execution { author, limits, grouping, haste, rescue: None };
        let mut runner = Runner { session: &mut target.session, lock: &lock, execution: &execution };
        let listener: &mut Listener<'_> = &mut |event| context.terminal.progress(&event);
        let foreign_keys = keys.settle(&mut runner, Aim::TryAgain, listener).await?;
        return Ok(Box::new(KeysTried { target: target.name(), foreign_keys }));
    }
    let corrections = corrections(&installations, &seen);
    show(context, &target, &corrections).await?;
    if !corrections.is_empty() {
        context.confirm(&format!("record the present files as what was applied to {}?", target.name()))?;
        ledger::write_corrections(&target.session, &author(&opened.manifest), &corrections).await?;
    }
    let migrations = corrections.iter().map(|one| label(&one.row.module, one.file.file.as_str())).collect();
    Ok(Box::new(Recorded { command: "migrate repair", target: target.name(), migrations }))
}

/// Returns the rows whose file has another text or another name.
fn corrections<'a>(installations: &[Installation<'a>], ledger: &'a Ledger) -> Vec<Correction<'a>> {
    let mut corrections = Vec::new();
    for installation in installations {
        for row in ledger.applied.iter() {
            let same = row.module == installation.module.name && row.schema == installation.schema;
            let file =
                installation.module.migrations.iter().find(|file| same && file.version() == row.version);
            let file = file.filter(|_| squash::standing_for(&installation.module.migrations, row).is_none());
            let differs =
                file.filter(|file| file.up.checksum != row.checksum || file.file.as_str() != row.file);
            corrections.extend(differs.map(|file| Correction { row, file }));
        }
    }
    corrections
}

async fn show(
    context: &mut Context<'_>,
    target: &Target,
    corrections: &[Correction<'_>],
) -> Result<(), Error> {
    for Correction { row, file } in corrections {
        let style = context.terminal.style();
        let name = label(&row.module, file.file.as_str());
        if row.file != file.file.as_str() {
            context.terminal.note(&format!("`{name}` was applied under the name `{}`", row.file));
        }
        match ledger::read_recorded(&target.session, row).await? {
            Some(recorded) => {
                context.terminal.note(difference(style, &file.up.path, &recorded, &file.up.text).trim_end())
            }
            None => {
                context.terminal.note(&format!("`{name}`: the ledger did not keep the SQL that was applied"))
            }
        }
    }
    Ok(())
}
