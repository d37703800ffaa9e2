//! `crmdb history`: the log behind it.

use crate::support::postgres::Server;
use crate::support::project::Project;

#[test]
fn the_event_log_can_only_grow() {
    let database = Server::shared().database();
    let file = format!("V1__{}.sql", "a_long_name_".repeat(12));
    Project::new().migration(&file, "CREATE TABLE a ();\n").run(&database, "migrate up").expect(0);
    // In a file or pipe a name is whole, so that it can be looked for.
    let log = Project::new().run(&database, "history").expect(0);
    assert!(log.stdout.contains(&file), "{log}");
    let none = Project::new().run(&database, "history --limit 0").expect(0);
    assert!(none.stdout.starts_with("`--limit 0` shows none of the events on "), "{none}");
    for change in ["DELETE FROM crmdb.event", "UPDATE crmdb.event SET kind = 'down'", "TRUNCATE crmdb.event"]
    {
        let error = database.client().batch_execute(change).unwrap_err();
        assert_eq!(error.as_db_error().unwrap().message(), "crmdb.event is append-only");
    }
}
