//! What the tests stand on: a real PostgreSQL that lives and dies with the test process, and projects to run on it.

pub(crate) mod ground;
pub(crate) mod pooler;
pub(crate) mod postgres;
pub(crate) mod project;
pub(crate) mod proxy;
pub(crate) mod site;
pub(crate) mod state;
