//! How much of a run is done, told to who listens.

use super::SeedListener;
use crate::model::seed::SeedProgress;
use crate::model::seed::progress::Unit;

/// Counts what is done of a run.
pub(super) struct Meter<'a, 'l> {
    done: u64,
    of: u64,
    unit: Unit,
    listener: &'a mut SeedListener<'l>,
}

impl<'a, 'l> Meter<'a, 'l> {
    pub(super) fn new(of: u64, unit: Unit, listener: &'a mut SeedListener<'l>) -> Self {
        Self { done: 0, of, unit, listener }
    }

    pub(super) fn tell(&mut self, progress: SeedProgress<'_>) {
        (self.listener)(progress);
    }

    pub(super) fn advance(&mut self, by: u64) {
        self.done += by;
        self.tell(SeedProgress::Advanced { done: self.done, of: self.of, unit: self.unit });
    }
}
