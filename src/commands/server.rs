//! `crmdb server`: the private PostgreSQL of this project.

use super::context::{Context, server_environment};
use crate::cli::args::{Format, Server};
use crate::error::Error;
use crate::report::Report;
use crate::report::files::Plain;
use crate::report::server::{RunningServer, ServerReport, StopReport, UrlReport};
use crate::server::{self, Status, Stopped};

pub(super) fn run(context: &mut Context<'_>, command: &Server) -> Result<Box<dyn Report>, Error> {
    let (cluster, environment) = (context.cluster()?, server_environment()?);
    match command {
        Server::Start => Ok(Box::new(state("server start", server::start(&cluster, &environment)?))),
        Server::Status => Ok(Box::new(state("server status", server::status(&cluster, &environment)?))),
        Server::Stop => {
            let was_running = server::stop(&cluster, &environment)? == Stopped::Stopped;
            Ok(Box::new(StopReport { was_running }))
        }
        Server::Url => {
            let client = server::ensure(&cluster, &environment)?;
            Ok(Box::new(UrlReport { url: client.url(client.database()) }))
        }
        Server::Psql { arguments } => {
            if context.global.format != Format::Human {
                let hint = Some("use `crmdb server url --format json` and psql itself".to_owned());
                let message = "`server psql` prints what psql prints: it takes no `--format`".to_owned();
                return Err(Error::Usage { message, hint });
            }
            let client = server::ensure(&cluster, &environment)?;
            let status = client.psql(client.database()).args(arguments).status();
            let status = status.map_err(|error| Error::usage(format!("`psql` can't be run: {error}")))?;
            if status.success() {
                return Ok(Box::new(Plain { command: "server psql", text: String::new() }));
            }
            Err(Error::usage(format!("psql ended with {status}")))
        }
    }
}

fn state(command: &'static str, status: Status) -> ServerReport {
    let server = status.server.map(|server| RunningServer {
        pid: server.pid,
        version: server.version,
        url: server.url,
        started: server.started,
        stops_after: server.stops_after,
    });
    ServerReport { command, folder: status.folder, server }
}
