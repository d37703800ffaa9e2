//! Where the tests put their clusters: making and dropping hundreds of databases is mostly the making of files.

use std::path::Path;
use std::sync::OnceLock;

use nix::sys::statvfs::statvfs;
use tempfile::{Builder, TempDir};

/// What a run of the tests may take at once, with room to spare.
const ROOM: u64 = 6 << 30;

/// Returns the folder for what servers write: in memory where there is room for it. Its path is short, as that of a
/// unix socket must be.
pub(crate) fn ground() -> &'static Path {
    static GROUND: OnceLock<&'static Path> = OnceLock::new();
    GROUND.get_or_init(|| Path::new(if in_memory() { "/dev/shm" } else { "/tmp" }))
}

/// Tells whether [`ground`] is in memory.
pub(crate) fn in_memory() -> bool {
    static IN_MEMORY: OnceLock<bool> = OnceLock::new();
    *IN_MEMORY.get_or_init(|| {
        // Where it exists it is a tmpfs: Linux's shm_overview(7).
        let free = statvfs("/dev/shm").map_or(0, |fs| fs.blocks_available() * fs.fragment_size());
        free >= ROOM && Builder::new().tempdir_in("/dev/shm").is_ok()
    })
}

/// Makes a folder there, whose name begins with `prefix`.
pub(crate) fn folder(prefix: &str) -> TempDir {
    Builder::new().prefix(prefix).tempdir_in(ground()).unwrap()
}
