//! `crmdb schema show`: one object of the target, as a person wants to read it.

use super::context::Context;
use super::sides;
use crate::catalog::Id;
use crate::catalog::find::{Found, find};
use crate::catalog::read::{facts, read};
use crate::cli::args::ShowArgs;
use crate::error::Error;
use crate::report::Report;
use crate::report::describe::describe;

pub(super) async fn run(context: &mut Context<'_>, args: &ShowArgs) -> Result<Box<dyn Report>, Error> {
    let target = sides::live(context).await?;
    let catalog = read(target.session.client()).await?;
    let id = match find(&catalog, &args.name) {
        Found::One(id) => id,
        Found::Several(ids) => {
            let message = format!("`{}` may be {}", args.name, list(&ids));
            return Err(Error::Usage {
                message,
                hint: Some("name one with its schema, in its own case".to_owned()),
            });
        }
        Found::None(near) => {
            let message = format!("there is no `{}` on {}", args.name, target.name());
            let hint = (!near.is_empty()).then(|| format!("did you mean {}?", list(&near)));
            return Err(Error::Usage { message, hint });
        }
    };
    let facts = facts(target.session.client(), id).await?;
    Ok(Box::new(describe(&catalog, id, &facts)))
}

fn list(ids: &[&Id]) -> String {
    let names: Vec<_> = ids.iter().map(|id| format!("`{id}`")).collect();
    names.join(" or ")
}
