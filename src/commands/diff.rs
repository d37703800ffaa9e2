//! `crmdb diff`: what differs between two schemas, and the SQL that removes the difference, tried first.
#![expect(clippy::disallowed_methods, reason = "the way back is written to a file that the user names")]

use super::context::Context;
use super::from_diff::{self, Wanted};
use super::shadow::{Edition, Shadow, citus};
use super::sides::{self, Schema, Side};
use crate::catalog::ddl::{self, Hazard, Statement, Transactional};
use crate::catalog::diff::{Aspect, Locking, Options, Renames, diff};
use crate::catalog::hidden::Unread;
use crate::catalog::{self, Catalog};
use crate::cli::args::{DiffArgs, SchemaArg, ScopeArgs};
use crate::error::Error;
use crate::report::Report;
use crate::report::diff::Difference;

pub(super) async fn run(context: &mut Context<'_>, args: &DiffArgs) -> Result<Box<dyn Report>, Error> {
    let (from, to) = (Side::read(&args.from)?, Side::read(&args.to)?);
    let mut options = options(context, args);
    if context.global.shadow.is_some() && options.schemas.is_empty() {
        options.schemas = sides::schemas(context, [&from, &to])?;
    }
    if let Some(name) = &args.write {
        if from != Side::Migrations {
            return Err(Error::Usage {
                message: "`--write` makes a migration, and a migration leads on from the migrations"
                    .to_owned(),
                hint: Some(format!("write `crmdb diff --from migrations --to live --write {name}`")),
            });
        }
        return from_diff::run(context, Wanted { command: "diff", name, to, options }).await;
    }
    let [from, to] = sides::read(context, [&from, &to]).await?;
    let to = in_words_of(context, &from, to).await?;
    tell_unread(context, [&from, &to]);
    let changes = diff(&from.catalog, &to.catalog, &options);
    let statements = if changes.is_empty() { Vec::new() } else { ddl::statements(&changes)? };
    if !args.untried && !statements.is_empty() {
        tried(context, Way::There, (&from, &to), (&statements, &options)).await?;
    }
    if let Some(path) = &args.rollback {
        let back = diff(&to.catalog, &from.catalog, &options);
        let back = if back.is_empty() { Ok(Vec::new()) } else { ddl::statements(&back) };
        let back = back.map_err(Error::NoWayBack)?;
        if !args.untried && !back.is_empty() {
            tried(context, Way::Back, (&to, &from), (&back, &options)).await?;
        }
        let failed = |error: std::io::Error| Error::Unwritten {
            path: path.display().to_string(),
            reason: error.to_string(),
        };
        std::fs::write(path, ddl::script(&back)).map_err(failed)?;
    }
    Ok(Box::new(Difference::new((&args.from, &args.to), &changes, statements)))
}

/// Tells of what was left out of the comparison because a role may not see it.
fn tell_unread(context: &mut Context<'_>, sides: [&Schema; 2]) {
    for Schema { catalog, .. } in sides {
        for Unread { what, place } in catalog.unread() {
            context.terminal.note(&format!(
                "warning: `{}` may not read `{place}`: the comparison leaves out {what}",
                catalog.role
            ));
        }
    }
}

fn options(context: &Context<'_>, args: &DiffArgs) -> Options {
    Options {
        renames: if args.no_renames { Renames::Off } else { Renames::Detect },
        locking: if args.online { Locking::Online } else { Locking::Blocking },
        ..scope(context, &args.scope)
    }
}

/// Returns what counts by the arguments; the rest as it is by default.
pub(super) fn scope(context: &Context<'_>, args: &ScopeArgs) -> Options {
    let ignored = [
        (args.no_privileges, Aspect::Privileges),
        (args.no_owner, Aspect::Owner),
        (args.no_comments, Aspect::Comments),
    ];
    let schemas = context.global.schema.iter().filter_map(|argument| match argument {
        SchemaArg::Name(name) => Some(name.clone()),
        SchemaArg::Install(..) => None,
    });
    Options {
        schemas: schemas.collect(),
        exclude: args.exclude.clone(),
        ignore: ignored.into_iter().filter(|(given, _)| *given).map(|(_, aspect)| aspect).collect(),
        ..Options::default()
    }
}

