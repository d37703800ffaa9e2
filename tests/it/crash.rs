//! Runs that are killed, cut off, or lose their server, at every message: the next run must end where an undisturbed one
//! does.
