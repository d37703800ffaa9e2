//! `crmdb schema pull`: the target's schema as files, one an object, and whether files that were written still say it.

use super::context::Context;
use super::sides;
use crate::catalog::diff::{Options, Renames};
use crate::catalog::pull::{MARK, texts};
use crate::catalog::read::read;
use crate::cli::args::PullArgs;
use crate::error::Error;
use crate::project::pulled::{Folder, Stale};
use crate::report::Report;
use crate::report::pull::Pulled;

/// Who initialised the cluster has the object identifier 10 (src/include/catalog/pg_authid.dat).
const FOUNDER: &str = "SELECT pg_catalog.pg_get_userbyid(10)";

pub(super) async fn run(context: &mut Context<'_>, args: &PullArgs) -> Result<Box<dyn Report>, Error> {
    let options = Options { renames: Renames::Off, ..super::diff::scope(context, &args.scope) };
    let target = sides::live(context).await?;
    let catalog = read(target.session.client()).await?;
    let founder = target.session.values("reading the founder", FOUNDER).await?.concat();
    let wanted = texts(catalog, &founder, &options)?;
    let folder = Folder::open(&args.folder, MARK)?;
    let stale = folder.stale(&wanted);
    if !stale.in_the_way.is_empty() && !args.check {
        let paths: Vec<_> = stale.in_the_way.iter().map(|path| format!("`{path}`")).collect();
        let folder = args.folder.display();
        return Err(Error::InTheWay(format!("of `{folder}` crmdb did not write {}", paths.join(", "))));
    }
    if !args.check {
        folder.write(&wanted, &stale)?;
    }
    let Stale { added, changed, removed, unchanged, in_the_way, foreign } = stale;
    let (folder, written) = (args.folder.display().to_string(), !args.check);
    Ok(Box::new(Pulled { folder, written, added, changed, removed, unchanged, in_the_way, foreign }))
}
