//! Somebody's wish that a run ends before it is done.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::sync::watch;

use super::connect::Cancel;

/// How long a cancelled statement has before it is cancelled again: a request that comes between two statements hits none.
const PATIENCE: Duration = Duration::from_secs(1);

/// Hears the wish for a run, and all that are cloned from it with it. The default never hears one.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Option<Arc<State>>);

#[derive(Debug)]
struct State {
    /// Whether a run is at work that ends in order when it hears of the wish.
    obeyed: AtomicBool,
    wish: watch::Sender<Option<Signal>>,
}

impl Interrupt {
    /// Makes one that can be told.
    pub fn new() -> Self {
        let (obeyed, (wish, _)) = (AtomicBool::new(false), watch::channel(None));
        Self(Some(Arc::new(State { obeyed, wish })))
    }

    /// Tells the run of the wish. Returns whether one is at work, and hears of it for the first time.
    pub fn tell(&self, signal: Signal) -> bool {
        let Some(state) = &self.0 else { return false };
        state.obeyed.load(Ordering::SeqCst) && state.wish.send_replace(Some(signal)).is_none()
    }

    /// Returns the signal that told the wish, once it has.
    pub(super) fn come(&self) -> Option<Signal> {
        self.0.as_ref().and_then(|state| *state.wish.borrow())
    }

    /// Waits for `work` on a session. Where the wish comes meanwhile, what the server is doing for it is cancelled, and what
    /// `work` makes of that is awaited.
    pub(super) async fn obeyed<T>(&self, cancel: &Cancel, work: impl Future<Output = T>) -> T {
        let Some(state) = &self.0 else { return work.await };
        let _obeying = Obeying::begin(state);
        let mut work = pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = heard(state) => {}
        }
        loop {
            // Where the request does not get through, the answer to the statement tells what there is to tell.
            let _ = cancel.send().await;
            if let Ok(done) = tokio::time::timeout(PATIENCE, &mut work).await {
                return done;
            }
        }
    }

    /// Sleeps for `time`, or until the wish comes.
    pub(super) async fn sleep(&self, time: Duration) {
        match &self.0 {
            Some(state) => _ = tokio::time::timeout(time, heard(state)).await,
            None => tokio::time::sleep(time).await,
        }
    }
}

async fn heard(state: &State) {
    // The sender is in the state itself, so it is there.
    let _ = state.wish.subscribe().wait_for(Option::is_some).await;
}

/// While it lives, a run is at work.
struct Obeying<'a>(&'a State);

impl<'a> Obeying<'a> {
    fn begin(state: &'a State) -> Self {
        state.obeyed.store(true, Ordering::SeqCst);
        Self(state)
    }
}

impl Drop for Obeying<'_> {
    fn drop(&mut self) {
        self.0.obeyed.store(false, Ordering::SeqCst);
    }
}
