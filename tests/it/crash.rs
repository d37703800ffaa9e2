//! Runs that are killed, cut off, or lose their server, at every message: the next run must end where an undisturbed one
//! does, by itself.
//!
//! The runs go through a proxy that stops at the N-th message; N grows until a run comes to its end. What the database
//! holds in the end is compared as pg_dump tells it, the ledger row by row.

use std::collections::HashMap;
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::postgres::{Database, Server, Stop, wait_until};
use crate::support::project::{Output, Project};
use crate::support::proxy::{HowFar, Proxy, StopAt, Stopped};
use crate::support::state::state;

/// A module with a schema of its own: migrations in and outside transactions, with all that is hard to interrupt.
fn project() -> Project {
    Project::new()
        .file("schema.toml", "[modules.shop]\nschema = \"shop\"\n")
        .migration(
            "shop/V1__tables.sql",
            "create type state as enum ('open', 'shut');
create table item (id int primary key, name text not null, state state not null default 'open');
copy item (id, name) from stdin;
1\tone
2\ttwo
\\.
create table entry (day date not null, item int not null) partition by range (day);
create table entry_old partition of entry for values from ('2020-01-01') to ('2021-01-01');
insert into entry values ('2020-02-02', 1);
",
        )
        .rollback("shop/V1__tables.sql", "drop table entry;\ndrop table item;\ndrop type state;\n")
        .migration(
            "shop/V2__indexes.sql",
            "-- crmdb: no-transaction
create index concurrently item_name on item (name);
create unique index concurrently if not exists item_id_name on item (id, name);
insert into item (id, name) select max(id) + 1, 'three' from item;
copy item (id, name) from stdin;
10\tten
\\.
alter type state add value 'lost';
vacuum item;
do $$ begin update item set name = upper(name); commit; end $$;
",
        )
        .rollback(
            "shop/V2__indexes.sql",
            "-- crmdb: no-transaction
drop index concurrently item_name;
delete from item where id = 3;
drop index concurrently if exists item_id_name;
",
        )
        .migration("shop/V3__price.sql", "alter table item add price int;\nupdate item set price = id;\n")
        .rollback("shop/V3__price.sql", "alter table item drop price;\n")
        .migration(
            "shop/V4__concurrently.sql",
            "-- crmdb: no-transaction
reindex table concurrently item;
drop index concurrently item_name;
alter table entry detach partition entry_old concurrently;
update item set price = price * 2;
",
        )
        .rollback(
            "shop/V4__concurrently.sql",
            "-- crmdb: no-transaction
update item set price = price / 2;
alter table entry attach partition entry_old for values from ('2020-01-01') to ('2021-01-01');
create index concurrently item_name on item (name);
",
        )
}

/// A command, the databases it begins with, and what it leaves when nobody disturbs it.
struct Course<'a> {
    project: Project,
    line: &'static str,
    template: Database<'a>,
    undisturbed: String,
}

