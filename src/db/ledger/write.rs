//! Changes of the ledger that run no migration: a baseline, a repair.

use tokio_postgres::Error;
use tokio_postgres::types::{ToSql, Type};

use crate::db::error::DbError;
use crate::db::lock::own_error;
use crate::db::record::{Author, Occurrence, insert_baseline, insert_event, open_schema};
use crate::db::session::Session;
use crate::model::{Applied, Direction, EventKind, Migration, Mode, Outcome, Step};

const CORRECT: &str = include_str!("../queries/correct_migration.sql");

/// A ledger row and the file that it is to tell of.
#[derive(Clone, Copy, Debug)]
pub struct Correction<'a> {
    /// The row as it is.
    pub row: &'a Applied,
    /// The file as it is.
    pub file: &'a Migration,
}

/// Records `steps` as applied, with an event each, in one transaction. Their SQL does not run.
pub async fn write_baseline(session: &Session, author: &Author, steps: &[Step]) -> Result<(), DbError> {
    let written = async {
        for step in steps {
            if step.boundary {
                session.client.batch_execute(&open_schema(step)).await?;
            }
            insert_baseline(&session.client, step, author).await?;
            event(session, author, (EventKind::Baseline, step)).await?;
        }
        Ok(())
    };
    in_transaction(session, "writing the baseline", written).await
}

/// Lets the rows say what the files say, with an event each, in one transaction.
pub async fn write_corrections(
    session: &Session,
    author: &Author,
    corrections: &[Correction<'_>],
) -> Result<(), DbError> {
    let written = async {
        for Correction { row, file } in corrections {
            correct(session, author, (row, file)).await?;
            event(session, author, (EventKind::Repair, &step_of(row, file))).await?;
        }
        Ok(())
    };
    in_transaction(session, "repairing the ledger", written).await
}

async fn correct(
    session: &Session,
    author: &Author,
    (row, file): (&Applied, &Migration),
) -> Result<(), Error> {
    let (name, text) = (file.file.name(), file.file.as_str());
    let checksum = file.up.checksum.to_string();
    let rollback = file.rollback.as_ref().map(|script| script.checksum.to_string());
    let kept = |text: &str| author.store_sql.then(|| text.to_owned());
    let up_sql = kept(&file.up.text);
    let rollback_sql = file.rollback.as_ref().and_then(|script| kept(&script.text));
    let parameters: [(&(dyn ToSql + Sync), Type); 7] = [
        (&row.position, Type::INT8),
        (&name, Type::TEXT),
        (&text, Type::TEXT),
        (&checksum, Type::TEXT),
        (&rollback, Type::TEXT),
        (&up_sql, Type::TEXT),
        (&rollback_sql, Type::TEXT),
    ];
    session.client.query_typed(CORRECT, &parameters).await.map(drop)
}

fn step_of(row: &Applied, file: &Migration) -> Step {
    Step {
        direction: Direction::Up,
        module: row.module.clone(),
        schema: row.schema.clone(),
        version: row.version,
        file: file.file.as_str().to_owned(),
        script: file.up.clone(),
        checksum: file.up.checksum,
        rollback: file.rollback.clone(),
        mode: Mode::Transaction,
        boundary: false,
        releases: Vec::new(),
    }
}

async fn event(session: &Session, author: &Author, (kind, step): (EventKind, &Step)) -> Result<(), Error> {
    let event = Occurrence { kind, outcome: Outcome::Done, step: Some(step), detail: None };
    insert_event(&session.client, author, &event).await
}

async fn in_transaction(
    session: &Session,
    doing: &'static str,
    written: impl Future<Output = Result<(), Error>>,
) -> Result<(), DbError> {
    let client = &session.client;
    session.begin(doing, &session.footing.begin_alone()).await?;
    let result = async {
        written.await?;
        client.batch_execute("COMMIT").await
    };
    let result = result.await;
    if result.is_err() {
        // The answer changes nothing: the server rolls back what is not committed.
        let _ = client.batch_execute("ROLLBACK").await;
    }
    result.map_err(|error| own_error(session.target(), doing, &error))
}
