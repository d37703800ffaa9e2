//! refinery's decision which files may run, asked without a database.

use std::convert::Infallible;

use refinery_core::traits::sync::{Query, Transaction};
use refinery_core::{Migrate, Migration as Judged};

use crate::model::{Applied, Migration, Version};

/// refinery reads its history through these traits; this history is a list that is there already.
struct History(Vec<Judged>);

impl Transaction for History {
    type Error = Infallible;

    fn execute<'a, T: Iterator<Item = &'a str>>(&mut self, queries: T) -> Result<usize, Infallible> {
        Ok(queries.count())
    }
}

impl Query<Vec<Judged>> for History {
    fn query(&mut self, _: &str) -> Result<Vec<Judged>, Infallible> {
        Ok(std::mem::take(&mut self.0))
    }
}

impl Migrate for History {}

/// Returns the versions of `files` that refinery lets run after `latest`, ascending, or what it objects to.
///
/// refinery compares each applied row with each file, which is quadratic, so the caller has matched equal pairs already
/// and passes the files that have no row; `latest` is the applied row with the highest version, with its own file.
/// refinery's checksum covers name, version and text; the text is stood for by its SHA-256.
pub(super) fn judge(
    files: &[&Migration],
    latest: Option<(&Applied, &Migration)>,
) -> Result<Vec<Version>, refinery_core::Error> {
    let mut found = files.iter().map(|migration| judged(migration)).collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::new();
    if let Some((row, file)) = latest {
        let applied = Judged::unapplied(row.file.trim_end_matches(".sql"), &row.checksum.to_string())?;
        rows.push(applied);
        found.push(judged(file)?);
    }
    let run = History(rows).get_unapplied_migrations(&found, true, true, "crmdb")?;
    Ok(run.iter().map(|migration| Version(migration.version())).collect())
}

fn judged(migration: &Migration) -> Result<Judged, refinery_core::Error> {
    Judged::unapplied(migration.file.stem(), &migration.up.checksum.to_string())
}
