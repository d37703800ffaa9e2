//! `crmdb init`: writes a minimal project.

use crate::cli::args::InitArgs;
use crate::error::Error;
use crate::project;
use crate::report::Report;
use crate::report::files::Written;

pub(super) fn run(args: &InitArgs) -> Result<Box<dyn Report>, Error> {
    let files = project::init(&args.folder)?;
    Ok(Box::new(Written { command: "init", files, next: "apply it with `crmdb migrate up`".to_owned() }))
}
