//! The few statements that the private server is asked on its own behalf.

use std::path::Path;

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error, NoTls};

/// Makes a database if it is missing, from any thread, whether an async runtime runs there or not.
///
/// # Errors
/// What the server or the driver answered, as text.
pub(super) fn ensure_database(sockets: &Path, name: &str) -> Result<(), String> {
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        runtime.block_on(make_missing(sockets, name)).map_err(|error| text(&error))
    };
    // A runtime may not be started inside another one's thread.
    std::thread::scope(|scope| scope.spawn(work).join().expect("the session's thread does not panic"))
}

async fn make_missing(sockets: &Path, name: &str) -> Result<(), Error> {
    match connect(sockets, name).await {
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_DATABASE) => {}
        connected => return connected.map(drop),
    }
    // template0 has no sessions, ever; template1 in use would refuse to be copied.
    let quoted = name.replace('"', "\"\"");
    let create = format!("CREATE DATABASE \"{quoted}\" TEMPLATE template0");
    match connect(sockets, "postgres").await?.batch_execute(&create).await {
        // Another process made it in between: the second code is what the losing one of two at once is told.
        Err(error)
            if [Some(&SqlState::DUPLICATE_DATABASE), Some(&SqlState::UNIQUE_VIOLATION)]
                .contains(&error.code()) =>
        {
            Ok(())
        }
        made => made,
    }
}

/// Returns how many clients' sessions there are on the server, in all databases.
///
/// # Errors
/// What the driver answered.
pub(super) async fn sessions(sockets: &Path) -> Result<i64, Error> {
    let client = connect(sockets, "postgres").await?;
    client.query_one(include_str!("sessions.sql"), &[]).await?.try_get(0)
}

async fn connect(sockets: &Path, database: &str) -> Result<Client, Error> {
    let mut config = tokio_postgres::Config::new();
    config.user("postgres").dbname(database).host_path(sockets).application_name("crmdb server");
    let (client, connection) = config.connect(NoTls).await?;
    // It ends when the client is dropped, and reports its errors through the client's calls.
    tokio::spawn(connection);
    Ok(client)
}

/// The driver's own text for an error of the server's is no more than "db error".
fn text(error: &Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), |answer| answer.message().to_owned())
}
