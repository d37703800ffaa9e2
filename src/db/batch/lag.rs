//! The wait between two batches: as long as the file says, and as long as a standby is too far behind.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::Batches;
use crate::db::error::DbError;
use crate::model::progress::{Listener, Progress};
use crate::sql::directive::Chunk;

const LAG: &str = include_str!("../queries/batch_lag.sql");

/// How often the standbys are asked how far behind they are.
const LOOK: Duration = Duration::from_secs(1);

/// How much WAL there was at each look, the earliest first.
///
/// The server's `replay_lag` is that of the last WAL which a standby has replayed: where its replay stands still, it says
/// what it said before.
#[derive(Debug, Default)]
pub(super) struct Trail(VecDeque<(Instant, i64)>);

impl Trail {
    /// Notes how much is `written` and returns for how long there has been some that is not `replayed`; zero where no
    /// standby tells.
    fn behind(&mut self, now: Instant, (written, replayed): (i64, Option<i64>)) -> Duration {
        self.0.push_back((now, written));
        let replayed = replayed.unwrap_or(written);
        while self.0.front().is_some_and(|(_, written)| *written <= replayed) {
            self.0.pop_front();
        }
        self.0.front().map_or(Duration::ZERO, |(since, _)| now.saturating_duration_since(*since))
    }
}

impl Batches<'_, '_, '_> {
    /// Waits as the directive says, and as long as a standby is too far behind.
    pub(super) async fn wait(&mut self, chunk: Chunk, listener: &mut Listener<'_>) -> Result<(), DbError> {
        if !chunk.pause.is_zero() {
            self.sleep(chunk.pause).await?;
        }
        let step = self.journal.step;
        let mut told = false;
        loop {
            let rows = self.query(LAG, &[]).await?;
            let Some(row) = rows.first() else { return Ok(()) };
            let said = Duration::from_secs_f64(row.get::<_, f64>("seconds").max(0.0));
            let seen = self.trail.behind(Instant::now(), (row.get("written"), row.get("replayed")));
            let behind = said.max(seen);
            if row.get("hidden") && !std::mem::replace(&mut self.blind, true) {
                listener(Progress::Unseen { step });
            }
            if behind <= chunk.lag {
                return Ok(());
            }
            if !told {
                listener(Progress::Behind { step, standby: row.get("standby"), behind });
                told = true;
            }
            self.journal.runner.lock.check()?;
            self.journal.runner.in_time()?;
            self.sleep(LOOK).await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standby_that_stands_still_falls_behind_and_one_that_follows_does_not() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut trail = Trail::default();
        for (now, written, replayed, behind) in [
            (0, 100, Some(100), 0),
            (1, 200, Some(100), 0),
            (4, 300, Some(100), 3),
            (9, 300, Some(100), 8),
            // What there was at the first look is replayed, what there was at the one in second 4 is not.
            (10, 400, Some(250), 6),
            (11, 500, Some(500), 0),
            (20, 600, None, 0),
            (21, 700, Some(650), 0),
        ] {
            let found = trail.behind(at(now), (written, replayed));
            assert_eq!(found, Duration::from_secs(behind), "{now}");
        }
    }
}