/// Returns the other side as a server of the one side's major version tells it: two majors write other words for the same.
async fn in_words_of(context: &mut Context<'_>, from: &Schema, to: Schema) -> Result<Schema, Error> {
    let (major, other) = (from.catalog.version, to.catalog.version);
    if major == other {
        return Ok(to);
    }
    let shadow = match Shadow::create(context, Edition::Exactly(major)).await {
        Ok(shadow) => shadow,
        Err(error) => {
            context.terminal.note(&format!(
                "warning: the sides are PostgreSQL {major} and {other}, and what only their words for it differ in counts as \
                 different: {error}"
            ));
            return Ok(to);
        }
    };
    let built = match furnish(&shadow, &[&to]).await {
        Ok(()) => build(&shadow, &to.catalog.clone().disconnected()).await,
        Err(error) => Err(error),
    };
    let catalog = match built {
        Ok(Ok(catalog)) => Ok(catalog),
        Ok(Err(Unbuilt::Refused(refusal))) => Err(refusal.into()),
        Ok(Err(Unbuilt::Failed(reason))) => {
            let message = format!(
                "the other side, of PostgreSQL {other}, can't be made on PostgreSQL {major}: {reason}"
            );
            Err(Error::Untrue { message })
        }
        Err(error) => Err(error),
    };
    shadow.drop_database().await?;
    // What has a stand-in on the shadow is in the same words on every server.
    let catalog = Catalog { role: to.catalog.role.clone(), ..catalog? }.reconnected(&to.catalog);
    Ok(Schema { catalog, roles: to.roles })
}

/// Makes on the shadow's server what the schemas name outside their databases.
async fn furnish(shadow: &Shadow, schemas: &[&Schema]) -> Result<(), Error> {
    let roles = schemas.iter().flat_map(|schema| schema.roles.iter().cloned());
    shadow.ensure_roles(&roles.collect()).await?;
    let tablespaces = schemas.iter().flat_map(|schema| schema.catalog.tablespaces());
    shadow.ensure_tablespaces(&tablespaces.collect()).await?;
    if schemas.iter().any(|schema| schema.catalog.is_distributed()) {
        citus::stand_in(&shadow.session).await?;
    }
    Ok(())
}

/// Which of the two ways is tried.
#[derive(Clone, Copy)]
enum Way {
    There,
    Back,
}

impl Way {
    fn statements(self) -> &'static str {
        match self {
            Self::There => "the statements",
            Self::Back => "the statements of the way back",
        }
    }
}

/// Rebuilds the one side on a shadow, runs the statements there and compares with the other side.
///
/// Where that can't be done (no server of this version is installed, an extension is missing) the user is told; wrong
/// SQL is an error.
async fn tried(
    context: &mut Context<'_>,
    way: Way,
    (from, to): (&Schema, &Schema),
    (statements, options): (&[Statement], &Options),
) -> Result<(), Error> {
    let untried = |reason: &str| format!("warning: {} were not tried: {reason}", way.statements());
    if context.global.shadow.is_some() {
        context.terminal.note(&untried("`--shadow schema` makes no database"));
        return Ok(());
    }
    let shadow = match Shadow::create(context, Edition::Exactly(from.catalog.version)).await {
        Ok(shadow) => shadow,
        Err(error) => {
            context.terminal.note(&untried(&error.to_string()));
            return Ok(());
        }
    };
    let outcome = attempt(&shadow, (from, to), (statements, options)).await;
    shadow.drop_database().await?;
    match outcome? {
        Trial::Equal => Ok(()),
        Trial::Impossible(reason) => {
            context.terminal.note(&untried(&reason));
            Ok(())
        }
        Trial::Different(reason) => Err(Error::Untrue { message: format!("{} {reason}", way.statements()) }),
    }
}

enum Trial {
    /// The statements lead to the other side.
    Equal,
    /// The first side can't be rebuilt on the shadow.
    Impossible(String),
    /// The statements fail or lead elsewhere.
    Different(String),
}

