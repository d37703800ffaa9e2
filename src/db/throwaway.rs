//! A database that is made for one look and dropped behind it.

use super::connect::Options;
use super::error::DbError;
use super::lock::own_error;
use super::session::Session;

/// A database that nobody else knows, on a server of the caller's own.
#[derive(Debug)]
pub struct Throwaway {
    admin: Session,
    name: String,
}

impl Throwaway {
    /// Makes an empty database through a session on the server, which it keeps to drop it.
    ///
    /// template0 has no connections and holds nothing of anybody's.
    pub async fn create(options: &Options) -> Result<Self, DbError> {
        let admin = Session::open(options).await?;
        let name = format!("crmdb_throwaway_{}_{:08x}", std::process::id(), fastrand::u32(..));
        let made = admin.client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        made.map_err(|error| own_error(admin.target(), "making a throw-away database", &error))?;
        Ok(Self { admin, name })
    }

    /// Returns the database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Drops the database with the sessions in it.
    pub async fn remove(self) -> Result<(), DbError> {
        let dropped = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        let dropped = self.admin.client.batch_execute(&dropped).await;
        dropped.map_err(|error| own_error(self.admin.target(), "dropping a throw-away database", &error))
    }
}