impl<'a> Course<'a> {
    fn new(server: &'a Server, template: Database<'a>, (project, line): (Project, &'static str)) -> Self {
        let copy = server.database_like(template.name());
        project.run(&copy, line).expect(0);
        let undisturbed = state(&copy);
        Self { project, line, template, undisturbed }
    }

    /// Applies everything to an empty database.
    fn up(server: &'a Server) -> Self {
        Self::new(server, server.database(), (project(), "migrate up"))
    }

    /// Applies everything to a database that has a ledger.
    fn up_with_ledger(server: &'a Server) -> Self {
        let template = server.database();
        Project::new().migration("V1__nothing.sql", "-- nothing\n").run(&template, "migrate up").expect(0);
        Self::new(server, template, (project(), "migrate up"))
    }

    /// Takes everything back.
    fn down(server: &'a Server) -> Self {
        let (template, project) = (server.database(), project());
        project.run(&template, "migrate up").expect(0);
        // Without rows nothing is rehearsed, which would be most of what can be disturbed.
        template.client().batch_execute("TRUNCATE shop.item, shop.entry, shop.entry_old").unwrap();
        Self::new(server, template, (project, "migrate down --all --yes --accept-data-loss"))
    }

    /// Begins the command on a database of its own and tells `disturb` where it stopped, if it came so far. Then runs the
    /// command once more and compares. Tells whether it came so far.
    fn disturbed(&self, server: &Server, at: StopAt, disturb: impl FnOnce(&Proxy, &Stopped, Child)) -> bool {
        let database = server.database_like(self.template.name());
        let proxy = Proxy::stopping(server, at);
        let mut command = self.project.command(&proxy.url(&database), self.line);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stopped = proxy.wait_for_stop(|| child.try_wait().unwrap().is_some());
        let Some(stopped) = stopped else {
            Output::new(self.line, child.wait_with_output().unwrap()).expect(0);
            return false;
        };
        disturb(&proxy, &stopped, child);
        let output = self.project.run(&database, self.line);
        assert_eq!(output.code, Some(0), "after {at:?}, {}:\n{output}", stopped.message);
        let state = state(&database);
        assert!(
            state == self.undisturbed,
            "after {at:?}, {}:\n{output}\n{}",
            stopped.message,
            similar::TextDiff::from_lines(&self.undisturbed, &state).unified_diff()
        );
        true
    }

    /// Returns the messages of an undisturbed run, from the first on.
    fn messages(&self, server: &Server) -> Vec<Message> {
        let database = server.database_like(self.template.name());
        let proxy = Proxy::stopping(server, StopAt { message: usize::MAX, how_far: HowFar::Held });
        self.project.run_at(&proxy.url(&database), self.line).expect(0);
        let mut open = HashMap::<i32, bool>::new();
        let judge = |stopped: Stopped| {
            let open = open.entry(stopped.pid).or_default();
            let begins = stopped.message.starts_with("Query BEGIN");
            let ends =
                ["Query COMMIT", "Query ROLLBACK"].iter().any(|word| stopped.message.starts_with(word));
            let lasts = if *open { ends } else { !begins };
            *open = begins || *open && !ends;
            Message { lasts, answered: stopped.message.starts_with(['Q', 'S']) }
        };
        proxy.messages().into_iter().map(judge).collect()
    }

    /// Returns where a kill can make a difference: around each message whose work outlives it. Inside a transaction all
    /// places are alike, and every fourth is taken.
    fn places(&self, server: &Server) -> Vec<StopAt> {
        let messages = self.messages(server);
        assert!(messages.len() > 100, "the run had {} messages only", messages.len());
        let mut places = Vec::new();
        for (index, message) in messages.iter().enumerate() {
            let at = |how_far| StopAt { message: index + 1, how_far };
            if message.lasts || index % 4 == 0 {
                places.push(at(HowFar::Forwarded));
            }
            if message.lasts && message.answered {
                places.push(at(HowFar::Answered));
            }
        }
        places
    }

    /// Disturbs the command at all `places`, on two threads.
    fn at_each(&self, places: Vec<StopAt>, disturb: impl Fn(&Proxy, &Stopped, Child) + Sync) {
        let (wanted, stopped) = (places.len(), AtomicUsize::new(0));
        let places = Mutex::new(places);
        let take = || places.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let work = || {
            while let Some(at) = take() {
                let came_so_far = self.disturbed(Server::shared(), at, &disturb);
                stopped.fetch_add(usize::from(came_so_far), Ordering::Relaxed);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(work);
            }
        });
        // A run that polls for a lock may come to its end with a message or two less than the one that was counted.
        let stopped = stopped.into_inner();
        assert!(stopped + 5 >= wanted, "of {wanted} places the runs came to {stopped} only");
    }

    /// Ends the session of the server at each place, before the message comes to it.
    fn terminated(&self) {
        let mut places = self.places(Server::shared());
        places.retain(|at| at.how_far == HowFar::Forwarded);
        let places = places.into_iter().map(|at| StopAt { how_far: HowFar::Held, ..at }).collect();
        self.at_each(places, |proxy, stopped, child| {
            let mut client = Server::shared().client("postgres");
            client.execute("select pg_terminate_backend($1, 5000)", &[&stopped.pid]).unwrap();
            proxy.resume();
            let output = Output::new("", child.wait_with_output().unwrap());
            assert_eq!(output.code, Some(3), "{stopped:?}\n{output}");
            let said = ["was lost while", "again: it goes on from"];
            assert!(said.iter().all(|part| output.stderr.contains(part)), "{stopped:?}\n{output}");
        });
    }

    /// Crashes the server at some places.
    fn crashed(&self, server: &Server) {
        let places = self.places(server);
        for at in places.into_iter().skip(5).step_by(12) {
            self.disturbed(server, at, |_, stopped, child| {
                server.stop(Stop::Immediate);
                let output = Output::new("", child.wait_with_output().unwrap());
                // The answer to the last message may come before the crash; what the run reports must be there then.
                assert!(matches!(output.code, Some(0 | 3)), "{stopped:?}\n{output}");
                server.start();
            });
        }
    }
}

