//! What the tests stand on: a real PostgreSQL that lives and dies with the test process.

pub(crate) mod postgres;
pub(crate) mod site;
