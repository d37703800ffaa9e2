//! Ctrl-C and SIGTERM: a run that changes the target ends in order, everything else ends as ever.
#![expect(clippy::disallowed_methods, reason = "`/proc` tells which signals are not to be heard")]

use std::thread;

use nix::sys::signal::Signal;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::db::interrupt::Interrupt;

/// Listens for as long as the process lives, on a thread of its own: a computation does not keep it from hearing.
///
/// Where nobody can listen, a signal ends the process at once, and the server rolls back what was under way.
pub fn listen() -> Interrupt {
    let interrupt = Interrupt::new();
    let heeded = [Signal::SIGINT, Signal::SIGTERM].map(|signal| signal as i32);
    let heeded: Vec<i32> = heeded.into_iter().filter(|number| !is_ignored(*number)).collect();
    if let Ok(mut signals) = Signals::new(heeded) {
        let told = interrupt.clone();
        thread::spawn(move || {
            for number in signals.forever() {
                let obeyed = Signal::try_from(number).is_ok_and(|signal| told.tell(signal));
                if !obeyed {
                    end_by(number);
                }
            }
        });
    }
    interrupt
}

/// Ends the process the way that the signal ends one which does not listen, so that a shell's loop around it ends too.
pub fn end_by(number: i32) {
    let _ = emulate_default_handler(number);
}

/// Tells whether whoever started the process wants it to outlive the signal, as a shell does for what it runs in the
/// background. Where `/proc` does not tell (proc_pid_status(5), `SigIgn`), it is not.
fn is_ignored(number: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask >> (number - 1) & 1 == 1
}
