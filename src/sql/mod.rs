//! SQL text: where its statements begin and end, and what they mean to a migration.