async fn attempt(
    shadow: &Shadow,
    (from, to): (&Schema, &Schema),
    (statements, options): (&[Statement], &Options),
) -> Result<Trial, Error> {
    furnish(shadow, &[from, to]).await?;
    if let Err(reason) = rebuild(shadow, &from.catalog).await? {
        return Ok(Trial::Impossible(reason));
    }
    if let Some(reason) = too_low(shadow, &to.catalog).await? {
        return Ok(Trial::Impossible(reason));
    }
    // What the statements make belongs to whoever runs them: the role that read the catalog.
    shadow.become_role(&from.catalog.role).await?;
    let executed = execute(shadow, statements).await;
    if executed.is_err() {
        shadow.session.run("ending the trial", "ROLLBACK").await?;
    }
    shadow.become_itself().await?;
    if let Err(reason) = executed {
        return Ok(Trial::Different(format!("fail on a copy of the schema: {reason}")));
    }
    let reached = catalog::read::read(shadow.session.client()).await?;
    let reached = reached.disconnected().as_seen_by(&from.catalog).as_seen_by(&to.catalog);
    let wanted = to.catalog.clone().disconnected();
    let rest = diff(&reached, &wanted, options);
    if rest.is_empty() {
        return Ok(Trial::Equal);
    }
    let left = crate::report::diff::summary(&rest);
    Ok(Trial::Different(format!("do not lead to the other side; left over:\n{left}")))
}

/// Makes the shadow hold `catalog`; the inner error says why that can't be.
pub(super) async fn rebuild(shadow: &Shadow, catalog: &Catalog) -> Result<Result<(), String>, Error> {
    let catalog = &catalog.clone().revived().disconnected();
    let built = match build(shadow, catalog).await? {
        Ok(built) => built.disconnected(),
        Err(Unbuilt::Refused(refusal)) => return Ok(Err(refusal.to_string())),
        Err(Unbuilt::Failed(reason)) => return Ok(Err(reason)),
    };
    let rest = diff(&built, catalog, &Options { renames: Renames::Off, ..Options::default() });
    Ok(if rest.is_empty() {
        Ok(())
    } else {
        let left = crate::report::diff::summary(&rest);
        Err(format!("the schema can't be rebuilt from its catalog exactly:\n{left}"))
    })
}

/// Why a shadow can't hold a catalog.
enum Unbuilt {
    /// No statements make it.
    Refused(ddl::Refusal),
    /// The statements fail.
    Failed(String),
}

/// Makes the owners superusers that have to be; returns what prevents it.
async fn too_low(shadow: &Shadow, catalog: &Catalog) -> Result<Option<String>, Error> {
    let lacking = shadow.exalt(&catalog.superusers()).await?;
    let role = lacking.first();
    Ok(role.map(|role| {
        format!(
            "`{role}` owns what only a superuser may own, such as an event trigger, and is none on the shadow's server"
        )
    }))
}

/// Makes what `catalog` holds on the shadow; returns what the shadow holds then.
async fn build(shadow: &Shadow, catalog: &Catalog) -> Result<Result<Catalog, Unbuilt>, Error> {
    let nothing = catalog::read::read(shadow.session.client()).await?;
    let changes = diff(&nothing, catalog, &Options { renames: Renames::Off, ..Options::default() });
    let statements = if changes.is_empty() { Ok(Vec::new()) } else { ddl::statements(&changes) };
    let statements = match statements {
        Ok(statements) => statements,
        Err(refusal) => return Ok(Err(Unbuilt::Refused(refusal))),
    };
    if let Some(reason) = too_low(shadow, catalog).await? {
        return Ok(Err(Unbuilt::Failed(reason)));
    }
    if let Err(reason) = execute(shadow, &statements).await {
        return Ok(Err(Unbuilt::Failed(reason)));
    }
    Ok(Ok(catalog::read::read(shadow.session.client()).await?))
}

/// Runs the statements as the script would: in transactions, but for those that can't be in one.
async fn execute(shadow: &Shadow, statements: &[Statement]) -> Result<(), String> {
    let mut open = false;
    let mut texts: Vec<&str> = Vec::with_capacity(statements.len() + 2);
    // A shadow has no business with a publisher.
    let harmless = |statement: &&Statement| !statement.hazards.contains(&Hazard::Connects);
    for statement in statements.iter().filter(harmless) {
        if open && statement.transactional != Transactional::Transactional {
            texts.push("COMMIT");
            open = false;
        }
        if !open && statement.transactional != Transactional::Alone {
            texts.push("BEGIN");
            open = true;
        }
        texts.push(&statement.sql);
    }
    if open {
        texts.push("COMMIT");
    }
    let done = shadow.session.flight(&texts).await;
    done.map_err(|(at, reason)| format!("{reason} (in `{}`)", texts[at]))
}
