//! Kept results of replays: a database for each prefix that is worth it, found by its fingerprint, the oldest dropped.
#![expect(clippy::disallowed_methods, reason = "when a template was used decides which one goes")]

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ground::Ground;
use crate::db::error::DbError;
use crate::error::Error;
use crate::model::chain::Chain;
use crate::sql::quote;

const TEMPLATES: &str = include_str!("queries/templates.sql");
const SIZES: &str = include_str!("queries/sizes.sql");
const PREFIX: &str = "crmdb_template_";

/// Megabytes that all templates may take together, where `CRMDB_SHADOW_CACHE` does not say.
const LIMIT: u64 = 1024;

#[derive(Debug, Deserialize)]
struct Template {
    name: String,
    /// When it was used last, and what it is made of: [`note`].
    note: String,
}

#[derive(Debug, Deserialize)]
struct Sized {
    name: String,
    bytes: u64,
}

/// The templates of a server, as one look saw them.
#[derive(Debug, Default)]
pub(super) struct Templates {
    /// What each is made of, by its fingerprint.
    traces: BTreeMap<String, String>,
}

impl Templates {
    /// Looks at what is kept on the server.
    pub(super) async fn read(ground: &Ground) -> Result<Self, Error> {
        if !ground.is_private() || limit()? == 0 {
            return Ok(Self::default());
        }
        let texts = ground.admin.values("looking for templates", TEMPLATES).await?;
        let templates = texts.iter().filter_map(|text| serde_json::from_str::<Template>(text).ok());
        let traces = templates.filter_map(|template| {
            let trace = template.note.split_once(' ').map(|(_, trace)| trace.to_owned()).unwrap_or_default();
            Some((template.name.strip_prefix(PREFIX)?.to_owned(), trace))
        });
        Ok(Self { traces: traces.collect() })
    }

    /// Returns the longest prefix of at most `most` steps that is kept.
    pub(super) fn longest(&self, chain: &Chain, most: usize) -> Option<usize> {
        chain.longest(most, |name| self.traces.contains_key(name))
    }

    /// Forgets a template that is gone.
    pub(super) fn forget(&mut self, chain: &Chain, steps: usize) {
        self.traces.remove(chain.name(steps));
    }

    /// Returns how many steps the chain shares with the kept one that it shares most with: what comes next is what
    /// somebody is at work on, so the result of these steps will be wanted again.
    pub(super) fn diverges(&self, chain: &Chain) -> usize {
        self.traces.values().map(|trace| chain.shared(trace)).max().unwrap_or(0)
    }
}

/// Returns the name of the database that holds the result of so many steps.
pub(super) fn name(chain: &Chain, steps: usize) -> String {
    format!("{PREFIX}{}", chain.name(steps))
}

/// Notes that a template is used at this moment. Two runs at once may refuse one of them, which does not matter.
pub(super) async fn touch(ground: &Ground, chain: &Chain, steps: usize) {
    let sql = comment(&name(chain, steps), &note(chain, steps));
    ground.admin.run("noting the use of a template", &sql).await.ok();
}

/// Keeps the database `shadow`, to which nobody is connected, as the result of so many steps.
///
/// A copy takes the template's name when it is whole: a killed process leaves a database of its own behind, which the next
/// one drops.
pub(super) async fn keep(
    ground: &mut Ground,
    shadow: &str,
    (chain, steps): (&Chain, usize),
) -> Result<(), DbError> {
    if !ground.is_private() || limit().is_ok_and(|limit| limit == 0) {
        return Ok(());
    }
    if !ground.subscriptions(shadow).await?.is_empty() {
        return Ok(());
    }
    let (copy, name) = (ground.new_name(), name(chain, steps));
    let comment = comment(&copy, &note(chain, steps));
    let finish = format!("ALTER DATABASE {copy} WITH ALLOW_CONNECTIONS false; {comment}");
    let doing = "keeping a template";
    let kept = async {
        ground.make(&copy, shadow).await?;
        ground.admin.run(doing, &finish).await?;
        ground.admin.run(doing, &format!("ALTER DATABASE {copy} RENAME TO {name}")).await
    };
    match kept.await {
        Ok(()) => evict(ground, &name).await,
        // Another process kept the same result first, or there is no room: the replay itself is as good without it.
        Err(DbError::Own { .. }) => ground.remove(&copy).await,
        Err(error) => Err(error),
    }
}

/// Drops the templates that were not used for longest until the others keep to the limit; never the one that was just made.
async fn evict(ground: &Ground, just_made: &str) -> Result<(), DbError> {
    let limit = limit().unwrap_or(LIMIT).saturating_mul(1 << 20);
    let texts = ground.admin.values("measuring the templates", SIZES).await?;
    let mut total: u64 = 0;
    for template in texts.iter().filter_map(|text| serde_json::from_str::<Sized>(text).ok()) {
        total = total.saturating_add(template.bytes);
        if total > limit && template.name != just_made {
            // One that is being copied is dropped the next time.
            let sql = format!("DROP DATABASE IF EXISTS {}", template.name);
            ground.admin.run("dropping a template", &sql).await.ok();
        }
    }
    Ok(())
}

/// Begins with the time, so that notes sort by it.
fn note(chain: &Chain, steps: usize) -> String {
    format!("{:.6} {}", jiff::Timestamp::now(), chain.trace(steps))
}

fn comment(database: &str, note: &str) -> String {
    let note = quote::literal(note).expect("a note holds a time and hexadecimal digits");
    format!("COMMENT ON DATABASE {database} IS {note}")
}

/// Returns the megabytes that all templates may take together: `CRMDB_SHADOW_CACHE`; 0 keeps none.
fn limit() -> Result<u64, Error> {
    match std::env::var("CRMDB_SHADOW_CACHE") {
        Ok(text) => text.trim().parse().map_err(|_| {
            Error::usage(format!("`CRMDB_SHADOW_CACHE` is `{text}`, which is not a number of megabytes"))
        }),
        Err(_) => Ok(LIMIT),
    }
}
