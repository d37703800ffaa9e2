//! `crmdb schema contract`: writes what must be there into `schema.toml`, from the migrations or from the target.

use std::collections::BTreeSet;
use std::time::Duration;

use super::context::Context;
use super::shadow::{Edition, Rehearsed, Replay, Shadow, Until};
use super::verify::places;
use crate::cli::args::{ContractArgs, ContractList};
use crate::db::contract::{self, Patience};
use crate::db::ledger;
use crate::db::session::Session;
use crate::error::Error;
use crate::model::Installation;
use crate::model::contract::{Contract, Found, Kind};
use crate::model::plan::compare;
use crate::project::{self, Fresh, Opened, USUAL};
use crate::report::Report;
use crate::report::contract::ContractText;

const COMMAND: &str = "schema contract";

pub(super) async fn run(context: &mut Context<'_>, args: &ContractArgs) -> Result<Box<dyn Report>, Error> {
    let opened = context.project()?;
    let installations = context.installations(&opened.project)?;
    let named = &context.global.module;
    let written: Vec<&Installation<'_>> = installations
        .iter()
        .filter(|one| named.is_empty() || named.contains(&one.module.name))
        .filter(|one| !one.module.migrations.is_empty())
        .collect();
    let nothing = Contract::default();
    let declared: Vec<&Contract> = written
        .iter()
        .map(|one| opened.manifest.modules.get(&one.module.name).map_or(&nothing, |module| &module.contract))
        .collect();
    let kinds: BTreeSet<Kind> = USUAL.into_iter().chain(args.with.iter().map(|list| kind(*list))).collect();
    let wanted: Vec<_> = declared.iter().map(|contract| &contract.wanted() | &kinds).collect();
    let mut found = if args.from_target {
        of_target(context, &opened, (&written, &wanted)).await?
    } else {
        replayed(context, &opened, &installations, (&written, &wanted)).await?
    };
    let places = places(&installations);
    for (one, found) in written.iter().zip(&mut found) {
        found.name_modules(&one.schema, &places);
    }
    let fresh = |((one, declared), found)| {
        let one: &&Installation<'_> = one;
        Fresh { module: &one.module.name, schema: &one.schema, declared, found }
    };
    let fresh: Vec<Fresh<'_>> = written.iter().zip(declared).zip(&found).map(fresh).collect();
    let before = project::manifest_text(&opened.root)?;
    let after = project::refresh(&before, &fresh, &kinds, &places).map_err(project::ProjectError::from)?;
    if !args.check && after != before {
        project::write_manifest(&opened.root, &after)?;
    }
    let modules = fresh.len();
    Ok(Box::new(ContractText { command: COMMAND, modules, before, after, written: !args.check }))
}

fn kind(list: ContractList) -> Kind {
    match list {
        ContractList::Columns => Kind::Column,
        ContractList::PrimaryKey => Kind::PrimaryKey,
        ContractList::Unique => Kind::Unique,
        ContractList::Checks => Kind::Check,
        ContractList::Views => Kind::ViewDefinition,
    }
}

type Wanted<'a> = (&'a [&'a Installation<'a>], &'a [BTreeSet<Kind>]);

/// Reads the target. It must hold all that the files make: a contract of less would take the rest away.
async fn of_target(
    context: &mut Context<'_>,
    opened: &Opened,
    (written, wanted): Wanted<'_>,
) -> Result<Vec<Found>, Error> {
    let target = context.connect(&opened.manifest).await?;
    let ledger = ledger::read(&target.session).await?;
    for one in written {
        let comparison = compare(one, &ledger);
        if !comparison.pending.is_empty() {
            return Err(Error::Usage {
                message: format!(
                    "migrations of module `{}` are pending on {}",
                    one.module.name,
                    target.name()
                ),
                hint: Some("apply them with `crmdb migrate up`, or leave `--from-target` out".to_owned()),
            });
        }
    }
    found(&target.session, (written, wanted)).await
}

/// Applies all migrations to a shadow and reads that.
async fn replayed(
    context: &mut Context<'_>,
    opened: &Opened,
    installations: &[Installation<'_>],
    wanted: Wanted<'_>,
) -> Result<Vec<Found>, Error> {
    let rehearsed = Rehearsed::of(installations);
    let replay =
        Replay { opened, installations: &rehearsed.installations(), until: Until::End, command: COMMAND };
    let shadow = Shadow::replayed(context, Edition::Any, &replay).await?;
    let read = found(&shadow.session, wanted).await;
    shadow.drop_database().await?;
    read
}

async fn found(session: &Session, (written, wanted): Wanted<'_>) -> Result<Vec<Found>, Error> {
    let request = |(one, wanted): (&&Installation<'_>, &BTreeSet<Kind>)| (one.schema.clone(), wanted.clone());
    let requests: Vec<_> = written.iter().zip(wanted).map(request).collect();
    let requests: Vec<_> = requests
        .iter()
        .map(|(schema, wanted)| contract::Request { schema, wanted: wanted.clone(), queries: Vec::new() })
        .collect();
    let patience =
        Patience { lock_timeout: Duration::from_secs(2), statement_timeout: Duration::from_secs(60) };
    let readings = contract::read(session, &requests, patience).await?;
    Ok(readings.into_iter().map(|reading| reading.found).collect())
}