/// A message of a run.
struct Message {
    /// Whether what it does outlives the session: it is outside a transaction, or ends one.
    lasts: bool,
    /// Whether the server answers it by itself.
    answered: bool,
}

/// `kill -9`: the server learns of it as it would without a proxy, from the socket that closes.
fn kill(proxy: &Proxy, _: &Stopped, mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
    proxy.cut();
}

#[test]
fn an_up_that_is_killed_at_any_message_is_completed_by_the_next() {
    let course = Course::up(Server::shared());
    course.at_each(course.places(Server::shared()), kill);
}

#[test]
fn a_down_that_is_killed_at_any_message_is_completed_by_the_next() {
    let course = Course::down(Server::shared());
    course.at_each(course.places(Server::shared()), kill);
}

#[test]
fn an_up_whose_session_is_terminated_at_any_message_says_so_and_is_completed_by_the_next() {
    Course::up_with_ledger(Server::shared()).terminated();
}

#[test]
fn a_down_whose_session_is_terminated_at_any_message_says_so_and_is_completed_by_the_next() {
    Course::down(Server::shared()).terminated();
}

#[test]
fn a_server_that_crashes_loses_no_promise() {
    let server = Server::private();
    Course::up_with_ledger(&server).crashed(&server);
    Course::down(&server).crashed(&server);
}

/// Statements that wait for other transactions in the middle of their work.
const WAITING: [&str; 6] = [
    "create index concurrently item_id_name on item (id, name);",
    "create unique index concurrently if not exists item_id_name on item (id, name);",
    "drop index concurrently item_name;",
    "reindex index concurrently item_name;",
    "reindex table concurrently item;",
    "alter table entry detach partition entry_old concurrently;",
];

/// Transactions that they wait for, each at another point.
const OTHERS: [&str; 3] = [
    "begin; table shop.item; table shop.entry;",
    "begin; lock table shop.item, shop.entry in row exclusive mode;",
    "begin isolation level repeatable read; table pg_am;",
];

fn waiting_project(statement: &str) -> Project {
    project()
        .migration("shop/V2__indexes.sql", "create index item_name on item (name);\n")
        .migration("shop/V3__price.sql", &format!("-- crmdb: no-transaction\n{statement}\n"))
        .migration("shop/V4__concurrently.sql", "alter table item add price int;\n")
}

/// Kills a run while its statement waits for `other`; the next one begins while the server is still at work on it.
fn killed_while_it_waits(course: &Course<'_>, other: &str) {
    let database = Server::shared().database_like(course.template.name());
    let mut client = database.client();
    client.batch_execute(other).unwrap();
    let spawn = || {
        let mut command = course.project.command(&database.url(), course.line);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut child = spawn();
    let mut watcher = Server::shared().client("postgres");
    let mut waits = || {
        let sql = "select from pg_stat_activity where datname = $1 and application_name = 'crmdb'
                   and wait_event_type = 'Lock'";
        !watcher.query(sql, &[&database.name()]).unwrap().is_empty()
    };
    wait_until("the statement waits, or does not have to", Duration::from_secs(20), || {
        waits() || child.try_wait().unwrap().is_some()
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let next = spawn();
    std::thread::sleep(Duration::from_millis(300));
    client.batch_execute("rollback").unwrap();
    let output = Output::new(course.line, next.wait_with_output().unwrap());
    let state = state(&database);
    assert!(
        output.code == Some(0) && state == course.undisturbed,
        "{other}\n{output}\n{}",
        similar::TextDiff::from_lines(&course.undisturbed, &state).unified_diff()
    );
}

#[test]
fn a_statement_that_is_killed_while_it_waits_for_others_is_completed_by_the_next_run() {
    let server = Server::shared();
    let courses: Vec<Course<'_>> = WAITING
        .iter()
        .map(|statement| {
            let (template, project) = (server.database(), waiting_project(statement));
            project.run(&template, "migrate up --to shop:2").expect(0);
            Course::new(server, template, (project, "migrate up"))
        })
        .collect();
    let cases: Vec<_> = courses.iter().flat_map(|course| OTHERS.map(|other| (course, other))).collect();
    let cases = Mutex::new(cases);
    let take = || cases.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
    let work = || {
        while let Some((course, other)) = take() {
            killed_while_it_waits(course, other);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
}
